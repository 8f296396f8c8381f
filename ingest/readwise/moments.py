"""A moment with its zone, as tables and services write it → UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def read_utc(text: str) -> datetime | None:
    """The moment in `2022-03-07 22:12:42+00:00`; without a zone it is UTC, without a time midnight.

    None where nothing can be read, and for moments that UTC cannot tell (year 0 or 10000).
    """
    try:
        moment = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
