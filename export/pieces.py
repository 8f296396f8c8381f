"""The pieces that a note is made of, and what a template of each is told.

All values are written for the flavour already, foreign text escaped; a name in brackets is a list.
"""

from __future__ import annotations

PIECES: dict[str, tuple[str, ...]] = {
    "highlight": (
        "text", "citation", "author", "location", "date", "url", "cut", "where", "tags", "id",
        "starts_apart", "ends_apart",
    ),
    "citation": ("author", "location", "date", "url", "cut", "where"),
    "note": ("lead", "text", "starts_apart", "ends_apart"),
    "tags": ("tags",),
    "resource": ("link", "title", "url", "labels", "kind", "site", "shared", "state"),
    "heading": ("title",),
    "document": ("link", "author", "category"),
    "entry": ("link", "about"),
    "intro": ("highlights", "documents", "resources"),
    "related": ("lead", "links"),
}  # fmt: skip
"""By the template's name the names that it may use.

`where` lists author, location and date as far as there are any; `cut` says that the page has only the
beginning; `id` is what Obsidian can link to; `starts_apart` and `ends_apart` are `yes` where the text
begins or ends in a list, table or code, which need lines of their own.
"""
ONE_LINE = ("heading", "document", "citation")
"""Pieces whose line breaks become blanks."""
MAY_BE_EMPTY = ("citation", "note", "tags", "resource", "entry", "intro", "related")
"""Pieces that a template hides by rendering nothing."""
