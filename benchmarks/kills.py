"""20,000 links expanded in a run that is killed at 20 random moments and started again.

    python -m benchmarks.kills [links] [kills]

At the end every link is resolved, the database is whole, and t.co was asked more than once only for what a
kill took with it: the batch that was not yet stored and the requests in flight.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import trustme

from gleanings.steps.links import BATCH_LINKS

IN_FLIGHT = 16
CODE = "from gleanings.cli import main; main()"
CONFIG = f"""
[links]
tco_gap = 0.0
tco_in_flight = {IN_FLIGHT}
host_gap = 0.0
per_host = {IN_FLIGHT}
"""


def _serve(pipe: Connection, pem: str) -> None:
    """t.co and one site, which count who asked for what; any message on the pipe asks for the counts."""
    asked: Counter[str] = Counter()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1]
                if b"host: t.co\r\n" in head.lower():
                    asked[path.decode()] += 1
                    reply = b"301 Moved\r\nLocation: https://site.test%s\r\nContent-Length: 0\r\n\r\n" % path
                else:
                    reply = (
                        b"200 OK\r\nContent-Type: text/html\r\nContent-Length: 17\r\n\r\n<title>A</title>\n"
                    )
                writer.write(b"HTTP/1.1 " + reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024, ssl=context)
        pipe.send(server.sockets[0].getsockname()[1])
        while True:
            await asyncio.sleep(0.05)
            if pipe.poll():
                pipe.recv()
                pipe.send(asked)

    asyncio.run(run())


def write_pages(folder: Path, links: int) -> None:
    """Pages with 20 tweets each, one link a tweet."""
    first = 1_480_000_000_000_000_000
    for page in range(links // 20):
        lines = [
            f'title:: Thread {page} (highlights)\nfull-title:: "Thread {page}"\ncategory:: #tweets\n',
            "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]",
        ]
        for number in range(page * 20, page * 20 + 20):
            view = f"([View Tweet](https://twitter.com/ada/status/{first + number}))"
            lines.append(f"\t- Tweet {number} https://t.co/N{number:09} {view}")
        (folder / f"{page}.md").write_text("\n".join(lines))


def main(links: int, kills: int) -> None:
    """Import, expand, kill, go on; print how it ended."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "graph").mkdir()
        write_pages(folder / "graph", links)
        ca = trustme.CA()
        pem, bundle = folder / "server.pem", folder / "ca.pem"
        ca.issue_cert("t.co", "site.test").private_key_and_cert_chain_pem.write_to_path(str(pem))
        ca.cert_pem.write_to_path(str(bundle))
        (folder / "config.toml").write_text(CONFIG)
        here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        server = context.Process(target=_serve, args=(there, str(pem)), daemon=True)
        server.start()
        port = here.recv()
        environment = {
            **os.environ,
            "GLEANINGS_CONFIG": "config.toml",
            "REQUESTS_CA_BUNDLE": str(bundle),
            "GLEANINGS_CONNECT_TO": f"t.co:443=127.0.0.1:{port},site.test:443=127.0.0.1:{port}",
        }
        quiet = {"cwd": folder, "env": environment, "stdout": subprocess.DEVNULL}
        subprocess.run([sys.executable, "-c", CODE, "import", "graph"], check=True, **quiet)  # type: ignore[call-overload]
        began = time.perf_counter()
        for _ in range(kills):
            process = subprocess.Popen([sys.executable, "-c", CODE, "expand"], **quiet)  # type: ignore[call-overload]
            time.sleep(1.0 + 3 * chance.random())
            process.kill()
            process.wait()
        subprocess.run([sys.executable, "-c", CODE, "expand"], check=True, **quiet)  # type: ignore[call-overload]
        took = time.perf_counter() - began
        here.send("how many?")
        asked: Counter[str] = here.recv()
        server.terminate()
        report(folder / "gleanings.db", asked, kills, took)


def report(path: Path, asked: Counter[str], kills: int, took: float) -> None:
    """One line, and an error where a promise is broken."""
    db = sqlite3.connect(path)
    states = dict(db.execute("select status, count(*) from links group by status"))
    whole = db.execute("pragma integrity_check").fetchone()[0]
    again = asked.total() - len(asked)
    bound = kills * (BATCH_LINKS + IN_FLIGHT)
    print(f"{len(asked):,} links, {kills} kills, {took:.0f} s: {states}, integrity {whole}")
    print(
        f"asked again: {again}, at most {bound} were to be expected (a batch and what is in flight, a kill)"
    )
    if set(states) != {"resolved"} or whole != "ok" or again > bound:
        raise SystemExit("a promise is broken")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [20_000, 20][len(numbers) :]))
