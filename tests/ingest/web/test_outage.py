"""A network that is down counts against no link; a dead host is given up in the end."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.web.outage import TcoGuard, has_way_out, hold_unanswered, is_network_out
from record_types.links import DueLink, Resolution
from tests.ingest.links.loopback import Request, Web, make_response

NOBODY = "127.0.0.1:9"
"""A port of loopback where nobody listens."""


def make_due(*urls: str) -> list[DueLink]:
    return [DueLink(number, url, url.split("/")[2]) for number, url in enumerate(urls)]


# the rule

CASES = [
    # silent since the last answer, somebody answered in the run, a way out is found → the network was out
    (["a.test"], False, True, False, "one dead host alone"),
    (["a.test", "b.test"], False, True, False, "two dead hosts alone"),
    (["a.test"], False, False, True, "wifi is off, and one host was due"),
    (["a.test", "b.test"], False, False, True, "wifi is off, and two were"),
    (["a.test", "b.test", "c.test"], False, True, True, "three at once are not a coincidence"),
    (["t.co"], False, True, True, "t.co is always there"),
    (["a.test", "pbs.twimg.com"], False, True, True, "so are the pictures of tweets"),
    (["a.test"], True, True, False, "a dead host that failed last"),
    (["a.test", "b.test", "c.test"], True, True, False, "dead hosts, the slowest of a run"),
    (["t.co"], True, True, False, "t.co alone is down: its own guard tells"),
    (["a.test"], True, False, True, "wifi went off at the end of a run"),
    ([], True, False, False, "nobody was silent"),
    ([], False, False, False, "nobody was asked"),
]


@pytest.mark.parametrize(
    ("silent", "has_answer", "finds_way", "is_out"),
    [case[:4] for case in CASES],
    ids=[case[4] for case in CASES],
)
def test_an_outage_is_judged_by_who_was_silent(
    silent: list[str], has_answer: bool, finds_way: bool, is_out: bool
) -> None:
    assert is_network_out(silent, has_answer, lambda: finds_way) is is_out


def test_the_network_is_probed_only_if_that_decides() -> None:
    def look() -> bool:
        raise AssertionError

    assert not is_network_out([], True, look)
    assert is_network_out(["a.test", "b.test", "c.test"], False, look)


@dataclass(frozen=True)
class Asked:
    """The hosts that an invented run asked for one link, and whether the result was discarded."""

    hosts: tuple[tuple[str, bool], ...]
    discarded: bool = False


def hold(finished: Sequence[Asked], finds_way: bool) -> list[Asked]:
    held = hold_unanswered(
        finished,
        list_requested=lambda done: done.hosts,
        discard=lambda done, _: Asked(done.hosts, discarded=True),
        has_way_out=lambda: finds_way,
    )
    return list(held)


ASKED = st.lists(st.tuples(st.sampled_from(["t.co", "a", "b", "c", "d"]), st.booleans()), max_size=3)


@given(st.lists(ASKED.map(lambda hosts: Asked(tuple(hosts)))), st.booleans())
def test_every_result_comes_once_and_only_trailing_silence_is_discarded(
    finished: list[Asked], finds_way: bool
) -> None:
    found = hold(finished, finds_way)
    assert sorted(done.hosts for done in found) == sorted(done.hosts for done in finished)
    forgotten = [done.hosts for done in found if done.discarded]
    last = max((n for n, done in enumerate(finished) if done.hosts and done.hosts[-1][1]), default=-1)
    silent = [done.hosts for done in finished[last + 1 :] if done.hosts and not done.hosts[-1][1]]
    assert forgotten in ([], silent)
    assert finds_way or forgotten == silent


# whole runs


def summarize(found: list[Resolution]) -> list[tuple[str | None, bool, int]]:
    return [(each.error, each.checked_at is not None, each.attempts) for each in found]


@pytest.mark.parametrize("is_online", [True, False])
def test_a_dead_network_counts_against_no_link(web: Web, is_online: bool) -> None:
    found = web.expand(*make_due(*(f"https://h{n}.invalid/" for n in range(4))), is_online=is_online)
    assert summarize(found) == [("network down", False, 0)] * 4


@pytest.mark.parametrize(("host", "error"), [("nowhere.invalid", "dns"), ("closed.test", "connect")])
def test_one_host_without_a_network_is_not_tried_and_with_one_it_is(web: Web, host: str, error: str) -> None:
    due = make_due(f"https://{host}/x")
    reach = {"closed.test:443": NOBODY}
    assert summarize(web.expand(*due, connect_to=reach)) == [(error, True, 1)]
    assert summarize(web.expand(*due, connect_to=reach, is_online=False)) == [("network down", False, 0)]


def test_a_dead_host_alone_is_given_up_in_the_end(web: Web) -> None:
    link, tries = make_due("https://nowhere.invalid/x")[0], 0
    while True:
        found = web.expand(link)[0]
        tries += 1
        if found.due_at is None:
            break
        link = DueLink(link.id, link.url, link.host, found.attempts, error=found.error)
    assert (tries, found.status, found.fetch) == (5, "gone", "gone")


def test_a_run_without_a_network_keeps_earlier_counts(web: Web) -> None:
    due = DueLink(1, "https://nowhere.invalid/x", "nowhere.invalid", attempts=3, error="dns")
    assert summarize(web.expand(due, is_online=False)) == [("network down", False, 3)]


def test_dead_names_among_answers_count_as_failures(web: Web) -> None:
    web.page("http://site.test/")
    found = web.expand(*make_due(*(f"https://h{n}.invalid/" for n in range(4)), "http://site.test/"))
    assert [each.error for each in found] == ["dns"] * 4 + [None]


def test_a_network_that_goes_down_in_the_middle_counts_against_no_link_that_came_after(web: Web) -> None:
    web.page("http://site.test/")
    due = make_due(
        "https://before.invalid/", "http://site.test/", *(f"https://a{n}.invalid/" for n in range(4))
    )
    found = web.expand(*due, is_online=False, workers=1)
    assert [each.error for each in found] == ["dns", None, *["network down"] * 4]


def test_a_short_link_resolved_before_the_network_went_down_is_kept(web: Web) -> None:
    link = web.tco("abcDEF1234", "http://page.invalid/x")
    run = web.run(*make_due(link), is_online=False)
    early, last = list(run)
    assert (early.underway, early.status, early.final_url) == (True, "resolved", "http://page.invalid/x")
    assert (last.error, last.checked_at) == ("network down", None)


def test_a_private_address_is_refused_without_a_network(web: Web) -> None:
    found = web.expand(*make_due("http://10.0.0.1/", "http://[::1]/"), is_online=False)
    assert {each.status for each in found} == {"invalid"}


def test_a_failure_is_reported_as_soon_as_some_host_answers(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> bytes:
        time.sleep(0.2)
        return make_response(200, "", [("Content-Type", "text/html")])

    web.serve("http://slow.test/*", answer)
    due = make_due("https://nowhere.invalid/", "http://slow.test/1", "http://slow.test/2")
    assert [each.link_id for each in web.run(*due, per_host=1)] == [0, 1, 2]


# the way out


def test_an_unknown_name_is_not_a_way_out() -> None:
    assert not has_way_out({}, ["nowhere.invalid"])


def test_a_name_with_a_private_address_is_not_a_way_out() -> None:
    assert not has_way_out({}, ["localhost"])


def test_an_address_without_a_route_is_not_a_way_out() -> None:
    assert not has_way_out({("a.test", 443): ("255.255.255.255", 443)}, ["a.test"])


def test_one_name_that_can_be_reached_is_enough_and_nothing_is_sent_to_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as witness:
        witness.bind(("127.0.0.1", 0))
        witness.settimeout(0.05)
        reach = {("a.test", 443): ("127.0.0.1", int(witness.getsockname()[1]))}
        assert has_way_out(reach, ["nowhere.invalid", "a.test"])
        with pytest.raises(TimeoutError):
            witness.recv(1)


def test_a_probed_name_follows_connect_to(web: Web) -> None:
    due = make_due("https://nowhere.invalid/x")
    sent = web.settings(connect_to={"t.co:443": NOBODY})
    assert summarize(list(web.run(*due, settings=sent, is_online=None))) == [("dns", True, 1)]


@pytest.mark.parametrize(
    ("asked", "failed", "is_out"),
    [(19, 19, False), (20, 6, False), (20, 7, True), (30, 9, False), (30, 10, True)],
)
def test_tco_is_out_if_many_answers_are_not_redirects(asked: int, failed: int, is_out: bool) -> None:
    guard = TcoGuard()
    for number in range(asked):
        guard.count(number >= failed, expected=False)
    guard.count(False, expected=True)
    assert (guard.asked, guard.failed, guard.is_out) == (asked, failed, is_out)
    guard.is_skipped = True
    assert guard.is_out
