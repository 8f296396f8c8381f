"""Topics, why highlights belong to them, and the text embeddings that suggest them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

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


assignments_of_documents = """
select ht.highlight_id, t.name, ht.reason, ht.score
from highlight_topics as ht
join topics as t on t.id = ht.topic_id
join highlights as h on h.id = ht.highlight_id
where :everything or h.document_id in (select value from json_each(:documents))
"""


def save_assignments(
    db: sqlite3.Connection,
    assignments: Iterable[Assignment],
    slugify: Callable[[str], str],
    documents: Collection[int] | None = None,
) -> int:
    """Replace the stored assignments of these documents (None: all); how many rows changed.

    Those that are unchanged are not written.
    """
    wanted = {(each.highlight_id, each.topic, each.reason): each.score for each in assignments}
    scope = {"everything": documents is None, "documents": json.dumps(sorted(documents or ()))}
    with transaction(db):
        stored = {tuple(row[:3]): row[3] for row in db.execute(assignments_of_documents, scope)}
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
        if gone or new:
            db.execute(
                "delete from topics where not exists (select 1 from highlight_topics where topic_id = id)"
            )
            refresh_counts(db)
    return len(gone) + len(new)


def read_assignments(db: sqlite3.Connection) -> list[Assignment]:
    """All stored assignments, in no particular order."""
    scope = {"everything": True, "documents": "[]"}
    return [Assignment(*row) for row in db.execute(assignments_of_documents, scope)]


def _save_topics(db: sqlite3.Connection, names: set[str], slugify: Callable[[str], str]) -> dict[str, int]:
    ids = {name: id_ for id_, name in db.execute("select id, name from topics")}
    for name in sorted(names - ids.keys()):
        row = db.execute("insert into topics (name, slug) values (?, ?) returning id", (name, slugify(name)))
        ids[name] = int(row.fetchone()[0])
    return ids


def forget_topics(db: sqlite3.Connection) -> None:
    """Delete all topics, with what is known about documents; part of a transaction."""
    for statement in ("delete from topic_scores", "delete from highlight_topics", "delete from topics"):
        db.execute(statement)


def count_topics(db: sqlite3.Connection) -> list[TopicCount]:
    """All topics, the largest first."""
    return [TopicCount(*row) for row in db.execute(topic_counts)]


def read_page_aliases(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """All aliases of the reader's own pages: (page name, alias)."""
    return db.execute("select distinct page, alias from topic_aliases order by page, alias").fetchall()


what_topics_depend_on = (
    """
    select d.id, d.full_title || char(31) || d.title || char(31) || coalesce(d.url, '') || char(31)
        || d.category || char(31) || coalesce(au.name || char(31) || coalesce(au.handle, ''), '')
    from documents as d left join authors as au on au.id = d.author_id where d.gone_at is null
    """,
    """
    select document_id,
        group_concat(id || char(31) || position || char(31) || text || char(31) || note, char(30))
    from (select * from highlights where gone_at is null order by document_id, position, id)
    group by document_id
    """,
    """
    select document_id, group_concat(highlight_id || char(31) || name, char(30))
    from (
        select h.document_id, ht.highlight_id, g.name from highlight_tags as ht
        join tags as g on g.id = ht.tag_id join highlights as h on h.id = ht.highlight_id
        order by h.document_id, ht.highlight_id, ht.position
    )
    group by document_id
    """,
    """
    select document_id, group_concat(highlight_id || char(31) || topic || char(31) || kind || path, char(30))
    from (
        select h.document_id, e.* from topic_examples as e join highlights as h on h.id = e.highlight_id
        order by h.document_id, e.highlight_id, e.topic
    )
    group by document_id
    """,
    """
    select dt.document_id, group_concat(g.name, char(30))
    from document_tags as dt join tags as g on g.id = dt.tag_id group by dt.document_id
    """,
    """
    select document_id, group_concat(part, char(30))
    from (
        select h.document_id, hl.highlight_id || char(31) || l.url || char(31) || l.status || char(31)
            || coalesce(l.final_url, '') || char(31) || coalesce(r.url || char(31) || r.kind, '') as part
        from highlight_links as hl join links as l on l.id = hl.link_id
        join highlights as h on h.id = hl.highlight_id left join resources as r on r.id = l.resource_id
        order by h.document_id, hl.highlight_id, hl.position
    )
    group by document_id
    """,
    """
    select document_id, group_concat(part, char(30))
    from (
        select h.document_id, t.id || char(31) || coalesce(t.thread_id, '') || char(31)
            || coalesce(au.name || char(31) || coalesce(au.handle, ''), '') as part
        from tweets as t join highlights as h on h.id = t.highlight_id
        left join authors as au on au.id = t.author_id
        order by h.document_id, t.id
    )
    group by document_id
    """,
)

members_of_documents = """
select h.document_id, count(*) || ' ' || sum(ht.highlight_id * 7919 + ht.topic_id)
from highlight_topics as ht join highlights as h on h.id = ht.highlight_id group by h.document_id
"""


class TopicCache(NamedTuple):
    """What was found out about a document when its topics were assigned."""

    mark: str
    """A hash of all that the topics depend on (`read_document_marks`)."""
    members: str
    """A mark of its rows in highlight_topics (`read_member_marks`): an undo may have removed some."""
    summary: str
    """JSON: what other documents' topics depend on."""


upsert_scores = """
insert into topic_scores (document_id, mark, members, summary, scores) values (?, ?, ?, ?, ?)
on conflict (document_id) do update set
    mark = excluded.mark, members = excluded.members, summary = excluded.summary, scores = excluded.scores
where mark <> excluded.mark or members <> excluded.members or summary <> excluded.summary
    or scores <> excluded.scores
"""


def read_document_marks(db: sqlite3.Connection) -> dict[int, str]:
    """A hash of all that a document's topics depend on, apart from the other documents; by document (id)."""
    digests: dict[int, Any] = {}
    for number, statement in enumerate(what_topics_depend_on):
        for id_, text in db.execute(statement):
            if number == 0:
                digests[id_] = blake2b(digest_size=12)
            if id_ in digests:
                digests[id_].update(b"%d" % number + (text or "").encode("utf-8", "surrogatepass"))
    return {id_: digest.hexdigest() for id_, digest in digests.items()}


def read_member_marks(db: sqlite3.Connection) -> dict[int, str]:
    """A mark of the topics of a document's highlights, if they have any; by document (id)."""
    return dict(db.execute(members_of_documents).fetchall())


def read_topic_cache(db: sqlite3.Connection) -> dict[int, TopicCache]:
    """What is known about each document from the last time, by its id."""
    rows = db.execute("select document_id, mark, members, summary from topic_scores")
    return {row[0]: TopicCache(*row[1:]) for row in rows}


def read_scores(db: sqlite3.Connection) -> dict[int, str]:
    """The scores of each document as JSON, by its id."""
    return dict(db.execute("select document_id, scores from topic_scores").fetchall())


def save_topic_cache(
    db: sqlite3.Connection, rows: Mapping[int, tuple[str, str, str]], gone: Iterable[int]
) -> None:
    """Save mark, summary and scores of documents whose assignments have just been saved."""
    members = read_member_marks(db)
    with transaction(db):
        db.executemany("delete from topic_scores where document_id = ?", [(id_,) for id_ in gone])
        db.executemany(
            upsert_scores,
            [
                (id_, mark, members.get(id_, ""), summary, scores)
                for id_, (mark, summary, scores) in rows.items()
            ],
        )


def read_last_highlight(db: sqlite3.Connection) -> int:
    """The largest id of a highlight that is not gone; 0 if there is none."""
    statement = (
        "select coalesce(max(h.id), 0) from highlights as h join documents as d on d.id = h.document_id "
        "where h.gone_at is null and d.gone_at is null"
    )
    return int(db.execute(statement).fetchone()[0])


def read_topic_names(db: sqlite3.Connection) -> dict[str, str]:
    """The names of all topics, by slug."""
    return dict(db.execute("select slug, name from topics order by name").fetchall())


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
