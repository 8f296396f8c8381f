"""Examples: what the reader's edits, or a language model, say about individual highlights and topics."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from store.connection import transaction


class Example(NamedTuple):
    """A highlight that the reader put into a topic's note, took out of it, or tagged there."""

    uid: str
    topic: str
    """Its name, or the tag."""
    kind: str
    """`example`, `counter` or `tag`."""
    path: str
    """The note, relative to the export folder."""


upsert_example = """
insert into topic_examples (highlight_id, topic, kind, path, noted_at)
select id, :topic, :kind, :path, :now from highlights where uid = :uid
on conflict (highlight_id, topic) do update set
    kind = excluded.kind, path = excluded.path, noted_at = excluded.noted_at
"""


def read_examples(db: sqlite3.Connection) -> dict[int, list[Example]]:
    """All examples, by highlight (id)."""
    rows = db.execute(
        "select e.highlight_id, h.uid, e.topic, e.kind, e.path from topic_examples as e "
        "join highlights as h on h.id = e.highlight_id order by e.highlight_id, e.topic"
    )
    examples: dict[int, list[Example]] = {}
    for id_, *fields in rows:
        examples.setdefault(id_, []).append(Example(*fields))
    return examples


def save_examples(db: sqlite3.Connection, examples: Iterable[Example], *, now: str) -> None:
    """Save examples; a later one about the same highlight and topic replaces an earlier one."""
    with transaction(db):
        db.executemany(upsert_example, [{**each._asdict(), "now": now} for each in examples])


def read_citations(db: sqlite3.Connection) -> dict[str, str]:
    """The uid of each highlight that is not gone, by its URL, or by the uid itself if it has none."""
    rows = db.execute("select coalesce(view_url, uid), uid from highlights where gone_at is null")
    return dict(rows.fetchall())


# --- answers of a language model, kept so that nothing is asked twice

forget_shown = "delete from export_states where key = 'topics' or key in (select path from export_folders)"


def read_answers(db: sqlite3.Connection, model: str) -> dict[str, str]:
    """All answers of a model, by the hash of the question."""
    rows = db.execute("select question, answer from model_answers where model = ?", (model,))
    return dict(rows.fetchall())


def save_answers(db: sqlite3.Connection, model: str, answers: Mapping[str, str], *, now: str) -> None:
    """Save answers by the hash of their question; the next sync assigns topics and writes notes again."""
    with transaction(db):
        db.executemany(
            "insert or replace into model_answers values (?, ?, ?, ?)",
            [(model, question, answer, now) for question, answer in answers.items()],
        )
        db.execute(forget_shown)
