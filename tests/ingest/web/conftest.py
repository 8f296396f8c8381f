"""The loopback web of the link tests, for pictures."""

from __future__ import annotations

from tests.ingest.links.conftest import ca, web

__all__ = ["ca", "web"]
