"""What was written to a folder stays known when notes move, highlights are renamed, or folders copied."""

from __future__ import annotations

import random
import sqlite3

import pytest

from store.connection import open_memory
from store.written_notes import (
    ExportFolder,
    WrittenNote,
    copy_export_folder,
    find_export_folder,
    find_folder_id,
    forget_written,
    move_written,
    read_reading_lists,
    read_written,
    read_written_blocks,
    rename_written_blocks,
    rename_written_notes,
    save_export_folder,
    save_written,
)

FOLDER = ExportFolder("uid", "/notes", 1)
NOTE = WrittenNote("a.md", "topic:a", "text", {"one": "1", "two": "2"})


@pytest.fixture
def db() -> sqlite3.Connection:
    db = open_memory()
    save_export_folder(db, FOLDER)
    save_export_folder(db, ExportFolder("other", "/other", 1))
    save_written(db, "/notes", [NOTE], now="2022")
    save_written(db, "/other", [NOTE], now="2022")
    return db


def read(db: sqlite3.Connection, folder: str = "/notes") -> dict[str, tuple[str, str, dict[str, str]]]:
    return {
        note.path: (note.uid, note.text, read_written_blocks(db, folder, note.path))
        for note in read_written(db, folder)
    }


def test_a_note_is_read_back_with_its_blocks_in_order(db: sqlite3.Connection) -> None:
    assert read(db) == {"a.md": ("topic:a", "text", {"one": "1", "two": "2"})}
    changed = WrittenNote("a.md", "topic:b", "more", {"two": "2", "three": "3"})
    save_written(db, "/notes/", [changed], now="2023")
    assert list(read(db)["a.md"][2].items()) == [("two", "2"), ("three", "3")]
    assert read(db)["a.md"][:2] == ("topic:b", "more")
    assert read(db, "/other")["a.md"][:2] == ("topic:a", "text")
    dates = dict(db.execute("select block_key, written_at from written where folder_id = 1").fetchall())
    assert dates == {"": "2023", "two": "2023", "three": "2023"}
    save_written(db, "/notes", [changed], now="2024")
    assert db.execute("select max(written_at) from written").fetchone() == ("2023",)


def test_only_pages_of_the_reading_list_are_read_as_such(db: sqlite3.Connection) -> None:
    uids = ("reading-list", "reading-list:2", "resource:x", "topic:reading-list", "reading-lists")
    save_written(db, "/notes", [WrittenNote(f"{uid}.md", uid, uid) for uid in uids], now="2022")
    assert sorted(read_reading_lists(db, "/notes").values()) == sorted(uids[:3])


@pytest.mark.parametrize("seed", range(6))
def test_notes_move_in_chains_and_circles(db: sqlite3.Connection, seed: int) -> None:
    source = random.Random(seed)
    paths = [f"{number}.md" for number in range(8)]
    save_written(
        db, "/notes", [WrittenNote(path, f"uid {path}", "", {"b": path}) for path in paths], now="2022"
    )
    moved = source.sample(paths, 5)
    moves = dict(zip(moved, source.sample([*paths, "new.md", "a.md"], 5), strict=True))
    expected = {path: uid for path, (uid, *_) in read(db).items()}
    for path in moved:
        del expected[path]
    expected |= {new: f"uid {old}" for old, new in moves.items()}
    move_written(db, "/notes", moves)
    assert {path: uid for path, (uid, *_) in read(db).items()} == expected
    assert all(
        blocks == {"b": uid.removeprefix("uid ")} for uid, _, blocks in read(db).values() if uid != "topic:a"
    )
    assert read(db, "/other").keys() == {"a.md"}
    forget_written(db, "/notes", ["a.md", *paths, "new.md"])
    assert read(db) == {}
    assert read(db, "/other").keys() == {"a.md"}


def test_blocks_follow_a_highlight_to_its_new_uid(db: sqlite3.Connection) -> None:
    keys = ["h:1", "h:1~2", "h:1/remark", "h:1~2/tags~3", "h:1/other", "h:11", "h:1~x", "xh:1"]
    save_written(db, "/notes", [WrittenNote("b.md", "topic:b", "", {key: key for key in keys})], now="2022")
    rename_written_blocks(db, {"h:1": "h:9", "h:3": "h:4"})
    assert list(read_written_blocks(db, "/notes", "b.md")) == [
        "h:9", "h:9~2", "h:9/remark", "h:9~2/tags~3", "h:1/other", "h:11", "h:1~x", "xh:1",
    ]  # fmt: skip
    rename_written_blocks(db, {})
    rename_written_notes(db, {"topic:b": "topic:c", "topic:z": "topic:y"})
    assert {uid for uid, *_ in read(db).values()} == {"topic:a", "topic:c"}


def test_a_folder_is_found_by_path_or_uid(db: sqlite3.Connection) -> None:
    assert find_export_folder(db, path="/notes") == ExportFolder("uid", "/notes", 1, notes=1)
    assert find_export_folder(db, uid="other") == ExportFolder("other", "/other", 1, notes=1)
    assert find_export_folder(db, path="/none") is None
    assert find_folder_id(db, "/notes/") == 1
    assert find_folder_id(db, "/none") is None


@pytest.mark.parametrize(
    "changed",
    [
        ExportFolder("uid", "/moved", 1, notes=1),
        ExportFolder("uid", "/notes", 2, notes=1),
        ExportFolder("uid", "/notes", 1, notes=1, emptied=True),
        ExportFolder("uid", "/other", 1, notes=1),
    ],
)
def test_a_folder_that_moved_is_updated(db: sqlite3.Connection, changed: ExportFolder) -> None:
    save_export_folder(db, changed)
    assert find_export_folder(db, uid="uid") == changed
    assert (find_export_folder(db, uid="other") is None) == (changed.path == "/other")


def test_a_copy_of_a_folder_knows_the_same_notes(db: sqlite3.Connection) -> None:
    save_written(db, "/notes", [WrittenNote("b.md", "topic:b", "")], now="2022")
    copy_export_folder(db, "uid", ExportFolder("copy", "/copy", 1))
    assert read(db, "/copy") == read(db)
    assert len(read(db)) == 2
