"""The steps of a sync: a table, and how it is worked off."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gleanings.options import Common, utc_now
from gleanings.steps.outcome import Done, Outcome, fail
from gleanings.stop import Cut, Stop
from record_types.errors import BusyError, DiskError, GleaningsError

if TYPE_CHECKING:
    from record_types.library import Assignment, ReadDocument


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the module whose `run(session)` does it, and what it cannot do without."""

    name: str
    module: str
    needs: tuple[str, ...] = ()
    """Steps that must not have failed."""
    budget: str = "step_seconds"
    """The key under `[sync]` that holds its seconds."""


STEPS = (
    Step("readwise", "gleanings.sync.books"),
    Step("import", "gleanings.sync.pages"),
    Step("expand", "gleanings.sync.links", budget="expand_seconds"),
    Step("pictures", "gleanings.sync.pictures", budget="expand_seconds"),
    Step("topics", "gleanings.sync.topics"),
    Step("export", "gleanings.sync.notes", needs=("topics",)),
)
"""In their order. A step that has nothing to do by the configuration says so in its outcome."""


@dataclass(slots=True)
class Session:
    """What the steps of one sync share."""

    common: Common
    db: sqlite3.Connection
    stop: Stop
    is_quiet: bool = False
    prepared: tuple[list[ReadDocument], list[Assignment]] | None = None
    """The documents with their topics, once `topics` has read them."""
    version: int = 0
    """The store's (`store.connection.find_version`) when it began to read them."""
    is_offline: bool = False
    """No link could be asked: pictures need not be tried."""
    unsettled: bool = False
    """A page or a note was left alone because somebody was at it: look again soon."""


def run_steps(
    session: Session, steps: Iterable[Step], tell: Callable[[Done], None] = lambda _: None
) -> list[Done]:
    """What each step came to; one that fails does not stop those that do not need it."""
    done: list[Done] = []
    for step in steps:
        began = time.monotonic()
        outcome, bug = _run_step(session, step, done)
        done.append(Done(step.name, outcome, time.monotonic() - began, bug))
        tell(done[-1])
    return done


def _run_step(session: Session, step: Step, done: Sequence[Done]) -> tuple[Outcome, Exception | None]:
    failed = [each.step for each in done if each.step in step.needs and each.outcome.state == "failed"]
    if session.stop.signalled.is_set():
        return Outcome("interrupted", "not begun"), None
    if failed:
        return Outcome("skipped", f"needs {failed[0]}"), None
    seconds = getattr(session.common.config.sync, step.budget)
    try:
        with session.stop.watching(seconds, session.db):
            return _attempt(session, step)
    except Cut:
        return _end_cut(session), None
    finally:
        clean_up(session)


def _attempt(session: Session, step: Step) -> tuple[Outcome, Exception | None]:
    from store.connection import translated_errors

    try:
        with translated_errors(session.common.db):
            outcome: Outcome = import_module(step.module).run(session)
            return outcome, None
    except BusyError as error:
        return fail(str(error), state="later", at_once=isinstance(error, DiskError)), None
    except GleaningsError as error:
        return fail(str(error)), None
    except OSError as error:
        place = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return fail(f"{place}{error.strerror or error}"), None
    except Exception as error:  # noqa: BLE001 - raised again when the other steps are done
        if session.stop():  # what a statement says that was interrupted
            return _end_cut(session), None
        return fail(f"{type(error).__name__}, a bug: see its traceback"), error


def _end_cut(session: Session) -> Outcome:
    if session.stop.signalled.is_set():
        return Outcome("interrupted", "interrupted; what was stored stays")
    return fail("took far longer than it may, and was cut off; what was stored stays", state="partial")


def clean_up(session: Session) -> None:
    """Roll back what a step left open, whatever it was cut off in."""
    if not session.db.in_transaction or session.common.dry_run:
        return
    session.db.execute("rollback")


def log_run(db: sqlite3.Connection, run_id: int, done: Sequence[Done]) -> None:
    """Write down how a sync ended, and what it began and did not end."""
    from gleanings.steps.outcome import find_status
    from store.runs import Counts, end_open_runs, finish_run

    states = [each.outcome.state for each in done]
    end_open_runs(db, after=run_id, status="interrupted", now=utc_now())
    counts = sum((each.outcome.counts for each in done), Counts())
    message = ", ".join(f"{each.step} {each.outcome.state}" for each in done)
    finish_run(db, run_id, counts, find_status(states), now=utc_now(), message=message)


def as_dict(done: Done) -> dict[str, Any]:
    """One step for `--json`."""
    return {
        "step": done.step,
        "state": done.outcome.state,
        "seconds": round(done.seconds, 3),
        "line": done.outcome.line,
        **done.outcome.details,
        "trouble": [each.words for each in done.outcome.trouble],
    }
