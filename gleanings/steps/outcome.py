"""Outcomes of the pipeline's steps: state, one line, counts, alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from store.runs import Counts

State = Literal["ok", "partial", "later", "interrupted", "skipped", "failed"]
"""`partial`: something was left out, see the alerts. `later`: the network or the store was unavailable.
`skipped`: a step that it depends on failed. `failed`: needs the user's attention."""

HARMLESS_KINDS = {
    "cut-text": (
        "highlight is",
        "highlights are",
        "cut off, by an old Readwise plugin: `gleanings search is:cut` lists them",
    ),
    "unknown-date": ("date", "dates", "could not be read: see the table `problems`"),
    "repaired-lines": ("file", "files", "had damaged words that were repaired: --no-repair keeps them"),
    "damaged": (
        "file has",
        "files have",
        "damaged words, kept as they are: without --no-repair they are repaired",
    ),
    "not-read": (
        "page has",
        "pages have",
        "signs of highlights in an unknown form, and were not read: see the table `problems`",
    ),
    "stray-property": (
        "block has",
        "blocks have",
        "a second group of properties, which Logseq does not read",
    ),
}
"""Common, harmless kinds of problems → singular, plural and the rest of the sentence. `import` lists them
only with -v and counts them otherwise; `sync` does not report them."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong."""

    message: str
    """For the user; may quote a page."""
    key: str
    """Identifies the alert between runs and goes into the log, so it never quotes a page."""
    immediate: bool = False
    """Report it on the first run even if the step's state is `later`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a step."""

    state: State
    line: str
    """One line for a person; goes into the log, so it never quotes a page."""
    counts: Counts = field(default_factory=Counts)
    alerts: tuple[Alert, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    """Other keys of the step in the output of `sync --json`."""


def fail(line: str, *, state: State = "failed", immediate: bool = False) -> Outcome:
    """The outcome of a step that ended with an error."""
    return Outcome(state, line, alerts=(Alert(line, f"{state}: {line}", immediate),))
