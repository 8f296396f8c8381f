"""Parse one page of a listing of Readwise's API into its books, and detect which changed (docs/formats.md).

    {"count": 2, "nextPageCursor": "…" or null, "results": [book, …]}

Source: https://readwise.io/api_deets. With `updatedAfter` a book lists only its changed highlights, so it
only signals that something changed; what is stored is the whole book, requested by its id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any

from ingest.readwise.notation import read_utc
from record_types.errors import UnreadableError
from record_types.foreign_json import parse_json

ROOT = "readwise:"
"""The root of the API's source files; a book's path below it is its id."""

_YEARS = range(2000, 2200)
"""Readwise did not exist earlier: any other year is a server error."""


@dataclass(frozen=True, slots=True)
class ApiBook:
    """One entry of `results`."""

    id: int | None
    """`user_book_id`; None if it is missing, and the book can be neither stored nor requested again."""
    is_deleted: bool
    latest: datetime | None
    """The latest `updated_at` in it."""
    raw: Mapping[str, Any]
    """As the server sent it, for `make_source`."""

    @property
    def text(self) -> str:
        """The book as JSON that is the same for the same book, whatever the order of its parts.

        Highlights are the names of their fields, then one row of values for each; a missing field counts as
        null.
        """
        listed = _list_highlights(self.raw)
        names = sorted({name for each in listed for name in each})
        rows = [list(map(each.get, names)) for each in sorted(listed, key=_highlight_id)]
        return _dump([{**self.raw, "highlights": _list_others(self.raw)}, names, rows])

    def make_fingerprints(self, since: datetime | None = None) -> dict[str, datetime | None]:
        """Fingerprints of the highlights, each with its book's fields: 16 hexadecimal digits → `updated_at`.

        They tell without the whole book whether what is listed was seen before. Those updated before `since`
        are left out; a book without highlights has a fingerprint of its own.
        """
        if since and self.latest and self.latest < since:
            return {}
        book = _dump({key: value for key, value in self.raw.items() if key != "highlights"})
        listed = _list_highlights(self.raw)
        if not listed:
            return {_make_fingerprint(book, None): self.latest}
        times = ((each, _read_time(each)) for each in listed)
        return {
            _make_fingerprint(book, each): time
            for each, time in times
            if not (since and time and time < since)
        }


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """One page of a listing."""

    next_cursor: str | None
    """The cursor to request the next page with; None on the last page."""
    books: tuple[ApiBook, ...]


def parse_answer(body: bytes) -> ApiAnswer:
    """Parse the page in `body`; raises UnreadableError.

    An entry that is not a book becomes one without an id.
    """
    try:
        found = parse_json(body.decode("utf-8", "replace"))
    except ValueError:
        raise UnreadableError("the answer is not JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("results"), list):
        raise UnreadableError("the answer has no `results`")
    following = found.get("nextPageCursor")
    if following is not None and not isinstance(following, (str, int)):
        raise UnreadableError("the answer's `nextPageCursor` is invalid")
    next_cursor = str(following) if following not in (None, "", False) else None
    return ApiAnswer(next_cursor, tuple(_read_book(entry) for entry in found["results"]))


def hash_book(book: ApiBook) -> tuple[str, int]:
    """The SHA-256 and the size in bytes of the book's text."""
    data = book.text.encode()
    return sha256(data).hexdigest(), len(data)


def _read_book(entry: object) -> ApiBook:
    if not isinstance(entry, dict):
        return ApiBook(None, False, None, {"entry": entry})
    id_ = entry.get("user_book_id")
    times = [_read_time(each) for each in (entry, *_list_highlights(entry))]
    return ApiBook(
        id_ if isinstance(id_, int) and not isinstance(id_, bool) and id_ >= 0 else None,
        entry.get("is_deleted") is True,
        max((moment for moment in times if moment), default=None),
        entry,
    )


def _list_highlights(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = entry.get("highlights")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _list_others(entry: Mapping[str, Any]) -> object:
    """What the list of highlights contains besides highlights, or what is there instead of a list."""
    listed = entry.get("highlights")
    return [each for each in listed if not isinstance(each, dict)] if isinstance(listed, list) else listed


def _make_fingerprint(book: str, highlight: Mapping[str, Any] | None) -> str:
    words = book + _dump(highlight)
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _read_time(entry: Mapping[str, Any]) -> datetime | None:
    written = entry.get("updated_at")
    moment = read_utc(written) if isinstance(written, str) else None
    return moment if moment and moment.year in _YEARS else None


def _highlight_id(highlight: Mapping[str, Any]) -> tuple[int, str]:
    id_ = highlight.get("id")
    return (id_, "") if isinstance(id_, int) else (-1, repr(highlight))


_dump = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode
"""Skips the check for circular references, which parsed JSON cannot have."""
