"""The text of an HTML export is read by the elements that begin its fields, however they are closed."""

from __future__ import annotations

import pytest

from ingest.sources.html_fields import Tag, read_fields


def find_key(tag: Tag) -> str | None:
    return next(iter(tag.classes & {"note", "title"}), None)


@pytest.mark.parametrize(
    ("html", "fields"),
    [
        ("", [("", "")]),
        ("a<p>b", [("", "a b")]),
        ("a<b>b</b>", [("", "ab")]),
        ("<h1 class='title'>A &amp; B</h3>c", [("", ""), ("title", "A & Bc")]),
        ('<div class="x note">a</div><div class="note">b</div>c', [("", ""), ("note", "a"), ("note", "b c")]),
        ("<p class=note>a<br>b<BR/>c", [("", ""), ("note", "a b c")]),
        ("a<!-- <p class=note>b -->c", [("", "ac")]),
        ("a<!-- b", [("", "a")]),
        ("<style>p{}</style>a<script>if (b<c) {}</script>d", [("", "ad")]),
        ("<style><p class=note></style>a", [("", "a")]),
        ("<style>a</script>b</style>c", [("", "c")]),
        ("a<style>b", [("", "a")]),
        ("a</style>b</p class=note>c", [("", "ab c")]),
        ("<style class=note>a</style>b", [("", "b")]),
        ("<STYLE>a</Style>b", [("", "b")]),
        ("<p class = 'x note'>a<p id=note>b", [("", ""), ("note", "a b")]),
        ("<!doctype html><?xml?>a", [("", "a")]),
        ("a < b <1>", [("", "a < b <1>")]),
        ("a \n\t\u00a0\u202f b", [("", "a b")]),
    ],
)
def test_a_field_lasts_until_the_next_begins(html: str, fields: list[tuple[str, str]]) -> None:
    assert [(field.key, field.text) for field in read_fields(html, find_key)] == fields


def test_breaks_between_blocks_are_kept_on_request() -> None:
    (field,) = read_fields("<p> a  b<br>c</p>\n\n<div>d</div>", find_key, keep_breaks=True)
    assert field.text == "a b\nc\nd"


def test_a_field_knows_its_line_and_its_tag() -> None:
    html = "<p>\n\n<a class=title\nid='i' href=\"h?id=2\" value = \"v&amp;w\">a</a>\n<p class='note'>b"
    first, title, note = read_fields(html, find_key)
    assert (first.line, title.line, note.line) == (1, 3, 5)
    assert title.tag == Tag("a", frozenset({"title"}), "i", "v&w")
    assert note.tag == Tag("p", frozenset({"note"}), "", "")


@pytest.mark.parametrize("name", ["script", "style", "head", "title", "noscript", "template"])
def test_the_text_of_some_elements_is_never_seen(name: str) -> None:
    assert [field.text for field in read_fields(f"a<{name}>b</{name}>c<{name}x>d", find_key)] == ["acd"]


@pytest.mark.parametrize("name", ["br", "p", "div", "li", "tr"])
def test_some_elements_end_a_line(name: str) -> None:
    for tag in (f"<{name}>", f"</{name}>", f"<{name} x/>"):
        (field,) = read_fields(f"a{tag}b<{name}x>c<i>d", find_key, keep_breaks=True)
        assert field.text == "a\nbcd"
