"""Merge properties: the order and the user's values stay, ours change in place."""

from __future__ import annotations

import pytest

from export.note_merge import Merged, merge_note
from export.note_tree import Rendered
from export.page_properties import convert_property, has_property, list_own_properties
from export.page_units import (
    find_front_matter,
    find_properties,
    join_lines,
    new_lines,
    split_lines,
    split_outline,
)

OLD = {"tags": '\n  - "a"\n  - "b"', "url": ' "https://a.example"', "kind": " topic"}
BODY = "---\n# Soil\n"


def merge_yaml(front: str, new: dict[str, str], old: dict[str, str] = OLD) -> tuple[str, list[str]]:
    """Return the front matter after a merge, and the keys of the conflicts."""
    base = {f"property:{key}": f"{key}:{value}" for key, value in old.items()} | {"title": "# Soil"}
    blocks = [Rendered(f"property:{key}", f"{key}:{value}", "property") for key, value in new.items()]
    blocks.append(Rendered("title", "# Soil", "title"))
    merged = merge_note(f"---\n{front}{BODY}", base, blocks, "obsidian")
    assert merged.text.startswith("---\n")
    assert merged.text.endswith(BODY)
    aside = [conflict.key.removeprefix("property:") for conflict in merged.conflicts]
    return merged.text.removeprefix("---\n").removesuffix(BODY), aside


@pytest.mark.parametrize(
    ("front", "new", "wanted", "aside"),
    [
        ("kind: topic\nmine: 1\n", {"kind": " person"}, "kind: person\nmine: 1\n", []),
        (
            "mine: 1\nkind: topic\n",
            {"kind": " topic", "date": " 2021"},
            "mine: 1\nkind: topic\ndate: 2021\n",
            [],
        ),
        ("kind: mine\n", {"kind": " person"}, "kind: mine\n", ["kind"]),
        ("kind: mine\n", {"kind": " topic"}, "kind: mine\n", []),
        ("mine: 1\n", {"kind": " person"}, "mine: 1\n", []),
        ("url: https://a.example\n", {"url": ' "https://b.example"'}, 'url: "https://b.example"\n', []),
        ("url: 'https://a.example'\n", {"url": ' "https://a.example"'}, "url: 'https://a.example'\n", []),
        ("url: 'https://a.example'\n", {"url": ' "https://b.example"'}, 'url: "https://b.example"\n', []),
        ('url: "\\q"\n', {"url": ' "https://b.example"'}, 'url: "\\q"\n', ["url"]),
        ("url: https://a.example\nmine: 1\n", {}, "mine: 1\n", []),
        ("url: https://mine.example\n", {}, "url: https://mine.example\n", []),
        (
            "tags:\n  - a\n  - mine\n",
            {"tags": '\n  - "a"\n  - "b"\n  - "c"'},
            'tags:\n  - a\n  - mine\n  - "c"\n',
            [],
        ),
        ("tags:\n- a\n- b\n- mine\n", {"tags": '\n  - "b"'}, "tags:\n- b\n- mine\n", []),
        ("tags: [a, mine]\n", {"tags": '\n  - "c"'}, "tags: [a, mine]\n", ["tags"]),
        ("# a comment\nkind: topic\n", {"kind": " person"}, "# a comment\nkind: person\n", []),
        (
            "kind: topic\n\ncssclasses:\n  - wide\n",
            {"kind": " topic"},
            "kind: topic\n\ncssclasses:\n  - wide\n",
            [],
        ),
    ],
)
def test_front_matter(front: str, new: dict[str, str], wanted: str, aside: list[str]) -> None:
    assert merge_yaml(front, new) == (wanted, aside)


@pytest.mark.parametrize(
    ("front", "new", "wanted"),
    [
        ("kind:: topic\nicon:: 🌱", "kind:: person", "kind:: person\nicon:: 🌱"),
        ("Kind:: mine", "kind:: person", "Kind:: mine"),
        ("tags:: [[a]], [[mine]]", "tags:: [[a]], [[b]], [[c]]", "tags:: [[a]], [[mine]], [[c]]"),
        ("tags:: [[a]], [[b]]", "tags:: [[c]]", "tags:: [[c]]"),
        ("icon:: 🌱", "kind:: person", "icon:: 🌱"),
    ],
)
def test_logseqs_page_properties(front: str, new: str, wanted: str) -> None:
    base = {"property:kind": "kind:: topic", "property:tags": "tags:: [[a]], [[b]]", "text": "Soil"}
    block = Rendered(f"property:{new.partition('::')[0]}", new, "property")
    merged = merge_note(f"{front}\n\n- Soil", base, [block, Rendered("text", "Soil")], "logseq")
    assert merged.text == f"{wanted}\n\n- Soil"


def test_front_matter_that_the_user_deleted_does_not_come_back() -> None:
    base = {"property:kind": "kind: topic", "title": "# Soil"}
    blocks = [Rendered("property:kind", "kind: person", "property"), Rendered("title", "# Soil", "title")]
    assert merge_note("# Soil\n", base, blocks, "obsidian") == Merged("# Soil\n")


def test_properties_that_logseq_added_to_a_block_stay_with_it() -> None:
    base = {"a": "one\n\ntwo", "b": "old"}
    page = "- one\n  id:: 1\n  collapsed:: true\n  \n  two\n\t- mine\n- old\n  id:: 2\n"
    blocks = [Rendered("a", "new\nlast")]
    wanted = "- new\n  id:: 1\n  collapsed:: true\n  last\n\t- mine\n- old\n  id:: 2\n"
    assert merge_note(page, base, blocks, "logseq") == Merged(wanted)


def test_a_block_with_properties_of_the_users_is_not_removed() -> None:
    base = {"a": "one", "b": "two", "c": "three"}
    page = "- one\n  id:: 1\n- two\n  collapsed:: true\n- three\n  mine:: 1\n"
    assert merge_note(page, base, [], "logseq").text == "- one\n  id:: 1\n- three\n  mine:: 1\n"


def test_properties_are_not_put_into_code() -> None:
    page = "- one\n  id:: 1\n"
    merged = merge_note(page, {"a": "one"}, [Rendered("a", "```\ncode\n```\nend")], "logseq")
    assert merged.text == "- ```\n  code\n  ```\n  end\n  id:: 1\n"


def test_new_blocks_are_indented_like_the_file() -> None:
    base = {"a": "one", "b": "two"}
    blocks = [Rendered("a", "one"), *(Rendered(key, key, parent="a", depth=1) for key in ("b", "c"))]
    blocks[1] = Rendered("b", "two", parent="a", depth=1)
    page = "- one\n    - two\n        - mine\n"
    assert merge_note(page, base, blocks, "logseq").text == page + "    - c\n"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("words", 0),
        (" ---\na: 1\n---\n", 0),
        ("---\na: 1\n", 0),
        ("---\n---\n# My own\n---\n", 2),
        ("---\r\na: 1\r\n--- \r\nwords\n", 3),
        ("---\na: 1\n...\nwords\n---\n", 3),
    ],
)
def test_front_matter_is_between_the_first_two_rules(text: str, length: int) -> None:
    assert find_front_matter(split_lines(text)) == length


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("words\n", (0, 0)),
        ("a:: 1\nb::\nwords\nc:: 2\n", (0, 2)),
        ("\n\na:: 1\n\nb:: 2\n", (2, 3)),
        ("a: 1\n", (0, 0)),
        ("\n\n", (2, 2)),
        ("", (0, 0)),
    ],
)
def test_a_logseq_pages_properties_are_its_first_lines(text: str, place: tuple[int, int]) -> None:
    lines = split_lines(text)
    assert find_properties(lines, len(lines)) == place


@pytest.mark.parametrize(
    ("page", "joined"),
    [
        ("a\r\nb\r\nc\n", "a\r\nb\r\nc\nnew\r\n"),
        ("a\r\nb\n", "a\r\nb\nnew\n"),
        ("a\nb", "a\nb\nnew"),
        ("", "new\n"),
    ],
)
def test_new_lines_end_like_most_lines_of_the_page(page: str, joined: str) -> None:
    lines = split_lines(page)
    assert join_lines([*lines, *new_lines("new")], lines) == joined
    assert join_lines(lines, lines) == page
    assert join_lines([], lines) == ""


def test_further_lines_have_an_indentation_of_their_own() -> None:
    assert [line.text for line in new_lines("a\nb\nc", "- ", "  ")] == ["- a", "  b", "  c"]


@pytest.mark.parametrize(
    ("text", "properties", "words"),
    [
        ("- a\n  id:: 1\n  b:: 2\n  words", (1, 2), "a\nwords"),
        ("- a\n\n  id:: 1", (2,), "a"),
        ("- a\n\n\n  id:: 1", (), "a\n\n\nid:: 1"),
        ("- a\n  words\n  id:: 1", (), "a\nwords\nid:: 1"),
        ("- a\n  id:: 1\n\n  b:: 2", (1,), "a\n\nb:: 2"),
        ("# a\nid:: 1", (1,), "# a"),
        ("-\n  id:: 1", (1,), ""),
    ],
)
def test_a_blocks_properties_follow_its_first_line(
    text: str, properties: tuple[int, ...], words: str
) -> None:
    (block,) = split_outline(split_lines(text))
    assert (block.properties, block.text) == (properties, words)


def test_blocks_are_nested_by_their_columns() -> None:
    text = "- a\n\t- b\n\t\t\t- c\n\t\t- d\n- e\n## f\n- g"
    units = split_outline(split_lines(text))
    assert [(unit.start, unit.depth, unit.subtree_end) for unit in units] == [
        (0, 0, 4),
        (1, 1, 4),
        (2, 2, 3),
        (3, 2, 4),
        (4, 0, 5),
        (5, 0, 6),
        (6, 0, 7),
    ]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("- a\n  ```\n- code\n  ```\n- b", [0, 4]),
        ("- a\n  ```\n- code", [0, 2]),  # never closed: no fence
        ("- a\n  #+BEGIN_QUOTE\n- quoted\n  #+END_QUOTE\n- b", [0, 4]),
        ("words\n-no bullet\n-\n-\tb", [2, 3]),
    ],
)
def test_no_block_begins_inside_a_fence_or_a_quote(text: str, starts: list[int]) -> None:
    assert [unit.start for unit in split_outline(split_lines(text))] == starts


@pytest.mark.parametrize(
    ("lines", "old", "new", "expected"),
    [
        (["date:: 2021-03-29"], "logseq", "obsidian", "date: 2021-03-29"),
        (["pages:: 123"], "logseq", "obsidian", "pages: 123"),
        (["read:: true"], "logseq", "obsidian", "read: true"),
        (["colour::"], "logseq", "obsidian", "colour: "),
        (['colour:: red: "dark"'], "logseq", "obsidian", 'colour: "red: \\"dark\\""'),
        (["author:: Ada"], "logseq", "obsidian", 'authors: "Ada"'),
        (["alias:: [[Tides]], Ebb"], "logseq", "obsidian", 'aliases:\n  - "Tides"\n  - "Ebb"'),
        (["tags:: [[sea]], boats"], "logseq", "markdown", 'tags:\n  - "sea"\n  - "boats"'),
        (["colour:: red", "  dark"], "logseq", "obsidian", None),
        (["no property"], "logseq", "obsidian", None),
        (["colour: red"], "obsidian", "markdown", "colour: red"),
        (["colour: red"], "obsidian", "logseq", "colour:: red"),
        (["colour:"], "obsidian", "logseq", "colour::"),
        (["colour: []"], "obsidian", "logseq", "colour::"),
        (["my colour: red"], "markdown", "logseq", "my-colour:: red"),
        (["authors:", "  - Ada", "  - Ben"], "obsidian", "logseq", "author:: Ada, Ben"),
        (["tags: [sea, '[[boats]]']"], "obsidian", "logseq", "tags:: [[sea]], [[boats]]"),
        (["aliases: Ebb"], "obsidian", "logseq", "alias:: [[Ebb]]"),
        (["colour: red # dark"], "obsidian", "logseq", None),
        (["colour: {a: b}"], "obsidian", "logseq", None),
        (["colour: [{a: b}]"], "obsidian", "logseq", None),
        (["colour: red", "size: 2"], "obsidian", "logseq", None),
        (["colour: 'red"], "obsidian", "logseq", None),
        (["colour: 'it''s'"], "obsidian", "logseq", "colour:: it's"),
        (['colour: "red\\ndark"'], "obsidian", "logseq", None),
        (["- colour"], "obsidian", "logseq", None),
        (["'a: b': c"], "obsidian", "logseq", None),
    ],
)
def test_a_property_in_another_flavour(lines: list[str], old: str, new: str, expected: str | None) -> None:
    assert convert_property(lines, old, new) == expected


@pytest.mark.parametrize(
    ("text", "base", "flavour", "own"),
    [
        (
            "---\na: 1\nb: 2\n---\nc: 3\n",
            {"property:a": "a: 1", "property:b": "b: 1"},
            "obsidian",
            {"property:b": ["b: 2"]},
        ),
        ("---\na:\n  - x\n\n---\n", {}, "markdown", {"property:a": ["a:", "  - x", ""]}),
        ("a:: 1\nb:: 2\n\n- c:: 3\n", {"property:b": "b:: 2"}, "logseq", {"property:a": ["a:: 1"]}),
    ],
)
def test_properties_that_are_not_ours_are_listed_with_their_lines(
    text: str, base: dict[str, str], flavour: str, own: dict[str, list[str]]
) -> None:
    lines = split_lines(text)
    end = find_front_matter(lines) if flavour != "logseq" else len(lines)
    assert list_own_properties(lines, end, base, flavour) == own
    assert [has_property(lines, end, key, flavour) for key in ("property:a", "property:c")] == [True, False]
