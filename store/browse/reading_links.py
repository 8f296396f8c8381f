"""Find the page that shows a reader a row of any table."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from store.browse.item_pages import PAGE


class RowPage(NamedTuple):
    """Which page shows a row, and in which cell the link to it is."""

    cell: str
    page: str
    id: str | None = None
    """The column with the id in the page's address; None: the page has none."""


ROW_PAGES = {
    "highlights": RowPage("text", "highlight", "id"),
    "documents": RowPage("title", "document", "id"),
    "authors": RowPage("name", "author", "id"),
    "tweets": RowPage("text", "highlight", "highlight_id"),
    "resources": RowPage("title", "resource", "id"),
    "links": RowPage("url", "link", "id"),
    "notes": RowPage("text", "note", "id"),
    "tags": RowPage("name", "tag", "id"),
    "topics": RowPage("name", "topic", "id"),
    "media": RowPage("url", "media", "id"),
    "files": RowPage("path", "file", "id"),
    "versions": RowPage("text", "highlight", "highlight_id"),
    "problems": RowPage("message", "health"),
    "runs": RowPage("command", "health"),
    "highlight_topics": RowPage("reason", "highlight", "highlight_id"),
    "highlight_tags": RowPage("position", "highlight", "highlight_id"),
    "document_tags": RowPage("position", "document", "document_id"),
    "highlight_links": RowPage("position", "highlight", "highlight_id"),
    "reading_list": RowPage("title", "resource", "id"),
    "threads": RowPage("title", "thread", "thread_id"),
    "dead_links": RowPage("url", "link", "id"),
    "cut_highlights": RowPage("text", "highlight", "id"),
    "whats_new": RowPage("text", "highlight", "id"),
}
"""Table or view → the page of its rows."""


def link_row(row: Any, column: str, table: str | None, root: str) -> Markup | None:
    """A link to the page of a row, for the cell that carries it; None for other cells."""
    shown = ROW_PAGES.get(table or "")
    if shown is None or column != shown.cell:
        return None
    address = f"{root}/-/{shown.page}"
    if shown.id is not None:
        try:
            id_ = row[shown.id]
        except (KeyError, IndexError, TypeError):  # `_nocol` hides it
            return None
        id_ = id_["value"] if isinstance(id_, Mapping) else id_
        if not isinstance(id_, int):
            return None
        address += f"/{id_}"
    return Markup('<a class="reading-page" href="{}" title="Open its page in the library">Read</a>').format(
        address
    )


first_highlight_of_link = """
select r.highlight_id, null, l.resource_id from links as l
left join highlight_links as r on r.link_id = l.id
where l.id = :id order by r.highlight_id limit 1
"""

first_highlight_of_picture = """
select highlight_id, null, null from highlight_media where media_id = :id order by highlight_id limit 1
"""

place_of_note = "select highlight_id, document_id, null from notes where id = :id"
first_document_of_file = """
select null, document_id, null from document_appearances where file_id = :id order by line limit 1
"""

FIRST_PLACES = {
    "highlight": "select id, document_id, null from highlights where id = :id",
    "link": first_highlight_of_link,
    "media": first_highlight_of_picture,
    "note": place_of_note,
    "file": first_document_of_file,
}
"""Kind of row → the highlight, document or resource that shows it first."""

place_of_highlight = """
select h.document_id, h.position, h.gone_at is null as live, t.thread_id, t.position as tweet
from highlights as h left join tweets as t on t.highlight_id = h.id where h.id = :id
"""

count_before_in_document = """
select count(*) from highlights where document_id = :document and gone_at is null and position < :position
"""

count_before_in_thread = """
select count(*) from tweets as t join highlights as h on h.id = t.highlight_id
where t.thread_id = :thread and h.gone_at is null and t.position < :position
"""


def find_reading_page(db: sqlite3.Connection, kind: str, id_: int) -> str | None:
    """The page, after `/-/`, that shows a row of this kind; None if there is none."""
    found = db.execute(FIRST_PLACES[kind], {"id": id_}).fetchone()
    if found is None:
        return "health" if kind in ("file", "media") else None
    highlight, document, resource = found
    if resource is not None:
        return f"resource/{resource}"
    if highlight is None:
        return f"document/{document}" if document is not None else "health"
    return _find_highlight(db, highlight)


def _find_highlight(db: sqlite3.Connection, id_: int) -> str:
    """The page of the thread or document that contains a highlight, with the highlight's anchor."""
    document, position, live, thread, tweet = db.execute(place_of_highlight, {"id": id_}).fetchone()
    if not live:
        return f"document/{document}"
    if thread is not None:
        page, count, place = f"thread/{thread}", count_before_in_thread, tweet
    else:
        page, count, place = f"document/{document}", count_before_in_document, position
    row = {"thread": thread, "document": document, "position": place}
    before = int(db.execute(count, row).fetchone()[0])
    number = f"?page={before // PAGE + 1}" if before >= PAGE else ""
    return f"{page}{number}#h{id_}"
