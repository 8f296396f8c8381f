"""URLs that name their target (docs/links.md, Classifying)."""

from __future__ import annotations

import pytest

from ingest.links.classify import find_walled, find_warned, find_wrapped, is_wall

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
