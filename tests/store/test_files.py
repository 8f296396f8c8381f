"""What the store knows of files: what each was read as, where its highlights are, and what was wrong."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from record_types.library import EMBEDDED_SECTION
from record_types.pages import FileStamp, Problem, SourceFile
from store.files import (
    find_known,
    is_unknown,
    mark_files_gone,
    read_files_below,
    read_known_files,
    read_page_lines,
    read_page_paths,
    read_problems,
    read_written_paths,
    save_run_problems,
    save_stamps,
    save_unreadable,
)
from store.written_notes import ExportFolder, WrittenNote, save_export_folder, save_written
from tests.records import ARTICLE, FIRST_ID, plain_highlight, source_file, tweet_highlight
from tests.store.stores import NOW, save

THREAD_FILE = source_file("b.md", tweet_highlight(1, "One", line=7), tweet_highlight(2, "Two", line=5))
ARTICLE_FILE = source_file("a.md", plain_highlight("p", "Words", document="doc"), document=ARTICLE)


def move(file: SourceFile, root: str, path: str) -> SourceFile:
    return replace(file, stamp=FileStamp(root, path, 100, 1))


def test_written_notes_are_those_below_the_folder_and_not_the_readers_pages(db: sqlite3.Connection) -> None:
    for number, folder in enumerate(("/notes", "/notes0", "/notes/", "/note")):
        save_export_folder(db, ExportFolder(f"{number:016}", folder, 1))
        notes = [WrittenNote(f"{number}.md", "topic:a", "# A", {"tweet:1": "x"})]
        notes.append(WrittenNote(f"page {number}.md", "topic:b", "# A", {EMBEDDED_SECTION: "x"}))
        save_written(db, folder, notes, now=NOW)
    assert read_written_paths(db, ["/notes"]) == {"/notes/0.md", "/notes/2.md"}
    assert read_written_paths(db, ["/notes0/", "/note"]) == {"/notes0/1.md", "/note/3.md"}
    assert len(read_written_paths(db, ["/"])) == 4
    assert read_written_paths(db, ["/notes/0.md"]) == set()


def test_the_lines_of_pages_below_a_folder_are_in_order(db: sqlite3.Connection) -> None:
    save(
        db,
        THREAD_FILE,
        ARTICLE_FILE,
        move(ARTICLE_FILE, "/graph2", "a.md"),
        move(ARTICLE_FILE, "/graph", "c/d.md"),
    )
    first, second = (f"tweet:{FIRST_ID + number}" for number in (1, 2))
    document = f"thread:{FIRST_ID}"
    words = "text:p:doc"
    assert read_page_lines(db, "/graph/") == [
        ("/graph/a.md", "doc", words, 10),
        ("/graph/b.md", document, second, 5),
        ("/graph/b.md", document, first, 7),
        ("/graph/c/d.md", "doc", words, 10),
    ]
    assert read_page_lines(db, "/graph/c") == [("/graph/c/d.md", "doc", words, 10)]
    db.execute("update files set gone_at = 'x' where path <> 'b.md'")
    assert [line.path for line in read_page_lines(db, "/")] == ["/graph/b.md"] * 2
    assert read_page_paths(db) == {"/graph/b.md"}
    db.execute("update files set dialect = null")
    assert read_page_paths(db) == set()


@pytest.mark.parametrize(
    ("encoding", "kinds", "repair"),
    [
        ("utf-8", [], ""),
        ("utf-8", ["cut-text"], ""),
        ("utf-8", ["cut-text", "damaged"], "left"),
        ("utf-8", ["repaired-lines"], "done"),
        ("utf-8, repaired", ["damaged"], "done"),
    ],
)
def test_a_known_file_says_whether_it_was_repaired(
    db: sqlite3.Connection, encoding: str, kinds: list[str], repair: str
) -> None:
    problems = tuple(Problem(kind, "words", 1) for kind in kinds)
    file = replace(ARTICLE_FILE, encoding=encoding, problems=problems, read_as="as")
    save(db, file, THREAD_FILE)
    known = read_known_files(db)
    assert known.keys() == {"/graph/a.md", "/graph/b.md"}
    row = known["/graph/a.md"]
    assert row == (1, "/graph", "a.md", 100, 1, file.sha256, False, 1, repair, "as")
    assert known["/graph/b.md"].repair == ""
    assert read_files_below(db, "/graph") == {"a.md": row, "b.md": known["/graph/b.md"]}
    assert read_files_below(db, "/") == {}
    mark_files_gone(db, [1], now=NOW)
    assert [each.gone for each in read_known_files(db).values()] == [True, False]
    assert find_known(db, [file, move(file, "/graph", "z.md"), move(file, "/", "a.md")]) == {1}


def test_a_touched_file_keeps_its_hash(db: sqlite3.Connection) -> None:
    save(db, ARTICLE_FILE, THREAD_FILE)
    save_stamps(db, [(1, FileStamp("/graph", "a.md", 7, 8))])
    assert [(each.size, each.mtime_ns) for each in read_known_files(db).values()] == [(7, 8), (100, 1)]


def test_an_unreadable_file_is_saved_only_if_something_changed(db: sqlite3.Connection) -> None:
    save(db, THREAD_FILE)
    unread = SourceFile(FileStamp("/graph", "x.md", 5, 6), "", problems=(Problem("unreadable", "no", None),))

    def store(file: SourceFile, reader: int = 1) -> int:
        before = db.total_changes
        save_unreadable(db, [file], run_id=1, reader=reader)
        return db.total_changes - before

    assert (store(unread), store(unread)) == (2, 0)
    assert not is_unknown(db, "/graph", "x.md")
    for change in ({"stamp": FileStamp("/graph", "x.md", 6, 6)}, {"stamp": FileStamp("/graph", "x.md", 6, 7)},
                   {"sha256": "1"}, {"read_as": "as"}):  # fmt: skip
        unread = replace(unread, **change)
        assert (store(unread), store(unread)) == (1, 0)
    assert (store(unread, reader=2), store(unread, reader=2)) == (1, 0)
    db.execute("update files set gone_at = 'x' where path = 'x.md'")
    unread = replace(unread, sha256="2", problems=(Problem("damaged", "no", 2),))
    assert (store(unread), store(unread)) == (3, 0)
    assert read_problems(db) == [("damaged", "/graph/x.md", 2, "no")]
    known = read_known_files(db)["/graph/x.md"]
    assert (known.size, known.mtime_ns, known.sha256, known.gone, known.reader, known.read_as) == (
        6, 7, "2", False, 1, "as",
    )  # fmt: skip


def test_a_file_that_no_dialect_reads_is_unknown(db: sqlite3.Connection) -> None:
    save(db, replace(ARTICLE_FILE, dialect=None, pages=()), THREAD_FILE)
    assert is_unknown(db, "/graph", "a.md")
    assert not is_unknown(db, "/graph", "b.md")
    assert not is_unknown(db, "/", "a.md")
    assert not is_unknown(db, "/graph", "c.md")
    db.execute(
        "insert into problems (kind, message, file_id) values ('damaged', 'x', 1), ('unreadable', 'x', 2)"
    )
    assert is_unknown(db, "/graph", "a.md")
    db.execute("update problems set kind = 'unreadable'")
    assert not is_unknown(db, "/graph", "a.md")
    db.execute("delete from problems")
    mark_files_gone(db, [1], now=NOW)
    assert not is_unknown(db, "/graph", "a.md")


def test_problems_of_a_run_are_replaced_and_those_of_files_stay(db: sqlite3.Connection) -> None:
    save(db, replace(ARTICLE_FILE, problems=(Problem("cut-text", "cut", 3),)), THREAD_FILE)
    found = [("z.md", Problem("conflict", "two", None)), ("y.md", Problem("conflict", "one", 1))]
    save_run_problems(db, found)
    of_file = ("cut-text", "/graph/a.md", 3, "cut")
    two, one = ("conflict", None, None, "z.md: two"), ("conflict", None, 1, "y.md: one")
    assert read_problems(db) == [two, one, of_file]
    assert read_problems(db, without=["conflict"]) == [of_file]
    before = db.total_changes
    save_run_problems(db, found[::-1])
    assert db.total_changes == before
    save_run_problems(db, found[:1])
    assert read_problems(db) == [two, of_file]
    mark_files_gone(db, [1], now=NOW)
    mark_files_gone(db, [1], now="later")
    assert read_problems(db, without=["conflict"]) == []
    assert db.execute("select gone_at from files order by id").fetchall() == [(NOW,), (None,)]
