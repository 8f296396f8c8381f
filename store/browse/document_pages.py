"""Rows for the pages of a document and of a thread, with links to the reader's own pages."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from store.browse.highlight_rows import Row, fetch, fetch_one
from store.browse.item_pages import Arguments, read_highlights_page
from store.search_query import list_telling_words

document_by_id = """
select d.*, a.name as author, a.handle from documents as d left join authors as a on a.id = d.author_id
where d.id = :id
"""

highlights_of_document = """
select h.id from highlights as h
where h.document_id = :id and h.gone_at is null order by h.position limit :limit offset :offset
"""

highlights_of_thread = """
select t.highlight_id from tweets as t join highlights as h on h.id = t.highlight_id
where t.thread_id = :id and h.gone_at is null order by t.position limit :limit offset :offset
"""

count_thread_highlights = """
select count(*) from tweets as t join highlights as h on h.id = t.highlight_id
where t.thread_id = ? and h.gone_at is null
"""

count_document_highlights = "select count(*) from highlights where document_id = ? and gone_at is null"

tags_of_document = """
select g.id, g.name from document_tags as dt join tags as g on g.id = dt.tag_id
where dt.document_id = :id order by dt.position
"""

blocks_of_document = """
select text from notes where document_id = :id and highlight_id is null and kind <> 'text'
order by position limit 200
"""

threads_of_document = """
select distinct t.thread_id from highlights as h join tweets as t on t.highlight_id = h.id
where h.document_id = :id and t.thread_id is not null limit 1
"""


topics_of_document = """
select t.id, t.name, count(distinct ht.highlight_id) as count
from highlights as h join highlight_topics as ht on ht.highlight_id = h.id
join topics as t on t.id = ht.topic_id
where h.document_id = :id and h.gone_at is null group by t.id order by count desc, t.name limit 12
"""

newer_document = """
select d.id, coalesce(d.shown_title, d.full_title) as title
from document_counts as c join documents as d on d.id = c.document_id
where (c.last_at, c.document_id) > (
    select last_at, document_id from document_counts where document_id = :id
) and d.gone_at is null order by c.last_at, c.document_id limit 1
"""

older_document = newer_document.replace(") > (", ") < (").replace(
    "order by c.last_at, c.document_id", "order by c.last_at desc, c.document_id desc"
)

related_documents = """
select d.id, coalesce(d.shown_title, d.full_title) as title, d.category, a.name as author
from (select rowid as id, bm25(documents_fts) as score from documents_fts
    where documents_fts match :query order by score limit 7) as f
join documents as d on d.id = f.id and d.gone_at is null and d.id <> :id
left join authors as a on a.id = d.author_id
order by f.score limit 5
"""


def read_surroundings(db: sqlite3.Connection, document: Row) -> Row:
    """Read a document's topics, neighbours in time, related documents and pages in the reader's notes."""
    id_ = document["id"]
    words = list_telling_words(document["full_title"].replace('"', " "))[:12]
    query = " OR ".join(f'"{word}"' for word in words)
    return {
        "topics": fetch(db, topics_of_document, id=id_),
        "newer": fetch_one(db, newer_document, id=id_),
        "older": fetch_one(db, older_document, id=id_),
        "related": fetch(db, related_documents, id=id_, query=query) if query else [],
        "apps": find_app_links(db, id_),
    }


def read_document(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """Read a document with its highlights in reading order."""
    id_ = int(arguments["id"])
    document = fetch_one(db, document_by_id, id=id_)
    if document is None:
        return None
    thread = db.execute(threads_of_document, {"id": id_}).fetchone()
    return {
        **_read_with_highlights(db, document, arguments, highlights_of_document, id_),
        "thread_id": thread and thread[0],
    }


def read_thread(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """Read a thread with its tweets in order of their status ids."""
    first = "select h.document_id as id from tweets as t join highlights as h on h.id = t.highlight_id"
    row = fetch_one(
        db, first + " where t.thread_id = :id order by t.position limit 1", id=int(arguments["id"])
    )
    document = row and fetch_one(db, document_by_id, id=row["id"])
    if not document:
        return None
    id_ = int(arguments["id"])
    return {
        **_read_with_highlights(db, document, arguments, highlights_of_thread, id_),
        "size": db.execute(count_thread_highlights, (id_,)).fetchone()[0],
        "numbered": True,
    }


def _read_with_highlights(
    db: sqlite3.Connection, document: Row, arguments: Arguments, sql: str, id_: int
) -> Row:
    page = read_highlights_page(db, arguments, sql, id=id_)
    return {
        "document": document,
        "uncopied": any(not picture["path"] for row in page["passages"] for picture in row["pictures"]),
        "size": db.execute(count_document_highlights, (document["id"],)).fetchone()[0],
        "tags": fetch(db, tags_of_document, id=document["id"]),
        "blocks": fetch(db, blocks_of_document, id=document["id"]),
        **({} if arguments.get("format") else read_surroundings(db, document)),
        **page,
    }


# --- links that open a document's page in Logseq or Obsidian, on the machine that has the files

files_of_document = """
select f.root, f.path from document_appearances as da join files as f on f.id = da.file_id
where da.document_id = :id and f.gone_at is null order by f.id limit 5
"""


class AppLink(NamedTuple):
    """A link to a page in the reader's own notes."""

    app: str
    url: str


def find_app_links(db: sqlite3.Connection, document: int) -> list[AppLink]:
    """The pages of a document in the graphs and vaults that exist on this machine, one for each app."""
    found: dict[str, AppLink] = {}
    for root, path in db.execute(files_of_document, {"id": document}):
        if "\0" not in root + path and len(root + path) < 4_000:
            link = make_app_link(Path(root) / path)
            if link:
                found.setdefault(link.app, link)
    return list(found.values())


def make_app_link(file: Path) -> AppLink | None:
    """The link that opens `file`; None if it is gone or in no graph or vault."""
    try:
        if file.suffix != ".md" or not file.is_file():
            return None
        for folder in file.parents:
            if (folder / ".obsidian").is_dir():
                name = file.relative_to(folder).with_suffix("").as_posix()
                return AppLink("Obsidian", f"obsidian://open?vault={_part(folder.name)}&file={_part(name)}")
            if (folder / "logseq").is_dir():
                page = unquote(file.stem.replace("___", "/"))
                return AppLink("Logseq", f"logseq://graph/{_part(folder.name)}?page={_part(page)}")
    except OSError:
        return None
    return None


def _part(text: str) -> str:
    return quote(text, safe="")
