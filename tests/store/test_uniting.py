"""One passage from many sources is one row, whatever the order of imports and removals."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from record_types.pages import Document, Highlight, Page, SourceFile
from store.connection import open_memory
from store.integrity import check_store, repair_store
from store.written_notes import (
    ExportFolder,
    WrittenNote,
    read_written_blocks,
    rename_written_blocks,
    save_export_folder,
    save_written,
)
from tests.records import FIRST_ID
from tests.store.sources import document, file_of, page_of, passage, tweet
from tests.store.stores import NOW, one, read_state, save, undo

quick = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a folder of files takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

ARTICLE = document("Slow reading", "url:a", "articles")
TABLE = document("Slow reading", category="other")


@cache
def empty() -> sqlite3.Connection:
    return open_memory()


def store(*files: SourceFile) -> sqlite3.Connection:
    """A store of these files; copying an empty one is faster than creating a schema."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    empty().backup(db)
    db.execute("pragma foreign_keys = on")
    if files:
        save(db, *files)
    return db


def count(db: sqlite3.Connection) -> tuple[object, object, object]:
    """Documents, highlights, appearances: all rows, those that are gone too."""
    return tuple(
        one(db, f"select count(*) from {name}") for name in ("documents", "highlights", "appearances")
    )  # type: ignore[return-value]


# --- single cases


def test_a_passage_without_its_link_joins_the_one_with_a_link(db: sqlite3.Connection) -> None:
    save(db, file_of("a.md", page_of(ARTICLE, passage("Read *slowly*.", "readwise:1"))))
    counts = save(db, file_of("t.csv", page_of(TABLE, passage("Read slowly.", note="mine", tag="calm"))))
    assert (counts.added, counts.changed, counts.removed) == (0, 1, 0)
    assert count(db) == (1, 1, 2)
    assert db.execute("select uid, text, note from highlights").fetchone() == (
        "readwise:1", "Read *slowly*.", "mine",
    )  # fmt: skip
    assert one(db, "select text from versions") == "Read slowly."
    assert db.execute("select uid, category, properties from documents").fetchall() == [
        ("url:a", "articles", "{}")
    ]


def test_a_source_with_the_link_may_come_later_and_the_row_stays(db: sqlite3.Connection) -> None:
    save(db, file_of("t.csv", page_of(TABLE, passage("Read slowly.", note="mine"))))
    ids = db.execute("select h.id, d.id from highlights h, documents d").fetchall()
    counts = save(db, file_of("a.md", page_of(ARTICLE, passage("Read *slowly*.", "readwise:1"))))
    assert (counts.added, counts.changed, counts.removed) == (0, 1, 0)
    assert db.execute("select h.id, d.id from highlights h, documents d").fetchall() == ids
    assert count(db) == (1, 1, 2)
    assert (one(db, "select uid from highlights"), one(db, "select uid from documents")) == (
        "readwise:1",
        "url:a",
    )


def test_removing_the_source_with_the_link_leaves_the_other_as_if_alone(db: sqlite3.Connection) -> None:
    table = file_of("t.csv", page_of(TABLE, passage("Read slowly.", note="mine")))
    save(db, table)
    id_ = one(db, "select id from highlights")
    save(db, file_of("a.md", page_of(ARTICLE, tweet(1, "Read *slowly*."))))
    assert one(db, "select count(*) from tweets") == 1
    save(db, gone=[2])
    assert read_state(db) == read_state(store(table))
    assert (count(db), one(db, "select id from highlights")) == ((1, 1, 1), id_)
    assert one(db, "select count(*) from tweets") == 0


def test_documents_that_share_a_passage_later_become_one_row(db: sqlite3.Connection) -> None:
    save(db, file_of("a.md", page_of(ARTICLE, passage("First", "readwise:1"))))
    save(db, file_of("t.csv", page_of(TABLE, passage("Second"))))
    assert count(db) == (2, 2, 2)
    save(db, file_of("a.md", page_of(ARTICLE, passage("First", "readwise:1"), passage("Second"))))
    assert count(db) == (1, 2, 3)
    assert db.execute("select uid from highlights order by uid").fetchall() == [
        ("readwise:1",), ("text:second:ada fern:slow reading",),
    ]  # fmt: skip


def test_a_second_tweet_with_the_same_words_separates_all_of_them_until_it_is_removed(
    db: sqlite3.Connection,
) -> None:
    profile = document("Tweets", "profile:ada", "tweets")
    table = file_of(
        "t.csv", page_of(document("Tweets", category="tweets"), passage("Yes!"), passage("Ferns"))
    )
    page = file_of("a.md", page_of(profile, tweet(1, "Yes!"), tweet(2, "Ferns")))
    save(db, table, page)
    assert count(db) == (1, 2, 4)
    before = read_state(db)
    save(db, file_of("a.md", page_of(profile, tweet(1, "Yes!"), tweet(2, "Ferns"), tweet(3, "Yes!"))))
    assert one(db, "select count(*) from highlights where uid in (?, ?, ?)", f"tweet:{FIRST_ID + 1}",
               f"tweet:{FIRST_ID + 3}", "text:yes:ada fern:tweets") == 3  # fmt: skip
    save(db, page)
    assert read_state(db) == before


def test_a_highlight_that_gains_its_link_keeps_its_row(db: sqlite3.Connection) -> None:
    save(db, file_of("a.md", page_of(ARTICLE, passage("First"), passage("Second"))))
    ids = db.execute("select id, text from highlights order by id").fetchall()
    counts = save(db, file_of("a.md", page_of(ARTICLE, passage("First"), passage("Second", "readwise:2"))))
    assert (counts.added, counts.removed) == (0, 0)
    assert db.execute("select id, text from highlights order by id").fetchall() == ids


def test_a_page_that_gains_its_url_keeps_its_rows(db: sqlite3.Connection) -> None:
    save(db, file_of("a.md", page_of(document("Slow reading", category="articles"), passage("First"))))
    ids = db.execute("select h.id, d.id from highlights h, documents d").fetchall()
    save(db, file_of("a.md", page_of(ARTICLE, passage("First"))))
    assert db.execute("select h.id, d.id from highlights h, documents d").fetchall() == ids
    assert count(db) == (1, 1, 1)


def test_a_second_passage_at_a_kindle_location_takes_a_row_of_its_own(db: sqlite3.Connection) -> None:
    book = document("Ferns")
    save(db, file_of("t.csv", page_of(book, passage("First", "kindle:A:12"))))
    save(db, file_of("a.md", page_of(book, passage("Other", "kindle:A:12"), passage("First", "kindle:A:12"))))
    assert count(db) == (1, 2, 3)
    assert db.execute("select uid from highlights order by id").fetchall() == [
        ("kindle:A:12:first",), ("kindle:A:12:other",),
    ]  # fmt: skip


def test_written_notes_follow_a_row_to_its_new_uid(db: sqlite3.Connection) -> None:
    save(db, file_of("t.csv", page_of(TABLE, passage("First"))))
    save_export_folder(db, ExportFolder("f", "/notes", 1))
    db.executemany(
        "insert into written (folder_id, path, block_key, note_uid, base_text, written_at)"
        " values (1, 'a', ?, ?, '', '')",
        [("", f"document:{TABLE.uid}"), (f"text:first:{TABLE.title_key}", f"document:{TABLE.uid}")],
    )
    save(db, file_of("a.md", page_of(ARTICLE, passage("First", "readwise:1"))))
    assert db.execute("select block_key, note_uid from written order by block_key").fetchall() == [
        ("", "document:url:a"), ("readwise:1", "document:url:a"),
    ]  # fmt: skip


def test_doctor_finds_what_should_be_one_row_and_repairs_it(db: sqlite3.Connection) -> None:
    files = [
        file_of("t.csv", page_of(TABLE, passage("First", note="mine"), passage("Second"))),
        file_of("a.md", page_of(ARTICLE, passage("First", "readwise:1"), passage("Third", "readwise:3"))),
    ]
    for file in files:
        save(db, file)
    expected = read_state(db)
    db.execute("update document_appearances set title = null")
    db.execute("update appearances set pair = null")
    save(db, files[0])  # as an older program, which knew no pairs, had left it
    db.execute("update document_appearances set title = (select max(title) from document_appearances)")
    first = "select pair from appearances where document_id = 2 and line = 2"
    db.execute(f"update appearances set pair = ({first}) where pair is null and line = 2")
    assert {found.check for found in check_store(db) if found.trouble and found.fixable} >= {"names"}
    repair_store(db, now=NOW)
    assert count(db) == (1, 3, 4)
    state = read_state(db)
    assert state["highlights"] == expected["highlights"]
    assert state["documents"] == expected["documents"]


# --- not united


def test_a_passage_of_one_address_is_one_although_files_differ_in_its_title(db: sqlite3.Connection) -> None:
    known = document("Slow reading", "url:a", "articles")
    untitled = document("https://a.example/", "url:a", "articles")
    first = file_of("a.md", page_of(known, passage("Read *slowly*.", "readwise:1"), passage("Twice")))
    second = file_of("b.json", page_of(untitled, passage("Read slowly.", note="mine")))
    for order in ((first, second), (second, first)):
        stored = store(*order[:1])
        save(stored, order[1])
        assert count(stored) == (1, 2, 3)
        assert one(stored, "select note from highlights where uid = 'readwise:1'") == "mine"


def test_two_articles_with_one_title_and_no_author_stay_two(db: sqlite3.Connection) -> None:
    for name, words in (("a", "First"), ("b", "Second")):
        where = document("Introduction", f"url:{name}", "articles")
        save(db, file_of(f"{name}.md", page_of(where, passage(words), passage("Subscribe now"))))
    assert count(db) == (2, 4, 4)


def test_documents_with_one_title_and_no_common_words_stay_two(db: sqlite3.Connection) -> None:
    save(db, file_of("a.md", page_of(ARTICLE, passage("First", "readwise:1"))))
    save(db, file_of("t.csv", page_of(TABLE, passage("Second"))))
    assert count(db) == (2, 2, 2)


def test_the_same_words_marked_twice_in_a_book_stay_two(db: sqlite3.Connection) -> None:
    book = document("Ferns")
    save(db, file_of("a.md", page_of(book, passage("Yes", "kindle:A:12"), passage("Yes", "kindle:A:90"))))
    save(db, file_of("api", page_of(book, passage("Yes", "open:1"), passage("Yes", "open:2"))))
    assert count(db) == (1, 4, 4)


def test_the_same_words_in_another_document_are_another_highlight(db: sqlite3.Connection) -> None:
    save(db, file_of("a.md", page_of(ARTICLE, passage("Yes", "readwise:1"))))
    save(db, file_of("b.md", page_of(document("Ferns"), passage("Yes"))))
    assert count(db) == (2, 2, 2)


# --- any order

TITLES = ("Slow", "Ferns")
PLACES = [
    *[document(title, category=category) for title in TITLES for category in ("books", "other")],
    *[document(title, f"url:{title}{number}", "articles") for title in TITLES for number in (1, 2)],
    document("https://slow.example", "url:Slow1", "articles"),  # another source does not know the title
    document("Slow", f"thread:{FIRST_ID}", "tweets"),
    document("Ferns", "profile:ada", "tweets"),
]
WORDS = ("Yes", "yes!", "*Yes*, yes", "No", "no, no", "Yes, yes", "Maybe")
NAMES = ("readwise:1", "readwise:2", "open:1", "open:2", "kindle:A:1", "view:u", "kindle:A:2",
         f"tweet:{FIRST_ID}", f"tweet:{FIRST_ID + 1}", None, None, None, None)  # fmt: skip


@st.composite
def make_highlights(draw: st.DrawFn) -> Highlight:
    note, tag = draw(st.sampled_from([("", ""), ("", "calm"), ("mine", ""), ("more", "x")]))
    return passage(draw(st.sampled_from(WORDS)), draw(st.sampled_from(NAMES)), note=note, tag=tag)


@st.composite
def make_pages(draw: st.DrawFn, place: Document) -> list[Highlight]:
    return draw(st.lists(make_highlights(), max_size=4))


@st.composite
def make_files(draw: st.DrawFn, path: str) -> SourceFile:
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique_by=lambda each: each.uid))
    pages: list[Page] = []
    for number, place in enumerate(places):
        pages.append(page_of(place, *draw(make_pages(place)), line=1 + 10 * number))
    return file_of(path, *pages)


@st.composite
def make_folders(draw: st.DrawFn) -> list[SourceFile]:
    return [draw(make_files(f"{name}.md")) for name in "abcde"[: draw(st.integers(2, 5))]]


def assert_whole(db: sqlite3.Connection) -> None:
    db.execute("update runs set status = 'ok'")
    assert [found for found in check_store(db) if found.trouble and found.check != "tags"] == []


@settings(quick, max_examples=25)
@given(make_folders(), st.randoms(use_true_random=False))
def test_any_order_and_any_split_ends_in_the_same_rows(files: list[SourceFile], chance: Random) -> None:
    expected = read_state(store(*files))
    for _ in range(3):
        db = store()
        for part in split(files, chance):
            save(db, *part)
        state = read_state(db)
        for table, rows in expected.items():
            assert state[table] == rows, table
        assert_whole(db)


def split(files: Sequence[SourceFile], chance: Random) -> list[list[SourceFile]]:
    order = list(files)
    chance.shuffle(order)
    parts: list[list[SourceFile]] = [[]]
    for file in order:
        if parts[-1] and chance.random() < 0.6:
            parts.append([])
        parts[-1].append(file)
    return parts


@settings(quick, max_examples=12)
@given(st.lists(make_folders(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_changes_removals_and_undo_leave_no_trace(folders: list[list[SourceFile]], chance: Random) -> None:
    db = store()
    there: dict[str, SourceFile] = {}
    for folder in folders:
        before = read_state(db)
        taken = {path for path in there if chance.random() < 0.3}
        new = [file for file in folder if file.stamp.path not in taken]
        ids = [one(db, "select id from files where path = ?", path) for path in sorted(taken)]
        save(db, *new, gone=[id_ for id_ in ids if isinstance(id_, int)])
        there = {path: file for path, file in there.items() if path not in taken}
        there |= {file.stamp.path: file for file in new}
        after = read_state(db)
        expected = read_state(store(*there.values()))
        for table, rows in expected.items():
            assert after[table] == rows, table
        assert_whole(db)
        if chance.random() < 0.5:
            assert undo(db)
            state = read_state(db)
            for table, rows in before.items():
                assert state[table] == rows, table
            assert_whole(db)
            save(db, *new, gone=[id_ for id_ in ids if isinstance(id_, int)])
            again = read_state(db)
            for table, rows in after.items():
                assert again[table] == rows, table


def test_written_notes_follow_all_blocks_of_a_highlight_to_its_new_uid(db: sqlite3.Connection) -> None:
    save(db, file_of("t.csv", page_of(TABLE, passage("First"), passage("Second"))))
    save(db, file_of("a.md", page_of(document("Other", "url:b"), passage("Other", "readwise:9"))))
    save(
        db, file_of("b.md", page_of(ARTICLE, passage("First", "readwise:1"), passage("Third", "readwise:3")))
    )
    blocks = {"readwise:1": "", "readwise:1/tags": "", "readwise:9/tags/x": "", "readwise:1~2/remark~2": ""}
    save_export_folder(db, ExportFolder("f", "/notes", 1))
    save_written(db, "/notes", [WrittenNote("a.md", "topic:a", "", blocks)], now=NOW)
    db.execute("update written set block_key = replace(block_key, 'readwise:1', 'text:mine')")
    rename_written_blocks(db, {"text:mine": "readwise:1"})
    assert set(read_written_blocks(db, "/notes", "a.md")) == set(blocks)
