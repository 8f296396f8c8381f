"""The retry table: when a link is tried again and when it is given up (docs/links.md, Retries).

A row of the table holds the waits after the first, second … failure; the failure after the last wait is
final: six waits for a timeout, two confirmations for a missing page. Tries count only while failures are of
one kind, so that three timeouts do not make the first 404 a confirmed one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from record_types.links import Fetch

Outcome = Literal["later", "dns", "missing", "missing at t.co", "throttled", "blocked"]
"""A row of the table."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
WAITS: dict[Outcome, tuple[timedelta, ...]] = {
    "later": (_HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY),
    "dns": (_DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY),
    "missing": (_DAY, 7 * _DAY),
    "missing at t.co": (_DAY, 7 * _DAY, 30 * _DAY),
    "throttled": (_HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY),
    "blocked": (30 * _DAY, 90 * _DAY),
}
_ENDS_GONE: frozenset[Outcome] = frozenset({"dns", "missing", "missing at t.co"})
MAX_RETRY_AFTER = 86400
UNCOUNTED_WAITS = 2
"""How often in a row a server may ask to wait before that counts as a failure."""
JITTER = 0.2

_STATUS = re.compile(r"http ([0-9]{3})(?![0-9])")
_TIMES = re.compile(r" x([0-9]{1,4})\Z")
_LATER = frozenset({408, 425})


class NextTry(NamedTuple):
    """What follows from a failure."""

    attempts: int
    """To store with the link; 0 once it is given up."""
    due_at: datetime | None
    """None once it is given up."""
    final: Fetch | None
    """`gone` if giving up means that; None if the failure's own fetch status stays."""


def plan_try(
    error: str,
    attempts: int,
    previous: str | None,
    retry_after: str | None,
    now: datetime,
    random: Callable[[], float],
) -> tuple[NextTry, str]:
    """What follows from the failure `error`, and the error to store.

    `attempts` and the `previous` error are those stored with the link; `retry_after` is the header. The error
    to store gets ` x2` appended when the server asked to wait for the second time in a row.
    """
    outcome = find_outcome(error)
    times = count_times(previous, error) if outcome == "throttled" else 1
    seconds = read_retry_after(retry_after, now) if outcome == "throttled" else None
    plan = next_try(outcome, count_attempts(attempts, previous, error), now, seconds, random, times=times)
    return plan, f"{error} x{times}" if times > 1 else error


def next_try(
    outcome: Outcome,
    attempts: int,
    now: datetime,
    retry_after: float | None,
    random: Callable[[], float],
    *,
    times: int = 1,
) -> NextTry:
    """What follows from a failure after `attempts` counted ones of its kind.

    `retry_after` is in seconds, `random` returns [0, 1), `times` is how often in a row the server asked to
    wait, this time included.
    """
    waits = WAITS[outcome]
    counted = not (outcome == "throttled" and times <= UNCOUNTED_WAITS)
    if attempts >= len(waits) and counted:
        return NextTry(0, None, "gone" if outcome in _ENDS_GONE else None)
    wait = waits[min(attempts, len(waits) - 1)] * (1 + JITTER * (2 * random() - 1))
    if retry_after is not None:
        wait = max(wait, timedelta(seconds=min(retry_after, MAX_RETRY_AFTER)))
    return NextTry(attempts + counted, now + wait, None)


def find_outcome(error: str) -> Outcome:
    """The row of the table for a stored error (`timeout`, `http 404 at t.co` …)."""
    if error in ("dns", "refused: private address"):
        return "dns"
    if error in ("wall", "challenge", "not a picture"):
        return "blocked"
    match = _STATUS.match(error)
    if match is None:
        return "later"
    status, rest = int(match[1]), _TIMES.sub("", error[match.end() :])
    if status in (404, 410):
        return "missing at t.co" if rest == " at t.co" else "missing"
    if status == 429 or rest == ", wait":
        return "throttled"
    return "later" if (status >= 500 and status != 999) or status in _LATER else "blocked"


def count_attempts(attempts: int, previous: str | None, error: str) -> int:
    """The tries so far of the same kind as `error`: none if the previous failure was of another kind."""
    if previous is None:
        return attempts
    kinds = {_name_family(find_outcome(previous)), _name_family(find_outcome(error))}
    return attempts if len(kinds) == 1 else 0


def count_times(previous: str | None, error: str) -> int:
    """How often in a row `error` occurred, this time included; `previous` ends with ` x2` after two."""
    if previous is None or _TIMES.sub("", previous) != error:
        return 1
    match = _TIMES.search(previous)
    return (int(match[1]) if match else 1) + 1


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header (seconds or a date), at most a day; None if it is invalid."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:10]), MAX_RETRY_AFTER))
    try:
        when = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return min(max(0.0, (when - now).total_seconds()), float(MAX_RETRY_AFTER))


def _name_family(outcome: Outcome) -> Outcome:
    return "later" if outcome == "throttled" else outcome
