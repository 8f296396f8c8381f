"""Findings: what the checks of the store report, and what the user can do about it."""

from __future__ import annotations

from typing import NamedTuple

from store.backup import FULL_TEXT


class Finding(NamedTuple):
    """The result of one check."""

    check: str
    trouble: int
    """How many rows are wrong; 0 if none is."""
    message: str = ""
    fixable: bool = False
    """Whether `repair_store` fixes it."""
    advice: str = ""
    """What the user can do about it, or next."""
    harmless: bool = False
    """Worth knowing, but it needs nothing from the user."""


MESSAGES = {
    "values": ("value is not allowed in its column", "values are not allowed in their columns"),
    "links": (
        "link or resource differs from what its URL says",
        "links or resources differ from what their URLs say",
    ),
    "old keys": (
        "resource has a key made by the rules of an earlier version",
        "resources have keys made by the rules of an earlier version",
    ),
    "written": (
        "note has a record that no export would write",
        "notes have records that no export would write",
    ),
    "foreign keys": ("row refers to a row that does not exist", "rows refer to rows that do not exist"),
    "contents": ("row differs from what its files contain", "rows differ from what their files contain"),
    **dict.fromkeys(FULL_TEXT, ("", "the full-text index differs from its table")),
    "highlights_cjk": ("highlight has wrong index entries", "highlights have wrong index entries"),
    "places": (
        "row is wrongly marked as gone, or wrongly not marked",
        "rows are wrongly marked as gone, or wrongly not marked",
    ),
    "names": (
        "file contains an item that is wrongly merged with another file's, or wrongly not merged",
        "files contain items that are wrongly merged with another file's, or wrongly not merged",
    ),
    "authors": (
        "author has a spelling that is in no file",
        "authors have a spelling that is in no file",
    ),
    "copies": (
        "highlight differs from its document in author or category",
        "highlights differ from their document in author or category",
    ),
    "threads": ("tweet has a wrong place in its thread", "tweets have wrong places in their threads"),
    "resources": ("resource has no link to it", "resources have no link to them"),
    "tags": ("tag is not used", "tags are not used"),
    "runs": (
        "run never ended: its process is gone",
        "runs never ended: their processes are gone",
    ),
    "cut texts": ("highlight is cut off by its source", "highlights are cut off by their source"),
    "not read": (
        "page has signs of highlights in an unknown form",
        "pages have signs of highlights in an unknown form",
    ),
    "pictures": (
        "picture's file is missing or damaged; --fix queues it for download",
        "pictures' files are missing or damaged; --fix queues them for download",
    ),
}
"""What a check reports about one row, and about several."""

FIX = "`gleanings doctor --fix`"
RESTORE = "`gleanings restore` restores a backup"
ADVICE = {
    "foreign keys": f"{RESTORE}; without one, import the graph into a new store",
    "values": RESTORE,
    "old keys": "`gleanings links rebuild-keys` recomputes them",
    "cut texts": "`gleanings search is:cut` lists them; an import from Readwise's API has the full texts",
    "not read": "`select path, line, message from problems join files on files.id = file_id` names them",
}
"""What to do about findings that `repair_store` does not fix."""
HARMLESS = ("cut texts", "not read", "old keys")
"""Nothing is wrong in the store: findings about the pages, which every import finds again, and about old
keys."""


def make_finding(check: str, trouble: int, *, fixable: bool = False, details: str = "") -> Finding:
    """The result of a check that has a message; `details` name the first rows."""
    if not trouble:
        return Finding(check, 0)
    one, many = MESSAGES[check]
    message = f"{trouble:,} {one if trouble == 1 else many}" if one else many
    message = f"{message}: {details}" if details else message
    advice = FIX if fixable else ADVICE[check]
    return Finding(check, trouble, message, fixable, advice, check in HARMLESS)
