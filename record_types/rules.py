"""The topic rules of the configuration: `[[topics.rules]]`."""

from __future__ import annotations

from dataclasses import dataclass


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
