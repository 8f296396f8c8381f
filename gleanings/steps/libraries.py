"""Steps on one of many libraries, for worker processes: paths as plain strings, results that can be pickled.

Each is complete in itself and may be repeated: if a worker is killed, the same call in another one continues.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from gleanings.steps.pages import PagesOutcome, find_all_sources, import_pages
from store.connection import close_store, open_store, translated_errors
from store.parquet import write_dataset


def import_library(store: str, paths: Sequence[str]) -> PagesOutcome:
    """Import the pages below `paths` into the file `store`, which is created if necessary.

    Raises InputError for a path that does not exist, and StoreError or BusyError for the store.
    """
    sources = find_all_sources([Path(path) for path in paths])
    with translated_errors(Path(store)):
        db = open_store(Path(store), create=True)
        try:
            return import_pages(db, sources)
        finally:
            close_store(db)


def write_library(store: str, folder: str, library: str | None = None) -> dict[str, int]:
    """Write the tables of `store` to the Parquet dataset in `folder` (`store/parquet.py`); table → rows.

    The library's name is that of its file unless `library` is given.
    """
    path = Path(store).absolute()
    with translated_errors(path), closing(open_store(path)) as db:
        return write_dataset(db, Path(folder), library or path.stem, store=path)
