"""Integrity checks: what is wrong in the store, and repairs for everything that needs no guessing."""

from __future__ import annotations

import sqlite3

from store.authors import find_misnamed_authors, find_misspelled, refresh_authors, rename_authors
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
from store.findings import FIX, RESTORE, Finding, make_finding
from store.link_checks import LinkRules, count_old_keys, find_wrong_links, fix_links
from store.pictures import find_lost_copies, forget_lost_copies
from store.resolutions import drop_orphans
from store.row_checks import (
    find_hidden,
    find_misnamed,
    find_wrong_copies,
    find_wrong_counts,
    fix_names,
    recount,
    save_again,
)
from store.row_writer import refresh_copies
from store.runs import find_crashed_runs, mark_crashed_runs, was_left_unfinished
from store.save_batch import mark_gone
from store.tweets import find_wrong_threads, save_threads
from store.value_checks import FIXES, BadValue, find_bad_values, fix_bad_values, ignored_constraints
from store.written_checks import find_wrong_pages, forget_wrong_pages

# The operator `->>` came with it.
OLDEST_SQLITE = (3, 38)

rows_nowhere = """
select (
    select count(*) from highlights as h
    where h.gone_at is null and not exists (select 1 from appearances as a where a.highlight_id = h.id)
) + (
    select count(*) from documents as d
    where d.gone_at is null
        and not exists (select 1 from document_appearances as a where a.document_id = d.id)
)
"""

orphan_resources = """
select count(*) from resources as r where not exists (select 1 from links as l where l.resource_id = r.id)
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


def check_store(db: sqlite3.Connection, rules: LinkRules | None = None) -> list[Finding]:
    """Run every check, the most important first; if the file or its tables are damaged, only those.

    Links are compared with their URLs only if the rules about these are given.
    """
    findings = [_check_file(db)]
    if not findings[0].trouble:
        findings.append(_check_schema(db))
    if findings[-1].trouble:
        return findings
    findings.append(_check_encoding(db))
    if findings[-1].trouble:
        db.text_factory = decode_tolerantly
    values = find_bad_values(db)
    damaged = find_damaged_rows(db)
    wrong = find_wrong_indexes(db)
    links = find_wrong_links(db, rules) if rules else []
    named = ", ".join(f"{each.table[:-1]} {each.id}" for each in links[:3])
    return [
        *findings,
        _check_values(values),
        _count(db, "foreign keys", "select count(*) from pragma_foreign_key_check"),
        make_finding("contents", len(damaged), fixable=True, details=describe_damage(damaged)),
        *[make_finding(index, int(index in wrong), fixable=True) for index in FULL_TEXT],
        make_finding("highlights_cjk", count_wrong_pairs(db), fixable=True),
        _count_swept(db, "places", rows_nowhere, len(find_hidden(db))),
        make_finding("names", len(find_misnamed(db)), fixable=True),
        make_finding("authors", len(find_misspelled(db)) + len(find_misnamed_authors(db)), fixable=True),
        make_finding("copies", sum(find_wrong_copies(db).values()), fixable=True),
        make_finding("threads", len(find_wrong_threads(db)), fixable=True),
        _check_counts(db),
        make_finding("links", len(links), fixable=True, details=named),
        make_finding("old keys", count_old_keys(db, rules) if rules else 0),
        make_finding("written", len(find_wrong_pages(db)), fixable=True),
        _count(db, "resources", orphan_resources, fixable=True),
        _count_swept(db, "tags", unused_tags),
        make_finding("runs", len(find_crashed_runs(db)), fixable=True),
        _count(db, "cut texts", count_cut),
        _check_unreadable(db),
        _count(db, "not read", "select count(distinct file_id) from problems where kind = 'not-read'"),
        make_finding("pictures", len(find_lost_copies(db)), fixable=True),
        _check_sqlite(),
    ]


def repair_store(db: sqlite3.Connection, rules: LinkRules | None = None, *, now: str) -> bool:
    """Repair what `check_store` calls fixable; no text of the reader's is lost. False if the file or its
    tables are damaged: then nothing is changed."""
    if _check_file(db).trouble or any(not is_derived(*each) for each in find_missing(db)):
        return False
    db.text_factory = decode_tolerantly
    with ignored_constraints(db), transaction(db):
        make_missing(db)
        replace_not_utf8(db)
        _rebuild_indexes(db)  # before the rows, since triggers rely on the texts that are replaced
        if rules:
            fix_links(db, rules)  # before the rows, which refer to links by their uid
        rename_authors(db)
        restore_damaged_rows(db, now=now)
        fix_names(db, now=now)
        save_again(db, find_hidden(db), now=now)
        mark_gone(db, now=now)
        refresh_authors(db)
        refresh_copies(db, find_wrong_copies(db))
        save_threads(db, set(find_wrong_threads(db)))
        db.execute(drop_orphans)
        drop_unused_tags(db)
        mark_crashed_runs(db, now=now)
        _rebuild_indexes(db)
        if count_wrong_pairs(db):
            rebuild_pairs(db)
        fix_bad_values(db)
        forget_wrong_pages(db)
        recount(db)
    forget_lost_copies(db)  # outside the transaction, since it reads every picture's file
    return True


def _rebuild_indexes(db: sqlite3.Connection) -> None:
    for index in find_wrong_indexes(db):
        db.execute(rebuild_full_text[index])


def _count_swept(db: sqlite3.Connection, check: str, query: str, more: int = 0) -> Finding:
    """A check of what an import does at its end. An import that did not get that far leaves it to the
    next one, whose files may have what is missing here."""
    if was_left_unfinished(db, "import"):
        return Finding(check, 0, "not up to date yet: the next import finishes what the last one left")
    return make_finding(check, int(db.execute(query).fetchone()[0]) + more, fixable=True)


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
    return make_finding(check, int(db.execute(query).fetchone()[0]), fixable=fixable)


def _check_values(values: list[BadValue]) -> Finding:
    details = ", ".join(map(str, values[:3]))
    is_fixable = all(f"{table}.{column}" in FIXES for table, column, _ in values)
    return make_finding("values", len(values), fixable=is_fixable, details=details)


def _check_file(db: sqlite3.Connection) -> Finding:
    try:
        with ignored_constraints(db):  # `values` names the row
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
