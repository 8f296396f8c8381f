"""The pace at which a host may be asked, from one run to the next."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from store.connection import transaction


class HostPace(NamedTuple):
    """Requests a second."""

    per_second: float
    refused_at: float | None
    """The pace at the host's last refusal; None if it never refused."""


upsert_pace = """
insert into host_paces (host, per_second, refused_at_pace, learned_at) values (?, ?, ?, ?)
on conflict (host) do update set
    per_second = excluded.per_second, refused_at_pace = excluded.refused_at_pace,
    learned_at = excluded.learned_at
"""


def read_host_pace(db: sqlite3.Connection, host: str) -> HostPace | None:
    """The pace that the last run learned for `host`."""
    row = db.execute("select per_second, refused_at_pace from host_paces where host = ?", (host,)).fetchone()
    return None if row is None else HostPace(*row)


def save_host_pace(db: sqlite3.Connection, host: str, pace: HostPace, *, now: str) -> None:
    """Remember the pace for the next run."""
    with transaction(db):
        db.execute(upsert_pace, (host, *pace, now))
