"""Is the store whole? Each check says what is wrong; what can be mended without guessing is."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from store.cjk import pair_characters
from store.connection import transaction
from store.counts import refresh_counts
from store.facet_copies import find_wrong_copies, refresh_copies
from store.gone import mark_gone
from store.naming import find_misnamed, mend_names
from store.pictures import find_lost_copies, forget_lost_copies


class Finding(NamedTuple):
    """What one check found."""

    check: str
    trouble: int
    """How many rows are wrong; 0 where all is well."""
    message: str = ""
    mendable: bool = False


OLDEST_SQLITE = (3, 38)

highlights_nowhere = """
select count(*) from highlights as h
where h.gone_at is null and not exists (select 1 from appearances as a where a.highlight_id = h.id)
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


WORDS = {
    "foreign keys": ("row points to nothing", "rows point to nothing"),
    "highlights_cjk": ("highlight is indexed wrongly", "highlights are indexed wrongly"),
    "places": (
        "highlight stands nowhere and is not marked gone",
        "highlights stand nowhere and are not marked gone",
    ),
    "names": (
        "file shows what should be one row with others, or should not",
        "files show what should be one row with others, or should not",
    ),
    "copies": (
        "highlight differs from its document in author or category",
        "highlights differ from their document in author or category",
    ),
    "resources": ("resource that no link leads to", "resources that no link leads to"),
    "tags": ("tag that nothing has", "tags that nothing has"),
    "runs": (
        "run never ended: it crashed, or is under way",
        "runs never ended: they crashed, or one is under way",
    ),
    "cut texts": ("highlight is cut; see cut_highlights", "highlights are cut; see cut_highlights"),
    "pictures": (
        "picture has lost its copy, or it is damaged: --mend makes it due again",
        "pictures have lost their copy, or it is damaged: --mend makes them due again",
    ),
}
"""What a check says of one row, and of more."""


def check_store(db: sqlite3.Connection) -> list[Finding]:
    """Every check, in the order of weight; of a damaged file that one alone."""
    integrity = _check_integrity(db)
    if integrity.trouble:
        return [integrity]
    return [
        integrity,
        _count(db, "foreign keys", "select count(*) from pragma_foreign_key_check"),
        *[_check_full_text(db, index) for index in rebuild_full_text],
        _check_pairs(db),
        _count(db, "places", highlights_nowhere, mendable=True),
        _make_finding("names", len(find_misnamed(db)), mendable=True),
        _make_finding("copies", sum(find_wrong_copies(db).values()), mendable=True),
        _count(db, "resources", orphan_resources, mendable=True),
        _count(db, "tags", unused_tags, mendable=True),
        _count(db, "runs", "select count(*) from runs where status = 'running'", mendable=True),
        _count(db, "cut texts", "select count(*) from cut_highlights"),
        _check_files(db),
        _make_finding("pictures", len(find_lost_copies(db)), mendable=True),
        _check_sqlite(),
    ]


def mend_store(db: sqlite3.Connection, *, now: str) -> None:
    """Mend what `check_store` calls mendable: nothing of the reader's is lost by any of it."""
    forget_lost_copies(db)  # reads every copy: not while others wait
    with transaction(db):
        for index in rebuild_full_text:
            if _check_full_text(db, index).trouble:
                db.execute(rebuild_full_text[index])
        if _check_pairs(db).trouble:
            _rebuild_pairs(db)
        mend_names(db, now=now)
        mark_gone(db, now=now)
        refresh_copies(db, find_wrong_copies(db))
        db.execute(
            "delete from resources"
            " where not exists (select 1 from links as l where l.resource_id = resources.id)"
        )
        db.execute(
            "delete from tags where not exists (select 1 from highlight_tags where tag_id = tags.id)"
            " and not exists (select 1 from document_tags where tag_id = tags.id)"
        )
        db.execute(
            "update runs set status = 'interrupted', finished_at = :now where status = 'running'",
            {"now": now},
        )
        refresh_counts(db)


def _count(db: sqlite3.Connection, check: str, query: str, *, mendable: bool = False) -> Finding:
    return _make_finding(check, int(db.execute(query).fetchone()[0]), mendable=mendable)


def _make_finding(check: str, trouble: int, *, mendable: bool = False) -> Finding:
    if not trouble:
        return Finding(check, 0)
    one, many = WORDS[check]
    return Finding(check, trouble, f"{trouble:,} {one if trouble == 1 else many}", mendable)


def _check_files(db: sqlite3.Connection) -> Finding:
    files = [row[0] for row in db.execute(unreadable_files)]
    if not files:
        return Finding("files", 0)
    some = "1 file" if len(files) == 1 else f"{len(files):,} files"
    others = " and others" if len(files) > 1 else ""
    return Finding("files", len(files), f"{some} could not be read: {files[0]}{others}")


def _check_integrity(db: sqlite3.Connection) -> Finding:
    try:
        answers = [text for (text,) in db.execute("pragma integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        answers = [str(error)]
    if answers == ["ok"]:
        return Finding("integrity", 0)
    return Finding(
        "integrity", len(answers), "the file is damaged: " + "; ".join(answers) + ". Restore a copy"
    )


integrity_of_full_text = {
    "highlights_fts": "insert into highlights_fts (highlights_fts, rank) values ('integrity-check', 1)",
    "resources_fts": "insert into resources_fts (resources_fts, rank) values ('integrity-check', 1)",
    "documents_fts": "insert into documents_fts (documents_fts, rank) values ('integrity-check', 1)",
}
rebuild_full_text = {
    "highlights_fts": "insert into highlights_fts (highlights_fts) values ('rebuild')",
    "resources_fts": "insert into resources_fts (resources_fts) values ('rebuild')",
    "documents_fts": "insert into documents_fts (documents_fts) values ('rebuild')",
}


def _check_full_text(db: sqlite3.Connection, index: str) -> Finding:
    """`pragma integrity_check` does not see an index that its table went past; this does (STORE.md)."""
    try:
        db.execute(integrity_of_full_text[index])
    except sqlite3.DatabaseError:
        return Finding(index, 1, "the full-text index is not what the table says", True)
    return Finding(index, 0)


def _check_pairs(db: sqlite3.Connection) -> Finding:
    stored = dict(db.execute("select rowid, pairs from highlights_cjk").fetchall())
    wanted = _find_pairs(db)
    wrong = len(stored.keys() ^ wanted.keys()) + sum(
        stored[id_] != wanted[id_] for id_ in stored.keys() & wanted
    )
    return _make_finding("highlights_cjk", wrong, mendable=True)


def _find_pairs(db: sqlite3.Connection) -> dict[int, str]:
    notes: dict[int, str] = {}
    for id_, text in db.execute(
        "select highlight_id, text from notes where highlight_id is not null order by highlight_id, position"
    ):
        notes[id_] = notes.get(id_, "") + " " + text
    rows = db.execute("select id, text from highlights")
    return {id_: pairs for id_, text in rows if (pairs := pair_characters(text + notes.get(id_, "")))}


def _rebuild_pairs(db: sqlite3.Connection) -> None:
    db.execute("delete from highlights_cjk")
    db.executemany("insert into highlights_cjk (rowid, pairs) values (?, ?)", list(_find_pairs(db).items()))


def _check_sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return Finding("SQLite", 0)
    return Finding("SQLite", 1, f"SQLite {sqlite3.sqlite_version} is too old: 3.38 or later is needed")
