"""Servers that answer for ever, too much, too slowly or not at all (docs/links.md, Safety)."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable

import pytest

from ingest.links.expand import expand_links
from record_types.links import DueLink, Fetch, Resource
from tests.ingest.links.loopback import Request, Web, describe, is_shortener, make_response

PAGE = "http://site.test/page"
HTML = [("Content-Type", "text/html")]


def lead_and_measure(web: Web, url: str) -> tuple[int, str]:
    """Length of the body that was read, and the fetch."""
    sizes: list[int] = []

    def measure(url: str, content_type: str | None, body: bytes, fetch: Fetch) -> Resource:
        sizes.append(len(body))
        return describe(url, content_type, body, fetch)

    due = [DueLink(1, url, "site.test", fetch_only=True)]
    found = list(expand_links(due, web.settings(), describe=measure, is_shortener=is_shortener))
    return sizes[0], found[0].fetch


def keep_sending(piece: bytes, pause: float, head: bytes = b"") -> Callable[[Request, socket.socket], None]:
    """Sends `head`, then `piece` for ever, until the client has had enough."""

    def answer(request: Request, conn: socket.socket) -> None:
        with contextlib.suppress(OSError):
            conn.sendall(head)
            end = time.monotonic() + 15
            while time.monotonic() < end:
                conn.sendall(piece)
                time.sleep(pause)

    return answer


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("piece", "head"),
    [(b"x", OK), (b"x", b"HTTP/1.1 200 OK\r\nX-Slow: "), (b"", OK), (b"", b"")],
    ids=["body in drops", "head in drops", "silent after the head", "silent"],
)
def test_a_slow_server_is_a_timeout_at_the_deadline(web: Web, scheme: str, piece: bytes, head: bytes) -> None:
    web.serve(f"{scheme}://site.test/page", keep_sending(piece, 0.05, head))
    began = time.monotonic()
    found = web.lead(f"{scheme}://site.test/page", total_timeout=0.4)
    assert (found.status, found.fetch, found.error) == ("pending", "timeout", "timeout")
    assert time.monotonic() - began < 5


def test_a_redirect_with_an_endless_body_is_followed_at_once(web: Web) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n"
    web.serve(PAGE, keep_sending(b"x" * 65536, 0, head))
    web.page("http://site.test/end")
    began = time.monotonic()
    assert web.lead(PAGE).final_url == "http://site.test/end"
    assert time.monotonic() - began < 4


def test_the_total_timeout_covers_all_hops_together(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> bytes:
        time.sleep(0.15)
        return make_response(302, b"", [("Location", request.url + "x")])

    web.serve("http://site.test/*", answer)
    found = web.lead(PAGE, total_timeout=0.5)
    assert (found.fetch, found.error) == ("timeout", "timeout")
    assert 3 <= len(web.asked) <= 4


def test_an_endless_page_is_read_up_to_512_kb(web: Web) -> None:
    web.serve(PAGE, keep_sending(b"x" * 65536, 0, OK))
    assert lead_and_measure(web, PAGE) == (512 * 1024, "ok")


def test_a_gzip_bomb_is_inflated_up_to_512_kb(web: Web) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    web.page(PAGE, bomb, headers=[*HTML, ("Content-Encoding", "gzip")])
    tracemalloc.start()
    try:
        assert lead_and_measure(web, PAGE) == (512 * 1024, "ok")
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip,gzip,gzip"])
def test_an_encoding_that_was_not_requested_is_not_inflated(web: Web, encoding: str) -> None:
    bomb = gzip.compress(gzip.compress(bytes(10_000_000)))
    web.page(PAGE, bomb, headers=[*HTML, ("Content-Encoding", encoding)])
    assert lead_and_measure(web, PAGE) == (0, "ok")


def test_a_gzipped_page_is_read(web: Web) -> None:
    web.page(PAGE, gzip.compress(b"<title>Small</title>"), headers=[*HTML, ("Content-Encoding", "gzip")])
    resource = web.lead(PAGE).resource
    assert resource is not None
    assert resource.title == "Small"


def _flood(request: Request, conn: socket.socket) -> None:
    conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)
    conn.sendall(make_response(200, "<title>x</title>", HTML))


def _send_wide_head(request: Request, conn: socket.socket) -> None:
    conn.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 60000) for n in range(90)))


def _send_long_head(request: Request, conn: socket.socket) -> None:
    conn.sendall(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000 + b"\r\n")


def _send_status_1000(request: Request, conn: socket.socket) -> None:
    conn.sendall(b"HTTP/1.1 1000 Beyond\r\nContent-Length: 0\r\n\r\n")


def _speak_old_http(request: Request, conn: socket.socket) -> None:
    conn.sendall(b"<html>no head at all</html>\n")


def _speak_nonsense(request: Request, conn: socket.socket) -> None:
    conn.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


@pytest.mark.parametrize(
    "answer", [_flood, _send_wide_head, _send_long_head, _send_status_1000, _speak_old_http, _speak_nonsense]
)
def test_what_is_not_http_is_a_bad_response(
    web: Web, answer: Callable[[Request, socket.socket], None]
) -> None:
    web.serve(PAGE, answer)
    found = web.lead(PAGE)
    assert (found.status, found.fetch, found.error) == ("pending", "error", "bad response")


def test_one_100_continue_is_accepted(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> bytes:
        return b"HTTP/1.1 100 Continue\r\n\r\n" + make_response(200, "<title>x</title>", HTML)

    web.serve(PAGE, answer)
    assert web.lead(PAGE).fetch == "ok"


def _reset(request: Request, conn: socket.socket) -> None:
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _hang_up(request: Request, conn: socket.socket) -> None:
    return None


@pytest.mark.parametrize("answer", [_reset, _hang_up])
def test_a_connection_that_breaks_is_tried_again_later(
    web: Web, answer: Callable[[Request, socket.socket], None]
) -> None:
    web.serve(PAGE, answer)
    found = web.lead(PAGE)
    assert (found.status, found.fetch, found.error, found.attempts) == ("pending", "error", "reset", 1)


def test_a_closed_port_is_tried_again_later(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = web.lead(PAGE, connect_to={"site.test:80": f"127.0.0.1:{port}"})
    assert (found.fetch, found.error) == ("error", "connect")


def test_a_body_shorter_than_its_content_length_is_read_as_far_as_it_goes(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> None:
        conn.sendall(make_response(200, "<title>Cut</title>" + " " * 900, HTML)[:-800])

    web.serve(PAGE, answer)
    found = web.lead(PAGE)
    assert found.fetch == "ok"
    assert found.resource is not None
    assert found.resource.title == "Cut"


def test_a_location_of_60_kb_is_not_followed(web: Web) -> None:
    web.redirect(PAGE, "http://site.test/" + "x" * 60_000)
    found = web.lead(PAGE)
    assert (found.status, found.error) == ("invalid", "url too long")
    assert len(repr(found)) < 2000


def test_no_thread_and_no_socket_outlives_a_run(web: Web) -> None:
    web.serve(PAGE, keep_sending(b"", 0.05))
    web.lead(PAGE, total_timeout=0.2)
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("gleanings")]
    assert names == []
