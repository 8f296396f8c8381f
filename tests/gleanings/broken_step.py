"""A step with a bug."""

from __future__ import annotations

from gleanings.sync.outcomes import Outcome
from gleanings.sync.steps import Session


def run(_session: Session) -> Outcome:
    """Raises what nobody foresaw."""
    raise LookupError("nobody foresaw this")
