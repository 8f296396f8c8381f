"""Topics, why highlights belong to them, and the text embeddings that suggest them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import NamedTuple

from record_types.library import Assignment
from store.connection import transaction
from store.counts import refresh_counts


class TopicCount(NamedTuple):
    """A topic and its size."""

    name: str
    slug: str
    highlights: int
    documents: int


topic_counts = """
select t.name, t.slug, count(distinct ht.highlight_id), count(distinct h.document_id)
from topics as t
join highlight_topics as ht on ht.topic_id = t.id
join highlights as h on h.id = ht.highlight_id and h.gone_at is null
group by t.id
order by 3 desc, t.name
"""

upsert_assignment = """
insert into highlight_topics (highlight_id, topic_id, reason, score) values (?, ?, ?, ?)
on conflict (highlight_id, topic_id, reason) do update set score = excluded.score
"""


def save_assignments(
    db: sqlite3.Connection, assignments: Iterable[Assignment], slugify: Callable[[str], str]
) -> int:
    """Replace the stored assignments, without writing those that are unchanged; how many rows changed."""
    wanted = {(each.highlight_id, each.topic, each.reason): each.score for each in assignments}
    with transaction(db):
        stored = {
            tuple(row[:3]): row[3]
            for row in db.execute(
                "select ht.highlight_id, t.name, ht.reason, ht.score "
                "from highlight_topics as ht join topics as t on t.id = ht.topic_id"
            )
        }
        gone = [key for key in stored if key not in wanted]
        new = [(*key, score) for key, score in wanted.items() if stored.get(key) != score]
        ids = _save_topics(db, {topic for _, topic, _ in wanted}, slugify)
        db.executemany(
            "delete from highlight_topics where highlight_id = ? and topic_id = ? and reason = ?",
            [(highlight_id, ids[topic], reason) for highlight_id, topic, reason in gone],
        )
        db.executemany(
            upsert_assignment,
            [(highlight_id, ids[topic], reason, score) for highlight_id, topic, reason, score in new],
        )
        db.execute("delete from topics where not exists (select 1 from highlight_topics where topic_id = id)")
        if gone or new:
            refresh_counts(db)
    return len(gone) + len(new)


def _save_topics(db: sqlite3.Connection, names: set[str], slugify: Callable[[str], str]) -> dict[str, int]:
    ids = {name: id_ for id_, name in db.execute("select id, name from topics")}
    for name in sorted(names - ids.keys()):
        row = db.execute("insert into topics (name, slug) values (?, ?) returning id", (name, slugify(name)))
        ids[name] = int(row.fetchone()[0])
    return ids


def count_topics(db: sqlite3.Connection) -> list[TopicCount]:
    """All topics, the largest first."""
    return [TopicCount(*row) for row in db.execute(topic_counts)]


def read_page_aliases(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """All aliases of the reader's own pages: (page name, alias)."""
    return db.execute("select distinct page, alias from topic_aliases order by page, alias").fetchall()


upsert_scores = """
insert into topic_scores (document_id, digest, scores) values (?, ?, ?)
on conflict (document_id) do update set digest = excluded.digest, scores = excluded.scores
"""


def read_scores(db: sqlite3.Connection) -> dict[int, tuple[str, str]]:
    """Document id → (digest of what was scored, its scores)."""
    rows = db.execute("select document_id, digest, scores from topic_scores")
    return {id_: (digest, scores) for id_, digest, scores in rows}


def save_scores(db: sqlite3.Connection, rows: Iterable[tuple[int, str, str]]) -> None:
    """Save scores: (document id, digest of what was scored, scores)."""
    some = list(rows)
    if some:
        with transaction(db):
            db.executemany(upsert_scores, some)


upsert_vector = """
insert into highlight_vectors (highlight_id, text_hash, vector) values (?, ?, ?)
on conflict (highlight_id) do update set text_hash = excluded.text_hash, vector = excluded.vector
"""


def read_vectors(db: sqlite3.Connection) -> dict[int, tuple[int, bytes]]:
    """Highlight id → (hash of text and model, vector)."""
    rows = db.execute("select highlight_id, text_hash, vector from highlight_vectors")
    return {id_: (text_hash, vector) for id_, text_hash, vector in rows}


def read_texts(db: sqlite3.Connection) -> dict[int, str]:
    """The texts of all highlights that are not gone, by id."""
    return dict(db.execute("select id, text from highlights where gone_at is null order by id").fetchall())


def save_vectors(db: sqlite3.Connection, rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Save vectors: (highlight id, hash of text and model, vector)."""
    with transaction(db):
        db.executemany(upsert_vector, rows)
