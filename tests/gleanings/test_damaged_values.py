"""JSON and values in the store that a disk damaged: doctor names the row, other commands end with one
line."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.gleanings.running import run
from tests.gleanings.syncing import sync, write_place

JSON = {
    "documents.properties": "update documents set properties = substr(properties, 2)",
    "links.hops": "insert into links (url, host, short, status, hops, uid)"
    " values ('https://t.co/AbCdEf1234', 't.co', 1, 'pending', '[{', 't.co/AbCdEf1234')",
    "cursors.recent": "insert into cursors (source, recent, reader) values ('readwise', '[\"a', 1)",
    "undo_files.before": "update undo_files set before = '{\"documents\": ['",
    "note_journal.blocks": "insert into note_journal select folder_id, path, note_uid, 'x.md.new',"
    " '0123456789abcdef', base_text, '[[', 0 from written where block_key = '' limit 1",
    "topic_scores.summary": "update topic_scores set summary = substr(summary, 2)",
    "topic_scores.scores": "update topic_scores set scores = substr(scores, 2)",
    "export_states.text": "update export_states set text = substr(text, 2) where text like '{%'",
}
"""How the values of each JSON column are damaged."""
SHAPES = {
    "undo_files.before": "update undo_files set before = '[]'",
    "note_journal.blocks": "insert into note_journal select folder_id, path, note_uid, 'x.md.new',"
    " '0123456789abcdef', base_text, '{}', 0 from written where block_key = '' limit 1",
    "topic_scores.summary": "update topic_scores set summary = 'null'",
    "topic_scores.scores": "update topic_scores set scores = '[1]'",
    "export_states.text": "update export_states set text = '[]' where text like '{%'",
}
"""How some get JSON of the wrong shape."""
WORDS = {
    "documents.category": "update documents set category = 'twxets' where id = 1",
    "highlights.location_kind": "update highlights set location_kind = 'pagx' where id = 1",
    "resources.status": "insert into resources (url, kind, site, status, uid)"
    " values ('u', 'a', 's', 'x', 'u')",
}
COMMANDS = (
    ("status",),
    ("search", "time"),
    ("topics",),
    ("import", "graph"),
    ("import", "graph", "--verify"),
    ("export", "notes", "--yes", "--verify"),
    ("undo", "--yes"),
    ("sync",),
)

pytestmark = pytest.mark.slow  # whole runs, again and again


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = write_place(tmp_path_factory.mktemp("filled") / "here")
    sync(here)
    return here


def damage(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as db:
        triggers = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"drop trigger {name}")
        db.execute("pragma ignore_check_constraints = on")
        assert db.execute(statement).rowcount
        for _, trigger in triggers:
            db.execute(trigger)


@pytest.mark.parametrize(
    ("column", "statement"), [pair for damaged in (JSON, SHAPES, WORDS) for pair in damaged.items()]
)
def test_a_damaged_value_is_named_in_one_line_and_fixed(
    filled: Path, tmp_path: Path, column: str, statement: str
) -> None:
    here = tmp_path / "here"
    shutil.copytree(filled, here)
    config = here / "config.toml"
    config.write_text(config.read_text().replace(str(filled), str(here)))
    store = here / "gleanings.db"
    damage(store, statement)
    found = run("doctor", cwd=here)
    assert found.code == 1
    assert f"{column} of " in found.out
    assert "the file is damaged" not in found.out
    for command in COMMANDS:
        ran = run(*command, cwd=here)
        assert "Traceback" not in ran.out + ran.err, (command, ran.err)
        assert ran.code in (0, 1, 2, 75), command
        if ran.code == 2:
            assert "is damaged" in ran.err, (command, ran.err)
    assert run("doctor", "--fix", cwd=here).code == 0
    assert run("export", "notes", "--yes", "--verify", cwd=here).code == 0
    assert run("doctor", cwd=here).code == 0
