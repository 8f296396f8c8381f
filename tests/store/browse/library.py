"""A store of the example graph, and Datasette on it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(folder: Path, *arguments: str) -> None:
    """Run `gleanings` with these arguments in `folder`."""
    command = [sys.executable, "-c", "from gleanings.cli import main; main()", *arguments]
    environment = {**ENVIRONMENT, "XDG_CONFIG_HOME": str(folder / ".config")}
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def make_example(folder: Path) -> Path:
    """Make the store of the example graph, with links resolved and topics found."""
    shutil.copytree(ROOT / "example" / "graph", folder / "graph")
    shutil.copy(ROOT / "example" / "links.csv", folder)
    run(folder, "import", "graph")
    run(folder, "links", "import", "links.csv")
    run(folder, "export", "notes")
    return folder / "gleanings.db"


def enrich(path: Path) -> None:
    """Add what the example graph lacks: dead links, problems, cut-off text, a summary."""
    from store.connection import open_store, transaction
    from store.counts import refresh_counts

    db = open_store(path)
    with transaction(db):
        for statement in ENRICHING:
            db.execute(statement)
        refresh_counts(db)
    db.close()


ENRICHING = (
    "insert into problems (kind, message, line, file_id) values ('cut-text', 'It ends in the middle.', 3, 1)",
    "update highlights set incomplete = 1 where id = 2",
    """update resources set status = 'gone', archive_url = 'https://archive.example/1', author = 'A. Writer',
        published_on = '2019-05-01', description = 'What *it* says of itself.' where id = 1""",
    "update links set status = 'gone', error = 'no such name' where id = (select max(id) from links)",
    "update documents set summary = 'What it is about.', note = 'My own words.' where category = 'books'",
)


@contextmanager
def serve(path: Path) -> Iterator[str]:
    """Run `gleanings serve` on the store and yield the address of its pages."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from gleanings.cli import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=path.parent, env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}/gleanings/-"
            wait_for(f"{url}/home")
            yield url
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    """Wait until the address answers; raise if it answers with an error."""
    for _ in range(150):
        try:
            urllib.request.urlopen(url).close()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


class Library:
    """Datasette on a store, and perhaps other databases, in this process."""

    def __init__(
        self, path: Path, metadata: dict[str, Any] | None = None, *, others: Iterable[Path] = ()
    ) -> None:
        from datasette.app import Datasette

        self.datasette = Datasette([str(path), *map(str, others)], metadata=metadata or {})
        self.loop = asyncio.new_event_loop()
        threading.Thread(
            target=self.loop.run_forever, daemon=True
        ).start()  # Playwright's runs in this thread
        self._await(self.datasette.invoke_startup())

    def _await(self, answer: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(answer, self.loop).result(timeout=60)

    def get(self, path: str) -> Any:
        """Request `path` and return the response."""
        return self._await(self.datasette.client.get(path))

    def text(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code, response.text[:500])
        return str(response.text)

    def json(self, path: str) -> Any:
        response = self.get(path)
        assert response.status_code == 200, (path, response.text[:500])
        return response.json()
