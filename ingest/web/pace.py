"""The pace of requests to one host, found by asking it (docs/links.md, Pace).

Additive increase, multiplicative decrease: each quick, clean answer adds a little to the pace; a refusal
(429, a timeout, a wall) halves it. The pace of the last refusal counts as the host's limit: the pace comes
back to nine tenths of it within seconds, and from there on it goes up so slowly that refusals stay rare. Once
it has passed the limit without a refusal, the limit counts no longer. Not thread-safe.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FIRST = 4.0
"""Requests a second at the beginning, to a host that was never asked."""
LEAST = 0.5
MAX_LATENCY = 1.0
"""Seconds; a slower answer does not raise the pace."""
MAX_BREATHER = 5.0
"""Seconds without a request after a refusal, at most; one second after the first."""
_STEP = 0.15
"""Added by each answer while no limit is known: the pace doubles in five seconds."""
_RETURN, _PROBE = 0.08, 0.005
"""Added in a second, as a share of the limit: below nine tenths of it, and above."""
_NEAR, _PASSED = 0.9, 1.1


@dataclass(slots=True)
class AdaptivePace:
    """How often one host is asked, at most `most` times a second."""

    most: float
    per_second: float = FIRST
    limit: float | None = None
    """The pace at the last refusal; None if there was none, or if it was passed since."""
    is_new: bool = False
    """The host has answered since the pace was stored."""
    _slowed_at: float = -math.inf

    def __post_init__(self) -> None:
        self.per_second = min(max(self.per_second, LEAST), self.most)

    @property
    def gap(self) -> float:
        """Seconds between the starts of two requests."""
        return 1 / self.per_second

    def speed_up(self, latency: float) -> None:
        """Count a clean answer that took `latency` seconds."""
        self.is_new = True
        if latency <= MAX_LATENCY:
            self.per_second = min(self.per_second + self._find_step(), self.most)
            if self.limit is not None and self.per_second > _PASSED * self.limit:
                self.limit = None

    def slow_down(self, began: float, now: float) -> bool:
        """Halve the pace for a refusal of a request that `began` then.

        False, and no change, if the request had begun before the pace was last halved: one overload refuses
        everything in flight.
        """
        if began <= self._slowed_at:
            return False
        self.is_new = True
        self.limit, self._slowed_at = self.per_second, now
        self.per_second = max(self.per_second / 2, LEAST)
        return True

    def _find_step(self) -> float:
        if self.limit is None:
            return _STEP
        share = _RETURN if self.per_second < _NEAR * self.limit else _PROBE
        return min(share * self.limit / self.per_second, _STEP)
