"""Rank the highlights that match a full-text query, in a time that hardly grows with the store.

bm25 costs about 1.5 µs a match, so all matches are ranked unless there are more than MOST_RANKED. Of the
words of a sentence, the rarest are enough: a word that every fifth highlight contains says little about any.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from store.cjk import build_any_pairs_query, build_pairs_query
from store.search_query import Query

Ranked = tuple[int, int, float]
"""Highlight, document, score: the lower, the better."""

MOST_RANKED = 60_000
"""Matches that are ranked, the newest ones: 50 ms. Only a word on its own or two common words have more."""

MOST_NARROWED = 10_000
"""Matches that pass filters and are ranked, the newest ones. Each one tested takes 0.8 µs more, to look up
its row."""

MOST_IN_SET = 100_000
"""Highlights of some days or of a category whose ids are collected before the matches are tested, at 0.5 µs
each. If there are more of them, so many matches pass that the first ones are enough."""

MOST_FOR_ANY = 30_000
"""Matches of any word of a sentence, the rarest words first."""

MOST_KEPT = 2_000
"""Best matches that are looked up; nobody reads that far."""

find_oldest = """
select rowid from highlights_fts where highlights_fts match :query order by rowid desc limit 1 offset :most
"""

rank_matches = """
select f.id, h.document_id, f.score
from (
    select rowid as id, bm25(highlights_fts) as score from highlights_fts
    where highlights_fts match :query and rowid >= :oldest order by score, rowid limit :kept
) as f
join highlights as h on h.id = f.id and h.gone_at is null
order by f.score, f.id
"""

count_matches = """
select count(*) from (select 1 from highlights_fts where highlights_fts match :query limit :most)
"""

# `a` follows every date in the order of texts.
of_days = """
select id from highlights indexed by highlights_taken
where taken_at >= coalesce(:after, '') and taken_at < coalesce(:before, 'a')
union all
select id from highlights indexed by highlights_untaken
where taken_at is null and gone_at is null
    and synced_on >= coalesce(:after, '') and synced_on < coalesce(:before, 'a')
"""

of_category = """
select id from highlights where category = :category and (:undated is null or taken_at is null)
"""

narrowed = f"""
    and (:author is null or h.id in (
        select id from highlights where author_id in (
            select id from authors where lower(handle) = :author or instr(lower(name), :author))))
    and (:topic is null or h.id in (
        select ht.highlight_id from highlight_topics as ht join topics as t on t.id = ht.topic_id
        where lower(t.name) = :topic or t.slug = :topic))
    and (:tag is null or h.id in (
        select ht.highlight_id from highlight_tags as ht join tags as g on g.id = ht.tag_id
        where lower(g.name) = :tag))
    and (:site is null or h.id in (
        select hl.highlight_id from highlight_links as hl join links as l on l.id = hl.link_id
        join resources as r on r.id = l.resource_id where lower(r.site) = :site))
    and (:cut is null or h.id in (select id from highlights where incomplete = 1))
    and (:noted is null or h.id in (select id from highlights where note <> ''))
    and (:few_days is null or h.id in ({of_days}))
    and (:few_of_category is null or h.id in ({of_category}))
    and (:category is null or h.category = :category)
    and (:before is null or coalesce(h.taken_at, h.synced_on) < :before)
    and (:after is null or coalesce(h.taken_at, h.synced_on) >= :after)
"""  # noqa: S608 - our own text

rank_narrowed = (
    """
select id, document_id, score from (
    select f.rowid as id, h.document_id, bm25(highlights_fts) as score
    from highlights_fts as f cross join highlights as h on h.id = f.rowid
    where highlights_fts match :query and h.gone_at is null
"""  # noqa: S608 - our own text
    + narrowed.replace("h.id in", "f.rowid in")  # tested before the row of the highlight is looked up
    + """
    order by f.rowid desc limit :most
)
order by score, id limit :kept
"""
)

# Both follow an index from the newest highlight on, and end as soon as they have enough.
list_dated = f"""
select h.taken_at, h.id from highlights as h indexed by highlights_taken
where h.taken_at >= coalesce(:after, '') and h.taken_at < coalesce(:before, 'a') and h.gone_at is null
    {narrowed}
order by h.taken_at desc, h.id desc limit :most
"""  # noqa: S608 - our own text

list_dated_of_category = list_dated.replace(
    "indexed by highlights_taken\nwhere",
    "indexed by highlights_category_taken\nwhere h.category = :category and",
    1,
)

list_undated = f"""
select coalesce(h.synced_on, ''), h.id from highlights as h indexed by highlights_untaken
where h.taken_at is null and h.gone_at is null
    and coalesce(h.synced_on, '') >= coalesce(:after, '')
    and coalesce(h.synced_on, '') < coalesce(:before, 'a')
    {narrowed}
order by h.synced_on desc, h.id desc limit :most
"""  # noqa: S608 - our own text


Filters = Mapping[str, str | None]


def add_few(db: sqlite3.Connection, filters: Filters) -> Filters:
    """The filters, and which of their sets of highlights are small enough to be collected."""
    dates = filters["before"] or filters["after"]
    return {
        **filters,
        "few_days": dates and _is_small(db, of_days, filters),
        "few_of_category": filters["category"] and _is_small(db, of_category, filters),
    }


def _is_small(db: sqlite3.Connection, ids: str, filters: Filters) -> str | None:
    """`yes` or None, the forms in which filters are given."""
    counted = f"select count(*) from ({ids} limit {MOST_IN_SET + 1})"  # noqa: S608 - our own text
    return "yes" if db.execute(counted, filters).fetchone()[0] <= MOST_IN_SET else None


def list_newest(db: sqlite3.Connection, query: Query, *, limit: int) -> list[int]:
    """The newest highlights that pass the filters of a query."""
    filters = {**query.filters, "undated": "yes", "few_days": None, "few_of_category": None}
    statement = list_dated_of_category if filters["category"] else list_dated
    found = db.execute(statement, {**filters, "most": limit}).fetchall()
    if filters["category"]:
        filters["few_of_category"] = _is_small(db, of_category, filters)
    found += db.execute(list_undated, {**filters, "most": limit}).fetchall()
    return [id_ for _, id_ in sorted(found, reverse=True)[:limit]]


def rank(db: sqlite3.Connection, match: str, query: Query, *, cjk: bool = False) -> list[Ranked]:
    """The matches of an FTS5 query, best first; with `cjk`, of a query for pairs of characters."""
    table = "highlights_cjk" if cjk else "highlights_fts"
    if query.is_narrowed:
        sql = rank_narrowed.replace("highlights_fts", table)
        row = {
            **add_few(db, {**query.filters, "undated": None}),
            "query": match,
            "most": MOST_NARROWED,
            "kept": MOST_KEPT,
        }
        return db.execute(sql, row).fetchall()
    found = db.execute(
        find_oldest.replace("highlights_fts", table), {"query": match, "most": MOST_RANKED}
    ).fetchone()
    row = {"query": match, "oldest": found[0] if found else 0, "kept": MOST_KEPT}
    return db.execute(rank_matches.replace("highlights_fts", table), row).fetchall()


def choose_rare(db: sqlite3.Connection, words: list[str]) -> list[str]:
    """The words in the order given, without the most common ones if together they match too much."""
    counts = {
        word: int(db.execute(count_matches, {"query": f'"{word}"', "most": MOST_FOR_ANY}).fetchone()[0])
        for word in words
    }
    chosen: set[str] = set()
    total = 0
    for word in sorted(words, key=lambda word: counts[word]):
        total += counts[word]
        if chosen and total > MOST_FOR_ANY:
            break
        chosen.add(word)
    return [word for word in words if word in chosen]


matching_of = """
select rowid from highlights_fts
where highlights_fts match :query and rowid in (select value from json_each(:ids))
"""


def rank_cjk(db: sqlite3.Connection, query: Query) -> list[Ranked]:
    """The matches of text without spaces: all its pairs of characters first, then some of them."""
    ranked = rank(db, build_pairs_query(query.words), query, cjk=True)
    some = build_any_pairs_query(query.words)
    if some and len(ranked) < MOST_KEPT:
        known = {id_ for id_, _, _ in ranked}
        others = [row for row in rank(db, some, query, cjk=True) if row[0] not in known]
        # half of the pairs at least, as far as the score can tell
        ranked += [row for row in others if row[2] <= others[0][2] * WEAKEST_PAIRS]
    return ranked


WEAKEST_PAIRS = 0.5
"""The floor for matches of some pairs, as a share of the best one's score (bm25 is negative)."""
