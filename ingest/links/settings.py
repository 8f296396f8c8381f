"""What a run of `gleanings expand` may spend, and how politely it asks (LINKS.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PROJECT_URL = "https://pypi.org/project/gleanings/"


@dataclass(frozen=True, slots=True)
class ExpandSettings:
    """Limits of one run; times are in seconds, sizes in bytes."""

    user_agent: str = f"gleanings (+{PROJECT_URL})"
    """Honest, and never with "Mozilla" in it: t.co then answers with a plain redirect."""
    workers: int = 48
    """Requests in flight, over all hosts."""
    per_host: int = 2
    """Requests in flight to one host."""
    host_gap: float = 0.2
    """Between the starts of two requests to one host."""
    tco_in_flight: int = 4
    tco_gap: float = 0.15
    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    total_timeout: float = 20.0
    """For all hops of one link, not counting the time that it waits for its turn."""
    max_hops: int = 10
    max_body: int = 512 * 1024
    """Of a page, decompressed."""
    max_seconds: float | None = None
    """After this no request starts; None for no limit."""
    connect_to: Mapping[str, str] = field(default_factory=dict)
    """`host:port` → `host:port`, as curl's --connect-to; exempt from the guard."""
    wayback: bool = False
    """Ask web.archive.org for pages confirmed gone."""
