"""Full-text search in documents, and search for authors and topics by name."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from store.search import build_query


class DocumentHit(NamedTuple):
    """A document that a search found."""

    id: int
    title: str
    category: str
    author: str | None
    snippet: str
    """A part of its title, summary or notes, with the words found between `⟦` and `⟧`."""


class NameHit(NamedTuple):
    """An author or a topic whose name contains the words."""

    id: int
    name: str


rank_documents = """
select rowid from documents_fts where documents_fts match :query
order by bm25(documents_fts), rowid limit :limit
"""

show_document = """
select d.id,
    coalesce(d.shown_title, d.full_title), d.category, a.name, snippet(documents_fts, -1, '⟦', '⟧', '…', 24)
from documents_fts
join documents as d on d.id = documents_fts.rowid
left join authors as a on a.id = d.author_id
where documents_fts match :query and documents_fts.rowid = :id and d.gone_at is null
"""

rank_notes = """
select rowid from document_notes_fts where document_notes_fts match :query
order by bm25(document_notes_fts), rowid limit :limit
"""

show_note = """
select d.id, coalesce(d.shown_title, d.full_title), d.category, a.name,
    snippet(document_notes_fts, -1, '⟦', '⟧', '…', 24)
from document_notes_fts
join notes as n on n.id = document_notes_fts.rowid
join documents as d on d.id = n.document_id
left join authors as a on a.id = d.author_id
where document_notes_fts match :query and document_notes_fts.rowid = :id and d.gone_at is null
"""

find_authors = """
select id, name from authors
where name like '%' || :words || '%' escape '\\' or handle like :words || '%' escape '\\'
order by name not like :words || '%' escape '\\', name limit :limit
"""

find_topics = """
select id, name from topics where name like '%' || :words || '%' escape '\\'
order by name not like :words || '%' escape '\\', name limit :limit
"""


def search_documents(db: sqlite3.Connection, words: str, *, limit: int) -> list[DocumentHit]:
    """The best matches in titles and summaries first, then those in the reader's notes on documents."""
    query = build_query(words)
    if not query:
        return []
    hits: dict[int, DocumentHit] = {}
    for rank, show in ((rank_documents, show_document), (rank_notes, show_note)):
        for (id_,) in db.execute(rank, {"query": query, "limit": limit}).fetchall():
            for row in db.execute(show, {"query": query, "id": id_}):
                hits.setdefault(int(row[0]), DocumentHit(*row))
    return list(hits.values())[:limit]


def search_names(db: sqlite3.Connection, words: str, *, limit: int) -> dict[str, list[NameHit]]:
    """`authors` and `topics` whose name contains the words, those that begin with them first."""
    plain = words.strip().lstrip("@#").replace("\0", " ")
    if not plain:
        return {"authors": [], "topics": []}
    escaped = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    row = {"words": escaped, "limit": limit}
    return {
        "authors": [NameHit(*each) for each in db.execute(find_authors, row)],
        "topics": [NameHit(*each) for each in db.execute(find_topics, row)],
    }
