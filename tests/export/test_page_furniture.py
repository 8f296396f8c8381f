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


FORMS = "signup sign-up signin sign-in login log-in logout register"
MORE_FORMS = "subscribe unsubscribe join share sharer intent edit checkout cart upgrade donate account"
OWN_PAGES = "accounts preferences settings invite waitlist giveaway privacy terms cookies sponsor"
HOSTS = {
    0: "gumroad.com",
    1: "twitter.com x.com instagram.com facebook.com tiktok.com github.com threads.net t.me patreon.com"
    " ko-fi.com linktr.ee medium.com dev.to producthunt.com discord.gg buymeacoffee.com twitch.tv",
    2: "bsky.app reddit.com linkedin.com discord.com calendly.com",
}


def test_every_form_and_every_hosts_profiles_are_known() -> None:
    def lead_nowhere(*addresses: str) -> set[bool]:
        return {is_never(ReadLink(f"https://{each}", "resolved", False)) for each in addresses}

    for words in (FORMS, MORE_FORMS, OWN_PAGES):
        assert lead_nowhere(*(f"a.example/{word}" for word in words.split())) == {True}
    for depth, hosts in HOSTS.items():
        assert lead_nowhere(*(host + "/a" * depth for host in hosts.split())) == {True}
        assert lead_nowhere(*(host + "/a" * (depth + 1) for host in hosts.split())) == {False}
    assert lead_nowhere("addtoany.com/a", "getpocket.com/a", "archive.is/a", "wa.me/a") == {True}
    assert lead_nowhere("google.com/search", "duckduckgo.com/search", "bing.com/search") == {True}


@pytest.mark.parametrize(
    ("label", "never"),
    [
        ("[12]", True),
        ("note 3", True),
        ("note", True),
        ("(source?)", True),
        ("[edit]", True),
        ("b", True),
        ("1:02:33", True),
        ("Tides", False),
        ("12 tides", False),
    ],
)
def test_a_footnote_or_a_time_is_never_recommended(label: str, never: bool) -> None:
    assert is_never(ReadLink("https://a.example/tides", "resolved", False, label)) == never


def test_a_short_link_that_is_not_resolved_may_lead_to_something() -> None:
    assert not is_never(ReadLink("https://wa.me/1", "pending", True))
    assert is_never(ReadLink("https://wa.me/1", "pending", False))
    assert is_never(ReadLink("https://wa.me/1", "resolved", True))
