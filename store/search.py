"""Full-text search in highlights, resources and documents, and search for authors and topics by name.

Words from the reader are always quoted, so that they are never FTS5 syntax by accident.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from store.cjk import build_pairs_query

_WORD = re.compile(r'"([^"]*)"?|(\S+)')
_PLAIN = re.compile(r"\w")


class Hit(NamedTuple):
    """A highlight that a search found."""

    id: int
    snippet: str
    """A part of the text, with the words found between `⟦` and `⟧`."""
    document: str
    author: str | None
    taken_at: str | None
    view_url: str | None


class ResourceHit(NamedTuple):
    """A resource that a search found."""

    id: int
    title: str | None
    url: str
    kind: str
    site: str
    snippet: str
    """A part of its description, with the words found between `⟦` and `⟧`."""


MOST_RANKED = 2_000
"""Matches that are ranked, the newest ones; ranking all matches of a common word takes seconds."""

match_highlights = """
select rowid from highlights_fts where highlights_fts match :query order by rowid desc limit :most
"""

rank_matches = """
select rowid from highlights_fts
where highlights_fts match :query and rowid >= :oldest
order by bm25(highlights_fts), rowid
"""

show_match = """
select h.id, snippet(highlights_fts, -1, '⟦', '⟧', '…', 24), d.title, au.name, h.taken_at, h.view_url
from highlights_fts
join highlights as h on h.id = highlights_fts.rowid
join documents as d on d.id = h.document_id
left join authors as au on au.id = h.author_id
where highlights_fts match :query and highlights_fts.rowid = :id and h.gone_at is null
"""

show_highlight = """
select h.id, h.text, d.title, au.name, h.taken_at, h.view_url
from highlights as h
join documents as d on d.id = h.document_id
left join authors as au on au.id = h.author_id
where h.id = :id
"""

search_pairs_ranked = """
select h.id, h.text, d.title, au.name, h.taken_at, h.view_url
from highlights_cjk
join highlights as h on h.id = highlights_cjk.rowid
join documents as d on d.id = h.document_id
left join authors as au on au.id = h.author_id
where highlights_cjk match :query and h.gone_at is null
order by bm25(highlights_cjk), h.id
limit :limit
"""

rank_resources = """
select rowid from resources_fts where resources_fts match :query
order by bm25(resources_fts), rowid limit :limit
"""

show_resource = """
select r.id, r.title, r.url, r.kind, r.site,
    iif(r.description is null, '', snippet(resources_fts, 1, '⟦', '⟧', '…', 24))
from resources_fts join resources as r on r.id = resources_fts.rowid
where resources_fts match :query and resources_fts.rowid = :id
"""


def build_query(words: str) -> str:
    """An FTS5 query for all words in `words`, "quoted" parts as phrases and a final `*` as a prefix.

    Empty if `words` contains nothing to search for.
    """
    terms: list[str] = []
    for phrase, word in _WORD.findall(words.replace("\0", " ")):
        term = phrase or word
        if _PLAIN.search(term):
            star = "*" if word.endswith("*") else ""
            terms.append('"' + term.rstrip("*").replace('"', '""') + '"' + star)
    return " ".join(terms)


matching_pairs = "select rowid from highlights_cjk where highlights_cjk match :query"
matching_words = "select rowid from highlights_fts where highlights_fts match :query"


def find_matching(db: sqlite3.Connection, words: str) -> set[int]:
    """The ids of all highlights that match `words`, including those that are gone."""
    pairs, query = build_pairs_query(words), build_query(words)
    if not pairs and not query:
        return set()
    statement = matching_pairs if pairs else matching_words
    return {id_ for (id_,) in db.execute(statement, {"query": pairs or query})}


def search_highlights(db: sqlite3.Connection, words: str, *, limit: int) -> list[Hit]:
    """The best matching highlights first; empty if `words` contains nothing to search for.

    Of more than MOST_RANKED matches only the newest are ranked.
    """
    pairs = build_pairs_query(words)
    if pairs:
        rows = db.execute(search_pairs_ranked, {"query": pairs, "limit": limit}).fetchall()
        return [Hit(row[0], mark_snippet(row[1], words), *row[2:]) for row in rows]
    query = build_query(words)
    if not query:
        return []
    matches = db.execute(match_highlights, {"query": query, "most": MOST_RANKED}).fetchall()
    if not matches:
        return []
    ranked = db.execute(rank_matches, {"query": query, "oldest": matches[-1][0]}).fetchall()
    hits: list[Hit] = []
    for (id_,) in ranked:
        hits.extend(Hit(*row) for row in db.execute(show_match, {"query": query, "id": id_}))
        if len(hits) == limit:
            break
    return hits


def read_hits(db: sqlite3.Connection, ids: Iterable[int]) -> list[Hit]:
    """The highlights with these ids, in this order, with the beginnings of their texts as snippets."""
    rows = (db.execute(show_highlight, {"id": id_}).fetchone() for id_ in ids)
    return [Hit(row[0], mark_snippet(row[1], "", width=120), *row[2:]) for row in rows]


def search_resources(db: sqlite3.Connection, words: str, *, limit: int) -> list[ResourceHit]:
    """The best matching resources first."""
    query = build_query(words)
    if not query:
        return []
    ids = db.execute(rank_resources, {"query": query, "limit": limit}).fetchall()
    return [
        ResourceHit(*row) for (id_,) in ids for row in db.execute(show_resource, {"query": query, "id": id_})
    ]


def mark_snippet(text: str, words: str, *, width: int = 60) -> str:
    """About `width` characters before and after the first occurrence of one of `words` in `text`."""
    place, word = min(
        ((found, word) for word in words.split() if (found := text.find(word)) >= 0), default=(-1, "")
    )
    if place < 0:
        return text[: 2 * width] + ("…" if len(text) > 2 * width else "")
    start, end = max(0, place - width), place + len(word) + width
    before, after = text[start:place], text[place + len(word) : end]
    return ("…" if start else "") + f"{before}⟦{word}⟧{after}" + ("…" if end < len(text) else "")


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
select d.id, d.title, d.category, a.name, snippet(documents_fts, -1, '⟦', '⟧', '…', 24)
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
select d.id, d.title, d.category, a.name, snippet(document_notes_fts, -1, '⟦', '⟧', '…', 24)
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
