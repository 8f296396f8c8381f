"""A step that runs for an hour, and does not check the clock."""

from __future__ import annotations

import time

from gleanings.steps.outcome import Outcome
from gleanings.sync.pipeline import Session


def run(session: Session) -> Outcome:
    """Writes a row, then does nothing."""
    session.db.execute("begin immediate")
    session.db.execute(
        "insert into files (root, path, sha256, size, mtime_ns, reader) values ('/', 'x', '', 0, 0, 1)"
    )
    time.sleep(3600)
    return Outcome("ok", "never")
