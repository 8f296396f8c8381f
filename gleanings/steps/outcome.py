"""How the steps of a sync ended, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from store.runs import Counts

State = Literal["ok", "partial", "later", "interrupted", "skipped", "failed"]
"""`partial`: something was left out, see the trouble. `later`: the network or the store was not to be had.
`skipped`: a step that it needs failed. `failed`: there is something to mend."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong."""

    words: str
    """For the user; may quote a page."""
    name: str
    """What it is, without a word of any page: for the log, and to know it again."""
    at_once: bool = False
    """It is said at once even where the step can be done later: no network that comes back by itself."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step came to."""

    state: State
    line: str
    """One line for a person, without a word of any page."""
    counts: Counts = field(default_factory=Counts)
    trouble: tuple[Trouble, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    """For `--json`."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step with its outcome."""

    step: str
    outcome: Outcome
    seconds: float
    bug: Exception | None = None
    """What nobody foresaw: to be raised, with its traceback, when the other steps are done."""


def fail(line: str, *, state: State = "failed", at_once: bool = False) -> Outcome:
    """The outcome of a step that ended with an error."""
    return Outcome(state, line, trouble=(Trouble(line, f"{state}: {line}", at_once),))


def find_exit_code(states: list[State]) -> int:
    """DESIGN's exit codes: 2 where there is something to mend, 1 where something was left out, 75 where all
    that is missing can be had later, else 0."""
    if "failed" in states:
        return 2
    if {"partial", "interrupted", "skipped"} & set(states):
        return 1
    return 75 if "later" in states else 0


def find_status(states: list[State]) -> Literal["ok", "partial", "failed", "interrupted"]:
    """The same as the table `runs` says it."""
    if "interrupted" in states:
        return "interrupted"
    if "failed" in states:
        return "failed" if all(state in ("failed", "skipped") for state in states) else "partial"
    return "ok" if set(states) <= {"ok"} else "partial"
