"""Answers of a language model, kept so that nothing is asked twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from store.connection import transaction

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
