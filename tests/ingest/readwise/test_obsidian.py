"""Notes of Obsidian vaults: every variant of Readwise's page, and which parts stay text."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ingest.folder import find_sources
from ingest.readwise.obsidian import detect
from ingest.readwise.vault_head import read_head
from ingest.readwise.vault_items import Tail, split_tail
from ingest.source import parse_text, read_source
from ingest.text import Parsed, Text
from record_types.pages import Author, BlockProperty, Highlight, Note, Page, Problem
from tests.shared import SHARED

DATA = Path(__file__).parents[2] / "data" / "vaults"
HEAD = "# A Page\n\n## Metadata\n- Author: [[Ada Fern]]\n- Full Title: A Page\n- Category: #articles\n\n"
VIEW = "([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaaa1))"


def parse(text: str, name: str = "A Page") -> Parsed:
    dialect, parsed = parse_text(Text(text, name, ".md"))
    assert dialect == "obsidian"
    return parsed


def read_page(text: str) -> Page:
    (page,) = parse(text).pages
    return page


def read_file(name: str) -> Page:
    return read_page((DATA / name).read_text(encoding="utf-8"))


def read_one(lines: str) -> Highlight:
    (highlight,) = read_page(f"{HEAD}## Highlights\n{lines}\n").highlights
    return highlight


# --- a whole page


def test_a_thread_is_read_completely() -> None:
    page = read_file("thread.md")
    document = page.document
    assert (document.uid, document.category) == ("thread:1400000000000000001", "tweets")
    assert document.author == Author("slowreader", "slowreader", "https://twitter.com/slowreader")
    assert document.summary == "First line of it.  \nSecond line of it."
    assert (document.tags, document.note) == (("reading", "two words"), "Kept for the club")
    assert document.properties == (
        ("shelf", "upper left"),
        ("cover", "https://pbs.example.org/profile_images/1/a.jpg"),
    )
    first, second, third = page.highlights
    assert [each.uid[-1] for each in page.highlights] == ["1", "5", "9"]
    assert first.text.startswith(
        "Nine notes on slow reading 🧵\n- its own item\n  - deeper in the tweet\n![]("
    )
    assert (first.tags, first.notes) == (("favorite", "slow lane"), (Note("Thread", "mark", 21),))
    assert second.notes == (Note("My first line:\nmy second line\n- and an item", "note", 24),)
    assert (second.tags, third.synced_on, first.synced_on) == (("calm", "club"), "2022-09-05T22:30", None)
    assert page.notes == (Note("What I think of it now,\nat the margin.", "block", 28),)


def test_a_callout_is_read_like_the_metadata_list() -> None:
    page = read_file("callout.md")
    assert (page.document.uid, page.document.category) == ("url:example.org/moss", "articles")
    assert page.document.author == Author("Ada Fern")
    assert page.document.tags == ("moss", "slow things")
    assert [note.text for note in page.notes] == ["see [[Gardens]]"]
    assert ("aliases", "[One, Two]") in page.document.properties


def test_readwises_id_identifies_a_highlight_only_without_a_view_link() -> None:
    page = read_file("callout.md")
    assert [highlight.uid for highlight in page.highlights] == [
        "open:900000001",
        "readwise:01aaaaaaaaaaaaaaaaaaaaaaa1",
        "open:900000003",
    ]
    assert BlockProperty(25, "readwise-id", "900000002") in page.block_properties
    assert [highlight.text[-6:] for highlight in page.highlights] == ["roots.", "eaves.", "his is"]
    assert page.highlights[1].notes == (Note("like me", "note", 26),)


def test_tabs_indent_like_spaces() -> None:
    page = read_file("tabs.md")
    first, same_place, page_only, bare = page.highlights
    assert (first.text, first.uid, first.location) == (
        "A garden is a library\nof weather.",
        f"kindle:B00MOSS:12:{first.text_key}",
        "12",
    )
    assert (first.tags, first.notes) == (("weather",), (Note("first\nsecond", "note", 12),))
    assert same_place.uid == f"kindle:B00MOSS:12:{same_place.text_key}"
    assert (page_only.location, page_only.location_kind) == ("7", "page")
    assert bare.notes == (Note("an own block", "block", 17),)
    assert page.document.author is None


# --- the head


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("---\nauthor: @h on Twitter\nshelf: left\n---\n", 2),
        ("---\nshelf: left\nauthor: [[@h on Twitter]]\n---\n", 3),
    ],
)
def test_invalid_yaml_is_reported_with_its_line_and_read_line_by_line(head: str, line: int) -> None:
    parsed = parse(head + f"# T\n\n## Highlights\n- words {VIEW}\n")
    assert [(problem.kind, problem.line) for problem in parsed.problems] == [("invalid-yaml", line)]
    document = parsed.pages[0].document
    assert document.author is not None
    assert document.author.handle == "h"
    assert ("shelf", "left") in document.properties


def test_front_matter_may_replace_the_metadata() -> None:
    page = read_page(
        '---\ntitle: "A: B"\nauthor: Ada Fern\ncategory: books\ntags: [one, "two words"]\n'
        "read: 2022-01-01\n---\n"
        f"## Highlights\n- words {VIEW}\n"
    )
    document = page.document
    assert (document.full_title, document.category, document.tags) == ("A: B", "books", ("one", "two words"))
    assert document.properties == (("read", "2022-01-01"),)
    assert page.highlights[0].line == 9


def test_a_comment_in_front_matter_is_kept_and_so_are_lists_of_lines() -> None:
    document = read_page(f"---\nshelf: left # by the door\ntags:\n- moss\n---\n{HEAD}").document
    assert (document.tags, document.properties) == (("moss",), (("shelf", "left # by the door"),))


def test_a_documents_note_may_be_a_list_of_its_own() -> None:
    document = read_page(
        HEAD.rstrip()
        + "\n- Document Note: One:\n   - two\n   - three\n\n- URL: https://a.example/b\n\n## Highlights\n"
    ).document
    assert document.note == "One:\n   - two\n   - three"
    assert document.url == "https://a.example/b"


def test_unknown_keys_bold_keys_and_linked_keys_are_kept() -> None:
    document = read_page(
        "# A\n\n## Metadata\n* **Author:** [[Ada Fern]]\n* **Full Title**: A\n* [[Tags]]: [[x]]\n"
        "* Source: kindle\n"
    ).document
    assert document.author == Author("Ada Fern")
    assert (document.tags, document.properties) == (("x",), (("source", "kindle"),))


# --- highlights


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (f"- a\n  - b\n    - c {VIEW}", "a\n- b\n  - c"),
        (f"* a\n  Note: b {VIEW}", "a\nNote: b"),
        (f"- a\nb {VIEW}", "a\nb"),
        (f"- a\n\nb\n\nc {VIEW}", "a\n\nb\n\nc"),
        (f"a\n{VIEW}", "a"),
        ("- a ^2 b", "a ^2 b"),
        ("- a x ^2", "a x ^2"),
        ("- see [Open it](https://example.org)", "see [Open it](https://example.org)"),
        ("- a\n  - b\n    - c", "a\n- b\n  - c"),
        ("- # not a heading\n  ## nor this", "# not a heading\n## nor this"),
    ],
)
def test_the_authors_own_markup_is_text(lines: str, text: str) -> None:
    highlight = read_one(lines)
    assert (highlight.text, highlight.notes) == (text, ())


@pytest.mark.parametrize(
    ("child", "notes", "tags"),
    [
        ("    - Note: mine", ("mine",), ()),
        ("    - **Note**: mine", ("mine",), ()),
        ("    - Note: one\n      two\n\n      three", ("one\ntwo\n\nthree",), ()),
        ("    - Tags: [[a b]] #c", (), ("a b", "c")),
        ("    - Tagged: #a #b", (), ("a", "b")),
        ("    - own\n        - deeper", ("own\n- deeper",), ()),
        ("  - Note: mine", ("mine",), ()),
        ("    - Tags: not marked", ("Tags: not marked",), ()),
    ],
)
def test_children_are_tags_and_notes(child: str, notes: tuple[str, ...], tags: tuple[str, ...]) -> None:
    highlight = read_one(f"- words {VIEW}\n{child}")
    assert highlight.text == "words"
    assert (tuple(note.text for note in highlight.notes), highlight.tags) == (notes, tags)


def test_a_link_to_readwise_may_be_a_separate_child() -> None:
    highlight = read_one(
        "- words\n    - [Page 2](https://readwise.io/x), [Open in Readwise](https://readwise.io/open/12)\n"
        "^rw12 #todo"
    )
    assert (highlight.text, highlight.location, highlight.tags) == ("words", "2", ("todo",))
    assert highlight.notes == ()


def test_text_under_a_readers_heading_is_the_readers() -> None:
    page = read_page(
        f"{HEAD}## Highlights\n- words {VIEW}\n### Chapter\n- more\n## My list\n- milk\n- eggs\n\nand so on\n"
    )
    assert [highlight.text for highlight in page.highlights] == ["words", "more"]
    assert [note.text for note in page.notes] == ["### Chapter", "## My list\n- milk\n- eggs\nand so on"]


def test_a_template_without_bullets_ends_each_passage_with_its_link() -> None:
    other = VIEW.replace("a1)", "a2)").strip("()") + ")"
    page = read_page(f"{HEAD}## Highlights\n\none\n{VIEW}\n\ntwo\n\nand three\n{other}\n\nmine\n")
    assert [highlight.text for highlight in page.highlights] == ["one", "two\n\nand three"]
    assert [note.text for note in page.notes] == ["mine"]


def test_children_of_an_empty_bullet_are_the_readers_own() -> None:
    page = read_page(f"{HEAD}## Highlights\n-\n    - mine\n    - Tags: #a\n- \n- words\n")
    assert [highlight.text for highlight in page.highlights] == ["words"]
    assert [note.text for note in page.notes] == ["mine", "Tags: a"]


def test_a_day_that_cannot_be_parsed_is_a_problem() -> None:
    parsed = parse(f"{HEAD}## Highlights\n## New highlights added Smarch 5, 2022 at 1:00 PM\n- a {VIEW}\n")
    assert parsed.problems == (Problem("unknown-date", "no day in “Smarch 5, 2022”", 9),)


# --- the real vault


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the real pages are not here")
def test_the_real_vault_is_read_with_every_word_and_every_highlight() -> None:
    sources = find_sources(SHARED / "corpus" / "obsidian-vault")
    assert len(sources.stamps) == 27
    labels = {"Metadata", "Highlights", "Author", "Full", "Title", "Category", "URL", "Summary", "Document"}
    labels |= {
        "Tags",
        "Note",
        "Twitter",
        "on",
        "rw",
        "book",
        "cover",
        "View",
        "Tweet",
        "Highlight",
        "Location",
    }
    for stamp in sources.stamps:
        file = read_source(stamp, sources.settings)
        text = (Path(stamp.root) / stamp.path).read_bytes().decode()
        (page,) = file.pages
        assert (file.dialect, file.problems) == ("obsidian", ())
        body = text.partition("\n## Highlights\n")[2]
        assert len(page.highlights) == sum(line.startswith("- ") for line in body.split("\n")), stamp.path
        lost = Counter(re.findall(r"\w+", text)) - Counter(re.findall(r"\w+", repr_words(page)))
        assert set(lost) - labels == set(), stamp.path


def repr_words(page: Page) -> str:
    document = page.document
    texts = [
        document.title,
        document.full_title,
        document.category,
        document.url or "",
        document.summary or "",
    ]
    texts += [*document.tags, *(value for _, value in document.properties)]
    texts += [document.author.name] if document.author else []
    for highlight in page.highlights:
        texts += [highlight.text, highlight.view_url or "", highlight.location or "", *highlight.tags]
        texts += [note.text for note in highlight.notes]
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("words ^rw12", Tail("words", "12", None, "")),
        ("words ^rw12 #a #b", Tail("words", "12", None, "#a #b")),
        ("^rw12 #mine", Tail("", "12", None, "#mine")),
        ("words [Open in Readwise](https://readwise.io/open/12) ^rw12 #a", Tail("words", "12", None, "#a")),
        ("words #mine", Tail("words #mine", None, None, "")),
        ("words^rw12", Tail("words^rw12", None, None, "")),
        ("words ^rw12 more", Tail("words ^rw12 more", None, None, "")),
        ("words ^rw #a", Tail("words ^rw #a", None, None, "")),
        ("words ^rw12#a", Tail("words ^rw12#a", None, None, "")),
        ("a ([View](x))\\", Tail("a ([View](x))", None, None, "")),
    ],
)
def test_only_anchors_and_what_follows_them_are_split_off_a_text(text: str, tail: Tail) -> None:
    assert split_tail(text) == tail


# --- what a note of a vault is detected by

WORDS = f"- Words {VIEW}\n"


def is_note(text: str) -> bool:
    return detect(Text(text, "A Page", ".md"))


@pytest.mark.parametrize(
    "line",
    [
        "title:: x", "\ttitle:: x", "full-title:: x", " full\\-title:: x",
        "# Author:: x", "###### Full Title:: x", "## Category:: x",
        "- Highlights first synced by", "* Highlights first synced by", "- [[Readwise]]", "* [[Readwise]]",
        "- ## [[Readwise]]", "- #[[Readwise]]", "-  [[Readwise]]",
    ],
)  # fmt: skip
def test_a_sign_of_logseq_rules_a_note_out(line: str) -> None:
    page = f"{HEAD}{WORDS}"
    assert is_note(page)
    assert not is_note(f"{page}{line}\n")
    assert not is_note(re.sub("^", "  ", f"{page}{line}\n", flags=re.MULTILINE))
    assert is_note(f"{page}x {line}\n")
    assert is_note(f"{page}{'x' * 20_000}\n{line}\n")


@pytest.mark.parametrize("bullet", ["-", "*", "+", ">", "- **"])
@pytest.mark.parametrize("key", ["Full Title", "Category", "Author", "Title", "Type"])
def test_a_note_with_a_view_link_needs_one_line_of_the_head(bullet: str, key: str) -> None:
    end = "**" * ("**" in bullet)
    item = f"{bullet} {key}{end}".replace("** ", "**")
    assert is_note(f"{item}: x\n\n{WORDS}")
    assert is_note(f"{item}:: x\n\n{WORDS}")
    assert is_note(f"{item[0]} \t{item[1:]}: x\n\n{WORDS}")
    assert is_note(f"{item.replace(' ', '', 1)}: x\n\n{WORDS}")
    assert not is_note(f"{item}::: x\n\n{WORDS}")
    assert not is_note(f"{item} x: x\n\n{WORDS}")
    assert not is_note(f"x {item}: x\n\n{WORDS}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Full Title: x\n", True),
        ("- **Full Title**: x\n", True),
        ("- Title: Full Title\n", False),
        ("## Metadata\n- Author: x\n", True),
        ("## Metadata\n- Publisher: x\n", False),
        ("# Metadata\n- Author: x\n", False),
        ("> Author: Full Title\n", False),
        ("> Readwise-\n> Author: Full Title\n", True),
        (">Readwise-\n> Author: Full Title\n", True),
        ("x > Readwise-\n> Author: Full Title\n", False),
        ("> \tReadwise-\n> Author: Full Title\n", True),
        ("![rw-book-cover](x)\n", True),
        (" \t![rw-book-cover](x)\n", True),
        ("x ![rw-book-cover](x)\n", False),
    ],
)
def test_a_note_without_a_view_link_needs_a_head_of_readwises(text: str, expected: bool) -> None:
    assert is_note(text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        *[(f"Art: #{each}", True) for each in ("tweets", "articles", "books", "podcasts", "supplementals")],
        ("Art: books", True), ("Art:: \t books", True), ("- \t Art: books", True), ("-Art: books", True),
        (">Art: BOOKS", True),
        ("* Art: \"#books\"", True), ("Art: 'books' \t", True), (f"{'x' * 31}: books", True),
        (f"{'x' * 32}: books", False), ("Art:books", False), ("Art: books too", False),
        ("Art: ##books", False),
        ("Art::: books", False), ("# Art: books", False), ("Art: essays", False), (": books", False),
    ],
)  # fmt: skip
def test_a_category_in_any_language_is_a_head_above_a_view_link(line: str, expected: bool) -> None:
    assert is_note(f"{line}\n\n{WORDS}") == expected
    assert not is_note(f"{line}\n\n- Words\n")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[🔗](https://twitter.com/ada/status/1)", True), ("[🔗](http://www.twitter.com/ada/status/1)", True),
        ("[🔗](https://mobile.twitter.com/ada/status/1)", True),
        ("[↗ ↗ ↗ ↗ ](https://x.com/a/status/1)", True),
        ("[🔗](https://read.readwise.io/read/x)", True), ("[🔗](https://readwise.io/open/1)", True),
        ("[🔗](https://www.readwise.io/to_kindle?x)", True), ("[🔗](https://readwise.io/books)", False),
        (f"[🔗](https://x.com/{'a' * 30}/status/1)", True),
        (f"[🔗](https://x.com/{'a' * 31}/status/1)", False),
        ("[🔗](https://x.com/a/status/x)", False), ("[↗ ↗ ↗ ↗ ↗](https://x.com/a/status/1)", False),
        ("[](https://x.com/a/status/1)", False), ("[tweet](https://x.com/a/status/1)", False),
        ("[🔗](ftp://x.com/a/status/1)", False), ("[🔗](https://ax.com/a/status/1)", False),
    ],
)  # fmt: skip
def test_a_view_link_may_be_a_symbol_below_a_heading(link: str, expected: bool) -> None:
    assert is_note(f"## Highlights\n- Words {link}\n") == expected
    assert not is_note(f"- Words {link}\n")


@pytest.mark.parametrize(
    "mark",
    ["[View Tweet](x)", "[View Highlight](x)", "[Open in Readwise](x)", "([Location 1](x))", "([Page 1](x))",
     "([Time 1](x))", "rw-book-cover", "words ^rw1"],
)  # fmt: skip
def test_a_mark_of_readwises_templates_is_enough_below_a_head_or_heading(mark: str) -> None:
    assert is_note(f"Art: books\n\n- {mark}\n")
    assert is_note(f"## Highlights\n- {mark}\n")
    assert not is_note(f"Art: books\n\n- {mark.replace('[', '').replace('rw', '')}\n")


def test_a_summary_keeps_what_would_be_a_note_behind_tags() -> None:
    head = HEAD.replace(
        "- Category", "- Document Tags: #a - Document Note: Mine\n- Summary: x - Document Note: y\n- Category"
    )
    document = read_page(f"{head}{WORDS}").document
    assert (document.tags, document.note, document.summary) == (("a",), "Mine", "x - Document Note: y")


@pytest.mark.parametrize(
    ("heading", "is_chapter"),
    [
        *[(f"## {word} x", True) for word in
          ("Chapter", "Part", "SECTION", "Kapitel", "Teil", "Chapitre", "Partie", "Capítulo", "capitulo",
           "Parte", "Capitolo", "Глава", "Hoofdstuk", "第1章", "第一二三四五六节", "第二部",
           "12.", "3)", "4:", "5",
           "xiv.", "I:", "v)", "x.")],
        ("## \t Chapter", True), ("# Part", True), ("###### Teil 1", True),
        ("## Chapters", False), ("## Parties", False), ("## x Chapter", False), ("## 第章", False),
        ("## 第一二三四五六七章", False), ("## 12x", False), ("## 12", False), ("## xiv x", False),
        ("## xiv.x", False), ("## My list", False), ("## mixed. x", False),
    ],
)  # fmt: skip
def test_below_a_chapter_there_are_highlights_below_another_heading_the_readers_words(
    heading: str, is_chapter: bool
) -> None:
    page = read_page(f"{HEAD}## Highlights\n- words {VIEW}\n{heading}\n- milk\n")
    assert [each.text for each in page.highlights] == ["words", "milk"][: 1 + is_chapter]
    assert [each.text for each in page.notes] == [heading if is_chapter else f"{heading}\n- milk"]


KEYS = {
    "tags": "Schlagwörter Étiquettes Mots-clés Etiquetas Etichette Trefwoorden Теги Метки 标签 標籤 タグ 태그"
    " Tagged",
    "document-note": "Note Notes",
    "author": "Autor Auteur Autore Автор 作者",
    "category": "Kategorie Categoría Categoria Catégorie Categorie 类别 分类 カテゴリー",
    "title": "Titel Título Titre Titolo 标题",
    "full-title": "Voller_Titel Título_completo Titre_complet Titolo_completo Volledige_titel 完整标题",
}


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, names in KEYS.items() for name in names.split()]
)
def test_a_property_has_a_name_in_each_language(key: str, name: str) -> None:
    values = {"tags": "#sea", "category": "#books", "author": "[[Bo]]"}
    text = f"# A Page\n\n## Metadata\n- {name.replace('_', ' ')}: {values.get(key, 'Value')}\n\n{WORDS}"
    entries = read_head(text)[0].entries
    assert values.get(key, "Value") in [each.value for each in entries if each.key == key]
