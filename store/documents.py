"""Writing documents and their authors: rows that did not change are not touched."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from store.claims import DocumentClaim, Place, format_claim, parse_document_claim
from store.hashing import hash_content
from store.labels import save_authors, save_tags
from store.merging import MergedDocument, merge_document


class DocumentSaid(NamedTuple):
    """One file's claim on a document."""

    uid: str
    file_id: int
    place: Place
    claim: DocumentClaim


class SavedDocument(NamedTuple):
    """A document's row, as far as its highlights need it."""

    id: int
    author_id: int | None
    category: str


class _Stored(NamedTuple):
    id: int
    content_hash: int
    author_id: int | None
    gone: bool


Row = tuple[object, ...]

existing_documents = """
select d.uid, d.id, d.content_hash, d.author_id, d.gone_at is not null
from temp.touched_documents as t join documents as d on d.uid = t.uid
"""

claims_elsewhere = """
select d.uid, a.file_id, f.root || '/' || f.path, a.line, a.said, d.id
from temp.touched_documents as t
join documents as d on d.uid = t.uid
join document_appearances as a on a.document_id = d.id
join files as f on f.id = a.file_id
where a.file_id not in (select id from temp.batch_files)
"""

documents_of_batch = """
select distinct d.uid
from document_appearances as a join documents as d on d.id = a.document_id
where a.file_id in (select id from temp.batch_files)
"""

insert_document = """
insert into documents (title, author_id, category, url, summary, note, full_title, properties, thread_id,
    content_hash, id, uid)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

update_document = """
update documents set title = ?, author_id = ?, category = ?, url = ?, summary = ?, note = ?, full_title = ?,
    properties = ?, thread_id = ?, content_hash = ?, gone_at = null
where id = ?
"""


refresh_copies = """
update highlights set
    category = d.category,
    author_id = coalesce(
        (select t.author_id from tweets as t where t.highlight_id = highlights.id), d.author_id
    )
from documents as d
where d.id = highlights.document_id and d.id = ?
"""


def save_documents(db: sqlite3.Connection, said: Sequence[DocumentSaid]) -> dict[str, SavedDocument]:
    """The rows of every document that the batch's files show or showed, by uid.

    Needs `temp.batch_files`; a document that stands nowhere any more keeps its row for `mark_gone`.
    """
    uids = {each.uid for each in said} | {uid for (uid,) in db.execute(documents_of_batch)}
    db.execute("delete from temp.touched_documents")
    db.executemany("insert into temp.touched_documents (uid) values (?)", ((uid,) for uid in uids))
    claims: dict[str, list[DocumentSaid]] = {}
    for each in (*said, *_read_elsewhere(db)):
        claims.setdefault(each.uid, []).append(each)
    merged = {
        uid: merge_document([(each.place, each.claim) for each in all_]) for uid, all_ in claims.items()
    }
    existing = {row[0]: _Stored(*row[1:]) for row in db.execute(existing_documents)}
    saved = _save_rows(db, merged, existing)
    _save_appearances(db, claims, saved)
    return saved


def _read_elsewhere(db: sqlite3.Connection) -> Iterable[DocumentSaid]:
    """What files outside the batch say; a claim without `said` is what the row itself says."""
    for uid, file_id, path, line, said, id_ in db.execute(claims_elsewhere).fetchall():
        claim = parse_document_claim(said) if said else read_document_claim(db, id_)
        yield DocumentSaid(uid, file_id, Place(uid, path, line, 0), claim)


document_row = """
select d.title, d.full_title, d.category, au.name, au.handle, au.url, d.url, d.summary, d.note, d.thread_id,
    d.properties
from documents as d left join authors as au on au.id = d.author_id
where d.id = ?
"""

document_tag_names = """
select t.name from document_tags as dt join tags as t on t.id = dt.tag_id
where dt.document_id = ? order by dt.position
"""

document_blocks = """
select kind, text from notes where document_id = ? and highlight_id is null order by position
"""


def read_document_claim(db: sqlite3.Connection, id_: int) -> DocumentClaim:
    """The claim that the row of a document with a single appearance was made of."""
    row = db.execute(document_row, (id_,)).fetchone()
    title, full_title, category, name, handle, author_url, url, summary, note, thread_id, properties = row
    return DocumentClaim(
        title,
        full_title,
        category,
        (name, handle, author_url) if name is not None else None,
        url,
        summary,
        note,
        thread_id,
        tuple(name for (name,) in db.execute(document_tag_names, (id_,))),
        tuple(_flatten_properties(json.loads(properties))),
        tuple(db.execute(document_blocks, (id_,)).fetchall()),
    )


def _flatten_properties(properties: dict[str, str | list[str]]) -> Iterable[tuple[str, str]]:
    for key, value in properties.items():
        for each in [value] if isinstance(value, str) else value:
            yield key, each


def _save_rows(
    db: sqlite3.Connection, merged: Mapping[str, MergedDocument], existing: Mapping[str, _Stored]
) -> dict[str, SavedDocument]:
    authors = save_authors(db, [each.claim.author for each in merged.values() if each.claim.author])
    next_id = int(db.execute("select coalesce(max(id), 0) + 1 from documents").fetchone()[0])
    saved: dict[str, SavedDocument] = {}
    inserts: list[Row] = []
    updates: list[Row] = []
    changed: dict[int, MergedDocument] = {}
    for uid, document in merged.items():
        claim = document.claim
        author_id = authors[claim.author] if claim.author else None
        content_hash = hash_content((*claim[:], document.properties))
        stored = existing.get(uid)
        id_ = stored.id if stored else next_id
        if stored is None:
            next_id += 1
            inserts.append((*_row_values(document, author_id), content_hash, id_, uid))
            changed[id_] = document
        elif (content_hash, author_id, False) != stored[1:]:
            updates.append((*_row_values(document, author_id), content_hash, id_))
            changed[id_] = document
        saved[uid] = SavedDocument(id_, author_id, claim.category)
    db.executemany(insert_document, inserts)
    db.executemany(update_document, updates)
    _save_children(db, changed, new=not updates)
    db.executemany(refresh_copies, [(row[-1],) for row in updates])
    return saved


def _row_values(document: MergedDocument, author_id: int | None) -> Row:
    claim = document.claim
    properties = json.dumps(dict(document.properties), ensure_ascii=False)
    words = (claim.title, author_id, claim.category, claim.url, claim.summary, claim.note)
    return (*words, claim.full_title, properties, claim.thread_id)


def _save_children(db: sqlite3.Connection, changed: Mapping[int, MergedDocument], *, new: bool) -> None:
    """The tags and own blocks of documents that are new or changed."""
    if not new:
        ids = [(id_,) for id_ in changed]
        db.executemany("delete from document_tags where document_id = ?", ids)
        db.executemany("delete from notes where document_id = ? and highlight_id is null", ids)
    tags = save_tags(db, {tag for document in changed.values() for tag in document.claim.tags})
    db.executemany(
        "insert into document_tags (document_id, tag_id, position) values (?, ?, ?)",
        (
            (id_, tags[tag], position)
            for id_, document in changed.items()
            for position, tag in enumerate(document.claim.tags)
        ),
    )
    db.executemany(
        "insert into notes (text, kind, document_id, position) values (?, ?, ?, ?)",
        (
            (text, kind, id_, position)
            for id_, document in changed.items()
            for position, (kind, text) in enumerate(document.claim.blocks)
        ),
    )


upsert_appearance = """
insert into document_appearances (document_id, file_id, line, said) values (?, ?, ?, ?)
on conflict (document_id, file_id, line) do update set said = excluded.said
    where said is not excluded.said
"""

appearances_of_batch = """
select document_id, file_id, line, said from document_appearances
where file_id in (select id from temp.batch_files)
"""


def _save_appearances(
    db: sqlite3.Connection, claims: Mapping[str, Sequence[DocumentSaid]], saved: Mapping[str, SavedDocument]
) -> None:
    """Where each document stands; files outside the batch get their `said` when they are not alone now."""
    wanted = {
        (saved[uid].id, each.file_id, each.place.line): format_claim(each.claim) if len(all_) > 1 else None
        for uid, all_ in claims.items()
        for each in all_
    }
    stored = {row[:3]: row[3] for row in db.execute(appearances_of_batch)}
    db.executemany(
        "delete from document_appearances where document_id = ? and file_id = ? and line = ?",
        [key for key in stored if key not in wanted],
    )
    db.executemany(
        upsert_appearance,
        [(*key, said) for key, said in wanted.items() if key not in stored or stored[key] != said],
    )
