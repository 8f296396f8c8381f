"""Compare rows with the claims that they are made from: find what a disk damaged, and restore it.

The row of a document or highlight, its notes, tags, links and pictures are a function of its files' claims,
and `content_hash` is a hash of that. If claims and hash agree, a row that differs was damaged; otherwise a
claim was, and its file is read again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from store.authors import make_twitter_author, name_author
from store.claims import Sourced, parse_document_claim, parse_highlight_claim, try_unpack
from store.merge_claims import MergedDocument, MergedHighlight, merge_document, merge_highlight
from store.row_checks import save_again
from store.row_writer import (
    Home,
    hash_document,
    hash_highlight,
    make_document_values,
    make_highlight_values,
)


class DamagedRow(NamedTuple):
    """A row that differs from the claims on it, or whose claims are damaged."""

    table: Literal["documents", "highlights"]
    id: int
    uid: str
    files: tuple[int, ...]
    """Those that contain it (ids)."""
    place: str
    """Path and line of one of its appearances."""
    text: str
    """As the row has it."""
    is_claim: bool
    """A claim is damaged, and not only the row."""


class _Stored(NamedTuple):
    """A row with its children, in the same form as what its claims make."""

    content_hash: int
    values: tuple[Any, ...]
    children: tuple[Any, ...]


document_claims = """
select a.document_id, d.uid, a.uid, a.uid, a.line, a.line, 0, a.title, a.claim, a.file_id,
    f.root || '/' || f.path, d.uid
from document_appearances as a
join documents as d on d.id = a.document_id
join files as f on f.id = a.file_id
order by a.document_id, a.file_id, a.line
"""

highlight_claims = """
select a.highlight_id, h.uid, a.uid, coalesce(p.uid, ''), a.line, a.page_line, a.position, a.pair, a.claim,
    a.file_id, f.root || '/' || f.path, d.uid
from appearances as a
join highlights as h on h.id = a.highlight_id
join files as f on f.id = a.file_id
join documents as d on d.id = a.document_id
left join document_appearances as p on p.file_id = a.file_id and p.line = a.page_line
order by a.highlight_id, a.file_id, a.line
"""

document_rows = """
select d.id, d.content_hash, d.title, a.uid, d.category, d.url, d.summary, d.note, d.full_title, d.properties,
    d.thread_id
from documents as d left join authors as a on a.id = d.author_id
where d.gone_at is null order by d.id
"""

highlight_rows = """
select id, content_hash, text, note, document_id, position, year, taken_at, view_url, location, location_kind,
    synced_on, incomplete
from highlights where gone_at is null order by id
"""

children_of_documents = (
    """select document_id, position, kind, text from notes where highlight_id is null
    order by document_id, position""",
    """select document_id, position, name from document_tags join tags on tags.id = tag_id
    order by document_id, position""",
)

children_of_highlights = (
    """select highlight_id, position, kind, text, document_id from notes where highlight_id is not null
    order by highlight_id, position""",
    """select highlight_id, position, name from highlight_tags join tags on tags.id = tag_id
    order by highlight_id, position""",
    """select highlight_id, position, uid, label from highlight_links join links on links.id = link_id
    order by highlight_id, position""",
    """select highlight_id, position, url, alt from highlight_media join media on media.id = media_id
    order by highlight_id, position""",
    """select highlight_id, t.id, t.url, created_at, a.uid
    from tweets as t left join authors as a on a.id = t.author_id order by highlight_id""",
)

author_uids = "select id, uid from authors"

homes = "select uid, id, author_id, category from documents"


def find_damaged_rows(db: sqlite3.Connection) -> list[DamagedRow]:
    """The documents and highlights that are not what their claims make them."""
    return [*_find_documents(db), *_find_highlights(db)]


def _find_documents(db: sqlite3.Connection) -> Iterator[DamagedRow]:
    def describe(claims: Sequence[Sourced[Any]]) -> _Stored:
        merged: MergedDocument = merge_document(claims)
        title, _, *rest = make_document_values(merged, None)
        author = name_author(merged.claim.author) if merged.claim.author else None
        children = (_number(merged.claim.notes), _list_tags(merged.claim.tags))
        return _Stored(hash_document(merged), (title, author, *rest), children)

    stored = _read_stored(db, document_rows, children_of_documents)
    yield from _compare(db, "documents", document_claims, parse_document_claim, describe, stored)


def _find_highlights(db: sqlite3.Connection) -> Iterator[DamagedRow]:
    documents = {uid: Home(*home) for uid, *home in db.execute(homes)}
    authors = dict(db.execute(author_uids))

    def describe(claims: Sequence[Sourced[Any]]) -> _Stored:
        merged: MergedHighlight = merge_highlight(claims)
        claim, tweet = merged.claim, merged.claim.tweet
        text, note, home, position, _, _, *rest = make_highlight_values(
            merged, documents[merged.document], None
        )
        author = authors.get(documents[merged.document].author_id)
        if tweet and tweet.handle:
            author = name_author(make_twitter_author(tweet.handle))
        children = (
            tuple((*note, home) for note in _number(claim.notes)),
            _list_tags(claim.tags),
            _number(claim.links),
            _number(claim.pictures),
            ((tweet.id, tweet.url, tweet.created_at, author),) if tweet else (),
        )
        return _Stored(hash_highlight(merged), (text, note, home, position, *rest), children)

    stored = _read_stored(db, highlight_rows, children_of_highlights)
    yield from _compare(db, "highlights", highlight_claims, parse_highlight_claim, describe, stored)


def _number(children: Sequence[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    return tuple((position, *child) for position, child in enumerate(children))


def _list_tags(tags: Sequence[str]) -> tuple[tuple[Any, ...], ...]:
    return tuple(enumerate(dict.fromkeys(tags)))


def _read_stored(db: sqlite3.Connection, rows: str, children: Sequence[str]) -> dict[int, _Stored]:
    """Each row that is not gone, by id."""
    found = [
        {
            owner: tuple(tuple(row[1:]) for row in group)
            for owner, group in groupby(db.execute(query), key=itemgetter(0))
        }
        for query in children
    ]
    return {
        id_: _Stored(content_hash, tuple(values), tuple(each.get(id_, ()) for each in found))
        for id_, content_hash, *values in db.execute(rows)
    }


def _compare(
    db: sqlite3.Connection,
    table: Literal["documents", "highlights"],
    query: str,
    parse: Callable[[Any], Any],
    describe: Callable[[Sequence[Sourced[Any]]], _Stored],
    stored: dict[int, _Stored],
) -> Iterator[DamagedRow]:
    for id_, group in groupby(db.execute(query), key=itemgetter(0)):
        rows = list(group)
        row = stored.get(id_)
        if row is None:  # gone although a file contains it: the check of names and places reports that
            continue
        _, uid, _, _, line, *_, path, _ = rows[0]
        files = tuple(each[9] for each in rows)
        damaged = DamagedRow(table, id_, uid, files, f"{path}:{line}", str(row.values[0]), True)
        wanted = _merge(rows, parse, describe)
        if wanted is None:
            yield damaged
        elif wanted != row:
            agrees = wanted.content_hash == row.content_hash or wanted[1:] == row[1:]
            yield damaged._replace(is_claim=not agrees)


def _merge(
    rows: Sequence[Any], parse: Callable[[Any], Any], describe: Callable[[Sequence[Sourced[Any]]], _Stored]
) -> _Stored | None:
    """What the claims make together; None if one of them cannot be read."""
    claims = []
    for _, _, uid, document_uid, line, page_line, position, match, packed, file_id, path, document in rows:
        fields = try_unpack(packed)
        if fields is None or not document_uid:
            return None
        try:
            claim = parse(fields)
        except TypeError:  # JSON, but not a claim
            return None
        claims.append(
            Sourced(
                uid,
                document_uid,
                line,
                page_line,
                position,
                match,
                claim,
                file_id,
                path,
                document=document,
            )
        )
    try:
        return describe(claims)
    except (TypeError, ValueError, KeyError, AttributeError):  # fields of types other than a claim's
        return None


# --- restoring

claims = {
    "document_appearances": "select rowid, claim from document_appearances",
    "appearances": "select rowid, claim from appearances",
}
delete_claim = {
    "document_appearances": "delete from document_appearances where rowid = ?",
    "appearances": "delete from appearances where rowid = ?",
}

delete_lost = """
delete from appearances
where not exists (
    select 1 from document_appearances as p where p.file_id = appearances.file_id and p.line = page_line
)
"""
"""Appearances on a page that the store does not have."""

forget_hash = {
    "documents": "update documents set content_hash = 0 where id = ?",
    "highlights": "update highlights set content_hash = 0 where id = ?",
}

read_again = "update files set sha256 = '', size = -1, reader = 0 where id = ?"

delete_damaged_version = "delete from versions where highlight_id = ? and text = ? and replaced_at = ?"


def restore_damaged_rows(db: sqlite3.Connection, *, now: str) -> None:
    """Write damaged rows again from their claims; files with a damaged claim are read by the next import.

    Part of a transaction. The full-text index must be rebuilt afterwards: triggers take the damaged text
    for what it contains.
    """
    damaged = find_damaged_rows(db)
    unread = {id_ for row in damaged if row.is_claim for id_ in row.files}
    for row in damaged:
        db.execute(forget_hash[row.table], (row.id,))
    for table, query in claims.items():
        unreadable = [(id_,) for id_, packed in db.execute(query) if try_unpack(packed) is None]
        db.executemany(delete_claim[table], unreadable)
    db.execute(delete_lost)
    db.executemany(read_again, [(id_,) for id_ in sorted(unread)])
    save_again(db, {id_ for row in damaged for id_ in row.files} - unread, now=now)
    texts = [(row.id, row.text, now) for row in damaged if row.table == "highlights"]
    db.executemany(delete_damaged_version, texts)


def describe_damage(rows: Sequence[DamagedRow]) -> str:
    """The first rows, for a message."""
    named = [f"{row.table[:-1]} {row.id} ({row.uid}) of {row.place}" for row in rows[:3]]
    return json.dumps(named, ensure_ascii=False)[1:-1].replace('"', "") + (", …" if len(rows) > 3 else "")
