"""Fixtures for the browser: one store of the example graph for all tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store.browse.library import Library, make_example
from tests.store.browse.requirements import find_chromium, need_module


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_example(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="session")
def library(example: Path) -> Library:
    need_module("datasette")
    from datasette.plugins import pm

    from store.browse import plugin

    if not pm.is_registered(plugin):
        pm.register(plugin, "gleanings")
    return Library(example)


@pytest.fixture(scope="module")  # while it is open, no other event loop can run in this thread
def browser() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    playwright = need_module("playwright.sync_api")
    chromium = str(find_chromium())
    with playwright.sync_playwright() as each:
        started = each.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
