"""A step with a bug."""

from __future__ import annotations

from gleanings.steps.outcome import Outcome
from gleanings.sync.pipeline import Session


def run(_session: Session) -> Outcome:
    """Raises what nobody foresaw."""
    raise LookupError("nobody foresaw this")
