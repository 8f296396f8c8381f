"""`gleanings search`: full text in the terminal."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill, shorten
from typing import Any

import click

from gleanings.options import common_options, gather, opened_store, say_json


@click.command(name="search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="Most to show.")
@common_options()
def command(
    words: tuple[str, ...], limit: int, db: Path | None, config: Path | None, as_json: bool, verbose: int
) -> int:
    """Find words in highlights, notes and resources.

    All words must stand in a highlight, in any order and form (walk finds walking). "Quoted words" are
    found together, wor* finds every word that begins so. The best come first.

    \b
      gleanings search linear algebra
      gleanings search '"newton method"' --limit 3
    """
    from store.searching import search_highlights, search_resources

    common = gather(db, config, as_json, verbose)
    query = " ".join(words)
    with opened_store(common) as store:
        hits = search_highlights(store, query, limit=limit)
        resources = search_resources(store, query, limit=limit)
    if as_json:
        say_json(
            {
                "query": query,
                "highlights": [hit._asdict() for hit in hits],
                "resources": [resource._asdict() for resource in resources],
            }
        )
        return 0
    for hit in hits:
        _show(hit)
    for resource in resources:
        click.secho(resource.title or resource.url, bold=True)
        click.echo(f"  {resource.kind}, {resource.site}: {resource.url}\n")
    if not hits and not resources:
        click.echo(f"Nothing found for {query}.")
    return 0


def _show(hit: Any) -> None:
    by = f", {hit.author}" if hit.author else ""
    when = f", {hit.taken_at[:10]}" if hit.taken_at else ""
    click.secho(shorten(hit.document, 60, placeholder="…") + by + when, bold=True)
    text = fill(" ".join(hit.snippet.split()), 78, initial_indent="  ", subsequent_indent="  ")
    click.echo(text.replace("⟦", click.style("", bold=True, reset=False)).replace("⟧", click.style("")))
    click.echo(f"  {hit.view_url}\n" if hit.view_url else "")
