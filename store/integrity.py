"""Integrity checks: what is wrong in the store, and repairs for everything that needs no guessing."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from store.authors import find_misspelled, refresh_authors
from store.backup import FULL_TEXT
from store.children import drop_unused_tags
from store.cjk import count_wrong_pairs, rebuild_pairs
from store.connection import transaction
from store.content_checks import describe_damage, find_damaged_rows, restore_damaged_rows
from store.counts import are_counts_stale, count_cut
from store.file_checks import (
    decode_tolerantly,
    find_missing,
    find_not_utf8,
    find_wrong_indexes,
    is_derived,
    make_missing,
    replace_not_utf8,
)
from store.pictures import find_lost_copies, forget_lost_copies
from store.row_checks import find_misnamed, find_wrong_copies, find_wrong_counts, fix_names, recount
from store.row_writer import refresh_copies
from store.runs import find_crashed_runs, mark_crashed_runs, was_left_unfinished
from store.save_batch import mark_gone
from store.tweets import find_wrong_threads, save_threads


class Finding(NamedTuple):
    """The result of one check."""

    check: str
    trouble: int
    """How many rows are wrong; 0 if none is."""
    message: str = ""
    fixable: bool = False
    """Whether `repair_store` fixes it."""
    advice: str = ""
    """What the user can do about it, or next."""
    harmless: bool = False
    """Worth knowing, but it needs nothing from the user."""


# The operator `->>` came with it.
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

unreadable_files = """
select distinct f.root || '/' || f.path
from problems as p join files as f on f.id = p.file_id
where p.kind = 'unreadable'
order by 1
"""

rebuild_full_text = {
    "highlights_fts": "insert into highlights_fts (highlights_fts) values ('rebuild')",
    "resources_fts": "insert into resources_fts (resources_fts) values ('rebuild')",
    "documents_fts": "insert into documents_fts (documents_fts) values ('rebuild')",
}

FROM_CLAIMS = {"highlights", "documents", "notes", "tags", "tweets"}
"""Tables whose texts are restored from claims."""

MESSAGES = {
    "foreign keys": ("row refers to a row that does not exist", "rows refer to rows that do not exist"),
    "contents": ("row differs from what its files contain", "rows differ from what their files contain"),
    **dict.fromkeys(FULL_TEXT, ("", "the full-text index differs from its table")),
    "highlights_cjk": ("highlight has wrong index entries", "highlights have wrong index entries"),
    "places": (
        "highlight has no appearance and is not marked as gone",
        "highlights have no appearance and are not marked as gone",
    ),
    "names": (
        "file contains an item that should or should not be one with another file's",
        "files contain items that should or should not be one with another file's",
    ),
    "authors": (
        "author is spelled as no file spells them",
        "authors are spelled as no file spells them",
    ),
    "copies": (
        "highlight differs from its document in author or category",
        "highlights differ from their document in author or category",
    ),
    "threads": ("tweet has a wrong place in its thread", "tweets have wrong places in their threads"),
    "resources": ("resource has no link to it", "resources have no link to them"),
    "tags": ("tag is not used", "tags are not used"),
    "runs": (
        "run never ended: its process is gone",
        "runs never ended: their processes are gone",
    ),
    "cut texts": ("highlight is cut off by its source", "highlights are cut off by their source"),
    "not read": (
        "page has signs of highlights in a form that is not known",
        "pages have signs of highlights in a form that is not known",
    ),
    "pictures": (
        "picture's file is missing or damaged; --fix queues it for download",
        "pictures' files are missing or damaged; --fix queues them for download",
    ),
}
"""What a check reports about one row, and about several."""

FIX = "`gleanings doctor --fix`"
RESTORE = "`gleanings restore` puts a backup back"
ADVICE = {
    "foreign keys": f"{RESTORE}; without one, import the graph into a new store",
    "cut texts": "`gleanings search is:cut` lists them; an import from Readwise's API has the whole texts",
    "not read": "`select path, line, message from problems join files on files.id = file_id` names them",
}
"""What to do about findings that `repair_store` does not fix."""
HARMLESS = ("cut texts", "not read")
"""Findings about the pages themselves: nothing is wrong in the store, and every import finds them again."""


def check_store(db: sqlite3.Connection) -> list[Finding]:
    """Run every check, the most important first; if the file or its tables are damaged, only those."""
    findings = [_check_file(db)]
    if not findings[0].trouble:
        findings.append(_check_schema(db))
    if findings[-1].trouble:
        return findings
    findings.append(_check_encoding(db))
    if findings[-1].trouble:
        db.text_factory = decode_tolerantly
    damaged = find_damaged_rows(db)
    wrong = find_wrong_indexes(db)
    return [
        *findings,
        _count(db, "foreign keys", "select count(*) from pragma_foreign_key_check"),
        _make_finding("contents", len(damaged), fixable=True, details=describe_damage(damaged)),
        *[_make_finding(index, int(index in wrong), fixable=True) for index in FULL_TEXT],
        _make_finding("highlights_cjk", count_wrong_pairs(db), fixable=True),
        _count_swept(db, "places", highlights_nowhere),
        _make_finding("names", len(find_misnamed(db)), fixable=True),
        _make_finding("authors", len(find_misspelled(db)), fixable=True),
        _make_finding("copies", sum(find_wrong_copies(db).values()), fixable=True),
        _make_finding("threads", len(find_wrong_threads(db)), fixable=True),
        _check_counts(db),
        _count(db, "resources", orphan_resources, fixable=True),
        _count_swept(db, "tags", unused_tags),
        _make_finding("runs", len(find_crashed_runs(db)), fixable=True),
        _count(db, "cut texts", count_cut),
        _check_unreadable(db),
        _count(db, "not read", "select count(distinct file_id) from problems where kind = 'not-read'"),
        _make_finding("pictures", len(find_lost_copies(db)), fixable=True),
        _check_sqlite(),
    ]


def repair_store(db: sqlite3.Connection, *, now: str) -> bool:
    """Repair what `check_store` calls fixable; no text of the reader's is lost. False if the file or its
    tables are damaged: then nothing is changed."""
    if _check_file(db).trouble or any(not is_derived(*each) for each in find_missing(db)):
        return False
    db.text_factory = decode_tolerantly
    with transaction(db):
        make_missing(db)
        replace_not_utf8(db)
        restore_damaged_rows(db, now=now)
        fix_names(db, now=now)
        mark_gone(db, now=now)
        refresh_authors(db)
        refresh_copies(db, find_wrong_copies(db))
        save_threads(db, set(find_wrong_threads(db)))
        db.execute(delete_orphan_resources)
        drop_unused_tags(db)
        mark_crashed_runs(db, now=now)
        for index in find_wrong_indexes(db):  # after the rows, since triggers rely on what they replace
            db.execute(rebuild_full_text[index])
        if count_wrong_pairs(db):
            rebuild_pairs(db)
        recount(db)
    forget_lost_copies(db)  # outside the transaction, since it reads every picture's file
    return True


def _count_swept(db: sqlite3.Connection, check: str, query: str) -> Finding:
    """A check of what an import does at its end; one that did not get there leaves it to the next import,
    whose files may have what is missing here."""
    if was_left_unfinished(db, "import"):
        return Finding(check, 0, "not up to date yet: the next import finishes what the last one left")
    return _count(db, check, query, fixable=True)


def _check_schema(db: sqlite3.Connection) -> Finding:
    missing = find_missing(db)
    if not missing:
        return Finding("schema", 0)
    lost = [f"the {type_} {name}" for type_, name in missing if not is_derived(type_, name)]
    names = ", ".join((lost or [f"the {type_} {name}" for type_, name in missing])[:5])
    return Finding(
        "schema", len(missing), f"missing from the store: {names}", not lost, RESTORE if lost else FIX
    )


def _check_encoding(db: sqlite3.Connection) -> Finding:
    columns = find_not_utf8(db)
    if not columns:
        return Finding("encoding", 0)
    is_restorable = {each.partition(".")[0] for each in columns} <= FROM_CLAIMS
    message = f"bytes that are not UTF-8 in {', '.join(columns[:5])}"
    return Finding(
        "encoding", len(columns), message, True, FIX if is_restorable else f"{FIX}; if they stay: {RESTORE}"
    )


def _check_counts(db: sqlite3.Connection) -> Finding:
    if are_counts_stale(db):
        return Finding("counts", 0, "not up to date yet: the next command that writes updates them")
    wrong = find_wrong_counts(db)
    message = f"{len(wrong):,} kept counts are wrong, such as {', '.join(wrong[:3])}" if wrong else ""
    return Finding("counts", len(wrong), message, bool(wrong), FIX if wrong else "")


def _count(db: sqlite3.Connection, check: str, query: str, *, fixable: bool = False) -> Finding:
    return _make_finding(check, int(db.execute(query).fetchone()[0]), fixable=fixable)


def _make_finding(check: str, trouble: int, *, fixable: bool = False, details: str = "") -> Finding:
    if not trouble:
        return Finding(check, 0)
    one, many = MESSAGES[check]
    message = f"{trouble:,} {one if trouble == 1 else many}" if one else many
    message = f"{message}: {details}" if details else message
    advice = FIX if fixable else ADVICE[check]
    return Finding(check, trouble, message, fixable, advice, check in HARMLESS)


def _check_file(db: sqlite3.Connection) -> Finding:
    try:
        answers = [text for (text,) in db.execute("pragma integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        answers = [str(error)]
    if answers == ["ok"]:
        return Finding("integrity", 0)
    message = f"the file is damaged: {'; '.join(answers)}"
    return Finding("integrity", len(answers), message, advice=RESTORE)


def _check_unreadable(db: sqlite3.Connection) -> Finding:
    files = [row[0] for row in db.execute(unreadable_files)]
    if not files:
        return Finding("files", 0)
    count = "1 file" if len(files) == 1 else f"{len(files):,} files"
    others = " and others" if len(files) > 1 else ""
    advice = "check the file and its permissions; the next `gleanings import` tries again"
    return Finding("files", len(files), f"{count} could not be read: {files[0]}{others}", advice=advice)


def _check_sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return Finding("SQLite", 0)
    message = f"SQLite {sqlite3.sqlite_version} is too old: 3.38 or later is needed"
    return Finding("SQLite", 1, message, advice="install gleanings with a newer Python")
