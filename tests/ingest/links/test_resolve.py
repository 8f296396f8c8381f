"""One response → the next request or the end of the chain, without any network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.links.resolve import LinkChain, discard_try, follow, make_resolution, start_chain
from ingest.web.response import HttpResponse
from ingest.web.session import FetchSettings
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
