"""Authors: one row for each, with the best of the spellings that the store now contains."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterable
from typing import Any

from store.claims import parse_document_claim, try_unpack

AuthorClaim = tuple[str, str | None, str | None]
"""(name, handle, url)"""


named_authors = """
select a.id, a.uid, a.name, a.handle, a.url
from json_each(?) as t cross join authors as a on a.uid = t.value
"""


def save_authors(db: sqlite3.Connection, authors: Iterable[AuthorClaim]) -> dict[AuthorClaim, int]:
    """The id of each author, new ones added.

    Of several spellings of one author, the same one is kept, whatever their order: a name before a bare
    handle, then the first in the alphabet.
    """
    named = [(name_author(author), author) for author in sorted(set(authors), key=_rank_spelling)]
    uids = json.dumps(list({uid for uid, _ in named}))
    stored: dict[str, tuple[int, AuthorClaim]] = {
        uid: (id_, (name, handle, url)) for id_, uid, name, handle, url in db.execute(named_authors, (uids,))
    }
    found: dict[AuthorClaim, int] = {}
    for uid, author in named:
        if uid not in stored:
            statement = "insert into authors (name, handle, url, uid) values (?, ?, ?, ?) returning id"
            stored[uid] = (int(db.execute(statement, (*author, uid)).fetchone()[0]), author)
        id_, kept = stored[uid]
        if _rank_spelling(author) < _rank_spelling(kept):
            db.execute("update authors set name = ?, handle = ?, url = ? where id = ?", (*author, id_))
            stored[uid] = (id_, author)
        found[author] = id_
    return found


def name_author(author: AuthorClaim) -> str:
    """The author's uid."""
    name, handle, _ = author
    return f"@{handle.lower()}" if handle else " ".join(name.split())


def _rank_spelling(author: AuthorClaim) -> tuple[bool, str, str, str]:
    name, handle, url = author
    return (handle is not None and name.lower() == handle.lower(), name, handle or "", url or "")


claims_of_authors = """
select d.author_id, a.claim
from json_each(:ids) as t
cross join documents as d on d.author_id = t.value
cross join document_appearances as a on a.document_id = d.id
"""

tweets_of_authors = """
select t.author_id, t.url
from json_each(:ids) as i
cross join tweets as t on t.author_id = i.value
where exists (select 1 from appearances as a where a.highlight_id = t.highlight_id)
"""

# `/#!/` is how Twitter wrote addresses until 2012.
_HANDLE = re.compile(r"//[^/]+/(?:#!/)?@?(\w{1,30})/status", re.ASCII)


def refresh_authors(db: sqlite3.Connection, ids: Collection[int] | None = None) -> None:
    """Choose the spelling of these authors again, after files that spell them changed or disappeared.

    An author who no longer appears anywhere keeps the row as it is. None: all authors.
    """
    statement = "update authors set name = ?, handle = ?, url = ? where id = ?"
    db.executemany(statement, [(*best, id_) for id_, best in find_misspelled(db, ids).items()])


all_authors = "select id, uid, name, handle, url from authors"
some_authors = """
select id, uid, name, handle, url from authors where id in (select value from json_each(?))
"""


def find_misnamed_authors(db: sqlite3.Connection) -> dict[int, str]:
    """The authors (ids) whose uid is not that of the name or handle which the store contains, with the right
    uid."""
    rows = {id_: (uid, (name, handle, url)) for id_, uid, name, handle, url in db.execute(all_authors)}
    names = {id_: name_author(author) for id_, (uid, author) in rows.items() if name_author(author) != uid}
    known = {"ids": json.dumps(sorted(names))}
    confirmed = {
        id_
        for id_, packed in db.execute(claims_of_authors, known)
        if (author := _parse_author(try_unpack(packed))) and name_author(author) == names[id_]
    }
    confirmed |= {
        id_
        for id_, url in db.execute(tweets_of_authors, known)
        if (handle := _HANDLE.search(url)) and f"@{handle[1].lower()}" == names[id_]
    }
    return {id_: names[id_] for id_ in confirmed}


def rename_authors(db: sqlite3.Connection) -> None:
    """Give authors their right uids, inside the caller's transaction."""
    statement = "update or ignore authors set uid = ? where id = ?"
    db.executemany(statement, [(uid, id_) for id_, uid in find_misnamed_authors(db).items()])


def find_misspelled(db: sqlite3.Connection, ids: Collection[int] | None = None) -> dict[int, AuthorClaim]:
    """The authors (ids; None: all) whose row differs from the best spelling in the store, with that
    spelling."""
    rows = db.execute(all_authors) if ids is None else db.execute(some_authors, (json.dumps(sorted(ids)),))
    stored = {id_: (uid, (name, handle, url)) for id_, uid, name, handle, url in rows}
    spelled: dict[int, set[AuthorClaim]] = {}
    known = {"ids": json.dumps(sorted(stored))}
    for id_, packed in db.execute(claims_of_authors, known):
        author = _parse_author(try_unpack(packed))
        if author and name_author(author) == stored[id_][0]:
            spelled.setdefault(id_, set()).add(author)
    for id_, url in db.execute(tweets_of_authors, known):
        handle = _HANDLE.search(url)
        if handle and f"@{handle[1].lower()}" == stored[id_][0]:
            spelled.setdefault(id_, set()).add(make_twitter_author(handle[1]))
    best = {id_: min(authors, key=_rank_spelling) for id_, authors in spelled.items()}
    return {id_: author for id_, author in best.items() if author != stored[id_][1]}


def _parse_author(fields: Any) -> AuthorClaim | None:
    try:
        return parse_document_claim(fields).author if fields else None
    except (TypeError, ValueError):  # a damaged claim, which doctor reports
        return None


def make_twitter_author(handle: str) -> AuthorClaim:
    """The author of whom only the handle is known."""
    return (handle, handle, f"https://twitter.com/{handle}")
