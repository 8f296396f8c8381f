"""A small web on loopback: many hosts behind two ports, plain and TLS, with scripted answers."""

from __future__ import annotations

import contextlib
import datetime
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme

from ingest.links.expand import expand_links
from ingest.web.session import FetchSettings
from record_types.links import DueLink, Fetch, Resolution, Resource


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    url: str
    """Scheme, host and path as asked, without a default port."""
    headers: Mapping[str, str]
    """Names in lower case."""


Answerer = Callable[[Request, socket.socket], "bytes | None"]
"""Gives the response's bytes, or writes what it likes and gives None: the connection is then closed."""


@dataclass
class Web:
    """The servers and what they were asked."""

    ca: trustme.CA
    asked: list[Request] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._routes: dict[str, Answerer] = {}
        self._hosts: set[str] = {"t.co"}  # always there, as on the internet: it shows a run that it is online
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        self._servers = [_serve(self, None), _serve(self, self._make_front())]
        self.port, self.tls_port = (server.server_address[1] for server in self._servers)

    # what the hosts answer

    def page(
        self,
        url: str,
        body: bytes | str = "<title>A page</title>",
        *,
        status: int = 200,
        headers: Iterable[tuple[str, str | bytes]] = (("Content-Type", "text/html"),),
    ) -> None:
        """`url` answers with this."""
        self.serve(url, lambda request, conn: make_response(status, body, headers))

    def redirect(self, url: str, to: str | bytes, *, status: int = 301) -> None:
        """`url` redirects to `to`."""
        self.page(url, b"", status=status, headers=[("Location", to)])

    def tco(self, name: str, to: str) -> str:
        """The t.co link of this name: a redirect for honest clients, a page for browsers."""

        def answer(request: Request, conn: socket.socket) -> bytes:
            if "Mozilla" not in request.headers.get("user-agent", ""):
                return make_response(301, b"", [("Location", to)])
            return make_response(200, make_tco_page(to), [("Content-Type", "text/html; charset=utf-8")])

        self.serve(f"https://t.co/{name}", answer)
        return f"https://t.co/{name}"

    def serve(self, url: str, answer: Answerer) -> None:
        """`url` is answered by a function; a URL that ends in `*` stands for all that begin that way."""
        self._routes[url] = answer
        self._hosts.add(urlsplit(url).hostname or "")

    def certify(self, host: str, cert: trustme.LeafCert) -> None:
        """`host` shows this certificate instead of a good one."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cert.configure_cert(context)
        self._contexts[host] = context

    def expire(self, host: str) -> None:
        """`host` shows a certificate that expired yesterday."""
        yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        self.certify(host, self.ca.issue_cert(host, not_after=yesterday))

    # asking

    @property
    def connect_to(self) -> dict[str, str]:
        """Every host of this web, sent to loopback."""
        plain = {f"{host}:80": f"127.0.0.1:{self.port}" for host in self._hosts}
        return plain | {f"{host}:443": f"127.0.0.1:{self.tls_port}" for host in self._hosts}

    def settings(self, **changes: Any) -> FetchSettings:
        """Settings that reach this web, without rate limits and with short timeouts."""
        quick: dict[str, Any] = {
            "connect_to": self.connect_to,
            "host_gap": 0.0,
            "tco_gap": 0.0,
            "connect_timeout": 2.0,
            "read_timeout": 2.0,
            "total_timeout": 5.0,
            "workers": 8,
        }
        return FetchSettings(**(quick | changes))

    def run(
        self,
        *due: DueLink,
        is_online: bool | None = True,
        settings: FetchSettings | None = None,
        **changes: Any,
    ) -> Iterator[Resolution]:
        """What a run over these links gives, as it comes; None lets it find out whether it is online."""
        return expand_links(
            due,
            settings or self.settings(**changes),
            describe=describe,
            is_shortener=is_shortener,
            random=lambda: 0.5,
            is_online=None if is_online is None else lambda: is_online,
        )

    def expand(self, *due: DueLink, is_online: bool = True, **changes: Any) -> list[Resolution]:
        """What a run over these links gives, by the links' order."""
        found = self.run(*due, is_online=is_online, **changes)
        final = (resolution for resolution in found if not resolution.underway)
        return sorted(final, key=lambda resolution: resolution.link_id)

    def lead(self, url: str, *, due: Mapping[str, Any] | None = None, **changes: Any) -> Resolution:
        """Where one link leads."""
        host = urlsplit(url).hostname if url.startswith("http") and "[" not in url else None
        return self.expand(DueLink(id=1, url=url, host=host or "", **(due or {})), **changes)[0]

    @property
    def asked_urls(self) -> list[str]:
        """What was asked, in order."""
        return [request.url for request in self.asked]

    def close(self) -> None:
        """End the servers."""
        self.stopped.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def answer(self, request: Request, conn: socket.socket) -> bytes | None:
        """What the routes say; 404 where they say nothing."""
        with self._lock:
            self.asked.append(request)
        route = self._routes.get(request.url) or next(
            (
                self._routes[key]
                for key in self._routes
                if key.endswith("*") and request.url.startswith(key[:-1])
            ),
            None,
        )
        return route(request, conn) if route else make_response(404, b"", ())

    def _make_front(self) -> ssl.SSLContext:
        front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert("front.test").configure_cert(front)

        def choose(sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            with self._lock:
                if name and name not in self._contexts:
                    self.certify(name, self.ca.issue_cert(name))
            if name:
                sock.context = self._contexts[name]

        front.sni_callback = choose
        return front


def make_response(
    status: int,
    body: bytes | str = b"",
    headers: Iterable[tuple[str, str | bytes]] = (),
    reason: str = "Said",
) -> bytes:
    """A whole HTTP/1.1 response with its length."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} {reason}".encode(), f"Content-Length: {len(body)}".encode()]
    lines += [
        name.encode() + b": " + (to if isinstance(to, bytes) else to.encode("latin-1"))
        for name, to in headers
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def make_tco_page(to: str) -> str:
    """What t.co answers to a browser."""
    escaped = to.replace("&", "&amp;")
    script = to.replace("/", r"\/")
    return (
        f'<head><noscript><META http-equiv="refresh" content="0;URL={escaped}"></noscript>'
        f"<title>{escaped}</title></head>"
        f'<script>window.opener = null; location.replace("{script}")</script>'
    )


def describe(url: str, content_type: str | None, body: bytes, fetch: Fetch) -> Resource:
    """The least that a description has to do: a title, and one soft wall."""
    title = re.search(rb"<title>([^<]*)", body)
    is_wall = b"Just a moment..." in body
    return Resource(
        uid=url.partition("//")[2],
        url=url,
        kind="article",
        site=urlsplit(url).hostname or "",
        status="blocked" if is_wall else fetch,
        title=title[1].decode() if title and not is_wall else None,
    )


def is_shortener(host: str) -> bool:
    """Those of this web."""
    return host in ("bit.ly", "buff.ly", "goo.gl", "lnkd.in", "pca.st", "short.test")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    web: Web
    context: ssl.SSLContext | None


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.web.connections += 1
        conn = self.request
        conn.settimeout(20)
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError):
            if self.server.context is not None:
                conn = self.server.context.wrap_socket(conn, server_side=True)
            with conn, conn.makefile("rb") as stream:
                while (request := self._read(stream)) is not None:
                    response = self.server.web.answer(request, conn)
                    if response is None:
                        return
                    conn.sendall(response)

    def _read(self, stream: Any) -> Request | None:
        line = stream.readline().split()
        if len(line) < 2:
            return None
        headers: dict[str, str] = {}
        while (header := stream.readline().strip()) != b"":
            name, _, value = header.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        scheme = "https" if self.server.context else "http"
        return Request(f"{scheme}://{headers.get('host', '')}{line[1].decode('latin-1')}", headers)


def _serve(web: Web, context: ssl.SSLContext | None) -> _Server:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.web = web
    server.context = context
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


def write_bundle(ca: trustme.CA, folder: Path) -> Path:
    """The CA's certificate as a bundle for `$REQUESTS_CA_BUNDLE`."""
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return path
