"""Save a batch of files: one transaction, saved completely or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence

from record_types.pages import SourceFile
from store.authors import refresh_authors
from store.children import drop_unused_tags
from store.claims import FileClaims, SourcedDocument, SourcedHighlight, claim_file
from store.connection import transaction
from store.files import find_known, mark_files_gone, save_files
from store.links import resolve_links, save_links
from store.row_plan import plan_documents, plan_highlights
from store.row_writer import merge_documents, write_documents, write_highlights
from store.runs import Counts
from store.tweets import HEALED_ROOT, save_threads
from store.undo_log import RememberedFile, remember_files


def save_batch(
    db: sqlite3.Connection,
    files: Sequence[SourceFile | FileClaims],
    *,
    run_id: int,
    now: str,
    reader: int = 1,
    gone_ids: Sequence[int] = (),
) -> Counts:
    """Store the contents of `files`; the counts are of highlights.

    `gone_ids` are files that no longer exist: their claims no longer count. A highlight that no
    longer appears anywhere keeps its row until `mark_gone`, as a later batch may have it on another page.
    """
    claimed = [file if isinstance(file, FileClaims) else claim_file(file) for file in files]
    with transaction(db):
        known = find_known(db, [file.source for file in claimed])
        remember_files(db, run_id, [*known, *gone_ids], ())
        file_ids = save_files(db, claimed, known, run_id=run_id, reader=reader)
        remember_files(db, run_id, (), [id_ for id_ in file_ids if id_ not in known])
        mark_files_gone(db, gone_ids, now=now)
        if links := [link for file in claimed for link in file.links]:
            save_links(db, links)
            resolve_links(db, ((link, None) for link in links if link.short))
        documents: list[SourcedDocument] = []
        highlights: list[SourcedHighlight] = []
        for file, file_id in zip(claimed, file_ids, strict=True):
            documents += [each._replace(file_id=file_id) for each in file.documents]
            highlights += [each._replace(file_id=file_id) for each in file.highlights]
        return save_claims(db, documents, highlights, files={*file_ids, *gone_ids}, run_id=run_id, now=now)


def save_remembered(
    db: sqlite3.Connection, files: Sequence[RememberedFile], *, run_id: int | None, now: str
) -> Counts:
    """Restore the earlier claims of these files. Part of a transaction."""
    documents = [claim for file in files for claim in file.list_documents()]
    highlights = [claim for file in files for claim in file.list_highlights()]
    return save_claims(db, documents, highlights, files={file.id for file in files}, run_id=run_id, now=now)


def save_claims(
    db: sqlite3.Connection,
    documents: Sequence[SourcedDocument],
    highlights: Sequence[SourcedHighlight],
    *,
    files: Collection[int],
    run_id: int | None,
    now: str,
) -> Counts:
    """Replace all claims of `files` (ids) by these; the counts are of highlights. Part of a transaction."""
    document_plan = plan_documents(db, documents, highlights, files)
    highlight_plan = plan_highlights(db, highlights, files, document_plan)
    rows = {"ids": json.dumps(list(highlight_plan.stored.rows))}
    authors = {id_ for (id_,) in db.execute(authors_of_tweets, rows)}
    authors |= {row.owner_id for row in document_plan.stored.rows.values() if row.owner_id}
    homes = write_documents(db, document_plan)
    counts, document_ids = write_highlights(db, highlight_plan, homes, run_id=run_id, now=now)
    merge_documents(db, document_plan)
    refresh_authors(db, authors)
    save_threads(db, document_ids | {home.id for home in homes.values()})
    return counts


authors_of_tweets = """
select distinct t.author_id
from json_each(:ids) as h cross join tweets as t on t.highlight_id = h.value
where t.author_id is not null
"""

gone_highlights = """
update highlights set gone_at = :now
where gone_at is null and not exists (select 1 from appearances as a where a.highlight_id = highlights.id)
returning document_id
"""

gone_documents = """
update documents set gone_at = :now
where gone_at is null
    and not exists (select 1 from document_appearances as a where a.document_id = documents.id)
"""

# A healed tweet goes with its page, and is still whole when the page comes back: its file stays.
gone_healed_highlights = """
update highlights set gone_at = :now
where gone_at is null
    and id in (
        select a.highlight_id from appearances as a join files as f on f.id = a.file_id where f.root = :root
    )
    and not exists (
        select 1 from appearances as a join files as f on f.id = a.file_id
        where a.highlight_id = highlights.id and f.root <> :root
    )
returning document_id
"""

gone_healed_documents = """
update documents set gone_at = :now
where gone_at is null
    and id in (
        select a.document_id from document_appearances as a join files as f on f.id = a.file_id
        where f.root = :root
    )
    and not exists (
        select 1 from document_appearances as a join files as f on f.id = a.file_id
        where a.document_id = documents.id and f.root <> :root
    )
"""

# Its page is another document now (another author or title), to which its highlights moved.
left_documents = """
delete from documents
where gone_at is not null
    and not exists (select 1 from highlights as h where h.document_id = documents.id)
    and not exists (select 1 from notes as n where n.document_id = documents.id)
"""

unused_authors = """
delete from authors
where not exists (select 1 from documents as d where d.author_id = authors.id)
    and not exists (select 1 from highlights as h where h.author_id = authors.id)
    and not exists (select 1 from tweets as t where t.author_id = authors.id)
"""


def mark_gone(db: sqlite3.Connection, *, now: str) -> int:
    """Mark what no longer appears in any file; the number of such highlights. Their rows stay.

    Authors, tags and documents without highlights or notes that nothing refers to any more are deleted.
    """
    with transaction(db):
        row = {"now": now, "root": HEALED_ROOT}
        removed = (
            db.execute(gone_highlights, row).fetchall() + db.execute(gone_healed_highlights, row).fetchall()
        )
        db.execute(gone_documents, row)
        db.execute(gone_healed_documents, row)
        db.execute(left_documents)
        save_threads(db, {document_id for (document_id,) in removed})
        db.execute(unused_authors)
        drop_unused_tags(db)
    return len(removed)
