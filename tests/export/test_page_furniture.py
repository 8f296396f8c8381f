"""Links that lead to nothing to read: footnotes, forms, profiles, navigation."""

from __future__ import annotations

import pytest

from export.page_furniture import is_never
from record_types.library import ReadLink


@pytest.mark.parametrize(
    ("address", "never"),
    [
        ("a.example/tides", False),
        ("a.example/login", True),
        ("a.example/tides/share", True),
        ("a.example/tides#fn1", True),
        ("a.example/tides#cite_note-3", True),
        ("a.example/tides#heading", False),
        ("a.example/tides?action=edit", True),
        ("a.example/tides?action=read", False),
        ("a.example/tides?mode=edit", False),
        ("en.wiki.example/wiki/Help:Tides", True),
        ("en.wiki.example/wiki/Tides", False),
        ("home.example/wiki/Tides", True),
        ("home.example/tides", False),
        ("medium.example/@ada", True),
        ("medium.example/@ada/tides", False),
        ("github.com", True),
        ("github.com/ada", True),
        ("github.com/ada/tides", False),
        ("www.github.com/ada", True),
        ("m.facebook.com/ada", True),
        ("bsky.app/profile/ada", True),
        ("bsky.app/profile/ada/post/1", False),
        ("gumroad.com", True),
        ("gumroad.com/tides", False),
        ("reddit.com", False),
        ("reddit.com/r/tides", True),
        ("reddit.com/r/tides/comments", False),
        ("linkedin.com", True),
        ("youtube.com/watch", False),
        ("youtube.com/channel/ada", True),
        ("youtube.com/c/ada", True),
        ("youtube.com/@ada", True),
        ("youtube.com/@ada/videos", True),
        ("youtube.com", False),
        ("google.com/search", True),
        ("google.com/maps", False),
        ("a.example/search", False),
        ("wa.me/123", True),
        ("[broken", True),
    ],
)
def test_an_address_of_furniture_is_never_recommended(address: str, never: bool) -> None:
    link = ReadLink(f"https://{address}", "resolved", False)
    assert is_never(link, "https://home.example/page") == never
    redirected = ReadLink("https://t.co/a", "resolved", True, final_url=f"https://{address}")
    assert is_never(redirected, "https://home.example/page") == never


@pytest.mark.parametrize(
    ("label", "never"),
    [("[12]", True), ("note 3", True), ("b", True), ("1:02:33", True), ("Tides", False), ("12 tides", False)],
)
def test_a_footnote_or_a_time_is_never_recommended(label: str, never: bool) -> None:
    assert is_never(ReadLink("https://a.example/tides", "resolved", False, label)) == never


def test_a_short_link_that_is_not_resolved_may_lead_to_something() -> None:
    assert not is_never(ReadLink("https://wa.me/1", "pending", True))
    assert is_never(ReadLink("https://wa.me/1", "pending", False))
    assert is_never(ReadLink("https://wa.me/1", "resolved", True))
