"""Make a note for each resource of the reading list, with a property `read` that the reader ticks.

The property is read before each export like the boxes of the reading list (`find_changed_property`), and what
was written last is compared as if it had the same value (`copy_read`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from export.highlight_links import SharedResource, find_address
from export.note_blocks import find_day, make_document_link, make_entry, make_heading
from export.note_tree import Block, Note, Property, WebLink, Words
from export.reading_list import find_last_day
from markdown_text.note_marks import make_mark, read_mark

PREFIX = "resource:"
MAX_SHARINGS = 40
"""Places that a note names."""

_READ = re.compile(r"^(?P<lead>(?:read::?|- Read:)[ \t]+)(?P<value>true|false)[ \t]*$", re.MULTILINE)


def make_resource_notes(resources: Iterable[SharedResource], read: Collection[str]) -> Iterator[Note]:
    """Make the notes; `read` are the keys of the resources that the reader has read."""
    for each in resources:
        yield Note(
            f"{PREFIX}{each.key}",
            "resource",
            " ".join(each.title.split()) or "Untitled",
            blocks=(make_heading("Shared in", list(_make_sharings(each)), key="shared"),),
            properties=tuple(_make_properties(each, is_read=each.key in read)),
            author=each.link.site,
            day=find_last_day(each),
        )


def find_changed_property(text: str, base: str, keys: Mapping[str, str]) -> dict[str, bool]:
    """The resource (by key) whose note differs from `base`, the note written last: whether it is marked as
    read.

    `keys` are by the note's mark.
    """
    key, now, before = keys.get(read_mark(text) or ""), _READ.search(text), _READ.search(base)
    if key is None or now is None:
        return {}
    is_read = now["value"] == "true"
    return {key: is_read} if is_read != (before is not None and before["value"] == "true") else {}


def index_marks(urls: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The keys of resources by the marks of their notes, from pairs (URL, key)."""
    return {make_mark(f"{PREFIX}{key}"): key for _, key in urls}


def copy_read(base: str, current: str) -> str:
    """What was written last, with the property `read` as it is in the file now."""
    now = _READ.search(current)
    return base if now is None else _READ.sub(lambda match: match["lead"] + now["value"], base, count=1)


def _make_properties(resource: SharedResource, *, is_read: bool) -> Iterator[Property]:
    link, url = resource.link, find_address(resource.link)
    yield Property("url", (WebLink(url, url),))
    if link.kind:
        yield Property("type", (Words(link.kind),))
    if link.site:
        yield Property("site", (Words(link.site),))
    if day := find_last_day(resource):
        yield Property("shared", (Words(day),), "date")
    yield Property("people", (Words(str(resource.people)),), "number")
    if resource.state:
        yield Property("state", (Words(resource.state),))
    yield Property("read", (Words("true" if is_read else "false"),), "checkbox")


def _make_sharings(resource: SharedResource) -> Iterator[Block]:
    for sharing in resource.sharings[:MAX_SHARINGS]:
        about = (sharing.sharer, find_day(sharing.highlight), sharing.offer.lead)
        yield make_entry(make_document_link(sharing.document), " · ".join(filter(None, about)))
