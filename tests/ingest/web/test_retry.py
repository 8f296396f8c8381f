"""When a link is tried again (docs/links.md, Retries)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.web.retry import (
    WAITS,
    Outcome,
    count_attempts,
    count_times,
    find_outcome,
    next_try,
    read_retry_after,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def list_waits(outcome: Outcome) -> list[timedelta]:
    """The waits of a link that fails for ever."""
    waits: list[timedelta] = []
    attempts = 0
    while True:
        attempts, due_at, _ = next_try(outcome, attempts, NOW, None, lambda: 0.5, times=3)
        if due_at is None:
            return waits
        waits.append(due_at - NOW)


@pytest.mark.parametrize(
    ("outcome", "waits"),
    [
        ("later", [HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY]),
        ("dns", [DAY, 3 * DAY, 7 * DAY, 30 * DAY]),
        ("missing", [DAY, 7 * DAY]),
        ("missing at t.co", [DAY, 7 * DAY, 30 * DAY]),
        ("blocked", [30 * DAY, 90 * DAY]),
        ("throttled", [HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY]),
    ],
)
def test_each_kind_of_failure_has_its_waits(outcome: Outcome, waits: list[timedelta]) -> None:
    assert list_waits(outcome) == waits


@pytest.mark.parametrize(
    ("outcome", "final"),
    [("later", None), ("dns", "gone"), ("missing", "gone"), ("missing at t.co", "gone"), ("blocked", None)],
)
def test_the_failure_after_the_last_wait_is_final(outcome: Outcome, final: str | None) -> None:
    assert next_try(outcome, len(WAITS[outcome]), NOW, None, lambda: 0.5) == (0, None, final)


@given(
    st.sampled_from(sorted(WAITS)), st.integers(0, 20), st.floats(0, 1, exclude_max=True), st.integers(1, 9)
)
def test_a_wait_varies_by_at_most_a_fifth(outcome: Outcome, attempts: int, chance: float, times: int) -> None:
    found = next_try(outcome, attempts, NOW, None, lambda: chance, times=times)
    if found.due_at is not None:
        wait = WAITS[outcome][min(attempts, len(WAITS[outcome]) - 1)]
        assert 0.8 * wait <= found.due_at - NOW <= 1.2 * wait


def test_a_server_that_asks_to_wait_counts_from_the_third_time() -> None:
    waits = [next_try("throttled", 0, NOW, None, lambda: 0.5, times=times).attempts for times in (1, 2, 3, 4)]
    assert waits == [0, 0, 1, 1]


def test_a_longer_wait_than_the_tables_is_respected_up_to_a_day() -> None:
    for seconds, wait in ((60.0, HOUR), (7200.0, 2 * HOUR), (1e9, DAY)):
        assert next_try("throttled", 0, NOW, seconds, lambda: 0.5).due_at == NOW + wait


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("1000000000", 86400),
        ("9" * 5000, 86400),
        ("Mon, 04 May 2026 12:10:00 GMT", 600),
        ("Mon, 04 May 2026 12:10:00", 600),
        ("Mon, 04 May 2020 12:10:00 GMT", 0),
        ("Mon, 04 May 2999 12:10:00 GMT", 86400),
    ],
)
def test_retry_after_may_be_seconds_or_a_date(value: str, seconds: float) -> None:
    assert read_retry_after(value, NOW) == seconds


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "12 h", "Mon, 99 Foo 2026", "１２", "\x00"])
def test_an_invalid_retry_after_is_ignored(value: str | None) -> None:
    assert read_retry_after(value, NOW) is None


@given(st.text())
def test_any_retry_after_is_read_without_an_error(value: str) -> None:
    seconds = read_retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 86400


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("timeout", "later"),
        ("tls", "later"),
        ("reset", "later"),
        ("http 500", "later"),
        ("http 408", "later"),
        ("http 503", "later"),
        ("http 503, wait x2", "throttled"),
        ("http 429 x3", "throttled"),
        ("http 404", "missing"),
        ("http 410", "missing"),
        ("http 404 at t.co", "missing at t.co"),
        ("http 999", "blocked"),
        ("http 403", "blocked"),
        ("http 418", "blocked"),
        ("wall", "blocked"),
        ("dns", "dns"),
    ],
)
def test_each_error_has_its_row(error: str, outcome: str) -> None:
    assert find_outcome(error) == outcome


def test_tries_count_while_failures_are_of_one_kind() -> None:
    assert count_attempts(4, "timeout", "http 500") == 4
    assert count_attempts(4, "http 429 x3", "timeout") == 4
    assert count_attempts(4, "timeout", "http 404") == 0
    assert count_attempts(2, "http 404", "dns") == 0


def test_waits_in_a_row_are_counted_by_the_error_itself() -> None:
    assert count_times(None, "http 429") == 1
    assert count_times("timeout", "http 429") == 1
    assert count_times("http 429", "http 429") == 2
    assert count_times("http 429 x2", "http 429") == 3
    assert count_times("http 503, wait", "http 429") == 1
