"""How long `gleanings import --readwise` takes beside starting Python, from a mock of the API on loopback.

    python -m benchmarks.fetch [highlights] [books]

Goals for 20,000 highlights in 500 books, 100 books a page: the first sync at most 4 s; one without changes
at most 0.3 s over `python -c pass`. The mock is a process of its own that makes each answer once, those of
the first sync before it is asked. The floor writes the first sync's rows again in raw sqlite3, one
`executemany` a table, without asking or parsing.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.imports import write_floor
from tests.readwise_api import TOKEN, Api, make_library, serve

CODE = "from gleanings.cli import main; main()"
ROUNDS = 5


def _serve(pipe: Connection, books: int, highlights: int) -> None:
    """The mock; any message on the pipe asks for the number of requests since the last one."""
    api = Api(make_library(books, highlights), page_books=100)
    api.prepare()
    with serve(api):
        pipe.send(api.url)
        while pipe.recv() is not None:
            pipe.send((len(api.asked), list(api.errors)))
            api.asked.clear()


def run(folder: Path, environment: dict[str, str], *arguments: str) -> tuple[float, float]:
    """(seconds, seconds of processor) of one process."""
    before = os.times()
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - started
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, spent


def main(highlights: int, books: int) -> None:
    """Print the first sync, those without changes, and what they stand beside."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=_serve, args=(there, books, highlights), daemon=True)
    server.start()
    environment = {**os.environ, "GLEANINGS_READWISE_URL": here.recv(), "READWISE_TOKEN": TOKEN}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    command = ("-c", CODE, "import", "--readwise")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "empty").mkdir()
        environment["XDG_CONFIG_HOME"] = scratch
        run(folder, environment, *command, "--help")  # bytecode
        first = run(folder, environment, *command)
        here.send("asked?")
        asked, errors = here.recv()
        print(
            f"first sync, {highlights:,} in {books:,}: {first[0]:.2f} s ({first[1]:.2f} s cpu),"
            f" {asked} requests"
        )
        again = min(run(folder, environment, *command) for _ in range(ROUNDS))
        here.send("asked?")
        asked, errors = here.recv()
        start = min(run(folder, environment, "-c", "pass") for _ in range(ROUNDS))
        print(
            f"no change: {again[0]:.2f} s ({again[1]:.2f} s cpu), {asked / ROUNDS:g} requests;"
            f" python -c pass: {start[0]:.3f} s; over it {again[0] - start[0]:.2f} s"
        )
        floor = write_floor(folder / "empty", folder / "gleanings.db", folder / "floor.db")
        print(
            f"floor, the same rows in raw sqlite3: {floor:.2f} s;"
            f" the first sync is {first[0] / floor:.1f} times it"
        )
    here.send(None)
    server.join(5)
    if errors:
        raise SystemExit(f"the mock was asked what it must not be: {errors}")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [20_000, 500][len(numbers) :]))
