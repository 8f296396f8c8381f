"""An author is spelled as well as any file spells them, for as long as that file is there."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from record_types.pages import Author
from store.authors import find_misspelled, name_author, refresh_authors
from tests.records import ARTICLE, plain_highlight, source_file
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
