"""Full-text search in highlights and resources.

Words from the reader are always quoted, so that they are never FTS5 syntax by accident.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from store.cjk import build_pairs_query
from store.search_query import Query, build_any_query, build_phrase_query, parse_query

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
select f.rowid, h.document_id, bm25(highlights_fts) as score
from highlights_fts as f join highlights as h on h.id = f.rowid
where highlights_fts match :query and f.rowid >= :oldest and h.gone_at is null
order by score, f.rowid
"""

narrowed = """
    and (:author is null or h.author_id in (
        select id from authors where lower(handle) = :author or instr(lower(name), :author)))
    and (:topic is null or h.id in (
        select ht.highlight_id from highlight_topics as ht join topics as t on t.id = ht.topic_id
        where lower(t.name) = :topic or t.slug = :topic))
    and (:tag is null or h.id in (
        select ht.highlight_id from highlight_tags as ht join tags as g on g.id = ht.tag_id
        where lower(g.name) = :tag))
    and (:category is null or h.category in (:category, :category || 's'))
    and (:site is null or h.id in (
        select hl.highlight_id from highlight_links as hl join links as l on l.id = hl.link_id
        join resources as r on r.id = l.resource_id where lower(r.site) = :site))
    and (:before is null or coalesce(h.taken_at, h.synced_on) < :before)
    and (:after is null or coalesce(h.taken_at, h.synced_on) >= :after)
    and (:cut is null or h.incomplete = 1)
    and (:noted is null or h.note <> '')
"""

rank_narrowed = rank_matches.replace("\norder by", narrowed + "order by")

list_narrowed = """
select h.id, h.document_id, 0.0 from highlights as h where h.gone_at is null
order by coalesce(h.taken_at, h.synced_on) desc, h.id desc limit :most
""".replace("\norder by", narrowed + "order by")

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


def search_highlights(db: sqlite3.Connection, text: str, *, limit: int) -> list[Hit]:
    """The best matching highlights: the exact phrase first, then all words, then any of them.

    `text` may contain filters (`search_query.py`); filters alone list the newest highlights. Of each kind of
    match, at most two of a document come before those of other documents. Of more than MOST_RANKED matches of
    all words only the newest are ranked, unless filters narrow them.
    """
    words, filters = query = parse_query(text)
    pairs = build_pairs_query(words)
    if pairs and not query.is_narrowed:
        rows = db.execute(search_pairs_ranked, {"query": pairs, "limit": limit}).fetchall()
        return [Hit(row[0], mark_snippet(row[1], words), *row[2:]) for row in rows]
    every = build_query(words)
    if not every:
        if not query.is_narrowed:
            return []
        listed = db.execute(list_narrowed, {**filters, "most": limit}).fetchall()
        return read_hits(db, [id_ for id_, _, _ in listed])
    hits: dict[int, Hit] = {}
    some = build_any_query(words)
    for match in (build_phrase_query(words), every, some):
        if not match or len(hits) >= limit:
            continue
        ranked = _rank(db, match, query)
        if match == some and ranked:
            ranked = [row for row in ranked if row[2] <= ranked[0][2] * WEAKEST]
        for id_ in spread_documents([(id_, document) for id_, document, _ in ranked]):
            if len(hits) == limit:
                break
            if id_ not in hits:
                found = db.execute(show_match, {"query": match, "id": id_}).fetchone()
                hits |= {id_: Hit(*found)} if found else {}
    return list(hits.values())


WEAKEST = 0.3
"""The floor for any-word matches, as a share of the best one's score (bm25 is negative)."""


def _rank(db: sqlite3.Connection, match: str, query: Query) -> list[tuple[int, int, float]]:
    """(highlight, document, score) of the matches, best first."""
    if query.is_narrowed:
        return db.execute(rank_narrowed, {**query.filters, "query": match, "oldest": 0}).fetchall()
    newest = db.execute(match_highlights, {"query": match, "most": MOST_RANKED}).fetchall()
    if not newest:
        return []
    return db.execute(rank_matches, {"query": match, "oldest": newest[-1][0]}).fetchall()


def spread_documents(ranked: Iterable[tuple[int, int]]) -> list[int]:
    """The highlights of (highlight, document) pairs, those beyond the second of a document at the end."""
    first: list[int] = []
    later: list[int] = []
    seen: dict[int, int] = {}
    for id_, document in ranked:
        seen[document] = seen.get(document, 0) + 1
        (first if seen[document] <= 2 else later).append(id_)
    return first + later


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
