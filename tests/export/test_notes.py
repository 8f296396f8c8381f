"""Notes in three flavours: as expected files, and read back by what will read them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import frontmatter
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from export.clean import CleanedTexts, clean_text
from export.flavours import logseq
from export.flavours.obsidian import make_block_id
from export.library_notes import make_document_note, make_highlight_note
from export.note_places import FLAVOURS, Flavour, place_notes
from export.note_tree import Words
from export.render import RenderedNote, render_notes
from export.repeats import fold_repeats
from export.templates import make_style
from export.topic_groups import group_topics
from export.topic_notes import make_topic_notes
from markdown_text.inline_links import write_link
from record_types.library import ReadDocument, ReadHighlight, Topic
from tests.export.samples import DOCUMENTS, THREAD
from tests.topic_texts import assign_topics

GOLDEN = Path(__file__).parents[1] / "data" / "export" / "golden"
COMMONMARK = MarkdownIt("commonmark")


def render(documents: tuple[ReadDocument, ...], flavour: Flavour) -> list[RenderedNote]:
    return render_notes(documents, group_topics(documents, assign_topics(documents)), flavour)


def find_raw(text: str) -> Iterator[str]:
    """Raw HTML, and addresses that are not web addresses, in what CommonMark makes of a text."""
    for token in COMMONMARK.parse(text):
        for each in (token, *(token.children or ())):
            if each.type in ("html_block", "html_inline"):
                yield each.content
            address = str(each.attrGet("href") or each.attrGet("src") or "")
            if re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE) and not re.match(
                r"https?:", address, re.IGNORECASE
            ):
                yield address


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_notes_are_as_expected(flavour: Flavour, check_golden: Callable[[Path, str], None]) -> None:
    notes = render(DOCUMENTS, flavour)
    for note in notes:
        check_golden(GOLDEN / flavour / note.path, note.text)
    files = [path for path in (GOLDEN / flavour).rglob("*") if path.is_file()]
    found = {path.relative_to(GOLDEN / flavour).as_posix() for path in files}
    assert found == {note.path for note in notes}


@pytest.mark.parametrize(
    ("title", "has_title"), [("Tides: a/b? *c*", False), ("CON", False), ("x" * 300, True)]
)
def test_a_page_of_logseq_has_a_title_only_if_its_file_cannot_be_named_by_it(
    title: str, has_title: bool
) -> None:
    named = replace(DOCUMENTS[0], title=title, full_title=title)
    (text,) = (note.text for note in render((named,), "logseq") if note.uid.startswith("document:"))
    assert text.startswith(f"title:: {title[:100]}") == has_title
    assert ("title::" in text) == has_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A *short* text", "A short text"),
        ("five5 " * 9 + "five55", "five5 " * 9 + "five55"),
        ("five5 " * 9 + "five555", "five5 " * 8 + "five5…"),
        ("x" * 61, "x" * 60 + "…"),
        ("", "The Garden"),
    ],
)
def test_a_highlights_note_is_called_by_its_first_words(text: str, title: str) -> None:
    highlight = ReadHighlight(1, "readwise:1", "not cleaned")
    document = ReadDocument(1, "d", "The Garden", "The Garden", "articles", highlights=(highlight,))
    note = make_highlight_note(document, highlight, {1: text})
    assert (note.title, note.uid, note.kind) == (title, "highlight:readwise:1", "highlight")
    assert [each.key for each in note.properties] == ["document"]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_same_records_make_the_same_files_in_any_order(flavour: Flavour) -> None:
    shuffled = list(DOCUMENTS)
    random.Random(2).shuffle(shuffled)
    assert render(DOCUMENTS, flavour) == render(tuple(shuffled), flavour) == render(DOCUMENTS, flavour)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_closer_appears_only_in_its_documents_note(flavour: Flavour) -> None:
    with_closer = [note.uid for note in render(DOCUMENTS, flavour) if "follow me for more" in note.text]
    assert with_closer == [f"document:{THREAD.uid}"]


def test_links_between_markdown_notes_lead_to_existing_files() -> None:
    from posixpath import dirname, join, normpath
    from urllib.parse import unquote

    notes = render(DOCUMENTS, "markdown")
    paths = {note.path for note in notes}
    linked = {
        normpath(join(dirname(note.path), unquote(address)))
        for note in notes
        for address in re.findall(r"\]\((?!https?:)([^)]*)\)", note.text)
    }
    assert linked == paths


def test_obsidians_front_matter_is_yaml_with_lists() -> None:
    nasty = replace(THREAD, full_title='a: "b" \u2028 #c\x85', tags=("1984", "two words", "a/b", "!?"))
    (note,) = (note for note in render((nasty,), "obsidian") if note.uid.startswith("document:"))
    page = frontmatter.loads(note.text)
    assert page["tags"] == ["n1984", "two-words", "a/b"]
    assert page["aliases"] == ['a: "b" #c']
    assert page["url"] == THREAD.url
    assert note.text.endswith("\n")
    assert not note.text.endswith("\n\n")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_topic_lists_topics_that_share_two_highlights_with_it(flavour: Flavour) -> None:
    texts = (
        "[[Moss]] and [[Soil]]",
        "[[Soil]], [[Moss]]",
        "[[Fern]] and [[Moss]]",
        "[[Fern]]",
        "[[Fern]]",
        "[[Soil]]",
    )
    documents = tuple(  # one each, so that no highlight is about a topic because of its neighbours
        ReadDocument(n, f"d:{n}", "Walk", "Walk", "articles", highlights=(ReadHighlight(n, f"h:{n}", text),))
        for n, text in enumerate(texts)
    )
    notes = {note.uid: note.text for note in render(documents, flavour)}
    related = {uid: re.findall(r"Related: (.*)", text) for uid, text in notes.items() if "topic:" in uid}
    assert related["topic:fern"] == []
    assert len(related["topic:moss"]) == len(related["topic:soil"]) == 1
    assert "Soil" in related["topic:moss"][0]
    assert "Fern" not in related["topic:moss"][0]


def test_a_topic_names_its_parent_only_once() -> None:
    moss = Topic("Moss", "moss", (make_document(["a", "b"]),), parent="Plants")
    soil, plants = replace(moss, name="Soil", slug="soil"), Topic("Plants", "plants", moss.documents)
    related = [
        block for block in make_topic_notes(moss, {}, [plants, soil])[0].blocks if block.piece == "related"
    ]
    assert [block.key for block in related] == ["parent", "related"]
    words = repr(related[1])
    assert "Soil" in words
    assert "Plants" not in words


def test_obsidian_can_link_to_every_highlight_that_is_cited() -> None:
    (note,) = (note for note in render(DOCUMENTS, "obsidian") if note.uid == f"document:{THREAD.uid}")
    assert re.findall(r"^\^(\S+)$", note.text, re.MULTILINE) == [f"tweet-{n}" for n in range(100, 105)]
    assert make_block_id("text:" + "a long page's own key " * 9) == make_block_id(
        "text:" + "a long page's own key " * 9
    )
    assert re.fullmatch("[a-z0-9]{6}", make_block_id("text:" + "a long page's own key " * 9))


def test_a_logseq_page_ends_without_a_newline_and_begins_with_its_properties() -> None:
    for note in render(DOCUMENTS, "logseq"):
        assert not note.text.endswith("\n")
        assert re.match(r"(?:[a-z-]+:: .*\n)+\n- ", note.text)


SCRAPS = st.sampled_from(
    [
        "a",
        "word",
        " ",
        "\n",
        "\n\n",
        "\n    ",
        "- ",
        "+ ",
        "* ",
        "1. ",
        "# ",
        "## x",
        "> ",
        "---",
        "===",
        "```",
        "```py\n",
        "~~~",
        "`",
        "``",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<?",
        "<![CDATA[",
        "<https://a.example>",
        "<script>",
        "&lt;b&gt;",
        "&copy;",
        "\\",
        "\\<",
        "$$",
        "%%",
        "[x](javascript:alert(1))",
        "![x](data:text/html,x)",
        "[x](<javascript:a>)",
        "[x](\n",
        "[x]: javascript:a",
        "](",
        "[",
        "]",
        "![",
        ")",
        "[[page]]",
        "[[",
        "]]",
        "((",
        "{{",
        "#tag",
        "#[[x]]",
        "#+BEGIN_QUOTE",
        "#+END_QUOTE",
        ":NAME:",
        ":END:",
        "key:: v",
        "k::",
        "\\begin{x}",
        "<div>\n",
        "\n</div>",
        "\t",
        "|",
        "TODO ",
        "id:: 1",
        "![alt](https://a.example/b.png)",
        "https://a.example/#b",
        "\u2028",
        "\x0b",
        "\r",
    ]
)
TEXTS = st.lists(SCRAPS, min_size=1, max_size=14).map("".join).filter(lambda text: bool(clean_text(text)))


def make_document(texts: list[str], notes: tuple[str, ...] = ()) -> ReadDocument:
    highlights = tuple(
        ReadHighlight(n, f"h:{n}", text, view_url=f"https://a.example/{n}", notes=notes)
        for n, text in enumerate(texts)
    )
    return ReadDocument(1, "d:1", texts[0], texts[0], "articles", summary=texts[-1], highlights=highlights)


@settings(max_examples=80, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
@example(["a"], "https://a.example/#b\\<b>")
def test_no_foreign_text_gets_raw_html_or_other_addresses_through(texts: list[str], note: str) -> None:
    for flavour in ("markdown", "obsidian"):
        for rendered in render((make_document(texts, (note,)),), flavour):
            if rendered.uid.startswith("base:"):
                continue
            body = rendered.text.split("---\n", 2)[2] if flavour == "obsidian" else rendered.text
            assert list(find_raw(body)) == []


@settings(max_examples=80, deadline=None)
@example(["```a\n    ```"], "a")
@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
def test_every_highlight_is_found_again_after_the_others(texts: list[str], note: str) -> None:
    """No text swallows what follows it: each citation is still a paragraph of its own, at the top level."""
    document = make_document(texts, (note,))
    assume(len(fold_repeats(document, {}).highlights) == len(texts))
    (rendered,) = (each for each in render((document,), "markdown") if each.uid.startswith("document:"))
    tokens = COMMONMARK.parse(rendered.text)
    cited = [
        token.content
        for token in tokens
        if token.type == "inline" and token.level == 1 and token.content.startswith("— [")
    ]
    assert [f"https://a.example/{n})" in text for n, text in enumerate(cited)] == [True] * len(texts)
    assert sum(token.type == "heading_open" and token.level == 0 for token in tokens) == 1


@settings(max_examples=120, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
@example(["a", "b"], "```py\n```")
def test_logseq_reads_back_one_block_per_highlight_with_the_same_text(texts: list[str], note: str) -> None:
    outline = pytest.importorskip("ingest.outline")
    document = make_document(texts, (note,))
    tree = make_document_note(document, CleanedTexts([document]))
    places = place_notes([tree], "logseq")
    rendered = list(logseq.render_note(tree, places, make_style("logseq")))
    read = outline.parse_outline(logseq.join_note(rendered)).blocks
    wanted = [
        (block.depth + 1, [line.strip() for line in block.text.split("\n")])
        for block in rendered
        if block.kind != "property"
    ]
    assert [(block.level, [line.strip() for line in block.text.split("\n")]) for block in read] == wanted
    assert all(block.properties == () for block in read)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/b_(c)", "[x](https://a.example/b_%28c%29)"),
        ("https://a.example/b c", "[x](https://a.example/b%20c)"),
        ('https://a.example/"><b>', "[x](https://a.example/%22%3E%3Cb%3E)"),
        ("https://a.example/?q=1&r=%20#f", "[x](https://a.example/?q=1&r=%20#f)"),
        ("javascript:alert(1)", "x"),
        ("  https://a.example", "x"),
        ("ftp://a.example", "x"),
    ],
)
def test_a_url_is_safe_wherever_a_link_appears(url: str, link: str) -> None:
    assert write_link("x", url) == link


def test_the_readers_links_stay_links_and_foreign_ones_do_not() -> None:
    text = "[[Soil]] ((x)) {{y}} #tag [[open"
    document = make_document([text])
    (note,) = (each for each in render((document,), "logseq") if each.uid == "document:d:1")
    assert r"- [[Soil]] \((x)) \{{y}} \#tag \[[open (" in note.text


def test_action_tags_make_headings_and_join_passages_and_are_not_shown() -> None:
    document = make_document(["A chapter", "first part", "second part", "another"], ())
    actions = (("h1",), ("c1", "own"), ("c2",), ())
    highlights = tuple(
        replace(each, tags=tags) for each, tags in zip(document.highlights, actions, strict=True)
    )
    tree = make_document_note(replace(document, highlights=highlights), {})
    passages = [block for block in tree.blocks if block.kind == "passage"]
    assert len(passages) == 3
    assert [child.kind for child in passages[1].children] == ["tags", "passage"]
    assert passages[0].fields["text"] == (Words("A chapter", strong=True),)
