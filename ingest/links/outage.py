"""Whether the network, or t.co, was down during a run: then no failure of that run is one of its links.

What got no answer is held back until somebody answers later in the run. What is still held at the run's end
is judged by `is_network_out`, and forgotten if the network was: no try is counted. The words of a failure
cannot tell: a name without a working name server gives `EAI_AGAIN` for ever, as a dead resolver does for an
hour, and macOS says of every name that it is not known while the machine is offline. So the names of places
that are always there are asked for instead; a single dead host comes to its end by the retry table.

t.co (LINKS.md): when more than 30 % of a run's answers from there are no redirects (an outage, a ban),
nothing of it is recorded as failure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

MIN_ANSWERS = 20
MAX_SHARE = 0.3
MIN_HOSTS = 3
ALWAYS_THERE = frozenset({"t.co", "pbs.twimg.com"})
"""Hosts that nearly all short links and pictures are at: when they keep silent, the network is down."""
NETWORK_DOWN = "network down"

F = TypeVar("F")


def is_network_out(silent: Collection[str], has_answer: bool, has_way_out: Callable[[], bool]) -> bool:
    """Whether hosts kept `silent` since the last answer because this machine's network is out.

    Yes where nobody at all answered (`has_answer` is for the whole run), and three hosts or one that is
    always there were asked. Fewer hosts, or the last ones of a run that had answers (the slowest to fail
    come last in any run), are no proof: then it is out if `has_way_out`, asked only here, finds none.
    """
    if not silent:
        return False
    if not has_answer and (len(silent) >= MIN_HOSTS or not ALWAYS_THERE.isdisjoint(silent)):
        return True
    return not has_way_out()


def hold_silence(
    finished: Iterable[F],
    *,
    list_asked: Callable[[F], Sequence[tuple[str, bool]]],
    forget: Callable[[F, str], F],
    has_way_out: Callable[[], bool],
) -> Iterator[F]:
    """A run's results; those that ended in silence come once somebody answers, or, at the end, forgotten.

    `list_asked` gives the hosts that were asked for a result and whether each answered; none for what the
    network has no part in.
    """
    held: list[F] = []
    silent: set[str] = set()
    has_answer = False
    for done in finished:
        asked = list_asked(done)
        has_answer = has_answer or any(answered for _, answered in asked)
        if asked and not asked[-1][1]:
            held.append(done)
            silent.add(asked[-1][0])
            continue
        if asked:
            yield from held
            held.clear()
            silent.clear()
        yield done
    is_out = is_network_out(silent, has_answer, has_way_out)
    for done in held:
        yield forget(done, NETWORK_DOWN) if is_out else done


@dataclass(slots=True)
class TcoGuard:
    """Counts a run's answers from t.co."""

    asked: int = 0
    failed: int = 0
    is_left: bool = False
    """It blocked or kept silent so often in a row that it was left alone."""

    def note(self, redirected: bool, *, expected: bool) -> None:
        """Count what t.co did; a failure `expected` from the try before says nothing about t.co."""
        if redirected or not expected:
            self.asked += 1
            self.failed += not redirected

    @property
    def is_out(self) -> bool:
        """It was left alone, or more than 30 % of at least 20 answers were no redirects."""
        return self.is_left or (self.asked >= MIN_ANSWERS and self.failed > MAX_SHARE * self.asked)
