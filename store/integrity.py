"""Integrity checks: what is wrong in the store, and repairs for everything that needs no guessing."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from store.children import drop_unused_tags
from store.cjk import count_wrong_pairs, rebuild_pairs
from store.connection import transaction
from store.counts import refresh_counts
from store.pictures import find_lost_copies, forget_lost_copies
from store.row_checks import find_misnamed, find_wrong_copies, fix_names
from store.row_writer import refresh_copies
from store.save_batch import mark_gone


class Finding(NamedTuple):
    """The result of one check."""

    check: str
    trouble: int
    """How many rows are wrong; 0 if none is."""
    message: str = ""
    mendable: bool = False
    """Whether `repair_store` fixes it."""


OLDEST_SQLITE = (3, 38)

highlights_nowhere = """
select count(*) from highlights as h
where h.gone_at is null and not exists (select 1 from appearances as a where a.highlight_id = h.id)
"""

orphan_resources = """
select count(*) from resources as r where not exists (select 1 from links as l where l.resource_id = r.id)
"""

delete_orphan_resources = """
delete from resources where not exists (select 1 from links as l where l.resource_id = resources.id)
"""

unused_tags = """
select count(*) from tags as t
where not exists (select 1 from highlight_tags where tag_id = t.id)
    and not exists (select 1 from document_tags where tag_id = t.id)
"""

interrupt_runs = """
update runs set status = 'interrupted', finished_at = :now where status = 'running'
"""

unreadable_files = """
select distinct f.root || '/' || f.path
from problems as p join files as f on f.id = p.file_id
where p.kind = 'unreadable'
order by 1
"""

check_full_text = {
    "highlights_fts": "insert into highlights_fts (highlights_fts, rank) values ('integrity-check', 1)",
    "resources_fts": "insert into resources_fts (resources_fts, rank) values ('integrity-check', 1)",
    "documents_fts": "insert into documents_fts (documents_fts, rank) values ('integrity-check', 1)",
}
rebuild_full_text = {
    "highlights_fts": "insert into highlights_fts (highlights_fts) values ('rebuild')",
    "resources_fts": "insert into resources_fts (resources_fts) values ('rebuild')",
    "documents_fts": "insert into documents_fts (documents_fts) values ('rebuild')",
}

MESSAGES = {
    "foreign keys": ("row refers to a row that does not exist", "rows refer to rows that do not exist"),
    "highlights_cjk": ("highlight has wrong index entries", "highlights have wrong index entries"),
    "places": (
        "highlight has no appearance and is not marked as gone",
        "highlights have no appearance and are not marked as gone",
    ),
    "names": (
        "file contains an item that should or should not be one with another file's",
        "files contain items that should or should not be one with another file's",
    ),
    "copies": (
        "highlight differs from its document in author or category",
        "highlights differ from their document in author or category",
    ),
    "resources": ("resource has no link to it", "resources have no link to them"),
    "tags": ("tag is not used", "tags are not used"),
    "runs": (
        "run never ended: it crashed, or is still running",
        "runs never ended: they crashed, or one is still running",
    ),
    "cut texts": ("highlight is cut off; see cut_highlights", "highlights are cut off; see cut_highlights"),
    "pictures": (
        "picture's file is missing or damaged: --fix queues it for download",
        "pictures' files are missing or damaged: --fix queues them for download",
    ),
}
"""What a check reports about one row, and about several."""


def check_store(db: sqlite3.Connection) -> list[Finding]:
    """Run every check, the most important first; for a damaged file only the first."""
    integrity = _check_file(db)
    if integrity.trouble:
        return [integrity]
    return [
        integrity,
        _count(db, "foreign keys", "select count(*) from pragma_foreign_key_check"),
        *[_check_index(db, index) for index in check_full_text],
        _make_finding("highlights_cjk", count_wrong_pairs(db), mendable=True),
        _count(db, "places", highlights_nowhere, mendable=True),
        _make_finding("names", len(find_misnamed(db)), mendable=True),
        _make_finding("copies", sum(find_wrong_copies(db).values()), mendable=True),
        _count(db, "resources", orphan_resources, mendable=True),
        _count(db, "tags", unused_tags, mendable=True),
        _count(db, "runs", "select count(*) from runs where status = 'running'", mendable=True),
        _count(db, "cut texts", "select count(*) from cut_highlights"),
        _check_unreadable(db),
        _make_finding("pictures", len(find_lost_copies(db)), mendable=True),
        _check_sqlite(),
    ]


def repair_store(db: sqlite3.Connection, *, now: str) -> None:
    """Repair what `check_store` calls mendable; no text of the reader's is lost."""
    forget_lost_copies(db)  # outside the transaction, since it reads every picture's file
    with transaction(db):
        for index, rebuild in rebuild_full_text.items():
            if _check_index(db, index).trouble:
                db.execute(rebuild)
        if count_wrong_pairs(db):
            rebuild_pairs(db)
        fix_names(db, now=now)
        mark_gone(db, now=now)
        refresh_copies(db, find_wrong_copies(db))
        db.execute(delete_orphan_resources)
        drop_unused_tags(db)
        db.execute(interrupt_runs, {"now": now})
        refresh_counts(db)


def _count(db: sqlite3.Connection, check: str, query: str, *, mendable: bool = False) -> Finding:
    return _make_finding(check, int(db.execute(query).fetchone()[0]), mendable=mendable)


def _make_finding(check: str, trouble: int, *, mendable: bool = False) -> Finding:
    if not trouble:
        return Finding(check, 0)
    one, many = MESSAGES[check]
    return Finding(check, trouble, f"{trouble:,} {one if trouble == 1 else many}", mendable)


def _check_file(db: sqlite3.Connection) -> Finding:
    try:
        answers = [text for (text,) in db.execute("pragma integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        answers = [str(error)]
    if answers == ["ok"]:
        return Finding("integrity", 0)
    message = f"the file is damaged: {'; '.join(answers)}. Restore a backup"
    return Finding("integrity", len(answers), message)


def _check_index(db: sqlite3.Connection, index: str) -> Finding:
    """FTS5's own check: `pragma integrity_check` does not notice an index that differs from its table."""
    try:
        db.execute(check_full_text[index])
    except sqlite3.DatabaseError:
        return Finding(index, 1, "the full-text index differs from its table", True)
    return Finding(index, 0)


def _check_unreadable(db: sqlite3.Connection) -> Finding:
    files = [row[0] for row in db.execute(unreadable_files)]
    if not files:
        return Finding("files", 0)
    count = "1 file" if len(files) == 1 else f"{len(files):,} files"
    others = " and others" if len(files) > 1 else ""
    return Finding("files", len(files), f"{count} could not be read: {files[0]}{others}")


def _check_sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return Finding("SQLite", 0)
    return Finding("SQLite", 1, f"SQLite {sqlite3.sqlite_version} is too old: 3.38 or later is needed")
