"""The labels of tags and notes in other languages → Readwise's own, `**Tags**:` and `**Note**:`.

    **Schlagwörter**: #[[a]] #[[b]]               nothing but tags behind a bold label: on any page
    Étiquettes : [[a]], [[b]]                     where the page's head is in that language
    **Notiz**: my words                           likewise; not bold (`Notiz: my words`) in vaults only

Any other block that begins with such a word is the reader's own and keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.readwise.notation import parse_tags

HIGHLIGHTS = (
    "markierungen|surlignages|subrayados|destaques|evidenziazioni|markeringen|выделения"
    "|标注|划线|高亮|標註|劃線|ハイライト|하이라이트"
)
"""The one word above highlights."""

_TAGS = {
    "de": "Schlagwörter Schlagworte Schlagwort Stichwörter Stichworte", "fr": "Étiquettes Mots-clés Tags",
    "es": "Etiquetas", "pt": "Etiquetas Marcadores", "it": "Etichette Tag", "nl": "Labels Trefwoorden",
    "ru": "Теги Тэги Метки", "zh": "标签 标记 標籤 標記", "ja": "タグ", "ko": "태그",
}  # fmt: skip
_NOTES = {
    "de": "Notiz Notizen Anmerkung Anmerkungen", "fr": "Note Notes Remarque Remarques Annotation",
    "es": "Nota Notas", "pt": "Nota Notas Anotação Anotações", "it": "Nota Appunto Appunti",
    "nl": "Notitie Notities Opmerking", "ru": "Заметка Заметки Примечание", "zh": "笔记 备注 註記 筆記 備註",
    "ja": "メモ ノート", "ko": "메모 노트",
}  # fmt: skip
_KEYS = {
    "de": "autor kategorie titel voller-titel zusammenfassung metadaten markierungen",
    "fr": "auteur catégorie titre titre-complet résumé métadonnées surlignages",
    "es": "autor categoría título título-completo resumen metadatos subrayados",
    "pt": "autor categoria título título-completo resumo metadados destaques",
    "it": "autore categoria titolo titolo-completo riassunto metadati evidenziazioni",
    "nl": "auteur categorie titel volledige-titel samenvatting metagegevens markeringen",
    "ru": "автор категория заголовок название выделения", "zh": "作者 类别 分类 标题 完整标题 類別 分類 標題",
    "ja": "著者 作者 カテゴリー タイトル", "ko": "저자 작성자 카테고리 제목",
}  # fmt: skip
_OF_HEADERS = {
    "de": "markierung(?:en)?|hinzugefügt|abgeglichen|synchronisiert",
    "fr": "surlign(?:age|é)s?|ajoutée?s?|synchronisée?s?",
    "es": "subrayados?|resaltados?|añadid[oa]s?|sincronizad[oa]s?",
    "pt": "destaques?|grifos?|adicionad[oa]s?|sincronizad[oa]s?",
    "it": "evidenziazion[ei]|aggiunt[eio]|sincronizzat[eio]",
    "nl": "markering(?:en)?|toegevoegd|gesynchroniseerd",
    "ru": "выделени[ея]|добавлен[оы]?|синхронизирован[оы]?",
}
_OF_HEADERS_UNSPACED = {
    "zh": "标注|划线|高亮|摘录|標註|劃線|畫線|摘錄|同步|添加|新增",
    "ja": "ハイライト|同期|追加",
    "ko": "하이라이트|동기화|추가",
}


def _turn(words: dict[str, str]) -> dict[str, frozenset[str]]:
    """The languages of each word."""
    found: dict[str, set[str]] = {}
    for language, theirs in words.items():
        for word in theirs.lower().split():
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


_LANGUAGES_OF_TAGS, _LANGUAGES_OF_NOTES, _LANGUAGES_OF_KEYS = _turn(_TAGS), _turn(_NOTES), _turn(_KEYS)
_HEADERS = {
    language: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for language, words in _OF_HEADERS.items()
}
_HEADERS |= {language: re.compile(words) for language, words in _OF_HEADERS_UNSPACED.items()}
_WORDS = "|".join(map(re.escape, sorted(_LANGUAGES_OF_TAGS | _LANGUAGES_OF_NOTES, key=len, reverse=True)))
_ENGLISH = frozenset({"labels", "tag"})
_GAP = "[ \u00a0\u202f]?"  # French puts one before a colon
_LABEL = re.compile(
    rf"(?P<mark>\*\*\*?|__|)(?P<word>{_WORDS})(?:(?P=mark){_GAP}[:：]|{_GAP}[:：](?P=mark))"
    r"(?:(?<=：)|(?=[\s#\[]|\Z))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Labels:
    """What counts as a label on one page."""

    languages: frozenset[str] = frozenset()
    """Those that its head shows."""
    are_plain: bool = False
    """The template's notes have labels that are not bold."""

    def translate(self, text: str) -> str:
        """A block with Readwise's own label in the place of another language's; any other as it is."""
        match = _LABEL.match(text)
        if match is None:
            return text
        word, is_bold = match["word"].lower(), bool(match["mark"])
        value = text[match.end() :].strip()
        if word in _LANGUAGES_OF_TAGS:
            tags, rest = parse_tags(value)
            is_sure = is_bold and word not in _ENGLISH
            is_known = is_sure or self.languages & _LANGUAGES_OF_TAGS[word]
            return f"**Tags**: {value}" if tags and not rest and is_known else text
        has_shape = value and (is_bold or self.are_plain)
        return f"**Note**: {value}" if has_shape and self.languages & _LANGUAGES_OF_NOTES[word] else text

    def translate_lines(self, text: str) -> str:
        """The same for each line of what stands behind a view link."""
        return "\n".join(map(self.translate, text.split("\n"))) if ":" in text or "：" in text else text

    def head_highlights(self, heading: str) -> bool:
        """True for a sync header with its day in the page's language: `Neue Markierungen, 5. Mai 2022`."""
        has_day = any(map(str.isdecimal, heading))
        return has_day and any(
            _HEADERS[language].search(heading) for language in self.languages & _HEADERS.keys()
        )

    def stand_before(self, text: str) -> bool:
        """True for a block with another language's label."""
        return self.translate(text) != text


def find_languages(keys: Iterable[str], headings: Iterable[str]) -> frozenset[str]:
    """The languages that a page's head shows: the keys of its properties, its headings above highlights.

    A word of several languages shows each of them; English is not among them.
    """
    found: set[str] = set()
    for key in keys:
        found |= _LANGUAGES_OF_KEYS.get(key.lower().replace(" ", "-").replace("_", "-"), frozenset())
    for heading in headings:
        found |= {language for language, sign in _HEADERS.items() if sign.search(heading)}
    return frozenset(found)
