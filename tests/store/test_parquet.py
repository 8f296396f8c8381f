"""A Parquet dataset: one file for each table and library, from one snapshot, and never over another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from record_types.errors import InputError
from store.browse.metadata import TABLES
from store.parquet import FILE, check_owner, count_rows, find_part, reading, write_dataset
from tests.store.long_library import make_long_library

STORE = Path("/stores/a.db")


def test_the_tables_that_datasette_shows_are_counted() -> None:
    counts = count_rows(make_long_library())
    assert list(counts) == sorted(counts)
    assert (counts["highlights"], counts["problems"], counts["topics"]) == (160, 35, 46)
    assert TABLES.keys() - counts.keys() == {
        "reading_list", "threads", "dead_links", "cut_highlights", "whats_new",
    }  # fmt: skip


def test_a_librarys_name_is_quoted_in_its_folder() -> None:
    assert find_part(Path("/d"), "tags", "a/b ü") == Path("/d/tags/library=a%2Fb%20%C3%BC") / FILE


def test_one_snapshot_is_read_inside_a_transaction_too() -> None:
    db = make_long_library()
    with reading(db):
        assert db.in_transaction
        with reading(db):
            pass
        assert db.in_transaction
    assert not db.in_transaction


@pytest.mark.slow  # with the slow tests pyarrow is installed
def test_a_file_of_another_store_or_program_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    db = make_long_library()
    advanced: list[int] = []
    counts = write_dataset(db, tmp_path, "a", store=STORE, advance=advanced.append)
    assert sum(advanced) == sum(counts.values())
    part = find_part(tmp_path, "tags", "a")
    check_owner(part, STORE)
    check_owner(part.with_name("none"), STORE)
    with pytest.raises(InputError, match=r"is the library of /stores/a\.db: choose another name"):
        write_dataset(db, tmp_path, "a", store=Path("/stores/b.db"))
    part.write_text("mine")
    with pytest.raises(InputError, match="was not written by gleanings"):
        write_dataset(db, tmp_path, "a", store=STORE)
    assert part.read_text() == "mine"
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {FILE}
