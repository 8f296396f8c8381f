"""How far a chain of redirects goes, and what its last response counts as."""

from __future__ import annotations

import pytest

from ingest.web.redirect_chain import (
    MAX_URL,
    BadURLError,
    RedirectChain,
    find_host,
    judge_failure,
    judge_response,
    list_requested,
    read_location,
    read_url,
    repair_header,
)
from ingest.web.response import HttpResponse
from ingest.web.session import FetchError, FetchSettings, GuardedSession
from record_types.links import Hop


@pytest.mark.parametrize(
    ("before", "after", "is_downgrade"),
    [
        ("https://a.example/", "http://b.example/", True),
        ("https://a.example/", "https://b.example/", False),
        ("http://a.example/", "http://b.example/", False),
        ("http://a.example/", "https://b.example/", False),
    ],
)
def test_only_a_step_from_https_to_http_is_a_downgrade(before: str, after: str, is_downgrade: bool) -> None:
    chain = RedirectChain(hops=[Hop(before)])
    assert chain.move_to(after, 10) is None
    assert chain.hops == [Hop(before, downgrade=is_downgrade)]
    assert (chain.url, chain.host) == (after, "b.example")


def test_a_chain_ends_at_a_url_it_knows_or_after_the_last_hop() -> None:
    chain = RedirectChain()
    assert chain.move_to("https://a.example/#one", 1) is None
    assert chain.move_to("https://a.example/#two", 1) == "loop"
    chain.cookies.set("a", "b", domain="a.example", path="/")
    assert chain.move_to("https://a.example/", 1) is None
    chain.hops.append(Hop(chain.url))
    assert chain.move_to("https://b.example/", 1) == "too many hops"
    assert chain.url == "https://a.example/"


def test_time_spent_is_no_longer_left_for_the_next_request() -> None:
    chain = RedirectChain(url="http://127.0.0.1/")
    session = GuardedSession(FetchSettings(), uses_tls=False)
    for number in (1, 2):
        spent = chain.spent
        with pytest.raises(FetchError):
            chain.request(session, 5)
        assert chain.spent > spent
        assert chain.hops == [Hop("http://127.0.0.1/")] * number
    chain.spent = 6
    with pytest.raises(FetchError, match="timeout"):
        chain.request(session, 5)
    session.close()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTPS://me:pw@A.example", "https://a.example/"),
        ("../c", "https://b.example/c#base"),
        ("../c#own", "https://b.example/c#own"),
        ("//d.example", "https://d.example/#base"),
    ],
)
def test_a_target_may_be_relative(text: str, url: str) -> None:
    base = None if ":" in text else "https://b.example/x/y#base"
    assert read_url(text, base) == url


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ftp://a.example/", "refused: scheme"),
        ("a", "bad url"),
        ("https://a.example/" + "b" * (MAX_URL - 17), "url too long"),
        ("https://a.example/" + "é" * (MAX_URL - 100), "url too long"),
    ],
)
def test_what_cannot_be_followed_is_named(text: str, kind: str) -> None:
    with pytest.raises(BadURLError) as error:
        read_url(text)
    assert error.value.kind == kind
    assert len(read_url("https://a.example/" + "b" * (MAX_URL - 18))) == MAX_URL


def test_the_first_location_that_is_not_blank_counts() -> None:
    assert read_location([" ", " /a ", "/b"], "https://a.example/") == "https://a.example/a"
    assert read_location([""], "https://a.example/") is None
    assert read_location([], "https://a.example/") is None
    assert repair_header("caf\xc3\xa9") == "café"
    assert repair_header("caf\xe9") == "caf\xe9"
    assert repair_header("茶") == "茶"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example:8443/b:c", "a.example"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("http://a.example?b", "a.example"),
        ("ftp://a.example/", ""),
    ],
)
def test_a_host_has_no_port(url: str, host: str) -> None:
    assert find_host(url) == host


def test_only_hops_with_a_request_count() -> None:
    hops = [
        Hop("https://a.example/", 301, "location"),
        Hop("https://b.example/", None, "wrapper"),
        Hop("https://c.example/", None, "wall"),
        Hop("https://d.example/"),
    ]
    assert list_requested(hops) == [("a.example", True), ("d.example", False)]


@pytest.mark.parametrize(
    ("status", "retry_after", "is_challenged", "verdict"),
    [
        (200, None, False, ("ok", None)),
        (299, None, False, ("ok", None)),
        (199, None, False, ("error", "http 199")),
        (300, None, False, ("error", "http 300")),
        (200, None, True, ("blocked", "challenge")),
        (503, "5", False, ("error", "http 503, wait")),
        (503, None, False, ("error", "http 503")),
        (502, "5", False, ("error", "http 502")),
        *((code, None, False, ("blocked", f"http {code}")) for code in (401, 402, 403, 407, 429, 451, 999)),
        (404, None, False, ("error", "http 404")),
    ],
)
def test_a_response_is_judged_by_its_status(
    status: int, retry_after: str | None, is_challenged: bool, verdict: tuple[str, str | None]
) -> None:
    response = HttpResponse(status, retry_after=retry_after, challenged=is_challenged)
    assert judge_response(response) == verdict


def test_a_failure_is_judged_by_its_kind() -> None:
    assert [judge_failure(kind) for kind in ("dns", "tls", "timeout", "connection")] == [
        "dns", "tls", "timeout", "error",
    ]  # fmt: skip
