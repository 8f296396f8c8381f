"""Whether t.co, or the network, was down during a run: then no failure of that run is one of its links.

LINKS.md: when more than 30 % of a run's t.co answers are no redirects (an outage, a ban), nothing of it is
recorded as failure. Failures are held back until the run's end, when it is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MIN_ANSWERS = 20
MAX_SHARE = 0.3
MIN_HOSTS = 3
ALWAYS_THERE = frozenset({"t.co", "pbs.twimg.com"})
"""Hosts that nearly all short links and pictures are at: when they keep silent, the network is down."""


@dataclass(slots=True)
class OutageGuard:
    """Counts a run's answers."""

    tco_asked: int = 0
    tco_failed: int = 0
    is_tco_left: bool = False
    """t.co blocked or kept silent so often in a row that it was left alone."""
    has_answer: bool = False
    """Some server answered."""
    silent_hosts: set[str] = field(default_factory=set)
    """Hosts that did not answer, while none had."""

    def note_tco(self, redirected: bool, *, expected: bool) -> None:
        """Count what t.co did; a failure `expected` from the try before says nothing about t.co."""
        if redirected or not expected:
            self.tco_asked += 1
            self.tco_failed += not redirected

    def note_hop(self, host: str, answered: bool) -> None:
        """Count whether a server answered at all."""
        self.has_answer = self.has_answer or answered
        if not self.has_answer:
            self.silent_hosts.add(host)

    @property
    def is_tco_out(self) -> bool:
        """It was left alone, or more than 30 % of at least 20 answers were no redirects."""
        return self.is_tco_left or (
            self.tco_asked >= MIN_ANSWERS and self.tco_failed > MAX_SHARE * self.tco_asked
        )

    @property
    def is_network_out(self) -> bool:
        """Nobody at all answered, and several were asked, or one that is always there."""
        return not self.has_answer and (
            len(self.silent_hosts) >= MIN_HOSTS or not ALWAYS_THERE.isdisjoint(self.silent_hosts)
        )
