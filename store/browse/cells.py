"""Cells of Datasette's own tables: Markdown, links with titles, exact ids; nothing of a page is HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from store.browse.safe_html import (
    LONGEST_RENDERED,
    Picture,
    Shown,
    is_safe,
    render_link,
    render_passage,
    render_picture,
    show_controls,
)

MARKDOWN_COLUMNS = {"text", "note", "summary", "description", "before"}
PICTURE_TABLES = {"media"}
EXACT = 2**53
"""Beyond it JavaScript's numbers lose digits."""


def render_value(
    value: Any,
    column: str,
    table: str | None,
    row: Any,
    *,
    remote: bool,
    pictures: Mapping[str, Picture] | None = None,
) -> Markup | None:
    """A cell as HTML; None where Datasette's own way is right. `pictures`: the copies by their address."""
    shown = Shown(pictures=pictures or {}, remote_pictures=remote)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT:
        return escape(str(value))
    if not isinstance(value, str) or not value or len(value) > LONGEST_RENDERED:
        return None
    if is_safe(value):
        if table in PICTURE_TABLES and column == "url":
            return render_picture(value, "", shown)
        return render_link(value, _find_title(row) if column == "url" else None)
    if column in MARKDOWN_COLUMNS:
        return render_passage(value, shown)
    plain = show_controls(value)
    return escape(plain) if plain != value else None


def may_show_pictures(value: str, column: str, table: str | None) -> bool:
    """Whether a cell is a picture's address or a text with pictures in it."""
    if len(value) > LONGEST_RENDERED:
        return False
    is_address = table in PICTURE_TABLES and column == "url" and is_safe(value)
    return is_address or (column in MARKDOWN_COLUMNS and "![" in value)


copies_of = """
select id, url, path, content_type from media
where status = 'ok' and url in (select value from json_each(:urls))
"""


def find_addresses(value: str) -> list[str]:
    """The addresses in a cell that may be pictures': the cell itself, or those of its Markdown."""
    return [value] if is_safe(value) else _PICTURE_ADDRESS.findall(value)


_PICTURE_ADDRESS = re.compile(r"\]\((https?://[^\s<>]{1,2000}?)\)")


def _find_title(row: Any) -> str | None:
    """The title beside a URL, where the row has one."""
    try:
        title = row["title"]
    except (KeyError, IndexError, TypeError):
        return None
    return title if isinstance(title, str) and title else None
