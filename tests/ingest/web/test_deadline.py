"""Deadlines of whole requests."""

from __future__ import annotations

import socket
import time

import pytest

from ingest.web.deadline import Deadline, DeadlineTimer


def make_pair() -> tuple[socket.socket, socket.socket]:
    """Two connected sockets; a read that no deadline ends fails after five seconds."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    return ours, theirs


def test_the_remaining_time_counts_down_to_zero() -> None:
    deadline = Deadline(time.monotonic() + 5)
    assert 4 < deadline.remaining <= 5
    assert not deadline.is_past
    past = Deadline(time.monotonic() - 5)
    assert past.remaining == 0.0
    assert past.is_past


def test_a_read_ends_at_the_deadline() -> None:
    timer = DeadlineTimer()
    ours, theirs = make_pair()
    began = time.monotonic()
    with ours, theirs, timer.start(0.1) as deadline:
        assert timer.current is deadline
        deadline.track(ours)
        assert ours.recv(1) == b""
    assert 0.1 <= time.monotonic() - began < 2
    assert deadline.is_past
    timer.close()


def test_a_request_that_ends_in_time_keeps_its_connection() -> None:
    timer = DeadlineTimer()
    ours, theirs = make_pair()
    with ours, theirs:
        with timer.start(0.1) as deadline:
            deadline.track(ours)
        time.sleep(0.15)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
    assert not deadline.expired
    timer.close()


def test_closing_the_timer_ends_every_request_at_once() -> None:
    timer = DeadlineTimer()
    ours, theirs = make_pair()
    with ours, theirs, timer.start(60) as deadline:
        deadline.track(ours)
        timer.close()
        assert ours.recv(1) == b""
    assert deadline.is_past
    with timer.start(60) as late:
        assert late.is_past


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_a_deadline_without_time_left_is_past_from_the_start(seconds: float) -> None:
    timer = DeadlineTimer()
    with timer.start(seconds) as deadline:
        assert deadline.is_past
    timer.close()


@pytest.mark.parametrize("earlier", [[60.0], [0.01], [60.0, 0.01]], ids=str)
def test_a_read_ends_at_its_deadline_whatever_the_timer_waits_for(earlier: list[float]) -> None:
    timer = DeadlineTimer()
    for seconds in earlier:
        with timer.start(seconds):
            time.sleep(0.03)  # the thread waits for this deadline, or for the next
    ours, theirs = make_pair()
    with ours, theirs, timer.start(0.05) as deadline:
        deadline.track(ours)
        assert ours.recv(1) == b""
    timer.close()


def test_a_socket_is_released_with_its_request() -> None:
    timer = DeadlineTimer()
    ours, theirs = make_pair()
    theirs.settimeout(5)
    with timer.start(60) as deadline:
        assert not deadline.has_socket
        deadline.track(ours)
        assert deadline.has_socket
    assert (timer.current, deadline.has_socket) == (None, False)
    ours.close()
    with theirs:
        assert theirs.recv(1) == b""
    timer.close()


def test_a_socket_opened_after_the_deadline_is_shut_down() -> None:
    ours, theirs = make_pair()
    with ours, theirs:
        deadline = Deadline(time.monotonic() + 60)
        deadline.expire()
        deadline.track(ours)
        assert ours.recv(1) == b""
        deadline.end()


def test_a_request_that_ends_late_is_past_before_the_timer_notices() -> None:
    late, early = Deadline(time.monotonic()), Deadline(time.monotonic() + 60)
    late.end()
    early.end()
    assert (late.expired, early.expired) == (True, False)
