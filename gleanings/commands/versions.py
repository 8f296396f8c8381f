"""`gleanings versions`: show earlier texts of highlights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gleanings.json_report import report_json
from gleanings.options import common_options, gather, limit_option, opened_store
from gleanings.terminal import echo


@click.command(name="versions")
@click.argument("words", nargs=-1)
@limit_option(20, most=10_000)
@common_options()
def command(
    words: tuple[str, ...], limit: int, db: Path | None, config: Path | None, as_json: bool, verbose: int
) -> int:
    """Show the earlier texts of highlights, the last changed first.

    With WORDS, only highlights that contain all of them, now or in an earlier text.

    \b
      gleanings versions
      gleanings versions chain rule
    """
    from store.versions import read_versions

    common = gather(db, config, as_json, verbose)
    with opened_store(common, only_reads=True) as store:
        versions = read_versions(store, words, limit=limit)
    if as_json:
        report_json(versions=[version._asdict() for version in versions])
    for version in () if as_json else versions:
        _print_version(version)
    if not versions and not as_json:
        echo(f"Nothing found for {' '.join(words)}." if words else "No highlight has an earlier text.")
    return 0


def _print_version(version: Any) -> None:
    echo(f"{version.document}  ({version.view_url or 'no link'})", bold=True)
    echo(f"  until {version.replaced_at}:  {' '.join(version.before.split())}")
    echo(f"  now{'' if version.gone_at is None else ' gone'}:  {' '.join(version.now.split())}")
    echo()
