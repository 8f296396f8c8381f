"""The map from short links to where they lead: rows of a map → links as the store keeps them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingest.links.classify import classify_url, find_unsafe_target
from ingest.links.key import clean_url
from ingest.links.resource import describe_link, make_resource
from record_types.links import Expansion, Link, MappedLink

KEPT_STATES: frozenset[Expansion] = frozenset({"gone", "loop", "invalid", "self", "unsafe"})
"""States of a map's row that its final URL does not tell."""


def describe_mapped(rows: Iterable[MappedLink]) -> Iterator[tuple[Link, str | None]]:
    """Each row's link with what the map knows, and when that was checked.

    Left out: rows that know nothing, and those whose URL or target is no web address.
    """
    for row in rows:
        link = describe_link(row.url)
        if link.status == "invalid" or (row.final_url is None and row.status not in KEPT_STATES):
            continue
        yield _learn(link, row), row.checked_at


def _learn(link: Link, row: MappedLink) -> Link:
    final = row.final_url
    if final is None or row.status in KEPT_STATES - {"unsafe"}:
        return replace(link, status=row.status, final_url=final, resource=None)
    status: Expansion = "unsafe" if row.status == "unsafe" else classify_url(final) or "resolved"
    if status == "unsafe":
        return replace(link, status=status, final_url=find_unsafe_target(final) or final, resource=None)
    if status == "media":
        return replace(link, status=status, final_url=final, resource=None)
    resource = make_resource(final)
    if row.title:
        resource = replace(resource, title=row.title)
    return replace(link, status=status, final_url=clean_url(final), resource=resource)
