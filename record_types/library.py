"""The contents of the store as notes need them: documents with their highlights, topics and their rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from record_types.pages import Author, Category, Picture

EMBEDDED_SECTION = "gleanings"
"""The key of the heading of our section in a page of the user's own."""

ACTION_TAG = re.compile(r"\.?(?:h[1-6]|c[0-9]{1,2}|qa)")
"""Tags that tell Readwise what to do with a highlight: make it a heading, join passages, make a card."""


@dataclass(frozen=True, slots=True)
class ReadLink:
    """A link in a stored highlight, with what is known about its destination."""

    url: str
    """As in the highlight's text."""
    status: str
    """The expansion (`record_types.links.Expansion`)."""
    short: bool
    label: str | None = None
    final_url: str | None = None
    resource_uid: str | None = None
    resource_url: str | None = None
    """Canonical and clickable."""
    title: str | None = None
    kind: str | None = None
    site: str | None = None
    fetch: str | None = None
    """The fetch status of the resource; None without one."""


@dataclass(frozen=True, slots=True)
class ReadHighlight:
    """A stored highlight with everything that a note shows of it."""

    id: int
    uid: str
    text: str
    """Markdown as on the page, without the view link."""
    view_url: str | None = None
    location: str | None = None
    location_kind: str | None = None
    taken_at: str | None = None
    """ISO 8601 in UTC: when it was marked; for a tweet, when it was written."""
    synced_on: str | None = None
    tweet_id: int | None = None
    author: Author | None = None
    """The author of the tweet; None if it is the document's."""
    notes: tuple[str, ...] = ()
    """The reader's notes and blocks, without Readwise's own marks."""
    tags: tuple[str, ...] = ()
    links: tuple[ReadLink, ...] = ()
    pictures: tuple[Picture, ...] = ()
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A stored document with its highlights in reading order."""

    id: int
    uid: str
    title: str
    full_title: str
    category: Category
    author: Author | None = None
    url: str | None = None
    summary: str | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    """The reader's blocks that belong to the document."""
    is_thread: bool = False
    cover: str | None = None
    """The URL of its cover."""
    highlights: tuple[ReadHighlight, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """Why one highlight belongs to one topic."""

    highlight_id: int
    topic: str
    """The topic's name as displayed."""
    reason: str
    """`tag: math`, `link: [[Calculus]]`, `lead-in: For Calculus`, `phrase: nap`, `subtopic: Sleep` …"""
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic and the highlights that belong to it, grouped by document."""

    name: str
    slug: str
    documents: tuple[ReadDocument, ...] = ()
    """Only with the highlights of this topic: documents by title, highlights in reading order."""
    reasons: tuple[Assignment, ...] = ()
    parent: str | None = None
    """The topic that all highlights of this one also belong to."""
    children: tuple[str, ...] = ()
    """The topics whose parent this one is."""


# --- the topic rules of the configuration: `[[topics.rules]]`


@dataclass(frozen=True, slots=True)
class TopicRule:
    """One rule: a highlight belongs to the topic `name` if any condition matches.

    Several rules may name the same topic.
    """

    name: str = ""
    """The topic's name as displayed; the topic exists however few highlights match."""
    phrases: tuple[str, ...] = ()
    """Words that the text contains verbatim, ignoring case; `neural network*` matches any ending."""
    patterns: tuple[str, ...] = ()
    """Regular expressions, ignoring case; each is valid and none matches the empty string."""
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Names of `[[links]]`."""
    authors: tuple[str, ...] = ()
    """Names or @handles."""
    sites: tuple[str, ...] = ()
    """Hosts of the document or of the highlight's links, including their subdomains."""
    query: str = ""
    """A query as for `gleanings search`."""
    exclude: tuple[str, ...] = ()
    """Phrases that exclude a highlight, unless one of its own tags or links names the topic."""
    parent: str = ""
    """A topic that all highlights of this one also belong to."""
