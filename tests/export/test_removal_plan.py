"""Remove our notes and sections from a folder: what nobody edited, but no word of the user's."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.note_files import Write
from export.note_merge import merge_note
from export.note_places import FLAVOURS, Flavour
from export.removal_plan import plan_removals
from tests.export.edits import edit, edits
from tests.export.test_embedded_section import OLD, OWN
from tests.export.test_note_merge import base_of, find_mine

each_flavour = pytest.mark.parametrize("flavour", FLAVOURS)


def plan(
    page: str, flavour: Flavour, *, base: str = "", blocks: Mapping[str, str] | None = None
) -> Write | None:
    found = plan_removals(
        {"a.md": page.encode()}.get, {"a.md": base, "gone.md": "x"}, lambda path: blocks or {}, flavour
    )
    return next(iter(found), None)


def embed(own: str, flavour: Flavour) -> str:
    return merge_note(own, {}, OLD[flavour].blocks, flavour).text


def take_out(page: str, flavour: Flavour) -> Write:
    write = plan(page, flavour, base=OLD[flavour].text, blocks=base_of(OLD[flavour]))
    assert write is not None
    return write


@pytest.mark.parametrize(
    ("page", "action"),
    [
        ("# A\n\nours\n", "remove"),
        ("\ufeff# A\r\n\r\nours\r\n", "remove"),  # another program's form of the same text
        ("# A\n\nours", "remove"),
        ("# A\n\nours\n\nmine\n", "edited"),
        ("# A\n", "edited"),
        ("", "edited"),
    ],
)
def test_only_an_unchanged_note_is_removed(page: str, action: str) -> None:
    write = plan(page, "markdown", base="# A\n\nours\n")
    assert write is not None
    assert write.action == action


def test_a_note_that_the_folders_own_file_knows_is_removed_without_a_store() -> None:
    found = plan_removals(
        {"a.md": b"ours"}.get, {}, lambda path: {}, "markdown", untouched=["a.md", "gone.md"]
    )
    assert [(write.path, write.action) for write in found] == [("a.md", "remove")]


@each_flavour
@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n\n\n", " \n"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_page_is_restored_byte_for_byte(flavour: Flavour, end: str, line_end: str) -> None:
    own = (OWN[flavour].rstrip("\n") + end).replace("\n", line_end)
    write = take_out(embed(own, flavour), flavour)
    assert (write.action, write.data.decode()) == ("merge", own), write.reason


@each_flavour
def test_words_below_the_section_stay(flavour: Flavour) -> None:
    below = "- mine94" if flavour == "logseq" else "# mine94"
    page = embed(OWN[flavour].rstrip("\n") + "\n", flavour).rstrip("\n") + f"\n\n{below}\n"
    write = take_out(page, flavour)
    assert write.action == "merge", write.reason
    assert find_mine(write.data.decode()) == find_mine(page)


@each_flavour
def test_a_section_that_the_user_deleted_needs_nothing(flavour: Flavour) -> None:
    assert take_out(OWN[flavour], flavour).action == "same"


@each_flavour
def test_a_copy_that_the_user_made_of_our_words_keeps_the_page(flavour: Flavour) -> None:
    copied = OLD[flavour].blocks[-1].text
    own = OWN[flavour].rstrip("\n") + ("\n- " if flavour == "logseq" else "\n\n") + copied + "\n"
    write = take_out(embed(own, flavour), flavour)
    assert write.action == "edited" or write.data.decode() == own


@each_flavour
def test_a_page_in_another_encoding_is_kept(flavour: Flavour) -> None:
    page = embed(OWN[flavour], flavour).encode() + b"\xff"
    found = plan_removals({"a.md": page}.get, {"a.md": ""}, lambda path: base_of(OLD[flavour]), flavour)
    assert [write.action for write in found] == ["edited"]


@each_flavour
@given(changes=edits(), ends=st.sampled_from(["", "\n", "\n\n"]))
@settings(max_examples=25)
def test_whatever_the_user_edits_no_word_of_theirs_is_lost(
    flavour: Flavour, changes: list[tuple[str, int, str]], ends: str
) -> None:
    page, mine = edit(embed(OWN[flavour].rstrip("\n") + ends, flavour), changes)
    write = take_out(page, flavour)
    if write.action == "merge":
        left = write.data.decode().replace("`", " ").split()
        assert all(word in left for word in mine)
