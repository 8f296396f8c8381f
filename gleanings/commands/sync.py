"""`gleanings sync`: run the whole pipeline unattended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.json_report import report_json
from gleanings.options import Common, GivenOptions, common_options, gather
from gleanings.stop import Stop
from gleanings.sync.memory import forget_startup_errors, is_new_error, locate_startup_errors
from gleanings.sync.pipeline import STEPS, require_source
from gleanings.sync.run import run_sync, step_as_dict
from gleanings.terminal import echo, warn
from record_types.errors import GleaningsError

if TYPE_CHECKING:
    from gleanings.steps.outcome import Alert
    from gleanings.sync.pipeline import Done
    from gleanings.sync.run import Report

MAX_ALERTS = 20
"""Alerts that are printed without -v."""


@click.command(name="sync")
@click.option("--quiet", "-q", is_flag=True, help="Print only new problems: for cron.")
@common_options(writes=True)
def command(quiet: bool, given: GivenOptions) -> int:
    """Run everything in the configuration: Readwise, import, expand, pictures, topics, export.

    A step that fails does not stop the others. A second sync at the same time ends at once with exit code 75.
    SIGTERM and Ctrl-C end it within five seconds without loss; after a kill, the next sync continues.
    With --quiet it prints nothing if all is well, and each problem only once: `gleanings status` and the
    log have them all. A network failure is reported only after a day.

    \b
      gleanings sync
      gleanings sync --quiet          for cron
      gleanings schedule --every 1h   run it automatically

    Exit codes: 0: done; 1: something was left out; 2: needs your attention; 75: no network, but the rest
    is done, or another sync is running.
    """
    startup_errors = locate_startup_errors(Path.cwd(), given.config, given.db)
    prints = not (quiet or given.as_json)
    stop = Stop()
    try:
        common = gather(given)
        require_source(common)
        with stop.on_signals():
            report = run_sync(
                common, STEPS, stop, is_quiet=quiet, report_step=print_step if prints else lambda _: None
            )
    except GleaningsError as error:
        if quiet and not given.dry_run and not is_new_error(startup_errors, error):
            return error.exit_code
        raise
    if not given.dry_run:
        forget_startup_errors(startup_errors)
    if given.as_json:
        _print_as_json(common, report)
    elif prints:
        dry = "dry run, nothing was written: " if given.dry_run else ""
        echo(f"{'sync':<9}{dry}{describe(report)}, {report.seconds:.1f} s")
    print_alerts(report, only_new=quiet, verbose=bool(given.verbose))
    for done in report.done:
        if done.bug is not None:
            raise done.bug
    return report.exit_code


def print_step(done: Done) -> None:
    """Print one line for a finished step."""
    state = "" if done.outcome.state == "ok" else f"{done.outcome.state}: "
    echo(f"{done.step:<9}{state}{done.outcome.line}")


def describe(report: Report) -> str:
    """`ok`, or the steps with another state."""
    wrong = [f"{done.step} {done.outcome.state}" for done in report.done if done.outcome.state != "ok"]
    return ", ".join(wrong) or "ok"


def print_alerts(report: Report, *, only_new: bool, verbose: bool) -> None:
    """Print the alerts on stderr: all of them, or only those that no earlier sync has reported."""
    every = [(done.step, alert) for done in report.done for alert in done.outcome.alerts]
    listed: list[tuple[str, Alert]] = list(report.new_alerts) if only_new else every
    for step, alert in listed[: None if verbose else MAX_ALERTS]:
        warn(f"gleanings {step}: {alert.message}")
    if len(listed) > MAX_ALERTS and not verbose:
        warn(f"… and {len(listed) - MAX_ALERTS:,} more: see the table `problems`")


def _print_as_json(common: Common, report: Report) -> None:
    report_json(
        db=str(common.db),
        dry_run=common.dry_run,
        seconds=round(report.seconds, 3),
        steps=[step_as_dict(done) for done in report.done],
    )
