"""URLs that name their target (docs/links.md, Classifying)."""

from __future__ import annotations

import pytest

from ingest.links.classify import (
    classify_url,
    find_status_id,
    find_unsafe_target,
    find_walled,
    find_warned,
    find_wrapped,
    is_wall,
)

TARGET = "https://news.test/a?b=1"
QUOTED = "https%3A%2F%2Fnews.test%2Fa%3Fb%3D1"


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.google.com/url?q={QUOTED}&sa=D",
        f"https://www.google.co.uk/url?sa=t&url={QUOTED}",
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
        f"https://lm.facebook.com/l.php?u={QUOTED}",
        f"https://www.linkedin.com/redir/redirect?url={QUOTED}&urlhash=x",
        f"https://www.youtube.com/redirect?event=video&q={QUOTED}",
        f"https://out.reddit.com/t3_a?url={QUOTED}&token=x",
        f"https://duckduckgo.com/l/?kh=-1&uddg={QUOTED}",
        f"https://t.umblr.com/redirect?z={QUOTED}&t=x",
        f"https://m.vk.com/away?to={QUOTED}",
        f"https://l.messenger.com/l.php?u={QUOTED}",
        f"https://medium.com/r/?url={QUOTED}",
        f"https://href.li/?{TARGET}",
        f"https://anon.to/?{QUOTED}",
        "https://urldefense.com/v3/__https://news.test/a*b=1__;Pw!!abc!def$",
        "https://urldefense.com/v3/__https:/news.test/a**A=1__;P2I=!!abc!def$",
        "https://urldefense.com/v3/__https://news.test/**A*=1__;YT9i!!abc!def$",
        "https://urldefense.proofpoint.com/v2/url?d=DwMFaQ&u=https-3A__news.test_a-3Fb-3D1&c=x",
        f"https://urldefense.proofpoint.com/v1/url?u={QUOTED}&k=x",
        "https://urldefense.us/v3/__https://news.test/a?b=1__;!!x",
        "https://www.bing.com/ck/a?!&&p=x&u=a1aHR0cHM6Ly9uZXdzLnRlc3QvYT9iPTE&ntb=1",
        f"https://disq.us/url?url={QUOTED}%3AJ9wQ1kFAbc_d-Efgh12345&cuid=1",
        f"https://disq.us/?url={QUOTED}&cuid=1",
        f"https://www.facebook.com/flx/warn/?u={QUOTED}&h=x",
        f"https://l.instagram.com/?u={QUOTED}&e=x",
        f"https://plus.url.google.com/url?q={QUOTED}",
        f"https://translate.google.com/translate?sl=de&tl=en&u={QUOTED}",
        f"https://link.juejin.cn/?target={QUOTED}",
        f"https://x.com/i/redirect?url={QUOTED}&t=x",
        f"https://www.deviantart.com/users/outgoing?{TARGET}",
        f"https://linkprotect.cudasvc.com/url?a={QUOTED}&c=E,1,x&typo=1",
        f"https://secure-web.cisco.com/1aB-x/{QUOTED}",
        f"https://r.search.yahoo.com/_ylt=x/RV=2/RE=1/RO=10/RU={QUOTED}/RK=2/RS=x-",
        "https://news-test.cdn.ampproject.org/c/s/news.test/a?b=1",
        "https://cdn.ampproject.org/v/s/news.test/a?b=1",
        "https://www.google.com/amp/s/news.test/a?b=1",
    ],
)
def test_a_wrapper_names_its_target(url: str) -> None:
    assert find_wrapped(url) == TARGET


WRAPPERS = """
    www.google.com/url?q google.com/url?url www.google.de/url?q www.google.co.uk/url?q google.com.br/url?q
    l.facebook.com/l.php?u lm.messenger.com/l.php?u l.instagram.com?u l.wl.co/l?u linkedin.com/redir?url
    de.linkedin.com/redir/a?url www.linkedin.com/safety/go?url www.linkedin.com/safety/go/?url
    safelinks.protection.outlook.com/?url eur01.safelinks.protection.outlook.com/a?url
    outlook.office.com/mail/safelink.html?url outlook.office365.com/mail/safelink.html?url
    out.reddit.com/?url duckduckgo.com/l?uddg html.duckduckgo.com/l/?uddg lite.duckduckgo.com/l/?uddg
    slack-redir.net/link?url t.umblr.com/redirect?z tumblr.com/redirect?z www.tumblr.com/redirect?z
    vk.com/away?to m.vk.com/away.php?to away.vk.com/away.php?to go.bsky.app/redirect?u medium.com/r/?url
    link.zhihu.com/?target link.juejin.cn?target link.csdn.net/?target douban.com/link2?url
    www.douban.com/link2/?url jianshu.com/go-wild?url www.jianshu.com/go-wild?url exit.sc/?url gate.sc?url
    facebook.com/flx/warn?u www.facebook.com/flx/warn/?u news.url.google.com/url?q plus.url.google.com/url?url
    translate.google.com/website?u translate.google/translate?u translate.google.co.uk/translate?u
    translate.google.de/translate?u twitter.com/i/redirect?url x.com/i/redirect?url
    pinterest.com/offsite?url www.pinterest.co.uk/offsite/?url quora.com/_/redirect?url
    www.quora.com/_/redirect?url t.me/iv?url evernote.com/OutboundRedirect.action?dest
    www.evernote.com/OutboundRedirect.action?dest linkprotect.cudasvc.com/url?a clicktime.symantec.com/a?u
    scanmail.trustwave.com?u scanmail.trustwave.com/?u go.redirectingat.com/?url go.skimresources.com?url
    redirect.viglink.com/?u awin1.com/cread.php?ued www.awin1.com/cread.php?p
    click.linksynergy.com/deeplink?murl statics.teams.cdn.office.net/a/safelinks.html?url
    urldefense.com/v1/url?u urldefense.proofpoint.com/v1/url?u l.threads.net/?u l.threads.com?u
    getpocket.com/redirect?url steamcommunity.com/linkfilter?u steamcommunity.com/linkfilter/?url
    youtube.com/redirect?q www.youtube.com/redirect?q m.youtube.com/redirect?q
"""


@pytest.mark.parametrize("wrapper", WRAPPERS.split())
def test_each_wrapper_has_a_place_and_a_parameter_of_its_own(wrapper: str) -> None:
    assert find_wrapped(f"https://{wrapper}={QUOTED}") == TARGET
    assert find_wrapped(f"https://x_{wrapper}={QUOTED}") is None
    assert find_wrapped(f"https://{wrapper}x={QUOTED}") is None


@pytest.mark.parametrize(
    "place",
    [
        "href.li", "www.href.li/", "anon.to", "dereferer.me/", "dereferer.org", "www.nullrefer.com",
        "DeviantArt.com/users/outgoing",
    ],
)  # fmt: skip
def test_the_whole_query_of_a_dereferrer_is_the_target(place: str) -> None:
    assert find_wrapped(f"http://{place}?{TARGET}") == find_wrapped(f"http://{place}?{QUOTED}") == TARGET
    assert find_wrapped(f"http://{place}?") is None


@pytest.mark.parametrize("place", ["secure-web.cisco.com/1a/", "outgoing.prod.webservices.mozgcp.net/v1/ab/"])
def test_a_target_may_be_in_the_path(place: str) -> None:
    assert find_wrapped(f"https://{place}{QUOTED}") == TARGET
    assert find_wrapped(f"https://{place}{TARGET}#a") == TARGET


@pytest.mark.parametrize(
    ("host", "is_twitters"),
    [
        *[(host, True) for host in (
            "twitter.com", "www.twitter.com", "mobile.twitter.com", "m.twitter.com", "x.com", "www.x.com",
            "mobile.x.com", "m.x.com", "xcancel.com", "nitter.com", "twstalker.com", "twiiit.com",
            "vxtwitter.com", "d.fxtwitter.com", "fixvx.com", "fixupx.com", "twittpr.com", "nitter.net",
            "nitter.a.b-1.example", "a-1.nitter.net",
        )],
        ("developer.x.com", False), ("netflix.com", False), ("nitter.a.b.c.d", False),
        ("a_b.nitter.net", False), ("abcdefg.fxtwitter.com", False), ("nitter", False),
    ],
)  # fmt: skip
def test_twitter_and_its_mirrors_show_tweets(host: str, is_twitters: bool) -> None:
    assert classify_url(f"https://{host}/ada/status/20") == ("tweet" if is_twitters else None)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ada/status/20", 20), ("/@ada/statuses/20", 20), ("/i/status/20", 20), ("/i/web/status/20", 20),
        ("/#!/ada/status/20", 20), ("/ada/status/20/photo/1", 20), ("/ada/status/20/likes", 20),
        (f"/{'a' * 30}/status/{'1' * 19}", int("1" * 19)), (f"/{'a' * 31}/status/20", None),
        (f"/ada/status/{'1' * 20}", None), ("/ada/status/a", None), ("/ada/lists/20", None),
    ],
)  # fmt: skip
def test_a_status_is_in_the_path(path: str, status: int | None) -> None:
    assert find_status_id(f"https://x.com{path}") == status
    assert find_status_id(f"ftp://x.com{path}") is None


@pytest.mark.parametrize(
    "host",
    [
        "twitter.com",
        "www.twitter.com",
        "mobile.twitter.com",
        "m.twitter.com",
        "x.com",
        "www.x.com",
        "mobile.x.com",
    ],
)
def test_each_of_twitters_hosts_warns_about_links(host: str) -> None:
    assert find_unsafe_target(f"https://{host}/safety/unsafe_link_warning/?unsafe_link={QUOTED}") == TARGET
    assert find_unsafe_target(f"https://{host}/safety?unsafe_link={QUOTED}") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url",
        f"https://www.google.com/search?q={QUOTED}",
        f"https://google.com.evil.test/url?q={QUOTED}",
        f"https://notgoogle.com/url?q={QUOTED}",
        f"https://www.youtube.com/watch?q={QUOTED}",
        "https://www.google.com/a/s/news.test/x",
        "https://cdn.ampproject.org/v0.js",
        "https://blog.test/c/s/news.test/a",
        "http://[::1/",
        "https://href.li/?javascript:alert(1)",
        "https://href.li.evil.test/?https://news.test/",
        "https://urldefense.com/v3/__file:///etc/passwd__;!!x",
        "https://urldefense.com/v3/__https://news.test/*__;gICA!!x",
        "https://www.bing.com/ck/a?u=a1amF2YXNjcmlwdDphbGVydCgxKQ",
        "https://www.bing.com/ck/a?u=a1gICA",
        "https://www.bing.com/search?u=a1aHR0cHM6Ly9uZXdzLnRlc3QvYT9iPTE",
        "https://disq.us/p/2abc",
        "https://protect-us.mimecast.com/s/AbCd?domain=news.test",
        f"https://www.deviantart.com/who/art/x?{TARGET}",
        "https://x.com/who/status/1?url=https://news.test/",
    ],
)
def test_other_urls_have_no_target(url: str) -> None:
    assert find_wrapped(url) is None
    assert not is_wall(url)
    assert find_warned(url) is None


@pytest.mark.parametrize(
    "url",
    [
        f"https://medium.com/m/global-identity?redirectUrl={QUOTED}",
        f"https://who.medium.com/m/signin?redirect={QUOTED}",
        f"https://linkedin.com/authwall?sessionRedirect={QUOTED}",
        f"https://consent.google.co.uk/a/b?continue={QUOTED}",
        f"https://myaccount.nytimes.com/?URI={QUOTED}",
        f"https://medium.com/m/global-identity-2?redirectUrl={QUOTED}",
        f"https://www.linkedin.com/authwall?trk=x&sessionRedirect={QUOTED}",
        f"https://consent.youtube.com/m?continue={QUOTED}&gl=DE",
        f"https://myaccount.nytimes.com/auth/login?response_type=cookie&redirect_uri={QUOTED}",
    ],
)
def test_a_wall_names_the_page_behind_it(url: str) -> None:
    assert is_wall(url)
    assert find_walled(url) == TARGET


def test_a_wall_without_a_target_is_still_a_wall() -> None:
    assert is_wall("https://www.linkedin.com/authwall")
    assert find_walled("https://www.linkedin.com/authwall") is None


def test_another_page_of_the_site_is_not_a_wall() -> None:
    assert not is_wall("https://medium.com/@who/a-story-1234")
    assert not is_wall("https://www.linkedin.com/in/who")
    assert not is_wall("https://www.nytimes.com/2026/01/01/story.html")


def test_a_shorteners_warning_names_its_target() -> None:
    assert find_warned(f"https://bitly.com/a/warning?url={QUOTED}&hash=x") == TARGET
    assert find_warned(f"https://bit.ly/a/warning?url={QUOTED}") == TARGET
