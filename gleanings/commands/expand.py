"""`gleanings expand`: find out where pending links lead, and download pending pictures."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import click

from gleanings.json_report import report_json
from gleanings.options import Common, GivenOptions, common_options, gather, opened_store, utc_now
from gleanings.stop import Stop
from gleanings.terminal import echo, format_pending, make_progress, warn
from record_types.errors import BusyError
from store.pictures import find_url_host, read_due_pictures
from store.resolutions import read_due_links

if TYPE_CHECKING:
    import sqlite3

    from gleanings.steps.links import RequestsOutcome
    from gleanings.steps.outcome import Outcome
    from record_types.links import DueLink, DuePicture


@click.command(name="expand")
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="Request at most N links and pictures.  [default: all pending]",
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(1),
    metavar="S",
    help="Start no new request after S seconds.  [default: no limit]",
)
@click.option("--offline", is_flag=True, help="Request nothing; only list what is pending.")
@click.option(
    "--retry",
    type=click.Choice(["failed"]),
    help="Also retry what failed or was given up.",
)
@click.option("--host", metavar="HOST", help="Only links and pictures on this host and its subdomains.")
@common_options(writes=True)
def command(
    limit: int | None,
    max_seconds: float | None,
    offline: bool,
    retry: str | None,
    host: str | None,
    given: GivenOptions,
) -> int:
    """Find out where the short links lead, and what is there.

    Links that were never tried come first, then failed ones that are due again. A link that is resolved
    is never requested again. Ctrl-C finishes and saves the requests in progress; after a kill, the next
    run continues. t.co gets requests as fast as it allows.

    With `download = true` under [media], the pictures in highlights are requested after the links, within
    the same limits: each is downloaded once and kept beside the store, where notes and the browser find it.

    \b
      gleanings expand
      gleanings expand --max-seconds 600
      gleanings expand --retry failed --host t.co
    """
    common = gather(given)
    host, retry_failed, now = host.lower() if host else None, bool(retry), utc_now()
    with opened_store(common, only_reads=offline) as store:
        links = read_due_links(store, now=now, limit=limit, host=host, retry_failed=retry_failed)
        pictures = None
        if common.config.media.download:
            left = None if limit is None else limit - len(links)
            pictures = read_due_pictures(store, now=now, limit=left, host=host, retry_failed=retry_failed)
        if offline or given.dry_run:
            return print_pending(common, links, pictures)
        outcomes = _request(common, store, links, pictures, max_seconds)
        healed = _heal(common, store, max_seconds) if common.config.links.heal_tweets else None
    if healed and not common.as_json:
        echo(healed.line)
    return print_outcomes(common, links, pictures, outcomes, healed.counts.changed if healed else 0)


def _heal(common: Common, store: sqlite3.Connection, max_seconds: float | None) -> Outcome:
    """Request the full texts of cut tweets."""
    from gleanings.steps.heal import heal_tweets

    stop = Stop()
    with stop.on_signals():
        return heal_tweets(store, common.config, stop=stop.signalled, max_seconds=max_seconds)


def _request(
    common: Common,
    store: sqlite3.Connection,
    links: list[DueLink],
    pictures: list[DuePicture] | None,
    max_seconds: float | None,
) -> dict[str, RequestsOutcome]:
    """The outcomes for `link` and `picture`; those for which there was nothing to request are left out."""
    if not links and not pictures:
        return {}
    from gleanings.steps.links import describe_ignored_proxy, expand_links  # loads requests
    from gleanings.steps.pictures import download_pictures

    if ignored := describe_ignored_proxy(common.config.links.proxy):
        warn(ignored)
    began = time.monotonic()
    stop = Stop()
    outcomes: dict[str, RequestsOutcome] = {}
    with stop.on_signals():
        if links:
            outcomes["link"] = expand_links(
                store,
                links,
                common.config,
                stop=stop.signalled,
                max_seconds=max_seconds,
                progress=make_progress("Expanding", quiet=common.as_json),
            )
        is_offline = "link" in outcomes and outcomes["link"].state == "later"
        if pictures and not stop() and not is_offline:
            left = None if max_seconds is None else max(0.0, max_seconds - (time.monotonic() - began))
            outcomes["picture"] = download_pictures(
                store,
                pictures,
                common.config,
                stop=stop.signalled,
                max_seconds=left,
                progress=make_progress("Downloading", quiet=common.as_json),
            )
    return outcomes


def print_pending(common: Common, links: list[DueLink], pictures: list[DuePicture] | None) -> int:
    """Print how many links and pictures are pending, by host."""
    hosts = {"link": Counter(link.host for link in links)}
    if pictures is not None:
        hosts["picture"] = Counter(find_url_host(picture.url) for picture in pictures)
    if common.as_json:
        due = {
            noun: {
                "due": counts.total(),
                "hosts": [{"host": host, "count": count} for host, count in counts.most_common()],
            }
            for noun, counts in hosts.items()
        }
        report_json(dry_run=common.dry_run, **due["link"], pictures=due.get("picture", {}))
        return 0
    for noun, counts in hosts.items():
        pending = format_pending(counts.total(), noun).capitalize()
        echo(f"{pending}; nothing was requested." if counts else f"{pending}.")
        for host, count in counts.most_common(10):
            echo(f"{count:>9,}  {host}")
    return 0


def print_outcomes(
    common: Common,
    links: list[DueLink],
    pictures: list[DuePicture] | None,
    outcomes: dict[str, RequestsOutcome],
    healed: int,
) -> int:
    """Print the results of the requests; return the exit code. Raises BusyError if none could be made."""
    states = {outcome.state for outcome in outcomes.values()}
    if states == {"later"}:
        from gleanings.steps.links import name_network

        network = name_network(common.config.links.proxy)
        raise BusyError(f"nothing could be requested: is the {network} down? No failure is recorded")
    results = {
        noun: outcomes[noun].results if noun in outcomes else Counter() for noun in ("link", "picture")
    }
    interrupted = "interrupted" in states
    if common.as_json:
        report_json(
            due=len(links),
            interrupted=interrupted,
            outcomes=results["link"],
            pictures={"due": len(pictures or ()), "outcomes": results["picture"]},
            healed=healed,
        )
    else:
        for noun, due in (("link", links), ("picture", pictures)):
            if due is None:
                continue
            if noun in outcomes:
                echo(outcomes[noun].line)
            else:
                later = ": all left for the next run" if due else "."
                echo(f"{format_pending(len(due), noun).capitalize()}{later}")
    every = results["link"] + results["picture"]
    return 1 if every["failed"] or every["not asked"] or interrupted else 0
