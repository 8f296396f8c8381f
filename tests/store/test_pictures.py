"""The store's pictures: which are due, what a try saves, and files that exist before their row does."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from record_types.errors import BusyError, StoreError
from record_types.links import PictureCopy, PictureTry
from record_types.pages import Picture
from store import pictures
from store.integrity import check_store, repair_store
from store.pictures import (
    drop_leftovers,
    find_media_folder,
    keep_copy,
    locate_copy,
    read_due_pictures,
    save_tries,
)
from tests.ingest.pictures.samples import GIF, PNG
from tests.records import source_file, tweet_highlight
from tests.store.stores import NOW, one, read_all, save

LATER = "2022-03-01T00:00:00Z"
AT = datetime(2022, 2, 1, tzinfo=UTC)


def fill(db: sqlite3.Connection, **urls: str) -> dict[str, int]:
    """A store with one live highlight that shows these pictures; their ids by name."""
    shown = tuple(Picture(url) for url in urls.values())
    save(db, source_file("a.md", replace(tweet_highlight(0, "A walk"), pictures=shown)))
    rows = dict(db.execute("select url, id from media"))
    return {name: rows[url] for name, url in urls.items()}


def list_due(db: sqlite3.Connection, now: str = NOW, **options: object) -> list[str]:
    return [each.url for each in read_due_pictures(db, now=now, **options)]  # type: ignore[arg-type]


def test_only_web_pictures_of_highlights_not_gone_are_due(db: sqlite3.Connection) -> None:
    fill(
        db,
        web="HTTP://img.test/a.png",
        local="../assets/a.png",
        data="data:image/png;base64,AA",
        file="file:///x",
    )
    db.execute("insert into media (url) values ('https://img.test/orphan.png')")
    assert list_due(db) == ["HTTP://img.test/a.png"]
    db.execute("update highlights set gone_at = ?", (NOW,))
    assert list_due(db) == []


def test_first_tries_come_before_retries(db: sqlite3.Connection) -> None:
    ids = fill(
        db, a="https://img.test/a", b="https://img.test/b", c="https://img.test/c", d="https://img.test/d"
    )
    tries = [
        PictureTry(ids["a"], "error", attempts=1, checked_at=AT, due_at=AT.replace(day=3), error="http 500"),
        PictureTry(ids["b"], "error", attempts=1, checked_at=AT, due_at=AT.replace(day=2), error="dns"),
        PictureTry(ids["c"], "gone", checked_at=AT, error="http 404"),
    ]
    save_tries(db, tries)
    assert list_due(db) == ["https://img.test/d"]
    assert list_due(db, LATER) == [f"https://img.test/{name}" for name in "dba"]
    assert list_due(db, LATER, limit=1) == ["https://img.test/d"]
    assert set(list_due(db, retry_failed=True)) == {f"https://img.test/{name}" for name in "abcd"}
    [due] = [each for each in read_due_pictures(db, now=LATER) if each.url.endswith("a")]
    assert (due.attempts, due.error) == (1, "http 500")


def test_a_host_includes_its_subdomains_and_no_other_host(db: sqlite3.Connection) -> None:
    fill(db, a="https://img.test/a", b="https://cdn.img.test/b", c="https://otherimg.test/c", d="http://[/")
    assert list_due(db, host="img.test") == ["https://img.test/a", "https://cdn.img.test/b"]


def test_a_try_without_a_result_changes_nothing_and_a_copy_is_kept(db: sqlite3.Connection) -> None:
    ids = fill(db, a="https://img.test/a")
    before = read_all(db)
    save_tries(db, [PictureTry(ids["a"], "pending", error="network down")])
    assert read_all(db) == before
    copy = PictureCopy("gleanings.media/0123456789abcdef.png", "0" * 64, "image/png", 3)
    save_tries(db, [PictureTry(ids["a"], "ok", copy, 200, checked_at=AT)])
    kept = read_all(db)
    save_tries(db, [PictureTry(ids["a"], "error", checked_at=AT, due_at=AT, error="timeout")])
    assert read_all(db) == kept
    assert list_due(db, LATER, retry_failed=True) == []


def test_the_same_bytes_are_written_once(tmp_path: Path) -> None:
    first = keep_copy(tmp_path / "gleanings.media", PNG, "image/png")
    [file] = (tmp_path / "gleanings.media").iterdir()
    written = file.stat().st_mtime_ns, file.stat().st_ino
    assert keep_copy(tmp_path / "gleanings.media", PNG, "image/png") == first
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == written
    assert first.path == f"gleanings.media/{hashlib.sha256(PNG).hexdigest()[:16]}.png"
    assert locate_copy(tmp_path, first.path) == file


def test_a_damaged_file_is_written_again(tmp_path: Path) -> None:
    copy = keep_copy(tmp_path / "media", PNG, "image/png")
    (tmp_path / copy.path).write_bytes(PNG[:10])
    assert keep_copy(tmp_path / "media", PNG, "image/png") == copy
    assert (tmp_path / copy.path).read_bytes() == PNG


def test_pictures_with_the_same_short_hash_get_two_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody with enough computing power can make such files; here the short names are made equal."""
    monkeypatch.setattr(pictures, "_SHORT", 0)
    one_, other = (keep_copy(tmp_path / "media", body, "image/png") for body in (PNG, GIF))
    assert one_.path != other.path
    assert (tmp_path / one_.path).read_bytes() == PNG
    assert (tmp_path / other.path).read_bytes() == GIF


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, BusyError), (errno.EDQUOT, BusyError), (errno.EACCES, StoreError)]
)
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_no_partial_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, kind: type[Exception]
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(kind):
        keep_copy(tmp_path / "media", PNG, "image/png")
    assert list((tmp_path / "media").iterdir()) == []


def test_only_the_temporary_files_of_a_killed_run_are_deleted(tmp_path: Path) -> None:
    keep_copy(tmp_path, PNG, "image/png")
    (tmp_path / ".gleanings-0123.tmp").write_bytes(b"half")
    (tmp_path / "own.txt").write_text("the reader's")
    drop_leftovers(tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".png", ".txt"]
    drop_leftovers(tmp_path / "nowhere")


def test_a_missing_copy_is_found_and_repairing_makes_it_due(db: sqlite3.Connection) -> None:
    media = find_media_folder(db)
    assert media is not None
    ids = fill(db, a="https://img.test/a", b="https://img.test/b")
    kept = [keep_copy(media, body, "image/png") for body in (PNG, GIF)]
    save_tries(
        db,
        [
            PictureTry(id_, "ok", copy, 200, checked_at=AT)
            for id_, copy in zip(ids.values(), kept, strict=True)
        ],
    )
    assert [each for each in check_store(db) if each.check == "pictures" and each.trouble] == []
    (media.parent / kept[0].path).unlink()
    [found] = [each for each in check_store(db) if each.check == "pictures"]
    assert (found.trouble, found.fixable) == (1, True)
    repair_store(db, now=NOW)
    assert list_due(db) == ["https://img.test/a"]
    assert one(db, "select count(*) from media where status = 'ok'") == 1
    before = read_all(db)
    repair_store(db, now=NOW)
    assert read_all(db) == before


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "a.png",
        "../0123456789abcdef.png",
        "m/../0123456789abcdef.png",
        "/0123456789abcdef.png",
        "m/0123456789ABCDEF.png",
    ],
)
def test_a_path_that_no_copy_can_have_is_not_served(tmp_path: Path, path: str | None) -> None:
    assert locate_copy(tmp_path, path) is None
