"""`gleanings links`: export and import resolved links, and recompute the keys of resources."""

from __future__ import annotations

from pathlib import Path

import click

from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, gather, opened_store, utc_now
from gleanings.steps.tweets import clean_tweets
from gleanings.terminal import count_as, echo
from ingest.links.key import KEY_VERSION, resource_key
from ingest.links.link_map import describe_mapped, format_map, read_map
from record_types.errors import InputError
from record_types.regular_files import replace_file
from store.known_links import is_database, read_link_map, read_stored_links, save_known_links
from store.links import read_resource_keys, save_resource_keys
from store.runs import Counts, finish_run, start_run


@click.group(name="links")
def command() -> None:
    """Export or import the map from short links to where they lead.

    \b
      gleanings links export map.csv
      gleanings links import map.csv
      gleanings links rebuild-keys

    A resolved link never has to be requested again: keep the map beside your notes, or copy it to
    another machine.
    """


def _find_format(path: Path) -> str:
    kind = path.suffix.lower().lstrip(".")
    if kind not in ("csv", "json"):
        raise InputError(f"{path}: a map is .csv or .json")
    return kind


@command.command(name="export", short_help="Write the map to a file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--all", "every", is_flag=True, help="All links, not only the short ones.")
@common_options(writes=True)
def export_map(file: Path, every: bool, given: GivenOptions) -> int:
    """Write what is known about the short links to FILE (.csv or .json).

    Columns: url, final_url, status, title, checked_at. An existing FILE is replaced.

    \b
      gleanings links export map.csv
      gleanings links export everything.json --all
    """
    common = gather(given)
    kind = _find_format(file)
    with opened_store(common, only_reads=True) as store:
        rows = read_link_map(store, every=every)
    if not common.dry_run:
        try:
            replace_file(file, format_map(rows, kind).encode())
        except OSError as error:
            raise InputError(f"{file}: {error.strerror}") from None
    if given.as_json:
        report_json(file=str(file), links=len(rows), dry_run=given.dry_run)
    else:
        echo(f"{file}: {'would be ' if given.dry_run else ''}{count_as(len(rows), 'link')}")
    return 0


@command.command(name="import", short_help="Read links from a map, an X archive or a store.")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@common_options(writes=True)
def import_map(file: Path, given: GivenOptions) -> int:
    """Read links from FILE: a .csv or .json map, the tweets.js or note-tweet.js of a Twitter/X archive,
    or another store.

    What the store already knows is never replaced. Rows that lead to anything but a public http(s)
    address are refused, and counted. Links that are not on any page yet are stored too,
    and used when a page with them is imported. Another store may be of any version: that is how the
    resolved links of a store made before 0.2 get into a new one.

    \b
      gleanings links import map.csv
      gleanings links import ~/twitter-archive/data/tweets.js
      gleanings links import OLD.db
    """
    common = gather(given)
    rows = read_stored_links(file) if is_database(file) else list(read_map(file))
    known, refused = describe_mapped(rows)
    with opened_store(common, create=True) as store:
        run_id = start_run(store, "links import", now=utc_now())
        added, resolved = save_known_links(store, known)
        clean_tweets(store)
        counts = Counts(
            added=added,
            changed=resolved,
            unchanged=len(known) - added - resolved,
            skipped=refused.total(),
        )
        finish_run(store, run_id, counts, "partial" if refused else "ok", now=utc_now())
    if given.as_json:
        report_json(
            file=str(file),
            rows=len(rows),
            added=added,
            resolved=resolved,
            refused=[{"reason": reason, "rows": count} for reason, count in sorted(refused.items())],
            dry_run=given.dry_run,
        )
    else:
        would = "would be " if given.dry_run else ""
        echo(
            f"{file}: {count_as(len(rows), 'row')}  "
            f"{would}+ {count_as(added, 'link')} added  ~ {count_as(resolved, 'link')} resolved"
        )
        if not rows:
            echo("It contains no link with its target: an archive has only the text of likes and bookmarks.")
    if refused:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(refused.items()))
        echo(f"! {count_as(refused.total(), 'row')} refused: {reasons}", err=True)
    return 1 if refused else 0


@command.command(name="rebuild-keys", short_help="Recompute which URLs are the same resource.")
@common_options(writes=True)
def rebuild_keys(given: GivenOptions) -> int:
    """Recompute the keys of resources with the rules of this version.

    The key tells whether two URLs are the same resource (tracking parameters, mobile hosts, arXiv
    versions …), and its rules improve. This applies them to older resources, without the network, and
    merges those that turn out to be the same.
    """
    common = gather(given)
    with opened_store(common) as store:
        before = read_resource_keys(store)
        keys = {each.id: resource_key(each.url) for each in before}
        run_id = start_run(store, "links rebuild-keys", now=utc_now())
        changed, united = save_resource_keys(store, keys, KEY_VERSION)
        clean_tweets(store)
        counts = Counts(changed=changed, unchanged=len(before) - changed - united, removed=united)
        finish_run(store, run_id, counts, "ok", now=utc_now())
    if given.as_json:
        report_json(resources=len(before), changed=changed, united=united, dry_run=given.dry_run)
    else:
        echo(
            f"{count_as(len(before), 'resource')}: "
            f"{count_as(changed, 'key')} changed, {united:,} merged with another"
        )
    return 0
