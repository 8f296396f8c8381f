"""What the reader's configuration says a topic is: `[[topics.rules]]`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicRule:
    """One rule: a highlight belongs to the topic `name` where any of this holds; several may name one."""

    name: str = ""
    """The topic as it is shown; it exists however seldom it is met."""
    phrases: tuple[str, ...] = ()
    """Words that stand in the text as they are, case aside; `neural network*` takes any ending."""
    patterns: tuple[str, ...] = ()
    """Regular expressions, case aside, each valid and none that the empty text matches."""
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Names of `[[links]]`."""
    authors: tuple[str, ...] = ()
    """Names or @handles."""
    sites: tuple[str, ...] = ()
    """Hosts of the document or of what a highlight links to, those below them included."""
    query: str = ""
    """What `gleanings search` takes."""
    exclude: tuple[str, ...] = ()
    """Phrases that keep a highlight out, unless its own tag or link names the topic."""
    parent: str = ""
    """A topic that all of this one's highlights belong to as well."""
