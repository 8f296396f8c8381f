"""A run notices soon that the network is down, and not because of a few dead hosts."""

from __future__ import annotations

import threading
import time

import pytest

from ingest.web.outage import LATER_FAILURES, NetworkWatch


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def wait_for(watch: NetworkWatch) -> bool:
    """What the watch says once its probe has had time to end."""
    watch.is_down()
    until = time.monotonic() + 2
    while not (down := watch.is_down()) and time.monotonic() < until:
        time.sleep(0.005)
        if not any(thread.name == "gleanings-probe" for thread in threading.enumerate()):
            return watch.is_down()
    return down


def make(*, finds_way: bool | None, at: float = 0.1) -> tuple[NetworkWatch, Clock, threading.Event]:
    """A watch whose probe says this; None: it does not end before the event."""
    clock, gate = Clock(), threading.Event()

    def look() -> bool:
        if finds_way is None:
            gate.wait(10)
        return bool(finds_way)

    watch = NetworkWatch(look, clock)
    clock.now = at
    return watch, clock, gate


@pytest.mark.parametrize("kind", ["dns", "connect", "refused: private address"])
def test_three_failures_without_a_way_out_are_enough(kind: str) -> None:
    watch, _, _ = make(finds_way=False)
    watch.note_failure("t.co", kind)
    watch.note_failure("t.co", kind)
    assert not wait_for(watch)
    watch.note_failure("t.co", kind)
    assert wait_for(watch)


def test_dead_hosts_are_not_an_outage_while_there_is_a_way_out() -> None:
    watch, clock, _ = make(finds_way=True)
    for host in "abc":
        watch.note_failure(host, "dns")
    assert not wait_for(watch)
    clock.now = 3.9
    assert not wait_for(watch)


def test_no_answer_within_four_seconds_is_an_outage_even_with_a_way_out() -> None:
    watch, clock, _ = make(finds_way=True)
    for _ in range(3):
        watch.note_failure("t.co", "connect")
    assert not wait_for(watch)
    clock.now = 4.0
    assert wait_for(watch)


def test_one_dead_host_proves_nothing_however_often_it_is_asked() -> None:
    watch, clock, _ = make(finds_way=True)
    for _ in range(30):
        watch.note_failure("dead.test", "connect")
    clock.now = 5.0
    assert not wait_for(watch)


def test_lookups_that_do_not_end_are_an_outage_within_five_seconds() -> None:
    watch, clock, gate = make(finds_way=None, at=1.5)
    assert not watch.is_down()
    clock.now = 4.4
    assert not watch.is_down()
    clock.now = 4.5
    assert watch.is_down()
    gate.set()


def test_a_server_that_keeps_the_run_waiting_is_not_an_outage() -> None:
    watch, clock, _ = make(finds_way=True, at=1.5)
    assert not wait_for(watch)
    clock.now = 9.0
    assert not wait_for(watch)


def test_an_answer_ends_the_suspicion() -> None:
    watch, clock, _ = make(finds_way=False)
    for _ in range(3):
        watch.note_failure("t.co", "dns")
    watch.note_answer()
    clock.now = 30.0
    assert not wait_for(watch)


def test_a_network_lost_in_the_middle_is_noticed_after_more_failures() -> None:
    watch, _, _ = make(finds_way=False)
    watch.note_answer()
    for _ in range(LATER_FAILURES - 1):
        watch.note_failure("t.co", "dns")
    assert not wait_for(watch)
    watch.note_failure("t.co", "dns")
    assert wait_for(watch)


@pytest.mark.parametrize("kind", ["reset", "tls", "bad response"])
def test_a_host_that_was_reached_is_not_a_sign_of_an_outage(kind: str) -> None:
    watch, _, _ = make(finds_way=False)
    for _ in range(40):
        watch.note_failure("t.co", kind)
    assert not wait_for(watch)
