"""A note for each resource: whether its reader marked it as read, and where it was shared."""

from __future__ import annotations

import pytest

from export.highlight_links import collect_resources
from export.resource_notes import MAX_SHARINGS, copy_read, find_changed_property, make_resource_notes
from markdown_text.note_marks import MARK_KEY, make_mark
from tests.export.test_reading_list import TIDE, share

KEYS = {make_mark("resource:tide"): "tide"}


def note(read: str, uid: str = "resource:tide") -> str:
    return f"---\nread: {read}\n{MARK_KEY}: {make_mark(uid)}\n---\n# Tide\n"


@pytest.mark.parametrize(
    ("now", "before", "changed"),
    [
        ("true", "false", {"tide": True}),
        ("false", "true", {"tide": False}),
        ("false", "false", {}),
        ("true", "true", {}),  # the browser may have changed the state
        ("perhaps", "true", {}),
    ],
)
def test_what_the_reader_changed_in_a_note_counts(now: str, before: str, changed: dict[str, bool]) -> None:
    assert find_changed_property(note(now), note(before), KEYS) == changed
    assert find_changed_property(note(now, "resource:moon"), note(before), KEYS) == {}


def test_a_note_without_a_base_counts_only_if_it_says_that_it_was_read() -> None:
    assert find_changed_property(note("true"), "", KEYS) == {"tide": True}
    assert find_changed_property(note("false"), "", KEYS) == {}


def test_the_property_is_copied_and_nothing_else() -> None:
    assert copy_read(note("false"), note("true")) == note("true")
    assert copy_read(note("false"), "mine") == note("false")


@pytest.mark.parametrize("count", [1, MAX_SHARINGS, MAX_SHARINGS + 1])
def test_a_note_lists_where_it_was_shared_up_to_a_limit(count: int) -> None:
    shared = [share(n, f"Read: {TIDE}", TIDE, by=f"p{n}", day="2021-03-29") for n in range(1, count + 1)]
    (made,) = make_resource_notes(collect_resources(shared), {TIDE})
    (heading,) = made.blocks
    assert len(heading.children) == min(count, MAX_SHARINGS)
    properties = {each.key: each for each in made.properties}
    assert {"url", "type", "shared", "people", "read"} == properties.keys()
    assert "true" in str(properties["read"])
    assert str(count) in str(properties["people"])
