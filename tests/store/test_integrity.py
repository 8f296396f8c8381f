"""Integrity checks find what is wrong, and repairs need no guessing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gleanings.steps.store_checks import LINK_RULES
from record_types.errors import StoreError
from record_types.pages import Note
from store.connection import BUSY_TIMEOUT_MS, close_store, open_store
from store.counts import refresh_counts
from store.cursors import read_cursor
from store.file_checks import find_wrong_indexes
from store.findings import ADVICE, FIX, MESSAGES, RESTORE, make_finding
from store.integrity import check_store, repair_store
from store.note_journal import JournalEntry, save_journal
from store.written_notes import ExportFolder, WrittenNote, save_export_folder, save_written
from tests.records import FIRST_ID, PROFILE, source_file, tweet_highlight
from tests.store.stores import NOW, one, read_state, save

DAMAGE = {
    "written": "insert into written (folder_id, path, block_key, base_text, note_uid, position, written_at)"
    " values (1, 'b.md', 'b', 'x', 'topic:b', 1, '2022-02-01T00:00:00Z')",
    "values": "insert into export_states values ('topic state', '{', '2022-02-01T00:00:00Z')",
    "highlights_fts": "insert into highlights_fts (highlights_fts, rowid, text, note)"
    " values ('delete', 1, '问题 一', '')",
    "highlights_cjk": "delete from highlights_cjk",
    "places": "delete from appearances",
    "authors": "update authors set name = 'Zpe', url = null",
    "copies": "update highlights set category = 'books'",
    "resources": "insert into resources (url, kind, site, status, uid)"
    " values ('u', 'article', 's', 'ok', 'u')",
    "tags": "insert into tags (name) values ('nothing')",
    "runs": "insert into runs (command, started_at, status) values ('import', 'x', 'running')",
}


SAID = {
    "written": "1 note has a record that no export would write",
    "values": "1 value is not allowed in its column: export_states.text of topic state",
    "highlights_fts": "the full-text index differs from its table",
    "highlights_cjk": "1 highlight has wrong index entries",
    "places": "2 rows are wrongly marked as gone, or wrongly not marked",
    "authors": "1 author has a spelling that is in no file",
    "copies": "2 highlights differ from their document in author or category",
    "resources": "1 resource has no link to it",
    "tags": "1 tag is not used",
    "runs": "1 run never ended: its process is gone",
}


@pytest.fixture
def filled(db: sqlite3.Connection) -> sqlite3.Connection:
    save(db, source_file("a.md", tweet_highlight(0, "问题 一"), tweet_highlight(1, "Second", tags=("t",))))
    db.execute("update runs set status = 'ok'")
    refresh_counts(db)
    save_export_folder(db, ExportFolder("0123456789abcdef", "/notes", 1))
    blocks = {"tweet:1": "First", "tweet:2": "Second"}
    save_written(db, "/notes", [WrittenNote("a.md", "topic:a", "# A", blocks)], now=NOW)
    return db


WRITTEN = {
    "an absolute path": "path = '/a.md'",
    "a path out of the folder": "path = '../a.md'",
    "another note's uid": "note_uid = 'topic:b' where position = 1",
    "an unknown kind of note": "note_uid = 'tqpic:a'",
    "no whole note": "block_key = 'tweet:0' where block_key = ''",
    "a place twice": "position = 1 where position = 2",
    "a broken time": "written_at = '2022-02-01T00:00:0'",
}


@pytest.mark.parametrize("what", WRITTEN)
def test_rows_of_notes_that_no_export_writes_are_found_and_forgotten(
    filled: sqlite3.Connection, what: str
) -> None:
    filled.execute(f"update written set {WRITTEN[what]}")
    assert find_failed(filled) == ["written"]
    repair_store(filled, now=NOW)
    assert find_failed(filled) == []
    assert one(filled, "select count(*) from written") == 0


def test_the_journal_of_a_killed_export_is_not_damage(filled: sqlite3.Connection) -> None:
    written = JournalEntry("b.md", "topic:b", ".gleanings-1.tmp", "0123456789abcdef01234567", "# B", {})
    removed = JournalEntry("a.md", "", "", "0123456789abcdef01234567", "", {})
    save_journal(filled, "/notes", [written, removed])
    assert find_failed(filled) == []


@pytest.mark.parametrize(("properties", "recent"), [("{", '["a'), ("[]", '{"a": 1}'), ("7", "null")])
def test_a_damaged_value_is_named_with_its_row(
    filled: sqlite3.Connection, properties: str, recent: str
) -> None:
    filled.execute("pragma ignore_check_constraints = on")
    filled.execute("update documents set properties = ?", (properties,))
    filled.execute("insert into cursors (source, recent, reader) values ('readwise', ?, 1)", (recent,))
    filled.execute("pragma ignore_check_constraints = off")
    with pytest.raises(StoreError, match=r"malformed JSON in cursors\.recent: run `gleanings doctor --fix`"):
        read_cursor(filled, "readwise", reader=1)
    (values,) = [each for each in check_store(filled) if each.check == "values"]
    assert values.message.endswith(": documents.properties of 1, cursors.recent of readwise")
    repair_store(filled, now=NOW)
    assert one(filled, "pragma ignore_check_constraints") == 0
    assert find_failed(filled) == []
    assert one(filled, "select properties from documents") == "{}"
    assert read_cursor(filled, "readwise", reader=1).updated_after is None


def find_failed(db: sqlite3.Connection) -> list[str]:
    return [finding.check for finding in check_store(db) if finding.trouble]


def test_a_correct_store_passes_every_check(filled: sqlite3.Connection) -> None:
    assert find_failed(filled) == []


@pytest.mark.parametrize("check", DAMAGE)
def test_damage_is_found_and_repaired(filled: sqlite3.Connection, check: str) -> None:
    filled.execute(DAMAGE[check])
    (finding,) = [each for each in check_store(filled) if each.trouble]
    assert (finding.check, finding.trouble) == (check, 2 if check in ("places", "copies") else 1)
    assert (finding.message, finding.advice) == (SAID[check], FIX)
    assert (finding.fixable, finding.harmless) == (True, False)
    repair_store(filled, now=NOW)
    assert find_failed(filled) == []


def test_a_full_text_index_that_differs_from_its_table_is_found_and_repaired(
    filled: sqlite3.Connection,
) -> None:
    filled.execute("insert into resources_fts (rowid, title) values (99, 'of no row')")
    assert find_failed(filled) == ["resources_fts"]
    repair_store(filled, now=NOW)
    assert find_failed(filled) == []


def test_files_that_could_not_be_read_are_named(filled: sqlite3.Connection) -> None:
    problem = (
        "insert into problems (kind, message, file_id) select 'unreadable', 'x', id from files where path = ?"
    )
    messages = []
    for name in ("a.md", "b.md"):
        save(
            filled,
            source_file(name, tweet_highlight(0, "问题 一"), tweet_highlight(1, "Second", tags=("t",))),
        )
        filled.execute("update runs set status = 'ok'")
        filled.execute(problem, (name,))
        filled.execute(problem, (name,))
        messages += [each.message for each in check_store(filled) if each.check == "files"]
    assert messages == [
        "1 file could not be read: /graph/a.md",
        "2 files could not be read: /graph/a.md and others",
    ]


def test_columns_that_are_not_utf8_are_named(filled: sqlite3.Connection) -> None:
    def find() -> tuple[int, str, str]:
        (finding,) = [each for each in check_store(filled) if each.check == "encoding"]
        assert finding.fixable == bool(finding.trouble)
        return finding.trouble, finding.message, finding.advice

    assert find() == (0, "", "")
    filled.execute("update tags set name = cast(x'ff' as text)")
    assert find() == (1, "bytes that are not UTF-8 in tags.name", FIX)
    filled.execute("update files set path = cast(x'ff' as text)")
    filled.execute("update documents set full_title = cast(x'ff' as text), title = cast(x'ff' as text)")
    assert find() == (
        4,
        "bytes that are not UTF-8 in documents.title, documents.full_title, files.path, tags.name",
        f"{FIX}; if they stay: {RESTORE}",
    )


def test_full_text_is_checked_while_another_program_writes(tmp_path: Path) -> None:
    path = tmp_path / "gleanings.db"
    db = open_store(path, create=True)
    save(db, source_file("a.md", tweet_highlight(0, "First")))
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        assert find_wrong_indexes(db) == []
        assert not db.in_transaction
        writer.execute("rollback")
        db.execute("insert into resources_fts (rowid, title) values (99, 'of no row')")
        writer.execute("begin immediate")
        assert find_wrong_indexes(db) == ["resources_fts"]
    assert db.execute("pragma busy_timeout").fetchone() == (BUSY_TIMEOUT_MS,)
    close_store(db)


def test_full_text_that_cannot_be_written_in_a_transaction_is_a_disk_error(
    filled: sqlite3.Connection,
) -> None:
    filled.execute("begin")
    filled.execute("pragma query_only = on")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        find_wrong_indexes(filled)
    filled.execute("rollback")
    filled.execute("pragma query_only = off")


def test_references_to_missing_rows_are_found(filled: sqlite3.Connection) -> None:
    filled.execute("pragma foreign_keys = off")
    filled.execute("insert into highlight_tags (highlight_id, tag_id, position) select 999, id, 0 from tags")
    (finding,) = [each for each in check_store(filled) if each.trouble]
    filled.execute("delete from highlight_tags where highlight_id = 999")
    assert (finding.check, finding.trouble, finding.fixable) == ("foreign keys", 1, False)


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    db = open_store(path, create=True)
    save(db, *[source_file(f"{n}.md", tweet_highlight(n, f"Words {n} " * 200)) for n in range(60)])
    root = db.execute("select rootpage from sqlite_master where name = 'problems_file'").fetchone()[0]
    size = db.execute("pragma page_size").fetchone()[0]
    close_store(db)
    data = bytearray(path.read_bytes())
    data[(root - 1) * size : root * size] = bytes(range(256)) * (size // 256)
    path.write_bytes(data)
    db = sqlite3.connect(path)
    assert db.execute("pragma integrity_check(1)").fetchone() != ("ok",)
    (finding,) = [each for each in check_store(db) if each.check == "integrity"]
    db.close()
    assert finding.trouble
    assert (finding.fixable, "restore" in finding.advice) == (False, True)


def test_every_finding_says_what_to_do() -> None:
    assert {
        check for check in MESSAGES if not make_finding(check, 1, fixable=check not in ADVICE).advice
    } == set()


def test_repairing_a_correct_store_changes_nothing(filled: sqlite3.Connection) -> None:
    before = list(filled.iterdump())
    repair_store(filled, now=NOW)
    assert list(filled.iterdump()) == before


def test_cut_off_texts_are_reported_and_not_changed(filled: sqlite3.Connection) -> None:
    save(filled, source_file("b.md", tweet_highlight(5, "Three things:", incomplete=True)))
    filled.execute("update runs set status = 'ok'")
    repair_store(filled, now=NOW)
    (finding,) = [each for each in check_store(filled) if each.trouble]
    assert (finding.check, finding.trouble, finding.fixable, finding.harmless) == (
        "cut texts",
        1,
        False,
        True,
    )
    assert one(filled, "select text from cut_highlights") == "Three things:"
    assert one(filled, "select id from tweets where id = ?", FIRST_ID + 5) == FIRST_ID + 5


FILES = (
    source_file(
        "a.md",
        tweet_highlight(0, "A passage that is read again", tags=("t",), notes=(Note("My note", "note"),)),
        tweet_highlight(1, "Second", links=("AbCdEf1234",)),
    ),
    source_file("p.md", tweet_highlight(0, "A passage"), document=PROFILE),
)

ROTS = {
    "a letter of a text": "update highlights set text = 'A passage that is reaD again' where id = 1",
    "bytes that are not UTF-8": "update highlights set text = cast(x'41ff42' as text) where id = 1",
    "a note": "update notes set text = 'My nqte'",
    "a tag": "update tags set name = 'u'",
    "a place in a document": "update highlights set position = 7 where id = 2",
    "a label of a link": "update highlight_links set label = 'x'",
    "a title": "update documents set title = 'Thrgad' where id = 1",
    "a tweet's address": "update tweets set url = 'https://twitter.com/x/status/1'",
    "a hash": "update highlights set content_hash = content_hash + 1 where id = 2",
    "a place in a thread": "update tweets set position = 5",
    "a day": "update highlights set year = 1999",
}


@pytest.fixture
def shelf(db: sqlite3.Connection) -> sqlite3.Connection:
    save(db, *FILES)
    db.execute("update runs set status = 'ok'")
    refresh_counts(db)
    return db


@pytest.mark.parametrize("rot", ROTS)
def test_a_row_that_the_disk_changed_is_named_and_restored(shelf: sqlite3.Connection, rot: str) -> None:
    before, versions = read_state(shelf), one(shelf, "select count(*) from versions")
    shelf.execute("pragma recursive_triggers = off")
    for (trigger,) in shelf.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        shelf.execute(f"drop trigger {trigger}")  # a disk fires none
    shelf.execute(ROTS[rot])
    found = {each.check: each for each in check_store(shelf) if each.trouble and each.check != "schema"}
    schema = [each for each in check_store(shelf) if each.check == "schema"]
    assert schema[0].trouble  # the triggers
    repair_store(shelf, now=NOW)
    shelf.text_factory = str
    assert find_failed(shelf) == []
    assert read_state(shelf) == before
    assert one(shelf, "select count(*) from versions") == versions
    assert found == {}, "a store without its triggers is checked no further"


def test_an_author_with_the_uid_of_another_name_is_named_and_gets_its_own(shelf: sqlite3.Connection) -> None:
    before = one(shelf, "select uid from authors")
    shelf.execute("update authors set uid = 'name:nobody'")
    assert [each.trouble for each in check_store(shelf) if each.check == "authors"] == [1]
    repair_store(shelf, now=NOW)
    assert one(shelf, "select uid from authors") == before


def test_an_appearance_of_another_document_goes_back_to_its_own(shelf: sqlite3.Connection) -> None:
    places = "select file_id, line, document_id from appearances order by 1, 2"
    before = shelf.execute(places).fetchall()
    shelf.execute("update appearances set document_id = 3 - document_id")
    repair_store(shelf, now=NOW)
    assert shelf.execute(places).fetchall() == before


@pytest.mark.parametrize("rot", [name for name in ROTS if "UTF" not in name and "thread" not in name])
def test_the_check_of_contents_names_the_row_and_its_page(shelf: sqlite3.Connection, rot: str) -> None:
    shelf.execute(ROTS[rot])
    (contents,) = [each for each in check_store(shelf) if each.check == "contents"]
    assert contents.trouble
    assert "a.md:" in contents.message
    assert contents.fixable


def test_a_damaged_claim_has_its_file_read_again(shelf: sqlite3.Connection) -> None:
    before = read_state(shelf)
    shelf.execute("update appearances set claim = x'00ff00' where highlight_id = 2")
    (contents,) = [each for each in check_store(shelf) if each.trouble]
    assert (contents.check, "highlight 2" in contents.message) == ("contents", True)
    repair_store(shelf, now=NOW)
    assert one(shelf, "select sha256 from files where path = 'a.md'") == ""
    save(shelf, FILES[0])
    shelf.execute("update runs set status = 'ok'")
    refresh_counts(shelf)
    assert read_state(shelf) == before
    assert find_failed(shelf) == []


@pytest.mark.parametrize("count", ["highlights", "links", "tweets", "2022"])
def test_a_wrong_count_is_found_and_counted_again(shelf: sqlite3.Connection, count: str) -> None:
    shelf.execute("update facet_counts set count = count + 1 where value = ? or facet = ?", (count, count))
    shelf.execute("insert or ignore into facet_counts values ('link', 'gone', '', 3)")
    assert find_failed(shelf) == ["counts"]
    repair_store(shelf, now=NOW)
    assert find_failed(shelf) == []


@pytest.mark.parametrize(
    "name", ["highlights_fts", "facet_counts", "count_marks", "document_notes_fts", "highlights_cjk"]
)
def test_a_derived_table_that_is_missing_is_made_again(shelf: sqlite3.Connection, name: str) -> None:
    shelf.execute(f"drop table {name}")
    (finding,) = [each for each in check_store(shelf) if each.trouble]
    assert (finding.check, finding.fixable, name in finding.message) == ("schema", True, True)
    repair_store(shelf, now=NOW)
    assert find_failed(shelf) == []


@pytest.mark.parametrize("name", ["notes", "highlight_tags", "written", "versions"])
def test_a_missing_table_is_named_and_nothing_is_repaired(shelf: sqlite3.Connection, name: str) -> None:
    shelf.execute("pragma foreign_keys = off")
    shelf.execute(f"drop table {name}")
    for _ in range(2):
        (finding,) = [each for each in check_store(shelf) if each.trouble]
        assert (finding.check, finding.fixable) == ("schema", False)
        assert f"the table {name}" in finding.message
        assert "restores a backup" in finding.advice
        repair_store(shelf, now=NOW)


def test_what_an_import_left_to_the_next_one_is_not_damage(filled: sqlite3.Connection) -> None:
    filled.execute("delete from appearances")
    filled.execute("insert into tags (name) values ('nothing')")
    filled.execute("insert into runs (command, started_at, status) values ('import', 'x', 'interrupted')")
    assert find_failed(filled) == []
    assert any("the next import" in finding.message for finding in check_store(filled))


def list_named(db: sqlite3.Connection, check: str) -> tuple[int, int]:
    """How many a finding counts, and how many of them its message names."""
    (finding,) = [each for each in check_store(db, LINK_RULES) if each.check == check]
    return finding.trouble, len(finding.message.replace("wrong, such", "wrong such").split(", "))


def test_a_finding_names_only_the_first_few(filled: sqlite3.Connection) -> None:
    bad = "insert into export_states values (?, '{', '2022-02-01T00:00:00Z')"
    filled.executemany(bad, [("topic state",), ("/a",), ("/b",), ("/c",)])
    wrong = "insert into facet_counts (facet, part, value, count) values ('nothing', '', ?, 3)"
    filled.executemany(wrong, "abcd")
    assert list_named(filled, "counts") == (4, 3)
    link = "insert into links (url, uid, host, short, status) values (?, ?, 'x', 0, 'pending')"
    filled.executemany(link, [(f"https://a.example/{n}", f"https://a.example/{n}") for n in range(4)])
    assert [list_named(filled, each) for each in ("values", "links")] == [(4, 3)] * 2
    columns = ("tags.name", "files.path", "files.root", "files.encoding", "runs.command", "authors.name")
    for table, _, column in (each.partition(".") for each in columns):
        filled.execute(f"update {table} set {column} = cast(x'ff' as text)")
    assert list_named(filled, "encoding") == (6, 5)
    for index in (
        "problems_file",
        "problems_kind",
        "authors_name",
        "notes_document",
        "links_read",
        "links_status",
    ):
        filled.execute(f"drop index {index}")
    assert list_named(filled, "schema") == (6, 5)
