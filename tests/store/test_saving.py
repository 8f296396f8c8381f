"""Saving files: rows are merged, and untouched if nothing changed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from record_types.pages import FileStamp, Note, Problem, SourceFile
from store.connection import open_memory
from store.files import save_unreadable
from store.runs import start_run
from store.tweets import HEALED_ROOT
from tests.records import ARTICLE, FIRST_ID, PROFILE, plain_highlight, source_file, tweet_highlight
from tests.store.stores import NOW, one, read_all, read_state, save, save_in_any_order

FIRST = tweet_highlight(0, "First, with a picture", notes=(Note("Thread", "mark"),), links=("AbCdEf1234",))
SECOND = tweet_highlight(1, "Second", notes=(Note("my thought"),), tags=("favorite", "maths"))
THIRD = tweet_highlight(2, "Third", links=("AbCdEf1234", "GhIjKl5678"))


def test_a_second_save_of_the_same_files_changes_no_row(db: sqlite3.Connection) -> None:
    file = source_file("a.md", FIRST, SECOND, THIRD)
    save(db, file)
    before = read_all(db)
    counts = save(db, file)
    after = read_all(db)
    del before["files"], after["files"]  # the file was read again: its row names the run
    assert after == before
    assert (counts.added, counts.changed, counts.removed) == (0, 0, 0)


def test_an_unreadable_file_that_is_read_again_changes_no_row(db: sqlite3.Connection) -> None:
    problem = Problem("unreadable", "not UTF-8", 3)
    file = SourceFile(FileStamp("/graph", "a.md", 5, 7), "", problems=(problem,))
    other = SourceFile(FileStamp("/graph", "b.md", 5, 7), "", problems=(problem,))
    run_id = start_run(db, "import", now=NOW)
    save_unreadable(db, [file, other], run_id=run_id, reader=1)
    before = db.total_changes
    save_unreadable(db, [file, other], run_id=run_id, reader=1)
    assert db.total_changes == before


def test_a_thread_is_ordered_by_status_id_and_named_by_its_first(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", THIRD, FIRST, SECOND))
    assert db.execute("select id, thread_id, position from tweets order by id").fetchall() == [
        (FIRST_ID + number, FIRST_ID, number) for number in range(3)
    ]


def test_a_single_tweet_is_not_a_thread_unless_it_is_marked_as_one(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", tweet_highlight(0, "alone")))
    assert one(db, "select thread_id from tweets") is None
    save(db, source_file("a.md", FIRST))
    assert one(db, "select thread_id from tweets") == FIRST_ID


def test_tweets_collected_from_a_profile_are_not_a_thread(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", SECOND, THIRD, document=PROFILE))
    assert one(db, "select count(*) from tweets where thread_id is not null") == 0


def test_one_tweet_on_two_pages_is_one_highlight_at_home_in_its_thread(db: sqlite3.Connection) -> None:
    save(db, source_file("profile.md", SECOND, document=PROFILE))
    save(db, source_file("thread.md", FIRST, SECOND))
    assert one(db, "select count(*) from highlights") == 2
    assert one(db, "select count(*) from appearances") == 3
    query = "select d.uid from highlights h join documents d on d.id = h.document_id where h.uid = ?"
    assert one(db, query, SECOND.uid) == f"thread:{FIRST_ID}"


def test_the_mark_of_a_thread_is_not_a_note_of_the_readers(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND))
    assert db.execute("select note from highlights order by id").fetchall() == [("",), ("my thought",)]
    assert db.execute("select kind, text from notes order by id").fetchall() == [
        ("mark", "Thread"),
        ("note", "my thought"),
    ]


def test_a_changed_text_is_updated_and_the_old_one_kept(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND))
    counts = save(db, source_file("a.md", FIRST, tweet_highlight(1, "Second, [[linked]]")))
    assert (counts.added, counts.changed) == (0, 1)
    assert one(db, "select text from highlights where uid = ?", SECOND.uid) == "Second, [[linked]]"
    assert one(db, "select text from versions") == "Second"
    assert one(db, "select count(*) from highlight_tags") == 0


def test_a_highlight_that_appears_nowhere_is_marked_gone_until_it_returns(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND))
    counts = save(db, source_file("a.md", FIRST))
    assert counts.removed == 1
    assert one(db, "select gone_at from highlights where uid = ?", SECOND.uid) is not None
    assert one(db, "select text from highlights where uid = ?", SECOND.uid) == "Second"
    counts = save(db, source_file("a.md", FIRST, SECOND))
    assert counts.added == 1
    assert one(db, "select gone_at from highlights where uid = ?", SECOND.uid) is None


def test_a_highlight_that_still_appears_elsewhere_is_not_marked_gone(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND), source_file("b.md", SECOND, document=PROFILE))
    save(db, source_file("a.md", FIRST))
    assert one(db, "select count(*) from highlights where gone_at is not null") == 0
    query = "select d.uid from highlights h join documents d on d.id = h.document_id where h.uid = ?"
    assert one(db, query, SECOND.uid) == "profile:ada"


def test_a_highlight_that_moves_to_another_page_keeps_its_row(db: sqlite3.Connection) -> None:
    one_article = source_file("a.md", plain_highlight("x", "Words"), document=ARTICLE)
    save(db, one_article)
    id_ = one(db, "select id from highlights")
    moved = source_file("b.md", plain_highlight("x", "Words"), document=ARTICLE)
    counts = save(db, source_file("a.md", document=ARTICLE), moved)
    assert one(db, "select id from highlights") == id_
    assert counts.removed == 0


def test_an_edited_highlight_without_a_url_keeps_its_row_and_its_history(db: sqlite3.Connection) -> None:
    before = [plain_highlight(f"h{i}", f"Sentence {i} of the article", position=i) for i in range(3)]
    save(db, source_file("a.md", *before, document=ARTICLE))
    edited = plain_highlight("h1b", "Sentence 1 of the article, corrected", position=1)
    counts = save(db, source_file("a.md", before[0], edited, before[2], document=ARTICLE))
    assert (counts.added, counts.changed, counts.removed) == (0, 1, 0)
    assert one(db, "select text from versions") == "Sentence 1 of the article"
    assert one(db, "select count(*) from highlights") == 3


def test_another_text_in_the_same_place_is_not_an_edit(db: sqlite3.Connection) -> None:
    before = [plain_highlight(f"h{i}", f"Sentence {i} of the article", position=i) for i in range(3)]
    save(db, source_file("a.md", *before, document=ARTICLE))
    other = plain_highlight("z", "Quite unlike what stood there, by any measure", position=1)
    counts = save(db, source_file("a.md", before[0], other, before[2], document=ARTICLE))
    assert (counts.added, counts.changed, counts.removed) == (1, 0, 1)


def test_the_fuller_text_wins_and_the_other_is_kept(db: sqlite3.Connection) -> None:
    cut = tweet_highlight(1, "Three things:", incomplete=True)
    whole = tweet_highlight(1, "Three things: one, two, three")
    save(db, source_file("a.md", FIRST, cut))
    save(db, source_file("b.md", whole, document=PROFILE))
    row = db.execute("select text, incomplete from highlights where uid = ?", (cut.uid,)).fetchone()
    assert row == ("Three things: one, two, three", 0)
    assert one(db, "select text from versions") == "Three things:"


def test_the_order_of_imports_does_not_matter() -> None:
    files = [
        source_file("thread.md", FIRST, SECOND, THIRD),
        source_file("old title.md", FIRST, tweet_highlight(1, "Sec", incomplete=True)),
        source_file("profile.md", tweet_highlight(1, "Second [[x]]", tags=("new",)), document=PROFILE),
        source_file(
            "article.md", plain_highlight("x", "Words"), document=ARTICLE, notes=(Note("own", "block"),)
        ),
    ]
    apart = save_in_any_order(files)
    together = open_memory()
    save(together, *files)
    assert read_state(together) == read_state(apart)


def test_removing_a_file_leaves_the_claims_of_the_others() -> None:
    thread = source_file("thread.md", FIRST, SECOND)
    profile = source_file("profile.md", tweet_highlight(1, "Second, and much more"), document=PROFILE)
    both, alone = open_memory(), open_memory()
    save(both, thread, profile)
    (file_id,) = both.execute("select id from files where path = 'profile.md'").fetchone()
    save(both, gone=[file_id])
    save(alone, thread)
    assert read_state(both) == read_state(alone)


def test_a_link_is_one_row_however_often_it_appears(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND, THIRD))
    assert db.execute("select uid, short, status from links order by id").fetchall() == [
        ("t.co/AbCdEf1234", 1, "pending"),
        ("t.co/GhIjKl5678", 1, "pending"),
    ]
    assert one(db, "select count(*) from highlight_links") == 3


def test_properties_of_a_document_and_its_own_blocks_are_kept(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", document=ARTICLE, notes=(Note("own block", "block"),)))
    assert one(db, "select properties from documents") == '{"status": "read"}'
    assert db.execute("select kind, text, highlight_id from notes").fetchall() == [
        ("block", "own block", None)
    ]
    assert one(db, "select t.name from document_tags dt join tags t on t.id = dt.tag_id") == "maths"


def read_gone(db: sqlite3.Connection) -> dict[str, list[str]]:
    """The uids of the highlights and documents that are marked as gone."""
    query = "select uid from {} where gone_at is not null order by uid"
    tables = ("highlights", "documents")
    return {table: [uid for (uid,) in db.execute(query.format(table))] for table in tables}


def test_a_healed_tweet_goes_with_the_last_page_that_has_it(db: sqlite3.Connection) -> None:
    healed = source_file("1", SECOND)
    healed = replace(healed, stamp=replace(healed.stamp, root=HEALED_ROOT))
    save(db, source_file("a.md", FIRST, SECOND), source_file("b.md", SECOND), healed)
    ids = dict(db.execute("select path, id from files").fetchall())
    save(db, gone=[ids["a.md"]])
    assert read_gone(db) == {"highlights": [FIRST.uid], "documents": []}
    counts = save(db, gone=[ids["b.md"]])
    assert read_gone(db) == {"highlights": [FIRST.uid, SECOND.uid], "documents": [f"thread:{FIRST_ID}"]}
    assert counts.removed == 1
    assert save(db).removed == 0


def test_what_nothing_refers_to_any_more_is_deleted(db: sqlite3.Connection) -> None:
    names = ("select name from authors order by name", "select name from tags order by name")
    article = source_file("a.md", plain_highlight("x", "Words"), document=ARTICLE)
    save(db, article, source_file("b.md", SECOND))
    assert [[name for (name,) in db.execute(query)] for query in names] == [
        ["Grace H.", "ada"], ["favorite", "maths"],
    ]  # fmt: skip
    db.execute("insert into authors (name, uid) values ('Nobody', 'Nobody')")
    db.execute("insert into tags (name) values ('unused')")
    columns = "title, full_title, category, uid, content_hash"
    db.execute(f"insert into documents ({columns}) values ('', '', 'other', 'e', 0)")
    save(db)
    assert [[name for (name,) in db.execute(query)] for query in names] == [
        ["Grace H.", "ada"], ["favorite", "maths"],
    ]  # fmt: skip
    assert one(db, "select count(*) from documents") == 2
