"""Pictures fetched over a real web on loopback: what is kept, refused and tried again."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.pictures.fetch import fetch_pictures
from ingest.web.session import FetchSettings
from record_types.links import DuePicture, PictureCopy, PictureTry
from tests.ingest.links.loopback import Request, Web, make_response
from tests.ingest.pictures.samples import AVIF, GIF, HTML, JPEG, PNG, SVG, WEBP, make_png, show

NOW = datetime(2022, 2, 1, tzinfo=UTC)


class Shelf:
    """Keeps copies in memory."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def keep(self, body: bytes, content_type: str) -> PictureCopy:
        self.bodies.append(body)
        return PictureCopy("kept", hashlib.sha256(body).hexdigest(), content_type, len(body))


def fetch(
    web: Web, *due: DuePicture, shelf: Shelf | None = None, is_online: bool = True, **changes: Any
) -> list[PictureTry]:
    settings = web.settings(**{"max_body": 100_000, **changes})
    keep = (shelf or Shelf()).keep
    found = fetch_pictures(
        due, settings, keep=keep, now=lambda: NOW, random=lambda: 0.5, is_online=lambda: is_online
    )
    return sorted(found, key=lambda each: each.picture_id)


def fetch_one(web: Web, url: str, **changes: Any) -> PictureTry:
    return fetch(web, DuePicture(1, url), **changes)[0]


def later(found: PictureTry) -> timedelta | None:
    return found.due_at - NOW if found.due_at else None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (AVIF, "image/avif"),
    ],
)
def test_a_picture_is_kept_whole_with_its_real_content_type(web: Web, body: bytes, content_type: str) -> None:
    show(web, "https://img.test/a", body, content_type="text/plain")
    shelf = Shelf()
    found = fetch_one(web, "https://img.test/a", shelf=shelf)
    assert (found.status, found.error, found.http_status, found.due_at) == ("ok", None, 200, None)
    assert found.copy == PictureCopy("kept", hashlib.sha256(body).hexdigest(), content_type, len(body))
    assert shelf.bodies == [body]


def test_the_request_accepts_pictures_and_has_an_honest_user_agent(web: Web) -> None:
    show(web, "https://img.test/a", PNG)
    fetch_one(web, "https://img.test/a", user_agent="gleanings/1")
    headers = web.asked[0].headers
    assert headers["accept"].startswith("image/")
    assert (headers["user-agent"], headers["accept-encoding"]) == ("gleanings/1", "identity")


def test_a_large_picture_arrives_whole_in_many_packets(web: Web) -> None:
    body = make_png(size=90_000)
    show(web, "https://img.test/a", body)
    shelf = Shelf()
    fetch_one(web, "https://img.test/a", shelf=shelf)
    assert shelf.bodies == [body]


def test_redirects_are_followed_to_the_picture(web: Web) -> None:
    web.redirect("http://img.test/a", "https://cdn.test/b")
    web.redirect("https://cdn.test/b", "/c", status=302)
    show(web, "https://cdn.test/c", PNG)
    assert fetch_one(web, "http://img.test/a").status == "ok"
    assert web.asked_urls == ["http://img.test/a", "https://cdn.test/b", "https://cdn.test/c"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:{port}",
        "localhost:{port}",
        "169.254.169.254",
        "10.0.0.1",
        "[::1]:{port}",
        "2130706433:{port}",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(web: Web, host: str, scheme: str) -> None:
    port = web.port if scheme == "http" else web.tls_port
    web.redirect("https://img.test/a", f"{scheme}://{host.format(port=port)}/secret.png")
    found = fetch_one(web, "https://img.test/a")
    assert (found.status, found.error, found.copy) == ("skipped", "refused: private address", None)
    assert web.asked_urls == ["https://img.test/a"]
    assert (found.due_at is None) == ("localhost" not in host)  # a name may be elsewhere tomorrow


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://img.test/a.png", "data:image/png;base64,AA", "http://[x/"]
)
def test_a_redirect_away_from_the_web_is_refused(web: Web, to: str) -> None:
    web.redirect("https://img.test/a", to)
    found = fetch_one(web, "https://img.test/a")
    assert (found.status, found.due_at, found.copy) == ("skipped", None, None)


def test_a_url_outside_the_web_is_never_requested(web: Web) -> None:
    found = fetch(
        web, DuePicture(1, "ftp://img.test/a"), DuePicture(2, "http://user@"), DuePicture(3, "../a.png")
    )
    assert {each.status for each in found} == {"skipped"}
    assert web.asked == []


def test_a_loop_of_redirects_ends(web: Web) -> None:
    web.redirect("https://img.test/a", "https://img.test/b")
    web.redirect("https://img.test/b", "https://img.test/a")
    found = fetch_one(web, "https://img.test/a")
    assert (found.status, found.error, found.due_at) == ("error", "loop", None)


def test_a_picture_with_too_large_a_content_length_is_not_read(web: Web) -> None:
    show(web, "https://img.test/a", make_png(size=2_000_000))
    found = fetch_one(web, "https://img.test/a")
    assert (found.status, found.error, found.due_at) == ("skipped", "refused: too large", None)


def test_an_endless_picture_is_cut_off(web: Web) -> None:
    sent = 0

    def pour(request: Request, conn: socket.socket) -> None:
        nonlocal sent
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + PNG)
        while sent < 50_000_000:
            conn.sendall(b"x" * 10_000)
            sent += 10_000

    web.serve("https://img.test/a", pour)
    found = fetch_one(web, "https://img.test/a")
    assert (found.status, found.error, found.copy) == ("skipped", "refused: too large", None)
    assert sent < 20_000_000


def test_a_picture_of_exactly_the_maximum_size_is_kept(web: Web) -> None:
    show(web, "https://img.test/a", PNG)
    assert fetch_one(web, "https://img.test/a", max_body=len(PNG)).status == "ok"
    assert fetch_one(web, "https://img.test/a", max_body=len(PNG) - 1).error == "refused: too large"


def test_a_compressed_bomb_is_cut_off(web: Web) -> None:
    bomb = gzip.compress(PNG + b"\0" * 30_000_000)
    web.page(
        "https://img.test/a", bomb, headers=[("Content-Encoding", "gzip"), ("Content-Type", "image/png")]
    )
    assert fetch_one(web, "https://img.test/a").error == "refused: too large"


def test_an_svg_is_refused_whatever_its_content_type(web: Web) -> None:
    show(web, "https://img.test/a", SVG, content_type="image/png")
    found = fetch_one(web, "https://img.test/a")
    assert (found.status, found.error, found.due_at, found.copy) == ("skipped", "refused: svg", None, None)


def test_a_page_instead_of_a_picture_is_not_kept(web: Web) -> None:
    show(web, "https://img.test/a", HTML, content_type="image/png")
    found = fetch_one(web, "https://img.test/a")
    assert (found.status, found.error, found.copy) == ("blocked", "not a picture", None)
    assert later(found) == timedelta(days=30)


def test_half_a_picture_is_not_kept(web: Web) -> None:
    def break_off(request: Request, conn: socket.socket) -> None:
        conn.sendall(make_response(200, make_png(size=50_000), [("Content-Type", "image/png")])[:20_000])

    web.serve("https://img.test/a", break_off)
    show(web, "https://img.test/b", PNG)
    found = fetch(web, DuePicture(1, "https://img.test/a"), DuePicture(2, "https://img.test/b"))
    assert [(each.status, each.error) for each in found] == [("error", "bad response"), ("ok", None)]
    assert later(found[0]) == timedelta(hours=1)


def test_a_partial_response_is_not_kept(web: Web) -> None:
    show(web, "https://img.test/a", PNG, status=206)
    assert fetch_one(web, "https://img.test/a").status == "blocked"


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_picture_is_gone_after_two_confirmations(web: Web, status: int) -> None:
    show(web, "https://img.test/a", b"", status=status)
    due, waits = DuePicture(1, "https://img.test/a"), []
    for _ in range(3):
        found = fetch(web, due)[0]
        waits.append(later(found))
        due = DuePicture(1, due.url, found.attempts, found.error)
    assert waits == [timedelta(days=1), timedelta(days=7), None]
    assert (found.status, found.error) == ("gone", f"http {status}")


@pytest.mark.parametrize(
    ("status", "fetch_status", "wait"),
    [
        (500, "error", timedelta(hours=1)),
        (502, "error", timedelta(hours=1)),
        (408, "error", timedelta(hours=1)),
        (403, "blocked", timedelta(days=30)),
        (401, "blocked", timedelta(days=30)),
        (429, "blocked", timedelta(hours=1)),
    ],
)
def test_failures_follow_the_retry_table_of_links(
    web: Web, status: int, fetch_status: str, wait: timedelta
) -> None:
    show(web, "https://img.test/a", b"", status=status)
    found = fetch_one(web, "https://img.test/a")
    assert (found.status, found.error, later(found)) == (fetch_status, f"http {status}", wait)


def test_a_failure_after_the_last_wait_is_given_up(web: Web) -> None:
    show(web, "https://img.test/a", b"", status=500)
    found = fetch(web, DuePicture(1, "https://img.test/a", attempts=6, error="http 500"))[0]
    assert (found.status, found.attempts, found.due_at) == ("error", 0, None)


def test_a_silent_server_is_a_timeout_within_its_time(web: Web) -> None:
    def drip(request: Request, conn: socket.socket) -> None:
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9000\r\n\r\n" + PNG)
        for _ in range(100):
            conn.sendall(b"x")
            time.sleep(0.1)

    web.serve("https://slow.test/a", drip)
    show(web, "https://img.test/b", PNG)
    began = time.monotonic()
    due = (DuePicture(1, "https://slow.test/a"), DuePicture(2, "https://img.test/b"))
    found = fetch(web, *due, total_timeout=0.7)
    assert time.monotonic() - began < 4
    assert [(each.status, each.error) for each in found] == [("timeout", "timeout"), ("ok", None)]


def test_without_a_network_nothing_is_learned(web: Web) -> None:
    hosts = ["a.test", "b.test", "c.test"]
    nobody = {f"{host}:443": "127.0.0.1:9" for host in hosts}  # a port where nobody listens
    due = [DuePicture(number, f"https://{host}/x.png") for number, host in enumerate(hosts)]
    found = fetch(web, *due, connect_to=nobody)
    assert [(each.checked_at, each.error) for each in found] == [(None, "network down")] * 3


def test_the_host_of_most_pictures_alone_proves_an_outage(web: Web) -> None:
    nobody = {"pbs.twimg.com:443": "127.0.0.1:9"}
    found = fetch(web, DuePicture(1, "https://pbs.twimg.com/media/A.jpg"), connect_to=nobody)
    assert found[0].checked_at is None


@pytest.mark.parametrize(("is_online", "error"), [(True, "connect"), (False, "network down")])
def test_one_silent_host_is_dead_only_if_the_network_is_up(web: Web, is_online: bool, error: str) -> None:
    nobody = {"dead.test:443": "127.0.0.1:9"}
    found = fetch(web, DuePicture(1, "https://dead.test/a"), connect_to=nobody, is_online=is_online)
    assert found[0].error == error
    assert (found[0].checked_at is not None, found[0].attempts) == (is_online, int(is_online))


def test_a_url_that_is_always_refused_is_refused_without_a_network(web: Web) -> None:
    due = (DuePicture(1, "https://10.0.0.1/a"), DuePicture(2, "ftp://img.test/a"))
    found = fetch(web, *due, is_online=False)
    assert [each.error for each in found] == ["refused: private address", "refused: scheme"]


def test_one_dead_host_among_others_counts_as_a_failure(web: Web) -> None:
    show(web, "https://img.test/a", PNG)
    reach = {**web.connect_to, "dead.test:443": "127.0.0.1:9"}
    due = (DuePicture(1, "https://dead.test/x.png"), DuePicture(2, "https://img.test/a"))
    found = fetch(web, *due, connect_to=reach)
    assert [(each.status, each.error) for each in found] == [("error", "connect"), ("ok", None)]


def test_a_host_that_refuses_everything_is_skipped(web: Web) -> None:
    show(web, "https://img.test/*", b"", status=403)
    due = [DuePicture(number, f"https://img.test/{number}") for number in range(30)]
    found = fetch(web, *due, per_host=1, workers=1)
    assert len(web.asked) == 5
    assert sum(each.error == "host skipped" for each in found) == 25
    assert all(each.checked_at is None for each in found if each.error == "host skipped")


@pytest.mark.parametrize(("per_host", "workers", "allowed"), [(2, 20, 2), (20, 20, 8), (20, 3, 3)])
def test_no_more_requests_are_made_at_a_time_than_allowed(
    web: Web, per_host: int, workers: int, allowed: int
) -> None:
    at_once = most = 0
    lock, full = threading.Lock(), threading.Event()

    def count(request: Request, conn: socket.socket) -> bytes:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
            if most >= allowed:
                full.set()
        full.wait(5)
        time.sleep(0.02)
        with lock:
            at_once -= 1
        return make_response(200, PNG)

    web.serve("https://img.test/*", count)
    due = [DuePicture(number, f"https://img.test/{number}") for number in range(20)]
    fetch(web, *due, per_host=per_host, workers=workers)
    assert most == allowed


def test_a_stop_leaves_the_rest_for_the_next_run(web: Web) -> None:
    show(web, "https://img.test/*", PNG)
    stop = threading.Event()
    due = [DuePicture(number, f"https://img.test/{number}") for number in range(200)]

    def take(settings: FetchSettings) -> Iterable[PictureTry]:
        for found in fetch_pictures(due, settings, keep=Shelf().keep, stop=stop):
            stop.set()
            yield found

    taken = list(take(web.settings(max_body=1000, workers=2)))
    assert 0 < len(taken) < 100
    assert len(taken) == len(web.asked)
