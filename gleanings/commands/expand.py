"""`gleanings expand`: asks where the links lead that are due, and fetches the pictures that are."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from gleanings.options import (
    Common,
    common_options,
    count_as,
    format_due,
    gather,
    opened_store,
    say_json,
    utc_now,
)
from gleanings.output import progress_bar
from record_types.errors import BusyError

if TYPE_CHECKING:
    import threading

    from record_types.links import DueLink
    from record_types.pictures import DuePicture
    from store.runs import Status


class Due(NamedTuple):
    """What is to be asked."""

    links: list[DueLink]
    pictures: list[DuePicture] | None
    """None where the configuration wants no copies."""


class Outcomes(NamedTuple):
    """How many links and pictures came to what, and whether a signal ended it early."""

    links: Counter[str]
    pictures: Counter[str]
    interrupted: bool = False


@click.command(name="expand")
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="Ask at most N links and pictures.  [default: all due]",
)
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
@click.option("--host", metavar="HOST", help="Only links and pictures of this host and its subdomains.")
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

    With `download = true` under [media] the pictures of highlights come after the links, in the same
    budget: each is fetched once and kept beside the store, where notes and the browser find it.

    \b
      gleanings expand
      gleanings expand --max-seconds 600
      gleanings expand --retry failed --host t.co
    """
    common = gather(db, config, as_json, verbose, dry_run)
    with opened_store(common, only_reads=offline) as store:
        due = _read_due(common, store, limit, host.lower() if host else None, bool(retry))
        if offline or dry_run:
            return _say_due(common, due)
        is_any = due.links or due.pictures
        outcomes = _expand(common, store, due, max_seconds) if is_any else Outcomes(Counter(), Counter())
    return _say_outcomes(common, due, outcomes)


def _read_due(
    common: Common, store: sqlite3.Connection, limit: int | None, host: str | None, retry_failed: bool
) -> Due:
    """Links first: pictures get what they leave of the limit."""
    from store.pictures import read_due_pictures
    from store.resolutions import read_due_links

    now = utc_now()
    links = read_due_links(store, now=now, limit=limit, host=host, retry_failed=retry_failed)
    if not common.config.media.download:
        return Due(links, None)
    left = None if limit is None else limit - len(links)
    return Due(links, read_due_pictures(store, now=now, limit=left, host=host, retry_failed=retry_failed))


def _expand(common: Common, store: sqlite3.Connection, due: Due, max_seconds: float | None) -> Outcomes:
    from gleanings.signals import stopping_on_signals
    from gleanings.steps.tweets import tidy_tweets
    from store.runs import Counts, finish_run, start_run

    run_id = start_run(store, "expand", now=utc_now())
    with stopping_on_signals() as stop:
        outcomes = _ask(common, store, due, max_seconds, stop)
    tidy_tweets(store)
    every = outcomes.links + outcomes.pictures
    failed = every["failed"] + every["not asked"]
    status: Status = "interrupted" if outcomes.interrupted else "partial" if failed else "ok"
    finish_run(store, run_id, Counts(changed=every.total() - failed, skipped=failed), status, now=utc_now())
    return outcomes


def _ask(
    common: Common, store: sqlite3.Connection, due: Due, max_seconds: float | None, stop: threading.Event
) -> Outcomes:
    from importlib.metadata import version

    from gleanings.steps.links import make_settings, run_expansion
    from gleanings.steps.pictures import make_picture_settings, run_pictures

    began = time.monotonic()
    settings = make_settings(common.config.links, max_seconds=max_seconds, version=version("gleanings"))
    links, pictures = Counter[str](), Counter[str]()
    if due.links:
        with progress_bar("Asking", len(due.links), quiet=common.as_json) as advance:
            links = run_expansion(store, due.links, settings, stop=stop, advance=advance)
    if due.pictures and not stop.is_set() and not _is_nobody_there(links):
        settings = make_picture_settings(settings, common.config.media, spent=time.monotonic() - began)
        with progress_bar("Fetching", len(due.pictures), quiet=common.as_json) as advance:
            pictures = run_pictures(store, due.pictures, settings, stop=stop, advance=advance)
    return Outcomes(links, pictures, stop.is_set())


def _is_nobody_there(outcomes: Counter[str]) -> bool:
    """Whether all that was tried could not be asked."""
    return outcomes["not asked"] == outcomes.total() > 0


def _say_due(common: Common, due: Due) -> int:
    from store.pictures import find_url_host

    links = Counter(link.host for link in due.links)
    pictures = Counter(find_url_host(picture.url) for picture in due.pictures or ())
    if common.as_json:
        report = {"command": "expand", "due": links.total(), "hosts": dict(links.most_common())}
        if due.pictures is not None:
            report["pictures"] = {"due": pictures.total(), "hosts": dict(pictures.most_common())}
        say_json(report)
        return 0
    _say_hosts("link", links)
    if due.pictures is not None:
        _say_hosts("picture", pictures)
    return 0


def _say_hosts(noun: str, hosts: Counter[str]) -> None:
    due = hosts.total()
    click.echo(f"{format_due(due, noun)}; nobody was asked." if due else f"No {noun} is due.")
    for host, count in hosts.most_common(10):
        click.echo(f"{count:>9,}  {host}")


def _say_outcomes(common: Common, due: Due, outcomes: Outcomes) -> int:
    every = outcomes.links + outcomes.pictures
    if _is_nobody_there(every) and not outcomes.interrupted:
        raise BusyError(
            "nothing could be asked: is the network down? Nothing is recorded as failed; try later"
        )
    if common.as_json:
        report = {
            "command": "expand",
            "due": len(due.links),
            "interrupted": outcomes.interrupted,
            "outcomes": dict(outcomes.links),
        }
        if due.pictures is not None:
            report["pictures"] = {"due": len(due.pictures), "outcomes": dict(outcomes.pictures)}
        say_json(report)
    else:
        click.echo(_format_outcomes("link", len(due.links), outcomes.links))
        if due.pictures is not None:
            click.echo(_format_outcomes("picture", len(due.pictures), outcomes.pictures))
    return 1 if every["failed"] or every["not asked"] or outcomes.interrupted else 0


def _format_outcomes(noun: str, due: int, outcomes: Counter[str]) -> str:
    if not due:
        return f"No {noun} is due."
    parts = [f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items())]
    left = due - outcomes.total()
    if left:
        parts.append(f"{left:,} left for the next run")
    return f"{count_as(due, noun)} due: " + ", ".join(parts)
