"""Translate labels of tags and notes in other languages to Readwise's own, `**Tags**:` and `**Note**:`.

    **Schlagwörter**: #[[a]] #[[b]]               a bold label followed only by tags: on any page
    Étiquettes : [[a]], [[b]]                     only if the page's head is in that language
    **Notiz**: my words                           likewise; not bold (`Notiz: my words`) only in vaults

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
"""The single word in a heading above highlights."""

DAYS = r"date|(?:highlighted|created)(?: on| at)?|datum|fecha|data|дата|日期|日付|날짜"
"""What a template calls the day of a highlight."""

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
    "it": "evidenziazion[ei]|aggiunt[aeio]|sincronizzat[aeio]",
    "nl": "markering(?:en)?|toegevoegd|gesynchroniseerd",
    "ru": "выделени[ея]|добавлен[оы]?|синхронизирован[оы]?",
}
# These languages do not separate words by spaces, so the patterns have no word boundaries.
_OF_HEADERS_UNSPACED = {
    "zh": "标注|划线|高亮|摘录|標註|劃線|畫線|摘錄|同步|添加|新增",
    "ja": "ハイライト|同期|追加",
    "ko": "하이라이트|동기화|추가",
}


def _invert(words: dict[str, str]) -> dict[str, frozenset[str]]:
    """Return the languages of each word."""
    found: dict[str, set[str]] = {}
    for language, listed in words.items():
        for word in listed.lower().split():
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


_LANGUAGES_OF_TAGS, _LANGUAGES_OF_NOTES, _LANGUAGES_OF_KEYS = _invert(_TAGS), _invert(_NOTES), _invert(_KEYS)
_HEADERS = {
    language: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for language, words in _OF_HEADERS.items()
}
_HEADERS |= {language: re.compile(words) for language, words in _OF_HEADERS_UNSPACED.items()}
_WORDS = "|".join(map(re.escape, sorted(_LANGUAGES_OF_TAGS | _LANGUAGES_OF_NOTES, key=len, reverse=True)))
# Words of other languages that English uses too: alone they prove nothing.
_ENGLISH = frozenset({"labels", "tag"})
_GAP = "[ \u00a0\u202f]?"  # French puts a space before a colon
_LABEL = re.compile(
    rf"(?P<mark>\*\*\*?|__|)(?P<word>{_WORDS})(?:(?P=mark){_GAP}[:：]|{_GAP}[:：](?P=mark))"
    r"(?:(?<=：)|(?=[\s#\[]|\Z))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels that one page uses."""

    languages: frozenset[str] = frozenset()
    """The languages of its head."""
    are_plain: bool = False
    """Labels of notes need not be bold."""

    def translate(self, text: str) -> str:
        """Replace another language's label at the start of a block with Readwise's, if it is one."""
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
        """Do the same for each line of the text after a view link."""
        return "\n".join(map(self.translate, text.split("\n"))) if ":" in text or "：" in text else text

    def is_header(self, heading: str) -> bool:
        """Whether it is a sync header with a day in the page's language: `Neue Markierungen, 5. Mai 2022`."""
        has_day = any(map(str.isdecimal, heading))
        return has_day and any(
            _HEADERS[language].search(heading) for language in self.languages & _HEADERS.keys()
        )

    def is_label(self, text: str) -> bool:
        """Whether a block begins with another language's label."""
        return self.translate(text) != text


def find_languages(keys: Iterable[str], headings: Iterable[str]) -> frozenset[str]:
    """Return the languages of a page's head: of its property names and of the headings above highlights.

    A word of several languages counts for each of them. English is never included.
    """
    found: set[str] = set()
    for key in keys:
        found |= _LANGUAGES_OF_KEYS.get(key.lower().replace(" ", "-").replace("_", "-"), frozenset())
    for heading in headings:
        found |= {language for language, sign in _HEADERS.items() if sign.search(heading)}
    return frozenset(found)
