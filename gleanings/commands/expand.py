"""`gleanings expand`: asks where the links lead that are due."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.errors import BusyError
from gleanings.options import Common, common_options, gather, opened_store, say_json, utc_now
from gleanings.progress import progress_bar

if TYPE_CHECKING:
    from gleanings.records.links import DueLink
    from store.runs import Status


@click.command(name="expand")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Ask at most N links.  [default: all due]")
@click.option(
    "--max-seconds",
    type=click.FloatRange(1),
    metavar="S",
    help="Start no request after S seconds.  [default: no limit]",
)
@click.option("--offline", is_flag=True, help="Ask nobody; only say what is due.")
@click.option(
    "--retry",
    type=click.Choice(["failed"]),
    help="Ask again, now, what failed before or was given up.",
)
@click.option("--host", metavar="HOST", help="Only links of this host and its subdomains.")
@common_options(writes=True)
def command(
    limit: int | None,
    max_seconds: float | None,
    offline: bool,
    retry: str | None,
    host: str | None,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Find out where the short links lead, and what is there.

    Links that were never tried come first, then those whose next try is due. What is known is never
    asked again. Ctrl-C finishes what is in flight and saves it; killed at any moment, the next run goes
    on. t.co is asked politely: 20,000 links take about an hour, once.

    \b
      gleanings expand
      gleanings expand --max-seconds 600
      gleanings expand --retry failed --host t.co
    """
    from store.due import read_due_links

    common = gather(db, config, as_json, verbose, dry_run)
    with opened_store(common) as store:
        due = read_due_links(
            store, now=utc_now(), limit=limit, host=host.lower() if host else None, retry_failed=bool(retry)
        )
        if offline or dry_run:
            return _say_due(common, Counter(link.host for link in due))
        outcomes, interrupted = _expand(common, store, due, max_seconds) if due else (Counter[str](), False)
    return _say_outcomes(common, outcomes, len(due), interrupted)


def _expand(
    common: Common, store: sqlite3.Connection, due: list[DueLink], max_seconds: float | None
) -> tuple[Counter[str], bool]:
    """How many links came to what, and whether a signal ended it early."""
    from importlib.metadata import version

    from gleanings.expanding import make_settings, run_expansion
    from gleanings.signals import stopping_on_signals
    from gleanings.tidying import tidy_tweets
    from store.runs import Counts, finish_run, start_run

    settings = make_settings(common.config.links, max_seconds=max_seconds, version=version("gleanings"))
    run_id = start_run(store, "expand", now=utc_now())
    with stopping_on_signals() as stop, progress_bar("Asking", len(due), quiet=common.as_json) as advance:
        outcomes = run_expansion(store, due, settings, stop=stop, advance=advance)
        interrupted = stop.is_set()
    tidy_tweets(store)
    failed = outcomes["failed"] + outcomes["not asked"]
    known = sum(outcomes.values()) - failed
    status: Status = "interrupted" if interrupted else "partial" if failed else "ok"
    finish_run(store, run_id, Counts(changed=known, skipped=failed), status, now=utc_now())
    return outcomes, interrupted


def _say_due(common: Common, hosts: Counter[str]) -> int:
    due = sum(hosts.values())
    if common.as_json:
        say_json({"command": "expand", "due": due, "hosts": dict(hosts.most_common())})
        return 0
    click.echo(f"{due:,} links are due; nobody was asked." if due else "No link is due.")
    for host, count in hosts.most_common(10):
        click.echo(f"{count:>9,}  {host}")
    return 0


def _say_outcomes(common: Common, outcomes: Counter[str], due: int, interrupted: bool) -> int:
    failed = outcomes["failed"] + outcomes["not asked"]
    if due and outcomes["not asked"] == sum(outcomes.values()) > 0 and not interrupted:
        raise BusyError(
            "nothing could be asked: is the network down? Nothing is recorded as failed; try later"
        )
    if common.as_json:
        report = {"command": "expand", "due": due, "interrupted": interrupted, "outcomes": dict(outcomes)}
        say_json(report)
    elif not due:
        click.echo("No link is due.")
    else:
        parts = [f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items())]
        left = due - sum(outcomes.values())
        if left:
            parts.append(f"{left:,} left for the next run")
        click.echo(f"{due:,} links due: " + ", ".join(parts))
    return 1 if failed or interrupted else 0
