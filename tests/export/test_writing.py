"""Plan and write notes: the user's words win, and a second export writes nothing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from export.batch_writer import BATCH_BYTES, BATCH_NOTES, rename_notes, split_plan, write_batch, write_notes
from export.note_files import REASONS, Flusher, Write, list_notes, read_note, write_note
from export.render import RenderedNote, render_notes
from export.write_plan import plan_writes
from record_types.errors import InputError
from tests.export.samples import DOCUMENTS


def as_notes(notes: dict[str, str]) -> list[RenderedNote]:
    return [RenderedNote(path, path, text) for path, text in notes.items()]


def plan(
    folder: Path, notes: dict[str, str], written: dict[str, str], *, restore: bool = False
) -> dict[str, str]:
    decided = plan_writes(
        lambda path: read_note(folder, path),
        as_notes(notes),
        written,
        list_notes(folder).notes,
        restore=restore,
    )
    return {write.path: write.action for write in decided}


def carry_out(folder: Path, notes: dict[str, str], written: dict[str, str]) -> list[Write]:
    decided = plan_writes(
        lambda path: read_note(folder, path), as_notes(notes), written, list_notes(folder).notes
    )
    return write_notes(folder, decided)


def test_a_second_export_writes_nothing(tmp_path: Path) -> None:
    notes = {note.path: note.text for note in render_notes(DOCUMENTS, [], "obsidian")}
    assert {write.action for write in carry_out(tmp_path, notes, {})} == {"create"}
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert {write.action for write in carry_out(tmp_path, notes, notes)} == {"same"}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("there", "base", "action"),
    [
        (None, None, "create"),
        (None, "old", "deleted"),
        ("new", "old", "same"),
        ("new", None, "adopt"),
        ("old", "old", "update"),
        ("mine", "old", "edited"),
        ("mine", None, "foreign"),
        ("\ufeffold\r\n", "old\n", "update"),
        ("old \n", "old\n", "edited"),
        (b"\xff", "old\n", "edited"),
    ],
)
def test_the_action_depends_on_the_file_and_on_what_was_written_last(
    tmp_path: Path, there: str | bytes | None, base: str | None, action: str
) -> None:
    if there is not None:
        (tmp_path / "a.md").write_bytes(there if isinstance(there, bytes) else there.encode())
    assert plan(tmp_path, {"a.md": "new"}, {"a.md": base} if base is not None else {}) == {"a.md": action}


@pytest.mark.parametrize(
    ("there", "base", "wanted"),
    [
        ("old", "old\n", "new"),
        ("old\n\n", "old", "new\n"),
        ("old\r\n", "old\n", "new\r\n"),
        ("old", "old", "new\n"),
    ],
)
def test_an_update_keeps_the_end_that_a_program_gave_the_file(
    tmp_path: Path, there: str, base: str, wanted: str
) -> None:
    (tmp_path / "a.md").write_bytes(there.encode())
    carry_out(tmp_path, {"a.md": "new\n"}, {"a.md": base})
    assert (tmp_path / "a.md").read_bytes() == wanted.encode()


@pytest.mark.parametrize(
    ("there", "blocks", "reason"),
    [
        (b"mine", {}, "edited since it was written"),
        (b"mine \xff", {"text:1": "old"}, "edited, and not in UTF-8"),
        (b"\xffold\n", {"text:1": "old"}, "edited, and not in UTF-8"),
    ],
)
def test_a_note_that_cannot_be_merged_stays_with_a_reason(
    there: bytes, blocks: dict[str, str], reason: str
) -> None:
    (write,) = plan_writes(
        {"a.md": there}.get,
        as_notes({"a.md": "new"}),
        {"a.md": "old\n"},
        ["a.md"],
        read_blocks=lambda _: blocks,
    )
    assert (write.action, write.reason, write.before) == ("edited", reason, there)


def test_a_deleted_note_is_recreated_only_with_restore(tmp_path: Path) -> None:
    assert plan(tmp_path, {"a.md": "new"}, {"a.md": "old"}) == {"a.md": "deleted"}
    assert plan(tmp_path, {"a.md": "new"}, {"a.md": "old"}, restore=True) == {"a.md": "create"}


def test_an_obsolete_note_is_removed_unless_its_user_edited_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("old")
    (tmp_path / "b.md").write_text("mine")
    assert plan(tmp_path, {}, {"a.md": "old", "b.md": "old", "c.md": "old"}) == {
        "a.md": "remove",
        "b.md": "edited",
    }
    assert (tmp_path / "a.md").exists()


def test_a_file_whose_name_differs_only_in_case_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "soil.md").write_text("mine")
    assert plan(tmp_path, {"Soil.md": "new"}, {}) == {"Soil.md": "foreign"}


def test_an_update_keeps_the_files_line_endings_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"one\r\ntwo\r\n")
    path.chmod(0o600)
    carry_out(tmp_path, {"a.md": "one\nthree\n"}, {"a.md": "one\ntwo\n"})
    assert path.read_bytes() == b"one\r\nthree\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert carry_out(tmp_path, {"a.md": "one\nthree\n"}, {"a.md": "one\nthree\n"})[0].action == "same"


def test_a_file_that_changed_since_the_plan_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("typed just now")
    assert write_note(tmp_path, "a.md", "new", b"old") == "changed"
    assert write_note(tmp_path, "a.md", "new", None) == "changed"
    assert (tmp_path / "a.md").read_text() == "typed just now"
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    assert write_note(tmp_path, "x/a.md", "new", None) is None
    inode = (tmp_path / "x" / "a.md").stat().st_ino
    assert write_note(tmp_path, "x/a.md", "new", b"new") == "same"
    assert (tmp_path / "x" / "a.md").stat().st_ino == inode


@pytest.mark.parametrize("path", ["../a.md", "/a.md", "x/../../a.md", "", "C:/a.md", "x\\a.md", "a\0.md"])
def test_no_path_leaves_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError):
        write_note(tmp_path, path, "new", None)


def test_no_symbolic_link_is_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "vault", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "a.md").write_text("mine")
    (folder / "linked").symlink_to(outside)
    (folder / "a.md").symlink_to(outside / "a.md")
    assert write_note(folder, "linked/b.md", "new", None) == "refused"
    assert write_note(folder, "a.md", "new", b"mine") == "refused"
    assert [path.name for path in outside.iterdir()] == ["a.md"]
    assert (outside / "a.md").read_text() == "mine"
    assert list_notes(folder).notes == []


def test_a_failed_write_leaves_only_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text("old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_note(tmp_path, "a.md", "new", b"old")
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    assert (tmp_path / "a.md").read_text() == "old"


def test_a_batch_ends_after_many_notes_or_many_bytes() -> None:
    small = [Write(f"{number}.md", "create", contents=b"x") for number in range(BATCH_NOTES + 1)]
    assert [len(batch) for batch in split_plan(small)] == [BATCH_NOTES, 1]
    large = [Write(f"{number}.md", "create", contents=b"x" * (BATCH_BYTES // 2)) for number in range(5)]
    unchanged = [Write(f"{number}.md", "same", text="words" * BATCH_BYTES) for number in range(3)]
    assert [len(batch) for batch in split_plan([*unchanged, *large])] == [5, 2, 1]


@pytest.mark.parametrize("moment", ["journal", "mark_staged"])
def test_an_edit_during_a_batch_is_kept_and_the_other_notes_are_written(tmp_path: Path, moment: str) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.md").write_text("old")
    batch = [
        Write("a.md", "update", "new", before=b"old"),
        Write("b.md", "update", "new", before=b"old"),
        Write("c.md", "remove", before=b"old"),
        Write("d.md", "remove", before=b"old"),
        Write("e.md", "create", "new"),
        Write("f.md", "update", "new", before=b"old"),
    ]
    (tmp_path / "f.md").write_text("new")

    def edit(*_staged: object) -> None:
        for name in "ac":
            (tmp_path / f"{name}.md").write_text("typed just now")

    if moment == "journal":
        done = write_batch(tmp_path, batch, journal=edit)
    else:
        done = write_batch(tmp_path, batch, mark_staged=edit)
    assert [(each.path[0], each.action) for each in done] == [
        ("a", "changed"), ("b", "update"), ("c", "changed"), ("d", "remove"), ("e", "create"), ("f", "same"),
    ]  # fmt: skip
    assert {each.reason for each in done if each.action == "changed"} == {REASONS["changed"]}
    assert {path.name: path.read_text() for path in tmp_path.glob("*.md") if path.name[0] != "."} == {
        **dict.fromkeys(("a.md", "c.md"), "typed just now"),
        **dict.fromkeys(("b.md", "e.md", "f.md"), "new"),
    }
    assert [path.read_text() for path in tmp_path.glob(".*.tmp")] == ["old"]  # the removed note


@pytest.mark.parametrize("known", [True, False])
def test_a_folder_that_vanishes_during_a_batch_is_reported(tmp_path: Path, known: bool) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()

    def check() -> None:
        if known and not folder.exists():
            raise InputError("the folder is gone")

    with pytest.raises(InputError if known else FileNotFoundError):
        write_batch(
            folder,
            [Write("a.md", "create", "new")],
            journal=lambda staged: folder.rmdir(),
            check_folder=check,
        )


def test_after_a_stop_no_batch_begins(tmp_path: Path) -> None:
    batch = [Write(f"{number}.md", "create", contents=b"x" * BATCH_BYTES) for number in range(3)]
    recorded: list[str] = []
    done = write_notes(
        tmp_path,
        batch,
        stop=lambda: len(recorded) == 2,
        record=lambda written: recorded.extend(each.path for each in written),
    )
    assert [each.path for each in done] == recorded == ["0.md", "1.md"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.md", "1.md"]


def test_notes_are_renamed_but_never_over_a_file_or_through_a_link(tmp_path: Path) -> None:
    others = ("b.md", "c.md", "mine.md")
    for name in ("a.md", *others):
        (tmp_path / name).write_text(name)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "link.md").symlink_to("b.md")
    flusher = Flusher()
    renames = {"a.md": "x/y/a.md", "b.md": "mine.md", "c.md": "linked/c.md", "link.md": "d.md"}
    rename_notes(tmp_path, renames, flusher)
    assert (tmp_path / "x" / "y" / "a.md").read_text() == "a.md"
    assert [(tmp_path / name).read_text() for name in ("b.md", "c.md", "mine.md")] == [
        "b.md",
        "c.md",
        "mine.md",
    ]
    assert (tmp_path / "link.md").is_symlink()
    assert not (tmp_path / "a.md").exists()
    assert not (tmp_path / "d.md").exists()
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert flusher.calls == 3  # the folder, and the two new ones in which a name is new
