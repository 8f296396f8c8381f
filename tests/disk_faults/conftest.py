"""The certificate authority of the loopback web, for commands that send requests to it."""

from __future__ import annotations

from tests.ingest.links.conftest import ca

__all__ = ["ca"]
