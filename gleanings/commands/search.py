"""`gleanings search`: search the full text, in the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import fill, shorten
from typing import TYPE_CHECKING

import click

from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, gather, limit_option, opened_store
from gleanings.terminal import echo, echo_marked, get_width
from store.search import search_highlights, search_resources
from store.search_query import parse_query

if TYPE_CHECKING:
    import sqlite3

    from store.search import Hit, ResourceHit


@click.command(name="search")
@click.argument("words", nargs=-1, required=True)
@limit_option(10, most=1000)
@click.option("--related", is_flag=True, help="Also show highlights with a similar meaning.")
@common_options()
def command(words: tuple[str, ...], limit: int, related: bool, given: GivenOptions) -> int:
    """Find words in highlights, notes and resources.

    Highlights with the exact phrase come first, then those with all words, in any order and form (walk finds
    walking), then those with some of them. "Quoted words" must follow each other; wor* finds every word
    that begins with wor. --related needs the extra `topics`.

    Filters: author:ann or @handle, topic:memory, tag:favorite or is:favorite, category:books,
    site:arxiv.org, after:2021, before:2022-03, has:note, is:cut. Filters alone list the newest highlights.

    \b
      gleanings search linear algebra
      gleanings search '"newton method"' --limit 3
      gleanings search "how do habits form"
      gleanings search sleep author:ada after:2021-01 before:2022
      gleanings search "staying awake" --related
    """
    common = gather(given)
    query = " ".join(words)
    with opened_store(common, only_reads=True) as store:
        hits = search_highlights(store, query, limit=limit)
        resources = search_resources(store, parse_query(query).words, limit=limit)
        near = _find_related(store, query, limit, hits) if related else []
    if given.as_json:
        report_json(
            query=query,
            highlights=[hit._asdict() for hit in hits],
            resources=[resource._asdict() for resource in resources],
            related=[{**hit._asdict(), "score": score} for hit, score in near],
        )
        return 0
    print_found(query, hits, resources, [hit for hit, _ in near])
    return 0


def print_found(
    query: str, hits: Sequence[Hit], resources: Sequence[ResourceHit], near: Sequence[Hit] = ()
) -> None:
    """Print the highlights and resources with the words, then the highlights that are `near` in meaning."""
    for hit in hits:
        _print_hit(hit)
    for resource in resources:
        _print_resource(resource)
    if near:
        echo("Similar in meaning:")
        echo()
    for hit in near:
        _print_hit(hit)
    if not hits and not resources and not near:
        echo(f"Nothing found for {query}.")


def _find_related(
    store: sqlite3.Connection, query: str, limit: int, hits: list[Hit]
) -> list[tuple[Hit, float]]:
    from gleanings.steps.highlight_vectors import find_related  # loads numpy

    return find_related(store, query, limit=limit, without={hit.id for hit in hits})


def _print_resource(resource: ResourceHit) -> None:
    echo(resource.title or resource.url, bold=True)
    echo(f"  {resource.kind}, {resource.site}: {resource.url}")
    echo()


_MARKDOWN = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]*)\]\([^)\s]*\)"), r"\1"),
    (re.compile(r"\[\[([^\[\]]+)\]\]"), r"\1"),
    (re.compile(r"https?://t\.co/\w+"), ""),
    (re.compile(r"\*\*|__|~~|`"), ""),
)


def strip_markdown(text: str) -> str:
    """The text without Markdown's marks, pictures and t.co links."""
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    return text


def _print_hit(hit: Hit) -> None:
    by = f", {hit.author}" if hit.author else ""
    when = f", {hit.taken_at[:10]}" if hit.taken_at else ""
    echo(shorten(hit.document, 60, placeholder="…") + by + when, bold=True)
    words = " ".join(strip_markdown(hit.snippet).split())
    text = fill(words, min(get_width(), 80) - 2, initial_indent="  ", subsequent_indent="  ")
    echo_marked(text, "⟦", "⟧")
    if hit.view_url:
        echo(f"  {hit.view_url}")
    echo()
