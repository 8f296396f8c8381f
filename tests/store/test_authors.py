"""An author is spelled as well as any file spells them, for as long as that file is there."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from record_types.pages import Author
from store.authors import (
    find_misnamed_authors,
    find_misspelled,
    name_author,
    refresh_authors,
    rename_authors,
)
from tests.records import ARTICLE, plain_highlight, source_file, tweet_highlight
from tests.store.stores import save


def write(db: sqlite3.Connection, path: str, author: Author) -> None:
    """A file with one article of this author."""
    document = replace(ARTICLE, uid=path, title=path, full_title=path, author=author)
    save(db, source_file(path, plain_highlight(path, f"Words of {path}", document=path), document=document))


def read(db: sqlite3.Connection) -> list[tuple[str, str | None, str | None]]:
    return db.execute("select name, handle, url from authors order by id").fetchall()


def test_the_best_spelling_of_a_handle_is_a_name(db: sqlite3.Connection) -> None:
    write(db, "a.md", Author("ada", "ada", "u"))
    write(db, "b.md", Author("Ada Fern", "ADA", "v"))
    write(db, "c.md", Author("Bea Fern", "ada"))
    write(db, "d.md", Author("Eve"))
    assert read(db) == [("Ada Fern", "ADA", "v"), ("Eve", None, None)]
    assert find_misspelled(db) == {}
    gone = dict(db.execute("select path, id from files").fetchall())
    for path, spelling in (("b.md", ("Bea Fern", "ada", None)), ("c.md", ("ada", "ada", "u"))):
        save(db, gone=[gone[path]])
        assert read(db)[0] == spelling
        assert find_misspelled(db) == {}


def test_a_spelling_that_no_file_has_is_corrected(db: sqlite3.Connection) -> None:
    write(db, "a.md", Author("Ada Fern", "ada", "u"))
    write(db, "d.md", Author("Eve"))
    for change in ("name = 'x'", "handle = 'ADA'", "url = null"):
        db.execute(f"update authors set {change} where id = 1")
        assert find_misspelled(db) == {1: ("Ada Fern", "ada", "u")}
        assert find_misspelled(db, [2]) == {}
        refresh_authors(db, [2])
        assert find_misspelled(db, [1]) != {}
        refresh_authors(db)
        assert read(db)[0] == ("Ada Fern", "ada", "u")


def test_a_uid_is_the_handle_or_the_name() -> None:
    assert name_author(("Ada Fern", "ADA", None)) == "@ada"
    assert name_author((" Ada  Fern ", None, None)) == "Ada Fern"


def test_a_wrong_uid_is_corrected_if_a_file_confirms_the_name(db: sqlite3.Connection) -> None:
    write(db, "a.md", Author("Ada Fern", "Ada", "u"))
    write(db, "d.md", Author("Eve"))
    assert find_misnamed_authors(db) == {}
    db.execute("update authors set uid = 'x' || id")
    assert find_misnamed_authors(db) == {1: "@ada", 2: "Eve"}
    db.execute("update authors set name = 'Nobody' where id = 2")
    assert find_misnamed_authors(db) == {1: "@ada"}
    rename_authors(db)
    assert db.execute("select uid from authors order by id").fetchall() == [("@ada",), ("x2",)]


@pytest.mark.parametrize(
    ("url", "handle"),
    [
        ("https://twitter.com/Ada/status/20", "Ada"), ("https://x.com/@ada/status/20", "ada"),
        ("https://twitter.com/#!/ada/status/20", "ada"), (f"https://x.com/{'a' * 30}/status/2", "a" * 30),
        (f"https://x.com/{'a' * 31}/status/2", None), ("https://x.com/i/web/status/2", None),
    ],
)  # fmt: skip
def test_a_tweets_address_confirms_its_author(db: sqlite3.Connection, url: str, handle: str | None) -> None:
    article = replace(ARTICLE, author=None)
    save(db, source_file("a.md", tweet_highlight(0, "First"), document=article))
    uid = f"@{(handle or 'none').lower()}"
    db.execute("update tweets set url = ?", (url,))
    db.execute("update authors set uid = 'x', handle = ?", (handle or "none",))
    assert find_misnamed_authors(db) == ({1: uid} if handle else {})
    db.execute("update authors set uid = ?", (uid,))
    best = (handle, handle, f"https://twitter.com/{handle}")
    assert find_misspelled(db) == ({1: best} if handle and best != read(db)[0] else {})
    db.execute("delete from appearances")
    assert find_misspelled(db) == {}
    assert find_misnamed_authors(db) == {}
