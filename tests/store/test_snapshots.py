"""A snapshot is consistent, even if another process writes to the store meanwhile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from record_types.errors import StoreError
from store.connection import BUSY_TIMEOUT_MS, close_store, open_store
from store.pictures import find_media_folder
from store.snapshots import connect_to_read, is_writable, open_snapshot
from tests.unprivileged import AS_READER, IS_ROOT, close_to_writers, needs_permissions

ROOT = Path(__file__).resolve().parents[2]

WRITE = """
import sys; from pathlib import Path
from store.connection import close_store, open_store, transaction
path, number = Path(sys.argv[1]), 0
while True:
    db = open_store(path)
    with transaction(db):
        db.execute("delete from tags")
        names = [(f"{number} {n} " + "x" * 500,) for n in range(number % 50)]
        db.executemany("insert into tags (name) values (?)", names)
    close_store(db)
    number += 1
"""
READ = """
import sys; from pathlib import Path
from record_types.errors import BusyError
from store.snapshots import is_writable, open_snapshot
path, seen = Path(sys.argv[1]), []
assert not is_writable(path)
for _ in range(100):
    try:
        db = open_snapshot(path)
    except BusyError:
        continue
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    names = [name for (name,) in db.execute("select name from tags")]
    numbers = {int(name.split()[0]) for name in names}
    assert all(number % 50 == len(names) for number in numbers), (numbers, len(names))
    assert len(numbers) < 2, numbers
    seen += numbers
    db.close()
print(*seen)
"""


@pytest.mark.slow
@needs_permissions
@pytest.mark.skipif(not IS_ROOT, reason="needs two: one that writes, and one that may not")
def test_a_snapshot_beside_a_busy_writer_never_shows_part_of_a_transaction(
    tmp_path: Path,
) -> None:
    path = tmp_path / "gleanings.db"
    close_store(open_store(path, create=True))
    close_to_writers(tmp_path)
    writer = subprocess.Popen([sys.executable, "-c", WRITE, str(path)], cwd=ROOT)
    try:
        ran = subprocess.run(
            [*AS_READER, sys.executable, "-c", READ, str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        writer.kill()
        writer.wait()
    assert (ran.returncode, ran.stderr) == (0, "")
    seen = [int(word) for word in ran.stdout.split()]
    assert len(set(seen)) > 5
    assert seen == sorted(seen)


def test_writing_to_a_snapshot_does_not_change_the_store(tmp_path: Path) -> None:
    path = tmp_path / "gleanings.db"
    close_store(open_store(path, create=True))
    before = path.read_bytes()
    db = open_snapshot(path)
    db.execute("insert into tags (name) values ('x')")
    close_store(db)
    assert path.read_bytes() == before


def test_a_snapshot_uses_the_pictures_of_its_store(tmp_path: Path) -> None:
    close_store(open_store(tmp_path / "gleanings.db", create=True))
    (tmp_path / "link.db").symlink_to("gleanings.db")
    db = open_snapshot(tmp_path / "link.db")
    assert find_media_folder(db) == tmp_path / "gleanings.media"
    db.close()


def test_a_store_is_writable_if_its_file_and_folder_are(tmp_path: Path) -> None:
    (tmp_path / "gleanings.db").touch()
    assert is_writable(tmp_path / "gleanings.db")
    assert not is_writable(tmp_path / "none" / "gleanings.db")


def test_a_connection_that_reads_leaves_no_file_behind(tmp_path: Path) -> None:
    path = tmp_path / "gleanings.db"
    close_store(open_store(path, create=True))
    before = sorted(tmp_path.iterdir())
    (tmp_path / "link.db").symlink_to("gleanings.db")
    db = connect_to_read(tmp_path / "link.db")
    assert db.execute("select count(*) from tags").fetchone() == (0,)
    assert db.execute("pragma busy_timeout").fetchone() == (BUSY_TIMEOUT_MS,)
    db.close()
    assert sorted(tmp_path.iterdir()) == [*before, tmp_path / "link.db"]


def test_a_snapshot_is_not_in_a_transaction(tmp_path: Path) -> None:
    path = tmp_path / "gleanings.db"
    close_store(open_store(path, create=True))
    assert not Path(f"{path}-wal").exists()
    db = open_snapshot(path)
    assert not db.in_transaction
    db.close()
    assert [each.name for each in tmp_path.iterdir()] == ["gleanings.db"]


def test_a_file_that_is_not_a_database_is_not_taken_for_one_that_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "gleanings.db"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError):
        open_snapshot(path)
