"""Convert a note with its user's edits to another flavour: each property is there only once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from export.note_conversion import convert_note
from export.note_merge import merge_note
from export.note_places import FLAVOURS, Flavour
from export.note_tree import Rendered
from tests.export.test_note_merge import OLD, TOPIC, UID

LOGSEQ = "kind:: document\nurl:: https://a.example\n\n- words of the passage"
LOGSEQ_BLOCKS = {
    "property:kind": "kind:: document",
    "property:url": "url:: https://a.example",
    "text:1": "words of the passage",
}
OBSIDIAN_BLOCKS = [
    Rendered("property:kind", "kind: document", "property"),
    Rendered("property:url", 'url: "https://a.example"', "property"),
    Rendered("title", "# A Title", "title"),
    Rendered("text:1", "words of the passage", "text"),
]


def convert(current: str, blocks: list[Rendered], new: Flavour = "obsidian") -> str:
    merged = convert_note(current, LOGSEQ_BLOCKS, "logseq", blocks, new)
    again = merge_note(merged.text, {each.key: each.text for each in blocks}, blocks, new)
    assert again.text == merged.text, "exporting again changes nothing"
    return merged.text


def test_a_note_that_nobody_edited_becomes_the_new_note() -> None:
    assert convert(LOGSEQ, OBSIDIAN_BLOCKS) == (
        '---\nkind: document\nurl: "https://a.example"\n---\n# A Title\n\nwords of the passage\n'
    )


def test_a_property_that_the_user_changed_keeps_its_value() -> None:
    edited = LOGSEQ.replace("https://a.example", "https://mine.example")
    text = convert(edited, OBSIDIAN_BLOCKS)
    assert text.count("url:") == 1
    assert "https://mine.example" in text
    assert "# A Title" in text


@pytest.mark.parametrize("name", ["date", "Date"])
def test_a_property_that_the_user_added_is_not_there_twice_when_the_new_note_has_it_too(name: str) -> None:
    edited = LOGSEQ.replace("\n\n", f"\n{name}:: mine\n\n")
    text = convert(edited, [Rendered("property:date", "date: ours", "property"), *OBSIDIAN_BLOCKS])
    assert [line for line in text.splitlines() if line.lower().startswith("date")] == [f'{name}: "mine"']
    assert text.count("kind:") == 1
    assert "# A Title" in text


def test_a_property_that_the_user_deleted_stays_deleted_and_the_notes_mark_does_not() -> None:
    text = convert("- words of the passage", OBSIDIAN_BLOCKS)
    assert "url:" not in text
    assert "kind: document" in text


# --- a note with edits of every kind, from each flavour to each other

GOLDEN = Path(__file__).parents[1] / "data" / "export" / "conversions"
PAGE_EDITS = """
My first words
on two lines.

- item
  - child
    of two lines
      - grandchild
  - second child
* other item
1. numbered
   - below it

#### Small heading
below the heading

    - indented

```text
- no = item

# no heading
```

> quoted

### My heading

id:: 42
- last
"""
OUTLINE_EDITS = """
- My first words
  on two lines.
\t- child
\t  id:: 64c8f7a2-0000-0000-0000-000000000001
\t  collapsed:: true
\t\t- grandchild
\t- second child
- ### My heading
\t- below the heading
\t- ```text
\t  - no = item
\t  # no heading
\t  ```
\t  colour:: red
- 1. numbered
- """


def edit_note(text: str, flavour: Flavour) -> str:
    """The note with words of the reader below a passage and at its end, one passage changed, one deleted."""
    mine = OUTLINE_EDITS if flavour == "logseq" else PAGE_EDITS
    gap = "\n" if flavour == "logseq" else "\n\n"
    citation = "status/100))" if flavour == "logseq" else "status/100)"
    head, _, rest = text.rpartition(citation)
    start, _, rest = rest.partition(f"{gap}{'- ' if flavour == 'logseq' else ''}For Botany")
    _, _, end = rest.partition("its page" + (")" if flavour == "logseq" else ""))
    end = end.replace("a quiet bench", "a quiet bench, as I know")
    indented = mine.replace("\n", "\n\t") if flavour == "logseq" else mine
    return f"{head}{citation}{indented.rstrip()}{start}{end.rstrip()}\n{mine}"


@pytest.mark.parametrize("uid", [UID, TOPIC])
@pytest.mark.parametrize(("old", "new"), list(permutations(FLAVOURS, 2)))
def test_an_edited_note_in_another_flavour_is_the_expected_one(
    old: Flavour, new: Flavour, uid: str, check_golden: Callable[[Path, str], None]
) -> None:
    before, after = OLD[old][uid], OLD[new][uid]
    base = {block.key: block.text for block in before.blocks}
    edited = edit_note(before.text, old)
    merged = convert_note(edited, base, old, after.blocks, new)
    check_golden(GOLDEN / f"{uid.partition(':')[0]} {old} to {new}.md", merged.text)
    for word in ("first words", "grandchild", "second child", "My heading", "as I know", "no = item"):
        assert merged.text.count(word) == edited.count(word)
    again = merge_note(merged.text, {each.key: each.text for each in after.blocks}, after.blocks, new)
    assert again.text == merged.text


# --- what the user wrote, in the form of an outline and of a page

PAGE_BLOCKS = [
    Rendered("title", "# A Title", "title"),
    Rendered("text:1", "words of the passage", "passage"),
    Rendered("text:2", "other words", "passage"),
]
OUTLINE_BLOCKS = PAGE_BLOCKS[1:]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("line", "title", "mine", "expected"), read_fixture_file(GOLDEN.parent / "to_outline.md")
)
def test_words_in_a_page_become_blocks(line: int, title: str, mine: str, expected: str, mark: str) -> None:
    base = {block.key: block.text for block in PAGE_BLOCKS}
    text = f"{mark}# A Title\n\nwords of the passage\n\n{mine}\nother words\n"
    merged = convert_note(text, base, "markdown", OUTLINE_BLOCKS, "logseq")
    assert merged.text == f"- words of the passage\n{expected}- other words", (line, title)


@pytest.mark.parametrize(
    ("line", "title", "mine", "expected"), read_fixture_file(GOLDEN.parent / "to_page.md")
)
def test_blocks_of_an_outline_become_lists_and_headings(
    line: int, title: str, mine: str, expected: str
) -> None:
    base = {block.key: block.text for block in OUTLINE_BLOCKS}
    text = f"- words of the passage\n{mine}- other words"
    merged = convert_note(text, base, "logseq", PAGE_BLOCKS, "markdown")
    assert merged.text == f"# A Title\n\nwords of the passage\n\n{expected}\nother words\n", (line, title)


@pytest.mark.parametrize(
    ("loose", "expected"), [("", ""), ("\n \n", ""), ("loose\n  words\n", "loose\n  words\n\n")]
)
def test_words_before_the_first_block_of_an_outline_stay(loose: str, expected: str) -> None:
    base = {block.key: block.text for block in OUTLINE_BLOCKS}
    text = f"colour:: red\n\n{loose}- words of the passage\n- other words"
    merged = convert_note(text, base, "logseq", PAGE_BLOCKS, "markdown")
    assert merged.text == (
        f'---\ncolour: "red"\n---\n# A Title\n\n{expected}words of the passage\n\nother words\n'
    )


def test_what_is_new_is_added_and_what_the_user_deleted_is_not() -> None:
    base = {block.key: block.text for block in OUTLINE_BLOCKS}
    new = [*PAGE_BLOCKS, Rendered("text:3", "new words", "passage")]
    merged = convert_note("- words of the passage", base, "logseq", new, "markdown")
    assert merged.text == "# A Title\n\nwords of the passage\n\nnew words\n"


@pytest.mark.parametrize(
    ("mine", "expected"),
    [
        ("- A longer heading, mine", "## A longer heading, mine"),
        ("- ## A longer heading, mine", "## A longer heading, mine"),
        ("- A longer heading, mine\n  too", "## A longer heading, mine\ntoo"),
    ],
)
def test_a_heading_that_the_user_changed_is_still_a_heading(mine: str, expected: str) -> None:
    heading = Rendered("section:a", "## A longer heading", "heading")
    words = Rendered("text:1", "words of the passage", "passage", "section:a", 1)
    base = {block.key: block.text for block in (heading, words)}
    blocks = [PAGE_BLOCKS[0], heading, words]
    merged = convert_note(f"{mine}\n\t- words of the passage", base, "logseq", blocks, "markdown")
    assert merged.text == f"# A Title\n\n{expected}\n\nwords of the passage\n"


def test_between_pages_words_stay_as_close_as_they_were() -> None:
    base = {block.key: block.text for block in PAGE_BLOCKS}
    rest = "mine\n\nwords of the passage\n\n- my item\n## Mine\n- last\n\nother words\n"
    merged = convert_note(f"# A Title\n{rest}", base, "markdown", PAGE_BLOCKS, "obsidian")
    assert merged.text == f"# A Title\n\n{rest}"
