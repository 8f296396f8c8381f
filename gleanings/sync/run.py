"""One sync from beginning to end: locked, logged, reported, and remembered."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from gleanings.options import Common, opened_store, utc_now
from gleanings.steps.outcome import Alert, State, fail
from gleanings.stop import Stop
from gleanings.sync.log import open_log
from gleanings.sync.memory import Memory, find_new_alerts, holding_lock, locate_memory, save_memory
from gleanings.sync.ping import Pinger
from gleanings.sync.pipeline import Done, Session, Step, run_steps
from record_types.errors import DiskError, GleaningsError
from store.runs import Counts, end_open_runs, finish_run, mark_crashed_runs, start_run

MAX_LOGGED = 50
"""Alerts in the log, per step."""
PING_SECONDS, PING_SECONDS_STOPPED = 5.0, 0.5
"""How long the end waits for the monitoring service; the second if the sync was asked to stop."""

ReportStep = Callable[[Done], None]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a sync."""

    done: tuple[Done, ...]
    seconds: float
    new_alerts: tuple[tuple[str, Alert], ...] = ()
    """Alerts that no earlier sync has reported: step and alert."""
    unsettled: bool = False
    """Pages or notes were skipped because the user is editing them: try again soon."""

    @property
    def exit_code(self) -> int:
        return find_exit_code([each.outcome.state for each in self.done])


def run_sync(
    common: Common,
    steps: Sequence[Step],
    stop: Stop,
    *,
    command: str = "sync",
    is_quiet: bool = False,
    report_step: ReportStep = lambda _: None,
) -> Report:
    """Run the steps. Raises BusyError if another sync is running."""
    if common.dry_run:
        with opened_store(common, create=True) as db:
            return _run(Session(common, db, stop, is_quiet), steps, report_step)
    with holding_lock(common.db) as memory, open_log(common.config.sync) as log:
        pinger = Pinger(common.config.sync)
        pinger.send("start")
        log.info("%s begins: %s", command, common.db)

        def log_and_report(done: Done) -> None:
            _log(log, done)
            report_step(done)

        report = _run_as(common, steps, stop, command, is_quiet=is_quiet, report_step=log_and_report)
        report = _remember(common, memory, report)
        if not stop.signalled.is_set():  # else the service notices by its own clock that the sync never ended
            pinger.send("failure" if report.exit_code == 2 else "success")
        log.info("%s ends with %d after %.1f s", command, report.exit_code, report.seconds)
        pinger.wait(PING_SECONDS_STOPPED if stop.signalled.is_set() else PING_SECONDS)
        for failure in pinger.failures:
            log.warning("ping: %s", failure)
    return report


def _run_as(
    common: Common,
    steps: Sequence[Step],
    stop: Stop,
    command: str,
    *,
    is_quiet: bool,
    report_step: ReportStep,
) -> Report:
    """Run the steps as a row of `runs`; a store that cannot be opened is an outcome as well."""
    began = time.monotonic()
    try:
        with opened_store(common, create=True) as db:
            mark_crashed_runs(db, now=utc_now(), alone=True)
            run_id = start_run(db, command, now=utc_now())
            with _ended(db, run_id):
                report = _run(Session(common, db, stop, is_quiet), steps, report_step)
                _finish(db, run_id, report.done)
            return report
    except GleaningsError as error:
        state: State = "later" if error.exit_code == 75 else "failed"
        outcome = fail(str(error), state=state, immediate=isinstance(error, DiskError))
        done = Done("store", outcome, time.monotonic() - began)
        report_step(done)
        return Report((done,), done.seconds)


@contextmanager
def _ended(db: sqlite3.Connection, run_id: int) -> Iterator[None]:
    """The run is marked `interrupted` if an exception leaves the block."""
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        end_open_runs(db, after=run_id - 1, now=utc_now())
        raise


def _run(session: Session, steps: Sequence[Step], report_step: ReportStep) -> Report:
    began = time.monotonic()
    done = run_steps(session, steps, report_step)
    return Report(tuple(done), time.monotonic() - began, unsettled=session.unsettled)


def _finish(db: sqlite3.Connection, run_id: int, done: Sequence[Done]) -> None:
    """Record how the sync ended, and end the runs that its steps left open."""
    states = [each.outcome.state for each in done]
    end_open_runs(db, after=run_id, now=utc_now())
    counts = sum((each.outcome.counts for each in done), Counts())
    message = ", ".join(f"{each.step} {each.outcome.state}" for each in done)
    finish_run(db, run_id, counts, find_status(states), now=utc_now(), message=message)


def find_exit_code(states: Sequence[State]) -> int:
    """2: something needs the user's attention; 1: something was left out; 75: all that is missing can be
    done later; else 0."""
    if "failed" in states:
        return 2
    if {"partial", "interrupted", "skipped"} & set(states):
        return 1
    return 75 if "later" in states else 0


def find_status(states: Sequence[State]) -> Literal["ok", "partial", "failed", "interrupted"]:
    """The status of the sync in the table `runs`."""
    if "interrupted" in states:
        return "interrupted"
    if "failed" in states:
        return "failed" if all(state in ("failed", "skipped") for state in states) else "partial"
    return "ok" if set(states) <= {"ok"} else "partial"


_STEP_DETAILS = ("due", "outcomes", "books", "files", "folder", "topics", "as_before")
"""What a step may have counted; null for the others."""


def step_as_dict(done: Done) -> dict[str, Any]:
    """One step for `--json`."""
    return {
        "step": done.step,
        "state": done.outcome.state,
        "seconds": round(done.seconds, 3),
        "line": done.outcome.line,
        **dict.fromkeys(_STEP_DETAILS),
        **done.outcome.details,
        "trouble": [each.message for each in done.outcome.alerts],
    }


def _remember(common: Common, memory: Memory, report: Report) -> Report:
    after, new_alerts = find_new_alerts(memory, report.done, now=datetime.now(UTC))
    with suppress(OSError):  # what cannot be remembered is reported again
        save_memory(locate_memory(common.db), after)
    return replace(report, new_alerts=tuple(new_alerts))


def _log(log: logging.Logger, done: Done) -> None:
    level = {"ok": logging.INFO, "later": logging.INFO, "failed": logging.ERROR}.get(
        done.outcome.state, logging.WARNING
    )
    log.log(level, "%s %s in %.2f s: %s", done.step, done.outcome.state, done.seconds, done.outcome.line)
    for alert in done.outcome.alerts[:MAX_LOGGED]:
        if alert.message != done.outcome.line:
            log.warning("%s: %s", done.step, alert.key)
    if done.bug is not None:
        log.error("%s: a bug", done.step, exc_info=done.bug)
