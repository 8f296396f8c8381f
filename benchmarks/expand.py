"""How fast links are expanded: links a second, CPU and memory, and what one slow host does to the others.

    python -m benchmarks.expand

The web is a process of its own on loopback, which answers each request after 100 ms; every host name is sent
there by `connect_to`. The ideal is workers / latency for each hop. Neither the web nor the machine reaches
it: what they allow is measured with a bare client (`benchmarks.floor`) right before.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import ssl
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from benchmarks.floor import time_floor
from ingest.links.expand import expand_links
from ingest.web.session import FetchSettings
from record_types.links import DueLink, Fetch, Resolution, Resource

WORKERS = 64
LATENCY = 0.1
SLOW = 2.0
HOSTS = 500
LINKS = 2000


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1]
            host = head.lower().split(b"\r\nhost: ", 1)[1].split(b"\r\n", 1)[0]
            await asyncio.sleep(SLOW if host.startswith(b"slow") else LATENCY)
            if path.startswith(b"/to/"):
                to = b"https://" + path[4:]
                writer.write(b"HTTP/1.1 301 Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % to)
            else:
                body = b"<title>A page</title>" + b"word " * 2000
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
                    + body
                )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _serve(pipe: Connection, pem: str) -> None:
    async def run() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        plain = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
        secure = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024, ssl=context)
        pipe.send((plain.sockets[0].getsockname()[1], secure.sockets[0].getsockname()[1]))
        await asyncio.Event().wait()

    asyncio.run(run())


def describe(url: str, content_type: str | None, body: bytes, fetch: Fetch) -> Resource:
    """As cheap as it can be: what is measured is the network's part."""
    return Resource(uid=url, url=url, kind="article", site="", status=fetch)


@dataclass(frozen=True, slots=True)
class Loopback:
    """Where the web is."""

    ports: dict[str, int]
    """By scheme."""
    context: ssl.SSLContext
    """Trusts its certificates."""

    def time_floor(self, urls: list[str], *, keeps: bool) -> float:
        """Seconds of bare clients for `urls`, on connections of their own or, of one host, on kept ones."""
        return time_floor(urls, self.ports, self.context, workers=WORKERS, keeps=keeps)


def measure(name: str, urls: list[str], hops: int, settings: FetchSettings, floor: float) -> None:
    """Expand `urls` and print how it went against the ideal, and the `floor` in seconds."""
    due = [DueLink(number, url, urlsplit(url).hostname or "") for number, url in enumerate(urls)]
    began, cpu = time.perf_counter(), time.process_time()
    found = list(expand_links(due, settings, describe=describe, is_shortener=lambda host: False))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    bad = sum(resolution.fetch != "ok" for resolution in found) + len(urls) - len(found)
    ideal = len(urls) * hops * LATENCY / WORKERS
    print(
        f"{name}: {len(urls)} links in {took:.2f} s = {len(urls) / took:.0f}/s; ideal {ideal:.2f} s ="
        f" {len(urls) / ideal:.0f}/s, ratio {took / ideal:.2f}; bare client {floor:.2f} s, ratio"
        f" {took / floor:.2f}; CPU {1000 * cpu / len(urls):.2f} ms a link;"
        f" peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB; not ok: {bad}"
    )


def time_others(urls: list[str], settings: FetchSettings) -> float:
    """Seconds until every link that does not lead to the slow host is done."""
    due = [DueLink(number, url, urlsplit(url).hostname or "") for number, url in enumerate(urls)]
    left = sum("slow" not in url for url in urls)
    began = time.perf_counter()
    run = expand_links(due, settings, describe=describe, is_shortener=lambda host: False)
    try:
        for resolution in run:
            left -= _is_quick(resolution)
            if not left:
                return time.perf_counter() - began
    finally:
        run.close()
    raise RuntimeError("links went missing")


def _is_quick(resolution: Resolution) -> bool:
    return "slow" not in (resolution.final_url or "")


def run_all(make_settings: Callable[[float], FetchSettings], web: Loopback) -> None:
    """Every measurement, in about half a minute."""
    settings = make_settings(0.0)
    kept = replace(settings, per_host=WORKERS)
    one = [f"http://h0.web.test/{n}" for n in range(LINKS)]
    measure("one hop, one host as t.co is", one, 1, kept, web.time_floor(one, keeps=True))
    many = [f"http://h{n % HOSTS}.web.test/{n}" for n in range(LINKS)]
    measure("one hop, 500 hosts", many, 1, settings, web.time_floor(many, keeps=False))
    half = range(LINKS // 2)  # the web's own handshakes are the limit here: one process, a connection a page
    two = [f"http://h{n % HOSTS}.web.test/to/h{(n * 7 + 1) % HOSTS}.web.test/{n}" for n in half]
    measure("a hop, then a TLS page", two, 2, settings, web.time_floor(two, keeps=False))
    polite = make_settings(0.2)
    quick = [f"http://h{n % 100}.web.test/to/h{(n + 50) % 100}.web.test/{n}" for n in range(600)]
    slow = [f"http://h{100 + n % 100}.web.test/to/slow.web.test/{n}" for n in range(300)]
    alone, beside = time_others(quick, polite), time_others(slow + quick, polite)
    print(f"600 links: {alone:.2f} s by themselves, {beside:.2f} s beside 300 that lead to one slow host")


def main() -> None:
    """Start the web, measure, end it."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"h{n}.web.test" for n in range(HOSTS)] + ["slow.web.test"]
        ca = trustme.CA()
        pem, bundle = Path(folder, "server.pem"), Path(folder, "ca.pem")
        ca.issue_cert("*.web.test").private_key_and_cert_chain_pem.write_to_path(str(pem))
        ca.cert_pem.write_to_path(str(bundle))
        os.environ["REQUESTS_CA_BUNDLE"] = str(bundle)
        here, there = multiprocessing.Pipe()
        server = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(there, str(pem)), daemon=True
        )
        server.start()
        plain, secure = here.recv()
        connect_to = {f"{name}:80": f"127.0.0.1:{plain}" for name in names}
        connect_to |= {f"{name}:443": f"127.0.0.1:{secure}" for name in names}

        def make_settings(gap: float) -> FetchSettings:
            return FetchSettings(connect_to=connect_to, workers=WORKERS, host_gap=gap)

        try:
            context = ssl.create_default_context(cafile=str(bundle))
            run_all(make_settings, Loopback({"http": plain, "https": secure}, context))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
