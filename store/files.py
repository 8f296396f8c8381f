"""Files that were read: when, with which settings, and what was wrong with them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from record_types.library import EMBEDDED_SECTION

if TYPE_CHECKING:
    from record_types.pages import FileStamp, Problem, SourceFile
    from store.claims import FileClaims


class KnownFile(NamedTuple):
    """A file as the last import read it."""

    id: int
    root: str
    path: str
    """Relative to `root`, with `/`."""
    size: int
    mtime_ns: int
    sha256: str
    gone: bool
    reader: int
    """Version of the parser that read it."""
    repair: str
    """`done` if double-encoded text was repaired, `left` if it was found but not repaired; else empty."""
    read_as: str = ""
    """The folder's settings it was read with."""


known_files = """
select f.id, f.root, f.path, f.size, f.mtime_ns, f.sha256, f.gone_at is not null as gone, f.reader,
    case
        when f.encoding = 'utf-8, repaired' then 'done'
        else coalesce(
            (
                select case p.kind when 'damaged' then 'left' else 'done' end from problems as p
                where p.file_id = f.id and p.kind in ('damaged', 'repaired-lines') limit 1
            ),
            ''
        )
    end as repair,
    f.read_as
from files as f
"""


def read_known_files(db: sqlite3.Connection) -> dict[str, KnownFile]:
    """Every file that was ever read, by absolute path."""
    rows = (KnownFile(*row) for row in db.execute(known_files))
    return {f"{known.root}/{known.path}": known for known in rows}


paths_below = """
select f.path || '/' || w.path from export_folders as f
join written as w on w.folder_id = f.id
where w.block_key = '' and f.path || '/' || w.path > :prefix and f.path || '/' || w.path < :after
    and not exists (
        select 1 from written as s
        where s.folder_id = w.folder_id and s.path = w.path and s.block_key = :embedded
    )
"""


def read_written_paths(db: sqlite3.Connection, folders: Iterable[str]) -> set[str]:
    """The absolute paths of all notes written to `folders`, which an import must not read.

    Pages of the reader's that contain a note of ours as a section are not among them.
    """
    prefixes = [folder.rstrip("/") for folder in folders]
    rows = [  # `0` follows `/`
        {"prefix": f"{prefix}/", "after": f"{prefix}0", "embedded": EMBEDDED_SECTION} for prefix in prefixes
    ]
    return {path for row in rows for (path,) in db.execute(paths_below, row)}


highlight_pages = """
select root || '/' || path from files where dialect is not null and gone_at is null
"""


def read_page_paths(db: sqlite3.Connection) -> set[str]:
    """The absolute paths of the highlight pages."""
    return {path for (path,) in db.execute(highlight_pages)}


page_lines = """
select f.root || '/' || f.path, d.uid, h.uid, a.line
from appearances as a
join files as f on f.id = a.file_id
join documents as d on d.id = a.document_id
join highlights as h on h.id = a.highlight_id
where f.gone_at is null and substr(f.root || '/' || f.path, 1, length(:prefix)) = :prefix
order by f.root, f.path, a.line
"""


class PageLine(NamedTuple):
    """Where a highlight is in a page."""

    path: str
    """Absolute."""
    document: str
    """Its uid."""
    highlight: str
    """Its uid."""
    line: int
    """From 1."""


def read_page_lines(db: sqlite3.Connection, folder: str) -> list[PageLine]:
    """Where the highlights are in the pages below a folder, by path and line."""
    return [PageLine(*row) for row in db.execute(page_lines, {"prefix": folder.rstrip("/") + "/"})]


def read_files_below(db: sqlite3.Connection, root: str) -> dict[str, KnownFile]:
    """Every file with this root that was ever read, by its path relative to the root."""
    rows = (KnownFile(*row) for row in db.execute(known_files + "where f.root = ?", (root,)))
    return {known.path: known for known in rows}


named_files = """
select f.id
from json_each(?) as t
cross join files as f on f.root = json_extract(t.value, '$[0]') and f.path = json_extract(t.value, '$[1]')
"""


def find_known(db: sqlite3.Connection, files: Iterable[SourceFile]) -> set[int]:
    """The ids of the given files that were read before."""
    places = json.dumps([(file.stamp.root, file.stamp.path) for file in files])
    return {id_ for (id_,) in db.execute(named_files, (places,))}


upsert_file = """
insert into files (root, path, dialect, encoding, sha256, size, mtime_ns, reader, read_as, run_id)
values (:root, :path, :dialect, :encoding, :sha256, :size, :mtime_ns, :reader, :read_as, :run_id)
on conflict (root, path) do update set
    dialect = excluded.dialect, encoding = excluded.encoding, sha256 = excluded.sha256,
    size = excluded.size, mtime_ns = excluded.mtime_ns, reader = excluded.reader,
    read_as = excluded.read_as, run_id = excluded.run_id, gone_at = null
returning id
"""

clear_rows = {
    "problems": "delete from problems where file_id = ?",
    "sections": "delete from sections where file_id = ?",
    "block_properties": "delete from block_properties where file_id = ?",
    "topic_aliases": "delete from topic_aliases where file_id = ?",
}
insert_rows = {
    "problems": "insert into problems (kind, message, line, file_id) values (?, ?, ?, ?)",
    "sections": "insert or ignore into sections (line, heading, synced_on, file_id) values (?, ?, ?, ?)",
    "block_properties": """
insert or ignore into block_properties (line, key, value, file_id) values (?, ?, ?, ?)
""",
    "topic_aliases": "insert or ignore into topic_aliases (page, alias, file_id) values (?, ?, ?)",
}
"""What is stored about a file besides its claims, by table."""


RowsByTable = Mapping[str, Sequence[Sequence[object]]]
"""The rows of one file by table, without the file's id."""


def save_files(
    db: sqlite3.Connection, files: Sequence[FileClaims], known: Collection[int], *, run_id: int, reader: int
) -> list[int]:
    """Save files with their problems, sections, block properties and aliases; their ids in the same order.

    The `known` ones (ids) were read before.
    """
    clear_files(db, known)
    ids: list[int] = []
    for file in files:
        row = _describe_row(file.source, run_id=run_id, reader=reader)
        ids.append(db.execute(upsert_file, row).fetchone()[0])
    rows: list[RowsByTable] = [
        {
            "problems": [(each.kind, each.message, each.line) for each in file.source.problems],
            "sections": [(each.line, each.heading, each.synced_on) for each in file.sections],
            "block_properties": [(each.line, each.key, each.value) for each in file.block_properties],
            "topic_aliases": [(file.source.page, alias) for alias in file.source.aliases],
        }
        for file in files
    ]
    fill_files(db, list(zip(ids, rows, strict=True)))
    return ids


def _describe_row(file: SourceFile, *, run_id: int, reader: int) -> dict[str, object]:
    return {
        "root": file.stamp.root,
        "path": file.stamp.path,
        "dialect": file.dialect,
        "encoding": file.encoding,
        "sha256": file.sha256,
        "size": file.stamp.size,
        "mtime_ns": file.stamp.mtime_ns,
        "reader": reader,
        "read_as": file.read_as,
        "run_id": run_id,
    }


def clear_files(db: sqlite3.Connection, ids: Collection[int]) -> None:
    """Delete the problems, sections, block properties and aliases of these files."""
    for statement in clear_rows.values():
        db.executemany(statement, ((id_,) for id_ in ids))


def fill_files(db: sqlite3.Connection, files: Sequence[tuple[int, RowsByTable]]) -> None:
    """Insert the rows of files; each with its id."""
    for table, statement in insert_rows.items():
        db.executemany(statement, [(*row, id_) for id_, rows in files for row in rows[table]])


stored_problems = "select kind, message, line from problems where file_id = ? order by id"

insert_unread = """
insert into files (root, path, sha256, size, mtime_ns, reader, read_as, run_id)
values (:root, :path, :sha256, :size, :mtime_ns, :reader, :read_as, :run_id)
on conflict (root, path) do update set
    sha256 = excluded.sha256, size = excluded.size, mtime_ns = excluded.mtime_ns, reader = excluded.reader,
    read_as = excluded.read_as, gone_at = null
    where (sha256, size, mtime_ns, reader, read_as)
        <> (excluded.sha256, excluded.size, excluded.mtime_ns, excluded.reader, excluded.read_as)
"""


def save_unreadable(db: sqlite3.Connection, files: Iterable[SourceFile], *, run_id: int, reader: int) -> None:
    """Save the problems of files that could not be read; their earlier content stays in the store.

    Nothing is written if the problems are already stored. An empty `sha256` makes the next run try again.
    """
    for file in files:
        db.execute(insert_unread, _describe_row(file, run_id=run_id, reader=reader))
        place = (file.stamp.root, file.stamp.path)
        id_ = db.execute("select id from files where root = ? and path = ?", place).fetchone()[0]
        wanted = [(problem.kind, problem.message, problem.line) for problem in file.problems]
        if db.execute(stored_problems, (id_,)).fetchall() != wanted:
            db.execute(clear_rows["problems"], (id_,))
            db.executemany(insert_rows["problems"], [(*problem, id_) for problem in wanted])


unknown_file = """
select 1 from files as f
where f.root = :root and f.path = :path and f.dialect is null and f.gone_at is null
    and not exists (select 1 from problems as p where p.file_id = f.id and p.kind = 'unreadable')
"""


def is_unknown(db: sqlite3.Connection, root: str, path: str) -> bool:
    """Whether a file was opened, and no dialect reads it."""
    return db.execute(unknown_file, {"root": root, "path": path}).fetchone() is not None


def save_stamps(db: sqlite3.Connection, stamps: Iterable[tuple[int, FileStamp]]) -> None:
    """Save the size and time of files (by id) that were touched without a change to their bytes."""
    db.executemany(
        "update files set size = ?, mtime_ns = ? where id = ?",
        ((stamp.size, stamp.mtime_ns, id_) for id_, stamp in stamps),
    )


def save_run_problems(db: sqlite3.Connection, problems: Iterable[tuple[str, Problem]]) -> None:
    """Replace the problems that belong to no stored file (a name that is not UTF-8, a sync conflict copy)."""
    wanted = [(problem.kind, f"{path}: {problem.message}", problem.line, None) for path, problem in problems]
    stored = db.execute("select kind, message, line, file_id from problems where file_id is null").fetchall()
    if sorted(stored, key=repr) == sorted(wanted, key=repr):
        return
    db.execute("delete from problems where file_id is null")
    db.executemany(insert_rows["problems"], wanted)


def mark_files_gone(db: sqlite3.Connection, ids: Sequence[int], *, now: str) -> None:
    """Mark files as gone; `mark_gone` then marks the highlights that appeared only in them."""
    db.executemany(
        "update files set gone_at = ? where id = ? and gone_at is null", ((now, id_) for id_ in ids)
    )
    clear_files(db, ids)


current_problems = """
select p.kind, f.root || '/' || f.path, p.line, p.message
from problems as p left join files as f on f.id = p.file_id
where p.kind not in (select value from json_each(:without))
order by 2, 3, 1
"""


def read_problems(
    db: sqlite3.Connection, *, without: Sequence[str] = ()
) -> list[tuple[str, str | None, int | None, str]]:
    """(kind, absolute path or None, line, message) of each current problem; path None: of no stored file."""
    return db.execute(current_problems, {"without": json.dumps(list(without))}).fetchall()
