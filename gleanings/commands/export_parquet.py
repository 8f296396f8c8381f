"""`gleanings export --parquet`: write the tables as a Parquet dataset."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from gleanings.json_report import report_json
from gleanings.options import Common, opened_store
from gleanings.terminal import count_as, echo, progress_bar
from record_types.errors import InputError, describe_missing
from store.parquet import check_owner, count_rows, find_part, write_dataset


def write_parquet(common: Common, folder: Path | None, library: str | None, *, others: bool) -> int:
    """Write each table to `folder`, in the partition `library`, and print how many rows.

    `others`: whether options for exporting notes were given.
    """
    if folder is None:
        raise InputError("--library needs --parquet")
    if others:
        raise InputError("--parquet takes no second FOLDER, and no option for exporting notes")
    folder = folder.expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is not a folder")
    if find_spec("pyarrow") is None:
        raise InputError(describe_missing("--parquet", "parquet"))

    store = common.db.absolute()
    name = library or store.stem
    with opened_store(common, only_reads=True) as db:
        counts = count_rows(db)
        if common.dry_run:
            for table in counts:
                check_owner(find_part(folder, table, name), store)
        else:
            with progress_bar("Writing", sum(counts.values()), quiet=common.as_json) as advance:
                counts = write_dataset(db, folder, name, store=store, advance=advance)
    if common.as_json:
        tables = [{"table": table, "rows": rows} for table, rows in counts.items()]
        report_json(dry_run=common.dry_run, parquet=str(folder), library=name, tables=tables)
    else:
        would = "would be written: " if common.dry_run else ""
        rows = count_as(sum(counts.values()), "row")
        echo(f"{folder}: {would}library {name}, {count_as(len(counts), 'table')}, {rows}")
    return 0
