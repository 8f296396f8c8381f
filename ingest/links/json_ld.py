"""What a page's JSON-LD tells of it (https://schema.org)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html

from ingest.links.page_title import tidy_text

_LONGEST = 256 * 1024
_DEEPEST = 4
# A page may describe its site, its navigation and others' works besides itself.
_words = str.split
_PAGE_TYPES = frozenset(
    _words("""
        article newsarticle blogposting techarticle scholarlyarticle report socialmediaposting webpage book
        course podcastepisode podcastseries videoobject softwaresourcecode softwareapplication recipe review
        qapage howto
    """)
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found, each None where it was not."""

    title: str | None = None
    author: str | None = None
    published_on: str | None = None
    description: str | None = None
    site: str | None = None
    kind: str | None = None
    """The schema.org type in lower case."""


def read_json_ld(tree: html.HtmlElement) -> Facts:
    """The facts of the first thing in the page's JSON-LD that is a page; no facts where there is none."""
    nodes = [node for script in tree.iter("script") for node in _read_script(script)]
    best = min(nodes, key=lambda node: _kind_of(node) == "webpage", default=None)
    if best is None:
        return Facts()
    return Facts(
        title=_read_text(best.get("headline")) or _read_text(best.get("name")),
        author=_read_names(best.get("author")),
        published_on=_read_text(best.get("datePublished")),
        description=_read_text(best.get("description")),
        site=_read_names(best.get("publisher")),
        kind=_kind_of(best),
    )


def _read_script(script: html.HtmlElement) -> Iterator[dict[str, object]]:
    if (script.get("type") or "").strip().lower() != "application/ld+json":
        return
    text = script.text or ""
    if len(text) > _LONGEST:
        return
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return
    yield from _walk(data, 0)


def _walk(data: object, depth: int) -> Iterator[dict[str, object]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for item in data:
            yield from _walk(item, depth + 1)
    elif isinstance(data, dict):
        if _kind_of(data) in _PAGE_TYPES:
            yield data
        yield from _walk(data.get("@graph"), depth + 1)
        yield from _walk(data.get("mainEntity"), depth + 1)


def _kind_of(node: dict[str, object]) -> str | None:
    kinds = node.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and kind.lower() in _PAGE_TYPES:
            return kind.lower()
    return None


def _read_text(value: object) -> str | None:
    return tidy_text(value) if isinstance(value, str) else None


def _read_names(value: object) -> str | None:
    names = []
    for item in value if isinstance(value, list) else [value]:
        name = _read_text(item.get("name") if isinstance(item, dict) else item)
        if name and not name.startswith(("http://", "https://", "#")):
            names.append(name)
    return ", ".join(dict.fromkeys(names[:20])) or None
