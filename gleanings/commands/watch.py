"""`gleanings watch`: imports and exports when the graph changes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from gleanings.options import Common, common_options, find_import_paths, gather, warn
from gleanings.stop import Stop
from gleanings.watching import Waiting, is_of_interest
from record_types.errors import BusyError, InputError

STEPS = ("import", "topics", "export")
"""Of the steps of `sync`; links are asked by the schedule's own runs."""
LOOK_MS = 500
"""How often it looks whether it is time, or whether it is to end."""


@click.command(name="watch")
@common_options()
def command(db: Path | None, config: Path | None, as_json: bool, verbose: int) -> int:
    """Import and export whenever the graph changes, until Ctrl-C.

    It waits for a quiet moment (`quiet_seconds` under [watch]), so it can run beside Logseq or Obsidian;
    what it writes itself is not taken for a change. Links are not asked: let `gleanings schedule` see to
    them. Runs of `sync` and `watch` never overlap.

    \b
      gleanings watch
    """
    try:
        import watchfiles  # noqa: F401
    except ModuleNotFoundError:
        raise InputError("`watch` needs watchfiles: pip install 'gleanings[watch]'") from None
    common = gather(db, config, as_json, verbose)
    paths = find_import_paths(common)
    if not paths:
        raise InputError("nothing to watch: set `paths` under [import] (`gleanings init` asks)")
    stop = Stop()
    with stop.on_signals():
        _watch(common, paths, stop)
    click.echo("ended; what was stored stays")
    return 0


def _watch(common: Common, paths: tuple[Path, ...], stop: Stop) -> None:
    settings = common.config.watch
    waiting = Waiting(settings.quiet_seconds, settings.longest_seconds, again=time.monotonic())
    ours: set[str] = set()
    for changed in _see_changes(paths, stop):
        now = time.monotonic()
        if is_of_interest(changed, ours):
            waiting.note(now)
        if not waiting.is_time(now):
            continue
        waiting.clear()
        waiting.again = _run(common, stop)
        ours = _read_ours(common.db, paths)


def _see_changes(paths: tuple[Path, ...], stop: Stop) -> Iterator[set[str]]:
    """The paths that changed, each time; empty sets when it is time to look at the clock."""
    import watchfiles

    for changes in watchfiles.watch(
        *paths,
        watch_filter=None,
        step=50,
        debounce=LOOK_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop.signalled,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        if stop.signalled.is_set():
            return
        yield {path for _, path in changes}


def _run(common: Common, stop: Stop) -> float | None:
    """One run of the steps; when to look again, None for at the next change."""
    from gleanings.commands.sync import describe, say_step, say_trouble
    from gleanings.sync.pipeline import STEPS as ALL
    from gleanings.sync.run import run_sync

    steps = [step for step in ALL if step.name in STEPS]
    try:
        report = run_sync(common, steps, stop, command="watch", is_quiet=True)
    except BusyError:
        return time.monotonic() + common.config.watch.longest_seconds
    did = any(done.outcome.counts.added or done.outcome.counts.changed for done in report.done)
    if common.verbose or did:
        for done in report.done:
            say_step(done)
    say_trouble(report, only_news=True, verbose=bool(common.verbose))
    for done in report.done:
        if done.bug is not None:
            raise done.bug
    if report.exit_code == 2 and common.verbose:
        warn(describe(report))
    return time.monotonic() + common.config.export.settle_seconds if report.unsettled else None


def _read_ours(store: Path, paths: tuple[Path, ...]) -> set[str]:
    """The notes that we wrote below the watched folders."""
    from store.written_notes import read_written_paths

    if not store.exists():
        return set()
    with closing(sqlite3.connect(store)) as db:
        return read_written_paths(db, [str(path.resolve()) for path in paths])
