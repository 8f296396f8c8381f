"""Saving a batch of files that were read: one transaction, before or after, never between."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from record_types.pages import SourceFile
from store.claims import DocumentSaid, HighlightSaid, Place, make_document_claim, make_highlight_claim
from store.connection import transaction
from store.documents import save_documents
from store.files import find_known, mark_files_gone, save_files
from store.highlights import save_highlights
from store.identities import hash_pair, hash_title
from store.links import save_links
from store.remembering import remember_files
from store.renames import settle_documents
from store.runs import Counts
from store.scratch import choose_files, create_scratch
from store.threads import save_threads


def save_batch(
    db: sqlite3.Connection,
    files: Sequence[SourceFile],
    *,
    run_id: int,
    now: str,
    reader: int = 1,
    gone_ids: Sequence[int] = (),
) -> Counts:
    """Store what `files` say, in one transaction; the counts are of highlights.

    `gone_ids` are files that are no longer there: what they said no longer counts. A highlight that
    stands nowhere any more keeps its row until `mark_gone`, as a later batch may have it on another page.
    """
    create_scratch(db)
    with transaction(db):
        known = find_known(db, files)
        remember_files(db, run_id, [*known, *gone_ids], ())
        file_ids = save_files(db, files, run_id=run_id, reader=reader)
        remember_files(db, run_id, (), [id_ for id_ in file_ids if id_ not in known])
        mark_files_gone(db, gone_ids, now=now)
        choose_files(db, (*file_ids, *gone_ids))
        save_links(
            db,
            [
                found.link
                for file in files
                for page in file.pages
                for highlight in page.highlights
                for found in highlight.links
            ],
        )
        return save_claims(db, *_collect_claims(files, file_ids), run_id=run_id, now=now)


def save_claims(
    db: sqlite3.Connection,
    documents_said: Sequence[DocumentSaid],
    highlights_said: Sequence[HighlightSaid],
    *,
    run_id: int | None,
    now: str,
) -> Counts:
    """Have the files in `temp.batch_files` say this and nothing else; the counts are of highlights."""
    documents = save_documents(db, documents_said, highlights_said)
    counts, document_ids = save_highlights(db, highlights_said, documents, run_id=run_id, now=now)
    settle_documents(db, documents.assigned)
    save_threads(db, document_ids | {document.id for document in documents.rows.values()})
    return counts


def _collect_claims(
    files: Sequence[SourceFile], file_ids: Sequence[int]
) -> tuple[list[DocumentSaid], list[HighlightSaid]]:
    documents: list[DocumentSaid] = []
    highlights: list[HighlightSaid] = []
    for file, file_id in zip(files, file_ids, strict=True):
        path = f"{file.stamp.root}/{file.stamp.path}"
        for page in file.pages:
            uid = page.document.uid
            title = hash_title(uid, page.document.title_key)
            document = make_document_claim(page)
            documents.append(DocumentSaid(uid, file_id, Place(uid, path, page.line, 0), document, title))
            for each in page.highlights:
                place = Place(uid, path, each.line, each.position)
                pair = hash_pair(title, each.text_key)
                highlights.append(
                    HighlightSaid(each.uid, uid, file_id, place, make_highlight_claim(each), pair)
                )
    return documents, highlights
