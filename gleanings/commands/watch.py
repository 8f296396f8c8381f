"""`gleanings watch`: import and export whenever the graph changes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePath

import click

from gleanings.commands.sync import describe, print_alerts, print_step
from gleanings.json_report import report_json
from gleanings.options import Common, GivenOptions, common_options, find_import_paths, gather
from gleanings.stop import Stop
from gleanings.sync import pipeline
from gleanings.sync.run import run_sync
from gleanings.terminal import echo, warn
from ingest.sources import registry
from ingest.sources.archive import may_be_source
from ingest.text import PAGE_SUFFIXES
from record_types.errors import BusyError, InputError, describe_missing
from store.files import read_written_paths

STEPS = ("import", "topics", "export")
"""The steps of `sync` that it runs; links are left to scheduled runs."""
POLL_MS = 500
"""How often it checks the clock and whether to stop."""


@click.command(name="watch")
@common_options()
def command(given: GivenOptions) -> int:
    """Import and export whenever the graph changes, until Ctrl-C.

    It waits for a quiet moment (`quiet_seconds` under [watch]), so it can run at the same time as Logseq or
    Obsidian; it ignores the notes that it writes itself. Links are not expanded: leave that to `gleanings
    schedule`. Runs of `sync` and `watch` never overlap.

    \b
      gleanings watch
    """
    try:
        import watchfiles  # noqa: F401
    except ModuleNotFoundError:
        raise InputError(describe_missing("`watch`", "watch")) from None
    common = gather(given)
    paths = find_import_paths(common)
    if not paths:
        raise InputError("nothing to watch: set `paths` under [import] (`gleanings init` asks)")
    stop = Stop()
    with stop.on_signals():
        runs = run_when_quiet(common, paths, stop, iterate_changes(paths, stop))
    if given.as_json:
        report_json(db=str(common.db), runs=runs)
    else:
        echo("stopped; what was stored stays")
    return 0


@dataclass(slots=True)
class Waiting:
    """When to run: changes since the last run, as times of `time.monotonic`."""

    quiet: float
    """Run after this many seconds without a change."""
    longest: float
    """Run at the latest this many seconds after the first change."""
    first: float | None = None
    last: float | None = None
    again: float | None = None
    """Run at this time even without a change."""

    def note(self, now: float) -> None:
        """Something changed."""
        self.first = now if self.first is None else self.first
        self.last = now

    def is_time(self, now: float) -> bool:
        """Whether to run now."""
        if self.again is not None and now >= self.again:
            return True
        if self.first is None or self.last is None:
            return False
        return now - self.last >= self.quiet or now - self.first >= self.longest

    def clear(self, again: float | None = None) -> None:
        """A run has ended; changes that it did not see are reported after it."""
        self.first = self.last = None
        self.again = again


def is_of_interest(paths: Iterable[str], ours: Collection[str]) -> bool:
    """Whether a changed path may be a page: not hidden, not one of Logseq's backups, not our own note."""
    return any(_is_page(path) and path not in ours for path in paths)


def _is_page(path: str) -> bool:
    pure = PurePath(path)
    name = pure.name.lower()
    if any(part.startswith(".") for part in pure.parts[1:-1]) or name.startswith(("._", ".#", ".~")):
        return False
    if "logseq" in pure.parts and {"bak", "version-files"} & set(pure.parts):
        return False
    if name.endswith(PAGE_SUFFIXES):
        return True  # a page's title may begin with a dot
    return not name.startswith(".") and name.endswith(registry.SUFFIXES) and _may_be_source(path)


def _may_be_source(path: str) -> bool:
    """Whether it is another program's export, or was before it was deleted."""
    try:
        return may_be_source(path)
    except OSError:
        return True


def run_when_quiet(
    common: Common, paths: tuple[Path, ...], stop: Stop, changes: Iterable[Collection[str]]
) -> int:
    """Run the steps at each quiet moment until the `changes` end; return how often."""
    settings = common.config.watch
    waiting = Waiting(settings.quiet_seconds, settings.longest_seconds, again=time.monotonic())
    ours: set[str] = set()
    runs = 0
    for changed in changes:
        now = time.monotonic()
        if is_of_interest(changed, ours):
            waiting.note(now)
        if not waiting.is_time(now):
            continue
        waiting.clear(again=run_once(common, stop))
        runs += 1
        ours = _read_ours(common.db, paths)
    return runs


def iterate_changes(paths: tuple[Path, ...], stop: Stop) -> Iterator[set[str]]:
    """The changed paths; an empty set when it is time to check the clock."""
    import watchfiles

    for changes in watchfiles.watch(
        *paths,
        watch_filter=None,
        step=50,
        debounce=POLL_MS,
        rust_timeout=POLL_MS,
        yield_on_timeout=True,
        stop_event=stop.signalled,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        if stop.signalled.is_set():
            return
        yield {path for _, path in changes}


def run_once(common: Common, stop: Stop) -> float | None:
    """Run the steps; return when to run again; None: at the next change."""
    steps = [step for step in pipeline.STEPS if step.name in STEPS]
    try:
        report = run_sync(common, steps, stop, command="watch", is_quiet=True)
    except BusyError:
        return time.monotonic() + common.config.watch.longest_seconds
    has_news = any(done.outcome.counts.added or done.outcome.counts.changed for done in report.done)
    if (common.verbose or has_news) and not common.as_json:
        for done in report.done:
            print_step(done)
    print_alerts(report, only_new=True, verbose=bool(common.verbose))
    for done in report.done:
        if done.bug is not None:
            raise done.bug
    if report.exit_code == 2 and common.verbose:
        warn(describe(report))
    return time.monotonic() + common.config.export.settle_seconds if report.unsettled else None


def _read_ours(store: Path, paths: tuple[Path, ...]) -> set[str]:
    """The notes that gleanings wrote below the watched folders."""
    if not store.exists():
        return set()
    with closing(sqlite3.connect(store)) as db:
        return read_written_paths(db, [str(path.resolve()) for path in paths])
