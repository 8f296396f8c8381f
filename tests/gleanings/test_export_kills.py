"""An export that is killed at any moment, or whose disk fails, leaves whole notes and goes on from there."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest

from export.batch_writer import BATCH_NOTES, write_notes
from export.folder_file import FolderFile, KnownNote, fingerprint, read_folder_file
from export.note_files import Flusher, Write, find_hidden, is_newer
from export.note_places import FLAVOURS
from gleanings import cli
from gleanings.steps.export_folder import recover_notes
from gleanings.steps.notes import ExportOptions, export_notes
from markdown_text.note_marks import read_mark
from record_types.errors import InputError
from store.connection import close_store, open_store
from store.note_journal import JournalEntry, mark_staged, read_journal, save_journal
from store.written_notes import (
    ExportFolder,
    WrittenNote,
    read_written,
    read_written_blocks,
    save_export_folder,
    save_written,
)
from tests.gleanings.note_library import CONFIG, Library, add_words
from tests.gleanings.running import query

NOW = "2024-01-01T00:00:00Z"
FIRST = "update highlights set text = replace(text, 'the', 'THE')"
SECOND = "update highlights set text = text || ' And more.'"
GONE = "update highlights set gone_at = '2022-01-01' where document_id % 3 = 0"
BACK = "update highlights set gone_at = null"
EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod")
"""Audit events of calls in the export folder; a flush of a folder opens it."""


def prepare(here: Library) -> dict[str, str]:
    """Export, edit some notes, and change the store; returns the notes."""
    here.export()
    for number, path in enumerate(sorted(here.read())):
        if number % 5 == 0:
            add_words(here.notes / path, f"readerword{number}x")
    here.change(FIRST)
    return here.read()


def run_child(here: Library, at: int) -> int:
    """Export in a process that kills itself at the event with this number; returns the number of events."""
    context = multiprocessing.get_context("fork")
    counter = context.Value("i", 0)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in EVENTS and str(arguments[0]).startswith(str(here.notes)):
            counter.value += 1
            if counter.value == at:
                os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        sys.addaudithook(hook)
        here.export()

    child = context.Process(target=work)
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL)
    return int(counter.value)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the test graph, to be copied."""
    from tests.gleanings.running import run
    from tests.gleanings.test_note_identity import GRAPH

    folder = tmp_path_factory.mktemp("imported")
    run("import", GRAPH, cwd=folder)
    return folder / "gleanings.db"


def check_after_kill(
    here: Library, old: Mapping[str, str], new: Mapping[str, str], end: Mapping[str, str]
) -> None:
    now = here.read()
    assert all(text in (old.get(path), new.get(path)) for path, text in now.items())
    assert old.keys() <= now.keys()
    here.change(SECOND)  # new highlights come before the next export
    here.settle()
    assert here.read() == end
    assert list(here.notes.rglob(".gleanings-*")) == []
    assert list(here.notes.rglob("*.tmp")) == []
    assert query(here.here / "gleanings.db", "select count(*) from note_journal") == [(0,)]


def run_kills(tmp_path: Path, imported: Path, *, first: bool, moments: Callable[[int], list[int]]) -> None:
    calm = Library(tmp_path / "calm", imported, "markdown")
    old = {} if first else prepare(calm)
    total = run_child(calm, 0)
    assert total > 100
    new = calm.read()
    calm.change(SECOND)
    calm.settle()
    end = calm.read()
    for at in moments(total):
        here = Library(tmp_path / f"{at}", imported, "markdown")
        if not first:
            prepare(here)
        run_child(here, at)
        check_after_kill(here, old, new, end)


@pytest.mark.parametrize("first", [pytest.param(True, marks=pytest.mark.slow), False])
def test_an_export_killed_at_sampled_moments_ends_like_an_undisturbed_one(
    tmp_path: Path, imported: Path, first: bool
) -> None:
    run_kills(
        tmp_path,
        imported,
        first=first,
        moments=lambda total: [1, *range(total // 5, total, total // 5), total],
    )


def test_a_note_deleted_right_after_a_killed_export_stays_deleted_and_all_others_are_written(
    tmp_path: Path, imported: Path
) -> None:
    calm = Library(tmp_path / "calm", imported, "markdown")
    total = run_child(calm, 0)
    end, deleted = calm.read(), 0
    for at in (total // 9, total // 3, total // 2, total * 2 // 3, total * 8 // 9, total - 1, total):
        here = Library(tmp_path / f"{at}", imported, "markdown")
        run_child(here, at)
        gone = sorted(here.read())[:1]
        for path in gone:
            (here.notes / path).unlink()
        deleted += len(gone)
        here.settle()
        assert here.read() == {path: text for path, text in end.items() if path not in gone}
        assert list(here.notes.rglob(".gleanings-*")) == []
    assert deleted >= 3


@pytest.mark.slow
def test_of_notes_that_a_killed_export_was_to_remove_only_one_that_its_reader_deleted_stays_deleted(
    tmp_path: Path, imported: Path
) -> None:
    calm = Library(tmp_path / "calm", imported, "markdown")
    calm.export()
    before = calm.read()
    calm.change(GONE)
    total = run_child(calm, 0)
    removed = before.keys() - calm.read().keys()
    left = set()
    for at in (total // 2, total * 3 // 4, total * 4 // 5, total * 5 // 6, total):
        here = Library(tmp_path / f"{at}", imported, "markdown")
        here.export()
        here.change(GONE)
        run_child(here, at)
        there = sorted(removed & here.read().keys())
        left.add(len(there))
        for path in there[:1]:
            (here.notes / path).unlink()
        here.change(BACK)
        here.settle()
        assert here.read().keys() == before.keys() - set(there[:1]), at
        assert list(here.notes.rglob(".gleanings-*")) == []
    assert len(left) == 5


@pytest.mark.parametrize(("first", "second"), [(GONE, BACK), (BACK, GONE)])
def test_nothing_is_learned_from_what_a_killed_export_put_into_topics_or_took_out(
    tmp_path: Path, imported: Path, first: str, second: str
) -> None:
    def start(name: str) -> Library:
        here = Library(tmp_path / name, imported, "markdown")
        here.change(first)
        here.export()
        here.change(second)
        return here

    total = run_child(start("calm"), 0)
    here = start("here")
    before = here.read()
    run_child(here, total - 12)  # the notes are there, and not recorded
    assert here.read() != before
    here.settle()
    assert query(here.here / "gleanings.db", "select * from topic_examples") == []


@pytest.mark.slow
def test_after_a_killed_export_the_folders_file_has_all_notes_that_were_written(
    tmp_path: Path, imported: Path
) -> None:
    calm = Library(tmp_path / "calm", imported, "markdown")
    prepare(calm)
    total = run_child(calm, 0)
    end = read_folder_file(calm.notes)
    assert end
    for at in (total // 2, total * 3 // 4, total - 3, total):
        here = Library(tmp_path / f"{at}", imported, "markdown")
        prepare(here)
        run_child(here, at)
        here.settle()
        file = read_folder_file(here.notes)
        assert file
        assert file.notes == end.notes


@pytest.mark.slow
def test_an_export_killed_while_it_recovers_from_a_kill_creates_every_note(
    tmp_path: Path, imported: Path
) -> None:
    calm = Library(tmp_path / "calm", imported, "markdown")
    total = run_child(calm, 0)
    for at in range(1, 40, 6):
        here = Library(tmp_path / f"{at}", imported, "markdown")
        run_child(here, total // 2)  # some notes are not renamed yet
        run_child(here, at)
        here.settle()
        assert here.read() == calm.read()


@pytest.mark.slow
@pytest.mark.parametrize("change", ["logseq obsidian", "markdown logseq", "obsidian markdown"])
def test_a_change_of_flavour_killed_at_sampled_moments_ends_like_an_undisturbed_one(
    tmp_path: Path, imported: Path, change: str
) -> None:
    old, new = (next(each for each in FLAVOURS if each == name) for name in change.split())

    def start(name: str) -> Library:
        here = Library(tmp_path / name, imported, old)
        prepare(here)
        here.flavour = new
        return here

    calm = start("calm")
    total = run_child(calm, 0)
    calm.settle()
    end = calm.read()
    mine = [word for text in end.values() for word in re.findall(r"readerword\d+x", text)]
    assert len(mine) == len(set(mine)) > 5
    for at in sorted({1, *range(total // 4, total, total // 4), total - 1}):
        here = start(f"{at}")
        run_child(here, at)
        between = [word for text in here.read().values() for word in re.findall(r"readerword\d+x", text)]
        assert set(between) == set(mine)
        here.settle()
        assert here.read() == end
        assert list(here.notes.rglob(".gleanings-*")) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False])
def test_an_export_killed_at_many_moments_ends_like_an_undisturbed_one(
    tmp_path: Path, imported: Path, first: bool
) -> None:
    # Every moment takes ten minutes: CI takes each 29th, a prime, so that the kinds of calls take turns.
    step = 1 if os.environ.get("GLEANINGS_EVERY_CALL") else 29
    run_kills(tmp_path, imported, first=first, moments=lambda total: list(range(1, total + 1, step)))


def test_the_number_of_flushes_depends_on_batches_and_folders_not_on_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()
    real = os.fsync

    def count(descriptor: int) -> None:
        calls["fsync"] += 1
        real(descriptor)

    monkeypatch.setattr(os, "fsync", count)
    notes = 2 * BATCH_NOTES + 10
    plan = [Write(f"{at % 3}/{at}.md", "create", contents=b"words") for at in range(notes)]
    flusher = Flusher()
    assert {write.action for write in write_notes(tmp_path, plan, flusher=flusher)} == {"create"}
    assert len(list(tmp_path.rglob("*.md"))) == notes
    if sys.platform == "linux":
        assert flusher.calls <= 3 * (1 + 4) + 10
        assert calls["fsync"] <= flusher.calls


def test_a_folder_that_is_replaced_in_the_middle_of_an_export_gets_no_notes(
    tmp_path: Path, imported: Path
) -> None:
    here = Library(tmp_path, imported, "markdown")
    here.export()
    before = here.read()
    here.change(FIRST)
    aside = tmp_path / "aside"

    def replace_folder() -> bool:
        if not aside.exists():
            here.notes.rename(aside)
            here.notes.mkdir()
        return False

    db = here.open()
    with pytest.raises(InputError, match="another folder is there now"):
        export_notes(
            db, here.notes, CONFIG, ExportOptions(flavour="markdown", confirmed=True), stop=replace_folder
        )
    close_store(db)
    assert here.read() == {}
    for path in sorted(here.notes.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    here.notes.rmdir()
    aside.rename(here.notes)
    assert here.read() == before
    here.settle()
    assert sum("THE" in text for text in here.read().values()) > 20


OURS, OTHERS = (f"[//]: # (gleanings: topic/{name})\n" for name in ("soil", "sand"))


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    ("there", "is_staged", "has_temporary", "was_written", "is_recorded"),
    [
        ("new", False, True, True, True),
        (None, True, False, True, True),  # it became the note, and its reader deleted it
        (None, False, False, False, False),
        (None, True, True, False, False),
        (OURS + "new, with my words", False, False, False, True),
        (OURS + "old, with my words", False, False, True, False),
        (OTHERS + "new", False, False, False, False),
        ("mine", False, False, False, False),
    ],
)
def test_a_note_of_a_killed_export_is_recorded_if_it_was_written(
    tmp_path: Path,
    there: str | None,
    is_staged: bool,
    has_temporary: bool,
    was_written: bool,
    is_recorded: bool,
    dry_run: bool,
) -> None:
    file = FolderFile("a", {})
    with closing(open_store(tmp_path / "a.db", create=True)) as db:
        folder, temporary = str(tmp_path), tmp_path / ".gleanings-1.tmp"
        save_export_folder(db, ExportFolder("a", folder, 1))
        if was_written:
            save_written(db, folder, [WrittenNote("a.md", "topic:soil", "old", {})], now=NOW)
        entry = JournalEntry("a.md", "topic:soil", temporary.name, fingerprint(b"new"), "new", {"x": "y"})
        save_journal(db, folder, [entry])
        mark_staged(db, folder, is_staged=is_staged)
        if there is not None:
            (tmp_path / "a.md").write_text(there)
        if has_temporary:
            temporary.touch()
        recover_notes(db, tmp_path, file, now=NOW, dry_run=dry_run)
        texts = [note.text for note in read_written(db, folder)]
        assert texts == (["new"] if is_recorded else ["old"] if was_written else [])
        assert read_written_blocks(db, folder, "a.md") == ({"x": "y"} if is_recorded else {})
        assert [each.is_staged for each in read_journal(db, folder)] == ([False] if dry_run else [])
        assert temporary.exists() == (has_temporary and dry_run)
        assert ((tmp_path / "a.md").read_text() if there else None) == there


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    ("is_there", "is_hidden", "is_removed"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_a_note_that_a_killed_export_removed_is_forgotten_and_one_that_its_reader_deleted_is_not(
    tmp_path: Path, is_there: bool, is_hidden: bool, is_removed: bool, dry_run: bool
) -> None:
    file = FolderFile("a", {"a.md": KnownNote("topic/soil", fingerprint(b"old"))})
    hidden = find_hidden(tmp_path, "a.md")
    with closing(open_store(tmp_path / "a.db", create=True)) as db:
        folder = str(tmp_path)
        save_export_folder(db, ExportFolder("a", folder, 1))
        save_written(db, folder, [WrittenNote("a.md", "topic:soil", "old", {})], now=NOW)
        save_journal(db, folder, [JournalEntry("a.md", "topic:soil", "", fingerprint(b"old"), "", {})])
        if is_there:
            (tmp_path / "a.md").write_text("mine")
        if is_hidden:
            hidden.write_text("old")
        recover_notes(db, tmp_path, file, now=NOW, dry_run=dry_run)
        assert [note.path for note in read_written(db, folder)] == ([] if is_removed else ["a.md"])
        assert len(read_journal(db, folder)) == dry_run
    assert list(file.notes) == ([] if is_removed else ["a.md"])
    assert (read_folder_file(tmp_path) is not None) == (is_removed and not dry_run)
    assert hidden.exists() == (is_hidden and dry_run)
    assert (tmp_path / "a.md").exists() == is_there


def test_a_folder_that_is_replaced_between_two_renames_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    inode = folder.stat().st_ino
    checks = 0

    def check() -> None:
        nonlocal checks
        checks += 1
        if folder.stat().st_ino != inode:
            raise InputError("another folder")
        folder.rename(tmp_path / "aside")  # right after the check
        folder.mkdir()

    plan = [Write("x/a.md", "create", contents=b"words")]
    with pytest.raises(InputError, match="another folder"):
        write_notes(folder, plan, check_folder=check)
    assert checks == 2
    assert not list(folder.rglob("*.md"))


def test_an_edited_note_with_a_time_in_the_future_is_not_taken_for_edited_just_now(tmp_path: Path) -> None:
    note = tmp_path / "a.md"
    note.write_text("mine")
    write = Write("a.md", "merge")
    for modified, newer in ((1_000.0, False), (1_950.0, True), (2_030.0, True), (9_000.0, False)):
        os.utime(note, (modified, modified))
        assert is_newer(tmp_path, write, 1_940.0, now=2_000.0) == newer


def test_an_input_output_error_is_one_line(
    tmp_path: Path, imported: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Library(tmp_path, imported, "markdown")

    def fail(descriptor: int) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.setattr(
        sys, "argv", ["gleanings", "export", str(here.notes), "--db", str(tmp_path / "gleanings.db")]
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    err = capsys.readouterr().err
    assert (ended.value.code, err.count("\n")) == (75, 1)
    assert "Input/output error" in err
    monkeypatch.undo()
    here.settle()
    assert not [text for text in here.read().values() if read_mark(text) is None]
