"""Resources: what the links of many highlights lead to, each once, with who shared it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from export.rules.links import find_address, leads_elsewhere, name_link
from record_types.library import ReadDocument, ReadHighlight, ReadLink

STATES = {"gone": "gone", "loop": "gone", "unsafe": "unsafe", "pending": "not yet resolved"}
FETCH_STATES = {"gone": "gone", "blocked": "behind a wall", "archived": "archived", "dns": "host not found"}


@dataclass(frozen=True, slots=True)
class Sharing:
    """One place where a resource was shared."""

    highlight: ReadHighlight
    document: ReadDocument

    @property
    def sharer(self) -> str | None:
        """Who shared it: the tweet's author, else the document's."""
        author = self.highlight.author or self.document.author
        return None if author is None else f"@{author.handle}" if author.handle else author.name


@dataclass(frozen=True, slots=True)
class SharedResource:
    """A resource and all the places where it was shared, in reading order."""

    key: str
    link: ReadLink
    """The link that knows most of it."""
    sharings: tuple[Sharing, ...]
    labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What to call it."""
        return name_link(self.link)

    @property
    def state(self) -> str | None:
        """What is wrong with it, in words; None where nothing is."""
        return STATES.get(self.link.status) or FETCH_STATES.get(self.link.fetch or "")


def collect_resources(documents: Iterable[ReadDocument]) -> list[SharedResource]:
    """Each resource that the documents' highlights link to, in the order of the first sharing.

    Left out: links to tweets, to pictures, and a link not yet resolved that directly precedes a picture.
    """
    found: dict[str, tuple[ReadLink, dict[str, Sharing], list[str]]] = {}
    for document in documents:
        for highlight in document.highlights:
            for link in highlight.links:
                if is_resource(highlight, link):
                    _add(found, link, Sharing(highlight, document))
    return [
        SharedResource(key, link, tuple(sharings.values()), tuple(labels))
        for key, (link, sharings, labels) in found.items()
    ]


def is_resource(highlight: ReadHighlight, link: ReadLink) -> bool:
    """Whether a link of a highlight leads, as far as is known, to something to read."""
    if link.status == "tweet" or link.kind == "tweet" or not leads_elsewhere(link, highlight.tweet_id):
        return False
    if link.status == "pending" and "![" in highlight.text:
        # Nobody knows yet; the last link before a picture is nearly always that picture's own.
        return not highlight.text[: highlight.text.find("![")].rstrip().endswith(link.url)
    return True


def sort_resources(resources: Iterable[SharedResource]) -> list[SharedResource]:
    """The most often shared first, then by title."""
    return sorted(resources, key=lambda each: (-len(each.sharings), each.title.casefold(), each.key))


def _add(
    found: dict[str, tuple[ReadLink, dict[str, Sharing], list[str]]], link: ReadLink, sharing: Sharing
) -> None:
    key = link.resource_uid or find_address(link)
    best, sharings, labels = found.setdefault(key, (link, {}, []))
    if link.title and not best.title:
        found[key] = (link, sharings, labels)
    sharings.setdefault(sharing.highlight.uid, sharing)
    if link.label and link.label not in labels:
        labels.append(link.label)
