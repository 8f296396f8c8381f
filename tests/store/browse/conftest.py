"""One store of the example graph for all tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.browse.libraries import Library, make_example


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_example(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="session")
def library(example: Path) -> Library:
    pytest.importorskip("datasette")
    from datasette.plugins import pm

    from store.browse import plugin

    if not pm.is_registered(plugin):
        pm.register(plugin, "gleanings")
    return Library(example)
