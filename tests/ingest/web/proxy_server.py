"""An HTTP proxy on loopback: tunnels by CONNECT, and requests for whole URLs."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class ProxyServer:
    """The proxy, and what it was asked for."""

    hosts: Mapping[str, str]
    """`host:port` → `host:port`: its own name service; it knows nothing else."""
    password: str = ""
    """The value of `Proxy-Authorization` that it wants."""
    asked: list[str] = field(default_factory=list)
    """The first line of each request, without the version."""
    headers: list[dict[str, str]] = field(default_factory=list)
    """Those of each request, names in lower case."""
    port: int = 0

    def connect(self, line: str, headers: dict[str, str]) -> tuple[socket.socket | None, bytes]:
        """The server that a request is for, with what to send there; else None and the answer."""
        self.asked.append(line)
        self.headers.append(headers)
        if self.password and headers.get("proxy-authorization") != self.password:
            return None, b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"
        method, target = line.split(" ")
        place, path = target, ""
        if method != "CONNECT":
            place, _, path = target.partition("//")[2].partition("/")
            place = place if ":" in place else f"{place}:80"
        if place not in self.hosts:
            return None, b"HTTP/1.1 502 Unknown host\r\nContent-Length: 0\r\n\r\n"
        host, _, port = self.hosts[place].rpartition(":")
        there = socket.create_connection((host, int(port)), 5)
        if method == "CONNECT":
            return there, b""
        onward = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if "proxy" not in name)
        return there, f"{method} /{path} HTTP/1.1\r\n{onward}connection: close\r\n\r\n".encode()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    proxy: ProxyServer


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.connection.settimeout(20)
        with contextlib.suppress(OSError):
            while line := self.rfile.readline().decode().strip():
                headers: dict[str, str] = {}
                while header := self.rfile.readline().decode("latin-1").strip():
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                there, data = self.server.proxy.connect(line.rpartition(" ")[0], headers)
                if there is None:
                    self.wfile.write(data)
                    continue
                with there:
                    if data:
                        there.sendall(data)
                    else:
                        self.wfile.write(b"HTTP/1.1 200 Here you are\r\n\r\n")
                        threading.Thread(target=_copy, args=(self.connection, there), daemon=True).start()
                    _copy(there, self.connection)
                return


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def running_proxy(hosts: Mapping[str, str], password: str = "") -> Iterator[ProxyServer]:
    """A proxy that knows these hosts, while the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.proxy = proxy = ProxyServer(hosts, password, port=server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
