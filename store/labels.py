"""Authors and tags: small tables of names, by name or handle, never emptied."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

AuthorClaim = tuple[str, str | None, str | None]
"""(name, handle, url)"""


def make_author_uid(name: str, handle: str | None) -> str:
    """The same for every spelling of one author: the handle where there is one."""
    return f"@{handle.lower()}" if handle else " ".join(name.split())


def save_authors(db: sqlite3.Connection, authors: Iterable[AuthorClaim]) -> dict[AuthorClaim, int]:
    """The id of each author, new ones added.

    Of several spellings of one author the same one is kept whatever the order in which they came: a name
    before a bare handle, then the first in the alphabet.
    """
    stored: dict[str, tuple[int, AuthorClaim]] = {
        uid: (id_, (name, handle, url))
        for id_, uid, name, handle, url in db.execute("select id, uid, name, handle, url from authors")
    }
    found: dict[AuthorClaim, int] = {}
    for author in sorted(set(authors), key=_rank_spelling):
        uid = make_author_uid(author[0], author[1])
        if uid not in stored:
            statement = "insert into authors (name, handle, url, uid) values (?, ?, ?, ?) returning id"
            stored[uid] = (int(db.execute(statement, (*author, uid)).fetchone()[0]), author)
        id_, kept = stored[uid]
        if _rank_spelling(author) < _rank_spelling(kept):
            db.execute("update authors set name = ?, handle = ?, url = ? where id = ?", (*author, id_))
            stored[uid] = (id_, author)
        found[author] = id_
    return found


def _rank_spelling(author: AuthorClaim) -> tuple[bool, str, str, str]:
    name, handle, url = author
    return (handle is not None and name.lower() == handle.lower(), name, handle or "", url or "")


def save_tags(db: sqlite3.Connection, names: set[str]) -> dict[str, int]:
    """The id of each tag, new ones added."""
    if not names:
        return {}
    ids = {name: id_ for id_, name in db.execute("select id, name from tags")}
    for name in sorted(names - ids.keys()):
        ids[name] = int(db.execute("insert into tags (name) values (?) returning id", (name,)).fetchone()[0])
    return {name: ids[name] for name in names}
