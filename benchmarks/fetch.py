"""How long `gleanings import --readwise` takes compared with starting Python, from a mock of the API on
loopback.

    python -m benchmarks.fetch [highlights] [books]

Goals for 20,000 highlights in 500 books, 100 books a page: the first sync at most 4 s; one without changes
at most 0.3 s over `python -c pass`. The mock is a process of its own that makes each answer once, those of
the first sync before it is requested. The floor writes the first sync's rows again in raw sqlite3, one
`executemany` a table, without requests or parsing.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.imports import write_floor
from benchmarks.processes import compile_packages, time_process
from tests.readwise_api import TOKEN, Api, make_library, serve

CODE = "from gleanings.cli import main; main()"
FIRSTS, AGAIN = 3, 5
"""How often each is measured; the smallest counts."""


def _serve(pipe: Connection, books: int, highlights: int) -> None:
    """The mock; any message on the pipe asks for the number of requests since the last one."""
    api = Api(make_library(books, highlights), page_books=100)
    api.prepare()
    with serve(api):
        pipe.send(api.url)
        while pipe.recv() is not None:
            pipe.send((len(api.asked), list(api.errors)))
            api.asked.clear()


def main(highlights: int, books: int) -> None:
    """Print the first sync, those without changes, and what they are compared with."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=_serve, args=(there, books, highlights), daemon=True)
    server.start()
    environment = {"GLEANINGS_READWISE_URL": here.recv(), "READWISE_TOKEN": TOKEN}
    command = ("-c", CODE, "import", "--readwise")
    compile_packages()
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch, str(number)) for number in range(FIRSTS)]
        environment["XDG_CONFIG_HOME"] = scratch
        for folder in folders:
            folder.mkdir()
        first = min(time_process(folder, *command, **environment) for folder in folders)
        here.send("asked?")
        asked, errors = here.recv()
        print(
            f"first sync, {highlights:,} in {books:,}: {first[0]:.2f} s ({first[1]:.2f} s cpu),"
            f" {asked / FIRSTS:g} requests"
        )
        folder, empty = folders[0], folders[0] / "empty"
        empty.mkdir()
        again = min(time_process(folder, *command, **environment) for _ in range(AGAIN))
        here.send("asked?")
        asked, errors = here.recv()
        start = min(time_process(folder, "-c", "pass") for _ in range(AGAIN))
        print(
            f"no change: {again[0]:.2f} s ({again[1]:.2f} s cpu), {asked / AGAIN:g} requests;"
            f" python -c pass: {start[0]:.3f} s; over it {again[0] - start[0]:.2f} s"
        )
        floor = min(write_floor(empty, folder / "gleanings.db", each / "floor.db") for each in folders)
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
