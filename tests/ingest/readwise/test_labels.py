"""Labels of tags and notes in other languages: which count, and which are the reader's own words."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readwise.labels import Labels, find_languages
from ingest.readwise.vault_head import find_languages_of_head
from ingest.source import parse_text
from ingest.text import Text
from record_types.pages import Note, Page
from tests.ingest.readwise.words import list_page_texts, list_words

LOGSEQ = 'title:: A Page (highlights)\nauthor:: [[Ada Fern]]\nfull-title:: "A Page"\ncategory:: #articles\n\n'
ENGLISH = "New highlights added [[Feb 25th, 2023]] at 5:56 PM"
GERMAN = "Neue Markierungen vom [[25.02.2023]] um 17:56"
VIEW = "([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaaa1))"
VAULT = "# Eine Seite\n\n## Metadaten\n- Autor: [[Ada Fern]]\n- Kategorie: #articles\n\n## Markierungen\n"
ENGLISH_VAULT = "# A Page\n\n## Metadata\n- Author: [[Ada Fern]]\n- Category: #articles\n\n## Highlights\n"


def parse(text: str) -> Page:
    (page,) = parse_text(Text(text, "A Page"))[1].pages
    return page


def of_graph(header: str, *children: str) -> Page:
    below = "".join(f"\t\t- {child}\n" for child in children)
    return parse(f"{LOGSEQ}- {header}\n\t- words {VIEW}\n{below}")


def of_vault(head: str, *children: str) -> Page:
    return parse(head + f"- words {VIEW}\n" + "".join(f"    - {child}\n" for child in children))


def tell(page: Page) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    (highlight,) = page.highlights
    assert highlight.text == "words"
    assert page.notes == ()
    return highlight.tags, [(note.kind, note.text) for note in highlight.notes]


# --- tags


@pytest.mark.parametrize(
    "label",
    [
        "**Schlagwörter**:", "**Stichworte:**", "__Schlagworte__:", "**Étiquettes** :",
        "**Mots-clés**\u00a0:", "**Etiquetas**:", "**Marcadores**:", "**Etichette**:", "**Trefwoorden**:",
        "**Теги**:", "**标签**：",
        "**標籤**:", "**タグ**：", "**태그**:",
    ],
)  # fmt: skip
@pytest.mark.parametrize("header", [ENGLISH, GERMAN])
def test_a_bold_label_followed_only_by_tags_counts_on_any_page(header: str, label: str) -> None:
    assert tell(of_graph(header, f"{label} #[[two words]] #one")) == (("two words", "one"), [])
    assert tell(of_vault(ENGLISH_VAULT, f"{label} [[two words]], [[one]]")) == (("two words", "one"), [])


@pytest.mark.parametrize(
    "child", ["Schlagwörter: #a #b", "schlagworte: [[a]], [[b]]", "Schlagwörter:: #a #b"]
)
def test_a_plain_label_counts_on_a_page_in_its_language(child: str) -> None:
    assert tell(of_vault(VAULT, child)) == (("a", "b"), [])


def test_a_plain_label_counts_in_a_graph_too() -> None:
    assert tell(of_graph(GERMAN, "Schlagwörter: #a #b")) == (("a", "b"), [])


@pytest.mark.parametrize(
    "child",
    [
        "**Schlagwörter**:",
        "**Schlagwörter**: wie sie früher hießen",
        "**Schlagwörter**: #a und noch eins",
        "**Schlagwörter** #a",
        "**Schlagwörterbuch**: #a",
        "Über **Schlagwörter**: #a",
        "Etiquetas: #a",
        "**Labels**: #a",
        "**Tag**: #a",
    ],
)
@pytest.mark.parametrize("header", [ENGLISH, GERMAN])
def test_a_readers_block_that_merely_begins_like_a_label_stays_unchanged(header: str, child: str) -> None:
    assert tell(of_graph(header, child)) == ((), [("block", child)])


# --- notes


@pytest.mark.parametrize(
    ("header", "label"),
    [
        (GERMAN, "**Notiz**:"),
        (GERMAN, "**Anmerkung:**"),
        ("Surlignages ajoutés par [[Readwise]] [[2022-11-19]]", "**Note** :"),
        ("Destacados añadidos por [[Readwise]] [[2022-11-19]]", "**Nota**:"),
        ("Destaques adicionados [[2022-11-19]] 17:56", "**Anotação**:"),
        ("Evidenziazioni aggiunte [[2022-11-19]] 17:56", "**Appunto**:"),
        ("Markeringen toegevoegd [[2022-11-19]] 17:56", "**Notitie**:"),
        ("Выделения добавлены [[2022-11-19]] 17:56", "**Заметка**:"),
        ("由 [[Readwise]] 同步的标注 [[2022-11-19]]", "**笔记**："),
        ("[[Readwise]] のハイライト [[2022-11-19]]", "**メモ**："),
        ("[[Readwise]] 하이라이트 [[2022-11-19]]", "**메모**:"),
    ],
)
def test_a_bold_label_counts_below_a_header_in_its_language(header: str, label: str) -> None:
    assert tell(of_graph(header, f"{label} mine", "**Tags**: #a")) == (("a",), [("note", "mine")])


def test_a_property_of_the_page_shows_its_language_too() -> None:
    text = f"{LOGSEQ.strip()}\nkategorie:: Aufsatz\n\n- {ENGLISH}\n\t- words {VIEW}\n\t\t- **Notiz**: mine\n"
    assert parse(text).highlights[0].notes == (Note("mine", "note", 9),)


def test_in_a_vault_a_note_needs_no_bold_label_and_may_continue_below() -> None:
    page = of_vault(VAULT, "Notiz: erste Zeile\n      zweite Zeile", "Schlagwörter: [[a]]")
    assert tell(page) == (("a",), [("note", "erste Zeile\nzweite Zeile")])
    page = parse(VAULT + "\n> words\n> ([Location 5](https://a.example/b))\n> - Notiz: mine\n\n> more\n")
    assert [(each.text, [note.text for note in each.notes]) for each in page.highlights] == [
        ("words", ["mine"]),
        ("more", []),
    ]


def test_a_label_after_the_view_link_counts() -> None:
    page = parse(f"{LOGSEQ}- {GERMAN}\n\t- words {VIEW}\n\t  **Schlagwörter**: #a\n\t  **Notiz**: mine\n")
    assert tell(page) == (("a",), [("note", "mine")])


@pytest.mark.parametrize(
    ("header", "child"),
    [
        (ENGLISH, "**Notiz**: mine"),
        (ENGLISH, "**Nota**: mine"),
        ("Destaques adicionados [[2022-11-19]] 17:56", "**Notiz**: mine"),
        (GERMAN, "Notiz: mine"),
        (GERMAN, "**Notiz**:"),
        (GERMAN, "**Notizbuch**: mine"),
        (GERMAN, "**Notiz** an mich"),
    ],
)
def test_a_word_that_may_be_the_readers_own_is_kept(header: str, child: str) -> None:
    assert tell(of_graph(header, child)) == ((), [("block", child)])


def test_on_an_english_page_of_a_vault_such_a_word_is_kept_too() -> None:
    assert tell(of_vault(ENGLISH_VAULT, "Notiz: mine", "Etiquetas: #a")) == (
        (),
        [("block", "Notiz: mine"), ("block", "Etiquetas: #a")],
    )


def test_text_of_a_highlight_that_begins_like_a_label_is_text() -> None:
    page = parse(f"{VAULT}- Notiz: des Autors\n  - Schlagwörter: #a\n  ende {VIEW}\n")
    assert [each.text for each in page.highlights] == ["Notiz: des Autors\n- Schlagwörter: #a\nende"]
    page = parse(f"{LOGSEQ}- {GERMAN}\n\t- **Notiz**: des Autors {VIEW}\n")
    assert [each.text for each in page.highlights] == ["**Notiz**: des Autors"]


# --- the head


def test_tags_in_the_head_of_a_vaults_note_are_the_documents() -> None:
    page = parse(
        VAULT.replace("- Kategorie", "- Schlagwörter: [[a b]] #c\n- Kategorie") + f"- words {VIEW}\n"
    )
    assert page.document.tags == ("a b", "c")


@pytest.mark.parametrize(
    ("keys", "headings", "languages"),
    [
        (["author", "title", "note", "tags"], [ENGLISH, "## Highlights"], ""),
        (["Voller Titel"], [], "de"),
        (["autor"], [], "de es pt"),
        ([], ["Markierungsstift", "Destaquesland"], ""),
        ([], ["同步的标注"], "zh"),
    ],
)
def test_a_language_is_detected_from_whole_words(
    keys: list[str], headings: list[str], languages: str
) -> None:
    assert find_languages(keys, headings) == frozenset(languages.split())


def test_headings_in_another_language_open_sections_like_english_ones() -> None:
    other = VIEW.replace("a1)", "a2)")
    text = f"{VAULT}- words\n## Neue Markierungen, hinzugefügt am 5. Mai 2022\n- more {other}\n- and more\n"
    page = parse(f"{text}## Meine Liste\n- milk\n## 2022\n- eggs\n")
    assert [each.heading[3:] for each in page.sections] == [
        "Markierungen",
        "Neue Markierungen, hinzugefügt am 5. Mai 2022",
    ]
    assert [each.text for each in page.highlights] == ["words", "more", "and more"]
    assert [note.text for note in page.notes] == ["## Meine Liste\n- milk", "## 2022\n- eggs"]


# --- no word is lost

PIECES = st.sampled_from(
    [
        "**Notiz**: ",
        "Notiz: ",
        "**Schlagwörter**: ",
        "Etiquetas: ",
        "标签：",
        "#[[a b]] ",
        "#c ",
        "mine ",
        "**",
        ":",
    ]
)
BLOCKS = st.lists(st.lists(PIECES, min_size=1, max_size=5).map("".join), min_size=1, max_size=3)


@given(BLOCKS, st.sampled_from([ENGLISH, GERMAN]))
def test_only_the_label_itself_is_removed(blocks: list[str], header: str) -> None:
    for page in (of_graph(header, *blocks), of_vault(VAULT, *blocks), of_vault(ENGLISH_VAULT, *blocks)):
        kept = list_words("\n".join(list_page_texts(page)))
        lost = list_words("\n".join(blocks)) - kept
        assert set(lost) <= {"Notiz", "Schlagwörter", "Etiquetas", "标签"} | _repeated(blocks)


def _repeated(blocks: list[str]) -> set[str]:
    """Repeated tags are kept once."""
    return {word for word, count in Counter(list_words("\n".join(blocks))).items() if count > 1} - {"mine"}


@given(st.text(max_size=40))
def test_any_other_text_stays_unchanged(text: str) -> None:
    labels = Labels(frozenset({"de", "fr", "zh"}), are_plain=True)
    assert labels.translate(text) == text or labels.is_label(text)
    assert labels.translate(labels.translate(text)) == labels.translate(text)


def test_the_head_of_a_note_that_begins_with_its_heading_is_empty() -> None:
    assert find_languages_of_head("\n- Autor: [[Ada Fern]]\n", 0) == frozenset()
    assert find_languages_of_head("- Autor: [[Ada Fern]]", 0) == {"de", "es", "pt"}


# --- every word of every language

TAGS = {
    "de": "Schlagwörter Schlagworte Schlagwort Stichwörter Stichworte", "fr": "Étiquettes Mots-clés Tags",
    "es": "Etiquetas", "pt": "Etiquetas Marcadores", "it": "Etichette Tag", "nl": "Labels Trefwoorden",
    "ru": "Теги Тэги Метки", "zh": "标签 标记 標籤 標記", "ja": "タグ", "ko": "태그",
}  # fmt: skip
NOTES = {
    "de": "Notiz Notizen Anmerkung Anmerkungen", "fr": "Note Notes Remarque Remarques Annotation",
    "es": "Nota Notas", "pt": "Nota Notas Anotação Anotações", "it": "Nota Appunto Appunti",
    "nl": "Notitie Notities Opmerking", "ru": "Заметка Заметки Примечание",
    "zh": "笔记 备注 註記 筆記 備註", "ja": "メモ ノート", "ko": "메모 노트",
}  # fmt: skip
KEYS = {
    "de": "autor kategorie titel voller-titel zusammenfassung metadaten markierungen",
    "fr": "auteur catégorie titre titre-complet résumé métadonnées surlignages",
    "es": "autor categoría título título-completo resumen metadatos subrayados",
    "pt": "autor categoria título título-completo resumo metadados destaques",
    "it": "autore categoria titolo titolo-completo riassunto metadati evidenziazioni",
    "nl": "auteur categorie titel volledige-titel samenvatting metagegevens markeringen",
    "ru": "автор категория заголовок название выделения", "zh": "作者 类别 分类 标题 完整标题 類別 分類 標題",
    "ja": "著者 作者 カテゴリー タイトル", "ko": "저자 작성자 카테고리 제목",
}  # fmt: skip
HEADERS = {
    "de": "markierung markierungen hinzugefügt abgeglichen synchronisiert",
    "fr": "surlignage surlignages surligné surlignés ajouté ajoutées synchronisé synchronisées",
    "es": "subrayado subrayados resaltado resaltados añadido añadida añadidos sincronizado sincronizadas",
    "pt": "destaque destaques grifo grifos adicionado adicionada adicionados sincronizado sincronizadas",
    "it": "evidenziazione evidenziazioni aggiunta aggiunte aggiunti aggiunto sincronizzata sincronizzato",
    "nl": "markering markeringen toegevoegd gesynchroniseerd",
    "ru": "выделение выделения добавлен добавлено добавлены синхронизирован синхронизировано",
    "zh": "标注 划线 高亮 摘录 標註 劃線 畫線 摘錄 同步 添加 新增",
    "ja": "ハイライト 同期 追加",
    "ko": "하이라이트 동기화 추가",
}


def list_rows(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, word) for language, listed in words.items() for word in listed.split()]


@pytest.mark.parametrize(("language", "word"), list_rows(TAGS))
def test_each_word_for_tags_counts_in_its_language(language: str, word: str) -> None:
    assert Labels(frozenset({language})).translate(f"{word}: #a") == "**Tags**: #a"
    assert Labels(frozenset({"xx"})).translate(f"{word}: #a") == f"{word}: #a"


@pytest.mark.parametrize(("language", "word"), list_rows(NOTES))
def test_each_word_for_a_note_counts_in_its_language(language: str, word: str) -> None:
    assert Labels(frozenset({language})).translate(f"**{word}**: mine") == "**Note**: mine"
    assert Labels(frozenset({"xx"})).translate(f"**{word}**: mine") == f"**{word}**: mine"


@pytest.mark.parametrize(("language", "word"), list_rows(KEYS))
def test_each_name_of_a_property_shows_the_language(language: str, word: str) -> None:
    assert language in find_languages([word.replace("-", " ").upper()], [])


@pytest.mark.parametrize(("language", "word"), list_rows(HEADERS))
def test_each_word_of_a_header_shows_the_language(language: str, word: str) -> None:
    assert language in find_languages([], [f"12 {word} 5"])
    assert Labels(frozenset({language})).is_header(f"12 {word} 5")
    assert not Labels(frozenset({language})).is_header(word)
    assert not Labels(frozenset({"xx"})).is_header(f"12 {word} 5")
