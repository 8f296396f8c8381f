"""Readwise's action tags: `.h1`, `.c1`, `.qa` at the start of a note."""

from __future__ import annotations

import pytest

from ingest.source import parse_text
from ingest.text import Text


@pytest.mark.parametrize(
    ("note", "tags", "rest"),
    [
        (".h1", ("h1",), []),
        (".c2 mine", ("c2",), ["mine"]),
        (".h2 .c1\nmine", ("h2", "c1"), ["mine"]),
        (".qa What keeps cool? --- A well.", ("qa",), ["What keeps cool? --- A well."]),
        (".h7", (), [".h7"]),
        (".com is not one", (), [".com is not one"]),
        ("see .h1", (), ["see .h1"]),
    ],
)
def test_actions_at_the_start_of_a_note_are_tags(note: str, tags: tuple[str, ...], rest: list[str]) -> None:
    page = (
        "title:: Wells (highlights)\n\n- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
        "\t- Wells keep cool.\n\t\t- **Note**: " + note.replace("\n", "\n\t\t  ") + "\n"
    )
    (highlight,) = parse_text(Text(page, "Wells"))[1].pages[0].highlights
    assert (highlight.tags, [each.text for each in highlight.notes]) == (tags, rest)
