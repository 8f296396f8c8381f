"""Topics after a change: the same as from scratch, with few documents looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gleanings.config import TopicsConfig
from gleanings.steps import topic_scores
from gleanings.steps.topic_scores import prepare_documents, update_topics
from record_types.library import TopicRule
from store.connection import open_store
from tests.gleanings.running import run
from tests.gleanings.test_topics import write_graph

RULES = (TopicRule("sleep"), TopicRule("sourdough starters"), TopicRule("Suggest", phrases=("telescope",)))
CONFIG = TopicsConfig(rules=RULES)

Change = Callable[[sqlite3.Connection, int], None]


def edit_text(db: sqlite3.Connection, at: int) -> None:
    words = ("insomnia and sleep", "sourdough starters", "nothing else", "[[Stars]] again", "#stars", "yeast")
    db.execute("update highlights set text = text || ' ' || ? where id = ?", (words[at % 6], at))


def add_tag(db: sqlite3.Connection, at: int) -> None:
    db.execute("insert or ignore into tags (name) values ('stars')")
    db.execute(
        "insert or ignore into highlight_tags (highlight_id, tag_id, position) "
        "select h.id, t.id, 9 from highlights as h, tags as t where h.id = ? and t.name = 'stars'",
        (at,),
    )


def drop_tag(db: sqlite3.Connection, at: int) -> None:
    db.execute(
        "delete from highlight_tags where highlight_id = (select min(highlight_id) from highlight_tags)"
    )


def lose_highlight(db: sqlite3.Connection, at: int) -> None:
    db.execute("update highlights set gone_at = iif(gone_at is null, '2024', null) where id = ?", (at,))


def lose_document(db: sqlite3.Connection, at: int) -> None:
    db.execute(
        "update documents set gone_at = iif(gone_at is null, '2024', null) where id = ?", (at % 8 + 1,)
    )


def move_highlight(db: sqlite3.Connection, at: int) -> None:
    db.execute("update highlights set document_id = ? where id = ?", (at % 8 + 1, at))


def rename_document(db: sqlite3.Connection, at: int) -> None:
    db.execute("update documents set full_title = full_title || ' on sleep' where id = ?", (at % 8 + 1,))


def lose_assignments(db: sqlite3.Connection, at: int) -> None:
    db.execute("delete from highlight_topics where highlight_id = ?", (at,))


def tag_as_sleep(db: sqlite3.Connection, at: int) -> None:
    db.execute("insert or ignore into tags (name) values ('sleep')")
    db.execute(
        "insert or ignore into highlight_tags (highlight_id, tag_id, position) "
        "select h.id, t.id, 8 from highlights as h, tags as t where h.id = ? and t.name = 'sleep'",
        (at,),
    )


def add_counter(db: sqlite3.Connection, at: int) -> None:
    db.execute(
        "insert or replace into topic_examples select id, 'sleep', 'counter', 'sleep.md', '2024' "
        "from highlights where id in (?, ?, ?)",
        (at, at // 3 * 3 + 1, 1),
    )


def add_example(db: sqlite3.Connection, at: int) -> None:
    db.execute(
        "insert or replace into topic_examples values (?, 'sleep', 'example', 'sleep.md', '2024')", (at,)
    )


CHANGES = (
    edit_text,
    add_tag,
    drop_tag,
    lose_highlight,
    lose_document,
    move_highlight,
    rename_document,
    lose_assignments,
    tag_as_sleep,
    add_counter,
    add_example,
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 24 highlights in eight documents, some tagged."""
    folder = tmp_path_factory.mktemp("shelf")
    write_graph(folder / "graph")
    assert run("import", "graph", cwd=folder).code == 0
    db = sqlite3.connect(folder / "gleanings.db")
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    return folder / "gleanings.db"


def read_members(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return db.execute(
        "select highlight_id, name, reason, score from highlight_topics "
        "join topics on topics.id = topic_id order by 1, 2, 3"
    ).fetchall()


def open_copy(folder: Path, store: Path) -> sqlite3.Connection:
    path = folder / "copy.db"
    for each in folder.glob("copy.db*"):
        each.unlink()
    path.write_bytes(store.read_bytes())
    return open_store(path)


def check_readers_word(db: sqlite3.Connection) -> None:
    """What the reader tagged or put in is in the topic; what they took out is not, unless tagged."""
    rows = [row for row in read_members(db) if row[1] == "sleep"]
    members = {row[0] for row in rows}
    live = {row[0] for row in db.execute(live_highlights)}
    tagged = {row[0] for row in db.execute(tagged_as_sleep)}
    kinds = dict(db.execute("select highlight_id, kind from topic_examples where topic = 'sleep'").fetchall())
    assert tagged & live <= members
    assert {id_ for id_ in live if kinds.get(id_) == "example"} <= members
    assert not {id_ for id_ in members if kinds.get(id_) == "counter"} - tagged


live_highlights = """
select h.id from highlights as h join documents as d on d.id = h.document_id
where h.gone_at is null and d.gone_at is null
"""
tagged_as_sleep = """
select highlight_id from highlight_tags join tags as t on t.id = tag_id where t.name in ('sleep', 'slumber')
"""


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(1, 24)), min_size=1, max_size=5))
def test_topics_after_changes_are_those_from_scratch(
    shelf: Path, tmp_path: Path, changes: list[tuple[Change, int]]
) -> None:
    db = open_copy(tmp_path, shelf)
    update_topics(db, CONFIG)
    for change, at in changes:
        change(db, at)
        update_topics(db, CONFIG)
        check_readers_word(db)
    found = read_members(db)
    db.execute("delete from topic_scores")
    db.execute("delete from export_states")
    update_topics(db, CONFIG)
    assert found == read_members(db)
    db.close()


def test_a_small_change_reads_only_the_document_that_changed(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = open_copy(tmp_path, shelf)
    config = TopicsConfig(rules=RULES[:1])
    update_topics(db, config)
    monkeypatch.setattr(topic_scores, "score_library", None)
    db.execute("update highlights set text = 'Sleep, melatonin and naps.' where id = 2")
    update_topics(db, config)
    assert any(row[:2] == (2, "sleep") and "melatonin" in str(row[2]) for row in read_members(db))
    version = db.execute("pragma data_version").fetchone()
    changes = db.total_changes
    update_topics(db, config)
    assert (db.execute("pragma data_version").fetchone(), db.total_changes) == (version, changes)
    db.close()


def test_another_configuration_gives_other_topics_and_the_first_one_gives_the_first_topics_again(
    shelf: Path, tmp_path: Path
) -> None:
    db = open_copy(tmp_path, shelf)
    update_topics(db, CONFIG)
    first = read_members(db)
    update_topics(db, TopicsConfig())
    assert read_members(db) != first
    update_topics(db, CONFIG)
    assert read_members(db) == first
    documents, assignments = prepare_documents(db, CONFIG)
    assert len(assignments) == len(first)
    ids = [each.id for document in documents for each in document.highlights]
    places = [ids.index(each.highlight_id) for each in assignments]
    assert places == sorted(places)
    db.close()
