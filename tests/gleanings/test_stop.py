"""Stopping: a signal or the end of the time budget asks first, then cuts off."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from gleanings.stop import Cut, Stop, never

SOON = 0.01
COUNT = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1e8) select count(*) from n"


def interrupt_and_go_on() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(10)


def test_a_step_is_over_budget_only_inside_its_limit() -> None:
    stop = Stop()
    assert (stop(), never()) == (False, False)
    with stop.limit(100, None):
        assert not stop()
    with stop.limit(0, None):
        assert (stop(), stop.is_over_budget()) == (True, True)
    assert not stop()
    stop.signalled.set()
    assert (stop(), stop.is_over_budget()) == (True, False)


def test_the_first_signal_asks_and_the_second_ends_at_once() -> None:
    stop, before = Stop(), signal.getsignal(signal.SIGINT)
    with stop.on_signals():
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.signalled.wait(10)
        with pytest.raises(Cut):
            interrupt_and_go_on()
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.set_wakeup_fd(-1) == -1


def test_other_signals_do_not_ask_and_an_alarm_outside_of_a_step_is_ignored() -> None:
    stop = Stop()
    with stop.on_signals():
        os.kill(os.getpid(), signal.SIGALRM)
        with stop.limit(100, None):
            assert not stop()
        os.kill(os.getpid(), signal.SIGALRM)
    assert not stop.signalled.is_set()


def test_no_timer_outlives_its_step() -> None:
    stop, before = Stop(), set(threading.enumerate())
    stop.signalled.set()
    with stop.limit(100, None):
        timers = set(threading.enumerate()) - before
    for timer in timers:
        timer.join(10)
    assert [timer.is_alive() for timer in timers] == [False, False]


def test_a_step_beyond_its_budget_is_cut_off() -> None:
    stop = Stop(overrun=SOON)
    with pytest.raises(Cut), stop.on_signals(), stop.limit(0, None):
        time.sleep(10)
    assert not stop.signalled.is_set()


def test_a_step_that_goes_on_after_a_signal_is_cut_off() -> None:
    stop = Stop(grace=SOON)
    with pytest.raises(Cut), stop.on_signals(), stop.limit(100, None):
        interrupt_and_go_on()
    with pytest.raises(Cut), stop.on_signals(), stop.limit(100, None):  # the next step, too
        time.sleep(10)


def test_a_statement_that_runs_too_long_is_interrupted() -> None:
    stop = Stop(overrun=SOON)
    with (
        closing(sqlite3.connect(":memory:")) as db,
        pytest.raises((Cut, sqlite3.OperationalError)),
        stop.on_signals(),
        stop.limit(0, db),
    ):
        db.execute(COUNT).fetchone()
