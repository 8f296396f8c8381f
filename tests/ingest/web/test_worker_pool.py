"""Workers take items from the queues of hosts until nothing waits, the time is up, or the network is down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest

from ingest.web.outage import NETWORK_DOWN
from ingest.web.rate_limit import MAX_FAILURES, HostQueues, RateLimit
from ingest.web.response import HttpResponse
from ingest.web.session import FetchSettings
from ingest.web.worker_pool import (
    DEFAULT_PAUSE,
    HOST_SKIPPED,
    MAX_PAUSE,
    OUT_OF_TIME,
    Done,
    WorkerPool,
    judge_host,
)
from record_types.links import Fetch

UNLIMITED = RateLimit(in_flight=2, gap=0.0)


class Job:
    """Answers each item `x` with `did x`, and drops one with its reason."""

    def __init__(self, answer: Callable[[str], Done[str, str]] | None = None) -> None:
        self.answer = answer or (lambda item: Done(f"did {item}"))
        self.closed = threading.Event()

    def work(self, item: str) -> Done[str, str]:
        return self.answer(item)

    def drop(self, item: str, reason: str) -> str | None:
        return f"{item}: {reason}"

    def close(self) -> None:
        self.closed.set()


def make_pool(
    job: Job,
    *items: tuple[str, str],
    workers: int = 2,
    max_seconds: float | None = None,
    stop: threading.Event | None = None,
    is_down: Callable[[], bool] = lambda: False,
) -> WorkerPool[str, str]:
    queues = HostQueues[str](UNLIMITED, {})
    for host, item in items:
        queues.add(host, item)
    settings = FetchSettings(workers=workers, max_seconds=max_seconds)
    return WorkerPool(queues, job, settings, stop, is_down)


def test_every_item_is_requested() -> None:
    pool = make_pool(Job(), ("a", "1"), ("b", "2"), ("a", "3"))
    assert sorted(pool.run()) == ["did 1", "did 2", "did 3"]


def test_nothing_to_do_ends_at_once() -> None:
    assert list(make_pool(Job()).run()) == []


def test_an_item_moves_on_to_another_host_and_may_report_on_the_way() -> None:
    steps = {"1": Done("early", onward=("b", "1 at b")), "1 at b": Done("late")}
    assert list(make_pool(Job(steps.__getitem__), ("a", "1")).run()) == ["early", "late"]


def test_an_item_that_moves_on_comes_before_those_that_wait() -> None:
    steps: dict[str, Done[str, str]] = {
        "1": Done(onward=("a", "2")),
        "2": Done("did 2"),
        "3": Done("did 3"),
    }
    pool = make_pool(Job(steps.__getitem__), ("a", "1"), ("a", "3"), workers=1)
    assert list(pool.run()) == ["did 2", "did 3"]


def test_no_request_starts_when_the_time_is_up() -> None:
    pool = make_pool(Job(), ("a", "1"), ("b", "2"), max_seconds=0.0)
    assert sorted(pool.run()) == [f"1: {OUT_OF_TIME}", f"2: {OUT_OF_TIME}"]


def test_a_stop_lets_requests_in_flight_end_and_starts_no_other() -> None:
    stop = threading.Event()

    def answer(item: str) -> Done[str, str]:
        stop.set()
        return Done(f"did {item}")

    pool = make_pool(Job(answer), ("a", "1"), ("a", "2"), workers=1, stop=stop)
    assert list(pool.run()) == ["did 1", f"2: {OUT_OF_TIME}"]


def test_an_error_in_a_worker_is_raised_at_the_end() -> None:
    def answer(item: str) -> Done[str, str]:
        if item == "1":
            raise ZeroDivisionError
        return Done(f"did {item}")

    with pytest.raises(ZeroDivisionError):
        list(make_pool(Job(answer), ("a", "1"), ("b", "2")).run())


def test_a_host_that_asks_for_a_long_pause_is_skipped() -> None:
    steps: dict[str, Done[str, str]] = {
        "1": Done("did 1", pause=MAX_PAUSE + 1),
        "2": Done("did 2"),
        "3": Done("did 3"),
    }
    pool = make_pool(Job(steps.__getitem__), ("a", "1"), ("a", "2"), ("b", "3"), workers=1)
    assert sorted(pool.run()) == [f"2: {HOST_SKIPPED}", "did 1", "did 3"]


def test_a_host_that_asks_for_a_short_pause_is_asked_after_it() -> None:
    steps: dict[str, Done[str, str]] = {"1": Done("did 1", pause=0.05), "2": Done("did 2")}
    pool = make_pool(Job(steps.__getitem__), ("a", "1"), ("a", "2"), workers=1)
    assert list(pool.run()) == ["did 1", "did 2"]


def test_a_host_that_blocks_again_and_again_is_skipped() -> None:
    items = [("a", str(number)) for number in range(MAX_FAILURES + 2)]
    pool = make_pool(Job(lambda item: Done(f"did {item}", failed=True)), *items, workers=1)
    found = list(pool.run())
    assert sum(each.startswith("did") for each in found) == MAX_FAILURES
    assert sum(each.endswith(HOST_SKIPPED) for each in found) == 2


def test_an_item_that_moves_on_to_a_skipped_host_is_dropped() -> None:
    steps: dict[str, Done[str, str]] = {"1": Done(onward=("a", "2"), pause=MAX_PAUSE + 1)}
    assert list(make_pool(Job(steps.__getitem__), ("a", "1"), workers=1).run()) == [f"2: {HOST_SKIPPED}"]


def test_without_a_network_requests_in_flight_are_ended_and_the_rest_is_dropped() -> None:
    begun = threading.Event()

    def answer(item: str) -> Done[str, str]:
        begun.set()
        assert job.closed.wait(10)
        return Done(f"cut off: {item}")

    job = Job(answer)
    pool = make_pool(job, ("a", "1"), ("b", "2"), workers=1, is_down=begun.is_set)
    assert list(pool.run()) == ["cut off: 1", f"2: {NETWORK_DOWN}"]


def test_without_a_network_a_request_that_does_not_end_is_dropped_too() -> None:
    begun, gate = threading.Event(), threading.Event()

    def answer(item: str) -> Done[str, str]:
        begun.set()
        gate.wait(10)  # such as a name lookup
        return Done(f"did {item}")

    pool = make_pool(Job(answer), ("a", "1"), ("b", "2"), workers=1, is_down=begun.is_set)
    assert sorted(pool.run()) == [f"1: {NETWORK_DOWN}", f"2: {NETWORK_DOWN}"]
    gate.set()


def test_closing_the_results_ends_what_is_in_flight() -> None:
    job = Job()
    job.answer = lambda item: Done("first") if item == "1" else Done(f"ended: {job.closed.wait(10)}")
    pool = make_pool(job, ("a", "1"), ("a", "2"), ("a", "3"), workers=1)
    with closing(pool.run()) as results:
        assert next(results) == "first"
    assert job.closed.is_set()


@pytest.mark.parametrize(
    ("response", "error", "fetch", "judged"),
    [
        (None, "timeout", "timeout", (True, 0.0)),
        (None, "dns", "dns", (False, 0.0)),
        (HttpResponse(200), None, "ok", (False, 0.0)),
        (HttpResponse(200), "challenge", "blocked", (True, 0.0)),
        (HttpResponse(403), "http 403", "blocked", (True, 0.0)),
        (HttpResponse(404), "http 404", "error", (False, 0.0)),
        (HttpResponse(429), "http 429", "blocked", (True, DEFAULT_PAUSE)),
        (HttpResponse(429, retry_after="7"), "http 429", "blocked", (True, 7.0)),
        (HttpResponse(503, retry_after="9"), "http 503, wait", "error", (True, 9.0)),
        (HttpResponse(503), "http 503", "error", (False, 0.0)),
    ],
)
def test_a_host_is_judged_by_its_last_answer(
    response: HttpResponse | None, error: str | None, fetch: Fetch, judged: tuple[bool, float]
) -> None:
    assert judge_host(response, error, fetch, datetime(2024, 5, 1, tzinfo=UTC)) == judged
