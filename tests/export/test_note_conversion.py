"""Convert a note with its user's edits to another flavour: each property is there only once."""

from __future__ import annotations

import pytest

from export.note_conversion import convert_note
from export.note_merge import merge_note
from export.note_places import Flavour
from export.note_tree import Rendered

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
