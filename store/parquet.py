"""Write the tables of a store as a Parquet dataset, one partition for each library.

    DIR/highlights/library=alice/gleanings.parquet
    DIR/documents/library=alice/gleanings.parquet …

The tables are those that Datasette shows. The store's tables are STRICT, so the column types are exact:
integer, real, text and blob become int64, double, string and binary. Ids are those of the store: they repeat
between libraries, while a `uid` means the same in all of them.

The layout is Hive's (https://arrow.apache.org/docs/python/dataset.html#writing-partitioned-data), which
DuckDB, Dask, Polars and Spark read.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from record_types.errors import InputError
from record_types.regular_files import drop_leftover_copies, flush, name_temporary
from store.browse.metadata import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "gleanings.parquet"
OWNER = b"gleanings.store"
"""Key in a file's metadata: the store that it was written from."""
BATCH_ROWS = 20_000
"""Rows that are held at a time, and in one row group: some 20 MB of highlights."""

list_tables = "select name from sqlite_master where type = 'table'"


def count_rows(db: sqlite3.Connection) -> dict[str, int]:
    """Table → rows, for each table of the dataset, in the order of their names."""
    there = {name for (name,) in db.execute(list_tables)}
    counts = {}
    for table in sorted(there & TABLES.keys()):
        statement = f'select count(*) from "{table}"'  # noqa: S608 - a name of ours
        counts[table] = int(db.execute(statement).fetchone()[0])
    return counts


def find_part(folder: Path, table: str, library: str) -> Path:
    """The file with the rows of one table of one library."""
    return folder / table / f"library={quote(library, safe='')}" / FILE


def write_dataset(
    db: sqlite3.Connection,
    folder: Path,
    library: str,
    *,
    store: Path,
    advance: Callable[[int], None] = lambda _: None,
) -> dict[str, int]:
    """Write the partition `library` of each table below `folder`; table → rows.

    All tables are from one snapshot, and replace an earlier export of the same store only when each of them
    is complete. `advance` gets the number of rows written. Raises InputError if one of the files is there and
    was not written from `store`.
    """
    with reading(db):
        counts = count_rows(db)
        parts = {table: find_part(folder, table, library) for table in counts}
        for part in parts.values():
            check_owner(part, store)
        written: list[tuple[Path, Path]] = []
        try:
            for table, part in parts.items():
                part.parent.mkdir(parents=True, exist_ok=True)
                drop_leftover_copies(part.parent)
                written.append((name_temporary(part), part))
                _write_table(db, table, written[-1][0], store, advance)
                flush(written[-1][0])
            for temporary, part in written:
                temporary.replace(part)
                flush(part.parent)
        finally:
            for temporary, _ in written:
                temporary.unlink(missing_ok=True)
    return counts


@contextmanager
def reading(db: sqlite3.Connection) -> Iterator[None]:
    """One snapshot for all statements of the block, which blocks no writer."""
    if db.in_transaction:
        yield
        return
    db.execute("begin")
    try:
        yield
    finally:
        db.execute("rollback")


def check_owner(part: Path, store: Path) -> None:
    """Raise InputError if `part` exists and is not the export of `store`."""
    if not part.exists() and not part.is_symlink():
        return
    from pyarrow import ArrowException
    from pyarrow.parquet import read_schema

    try:
        owner = (read_schema(part).metadata or {}).get(OWNER)
    except (ArrowException, OSError):
        owner = None
    if owner is None:
        raise InputError(f"{part} was not written by gleanings: name another folder")
    if owner != os.fsencode(store):
        raise InputError(
            f"{part.parent} is the library of {os.fsdecode(owner)}: choose another name with --library,"
            " or delete that folder"
        )


def _write_table(
    db: sqlite3.Connection, table: str, path: Path, store: Path, advance: Callable[[int], None]
) -> None:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = _make_schema(db, table).with_metadata({OWNER: os.fsencode(store)})
    statement = f'select * from "{table}"'  # noqa: S608 - a name of ours
    cursor = db.execute(statement)
    with ParquetWriter(path, schema, compression="zstd") as writer:
        while rows := cursor.fetchmany(BATCH_ROWS):
            columns: list[Any] = [
                pa.array(values, type=field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.table(columns, schema=schema))
            advance(len(rows))


def _make_schema(db: sqlite3.Connection, table: str) -> pa.Schema:
    import pyarrow as pa

    types = {"INTEGER": pa.int64(), "REAL": pa.float64(), "TEXT": pa.string(), "BLOB": pa.binary()}
    columns = db.execute("select name, type from pragma_table_info(?)", (table,))
    return pa.schema([(name, types[kind.upper()]) for name, kind in columns])
