"""One sync from beginning to end: under the lock, logged, told, and remembered."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gleanings.options import Common, opened_store, utc_now
from gleanings.steps.outcome import Done, State, Trouble, fail, find_exit_code
from gleanings.stop import Stop
from gleanings.sync.lock import holding_lock
from gleanings.sync.log import open_journal
from gleanings.sync.memory import Memory, learn, name_memory, save_memory
from gleanings.sync.ping import Pinger
from gleanings.sync.pipeline import Session, Step, log_run, run_steps
from record_types.errors import DiskError, GleaningsError

MOST_LOGGED = 50
"""Lines of trouble in the log, a step."""
PING_SECONDS, PING_SECONDS_STOPPED = 5.0, 0.5
"""How long the end waits for the watcher elsewhere; the second when it was asked to end."""

Tell = Callable[[Done], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a sync came to."""

    done: tuple[Done, ...]
    seconds: float
    news: tuple[tuple[str, Trouble], ...] = ()
    """Trouble that was not said before: step and trouble."""
    unsettled: bool = False
    """Notes were left alone because their reader is at them: look again soon."""

    @property
    def exit_code(self) -> int:
        """See `find_exit_code`."""
        return find_exit_code([each.outcome.state for each in self.done])


def run_sync(
    common: Common,
    steps: Sequence[Step],
    stop: Stop,
    *,
    command: str = "sync",
    is_quiet: bool = False,
    tell: Tell = lambda _: None,
) -> Report:
    """Work off the steps. Raises BusyError where another sync is under way."""
    if common.dry_run:
        with opened_store(common, create=True) as db:
            return _work(Session(common, db, stop, is_quiet), steps, tell)
    with holding_lock(common.db) as memory, open_journal(common.config.sync) as journal:
        pinger = Pinger(common.config.sync)
        pinger.tell("start")
        journal.info("%s begins: %s", command, common.db)

        def hear(done: Done) -> None:
            _log(journal, done)
            tell(done)

        report = _work_logged(common, steps, stop, command, is_quiet=is_quiet, tell=hear)
        report = _remember(common, memory, report)
        if not stop.signalled.is_set():  # the watcher knows by its own clock that the end did not come
            pinger.tell("failure" if report.exit_code == 2 else "success")
        journal.info("%s ends with %d after %.1f s", command, report.exit_code, report.seconds)
        pinger.wait(PING_SECONDS_STOPPED if stop.signalled.is_set() else PING_SECONDS)
        for failure in pinger.failures:
            journal.warning("ping: %s", failure)
    return report


def _work_logged(
    common: Common, steps: Sequence[Step], stop: Stop, command: str, *, is_quiet: bool, tell: Tell
) -> Report:
    """The steps with their line in `runs`; a store that cannot be opened is an outcome, too."""
    from store.runs import mark_crashed_runs, start_run

    began = time.monotonic()
    try:
        with opened_store(common, create=True) as db:
            mark_crashed_runs(db, now=utc_now(), alone=True)
            run_id = start_run(db, command, now=utc_now())
            with _ended(db, run_id):
                report = _work(Session(common, db, stop, is_quiet), steps, tell)
                log_run(db, run_id, report.done)
            return report
    except GleaningsError as error:
        state: State = "later" if error.exit_code == 75 else "failed"
        outcome = fail(str(error), state=state, at_once=isinstance(error, DiskError))
        done = Done("store", outcome, time.monotonic() - began)
        tell(done)
        return Report((done,), done.seconds)


@contextmanager
def _ended(db: sqlite3.Connection, run_id: int) -> Iterator[None]:
    """The run is marked `interrupted` where what happens inside does not come to its end."""
    from store.runs import end_open_runs

    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        end_open_runs(db, after=run_id - 1, status="interrupted", now=utc_now())
        raise


def _work(session: Session, steps: Sequence[Step], tell: Tell) -> Report:
    began = time.monotonic()
    done = run_steps(session, steps, tell)
    return Report(tuple(done), time.monotonic() - began, unsettled=session.unsettled)


def _remember(common: Common, memory: Memory, report: Report) -> Report:
    learnt, news = learn(memory, report.done, now=datetime.now(UTC))
    with suppress(OSError):  # what cannot be remembered is said once more
        save_memory(name_memory(common.db), learnt)
    return replace(report, news=tuple(news))


def _log(journal: logging.Logger, done: Done) -> None:
    level = {"ok": logging.INFO, "later": logging.INFO, "failed": logging.ERROR}.get(
        done.outcome.state, logging.WARNING
    )
    journal.log(level, "%s %s in %.2f s: %s", done.step, done.outcome.state, done.seconds, done.outcome.line)
    for trouble in done.outcome.trouble[:MOST_LOGGED]:
        if trouble.words != done.outcome.line:
            journal.warning("%s: %s", done.step, trouble.name)
    if done.bug is not None:
        journal.error("%s: a bug", done.step, exc_info=done.bug)
