"""Full-text search in highlights and resources, and the earlier texts of highlights.

Words from the reader are always quoted, so that they are never FTS5 syntax by accident.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from store.cjk import build_pairs_query, drop_cjk
from store.match_ranking import choose_rare, list_newest, matching_of, rank, rank_cjk
from store.search_query import Query, build_phrase_query, list_telling_words, parse_query

# A quotation that is not closed extends to the end of the query.
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


show_match = """
select h.id, snippet(highlights_fts, -1, '⟦', '⟧', '…', 24),
    coalesce(d.shown_title, d.full_title), au.name, h.taken_at, h.view_url
from highlights_fts
join highlights as h on h.id = highlights_fts.rowid
join documents as d on d.id = h.document_id
left join authors as au on au.id = h.author_id
where highlights_fts match :query and highlights_fts.rowid = :id and h.gone_at is null
"""

show_highlight = """
select h.id, h.text, coalesce(d.shown_title, d.full_title), au.name, h.taken_at, h.view_url
from highlights as h
join documents as d on d.id = h.document_id
left join authors as au on au.id = h.author_id
where h.id = :id
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


# Which index is searched depends on the words: full-text search does not find words in text without spaces.
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
    match, at most two from a document come before those of other documents.
    """
    words, _ = query = parse_query(text)
    if build_pairs_query(words):
        return _search_cjk(db, query, limit)
    every = build_query(words)
    if not every:
        if not query.is_narrowed:
            return []
        return read_hits(db, list_newest(db, query, limit=limit))
    hits: dict[int, Hit] = {}
    for kind, match in (("phrase", build_phrase_query(words)), ("every", every), ("some", "")):
        if len(hits) >= limit:
            break
        if kind == "some":
            match = " OR ".join(f'"{word}"' for word in choose_rare(db, list_telling_words(words)))
        ranked = rank(db, match, query) if match else []
        if kind == "some" and ranked:
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


def _search_cjk(db: sqlite3.Connection, query: Query, limit: int) -> list[Hit]:
    """Search text without spaces; highlights that contain the other words as well come first."""
    ranked = rank_cjk(db, query)
    ids = spread_documents([(id_, document) for id_, document, _ in ranked])
    rest = build_query(drop_cjk(query.words))
    if rest:
        row = {"query": rest, "ids": json.dumps(ids)}
        both = {id_ for (id_,) in db.execute(matching_of, row)}
        ids.sort(key=lambda id_: id_ not in both)
    return read_hits(db, ids[:limit], query.words)


def spread_documents(ranked: Iterable[tuple[int, int]]) -> list[int]:
    """The highlights of (highlight, document) pairs, those beyond the second of a document at the end."""
    first: list[int] = []
    later: list[int] = []
    seen: dict[int, int] = {}
    for id_, document in ranked:
        seen[document] = seen.get(document, 0) + 1
        (first if seen[document] <= 2 else later).append(id_)
    return first + later


def read_hits(db: sqlite3.Connection, ids: Iterable[int], words: str = "") -> list[Hit]:
    """The highlights with these ids, in this order, with parts of their texts around `words` as snippets."""
    rows = (db.execute(show_highlight, {"id": id_}).fetchone() for id_ in ids)
    width = 60 if words else 120
    return [Hit(row[0], mark_snippet(row[1], words, width=width), *row[2:]) for row in rows]


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


# --- earlier texts of highlights


class Version(NamedTuple):
    """A text that was replaced."""

    highlight_id: int
    document: str
    view_url: str | None
    replaced_at: str
    before: str
    now: str
    gone_at: str | None


last_versions = """
select h.id, coalesce(d.shown_title, d.full_title), h.view_url, v.replaced_at, v.text, h.text, h.gone_at
from versions as v
join highlights as h on h.id = v.highlight_id
join documents as d on d.id = h.document_id
where not exists (
    select 1 from json_each(:words) as w
    where instr(lower(v.text), w.value) = 0 and instr(lower(h.text), w.value) = 0
)
order by v.replaced_at desc, v.id desc
limit :limit
"""


def read_versions(db: sqlite3.Connection, words: Sequence[str] = (), *, limit: int) -> list[Version]:
    """The texts replaced last, of highlights that contain all of `words`, each in the old or the new text."""
    row = {"words": json.dumps([word.lower() for word in words]), "limit": limit}
    return [Version(*each) for each in db.execute(last_versions, row)]
