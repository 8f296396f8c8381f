"""The two states of a link after a few mocked answers (docs/links.md, Two states)."""

from __future__ import annotations

import pytest
import responses

from ingest.links.expand import expand_links
from ingest.web.session import FetchSettings
from record_types.links import DueLink, Resolution
from tests.ingest.links.loopback import describe, is_shortener

QUICK = FetchSettings(host_gap=0, tco_gap=0, workers=1)
TCO = "https://t.co/AbCdEf1234"


def lead(
    *answers: tuple[str, int, dict[str, str], str], attempts: int = 0, error: str | None = None
) -> Resolution:
    """What becomes of the link when these URLs give these answers."""
    with responses.RequestsMock() as web:
        for url, status, headers, body in answers:
            web.get(url, status=status, headers=headers, body=body, content_type="text/html")
        due = [DueLink(1, TCO, "t.co", attempts=attempts, error=error)]
        found = expand_links(due, QUICK, describe=describe, is_shortener=is_shortener, random=lambda: 0.5)
        (final,) = [each for each in found if not each.underway]
    return final


def redirect(url: str, to: str) -> tuple[str, int, dict[str, str], str]:
    return (url, 301, {"Location": to}, "")


PAGE = "https://site.test/page"


def test_a_short_link_in_a_chain_is_resolved_where_it_lands() -> None:
    found = lead(
        redirect(TCO, "https://bit.ly/x"), redirect("https://bit.ly/x", PAGE), (PAGE, 200, {}, "<p>")
    )
    assert (found.status, found.fetch, found.final_url) == ("resolved", "ok", PAGE)
    assert [hop.status for hop in found.hops] == [301, 301, 200]


@pytest.mark.parametrize(
    ("status", "fetch"), [(403, "blocked"), (999, "blocked"), (404, "error"), (500, "error"), (200, "ok")]
)
def test_the_expansion_is_known_whatever_the_status_of_the_page(status: int, fetch: str) -> None:
    found = lead(redirect(TCO, PAGE), (PAGE, status, {}, "<p>words"))
    assert (found.status, found.fetch, found.final_url) == ("resolved", fetch, PAGE)


def test_a_tweets_picture_is_recognised_without_a_request() -> None:
    found = lead(redirect(TCO, "https://twitter.com/ada/status/1480000000000000001/photo/1"))
    assert (found.status, found.due_at, found.attempts) == ("media", None, 0)


@pytest.mark.parametrize(("attempts", "status"), [(0, "pending"), (2, "pending"), (3, "gone")])
def test_a_404_at_tco_is_final_after_three_waits(attempts: int, status: str) -> None:
    error = "http 404 at t.co" if attempts else None
    found = lead((TCO, 404, {}, ""), attempts=attempts, error=error)
    assert (found.status, found.due_at is None) == (status, status == "gone")
