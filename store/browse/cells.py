"""Cells of Datasette's own tables as safe HTML: Markdown, links with titles, exact ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from store.browse.safe_html import (
    MAX_RENDERED_LENGTH,
    Picture,
    RenderContext,
    is_safe_url,
    render_link,
    render_markdown,
    render_picture,
    show_controls,
)

MARKDOWN_COLUMNS = {"text", "note", "summary", "description", "before"}
PICTURE_TABLES = {"media"}
LARGEST_EXACT = 2**53
"""JavaScript's numbers lose digits beyond it."""


def render_value(
    value: Any,
    column: str,
    table: str | None,
    row: Any,
    *,
    remote: bool,
    pictures: Mapping[str, Picture] | None = None,
) -> Markup | None:
    """Render a cell as HTML, or return None to leave it to Datasette.

    `pictures` holds the local copies by URL.
    """
    context = RenderContext(pictures=pictures or {}, remote_pictures=remote)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_EXACT:
        return escape(str(value))
    if not isinstance(value, str) or not value or len(value) > MAX_RENDERED_LENGTH:
        return None
    if is_safe_url(value):
        if table in PICTURE_TABLES and column == "url":
            return render_picture(value, "", context)
        return render_link(value, _find_title(row) if column == "url" else None)
    if column in MARKDOWN_COLUMNS:
        return render_markdown(value, context)
    plain = show_controls(value)
    return escape(plain) if plain != value else None


LONGEST_CELL = 2048
"""Characters of plain text in a table, as in Datasette."""


def add_link(link: Markup | None, content: Markup | None, value: str | int) -> Markup | None:
    """A cell's content after the link to the page of its row; without a link, the content alone."""
    if link is None:
        return content
    if content is None:
        text = show_controls(str(value))
        content = escape(text[:LONGEST_CELL] + ("…" if len(text) > LONGEST_CELL else ""))
    return link + content


def may_contain_pictures(value: str, column: str, table: str | None) -> bool:
    """True if a cell is a picture's URL or a text that may contain pictures."""
    if len(value) > MAX_RENDERED_LENGTH:
        return False
    is_address = table in PICTURE_TABLES and column == "url" and is_safe_url(value)
    return is_address or (column in MARKDOWN_COLUMNS and "![" in value)


picture_copies = """
select id, url, path, content_type from media
where status = 'ok' and url in (select value from json_each(:urls))
"""


def find_picture_urls(value: str) -> list[str]:
    """Find the URLs in a cell that may belong to pictures: the cell itself, or those in its Markdown."""
    return [value] if is_safe_url(value) else _PICTURE_URL.findall(value)


_PICTURE_URL = re.compile(r"\]\((https?://[^\s<>]{1,2000}?)\)")


def _find_title(row: Any) -> str | None:
    """The `title` of the row that holds a URL, if it has one."""
    try:
        title = row["title"]
    except (KeyError, IndexError, TypeError):
        return None
    return title if isinstance(title, str) and title else None
