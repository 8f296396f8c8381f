"""Datasette on one store, for `gleanings serve` and for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from store.browse import plugin


def make_datasette(path: Path, **settings: Any) -> Any:
    """Datasette on the store at `path`; `settings` are the plugin's."""
    if not pm.is_registered(plugin):  # run from a checkout that is not installed
        pm.register(plugin, "gleanings")
    # with rich there, it would print a traceback with rows of the store for each page that is not found
    pm.get_plugin("datasette.handle_exception").rich = None
    return Datasette([str(path)], metadata={"plugins": {"gleanings": settings}})


def make_application(path: Path, **settings: Any) -> tuple[Any, str]:
    """The ASGI application, and the address of its front page below the host."""
    datasette = make_datasette(path, **settings)
    return datasette.app(), f"{datasette.urls.database(path.stem)}/-/home"
