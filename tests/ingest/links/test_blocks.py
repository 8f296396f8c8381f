"""What becomes of a link if its server refuses, fails or shows a bad certificate (docs/links.md)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import trustme

from tests.ingest.links.loopback import Web

PAGE = "https://site.test/page"


@pytest.mark.parametrize("status", [401, 402, 403, 407, 451, 999])
def test_a_refusal_at_the_end_is_a_complete_expansion(web: Web, status: int) -> None:
    web.page(PAGE, "<title>Sign in</title>", status=status)
    found = web.lead(web.tco("abcDEF1234", PAGE))
    assert (found.status, found.fetch, found.final_url) == ("resolved", "blocked", PAGE)
    assert (found.error, found.http_status, found.attempts) == (f"http {status}", status, 1)
    assert found.resource is not None
    assert (found.resource.status, found.resource.title) == ("blocked", None)
    assert found.due_at is not None
    assert timedelta(days=29) < found.due_at - datetime.now(UTC) < timedelta(days=31)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_broken_server_is_tried_again_within_the_hour(web: Web, status: int) -> None:
    web.page(PAGE, status=status)
    found = web.lead(web.tco("abcDEF1234", PAGE))
    assert (found.status, found.fetch, found.error) == ("resolved", "error", f"http {status}")
    assert found.due_at is not None
    assert found.due_at - datetime.now(UTC) <= timedelta(hours=1)


def test_a_missing_page_is_gone_after_two_confirmations(web: Web) -> None:
    web.page(PAGE, status=404)
    link = web.tco("abcDEF1234", PAGE)
    first = web.lead(link)
    assert (first.status, first.fetch, first.attempts, first.error) == ("resolved", "error", 1, "http 404")
    second = web.lead(link, due={"attempts": first.attempts, "error": first.error})
    assert (second.fetch, second.attempts) == ("error", 2)
    third = web.lead(link, due={"attempts": second.attempts, "error": second.error})
    assert (third.status, third.fetch, third.attempts, third.due_at) == ("resolved", "gone", 0, None)
    assert third.resource is not None
    assert third.resource.status == "gone"


def test_a_404_after_timeouts_is_not_a_confirmation(web: Web) -> None:
    web.page(PAGE, status=404)
    found = web.lead(PAGE, due={"attempts": 5, "error": "timeout"})
    assert (found.fetch, found.attempts) == ("error", 1)


def test_a_404_at_tco_is_gone_after_three_confirmations(web: Web) -> None:
    web.page("https://t.co/abcDEF1234", status=404)
    found = web.lead("https://t.co/abcDEF1234")
    assert (found.status, found.fetch, found.final_url) == ("pending", "error", None)
    assert (found.error, found.attempts) == ("http 404 at t.co", 1)
    last = web.lead("https://t.co/abcDEF1234", due={"attempts": 3, "error": "http 404 at t.co"})
    assert (last.status, last.fetch, last.due_at, last.resource) == ("gone", "gone", None, None)


def test_a_tco_page_without_a_redirect_is_not_a_destination(web: Web) -> None:
    web.page("https://t.co/abcDEF1234", "<title>Hotel wifi: please log in</title>")
    found = web.lead("https://t.co/abcDEF1234")
    assert (found.status, found.error, found.resource) == ("pending", "no redirect", None)


@pytest.mark.parametrize("short", ["https://goo.gl/x1", "https://bit.ly/x1", "https://lnkd.in/x1"])
def test_a_shorteners_own_page_is_not_a_destination(web: Web, short: str) -> None:
    web.page(short, '<title>This link ends soon</title><a href="https://example.test/">more</a>')
    found = web.lead(web.tco("abcDEF1234", short))
    assert (found.status, found.error, found.resource) == ("pending", "no redirect", None)


def test_a_video_at_a_short_host_is_a_destination(web: Web) -> None:
    web.page("https://pca.st/x1", "<title>Episode 1</title>")
    found = web.lead(web.tco("abcDEF1234", "https://pca.st/x1"))
    assert (found.status, found.fetch) == ("resolved", "ok")


def test_linkedins_page_before_a_target_is_skipped(web: Web) -> None:
    page = (
        '<title>LinkedIn</title><script>track("external_url_click")</script>'
        '<a href="https://www.linkedin.com/help">help</a><a class="b"'
        ' data-tracking-control-name="external_url_click" href="https://example.test/a?b=1&amp;c=2">go</a>'
    )
    web.page("https://lnkd.in/x1", page)
    web.page("https://example.test/a?b=1&c=2", "<title>A target</title>")
    found = web.lead(web.tco("abcDEF1234", "https://lnkd.in/x1"))
    assert (found.status, found.fetch, found.final_url) == (
        "resolved",
        "ok",
        "https://example.test/a?b=1&c=2",
    )


def test_a_blocking_shortener_leaves_the_link_pending(web: Web) -> None:
    web.page("https://bit.ly/x", status=403)
    found = web.lead(web.tco("abcDEF1234", "https://bit.ly/x"))
    assert (found.status, found.fetch, found.final_url) == ("pending", "blocked", "https://bit.ly/x")


def test_a_request_to_wait_counts_only_from_the_third_time(web: Web) -> None:
    web.page(PAGE, status=429, headers=[("Retry-After", "7200")])
    first = web.lead(PAGE)
    assert (first.fetch, first.attempts, first.error) == ("blocked", 0, "http 429")
    assert first.due_at is not None
    assert timedelta(seconds=7100) < first.due_at - datetime.now(UTC) <= timedelta(seconds=7200)
    second = web.lead(PAGE, due={"error": first.error})
    third = web.lead(PAGE, due={"error": second.error})
    assert (second.attempts, second.error, third.attempts, third.error) == (
        0,
        "http 429 x2",
        1,
        "http 429 x3",
    )


@pytest.mark.parametrize("retry_after", ["soon", "", "-5", "Thu, 99 Foo 2026", "1e9", "１２"])
def test_an_invalid_retry_after_means_an_hour(web: Web, retry_after: str) -> None:
    web.page(PAGE, status=429, headers=[("Retry-After", retry_after.encode())])
    due_at = web.lead(PAGE).due_at
    assert due_at is not None
    assert timedelta(minutes=59) < due_at - datetime.now(UTC) <= timedelta(hours=1)


def test_a_503_is_a_request_to_wait_only_with_retry_after(web: Web) -> None:
    web.page(PAGE, status=503, headers=[("Retry-After", "1000000000")])
    asked_to_wait = web.lead(PAGE)
    assert (asked_to_wait.attempts, asked_to_wait.error) == (0, "http 503, wait")
    assert asked_to_wait.due_at is not None
    assert asked_to_wait.due_at - datetime.now(UTC) <= timedelta(days=1)
    web.page(PAGE, status=503)
    assert web.lead(PAGE).attempts == 1


def test_a_challenge_is_a_block_whatever_its_status(web: Web) -> None:
    web.page(PAGE, "<title>x</title>", status=200, headers=[("cf-mitigated", "challenge")])
    found = web.lead(PAGE)
    assert (found.fetch, found.error) == ("blocked", "challenge")


def test_just_a_moment_with_200_is_a_block_without_a_title(web: Web) -> None:
    web.page(PAGE, "<title>Just a moment...</title>")
    found = web.lead(PAGE)
    assert (found.status, found.fetch, found.error, found.attempts) == ("resolved", "blocked", "wall", 1)
    assert found.resource is not None
    assert (found.resource.status, found.resource.title) == ("blocked", None)


def test_a_block_is_given_up_and_stays_blocked(web: Web) -> None:
    web.page(PAGE, status=403)
    found = web.lead(PAGE, due={"attempts": 2, "error": "http 403"})
    assert (found.status, found.fetch, found.attempts, found.due_at) == ("resolved", "blocked", 0, None)


def _show_wrong_host(web: Web) -> None:
    web.certify("site.test", web.ca.issue_cert("other.test"))


def _show_expired(web: Web) -> None:
    web.expire("site.test")


def _show_untrusted(web: Web) -> None:
    web.certify("site.test", trustme.CA().issue_cert("site.test"))


@pytest.mark.parametrize("show", [_show_wrong_host, _show_expired, _show_untrusted])
def test_a_bad_certificate_is_never_ignored(web: Web, show: object) -> None:
    web.page(PAGE)
    assert callable(show)
    show(web)
    found = web.lead(PAGE, due={"fetch_only": True})
    assert (found.status, found.fetch, found.error, found.final_url) == ("resolved", "tls", "tls", PAGE)
    assert web.asked == []


def test_a_dead_host_behind_tco_is_resolved_and_retried(web: Web) -> None:
    found = web.lead(web.tco("abcDEF1234", "https://nowhere.invalid/x"))
    assert (found.status, found.fetch, found.error) == ("resolved", "dns", "dns")
    assert found.final_url == "https://nowhere.invalid/x"
    last = web.lead("https://t.co/abcDEF1234", due={"attempts": 4, "error": "dns"})
    assert (last.status, last.fetch, last.due_at) == ("resolved", "gone", None)


def test_a_resolved_link_never_becomes_unresolved(web: Web) -> None:
    web.redirect("https://site.test/a", "https://site.test/a")
    web.redirect("https://site.test/b", "http://blog.test:abc/")
    web.page("https://bit.ly/c", status=500)
    for url in ("https://site.test/a", "https://site.test/b", "https://bit.ly/c", "https://nowhere.invalid/"):
        found = web.lead(url, due={"fetch_only": True})
        assert (found.status, found.final_url) == ("resolved", url)


def test_a_body_that_is_not_text_is_not_read(web: Web) -> None:
    web.page(PAGE, b"%PDF" + b"x" * 100_000, headers=[("Content-Type", "application/pdf")])
    found = web.lead(PAGE)
    assert (found.status, found.fetch) == ("resolved", "ok")
