"""One response → the next request or the end of the chain, without any network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.links.resolve import LinkChain, discard_try, follow, make_resolution, skip_rest, start_chain, step
from ingest.web.response import HttpResponse
from ingest.web.session import FetchSettings, GuardedSession
from record_types.links import DueLink
from tests.ingest.links.loopback import describe

TCO = "https://t.co/AbCdEf1234"
PAGE = "https://site.test/page"
SETTINGS = FetchSettings()
NOW = datetime(2024, 5, 1, tzinfo=UTC)


def start(url: str = TCO, **due: object) -> LinkChain:
    return start_chain(DueLink(1, url, url.split("/")[2], **due), SETTINGS)  # type: ignore[arg-type]


def redirect(to: str) -> HttpResponse:
    return HttpResponse(301, locations=(to,))


@pytest.mark.parametrize(
    ("location", "url"),
    [
        (PAGE, PAGE),
        ("//other.test/x", "https://other.test/x"),
        ("https://www.google.com/url?q=https%3A%2F%2Fsite.test%2Fpage", PAGE),
    ],
)
def test_a_redirect_leads_to_the_next_request(location: str, url: str) -> None:
    chain = start()
    follow(chain, redirect(location), SETTINGS, short=True)
    assert (chain.url, chain.ending) == (url, None)
    assert chain.hops[0].via == "location"


@pytest.mark.parametrize(
    ("location", "status", "url"),
    [
        ("https://twitter.com/ada/status/20/photo/1", "media", "https://twitter.com/ada/status/20/photo/1"),
        ("https://twitter.com/ada/status/21", "tweet", "https://twitter.com/ada/status/21"),
        ("https://twitter.com/#!/ada/status/20", "self", "https://twitter.com/#!/ada/status/20"),
        (f"https://twitter.com/safety/unsafe_link_warning?unsafe_link={PAGE}", "unsafe", PAGE),
        (f"https://www.linkedin.com/authwall?sessionRedirect={PAGE}", "resolved", PAGE),
        ("ftp://site.test/", "invalid", None),
        (TCO, "loop", None),
    ],
)
def test_some_locations_end_the_chain_without_a_request(location: str, status: str, url: str | None) -> None:
    chain = start(own_tweet_ids=frozenset({20}))
    follow(chain, redirect(location), SETTINGS, short=True)
    assert chain.ending is not None
    assert (chain.ending.status, chain.ending.url) == (status, url)


@pytest.mark.parametrize(
    ("response", "fetch", "error"),
    [
        (HttpResponse(200), "ok", None),
        (HttpResponse(403), "blocked", "http 403"),
        (HttpResponse(404), "error", "http 404"),
        (HttpResponse(503, retry_after="60"), "error", "http 503, wait"),
        (HttpResponse(200, challenged=True), "blocked", "challenge"),
        (HttpResponse(302), "error", "http 302"),
    ],
)
def test_a_response_that_leads_no_further_resolves_the_link(
    response: HttpResponse, fetch: str, error: str | None
) -> None:
    chain = start()
    follow(chain, redirect(PAGE), SETTINGS, short=True)
    follow(chain, response, SETTINGS, short=False)
    found = make_resolution(chain, describe=describe, now=NOW, random=lambda: 0.5)
    assert (found.status, found.final_url, found.fetch, found.error) == ("resolved", PAGE, fetch, error)
    assert (found.due_at is None) == (error is None)


def test_a_shortener_that_blocks_leaves_the_link_pending() -> None:
    chain = start("https://bit.ly/x")
    follow(chain, HttpResponse(403), SETTINGS, short=True)
    found = make_resolution(chain, describe=describe, now=NOW, random=lambda: 0.5)
    assert (found.status, found.fetch, found.due_at) == ("pending", "blocked", NOW + timedelta(days=30))


def test_a_chain_has_at_most_ten_hops() -> None:
    chain = start(PAGE)
    for count in range(20):
        if chain.ending is None:
            follow(chain, redirect(f"/{count}"), SETTINGS, short=False)
    assert chain.ending is not None
    assert (len(chain.hops), chain.ending.status, chain.ending.error) == (10, "loop", "too many hops")


def test_a_discarded_try_changes_nothing() -> None:
    found = discard_try(start(attempts=3, error="dns"), "network down")
    assert (found.status, found.attempts, found.checked_at, found.error) == (
        "pending",
        3,
        None,
        "network down",
    )


@pytest.mark.parametrize(
    ("location", "status", "url"),
    [("ftp://site.test/", "invalid", None), (PAGE, "loop", None), (PAGE + "/moved", None, PAGE + "/moved")],
)
def test_a_resolved_link_stays_resolved_whatever_a_later_try_finds(
    location: str, status: str | None, url: str | None
) -> None:
    chain = start(PAGE, fetch_only=True)
    follow(chain, redirect(location), SETTINGS, short=False)
    if chain.ending is None:
        follow(chain, HttpResponse(404), SETTINGS, short=False)
    assert chain.ending is not None
    found = make_resolution(chain, describe=describe, now=NOW, random=lambda: 0.5)
    assert chain.ending.status == (status or "resolved")
    assert (found.status, found.final_url) == ("resolved", url or PAGE)


def test_a_resolved_link_into_the_readers_network_keeps_its_own_url() -> None:
    chain = start("http://127.0.0.1/x", fetch_only=True)
    session = GuardedSession(SETTINGS)
    step(chain, session, SETTINGS, lambda host: False)
    session.close()
    assert chain.ending is not None
    assert (chain.ending.status, chain.ending.url) == ("invalid", None)
    found = make_resolution(chain, describe=describe, now=NOW, random=lambda: 0.5)
    assert (found.status, found.final_url) == ("resolved", "http://127.0.0.1/x")


def test_a_resolved_link_that_is_not_a_url_keeps_its_text() -> None:
    found = make_resolution(
        start("ftp://site.test/", fetch_only=True), describe=describe, now=NOW, random=lambda: 0.5
    )
    assert (found.status, found.final_url) == ("resolved", "ftp://site.test/")


@pytest.mark.parametrize(
    ("response", "short", "fetch_only", "status", "error"),
    [
        (HttpResponse(404), True, False, "pending", "http 404 at t.co"),
        (HttpResponse(410), True, False, "pending", "http 410 at t.co"),
        (HttpResponse(500), True, False, "pending", "http 500"),
        (HttpResponse(200), True, False, "pending", "no redirect"),
        (HttpResponse(404), True, True, "resolved", "http 404 at t.co"),
    ],
)
def test_an_answer_of_tco_that_leads_nowhere_is_an_error(
    response: HttpResponse, short: bool, fetch_only: bool, status: str, error: str
) -> None:
    chain = start(fetch_only=fetch_only)
    follow(chain, response, SETTINGS, short=short)
    assert chain.ending is not None
    assert (chain.ending.status, chain.ending.error) == (status, error)


@pytest.mark.parametrize(
    ("url", "short", "status", "fetch"),
    [
        ("https://bit.ly/x", True, "pending", "error"),  # a warning or an advertisement
        ("https://youtu.be/dQw4w9WgXcQ", True, "resolved", "ok"),  # shows the video itself
        (PAGE, False, "resolved", "ok"),
    ],
)
def test_a_page_of_a_shortener_is_not_a_target_unless_it_serves_pages(
    url: str, short: bool, status: str, fetch: str
) -> None:
    chain = start(url)
    follow(chain, HttpResponse(200), SETTINGS, short=short)
    assert chain.ending is not None
    assert (chain.ending.status, chain.ending.fetch) == (status, fetch)


@pytest.mark.parametrize(
    ("known", "url", "fetch_only", "status", "checked"),
    [
        (True, PAGE, False, "resolved", True),
        (False, PAGE, False, "pending", False),
        (True, TCO, False, "pending", False),  # nothing beyond the link itself
        (True, PAGE, True, "resolved", False),
    ],
)
def test_a_link_that_is_not_followed_to_its_end_keeps_a_known_target(
    known: bool, url: str, fetch_only: bool, status: str, checked: bool
) -> None:
    chain = start(fetch_only=fetch_only, attempts=2, error="dns")
    if url != TCO:
        follow(chain, redirect(url), SETTINGS, short=True)
    found = skip_rest(chain, "out of time", known=known, describe=describe, now=NOW)
    assert (found.status, found.checked_at is not None, found.attempts) == (status, checked, 2)
    assert found.error == ("dns" if checked else "out of time")
    assert (found.final_url, found.due_at) == ((PAGE, NOW + timedelta(days=1)) if checked else (None, None))
