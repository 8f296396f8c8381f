"""`gleanings sync`: all of it, unattended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.options import Common, common_options, gather, say_json, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from gleanings.steps.outcome import Done, Trouble
    from gleanings.sync.run import Report

MOST_TROUBLE = 20
"""Lines of trouble that are printed without -v."""


@click.command(name="sync")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but trouble that is new: for cron.")
@common_options(writes=True)
def command(
    quiet: bool, db: Path | None, config: Path | None, as_json: bool, verbose: int, dry_run: bool
) -> int:
    """Do all of it by the configuration: Readwise, import, expand, pictures, topics, export.

    A step that fails does not stop the others. A second sync at the same time ends at once with 75.
    SIGTERM and Ctrl-C end it within five seconds and lose nothing; after a kill the next sync goes on.
    With --quiet it prints nothing when all is well, and trouble once: what was said before is in
    `gleanings status` and in the log. No network is no trouble until it has lasted for a day.

    \b
      gleanings sync
      gleanings sync --quiet          for cron
      gleanings schedule --every 1h   let it run by itself

    Exit codes: 0 done; 1 something was left out; 2 something for you to mend; 75 no network, all else
    is done, or another sync is under way.
    """
    from gleanings.sync.refusals import forget, is_news, name_refusals
    from record_types.errors import GleaningsError

    refusals = name_refusals(Path.cwd(), config, db)
    talks = not (quiet or as_json)
    try:
        common = gather(db, config, as_json, verbose, dry_run)
        report = _run(common, say_step if talks else lambda done: None, quiet=quiet)
    except GleaningsError as error:
        if quiet and not dry_run and not is_news(refusals, error):
            return error.exit_code
        raise
    if not dry_run:
        forget(refusals)
    if as_json:
        _say_json(common, report)
    elif talks:
        click.echo(f"{'sync':<9}{describe(report)}, {report.seconds:.1f} s")
    say_trouble(report, only_news=quiet, verbose=bool(verbose))
    for done in report.done:
        if done.bug is not None:
            raise done.bug
    return report.exit_code


def _run(common: Common, tell: Callable[[Done], None], *, quiet: bool) -> Report:
    from gleanings.stop import Stop
    from gleanings.sync.pipeline import STEPS
    from gleanings.sync.run import run_sync

    stop = Stop()
    with stop.on_signals():
        return run_sync(common, STEPS, stop, is_quiet=quiet, tell=tell)


def say_step(done: Done) -> None:
    """One line as a step ends."""
    state = "" if done.outcome.state == "ok" else f"{done.outcome.state}: "
    click.echo(f"{done.step:<9}{state}{done.outcome.line}")


def describe(report: Report) -> str:
    """`ok`, or which steps came to what else."""
    wrong = [f"{done.step} {done.outcome.state}" for done in report.done if done.outcome.state != "ok"]
    return ", ".join(wrong) or "ok"


def say_trouble(report: Report, *, only_news: bool, verbose: bool) -> None:
    """What is wrong, on stderr: all of it, or only what was not said before."""
    every = [(done.step, trouble) for done in report.done for trouble in done.outcome.trouble]
    listed: list[tuple[str, Trouble]] = list(report.news) if only_news else every
    for step, trouble in listed[: None if verbose else MOST_TROUBLE]:
        warn(f"gleanings {step}: {trouble.words}")
    if len(listed) > MOST_TROUBLE and not verbose:
        warn(f"… and {len(listed) - MOST_TROUBLE:,} more: see the table `problems`")


def _say_json(common: Common, report: Report) -> None:
    from gleanings.sync.pipeline import as_dict

    say_json(
        {
            "command": "sync",
            "db": str(common.db),
            "dry_run": common.dry_run,
            "exit_code": report.exit_code,
            "seconds": round(report.seconds, 3),
            "steps": [as_dict(done) for done in report.done],
        }
    )
