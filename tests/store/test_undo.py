"""Undoing the last import restores the store as it was before."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from record_types.pages import BlockProperty, Note, Problem, Section
from store.runs import Counts, finish_run, mark_crashed_runs, start_run
from store.topics import read_page_aliases
from store.undo import find_last_change, find_last_run
from tests.records import ARTICLE, PROFILE, plain_highlight, source_file, tweet_highlight
from tests.store.stores import NOW, one, read_state, save, undo

FIRST, SECOND, THIRD = (tweet_highlight(n, text) for n, text in enumerate(("First", "Second", "Third")))


def test_undoing_the_first_import_leaves_nothing(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND, notes=(Note("own", "block"),)))
    assert undo(db)
    for table in ("highlights", "documents", "files", "notes", "appearances", "tweets", "versions"):
        assert one(db, f"select count(*) from {table}") == 0


def test_undo_restores_what_a_changed_file_claimed(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND), source_file("p.md", SECOND, document=PROFILE))
    before = read_state(db)
    save(db, source_file("a.md", tweet_highlight(0, "First, edited", tags=("new",)), THIRD))
    assert read_state(db) != before
    assert undo(db)
    assert read_state(db) == before
    assert one(db, "select count(*) from versions") == 0
    assert one(db, "select count(*) from highlights") == 2


def test_aliases_of_a_page_come_and_go_with_it(db: sqlite3.Connection) -> None:
    page = replace(source_file("own.md"), pages=(), dialect=None, page="Sleep", aliases=("Slumber", "Nap"))
    save(db, page)
    assert read_page_aliases(db) == [("Sleep", "Nap"), ("Sleep", "Slumber")]
    save(db, replace(page, aliases=("Doze",)))
    assert read_page_aliases(db) == [("Sleep", "Doze")]
    assert undo(db)
    assert read_page_aliases(db) == [("Sleep", "Nap"), ("Sleep", "Slumber")]
    save(db, gone=[1])
    assert read_page_aliases(db) == []


def test_undo_restores_sections_problems_and_properties_of_blocks(db: sqlite3.Connection) -> None:
    def read() -> list[list[tuple[object, ...]]]:
        tables = ("sections", "problems", "block_properties")
        columns = ("line, heading, synced_on", "line, kind, message", "line, key, value")
        queries = zip(columns, tables, strict=True)
        return [db.execute(f"select {each} from {table} order by line").fetchall() for each, table in queries]

    file = source_file("a.md", FIRST, problems=(Problem("cut-text", "cut", 3), Problem("bad-row", "bad", 4)))
    sections = (Section(1, "## A", "2022-01-01"), Section(2, "## B"))
    properties = (BlockProperty(5, "id", "x"), BlockProperty(6, "id", "y"))
    page = replace(file.pages[0], sections=sections, block_properties=properties)
    save(db, replace(file, pages=(page,)))
    before = read()
    assert before == [
        [(1, "## A", "2022-01-01"), (2, "## B", None)],
        [(3, "cut-text", "cut"), (4, "bad-row", "bad")],
        [(5, "id", "x"), (6, "id", "y")],
    ]
    save(db, source_file("a.md", SECOND))
    assert read() == [[], [], []]
    assert undo(db)
    assert read() == before


def test_undo_restores_a_removed_file(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND))
    before = read_state(db)
    files = db.execute("select path, sha256, gone_at from files").fetchall()
    save(db, gone=[1])
    assert one(db, "select count(*) from highlights where gone_at is null") == 0
    assert undo(db)
    assert read_state(db) == before
    assert db.execute("select path, sha256, gone_at from files").fetchall() == files


def test_an_edited_highlight_without_a_url_gets_its_old_uid_back(db: sqlite3.Connection) -> None:
    old = [plain_highlight(f"h{i}", f"Sentence {i} of the article", position=i) for i in range(3)]
    save(db, source_file("a.md", *old, document=ARTICLE))
    before = read_state(db)
    ids = db.execute("select id from highlights order by id").fetchall()
    edited = plain_highlight("hx", "Sentence 1 of the article, edited", position=1)
    save(db, source_file("a.md", old[0], edited, old[2], document=ARTICLE))
    assert undo(db)
    assert read_state(db) == before
    assert db.execute("select id from highlights order by id").fetchall() == ids


def test_redo_repeats_what_undo_reverted_and_undo_reverts_it_again(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND))
    before = read_state(db)
    save(
        db,
        source_file("a.md", tweet_highlight(0, "First, edited", tags=("new",))),
        source_file("b.md", THIRD, document=PROFILE, notes=(Note("own", "block"),)),
    )
    after = read_state(db)
    files = db.execute("select path, sha256, dialect from files order by path").fetchall()
    versions = db.execute("select text from versions").fetchall()
    assert versions == [("First",)]
    for _ in range(2):
        assert undo(db)
        assert not undo(db)
        assert read_state(db) == before
        assert one(db, "select count(*) from versions") == 0
        assert undo(db, "redo")
        assert not undo(db, "redo")
        assert read_state(db) == after
        assert db.execute("select path, sha256, dialect from files order by path").fetchall() == files
        assert db.execute("select text from versions").fetchall() == versions


def test_redo_of_an_undone_first_import_brings_everything_back(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST, SECOND), source_file("p.md", SECOND, document=PROFILE))
    before = read_state(db)
    assert undo(db)
    assert one(db, "select count(*) from highlights") == 0
    assert undo(db, "redo")
    assert read_state(db) == before


def finish_last(db: sqlite3.Connection, counts: Counts) -> None:
    finish_run(db, one(db, "select max(id) from runs"), counts, "ok", now=NOW)  # type: ignore[arg-type]


def test_a_run_that_changes_nothing_leaves_the_run_before_it_to_undo(db: sqlite3.Connection) -> None:
    first = source_file("a.md", FIRST, SECOND)
    finish_last(db, save(db, first))
    own_page = replace(source_file("own.md"), pages=(), dialect=None)
    moved = replace(first, pages=tuple(replace(page, line=page.line + 3) for page in first.pages))
    for file in (own_page, moved):
        finish_last(db, replace(save(db, file), unchanged=2))
    assert one(db, "select count(*) from runs") == 3
    assert find_last_change(db) == (1, "import", NOW)
    assert undo(db)
    assert one(db, "select count(*) from highlights") == 0


def test_a_renamed_page_changes_no_highlight_and_can_be_undone(db: sqlite3.Connection) -> None:
    finish_last(db, save(db, source_file("a.md", FIRST, SECOND)))
    before = read_state(db)
    counts = save(db, source_file("b.md", FIRST, SECOND), gone=[1])
    assert (counts.added, counts.removed) == (0, 0)
    finish_last(db, counts)
    assert undo(db)
    assert read_state(db) == before


def test_a_tag_that_came_with_the_undone_run_goes_with_it(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST))
    save(db, source_file("a.md", tweet_highlight(0, "First", tags=("new",))))
    assert undo(db)
    assert one(db, "select count(*) from tags") == 0


def test_only_the_last_run_can_be_undone(db: sqlite3.Connection) -> None:
    save(db, source_file("a.md", FIRST))
    save(db, source_file("b.md", SECOND, document=PROFILE))
    assert undo(db)
    assert not undo(db)
    assert one(db, "select count(*) from highlights") == 1


def test_an_empty_store_has_nothing_to_undo(db: sqlite3.Connection) -> None:
    assert not undo(db)


def test_an_undo_that_was_killed_before_it_changed_anything_is_not_the_last_run(
    db: sqlite3.Connection,
) -> None:
    save(db, source_file("a.md", FIRST))
    target = find_last_change(db)
    db.execute("update runs set status = 'ok'")
    start_run(db, "undo", now=NOW)
    mark_crashed_runs(db, now=NOW, alone=True)  # the process is this one, so it counts as gone
    assert find_last_run(db) == target == find_last_change(db)
    assert undo(db)
