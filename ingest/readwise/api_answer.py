"""One page of an answer of Readwise's API → its books, and what tells whether they changed (FORMAT 6).

    {"count": 2, "nextPageCursor": "…" or null, "results": [book, …]}

Source: https://readwise.io/api_deets. With `updatedAfter` a book lists only its changed highlights, so such
a book is a sign that something changed; what is stored is the whole book, asked for by its id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any

from ingest.readwise.notation import read_utc
from record_types.errors import UnreadableError

ROOT = "readwise:"
"""Stands where a file's folder stands; the path below it is the book's id."""

_YEARS = range(2000, 2200)
"""There was no Readwise before: another year is an error of the server's."""

_ODD = re.compile(r"[\x00\ud800-\udfff]")
_ODD_ESCAPES = (b"\\u0000", b"\\ud", b"\\uD")
"""What they are written by: without one of these an answer has none."""


@dataclass(frozen=True, slots=True)
class ApiBook:
    """One entry of `results`."""

    id: int | None
    """`user_book_id`; None where the entry has none, and cannot be stored or asked for again."""
    is_deleted: bool
    latest: datetime | None
    """The largest `updated_at` in it."""
    raw: Mapping[str, Any]
    """As the server sent it, for `make_source`."""

    @property
    def text(self) -> str:
        """The book as JSON that is the same for the same book, in whatever order its parts come.

        Highlights are the names of their fields, once, and a row of values each; a field that is not there
        is one that is null.
        """
        listed = _list_highlights(self.raw)
        names = sorted({name for each in listed for name in each})
        rows = [list(map(each.get, names)) for each in sorted(listed, key=_highlight_id)]
        return _dump([{**self.raw, "highlights": _list_others(self.raw)}, names, rows])

    def make_prints(self, since: datetime | None = None) -> dict[str, datetime | None]:
        """A print of each highlight with what is said of its book, 16 hexadecimal digits → its `updated_at`.

        They tell without the whole book whether what is listed was seen before. Only those not updated
        before `since`; a book without highlights has a print of its own.
        """
        if since and self.latest and self.latest < since:
            return {}
        book = _dump({key: value for key, value in self.raw.items() if key != "highlights"})
        listed = _list_highlights(self.raw)
        if not listed:
            return {_print(book, None): self.latest}
        times = ((each, _read_time(each)) for each in listed)
        return {_print(book, each): time for each, time in times if not (since and time and time < since)}


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """One page of a listing."""

    next_cursor: str | None
    """What the next page is asked with; None on the last one."""
    books: tuple[ApiBook, ...]


def parse_answer(body: bytes) -> ApiAnswer:
    """The page in `body`; raises UnreadableError where it is none.

    An entry that is no book at all becomes one without an id. Characters that no text may hold (NUL, halves
    of a pair) are replaced.
    """
    try:
        found = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise UnreadableError("the answer is no JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("results"), list):
        raise UnreadableError("the answer has no `results`")
    if any(escape in body for escape in _ODD_ESCAPES):
        found = _clean(found)
    following = found.get("nextPageCursor")
    if following is not None and not isinstance(following, (str, int)):
        raise UnreadableError("the answer's `nextPageCursor` is none")
    next_cursor = str(following) if following not in (None, "", False) else None
    return ApiAnswer(next_cursor, tuple(_read_book(entry) for entry in found["results"]))


def hash_book(book: ApiBook) -> tuple[str, int]:
    """(SHA-256, bytes) of the book's text."""
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
    """What stands among the highlights, or in their place, and is none."""
    listed = entry.get("highlights")
    return [each for each in listed if not isinstance(each, dict)] if isinstance(listed, list) else listed


def _print(book: str, highlight: Mapping[str, Any] | None) -> str:
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
"""What came as JSON has no circles."""


def _clean(value: Any) -> Any:
    """`value` with every text in it fit for a database."""
    if isinstance(value, str):
        return _ODD.sub(lambda match: "" if match[0] == "\0" else "\ufffd", value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    return value
