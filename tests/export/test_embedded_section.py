"""Embed a note below a page of the user's own: no edit to the page loses a word of theirs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings

from export.note_merge import Merged, merge_note
from export.note_places import FLAVOURS, Flavour
from export.render import RenderedNote, render_notes
from export.topic_groups import group_topics
from export.write_plan import plan_writes
from record_types.library import EMBEDDED_SECTION
from tests.export.edits import edit, edits
from tests.export.samples import DOCUMENTS
from tests.export.test_note_merge import GROWN, base_of, find_mine
from tests.topic_texts import assign_topics

TOPIC = "topic:soil-science"
OWN = {
    "logseq": "tags:: soil\n\n- mine91\n\t- mine92 `x`\n- ```\n  mine93\n  ```",
    "markdown": "# mine91\n\n- mine92\n\n```\nmine93\n```\n",
    "obsidian": "---\ntags: [mine90]\n---\n# mine91\n\nmine92\n\n> mine93",
}


def render_embedded(flavour: Flavour, *, grown: bool = False) -> RenderedNote:
    documents = GROWN if grown else DOCUMENTS
    notes = render_notes(documents, group_topics(documents, assign_topics(documents)), flavour)
    note = next(note for note in notes if note.uid == TOPIC)
    assert note.embed is not None
    return note.embed()


OLD = {flavour: render_embedded(flavour) for flavour in FLAVOURS}
NEW = {flavour: render_embedded(flavour, grown=True) for flavour in FLAVOURS}

pytestmark = pytest.mark.parametrize("flavour", FLAVOURS)


def test_an_embedded_section_has_no_title_and_no_properties(flavour: Flavour) -> None:
    blocks = OLD[flavour].blocks
    assert blocks[0].key == EMBEDDED_SECTION
    assert not {"property", "title", "fact"} & {block.kind for block in blocks}
    assert all(block.parent for block in blocks[1:])


def test_embedding_changes_nothing_above_and_happens_once(flavour: Flavour) -> None:
    old = OLD[flavour]
    joined = merge_note(OWN[flavour], {}, old.blocks, flavour)
    assert joined.text.startswith(OWN[flavour].rstrip("\n"))
    assert merge_note(joined.text, base_of(old), old.blocks, flavour) == Merged(joined.text)


def test_new_blocks_go_into_the_section(flavour: Flavour) -> None:
    joined = merge_note(OWN[flavour], {}, OLD[flavour].blocks, flavour).text
    grown = merge_note(
        joined + "\n" * joined.endswith("\n"), base_of(OLD[flavour]), NEW[flavour].blocks, flavour
    )
    assert "a last word" in grown.text
    assert grown.conflicts == grown.withheld == ()


def test_a_deleted_section_does_not_come_back(flavour: Flavour) -> None:
    merged = merge_note(OWN[flavour], base_of(OLD[flavour]), NEW[flavour].blocks, flavour)
    assert merged.text == OWN[flavour]
    assert merged.withheld


@settings(max_examples=60, deadline=None)
@given(edits(), edits())
def test_no_word_of_the_users_is_ever_lost(
    flavour: Flavour, first: list[tuple[str, int, str]], second: list[tuple[str, int, str]]
) -> None:
    own, mine = edit(OWN[flavour], first)
    joined = merge_note(own, {}, OLD[flavour].blocks, flavour).text
    assert sorted(find_mine(joined)) == sorted(mine)
    changed, mine = edit(joined, second, start=20)
    grown = merge_note(changed, base_of(OLD[flavour]), NEW[flavour].blocks, flavour).text
    assert sorted(find_mine(grown)) == sorted(mine)
    assert merge_note(grown, base_of(NEW[flavour]), NEW[flavour].blocks, flavour) == Merged(grown)


@pytest.mark.parametrize("page", [b"caf\xe9", b"- mine\n  ```\n  code", b"~~~\nmine"])
def test_a_page_that_cannot_take_our_section_is_skipped(flavour: Flavour, page: bytes) -> None:
    note = RenderedNote(TOPIC, "a.md", "ours", embed=lambda: OLD[flavour])
    files: Mapping[str, bytes] = {"a.md": page}
    (write,) = plan_writes(files.get, [note], {}, files, flavour=flavour, below=True)
    assert write.action == "foreign"


@pytest.mark.parametrize(
    ("base", "verify", "action"),
    [(None, False, "same"), (None, True, "same"), ("another", False, "merge"), ("another", True, "merge")],
)
def test_a_section_is_merged_only_if_its_text_changed(
    flavour: Flavour, base: str | None, verify: bool, action: str
) -> None:
    old, new = OLD[flavour], NEW[flavour]
    section = old if base is None else new
    page = f"{merge_note(OWN[flavour], {}, old.blocks, flavour).text}\nmine94"
    note = RenderedNote(TOPIC, "a.md", "a note of its own", embed=lambda: section)
    (write,) = plan_writes(
        {"a.md": page.encode()}.get,
        [note],
        {"a.md": old.text},
        ["a.md"],
        flavour=flavour,
        read_blocks=lambda path: base_of(old) if path == "a.md" else {},
        verify=verify,
    )
    assert (write.action, write.text, write.uid) == (action, section.text, TOPIC)
    assert write.blocks == section.blocks
    if action == "merge":
        assert "mine94" in write.data.decode()
        assert "a last word" in write.data.decode()


@pytest.mark.parametrize(
    ("below", "written", "action", "path"),
    [
        (True, {}, "merge", "Soil.md"),
        (False, {}, "foreign", "soil.md"),
        (True, {"Soil.md": "ours"}, "create", "soil.md"),
    ],
)
def test_a_page_whose_name_differs_only_in_case_is_the_users_page(
    flavour: Flavour, below: bool, written: dict[str, str], action: str, path: str
) -> None:
    note = RenderedNote(TOPIC, "soil.md", "ours", embed=lambda: OLD[flavour])
    files = {"Soil.md": OWN[flavour].encode()}
    decided = plan_writes(files.get, [note], written, files, flavour=flavour, below=below)
    assert (decided[0].action, decided[0].path) == (action, path)
    assert (decided[0].reason == "Soil.md exists and has the same name on this system") == (
        action == "foreign"
    )
    if action == "merge":
        assert decided[0].data.startswith(OWN[flavour].encode().rstrip())
        assert decided[0].before == files["Soil.md"]
