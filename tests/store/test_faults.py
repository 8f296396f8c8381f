"""A batch is stored whole or not at all, wherever it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from store.connection import close_store, open_store
from store.runs import start_run
from store.save_batch import save_batch
from tests.records import PROFILE, source_file, tweet_highlight
from tests.store.stores import NOW, read_all, save, undo

BEFORE = [source_file("a.md", *[tweet_highlight(n, f"Tweet {n}", links=("AbCdEf1234",)) for n in range(6)])]
AFTER = [
    source_file("a.md", *[tweet_highlight(n, f"Tweet {n}, 改めて", tags=("t",)) for n in range(3, 9)]),
    source_file("b.md", tweet_highlight(2, "Tweet 2, elsewhere"), document=PROFILE),
]


def change(db: sqlite3.Connection) -> None:
    save_batch(db, AFTER, run_id=1, now=NOW)


def take_back(db: sqlite3.Connection) -> None:
    undo(db)


def open_filled(path: Path) -> sqlite3.Connection:
    db = open_store(path, create=True)
    save(db, *BEFORE)
    return db


@pytest.mark.parametrize("work", [change, take_back])
def test_an_interrupted_batch_is_stored_whole_or_not_at_all(
    tmp_path: Path, work: Callable[[sqlite3.Connection], None]
) -> None:
    whole = open_filled(tmp_path / "whole.db")
    work(whole)
    after = read_all(whole)
    close_store(whole)
    db = open_filled(tmp_path / "broken.db")
    before = read_all(db)
    steps, interruptions = 0, 0
    while True:
        steps = steps * 5 // 4 + 7
        left = [steps]

        def interrupt(left: list[int] = left) -> int:
            left[0] -= 1
            return left[0] == 0  # once: what follows, the roll-back, is let through

        db.set_progress_handler(interrupt, 1)
        try:
            work(db)
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            interruptions += 1
        else:
            break
        finally:
            db.set_progress_handler(None, 1)
        assert not db.in_transaction
        assert read_all(db) == before
    assert interruptions > 10
    assert read_all(db) == after
    close_store(db)


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    db = open_filled(tmp_path / "full.db")
    before = read_all(db)
    many = [source_file("big.md", *[tweet_highlight(n, f"{n} " * 3000) for n in range(40)], document=PROFILE)]
    pages = db.execute("pragma page_count").fetchone()[0]
    failures = 0
    for room in range(1, 400, 13):
        db.execute(f"pragma max_page_count = {pages + room}")
        try:
            save_batch(db, many, run_id=start_run_quietly(db), now=NOW)
        except sqlite3.OperationalError as error:
            if "full" not in str(error):
                raise
            failures += 1
            assert read_all(db) == before
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        else:
            break
    assert failures > 3
    assert db.execute("select count(*) from highlights where length(text) > 3000").fetchone() == (40,)
    close_store(db)


def start_run_quietly(db: sqlite3.Connection) -> int:
    """The last run: a row for a new one would need space."""
    return int(db.execute("select max(id) from runs").fetchone()[0])


def test_a_clock_that_goes_back_does_no_harm(tmp_path: Path) -> None:
    db = open_filled(tmp_path / "clock.db")
    save(db, *AFTER, now="2001-01-01T00:00:00Z")
    assert db.execute(
        "select count(*) from highlights where gone_at = '2001-01-01T00:00:00Z'"
    ).fetchone() == (2,)
    save(db, *BEFORE, now="2000-01-01T00:00:00Z")
    assert db.execute("select count(*) from highlights where uid like 'tweet:%0' and gone_at is null")
    close_store(db)


def test_a_run_started_after_a_crash_has_its_own_row(tmp_path: Path) -> None:
    db = open_filled(tmp_path / "crash.db")
    first, second = start_run(db, "import", now=NOW), start_run(db, "import", now=NOW)
    assert second == first + 1
    close_store(db)
