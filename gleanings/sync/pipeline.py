"""The steps of a sync, in order, and how they are run."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gleanings.options import Common, find_import_paths, utc_now
from gleanings.steps import notes, pages, topics
from gleanings.steps.outcome import Outcome, fail
from gleanings.steps.readwise_client import find_token
from gleanings.stop import Cut, Stop
from gleanings.terminal import Progress, format_pending, make_progress
from record_types.errors import BusyError, DiskError, GleaningsError, InputError
from store.connection import find_version, translated_errors
from store.pictures import read_due_pictures
from store.resolutions import read_due_links

# Each step imports its module when it runs, and only if it has something to do: that keeps an idle sync fast.


@dataclass(slots=True)
class Session:
    """What the steps of one sync share."""

    common: Common
    db: sqlite3.Connection
    stop: Stop
    is_quiet: bool = False
    has_topics: bool = False
    """Whether the topics are up to date."""
    version: int = 0
    """The store's version (`store.connection.find_version`) when they were."""
    is_offline: bool = False
    """No link could be requested, so pictures need not be tried."""
    unsettled: bool = False
    """A page or note was skipped because the user is editing it: try again soon."""

    def progress(self, label: str) -> Progress:
        return make_progress(label, quiet=self.is_quiet or self.common.as_json)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sync."""

    name: str
    run: Callable[[Session], Outcome]
    needs: tuple[str, ...] = ()
    """Steps that must not have failed."""
    budget: str = "step_seconds"
    """The key under `[sync]` that holds its time budget."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step with its outcome."""

    step: str
    outcome: Outcome
    seconds: float
    bug: Exception | None = None
    """An unexpected error; raised, with its traceback, when the other steps are done."""


NOTHING_TO_READ = "nothing to read: set `paths` under [import] in config.toml (`gleanings init` asks)"


def require_source(common: Common) -> None:
    """Raise InputError if there is neither a store nor anything to read, so that no empty store is made."""
    readwise = common.config.readwise
    if not (common.db.exists() or common.config.import_.paths or (readwise.enabled and find_token(readwise))):
        raise InputError(NOTHING_TO_READ)


def import_readwise(session: Session) -> Outcome:
    """Import what changed in Readwise's API, if there is a token."""
    config = session.common.config
    token = find_token(config.readwise) if config.readwise.enabled else None
    if token is None:
        return Outcome("ok", "not requested: no token" if config.readwise.enabled else "not enabled")
    if session.common.dry_run:
        return Outcome("ok", "would be requested")
    from gleanings.steps import readwise

    return readwise.import_readwise(session.db, config, token, stop=session.stop, log_idle=False)


def import_pages(session: Session) -> Outcome:
    """Import the pages of the configured folders that changed."""
    config = session.common.config
    paths = find_import_paths(session.common)
    if not paths:
        raise InputError(NOTHING_TO_READ)
    outcome = pages.import_pages(
        session.db,
        pages.find_all_sources(paths, repair=config.import_.repair),
        allow_empty=config.import_.allow_empty,
        settle_seconds=config.sync.settle_seconds,
        jobs=config.import_.jobs,
        stop=session.stop,
        progress=session.progress("Reading"),
        log_idle=False,
    )
    session.unsettled |= bool(outcome.report.files_unsettled)
    return outcome


def expand_links(session: Session) -> Outcome:
    """Find out where the pending links lead."""
    if session.common.config.links.heal_tweets and not session.common.dry_run:
        from gleanings.steps.heal import heal_tweets

        config = session.common.config
        seconds = config.sync.expand_seconds
        heal_tweets(session.db, config, stop=session.stop.signalled, max_seconds=seconds)
    due = read_due_links(session.db, now=utc_now())
    details: dict[str, object] = {"due": len(due)}
    if not due or session.common.dry_run:
        return Outcome("ok", format_pending(len(due), "link"), details=details)
    from gleanings.steps import links

    config = session.common.config
    outcome = links.expand_links(
        session.db,
        due,
        config,
        stop=session.stop.signalled,
        max_seconds=config.sync.expand_seconds,
        progress=session.progress("Expanding"),
    )
    session.is_offline = outcome.state == "later"
    return replace(
        outcome,
        details={
            **details,
            "outcomes": {key.replace(" ", "_"): count for key, count in outcome.results.items()},
        },
    )


def download_pictures(session: Session) -> Outcome:
    """Download the pictures of highlights, if the configuration says so."""
    config = session.common.config
    if not config.media.download:
        return Outcome("ok", "not enabled: `download` under [media]")
    due = read_due_pictures(session.db, now=utc_now())
    if not due or session.common.dry_run:
        return Outcome("ok", format_pending(len(due), "picture"))
    if session.is_offline:
        raise BusyError("no picture was requested: is the network down?")
    from gleanings.steps import pictures

    return pictures.download_pictures(
        session.db,
        due,
        config,
        stop=session.stop.signalled,
        max_seconds=config.sync.expand_seconds,
        progress=session.progress("Downloading"),
    )


def assign_topics(session: Session) -> Outcome:
    """Assign topics to highlights, if something changed."""
    session.version = find_version(session.db)
    config = session.common.config
    folder = Path(config.export.folder).expanduser().absolute() if config.export.folder else None
    notes = (folder, config.export.flavour) if folder is not None and folder.is_dir() else None
    outcome = topics.assign_topics(
        session.db,
        config.topics,
        notes,  # type: ignore[arg-type]
        may_ask=not session.common.dry_run,
    )
    session.has_topics = True
    return outcome


def export_notes(session: Session) -> Outcome:
    """Write what changed to the notes, if a folder is configured."""
    config = session.common.config
    if not config.export.folder:
        return Outcome("ok", "no folder for notes: set `folder` under [export]", details={"files": {}})
    outcome = notes.export_notes(
        session.db,
        Path(config.export.folder),
        config,
        notes.ExportOptions(
            flavour=notes.choose_flavour(session.db, Path(config.export.folder), config.export.flavour),
            dry_run=session.common.dry_run,
            unattended=True,
        ),
        stop=session.stop,
        has_topics=session.has_topics and session.version == find_version(session.db),
    )
    session.unsettled |= outcome.is_unsettled
    return outcome


STEPS = (
    Step("readwise", import_readwise),
    Step("import", import_pages),
    Step("expand", expand_links, budget="expand_seconds"),
    Step("pictures", download_pictures, budget="expand_seconds"),
    Step("topics", assign_topics),
    Step("export", export_notes, needs=("topics",)),
)


def run_steps(
    session: Session, steps: Iterable[Step], report: Callable[[Done], None] = lambda _: None
) -> list[Done]:
    """Run the steps in order; one that fails does not stop those that do not need it."""
    done: list[Done] = []
    for step in steps:
        began = time.monotonic()
        outcome, bug = _run_step(session, step, done)
        done.append(Done(step.name, outcome, time.monotonic() - began, bug))
        report(done[-1])
    return done


def _run_step(session: Session, step: Step, done: Sequence[Done]) -> tuple[Outcome, Exception | None]:
    failed = [each.step for each in done if each.step in step.needs and each.outcome.state == "failed"]
    if session.stop.signalled.is_set():
        return Outcome("interrupted", "not started"), None
    if failed:
        return Outcome("skipped", f"needs {failed[0]}"), None
    seconds = getattr(session.common.config.sync, step.budget)
    try:
        with session.stop.limit(seconds, session.db):
            return _attempt(session, step)
    except Cut:
        return _describe_cut(session), None
    finally:
        if session.db.in_transaction and not session.common.dry_run:  # of the step that was cut off
            session.db.execute("rollback")


def _attempt(session: Session, step: Step) -> tuple[Outcome, Exception | None]:
    try:
        with translated_errors(session.common.db):
            outcome = step.run(session)
    except BusyError as error:
        return fail(str(error), state="later", immediate=isinstance(error, DiskError)), None
    except GleaningsError as error:
        return fail(str(error)), None
    except OSError as error:
        place = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return fail(f"{place}{error.strerror or error}"), None
    except Exception as error:  # noqa: BLE001 - raised again when the other steps are done
        if session.stop():  # the error of a statement that was interrupted
            return _describe_cut(session), None
        return fail(f"{type(error).__name__}, a bug: see its traceback"), error
    if outcome.state == "interrupted" and not session.stop.signalled.is_set():
        return replace(outcome, state="partial"), None  # out of time: nobody asked it to stop
    return outcome, None


def _describe_cut(session: Session) -> Outcome:
    if session.stop.signalled.is_set():
        return Outcome("interrupted", "interrupted; what was stored stays")
    return fail("exceeded its time budget and was cut off; what was stored stays", state="partial")
