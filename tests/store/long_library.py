"""A store in memory that is longer than each limit of a page and has every kind of row."""

from __future__ import annotations

import sqlite3
from typing import Any

from store.cjk import rebuild_pairs
from store.connection import open_memory
from store.counts import refresh_counts


def make_long_library() -> sqlite3.Connection:
    """The store, with its counts."""
    db = open_memory()
    fill(db)
    rebuild_pairs(db)
    refresh_counts(db)
    return db


def insert(db: sqlite3.Connection, table: str, **values: Any) -> None:
    names = ", ".join(values)
    db.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(values))})", [*values.values()])


def fill(db: sqlite3.Connection) -> None:
    """Every third document is a book, every fifth highlight undated, every seventh gone …"""
    db.execute("begin")
    db.execute("pragma defer_foreign_keys = on")
    for id_ in range(1, 46):
        handle = f"h{id_}" if id_ % 3 else f"Author {id_:02}" if id_ % 2 else None
        insert(db, "authors", id=id_, name=f"Author {id_:02}", handle=handle, uid=f"a{id_}")
    for id_ in range(1, 111):
        category = "tweets" if id_ == 9 else ("books", "articles", "podcasts")[id_ % 3]
        insert(
            db, "documents", id=id_, title=f"Title {id_ * 37 % 111:03}",
            full_title=f"Title {id_} of moss {id_ % 4}",
            shown_title=f"Shown {id_}" if id_ % 10 == 0 else None, author_id=1 if id_ < 66 else id_ % 45 + 1,
            category=category, gone_at="2022-01-01" if id_ % 11 == 0 else None, uid=f"d{id_}", content_hash=0,
        )  # fmt: skip
        for position in range(id_ % 3):
            insert(db, "document_tags", document_id=id_, tag_id=position + 1, position=-position)
    insert(db, "notes", document_id=1, text="a block", kind="block", position=2)
    insert(db, "notes", document_id=1, text="a block before", kind="block", position=1)
    insert(db, "notes", document_id=1, text="the whole text", kind="text", position=0)
    insert(db, "notes", document_id=3, highlight_id=103, text="my words", kind="note", position=1)
    insert(db, "notes", document_id=3, highlight_id=103, text="a mark", kind="mark", position=0)
    for id_ in range(1, 161):
        day = f"202{id_ % 3}-{id_ % 12 + 1:02}-0{id_ % 4 + 1}"
        document = 1 if id_ <= 50 else 9 if id_ > 156 else id_ - 50 if id_ % 4 else 2
        words = (
            f"Passage {id_} on {'gravel' if id_ * 3 % 11 > 2 else 'sand'}{'' if id_ % 40 else ', 日本茶道'}"
        )
        insert(
            db, "highlights", id=id_, text=words, note="my words" if id_ == 103 else "",
            document_id=document, position=1000 - id_, author_id=id_ % 4 + 1,
            category=("books", "articles", "podcasts", "tweets")[id_ % 3 if document != 9 else 3],
            year=int(day[:4]) if id_ % 5 else None, taken_at=f"{day}T10:00:00Z" if id_ % 5 else None,
            synced_on=f"2023-0{id_ % 3 + 1}-0{id_ % 7 + 1}" if id_ % 6 else None, incomplete=id_ % 6 == 0,
            gone_at="2022-01-01" if id_ % 7 == 0 else None, uid=f"x{id_}", content_hash=0,
        )  # fmt: skip
        for topic in {1 if id_ % 3 else 0, 2 if id_ > 150 else 0, id_ % 45 + 1} - {0}:
            reason = f"{('phrase', 'tag', 'odd')[id_ % 3]}: {topic}"
            for given in (reason, "word: too")[: 2 if id_ % 4 == 0 else 1]:
                insert(db, "highlight_topics", highlight_id=id_, topic_id=topic, reason=given)
        for position, tag in enumerate(
            sorted({id_ % 45 + 1, 1 if id_ % 2 else 2, 46} - {46 if id_ % 20 else 0})
        ):
            insert(db, "highlight_tags", highlight_id=id_, tag_id=tag, position=-position)
        for position in range(id_ % 3 + (id_ == 1) * 30):
            insert(
                db, "highlight_links", highlight_id=id_, link_id=(id_ * 7 + position * 13) % 140 + 1,
                position=position, offer=("offered", "inline", "never", None)[(id_ + position) % 4],
                label=f"label {id_}" if position else None,
            )  # fmt: skip
    for id_ in range(157, 161):
        insert(
            db, "tweets", id=id_ + 1000 if id_ > 157 else 1001, highlight_id=id_, author_id=id_ % 2 + 1,
            thread_id=1001,
            position=-id_, created_at="2022-01-01T00:00:00Z", url=f"https://x.com/a/status/{id_}",
        )  # fmt: skip
    for id_ in range(1, 71):
        insert(
            db, "resources", id=id_, title=f"Stone {id_}" if id_ % 6 else None, url=f"https://r{id_}.example/",
            kind=("article", "pdf", "media", "tweet", "video")[id_ % 5], site=f"site{id_ % 4}.example",
            author=f"Writer {id_}" if id_ % 2 else None, uid=f"r{id_}",
            status=("ok", "ok", "gone", "dns", "archived", "blocked", "pending")[id_ % 7],
            read_at=f"2023-01-0{id_ % 9 + 1}" if id_ % 13 == 0 else None,
            archive_url="https://archive.example/" if id_ % 7 == 4 else None,
        )  # fmt: skip
    for id_ in range(1, 141):
        status = ("gone", "pending", "loop")[id_ % 3] if id_ > 130 else "resolved"
        insert(
            db, "links", id=id_, url=f"https://l{id_}.example/", host=f"l{id_}.example", short=0,
            status=status,
            resource_id=(id_ % 70 + 1 if id_ > 25 else 1) if status == "resolved" else None, uid=f"l{id_}",
            read_at="2023-02-01" if id_ % 29 == 0 else None, due_at="2999-01-01" if id_ == 132 else None,
        )  # fmt: skip
    for id_ in range(201, 256):
        insert(
            db, "resources", id=id_, url=f"https://r{id_}.example/", kind="article", uid=f"r{id_}",
            site=f"place{id_ % 21}.example", status="gone",
        )  # fmt: skip
        insert(
            db, "links", id=id_, url=f"https://l{id_}.example/", host=f"l{id_}.example", short=0,
            uid=f"l{id_}", status="gone",
        )  # fmt: skip
    for position in range(205):
        insert(db, "notes", document_id=107, text=f"block {position}", kind="block", position=position)
    for id_ in range(1, 47):
        insert(db, "topics", id=id_, name=f"{'abC'[id_ % 3]} {id_:02}", slug=f"t{id_}")
        insert(db, "tags", id=id_, name="favorite" if id_ == 46 else f"{'Ge'[id_ % 2]}{id_}")
    insert(db, "media", id=1, url="https://p.example/1.png")
    insert(db, "highlight_media", highlight_id=103, media_id=1, position=0)
    insert(db, "files", id=1, path="a.md", root="/r", sha256="", size=0, mtime_ns=0)
    insert(
        db, "document_appearances", document_id=3, file_id=1, line=1, uid="d3", alias=0, claim=b"",
    )  # fmt: skip
    for id_ in range(1, 5):
        insert(db, "versions", highlight_id=id_, text=f"Before {id_}", replaced_at=f"2022-0{id_}-01")
    for id_ in range(1, 36):
        insert(db, "problems", kind=("a", "b")[id_ % 2], message=f"problem {id_}", line=id_)
    for id_ in range(1, 18):
        insert(
            db, "runs", id=id_, command="import", started_at="2023-01-01", status="ok",
            finished_at=None if id_ == 17 else "2023-01-01",
        )  # fmt: skip
    db.execute("commit")
