"""What topics depend on is noticed document by document; only assignments that changed are written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from record_types.library import Assignment
from store.connection import open_memory
from store.row_checks import find_wrong_counts
from store.topics import (
    count_topics,
    forget_topics,
    read_assignments,
    read_document_marks,
    read_last_highlight,
    read_member_marks,
    read_scores,
    read_texts,
    read_topic_cache,
    read_topic_names,
    read_vectors,
    save_assignments,
    save_topic_cache,
    save_vectors,
)
from tests.store.long_library import insert, make_long_library

OF_TAG = "select highlight_id from highlight_tags where tag_id = 14"
OF_LINK = "select highlight_id from highlight_links where link_id = 22"
OF_RESOURCE = """
select highlight_id from highlight_links where link_id in (select id from links where resource_id = 23)
"""

# Statement → the documents whose topics it may change, or the highlights in them.
# Highlight 103 is in document 53, 158 in 9.
CHANGES: dict[str, set[int] | str] = {
    "update documents set full_title = 'x' where id = 3": {3},
    "update documents set title = 'x' where id = 3": {3},
    "update documents set url = 'x' where id = 3": {3},
    "update documents set category = 'other' where id = 3": {3},
    "update documents set author_id = null where id = 3": {3},
    "update authors set handle = 'x' where id = 45": {89},
    "update authors set name = 'x' where id = 45": {89},
    "update documents set gone_at = '2022' where id = 3": {3},
    "update highlights set text = 'x' where id = 103": {53},
    "update highlights set note = 'x' where id = 103": {53},
    "update highlights set position = 0 where id = 103": {53},
    "update highlights set gone_at = '2022' where id = 103": {53},
    "delete from highlight_tags where highlight_id = 103 and tag_id = 1": {53},
    "update highlight_tags set position = -7 where highlight_id = 103 and tag_id = 1": {53},
    "update tags set name = 'x' where id = 14": OF_TAG,
    "delete from document_tags where document_id = 4 and tag_id = 1": {4},
    "insert into topic_examples values (103, 'T', 'example', 'p', '2022')": {53},
    "update links set final_url = 'x' where id = 22": OF_LINK,
    "update links set status = 'tweet' where id = 22": OF_LINK,
    "update resources set kind = 'x' where id = 23": OF_RESOURCE,
    "update highlight_links set position = 7 where highlight_id = 103": set(),
    "update tweets set thread_id = null where highlight_id = 158": {9},
    "update tweets set author_id = null where highlight_id = 158": {9},
    "update documents set summary = 'x' where id = 3": set(),
    "update highlights set taken_at = '2020' where id = 103": set(),
    "update tweets set text = 'x' where highlight_id = 158": set(),
    "update links set error = 'x' where id = 22": set(),
}


@pytest.fixture(scope="module")
def library() -> Iterator[sqlite3.Connection]:
    db = make_long_library()
    db.execute("pragma foreign_keys = off")
    yield db
    db.close()


@pytest.mark.parametrize("statement", CHANGES)
def test_a_change_marks_the_documents_whose_topics_it_may_change(
    library: sqlite3.Connection, statement: str
) -> None:
    expected = CHANGES[statement]
    if isinstance(expected, str):
        live = "select id from documents where gone_at is null"
        query = f"select document_id from highlights where id in ({expected}) and document_id in ({live})"
        expected = {id_ for (id_,) in library.execute(query)}
    before = read_document_marks(library)
    library.execute("begin")
    library.execute(statement)
    after = read_document_marks(library)
    library.execute("rollback")
    assert {id_ for id_ in before | after if before.get(id_) != after.get(id_)} == expected


ASSIGNED = [
    Assignment(1, "Tea", "phrase: tea"),
    Assignment(1, "Tea", "tag: t", 0.5),
    Assignment(3, "Salt", "x"),
]


@pytest.fixture
def db() -> sqlite3.Connection:
    """Highlight n is in document n; 4 is gone."""
    db = open_memory()
    for id_ in range(1, 5):
        insert(
            db,
            "documents",
            id=id_,
            title="T",
            full_title="T",
            category="books",
            uid=f"d{id_}",
            content_hash=0,
        )
        insert(
            db, "highlights", id=id_, text=f"Text {id_}", document_id=id_, position=0, category="books",
            uid=f"h{id_}", content_hash=0, gone_at="2022-01-01" if id_ == 4 else None,
        )  # fmt: skip
    return db


def test_only_assignments_that_changed_are_written(db: sqlite3.Connection) -> None:
    assert save_assignments(db, ASSIGNED, str.lower) == 3
    assert sorted(read_assignments(db), key=repr) == sorted(ASSIGNED, key=repr)
    assert read_topic_names(db) == {"salt": "Salt", "tea": "Tea"}
    assert find_wrong_counts(db) == []
    changes = db.total_changes
    assert save_assignments(db, ASSIGNED, str.lower) == 0
    assert db.total_changes == changes
    again = [Assignment(1, "Tea", "tag: t", 0.7), *ASSIGNED[2:]]
    assert save_assignments(db, again, str.lower) == 2
    assert sorted(read_assignments(db), key=repr) == sorted(again, key=repr)
    assert find_wrong_counts(db) == []


def test_assignments_of_other_documents_stay(db: sqlite3.Connection) -> None:
    save_assignments(db, ASSIGNED, str.lower)
    assert save_assignments(db, [Assignment(1, "Tea", "x")], str.lower, documents=[1, 2]) == 3
    assert sorted(each.highlight_id for each in read_assignments(db)) == [1, 3]
    assert save_assignments(db, [], str.lower, documents=[3]) == 1
    assert read_topic_names(db) == {"tea": "Tea"}
    save_assignments(
        db, [Assignment(1, "Tea", "x"), Assignment(4, "Tea", "x"), Assignment(2, "Air", "x")], str.lower
    )
    assert [(each.name, each.highlights, each.documents) for each in count_topics(db)] == [
        ("Air", 1, 1), ("Tea", 1, 1),
    ]  # fmt: skip


def test_what_is_known_of_a_document_is_kept_until_it_goes(db: sqlite3.Connection) -> None:
    save_assignments(db, ASSIGNED, str.lower)
    save_topic_cache(db, {1: ("m1", "s1", "{}"), 2: ("m2", "s2", "[]")}, [])
    members = read_member_marks(db)
    assert members.keys() == {1, 3}
    known = read_topic_cache(db)
    assert [tuple(known[id_]) for id_ in (1, 2)] == [("m1", members[1], "s1"), ("m2", "", "s2")]
    assert read_scores(db) == {1: "{}", 2: "[]"}
    for rows in ({1: ("m9", "s1", "{}")}, {1: ("m9", "s9", "{}")}, {1: ("m9", "s9", "[9]")}):
        save_topic_cache(db, rows, [])
        mark, _, summary = read_topic_cache(db)[1]
        assert (mark, summary, read_scores(db)[1]) == rows[1]
    db.execute("delete from highlight_topics where highlight_id = 1 and reason = 'tag: t'")
    assert read_member_marks(db)[1] != members[1]
    save_topic_cache(db, {}, [2])
    assert read_topic_cache(db).keys() == {1}
    forget_topics(db)
    assert (read_topic_cache(db), read_topic_names(db), read_assignments(db)) == ({}, {}, [])


def test_gone_highlights_have_no_text_to_embed(db: sqlite3.Connection) -> None:
    assert read_texts(db) == {1: "Text 1", 2: "Text 2", 3: "Text 3"}
    assert read_last_highlight(db) == 3
    db.execute("update documents set gone_at = '2022' where id = 3")
    assert read_last_highlight(db) == 2
    db.execute("delete from highlights")
    assert read_last_highlight(db) == 0


def test_a_vector_is_replaced(db: sqlite3.Connection) -> None:
    save_vectors(db, [(1, 5, b"a"), (2, 6, b"b")])
    save_vectors(db, [(1, 7, b"c")])
    assert read_vectors(db) == {1: (7, b"c"), 2: (6, b"b")}
