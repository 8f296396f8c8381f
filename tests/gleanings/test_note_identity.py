"""A note that we wrote is ours, whatever happened to its folder, its path or its database."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from export.folder_file import FILE_NAME, FolderFile, KnownNote
from export.note_places import FLAVOURS, Flavour
from gleanings.steps.known_notes import find_known_notes
from gleanings.steps.notes import NotesOutcome
from markdown_text.note_marks import read_mark
from record_types.errors import InputError
from store.connection import close_store, open_store
from store.note_journal import JournalEntry, save_journal
from store.written_notes import (
    ExportFolder,
    WrittenNote,
    find_export_folder,
    save_export_folder,
    save_written,
)
from tests.gleanings.note_library import ALIAS, CONFIG, Library, add_words
from tests.gleanings.running import ROOT, list_flavours, run

GRAPH = ROOT / "tests" / "data" / "graph"
MORE = " And more."
EACH = pytest.mark.parametrize("flavour", list_flavours("obsidian"))


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the test graph, to be copied."""
    folder = tmp_path_factory.mktemp("imported")
    run("import", GRAPH, cwd=folder)
    return folder / "gleanings.db"


@pytest.fixture
def library(tmp_path: Path, imported: Path) -> Callable[[Flavour], Library]:
    return lambda flavour: Library(tmp_path, imported, flavour)


@EACH
def test_a_folder_that_was_moved_is_recognised(
    library: Callable[[Flavour], Library], flavour: Flavour
) -> None:
    here = library(flavour)
    here.export()
    before = here.read()
    gone = next(path for path in before if "Salt" in path)
    (here.notes / gone).unlink()
    here.move()
    assert set(here.export().actions) == {"same", "deleted"}
    assert here.read() == {path: text for path, text in before.items() if path != gone}


@EACH
def test_a_moved_note_is_once_in_the_folders_file_although_an_export_was_killed_before_it_was_written(
    library: Callable[[Flavour], Library], flavour: Flavour
) -> None:
    here = library(flavour)
    here.export()
    before = (here.notes / FILE_NAME).read_bytes()
    old = next(path for path in here.read() if "Small Ferries" in path)
    new = old.replace("Small Ferries", "My ferries")
    (here.notes / old).rename(here.notes / new)
    here.export()
    (here.notes / FILE_NAME).write_bytes(before)
    here.export(verify=True)
    known = json.loads((here.notes / FILE_NAME).read_bytes())["notes"]
    assert (old in known, new in known) == (False, True)


def test_a_moved_note_without_its_mark_is_recognised_by_its_lines(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("markdown")
    here.export()
    old = next(path for path in here.read() if "Small Ferries" in path)
    text = (here.notes / old).read_text()
    (here.notes / old).unlink()
    bare = "".join(line for line in text.splitlines(keepends=True) if read_mark(line) is None)
    assert read_mark(bare) != read_mark(text)
    (here.notes / "Mine.md").write_text(bare)
    here.export()
    assert old not in here.read()
    assert "Mine.md" in json.loads((here.notes / FILE_NAME).read_bytes())["notes"]


@EACH
def test_without_the_database_notes_are_known_deleted_ones_included(
    library: Callable[[Flavour], Library], flavour: Flavour
) -> None:
    here = library(flavour)
    here.export()
    paths = list(here.read())
    deleted, edited, moved = (next(p for p in paths if name in p) for name in ("Salt", "Fog", "Ferries"))
    (here.notes / deleted).unlink()
    add_words(here.notes / edited, "mine, once")
    target = here.notes / moved.replace("Small Ferries", "My ferries")
    (here.notes / moved).rename(target)
    before = here.read()
    here.lose_database()
    assert here.write() <= {"update"}  # links to the note that was moved
    assert here.read().keys() == before.keys()
    assert here.read()[edited] == before[edited]
    here.change("update highlights set text = text || ' And more.'")
    here.export()
    after = here.read()
    assert after.keys() == before.keys()
    assert MORE in after[target.relative_to(here.notes).as_posix()]
    assert "mine, once" in after[edited]
    assert not any("## From gleanings" in text for text in after.values())


def test_without_the_database_blocks_whose_text_changed_since_are_still_ours(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("obsidian")
    here.change("update highlights set text = replace(text, 'the', 'THE')")
    here.export()
    (note,) = here.find("topic/maps")
    add_words(note, "mine, once")
    here.lose_database()
    here.flavour = "markdown"
    here.settle()
    text = note.read_text(encoding="utf-8")
    assert (text.count("mine, once"), "THE" in text, "[[" in text) == (1, False, False)


def test_what_an_export_does_to_blocks_that_the_reader_edited_is_no_lesson(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("obsidian")
    here.export()
    (note,) = here.find("topic/fermentation")
    text = note.read_text(encoding="utf-8").replace("Two percent", "Two (2) percent")
    note.write_text(text.replace("volume knob", "VOLUME knob"), "utf-8")
    here.change(  # only the first one leaves the topic; the other one has a second tag, which is shown
        "delete from highlight_tags where highlight_id in"
        " (select id from highlights where text like '%Two percent%')"
    )
    for here.flavour in ("obsidian", "logseq", "markdown"):
        here.settle()
        (note,) = here.find("topic/fermentation")
        text = note.read_text(encoding="utf-8")
        assert ("Two (2) percent" in text, "VOLUME knob" in text) == (True, True)
        with closing(here.open()) as db:
            assert db.execute("select * from topic_examples").fetchall() == []


@EACH
def test_without_database_and_folder_file_the_marks_are_enough_to_write_nothing_twice(
    library: Callable[[Flavour], Library], flavour: Flavour
) -> None:
    here = library(flavour)
    here.export()
    edited = next(p for p in here.read() if "Fog" in p)
    add_words(here.notes / edited, "mine, once")
    before = here.read()
    here.lose_database()
    (here.notes / FILE_NAME).unlink()
    here.settle()
    assert here.read() == before


@EACH
def test_an_older_database_does_not_take_its_notes_for_edited_ones(
    library: Callable[[Flavour], Library], flavour: Flavour
) -> None:
    here = library(flavour)
    here.export()
    shutil.copy(here.here / "gleanings.db", here.here / "old.db")
    here.change("update highlights set text = replace(text, 'the', 'THE')")
    here.export()
    newer = here.read()
    shutil.move(here.here / "old.db", here.here / "gleanings.db")
    here.change("update highlights set text = replace(text, 'the', 'THE') || ' And more.'")
    here.settle()
    after = here.read()
    assert after.keys() == newer.keys()
    assert sum("And more." in text for text in after.values()) > 20
    for text in after.values():
        lines = text.split("\n")
        assert not {
            line.removesuffix(MORE) for line in lines if line.endswith(MORE) and len(line) > 20
        } & set(lines)


@EACH
def test_a_topic_that_gets_another_name_keeps_its_note_with_the_edits(
    library: Callable[[Flavour], Library], flavour: Flavour
) -> None:
    here = library(flavour)
    here.export()
    (old,) = here.find("topic/sourdough")
    add_words(old, "mine, once")
    here.config = replace(CONFIG, topics=ALIAS)
    here.settle()
    (new,) = here.find("topic/bread-rising")
    assert "mine, once" in new.read_text(encoding="utf-8")
    assert not old.exists()
    assert here.find("topic/sourdough") == []


def count_authors(done: NotesOutcome) -> Counter[str]:
    return Counter(write.action for write in done.writes if write.path.startswith("authors/"))


def test_a_note_whose_reason_is_gone_is_removed_unless_it_was_edited(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("obsidian")
    here.config = replace(CONFIG, export=replace(CONFIG.export, authors=1))
    here.export()
    authors = sorted((here.notes / "authors").iterdir())
    add_words(authors[0], "mine")
    here.config = CONFIG
    actions = count_authors(here.export())
    assert (actions["remove"], actions["edited"]) == (len(authors) - 1, 1)
    assert [path for path in authors if path.exists()] == authors[:1]
    here.config = replace(CONFIG, export=replace(CONFIG.export, authors=1))
    actions = count_authors(here.export())
    assert actions["create"] == len(authors) - 1  # removed by us, not deleted by the user


def test_a_copied_folder_is_one_of_its_own(library: Callable[[Flavour], Library]) -> None:
    here = library("obsidian")
    here.export()
    first = here.notes
    here.notes = here.here / "copy"
    shutil.copytree(first, here.notes)
    here.settle()
    (here.notes / "Index.md").unlink()
    here.export()
    assert not (here.notes / "Index.md").exists()
    here.notes = first
    assert here.export().actions["deleted"] == 0


def test_an_export_to_a_copied_folder_that_was_killed_before_its_end_can_be_repeated(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("obsidian")
    here.export()
    first, here.notes = here.notes, here.here / "copy"
    shutil.copytree(first, here.notes)
    here.export()
    add_words(here.notes / "Index.md", "my words")
    shutil.copy(first / FILE_NAME, here.notes)  # as it was before the export, which wrote it last
    assert set(+here.export(verify=True).actions) == {"same"}
    assert "my words" in here.read()["Index.md"]
    here.settle()


@pytest.mark.parametrize("state", ["empty", "missing", "without its notes"])
def test_an_empty_folder_that_held_notes_stops_with_a_question(
    library: Callable[[Flavour], Library], state: str
) -> None:
    here = library("markdown")
    here.export()
    shutil.move(here.notes, here.here / "aside")
    if state != "missing":
        here.notes.mkdir()
    if state == "without its notes":
        shutil.copy(here.here / "aside" / FILE_NAME, here.notes)
    here.change("update highlights set text = replace(text, 'the', 'THE')")
    for unattended in (False, True):
        with pytest.raises(InputError, match=r"held \d+ notes .* connect its disk"):
            here.export(confirmed=False, unattended=unattended)
    assert not here.notes.exists() or not here.read()
    if here.notes.exists():
        shutil.rmtree(here.notes)
    shutil.move(here.here / "aside", here.notes)
    assert here.export().actions["update"] > 20  # and everything goes on


def test_a_folder_that_the_user_emptied_stays_empty_once_confirmed(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("markdown")
    here.export()
    for path in here.notes.rglob("*.md"):
        path.unlink()
    assert set(here.export().actions) == {"deleted"}
    here.change("update highlights set text = replace(text, 'the', 'THE')")
    assert set(here.export(confirmed=False).actions) == {"deleted"}
    assert here.export(restore=True).actions["create"] > 20


def test_another_file_system_without_the_folders_file_stops_with_a_question(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("markdown")
    here.export()
    (here.notes / FILE_NAME).unlink()
    here.change("update export_folders set device = device + 1")
    here.change("update highlights set text = replace(text, 'the', 'THE')")
    with pytest.raises(InputError, match="is on another disk"):
        here.export(confirmed=False)
    assert here.export().actions["update"] > 20


def test_a_killed_exports_notes_and_temporary_files_are_found_by_the_journal(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("markdown")
    here.export()
    before = here.read()
    db = here.open()
    rows = db.execute("select path, note_uid, base_text from written where block_key = ''").fetchall()
    entries = []
    for number, (path, uid, text) in enumerate(rows):
        temporary = f"{path.rpartition('/')[0]}/.gleanings-{number}.tmp".lstrip("/")
        (here.notes / temporary).write_text("half a no")
        from export.folder_file import fingerprint

        entries.append(JournalEntry(path, uid, temporary, fingerprint(text.encode()), text, {"x": text}))
    save_journal(db, str(here.notes), entries)
    db.execute("delete from written")  # as if the last batch had not been recorded
    close_store(db)
    here.change("update highlights set text = replace(text, 'the', 'THE')")
    assert set(here.export().actions) <= {"update", "same"}
    assert [path.name for path in here.notes.rglob(".gleanings-*")] == []
    assert here.read().keys() == before.keys()


def test_the_folders_file_is_small_and_holds_no_words(library: Callable[[Flavour], Library]) -> None:
    here = library("obsidian")
    here.export()
    data = (here.notes / FILE_NAME).read_bytes()
    notes = here.read()
    assert json.loads(data)["notes"].keys() == notes.keys() | {"Documents.base"}
    assert len(data) < sum(len(text.encode()) for text in notes.values()) / 2


@EACH
@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_no_word_is_lost_and_nothing_comes_back(
    library: Callable[[Flavour], Library], flavour: Flavour, seed: int
) -> None:
    """Random edits, then random changes of folder, database, flavour and settings, again and again."""
    here, chance = library(flavour), random.Random(f"{flavour} {seed}")
    here.export()
    words: list[str] = []
    deleted: set[str] = set()
    for step in range(4):
        for path in chance.sample(sorted(here.read()), 6):
            file = here.notes / path
            mark = read_mark(file.read_text(encoding="utf-8"))
            kind = chance.choice(("append", "append", "top", "delete", "rename"))
            if kind == "append":
                words.append(f"readerword{step}x{len(words)}x")
                add_words(file, words[-1])
            elif kind == "top" and (head := re.search(r"^# .*$", text := file.read_text("utf-8"), re.M)):
                words.append(f"readerword{step}x{len(words)}x")
                file.write_text(
                    f"{text[: head.end()]}\n\n{words[-1]}\n{text[head.end() :]}", encoding="utf-8"
                )
            elif kind == "delete" and mark and not re.search("readerword", file.read_text(encoding="utf-8")):
                deleted.add(mark)
                file.unlink()
            elif kind == "rename":
                file.rename(file.with_name(f"{chance.randrange(10**6)} {file.name}"))
        change = chance.choice(
            ("move", "lose", "alias", "kinds", "text", "threshold", "flavour", "flavour", "flavour and lose")
        )
        if change == "move":
            here.move()
        elif change == "alias":
            has = bool(here.config.topics.aliases)
            here.config = replace(here.config, topics=CONFIG.topics if has else ALIAS)
        elif change == "kinds":
            authors = 0 if here.config.export.authors else 1
            here.config = replace(here.config, export=replace(CONFIG.export, authors=authors))
        elif change == "threshold":
            few = here.config.topics.threshold == CONFIG.topics.threshold
            topics = replace(here.config.topics, threshold=9 if few else CONFIG.topics.threshold)
            here.config = replace(here.config, topics=topics)
        elif change == "text":
            here.change("update highlights set text = replace(text, 'the', 'THE')")
        if change.startswith("flavour"):
            here.flavour = chance.choice([each for each in FLAVOURS if each != here.flavour])
        if change.endswith("lose"):
            here.lose_database()
        here.settle()
        everything = "\n".join(here.read().values())
        counts = Counter(re.findall(r"readerword\dx\d+x", everything))
        assert counts == Counter(words), change
        marks = Counter(mark for text in here.read().values() if (mark := read_mark(text)))
        assert {mark: count for mark, count in marks.items() if count > 1} == {}, change
        assert not deleted & marks.keys(), change


def test_a_database_that_knows_the_folder_by_its_path_gives_it_its_file_back(
    library: Callable[[Flavour], Library],
) -> None:
    here = library("markdown")
    here.export()
    (here.notes / FILE_NAME).unlink()
    here.change("update highlights set text = replace(text, 'the', 'THE')")
    here.export()
    db = here.open()
    known = find_export_folder(db, path=str(here.notes))
    assert known
    save_export_folder(db, known)
    close_store(db)
    assert json.loads((here.notes / FILE_NAME).read_bytes())["folder"] == known.uid
    assert json.loads((here.notes / FILE_NAME).read_bytes())["notes"].keys() == here.read().keys()


def fail_to_forget(here: Library) -> None:
    """An export that removes notes and ends before the store knows."""
    here.change("create trigger killed before delete on written begin select raise(abort, 'killed'); end")
    with pytest.raises(sqlite3.IntegrityError, match="killed"):
        here.export()
    here.change("drop trigger killed")


def fail_to_close(here: Library) -> None:
    """An export that removes notes and ends before the folder's file is written."""
    blocked = here.notes / f"{FILE_NAME}.tmp"
    blocked.mkdir()
    with pytest.raises(OSError, match="tmp"):
        here.export()
    blocked.rmdir()


@pytest.mark.parametrize("fail", [fail_to_forget, fail_to_close])
def test_a_note_that_a_killed_export_removed_comes_back_when_it_is_needed(
    library: Callable[[Flavour], Library], fail: Callable[[Library], None]
) -> None:
    here = library("markdown")
    here.export()
    before = here.read()
    gone = next(path for path in before if "Letters Home" in path)
    document = "(select id from documents where title like 'Letters Home%')"
    here.change(f"update highlights set gone_at = 'x' where document_id in {document}")
    here.change(f"update documents set gone_at = 'x' where id in {document}")
    fail(here)
    assert gone not in here.read()
    here.export()
    here.change("update highlights set gone_at = null where gone_at = 'x'")
    here.change("update documents set gone_at = null where gone_at = 'x'")
    here.settle()
    assert here.read() == before


def test_verify_reads_notes_whose_text_has_not_changed(library: Callable[[Flavour], Library]) -> None:
    here = library("markdown")
    here.export()
    before = here.read()
    damaged, edited, *_ = before
    (here.notes / damaged).write_bytes(bytes(len(before[damaged])))
    add_words(here.notes / edited, "mine, once")
    expected = {**here.read(), damaged: before[damaged]}
    assert not here.write()  # within 30 days, and the store has nothing new
    assert set(+here.export(verify=True).actions) == {"update", "same"}
    assert here.read() == expected
    (here.notes / damaged).write_bytes(bytes(9))
    here.change("update export_states set text = '2020-01-01T00:00:00Z' where key like 'checked notes %'")
    assert here.write() == {"update"}
    assert here.read() == expected


SOIL, SAND, OLD = (f"[//]: # ({mark})\n" for mark in (
    "gleanings: topic/soil", "gleanings: topic/sand", "generated by gleanings"
))  # fmt: skip
WORDS = "Of the soil there is much to say.\nAnd of the sand there is not.\n"


@pytest.mark.parametrize(
    ("stored", "known", "there", "written", "marked", "noted"),
    [
        # stored in the store, known to the folder's file, there on disk
        ("a", "a", {"a": SOIL}, {"a": "a"}, {}, "a"),
        ("a", "a", {"b": SOIL}, {"a": "b"}, {}, "b"),
        ("a", "a", {"b": SOIL, "c": SOIL}, {"a": "b"}, {}, "b"),
        ("a", "a", {"a": "mine", "b": SOIL}, {"a": "a"}, {}, "a"),
        ("a", "a", {"b": f"{SAND}{WORDS}", "c": WORDS}, {"a": "c"}, {"sand": "b"}, "c"),
        ("a", "a", {"b": f"{OLD}{WORDS}"}, {"a": "b"}, {}, "b"),
        ("a", "a", {"b": f"{OLD}more"}, {"a": "a"}, {}, "a"),
        ("a", "", {"b": SOIL}, {"a": "b"}, {}, ""),
        ("a", "b", {"a": SOIL}, {"a": "a"}, {}, "a"),
        ("a", "ab", {"b": SOIL}, {"a": "b"}, {}, "b"),
        ("", "", {"b": SOIL, "c": SAND, "d": OLD, "e": "mine"}, {}, {"soil": "b", "sand": "c"}, ""),
        ("", "b", {"b": SOIL, "c": SOIL}, {}, {"soil": "b"}, "b"),
        ("", "c", {"b": SOIL, "c": SOIL}, {}, {"soil": "c"}, "c"),
        ("", "a", {"b": SOIL}, {}, {"soil": "b"}, "b"),
        ("", "a", {}, {}, {"soil": "a"}, "a"),  # its reader deleted it
        ("a", "a", {}, {"a": "a"}, {}, "a"),
        ("", "", {"b": None}, {}, {}, ""),  # gone since the folder was listed
    ],
)
def test_a_note_is_known_by_its_path_its_mark_or_its_words(
    tmp_path: Path,
    stored: str,
    known: str,
    there: dict[str, str | None],
    written: dict[str, str],
    marked: dict[str, str],
    noted: str,
) -> None:
    for name, text in there.items():
        if text is not None:
            (tmp_path / name).write_text(text)
    file = FolderFile("x", {path: KnownNote("topic/soil", "f") for path in known})
    with closing(open_store(tmp_path / "x.db", create=True)) as db:
        save_export_folder(db, ExportFolder("x", str(tmp_path), 1))
        rows = [WrittenNote(path, "topic:soil", f"{SOIL}{WORDS}", {}) for path in stored]
        save_written(db, str(tmp_path), rows, now="2024-01-01T00:00:00Z")
        found = find_known_notes(db, tmp_path, list(there), file)
    assert {note.path: path for path, note in found.written.items()} == written
    assert found.moves == {old: new for old, new in written.items() if old != new}
    assert found.marked == {f"topic/{name}": path for name, path in marked.items()}
    assert "".join(file.notes) == noted
