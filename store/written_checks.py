"""The records of written notes, as far as they can be checked without the notes themselves."""

from __future__ import annotations

import re
import sqlite3
from itertools import groupby
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Any

_KINDS = "topic|author|document|highlight|resource|index|reading-list"
_NOTE = re.compile(rf"(?:{_KINDS}):.+|index|reading-list", re.DOTALL)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_FINGERPRINT = re.compile(r"[0-9a-f]{16,128}")

written_rows = """
select folder_id, path, block_key, note_uid, position, written_at from written
order by folder_id, path, position, block_key
"""

journal_rows = "select folder_id, path, note_uid, temporary, fingerprint from note_journal"

forget_page = "delete from written where folder_id = ? and path = ?"
forget_entry = "delete from note_journal where folder_id = ? and path = ?"

Page = tuple[int, str]
"""The id of an export folder, and the path of a note in it."""


def find_wrong_pages(db: sqlite3.Connection) -> set[Page]:
    """The notes whose rows are not in the form that an export writes."""
    pages = groupby(db.execute(written_rows), key=itemgetter(0, 1))
    wrong = {page for page, rows in pages if not _is_page(page[1], [row[2:] for row in rows])}
    return wrong | {
        (folder, path)
        for folder, path, uid, temporary, fingerprint in db.execute(journal_rows)
        if not (
            _is_relative(path)
            and (_NOTE.fullmatch(uid) and _is_relative(temporary) if temporary else not uid)  # else a removal
            and _FINGERPRINT.fullmatch(fingerprint)
        )
    }


def forget_wrong_pages(db: sqlite3.Connection) -> None:
    """Forget them: the next export recognises the notes by their marks. Part of a transaction."""
    wrong = sorted(find_wrong_pages(db))
    db.executemany(forget_page, wrong)
    db.executemany(forget_entry, wrong)


def _is_page(path: str, rows: list[tuple[Any, ...]]) -> bool:
    """Whether the rows are a whole note, which comes first, and its blocks, all of one note and time."""
    keys, uids, positions, times = zip(*rows, strict=True)
    return (
        _is_relative(path)
        and keys[0] == ""
        and len(set(uids)) == 1
        and _NOTE.fullmatch(uids[0]) is not None
        and list(positions) == sorted(set(positions))
        and positions[0] == 0
        and all(map(_TIME.fullmatch, times))
    )


def _is_relative(path: str) -> bool:
    """Whether a path stays in its folder."""
    pure = PurePosixPath(path)
    return bool(path) and str(pure) == path and not pure.is_absolute() and ".." not in pure.parts
