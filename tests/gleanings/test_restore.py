"""A backup is whole, with its pictures; restoring one checks it first and keeps what it replaces."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.gleanings.running import run
from tests.gleanings.test_living_graph import state, write_graph

PICTURE = b"\x89PNG\r\n\x1a\n" + b"pixels" * 50


def add_picture(store: Path, body: bytes) -> Path:
    """A picture that the store has a copy of; its file."""
    sha256 = hashlib.sha256(body).hexdigest()
    path = f"gleanings.media/{sha256[:16]}.png"
    file = store.parent / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(body)
    db = sqlite3.connect(store)
    db.execute(
        "insert into media (url, sha256, path, content_type, status) values (?, ?, ?, 'image/png', 'ok')",
        (f"https://pbs.twimg.com/media/{sha256[:8]}.png", sha256, path),
    )
    db.commit()
    db.close()
    return file


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of 60 highlights and a picture."""
    assert run("import", write_graph(tmp_path, 60), cwd=tmp_path).code == 0
    add_picture(tmp_path / "gleanings.db", PICTURE)
    return tmp_path / "gleanings.db"


def change(store: Path) -> None:
    """An import that removes all highlights."""
    shutil.rmtree(store.parent / "graph" / "pages")
    (store.parent / "graph" / "pages").mkdir()
    run("import", "graph", "--allow-empty", cwd=store.parent)


@pytest.mark.parametrize("name", ["copy", "disk/copy.db", "disk", None])
def test_a_backup_has_the_pictures_and_restore_puts_both_back(store: Path, name: str | None) -> None:
    before = state(store)
    (store.parent / "disk").mkdir()
    ran = run("backup", *[name] if name else [], "--json", cwd=store.parent)
    assert (ran.code, ran.json["pictures"], ran.json["lost_pictures"]) == (0, 1, 0)
    change(store)
    shutil.rmtree(store.parent / "gleanings.media")
    assert state(store) != before
    refused = run("restore", ran.json["file"], cwd=store.parent)
    assert (refused.code, "would be replaced" in refused.err) == (2, True)
    restored = run("restore", ran.json["file"], "--yes", "--json", cwd=store.parent)
    assert (restored.code, restored.json["pictures"]) == (0, 1)
    assert state(store) == before
    assert [file.read_bytes() for file in (store.parent / "gleanings.media").iterdir()] == [PICTURE]
    assert state(Path(restored.json["kept"])) != before
    assert run("doctor", cwd=store.parent).code == 0


def test_a_backup_is_restored_where_there_is_no_store(store: Path, tmp_path: Path) -> None:
    run("backup", "copy", cwd=store.parent)
    new = tmp_path / "machine"
    new.mkdir()
    tried = run("restore", store.parent / "copy", "--dry-run", cwd=new)
    words = f"would be restored: {store.parent}/copy/gleanings.db to {new}/gleanings.db\n"
    assert (tried[:], list(new.iterdir())) == ((0, words, ""), [])
    ran = run("restore", store.parent / "copy", cwd=new)
    assert ran.code == 0
    assert state(new / "gleanings.db") == state(store)
    assert len(list((new / "gleanings.media").iterdir())) == 1


@pytest.mark.parametrize("damage", ["cut", "letters", "empty", "foreign"])
def test_a_damaged_backup_changes_nothing(store: Path, damage: str) -> None:
    before = state(store)
    (store.parent / "disk").mkdir()
    copy = store.parent / "disk" / "copy.db"
    assert run("backup", copy, cwd=store.parent).code == 0
    data = copy.read_bytes()
    if damage == "cut":
        copy.write_bytes(data[: len(data) // 2])
    elif damage == "letters":
        copy.write_bytes(data[:8192] + b"\xff" * 8192 + data[16384:])
    elif damage == "empty":
        copy.write_bytes(b"")
    else:
        copy.unlink()
        db = sqlite3.connect(copy)
        db.execute("create table t (a)")
        db.commit()
        db.close()
    ran = run("restore", copy, "--yes", cwd=store.parent)
    assert (ran.code, "Traceback" in ran.err) == (2, False)
    assert state(store) == before
    assert not list(store.parent.glob(".*.tmp*"))


def test_a_damaged_store_is_kept_under_another_name(store: Path) -> None:
    before = state(store)
    run("backup", "copy", cwd=store.parent)
    store.write_bytes(b"no database any more")
    ran = run("restore", "copy", "--yes", "--json", cwd=store.parent)
    assert ran.code == 0
    assert Path(ran.json["kept"]).read_bytes() == b"no database any more"
    assert state(store) == before


def test_another_programs_database_is_not_replaced(store: Path) -> None:
    run("backup", "copy", cwd=store.parent)
    other = store.parent / "other.db"
    db = sqlite3.connect(other)
    db.execute("create table theirs (a)")
    db.commit()
    db.close()
    data = other.read_bytes()
    ran = run("restore", "copy", "--yes", "--db", "other.db", cwd=store.parent)
    assert (ran.code, other.read_bytes() == data) == (2, True)


def test_a_cut_picture_is_found_and_not_counted_as_backed_up(store: Path) -> None:
    file = add_picture(store, PICTURE + b"other")
    file.write_bytes(file.read_bytes()[:-3])
    ran = run("backup", "copy", "--json", cwd=store.parent)
    assert (ran.code, ran.json["pictures"], ran.json["lost_pictures"]) == (1, 1, 1)
    assert "1 picture's file is missing or damaged" in run("doctor", cwd=store.parent).out


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_picture_that_a_killed_command_had_half_copied_is_deleted(store: Path, command: str) -> None:
    copy = run("backup", "--json", cwd=store.parent).json["file"]
    media = (Path(copy) if command == "backup" else store).parent / "gleanings.media"
    (media / ".0123.png.999999999.tmp").write_bytes(b"half")
    run(command, *[copy, "--yes"] if command == "restore" else [], cwd=store.parent)
    assert [file.read_bytes() for file in media.iterdir()] == [PICTURE]


def test_backups_share_pictures_until_the_last_one_is_removed(store: Path) -> None:
    run("backup", cwd=store.parent)
    media = store.parent / "backups" / "gleanings.media"
    assert len(list(media.iterdir())) == 1
    db = sqlite3.connect(store)
    db.execute("delete from media")
    db.commit()
    db.close()
    add_picture(store, PICTURE + b"other")
    run("backup", "--keep", "2", cwd=store.parent)
    assert len(list(media.iterdir())) == 2
    run("backup", "--keep", "1", cwd=store.parent)
    assert [file.read_bytes() for file in media.iterdir()] == [PICTURE + b"other"]


def test_a_backup_that_would_share_the_pictures_of_the_store_is_refused(store: Path) -> None:
    ran = run("backup", "copy.db", cwd=store.parent)
    assert (ran.code, (store.parent / "copy.db").exists()) == (2, False)
    assert "name another folder" in ran.err


def test_a_missing_parent_folder_is_reported_in_one_line(store: Path) -> None:
    for name in ("nowhere/copy.db", "nowhere/copy"):
        ran = run("backup", name, cwd=store.parent)
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert "nowhere is not a folder: create it first" in ran.err


def test_leftovers_of_a_killed_backup_are_removed_by_the_next_command(store: Path) -> None:
    dead = 2**22 + 7  # larger than any process id
    folder = store.parent / "backups"
    folder.mkdir()
    left = [folder / f".gleanings-20260101T000000Z.db.{dead}.tmp{end}" for end in ("", "-journal")]
    left += [store.parent / f".gleanings.db.{dead}.tmp"]
    kept = [folder / ".gleanings-1.db.1.tmp", folder / ".mine.tmp", folder / "notes.tmp"]
    for file in (*left, *kept):
        file.write_text("x")
    (store.parent / f".copy.{dead}.tmp").mkdir()
    run("import", "graph", cwd=store.parent)
    assert [file for file in left if file.exists()] == []
    assert not (store.parent / f".copy.{dead}.tmp").exists()
    assert all(file.exists() for file in kept)
