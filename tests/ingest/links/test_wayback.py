"""Snapshots of pages that are gone."""

from __future__ import annotations

from datetime import UTC, datetime

from ingest.links.wayback import find_tweet_time
from record_types.links import Resolution
from tests.ingest.links.loopback import Web

PAGE = "http://site.test/page"
TWEET = 1212092628029698048  # 2019-12-31T19:26:16Z
SNAPSHOT = "https://web.archive.org/web/20191230000000/" + PAGE


def lead_confirmed(web: Web, *, wayback: bool = True, attempts: int = 2) -> Resolution:
    web.page(PAGE, status=404)
    due = {"attempts": attempts, "error": "http 404", "own_tweet_ids": frozenset({TWEET})}
    return web.lead(PAGE, due=due, wayback=wayback)


def test_a_page_confirmed_gone_is_looked_up_at_the_time_of_its_tweet(web: Web) -> None:
    web.redirect(f"https://web.archive.org/web/20191231192616/{PAGE}", SNAPSHOT, status=302)
    found = lead_confirmed(web)
    assert (found.status, found.fetch, found.final_url) == ("resolved", "archived", PAGE)
    assert found.resource is not None
    assert (found.resource.status, found.resource.archive_url) == ("archived", SNAPSHOT)
    assert len(web.asked) == 2


def test_a_page_without_a_snapshot_stays_gone(web: Web) -> None:
    web.page("https://web.archive.org/web/*", status=404)
    found = lead_confirmed(web)
    assert (found.fetch, found.resource and found.resource.archive_url) == ("gone", None)


def test_a_redirect_out_of_the_archive_is_not_a_snapshot(web: Web) -> None:
    web.redirect("https://web.archive.org/web/*", "https://evil.test/web/2019/x", status=302)
    assert lead_confirmed(web).fetch == "gone"


def test_the_archive_is_not_asked_unless_configured(web: Web) -> None:
    web.redirect("https://web.archive.org/web/*", SNAPSHOT)
    assert lead_confirmed(web, wayback=False).fetch == "gone"
    assert len(web.asked) == 1


def test_the_archive_is_not_asked_before_a_page_is_confirmed_gone(web: Web) -> None:
    web.redirect("https://web.archive.org/web/*", SNAPSHOT)
    assert lead_confirmed(web, attempts=1).fetch == "error"
    assert len(web.asked) == 1


def test_a_tweets_time_comes_from_its_id() -> None:
    at = find_tweet_time(frozenset({TWEET, TWEET + 10**15}))
    assert at is not None
    assert at.replace(microsecond=0) == datetime(2019, 12, 31, 19, 26, 16, tzinfo=UTC)


def test_an_id_older_than_snowflakes_contains_no_time() -> None:
    assert find_tweet_time(frozenset({20, 29700859246})) is None
    assert find_tweet_time(frozenset({20, 29700859247})) is not None
    assert find_tweet_time(frozenset()) is None
