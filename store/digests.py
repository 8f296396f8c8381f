"""A digest of everything that a note may show: whether an export has anything to do is known from it."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b

what_notes_show = (
    """
    select id, uid, title, full_title, category, author_id, url, summary, note from documents
    where gone_at is null
    """,
    """
    select id, uid, document_id, text, position, view_url, location, location_kind, taken_at, incomplete
    from highlights where gone_at is null
    """,
    "select id, highlight_id, author_id, thread_id from tweets",
    "select id, name, handle, url from authors",
    "select highlight_id, link_id, position, label from highlight_links",
    "select id, url, status, short, final_url, resource_id from links",
    "select id, uid, url, title, kind, site, status, archive_url from resources",
    "select highlight_id, document_id, kind, text, position from notes",
    "select id, name from tags",
    "select highlight_id, tag_id, position from highlight_tags",
    "select document_id, tag_id, position from document_tags",
    "select highlight_id, media_id, position, alt from highlight_media",
    "select id, url, path from media",
    "select page, alias from topic_aliases order by page, alias",
)


def digest_readings(db: sqlite3.Connection) -> str:
    """The same for the same documents, highlights, links, notes, tags and pictures; 32 hexadecimal digits."""
    digest = blake2b(digest_size=16)
    for statement in what_notes_show:
        digest.update(repr(db.execute(statement).fetchall()).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
