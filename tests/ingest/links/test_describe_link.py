"""Link records made from the URL alone."""

from __future__ import annotations

import pytest

from ingest.links.classify import is_shortener, serves_pages
from ingest.links.key import KEY_VERSION
from ingest.links.resource import describe_link
from record_types.links import Link


@pytest.mark.parametrize(
    "url",
    [
        "https://t.co/AbCdEf1234",
        "http://t.co/AbCdEf1234?amp=1",
        "https://T.CO/AbCdEf1234#x",
        "https://t.co/AbCdEf1234/",
    ],
)
def test_a_tco_link_is_its_id(url: str) -> None:
    assert describe_link(url) == Link("t.co/AbCdEf1234", url, "t.co", short=True, status="pending")


def test_ids_that_differ_in_case_are_two_links() -> None:
    assert describe_link("https://t.co/AbCdEf1234").uid != describe_link("https://t.co/abCdEf1234").uid


@pytest.mark.parametrize(
    "url",
    [
        "https://t.co/jnC",
        "https://t.co/",
        "https://t.co/AbCdEf1",
        "https://t.co/AbCdEf12345",
        "https://t.co/a/AbCdEf1234",
        "https://t.co/AbCdEf1234/a",
        "https://[bad",
        "mailto:a@b.test",
        "http://",
        "",
    ],
)
def test_a_url_that_cannot_be_requested_is_invalid(url: str) -> None:
    link = describe_link(url)
    assert (link.status, link.final_url, link.resource) == ("invalid", None, None)


@pytest.mark.parametrize("url", ["https://bit.ly/abc", "https://amzn.to/abc", "https://www.lnkd.in/abc"])
def test_other_short_links_are_pending(url: str) -> None:
    assert describe_link(url) == Link(url, url, describe_link(url).host, short=True, status="pending")


def test_a_short_link_that_names_its_target_is_resolved() -> None:
    link = describe_link("https://youtu.be/dQw4w9WgXcQ")
    assert (link.short, link.status) == (True, "resolved")
    assert link.final_url == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def test_any_other_link_leads_to_its_own_resource() -> None:
    link = describe_link("https://me:secret@WWW.Example.test:8080/a/?utm_source=x#part")
    assert link.uid == link.url == "https://WWW.Example.test:8080/a/?utm_source=x#part"
    assert (link.host, link.short, link.status) == ("www.example.test", False, "resolved")
    assert link.final_url == "https://www.example.test:8080/a/#part"
    assert link.resource is not None
    assert link.resource.uid == "example.test:8080/a"
    assert link.resource.url == "https://www.example.test:8080/a/"
    assert (link.resource.site, link.resource.status) == ("example.test", "pending")
    assert link.resource.uid_version == KEY_VERSION


def test_an_international_host_is_kept_in_ascii() -> None:
    assert describe_link("https://bücher.test/a").host == "xn--bcher-kva.test"


def test_a_tweet_is_a_resource_of_its_own() -> None:
    link = describe_link("https://twitter.com/someone/status/20?s=20")
    assert link.status == "tweet"
    assert link.resource is not None
    assert (link.resource.kind, link.resource.uid) == ("tweet", "x.com/i/status/20")


def test_a_tweets_picture_is_not_a_resource() -> None:
    link = describe_link("https://x.com/someone/status/20/photo/1")
    assert (link.status, link.resource) == ("media", None)


def test_the_target_of_twitters_warning_is_known_but_not_a_resource() -> None:
    link = describe_link(
        "https://twitter.com/safety/unsafe_link_warning?unsafe_link=http%3A%2F%2Fevil.test%2Fa"
    )
    assert (link.status, link.final_url, link.resource) == ("unsafe", "http://evil.test/a", None)


SHORTENERS = """
    a.co adf.ly aka.ms amzn.asia amzn.eu amzn.to apple.co b.link bbc.in bit.do bit.ly bitly.com bl.ink
    buff.ly chng.it cli.re cnb.cx conta.cc cutt.ly db.tt dlvr.it econ.st eepurl.com fb.me fb.watch
    flip.it g.co g.page geni.us git.io go.nature.com goo.gl ht.ly hubs.la hubs.li hubs.ly ift.tt is.gd
    j.mp kck.st kutt.it l8r.it link.medium.com lnk.to lnkd.in lnks.gd loom.ly maps.app.goo.gl mzl.la
    n.pr nyti.ms on.ft.com on.wsj.com ow.ly pca.st po.st protect-au.mimecast.com protect-de.mimecast.com
    protect-eu.mimecast.com protect-us.mimecast.com pwc.to rb.gy rebrand.ly redd.it reut.rs s.id sbne.ws
    shor.by shorturl.at smarturl.it snip.ly spoti.fi spr.ly surl.li t.cn t.co t.ly tcrn.ch ti.me tiny.cc
    tinyurl.com trib.al u.nu url.de.m.mimecastprotect.com url.uk.m.mimecastprotect.com
    url.us.m.mimecastprotect.com urlz.fr v.gd vm.tiktok.com vt.tiktok.com w.wiki wapo.st wp.me wrd.cm
    youtu.be zcu.io zpr.io
"""


@pytest.mark.parametrize("host", [*SHORTENERS.split(), "BIT.LY", "bit.ly.", "www.bit.ly"])
def test_these_hosts_are_shorteners(host: str) -> None:
    assert is_shortener(host)


@pytest.mark.parametrize(
    "host", ["example.test", "twitter.com", "not-bit.ly", "bit.ly.example.test", "at.co", ""]
)
def test_these_hosts_are_not_shorteners(host: str) -> None:
    assert not is_shortener(host)


@pytest.mark.parametrize(
    "host", ["fb.watch", "g.page", "pca.st", "vm.tiktok.com", "vt.tiktok.com", "youtu.be", "WWW.youtu.be."]
)
def test_some_shorteners_show_pages_themselves(host: str) -> None:
    assert serves_pages(host)
    assert not serves_pages("bit.ly")
