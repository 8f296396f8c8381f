"""A whole backup counts its pictures and bytes, and those that are lost; a restore gives the same counts."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from record_types.errors import InputError, StoreError
from store.connection import close_store, open_store
from store.full_backup import Copied, drop_old_backups, find_backup, make_backup, restore_backup
from store.pictures import keep_copy
from tests.records import source_file, tweet_highlight
from tests.store.stores import save

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a whole picture, a damaged, a missing and one outside its folder."""
    path = tmp_path / "home" / "gleanings.db"
    path.parent.mkdir()
    db = open_store(path, create=True)
    save(db, source_file("a.md", tweet_highlight(0, "Words")))
    kept = [keep_copy(path.parent / "gleanings.media", PNG + bytes([n]) * 100, "image/png") for n in range(3)]
    places = [(copy.path, copy.sha256) for copy in kept] + [("../outside.png", kept[0].sha256)]
    row = "insert into media (url, path, sha256, content_type, status) values (?, ?, ?, 'image/png', 'ok')"
    for number, (place, sha256) in enumerate(places):
        db.execute(row, (f"https://p.example/{number}", place, sha256))
    close_store(db)
    (path.parent / str(kept[1].path)).write_bytes(PNG)
    (path.parent / str(kept[2].path)).unlink()
    return path


def back_up(store: Path, target: Path | None) -> Copied:
    return make_backup(store, target, advance=lambda *_: None)


def list_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["new", "there", "there/b.db", None])
def test_a_backup_counts_what_it_copied_and_what_is_lost(
    store: Path, tmp_path: Path, name: str | None
) -> None:
    (tmp_path / "there").mkdir()
    copied = back_up(store, tmp_path / name if name else None)
    database = find_backup(copied.path)
    (picture,) = (database.parent / "gleanings.media").iterdir()
    assert picture.stat().st_size == len(PNG) + 100
    assert (copied.pictures, copied.lost, copied.kept) == (1, 3, None)
    assert copied.size == database.stat().st_size + picture.stat().st_size
    assert len(list_files(database.parent)) == 2
    folder = store.parent / "backups" if name is None else (tmp_path / name).parent
    assert copied.path.parent == (tmp_path / "there" if name == "there" else folder)


def test_a_damaged_picture_of_a_backup_is_copied_again(store: Path, tmp_path: Path) -> None:
    first = back_up(store, tmp_path / "b")
    (picture,) = (tmp_path / "b" / "gleanings.media").iterdir()
    whole = picture.read_bytes()
    picture.write_bytes(b"damaged")
    second = back_up(store, tmp_path / "b" / "again.db")
    assert (second.pictures, second.lost, second.size) == (1, 3, first.size)
    assert picture.read_bytes() == whole


def test_a_backup_needs_a_free_name_in_a_folder_that_exists(store: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    for name, words in (
        ("taken", "already exists"),
        ("missing/new", "is not a folder"),
        ("missing/b.db", "is not a"),
    ):
        with pytest.raises(InputError, match=words):
            back_up(store, tmp_path / name)
    with pytest.raises(InputError, match="would share the store's pictures"):
        back_up(store, store.with_name("b.db"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "taken"]


def test_a_restore_counts_the_same_and_keeps_what_it_replaces(store: Path, tmp_path: Path) -> None:
    copied = back_up(store, tmp_path / "b")
    db = open_store(store)
    db.execute("delete from media")
    close_store(db)
    leftover = store.with_name(".x.999999999.tmp")
    leftover.touch()
    restored = restore_backup(find_backup(copied.path), store)
    assert not leftover.exists()
    assert (restored.pictures, restored.lost, restored.size) == (1, 3, copied.size)
    assert restored.kept is not None
    assert re.fullmatch(r"gleanings-\d{8}T\d{6}Z-before-restore\.db", restored.kept.name)
    counts = [
        sqlite3.connect(path).execute("select count(*) from media").fetchone()[0]
        for path in (store, restored.kept)
    ]
    assert counts == [4, 0]
    with pytest.raises(InputError, match="is the store itself"):
        restore_backup(store, store)
    with pytest.raises(InputError, match="is not a folder"):
        restore_backup(find_backup(copied.path), tmp_path / "missing" / "g.db")
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(StoreError, match="is empty: name another backup"):
        restore_backup(tmp_path / "empty.db", store)


def test_one_backup_in_a_folder_is_found(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "no.db", "does not exist"), (tmp_path, "contains no backup")):
        with pytest.raises(InputError, match=words):
            find_backup(path)
    for name in (".hidden.db", "a.txt", "a.db"):
        (tmp_path / name).touch()
    assert find_backup(tmp_path) == find_backup(tmp_path / "a.db") == tmp_path / "a.db"
    (tmp_path / "b.db").touch()
    with pytest.raises(InputError, match=r"contains 2 backups: name one, such as .*b\.db"):
        find_backup(tmp_path)


def test_the_pictures_of_deleted_backups_go_unless_another_has_them(store: Path, tmp_path: Path) -> None:
    first = back_up(store, None).path  # each of another year: names of one second are used again
    first = first.rename(first.with_name("gleanings-20200101T000000Z.db"))
    (shared,) = (first.parent / "gleanings.media").iterdir()
    db = open_store(store)
    more = keep_copy(store.parent / "gleanings.media", PNG + b"more", "image/png")
    db.execute("update media set path = ?, sha256 = ? where id = 2", (more.path, more.sha256))
    close_store(db)
    second = back_up(store, None).path
    second = second.rename(second.with_name("gleanings-20210101T000000Z.db"))
    pictures = [str(shared.relative_to(first.parent)), str(more.path)]
    assert drop_old_backups(store, 2) == []
    stray, other = shared.with_name("0123456789abcdef.png"), shared.with_name("mine.png")
    stray.touch()
    other.touch()
    unfinished = first.with_name(".x.tmp")
    unfinished.touch()
    assert drop_old_backups(store, 0) == []
    assert drop_old_backups(store, 1) == [first]
    assert stray.exists()
    unfinished.unlink()
    back_up(store, None)
    assert drop_old_backups(store, 1) == [second]
    assert sorted(list_files(first.parent)[1:]) == sorted([*pictures, "gleanings.media/mine.png"])
