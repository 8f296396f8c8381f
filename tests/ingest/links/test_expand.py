"""Runs over many links: rate limits, outages, budgets, what is yielded and when."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from ingest.links.expand import expand_links
from record_types.errors import InputError
from record_types.links import DueLink
from tests.ingest.links.loopback import Request, Web, describe, is_shortener, make_response

HTML = [("Content-Type", "text/html")]


def make_due(urls: list[str]) -> list[DueLink]:
    return [DueLink(number, url, url.split("/")[2]) for number, url in enumerate(urls)]


def test_one_bad_link_never_stops_the_rest(web: Web) -> None:
    web.page("http://site.test/a")
    urls = ["http://[::1/x", "http://site.test/a", "http://10.0.0.1/", "https://nowhere.invalid/x"]
    found = web.expand(*make_due(urls))
    assert [resolution.status for resolution in found] == ["invalid", "resolved", "invalid", "pending"]


def test_resolutions_come_while_other_links_are_still_requested(web: Web) -> None:
    gate = threading.Event()

    def answer(request: Request, conn: socket.socket) -> bytes:
        gate.wait(5)
        return make_response(200, "", HTML)

    web.serve("http://slow.test/", answer)
    web.page("http://quick.test/")
    due = make_due(["http://slow.test/", "http://quick.test/"])
    run = expand_links(due, web.settings(), describe=describe, is_shortener=is_shortener)
    assert next(run).link_id == 1
    gate.set()
    assert [resolution.link_id for resolution in run] == [0]


def test_a_slow_host_does_not_hold_up_the_others(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> bytes:
        time.sleep(0.2)
        return make_response(200, "", HTML)

    web.serve("http://slow.test/*", answer)
    for number in range(40):
        web.page(f"http://h{number}.test/")
    urls = [f"http://slow.test/{n}" for n in range(12)] + [f"http://h{n}.test/" for n in range(40)]
    run = expand_links(make_due(urls), web.settings(workers=4), describe=describe, is_shortener=is_shortener)
    order = [resolution.link_id for resolution in run]
    last_quick = max(order.index(number) for number in range(12, 52))
    assert last_quick < 45


def test_a_rate_limit_holds_for_the_target_of_redirects_too(web: Web) -> None:
    flying, most, lock = Counter[str](), Counter[str](), threading.Lock()

    def answer(request: Request, conn: socket.socket) -> bytes:
        host = request.headers["host"]
        with lock:
            flying[host] += 1
            most[host] = max(most[host], flying[host])
        time.sleep(0.03)
        with lock:
            flying[host] -= 1
        to = f"http://page.test/{request.url[-1]}"
        return make_response(301, b"", [("Location", to)]) if host == "t.co" else make_response(200, "", HTML)

    web.serve("https://t.co/*", answer)
    web.serve("http://page.test/*", answer)
    web.expand(*make_due([f"https://t.co/abcDEF123{n}" for n in range(10)]), workers=10)
    assert most == {"t.co": 8, "page.test": 2}


def test_tco_has_its_own_rate_limit(web: Web) -> None:
    times: list[float] = []

    def answer(request: Request, conn: socket.socket) -> bytes:
        times.append(time.monotonic())
        return make_response(301, b"", [("Location", "https://x.com/a/status/12345")])

    web.serve("https://t.co/*", answer)
    web.expand(*make_due([f"https://t.co/abcDEF123{n}" for n in range(6)]), tco_gap=0.1)
    assert times[-1] - times[0] >= 0.45


def test_a_host_that_blocks_five_times_is_skipped(web: Web) -> None:
    web.page("http://block.test/*", status=403)
    found = web.expand(*make_due([f"http://block.test/{n}" for n in range(12)]), per_host=1)
    assert len(web.asked) == 5
    told = [resolution for resolution in found if resolution.checked_at is None]
    assert len(told) == 7
    assert {(r.error, r.attempts, r.due_at) for r in told} == {("host skipped", 0, None)}


def test_links_that_lead_to_a_skipped_host_keep_what_is_known(web: Web) -> None:
    web.page("http://block.test/*", status=403)
    links = [web.tco(f"abcDEF{n:04}", f"http://block.test/{n}") for n in range(12)]
    found = web.expand(*make_due(links), per_host=1, workers=1)
    assert {(r.status, r.final_url) for r in found} == {
        ("resolved", f"http://block.test/{n}") for n in range(12)
    }
    assert Counter(r.fetch for r in found) == {"blocked": 5, "pending": 7}
    assert all(r.due_at is not None and r.checked_at is not None for r in found)


def test_a_host_that_asks_for_a_long_pause_is_skipped_at_once(web: Web) -> None:
    web.page("http://busy.test/*", status=429, headers=[("Retry-After", "3600")])
    found = web.expand(*make_due([f"http://busy.test/{n}" for n in range(6)]), per_host=1)
    assert len(web.asked) == 1
    assert [r.checked_at is None for r in found].count(True) == 5


@pytest.mark.parametrize("status", [404, 500, 403, 200])
def test_nothing_is_recorded_as_a_failure_while_tco_is_down(web: Web, status: int) -> None:
    links = [web.tco(f"abcDEF{n:04}", "https://x.com/a/status/12345") for n in range(14)]
    web.page("https://t.co/out*", status=status)
    links += [f"https://t.co/out{n:05}" for n in range(10)]
    found = web.expand(*make_due(links), tco_in_flight=1)
    assert Counter(r.status for r in found) == {"tweet": 14, "pending": 10}
    held = [r for r in found if r.status == "pending" and r.error == "t.co down"]
    assert all((r.checked_at, r.attempts, r.due_at) == (None, 0, None) for r in held)
    assert len(held) + [r.error for r in found].count("host skipped") == 10


def test_a_few_dead_links_are_not_an_outage(web: Web) -> None:
    links = [web.tco(f"abcDEF{n:04}", "https://x.com/a/status/12345") for n in range(16)]
    web.page("https://t.co/out*", status=404)
    found = web.expand(*make_due([*links, *(f"https://t.co/out{n:05}" for n in range(6))]))
    assert [r.error for r in found].count("http 404 at t.co") == 6


def test_links_that_are_dead_again_are_not_an_outage(web: Web) -> None:
    web.page("https://t.co/*", status=404)
    due = [
        DueLink(n, f"https://t.co/out{n:05}", "t.co", attempts=3, error="http 404 at t.co") for n in range(25)
    ]
    assert {r.status for r in web.expand(*due)} == {"gone"}


def test_a_run_ends_when_its_time_is_up_and_keeps_its_results(web: Web) -> None:
    web.page("http://site.test/*")
    began = time.monotonic()
    found = web.expand(
        *make_due([f"http://site.test/{n}" for n in range(50)]), host_gap=0.05, max_seconds=0.3
    )
    assert time.monotonic() - began < 2.5
    assert 1 <= len(found) <= 8


def test_a_stop_finishes_what_is_in_flight(web: Web) -> None:
    stop = threading.Event()

    def answer(request: Request, conn: socket.socket) -> bytes:
        stop.set()
        time.sleep(0.1)
        return make_response(200, "", HTML)

    web.serve("http://site.test/*", answer)
    due = make_due([f"http://site.test/{n}" for n in range(50)])
    run = expand_links(due, web.settings(), describe=describe, is_shortener=is_shortener, stop=stop)
    assert [r.fetch for r in run] == ["ok"] * len(web.asked)
    assert 1 <= len(web.asked) <= 2


def test_closing_the_iterator_ends_the_run(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> bytes:
        web.stopped.wait(3)
        return b""

    web.page("http://quick.test/")
    web.serve("http://slow.test/*", answer)
    due = make_due(["http://quick.test/", "http://slow.test/1", "http://slow.test/2"])
    run = expand_links(due, web.settings(), describe=describe, is_shortener=is_shortener)
    next(run)
    began = time.monotonic()
    run.close()
    assert time.monotonic() - began < 2.5


def test_a_bug_in_a_worker_is_raised_with_its_traceback(web: Web) -> None:
    web.page("http://site.test/*")

    def describe_badly(*_: object) -> None:
        raise ZeroDivisionError

    due = make_due([f"http://site.test/{n}" for n in range(5)])
    with pytest.raises(ZeroDivisionError):
        list(expand_links(due, web.settings(), describe=describe_badly, is_shortener=is_shortener))  # type: ignore[arg-type]


def test_a_run_without_links_yields_nothing(web: Web) -> None:
    assert web.expand() == []


def test_a_missing_certificate_bundle_is_an_input_error(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(InputError, match="REQUESTS_CA_BUNDLE"):
        web.expand()


def test_the_clock_and_the_randomness_are_arguments(web: Web) -> None:
    web.page("http://site.test/", status=500)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    run = expand_links(
        make_due(["http://site.test/"]),
        web.settings(),
        describe=describe,
        is_shortener=is_shortener,
        now=lambda: now,
        random=lambda: 0.0,
    )
    found = next(run)
    assert (found.checked_at, found.due_at) == (now, datetime(2026, 1, 1, 0, 48, tzinfo=UTC))
