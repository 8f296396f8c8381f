"""Who wrote a document, as `author::` says it."""

from __future__ import annotations

import re

from record_types.pages import Author

_HANDLE = re.compile(r"@?(\w{1,30}) on (?:Twitter|X)", re.ASCII | re.IGNORECASE)
_BARE_HANDLE = re.compile(r"@(\w{1,30})", re.ASCII)
_SEVERAL = re.compile(r"\]\][^\[\]]{0,10}\[\[")


def parse_author(value: str) -> Author | None:
    """The author in `[[@handle on Twitter]]`, `[[Name]]` or `[[A, B, and C]]`; None in `[[]]`.

    Several people in one pair of brackets stay one name: a comma also stands inside names.
    """
    name = value.strip().removeprefix("#")
    if name.startswith("[[") and name.endswith("]]"):
        name = _SEVERAL.sub(", ", name[2:-2]).strip()
    match = _HANDLE.fullmatch(name) or _BARE_HANDLE.fullmatch(name)
    if match:
        return make_twitter_author(match[1])
    return Author(name) if name else None


def make_twitter_author(handle: str) -> Author:
    """The author of whom only the handle is known."""
    return Author(handle, handle, f"https://twitter.com/{handle}")
