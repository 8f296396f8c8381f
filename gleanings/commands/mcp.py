"""`gleanings mcp`: give agents the store's tools, over standard input and output."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from gleanings.options import GivenOptions, common_options, gather, opened_store
from record_types.errors import InputError, describe_missing


@click.command(name="mcp")
@common_options()
def command(given: GivenOptions) -> int:
    """Let an agent search and quote the store.

    It speaks the Model Context Protocol on standard input and output; a client such as Claude Desktop starts
    it, as docs/agents.md shows. It only reads. It needs the extra
    `agents`.

    \b
      gleanings mcp --db ~/gleanings.db
    """
    try:
        from store.agents.server import make_server
    except ModuleNotFoundError as error:
        if error.name not in ("mcp", "pydantic"):
            raise
        raise InputError(describe_missing("`mcp`", "agents")) from None
    common = gather(given)
    with opened_store(common):  # a store that cannot be read is reported here, before a client waits for it
        pass

    async def read(_: Any, ask: Callable[[sqlite3.Connection], dict[str, Any]]) -> dict[str, Any]:
        return ask_store(common.db, ask)

    make_server(read).run("stdio")
    return 0


def ask_store(path: Path, ask: Callable[[sqlite3.Connection], dict[str, Any]]) -> dict[str, Any]:
    """Answer one question with a connection of its own that cannot write."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as store:
        store.execute("pragma query_only = on")
        return ask(store)
