"""How fast t.co is requested if it limits the rate, and how soon a run without a network ends.

    python -m benchmarks.pace

t.co is a process of its own on loopback. It answers after 100 ms; above its limit of requests in any second
it answers 429. A run without a network is `gleanings expand` in a network namespace with loopback only.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.links.expand import expand_links
from ingest.web.session import FetchSettings
from record_types.links import DueLink, Fetch, Resource

SECONDS = 60.0
LATENCY = 0.1
LINKS = 4000
SOON = 20.0
"""Seconds within which five sixths of the limit should be reached."""


def serve(pipe: Connection, limit: int) -> None:
    """A t.co that allows `limit` requests a second; sends its port, at the end (time, status) of each."""
    answered: list[tuple[float, int]] = []
    recent: deque[float] = deque()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                now = time.monotonic()
                while recent and recent[0] <= now - 1:
                    recent.popleft()
                is_allowed = len(recent) < limit
                if is_allowed:
                    recent.append(now)
                answered.append((now, 301 if is_allowed else 429))
                await asyncio.sleep(LATENCY)
                to = b"Location: https://x.com/ada/status/1480000000000000001\r\n" if is_allowed else b""
                status = b"301 Moved" if is_allowed else b"429 Too Many Requests"
                writer.write(b"HTTP/1.1 %s\r\n%sContent-Length: 0\r\n\r\n" % (status, to))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=256)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(pipe.recv)
        pipe.send(answered)

    asyncio.run(run())


def describe(url: str, content_type: str | None, body: bytes, fetch: Fetch) -> Resource:
    """Never called: every link leads to a tweet."""
    return Resource(uid=url, url=url, kind="tweet", site="", status=fetch)


def measure(limit: int) -> None:
    """Expand for `SECONDS` against a t.co with this limit, and print how it went."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there, limit), daemon=True)
    process.start()
    port = here.recv()
    settings = FetchSettings(connect_to={"t.co:80": f"127.0.0.1:{port}"}, max_seconds=SECONDS)
    due = [DueLink(n, f"http://t.co/{n:010}", "t.co") for n in range(LINKS)]
    began = time.monotonic()
    found = list(expand_links(due, settings, describe=describe, is_shortener=lambda host: False))
    here.send("end")
    answered = [(at - began, status) for at, status in here.recv()]
    process.join()
    good = [at for at, status in answered if status == 301]
    goal = limit * 5 / 6
    reached = next((at for at in good if sum(at - 2 < each <= at for each in good) >= 2 * goal), None)
    since = min(reached or SOON, SOON)
    average = sum(at > since for at in good) / (SECONDS - since)
    refused = 1 - len(good) / len(answered)
    failed = sum(each.error is not None for each in found)
    print(
        f"t.co allows {limit}/s: {goal:.1f}/s reached after"
        f" {'never' if reached is None else f'{reached:.1f} s'}; then {average:.1f}/s ="
        f" {average / limit:.0%} of the limit; 429: {refused:.2%} of {len(answered)}; links failed: {failed}"
    )


PAGE = """title:: A thread (highlights)
author:: [[@ada on Twitter]]
full-title:: "A thread"
category:: #tweets
url:: https://twitter.com/ada/status/1480000000000000000

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
"""


def measure_offline() -> None:
    """Print how long `gleanings expand` takes for 4,000 links that are due, without a network."""
    alone = ["unshare", "-rn", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
    if not (shutil.which("unshare") and shutil.which("ip")) or subprocess.run([*alone, "true"]).returncode:
        print("no network: not measured, because this machine allows no network namespace")
        return
    gleanings = [sys.executable, "-m", "gleanings"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "GLEANINGS_CONFIG": "config.toml",
    }
    with tempfile.TemporaryDirectory() as folder:
        view = "([View Tweet](https://twitter.com/ada/status/{}))"
        tweets = [
            f"\t- Tweet {n} https://t.co/{n:010} {view.format(1_480_000_000_000_000_000 + n)}"
            for n in range(LINKS)
        ]
        Path(folder, "page.md").write_text(PAGE + "\n".join(tweets))
        Path(folder, "config.toml").write_text('[import]\npaths = ["page.md"]\n')
        subprocess.run([*gleanings, "import"], cwd=folder, env=environment, check=True)
        for command in ("expand", "sync"):
            began = time.perf_counter()
            ran = subprocess.run(
                [*alone, *gleanings, command], cwd=folder, env=environment, capture_output=True, text=True
            )
            took = time.perf_counter() - began
            print(f"{command} without a network, {LINKS} links due: exit {ran.returncode} after {took:.1f} s")
            print("   ", (ran.stderr or ran.stdout).strip())


def main() -> None:
    """Every measurement, in about two minutes."""
    measure_offline()
    for limit in (30, 3):
        measure(limit)


if __name__ == "__main__":
    main()
