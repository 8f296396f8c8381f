"""The loopback web for tests that send requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.ingest.links.loopback import Web, write_bundle


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def web(ca: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(write_bundle(ca, tmp_path)))
    web = Web(ca)
    yield web
    web.close()
