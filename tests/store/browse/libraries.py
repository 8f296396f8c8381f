"""A store of the example graph, Datasette on it, and what it answers."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(folder: Path, *arguments: str) -> None:
    """`gleanings` with these arguments in `folder`."""
    command = [sys.executable, "-c", "from gleanings.cli import main; main()", *arguments]
    environment = {**ENVIRONMENT, "XDG_CONFIG_HOME": str(folder / ".config")}
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def make_example(folder: Path) -> Path:
    """The store of the example graph, with its links resolved and its topics found."""
    shutil.copytree(ROOT / "example" / "graph", folder / "graph")
    shutil.copy(ROOT / "example" / "links.csv", folder)
    run(folder, "import", "graph")
    run(folder, "links", "import", "links.csv")
    run(folder, "export", "notes")
    return folder / "gleanings.db"


class Library:
    """Datasette on a store, in this process."""

    def __init__(self, path: Path, metadata: dict[str, Any] | None = None) -> None:
        from datasette.app import Datasette

        self.datasette = Datasette([str(path)], metadata=metadata or {})
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self.datasette.invoke_startup())

    def get(self, path: str) -> Any:
        """The response to a GET of `path`."""
        return self.loop.run_until_complete(self.datasette.client.get(path))

    def text(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code, response.text[:500])
        return str(response.text)

    def json(self, path: str) -> Any:
        response = self.get(path)
        assert response.status_code == 200, (path, response.text[:500])
        return response.json()
