"""Writing documents and their authors: rows that did not change are not touched."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from store.appearances import save_document_appearances
from store.assigning import Assigned, assign_rows
from store.claims import DocumentSaid, HighlightSaid, Place, parse_document_claim
from store.document_names import find_sources, name_documents
from store.facet_copies import refresh_copies
from store.hashing import hash_content
from store.labels import save_authors, save_tags
from store.merging import MergedDocument, merge_document
from store.staging import DOCUMENTS, Row, insert_rows
from store.stood import DocumentStood, find_documents
from store.stored_claims import read_documents_said


class SavedDocument(NamedTuple):
    """A document's row, as far as its highlights need it."""

    id: int
    author_id: int | None
    category: str


@dataclass(frozen=True, slots=True)
class SavedDocuments:
    """The documents of a batch."""

    names: Mapping[str, str]
    """What a document goes by that a file calls otherwise."""
    rows: Mapping[str, SavedDocument]
    """By the name that the document goes by."""
    moved: frozenset[int]
    """The rows (ids) of which files outside the batch say something that belongs to another name now."""
    assigned: Assigned


class _Stored(NamedTuple):
    content_hash: int
    author_id: int | None
    gone: bool


existing_documents = """
select d.uid, d.id, d.content_hash, d.author_id, d.gone_at is not null
from temp.touched_rows as t join documents as d on d.id = t.id
"""

update_document = """
update documents set title = ?, author_id = ?, category = ?, url = ?, summary = ?, note = ?, full_title = ?,
    properties = ?, thread_id = ?, content_hash = ?, gone_at = null
where id = ?
"""


def save_documents(
    db: sqlite3.Connection, said: Sequence[DocumentSaid], highlights: Sequence[HighlightSaid]
) -> SavedDocuments:
    """Bring every document that the batch's files show or showed up to date; `highlights` are the batch's.

    Needs `temp.batch_files`. A document that stands nowhere any more keeps its row for `mark_gone`, and a
    row its name until `settle_documents`, as the highlights that stand in it are still found by that.
    """
    titles = {each.title for each in said if each.title is not None}
    stood = find_documents(db, {each.uid for each in said}, titles)
    existing = {row[0]: row[1:] for row in db.execute(existing_documents)}
    others = [each for each in stood if not each.in_batch]
    names = name_documents(db, said, others, highlights)
    claims: dict[str, list[DocumentSaid]] = {}
    for each in (*said, *_read_claims(db, others)):
        claims.setdefault(names.get(each.uid, each.uid), []).append(each)
    stood_at, left = find_sources(stood, said, names)
    assigned = assign_rows(claims, {uid: row[0] for uid, row in existing.items()}, stood_at)
    assigned.take_free(left)
    assigned.merge_left(stood_at)
    assigned.merge_left(left)
    merged = {
        uid: merge_document([(each.place, each.claim) for each in all_]) for uid, all_ in claims.items()
    }
    saved = _save_rows(db, merged, assigned.ids, {row[0]: _Stored(*row[1:]) for row in existing.values()})
    save_document_appearances(db, claims, assigned.ids, stood)
    moved = frozenset(each.row_id for each in others if names.get(each.uid, each.uid) != each.row_uid)
    return SavedDocuments(names, saved, moved, assigned)


def _read_claims(db: sqlite3.Connection, stood: Sequence[DocumentStood]) -> Iterable[DocumentSaid]:
    """What files outside the batch say; a claim without `said` is what the row itself says."""
    alone = read_documents_said(db, [each.row_id for each in stood if each.said is None])
    for each in stood:
        claim = parse_document_claim(each.said or alone[each.row_id])
        place = Place(each.uid, each.path, each.line, 0)
        yield DocumentSaid(each.uid, each.file_id, place, claim, each.title)


def _save_rows(
    db: sqlite3.Connection,
    merged: Mapping[str, MergedDocument],
    ids: dict[str, int],
    existing: Mapping[int, _Stored],
) -> dict[str, SavedDocument]:
    """The rows by name; `ids` get those of new rows, too."""
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
        id_ = ids.setdefault(uid, next_id)
        stored = existing.get(id_)
        if stored is None:
            next_id += 1
            inserts.append((*_row_values(document, author_id), content_hash, id_, uid))
            changed[id_] = document
        elif (content_hash, author_id, False) != stored:
            updates.append((*_row_values(document, author_id), content_hash, id_))
            changed[id_] = document
        saved[uid] = SavedDocument(id_, author_id, claim.category)
    insert_rows(db, DOCUMENTS, inserts)
    db.executemany(update_document, updates)
    _save_children(db, changed, new=not updates)
    refresh_copies(db, changed.keys() & existing.keys())
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
