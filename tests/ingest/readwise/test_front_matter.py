"""Front matter gives properties, with every word of it, whether or not it is valid YAML."""

from __future__ import annotations

import pytest

from ingest.readwise.front_matter import find_body_start, read_front_matter
from ingest.readwise.preamble import find_body, parse_preamble, read_image


def read(text: str) -> list[tuple[str, str, int]]:
    return [(entry.key, entry.value, entry.line) for entry in read_front_matter(text).entries]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("---\na: b\n---\nc", 12),
        ("--- \na: b\n...\nc", 13),
        ("---\r\na: b\r\n---\r\nc", 15),
        ("---\na: b\n", 0),
        ("----\na: b\n---\n", 0),
        ("\n---\na: b\n---\n", 0),
        ("---", 0),
        ("---" + " " * 76 + "\na: b\n---\n", 88),
        ("---" + " " * 77 + "\na: b\n---\n", 0),
    ],
)
def test_front_matter_is_between_two_lines_of_dashes(text: str, end: int) -> None:
    assert find_body_start(text) == end
    assert read_front_matter(text).end == end


@pytest.mark.parametrize(
    ("block", "entries"),
    [
        ("title: A\nfull_title: 'B: c'", [("title", "A", 2), ("full-title", "B: c", 3)]),
        ("tags:\n  - a\n  - '#b'\n  - '[[c]]'", [("tags", "#[[a]] #[[b]] [[c]]", 2)]),
        ("authors: [A, B]\nempty:", [("authors", "A, B", 2)]),
        ("note: a\n  b\n\n  c", [("note", "a b\nc", 2)]),
        ("note: a # not a comment", [("note", "a # not a comment", 2)]),
        ("a: {b: c}\nd: e", [("a", "{b: c}", 2), ("d", "e", 3)]),
        ("a: [[b, c]]", [("a", "[[b, c]]", 2)]),
        ("words\na: b", [("front-matter", "words", 2), ("a", "b", 3)]),
        ("tags: [a, \"b c\", [[d]], '#e'\nx: y", [
            ("tags", "#[[a]] #[[b c]] #[[d]] #[[e]]", 2), ("x", "y", 3),
        ]),
        ("x: {\ntags:\n- a\n- [[b]]\nlist:\n- c\n- d\n more", [
            ("x", "{", 2), ("tags", "#[[a]], [[b]]", 3), ("list", "c, d\nmore", 6),
        ]),
        ("x: {\ntags:\n- '#a'\nDocument_Tags:\n- \"#b\"\nlist:\n- #c\ntags: ['#d', e]", [
            ("x", "{", 2), ("tags", "#[[a]]", 3), ("document-tags", "#[[b]]", 5), ("list", "#c", 7),
            ("tags", "#[[d]] #[[e]]", 9),
        ]),
    ],
)  # fmt: skip
def test_its_lines_are_properties(block: str, entries: list[tuple[str, str, int]]) -> None:
    assert read(f"---\n{block}\n---\n") == entries


def test_what_is_not_yaml_is_a_problem_with_its_line() -> None:
    found = read_front_matter("---\na: b\nc: [d\n---\n")
    (problem,) = found.problems
    assert (problem.kind, problem.line) == ("invalid-yaml", 4)
    assert [(entry.key, entry.value) for entry in found.entries] == [("a", "b"), ("c", "[d")]
    (problem,) = read_front_matter("---\na: \x07\n---\n").problems
    assert problem.line == 1


@pytest.mark.parametrize(("size", "is_parsed"), [(1 << 15, True), ((1 << 15) + 1, False)])
def test_only_short_front_matter_is_parsed_as_yaml(size: int, is_parsed: bool) -> None:
    block = "a: 'it''s'\nb: "
    ((_, value, _), _) = read(f"---\n{block}{'x' * (size - len(block) - 1)}\n---\n")
    assert value == ("it's" if is_parsed else "it''s")


# --- the head of a Logseq page


@pytest.mark.parametrize(("lines", "is_joined"), [(6, True), (7, False)])
def test_a_title_of_several_lines_is_joined(lines: int, is_joined: bool) -> None:
    title = "\n".join(["title:: a", *["b"] * (lines - 1), "c (highlights)"])
    head = parse_preamble(title)
    assert (head.entries[0].value == "a" + " b" * (lines - 1) + " c (highlights)") is is_joined
    assert bool(head.loose) is not is_joined


@pytest.mark.parametrize(("length", "is_joined"), [(399, True), (400, False)])
def test_an_authors_name_is_continued_up_to_a_length(length: int, is_joined: bool) -> None:
    head = parse_preamble("author:: [[" + "a" * (length - 2) + "\nb]]")
    assert head.entries[0].value.endswith("b]]") is is_joined


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("title:: x\n- a", "- a"),
        ("title:: x\n-", "-"),
        ("title:: x\n-\r\n- a", "-\r\n- a"),
        ("title:: x\n\t- a\n- b", "- b"),
        ("title:: x\n  - a", "  - a"),
        ("title:: x\n-a", ""),
        ("- title:: x\n  tags:: y\n- a", "- a"),
        ("- title::x\n- a", "- title::x\n- a"),
        ("- a\n- title:: x", "- a\n- title:: x"),
    ],
)
def test_the_body_begins_at_the_first_bullet(text: str, body: str) -> None:
    assert text[find_body(text) :] == body


@pytest.mark.parametrize(
    ("line", "image"),
    [
        ("![](https://a.example/b.png)", "https://a.example/b.png"),
        ("![rw-book-cover](u_(x).png)", "u_(x).png"),
        ("![book_image](u)", "u"),
        ("![mine](u)", "![mine](u)"),
        ("![]()", "![]()"),
        ("![](u){:height 5, :width 6}", "![](u){:height 5, :width 6}"),
        ("![](u) words", None),
        ("a ![](u)", None),
        ("![](u v)", None),
    ],
)
def test_a_line_that_is_an_image_is_the_cover(line: str, image: str | None) -> None:
    assert read_image(line) == image
