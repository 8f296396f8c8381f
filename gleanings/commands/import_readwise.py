"""`gleanings import --readwise`: Readwise's API → the store."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import click

from gleanings.commands.import_ import say_problems
from gleanings.options import (
    Common,
    count_as,
    counts_as_dict,
    format_counts,
    opened_store,
    say_json,
    utc_now,
)

if TYPE_CHECKING:
    from gleanings.steps.readwise import FetchReport
    from record_types.secrets import Secret
    from store.runs import Status


def import_readwise(common: Common, *, full: bool) -> int:
    """Bring the store up to date with Readwise; the exit code."""
    from gleanings.steps.readwise_client import require_token

    token = require_token(common.config.readwise)  # before the store is made
    with opened_store(common, create=True) as db:
        report, status = _fetch(common, db, token, full=full)
    if common.verbose or not report.error:
        say_problems(common, report.problems)
    if report.error:
        raise report.error
    if common.as_json:
        say_json(_make_report(common, report, status))
    else:
        _say(common, report)
    return 1 if report.counts.skipped or report.interrupted else 0


def _fetch(
    common: Common, db: sqlite3.Connection, token: Secret, *, full: bool
) -> tuple[FetchReport, Status]:
    from gleanings.asking import make_client
    from gleanings.signals import stopping_on_signals
    from gleanings.steps.readwise import name_status, run_fetch
    from gleanings.steps.tweets import tidy_tweets
    from store.runs import finish_run, start_run

    now = utc_now()
    with (
        stopping_on_signals() as stop,
        make_client(common.config, token, stop=stop) as client,
    ):
        run_id = start_run(db, "import", now=now)
        report = run_fetch(db, client, run_id=run_id, now=now, stop=stop.is_set, full=full)
    tidy_tweets(db)
    status = name_status(report)
    read = report.books_read + report.books_gone
    message = str(report.error) if report.error else count_as(read, "book") if read else None
    finish_run(db, run_id, report.counts, status, now=utc_now(), message=message)
    return report, status


def _make_report(common: Common, report: FetchReport, status: Status) -> dict[str, object]:
    return {
        "command": "import",
        "source": "readwise",
        "status": status,
        "dry_run": common.dry_run,
        **counts_as_dict(report.counts),
        "books": {
            "read": report.books_read,
            "unchanged": report.books_unchanged,
            "gone": report.books_gone,
        },
        "problems": len(report.problems),
    }


def _say(common: Common, report: FetchReport) -> None:
    parts = [f"{count_as(report.books_read, 'book')} read from Readwise"]
    if report.books_gone:
        parts.append(f"{report.books_gone:,} gone")
    if report.interrupted:
        parts.append("interrupted: the next import goes on")
    click.echo(f"{common.db}: " + ", ".join(parts))
    click.echo(("would be " if common.dry_run else "") + format_counts(report.counts))
