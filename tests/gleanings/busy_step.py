"""A step that runs one long statement, and does not check the clock."""

from __future__ import annotations

from gleanings.steps.outcome import Outcome
from gleanings.sync.pipeline import Session


def run(session: Session) -> Outcome:
    """Writes a row, then counts for an hour inside SQLite."""
    session.db.execute("begin immediate")
    session.db.execute(
        "insert into files (root, path, sha256, size, mtime_ns, reader) values ('/', 'x', '', 0, 0, 1)"
    )
    session.db.execute(
        "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n where i < 0"
    ).fetchone()
    return Outcome("ok", "never")
