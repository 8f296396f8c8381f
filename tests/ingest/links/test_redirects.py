"""Where links lead, over a real web on loopback (docs/links.md, Resolving)."""

from __future__ import annotations

import socket

import pytest

from record_types.links import DueLink, Hop
from tests.ingest.links.loopback import Request, Web, make_response


def test_a_tco_link_leads_to_its_page(web: Web) -> None:
    web.page("https://news.test/story", "<title>The story</title>")
    found = web.lead(web.tco("abcDEF1234", "https://news.test/story"))
    assert (found.status, found.fetch, found.final_url) == ("resolved", "ok", "https://news.test/story")
    assert (found.http_status, found.attempts, found.due_at, found.error) == (200, 0, None, None)
    assert found.resource is not None
    assert found.resource.title == "The story"
    assert found.hops == (
        Hop("https://t.co/abcDEF1234", 301, "location"),
        Hop("https://news.test/story", 200),
    )


def test_a_tco_link_leads_to_its_page_for_a_browser_too(web: Web) -> None:
    web.page("https://news.test/story?a=1&b=2")
    link = web.tco("abcDEF1234", "https://news.test/story?a=1&b=2")
    found = web.lead(link, user_agent="Mozilla/5.0 (not what we send)")
    assert found.final_url == "https://news.test/story?a=1&b=2"
    assert found.hops[0] == Hop(link, 200, "meta")


def test_every_request_has_an_honest_user_agent(web: Web) -> None:
    web.page("https://news.test/")
    web.lead("https://news.test/", user_agent="gleanings/1 (+https://pypi.org/project/gleanings/)")
    assert web.asked[0].headers["user-agent"] == "gleanings/1 (+https://pypi.org/project/gleanings/)"


def test_a_chain_of_shorteners_is_followed_to_its_end(web: Web) -> None:
    web.redirect("https://bit.ly/x", "https://buff.ly/y")
    web.redirect("https://buff.ly/y", "http://feeds.test/z")
    web.redirect("http://feeds.test/z", "https://news.test/end", status=307)
    web.page("https://news.test/end")
    found = web.lead(web.tco("abcDEF1234", "https://bit.ly/x"))
    assert found.final_url == "https://news.test/end"
    assert [hop.status for hop in found.hops] == [301, 301, 301, 307, 200]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(web: Web, status: int) -> None:
    web.redirect("http://old.test/a", "/b", status=status)
    web.page("http://old.test/b")
    assert web.lead("http://old.test/a").final_url == "http://old.test/b"


@pytest.mark.parametrize(
    ("location", "landed"),
    [
        (b"../x", "http://old.test/a/x"),
        (b"//other.test/p", "http://other.test/p"),
        (b"?z=1", "http://old.test/a/b/c?z=1"),
        (b"  /with blanks  ", "http://old.test/with%20blanks"),
        ("/für".encode(), "http://old.test/f%C3%BCr"),
        (b"/f\xfcr", "http://old.test/f%C3%BCr"),
        (b"http://old.test\\back", "http://old.test/back"),
        (b"HTTP://OTHER.test:80/P", "http://other.test/P"),
        (b"http://user:pw@other.test/p", "http://other.test/p"),
        ("http://bücher.test/".encode(), "http://xn--bcher-kva.test/"),
    ],
)
def test_a_location_is_parsed_like_in_a_browser(web: Web, location: bytes, landed: str) -> None:
    web.redirect("http://old.test/a/b/c", location)
    web.page(landed)
    found = web.lead("http://old.test/a/b/c")
    assert (found.final_url, found.fetch) == (landed, "ok")


def test_the_first_of_two_locations_counts(web: Web) -> None:
    web.page("http://old.test/", b"", status=302, headers=[("Location", "/a"), ("Location", "/b")])
    web.page("http://old.test/a")
    assert web.lead("http://old.test/").final_url == "http://old.test/a"


def test_a_fragment_is_inherited_until_another_replaces_it(web: Web) -> None:
    web.redirect("http://old.test/a", "/b")
    web.redirect("http://old.test/b", "/c#new")
    web.page("http://old.test/b2")
    web.page("http://old.test/c")
    web.redirect("http://old.test/a2", "/b2")
    assert web.lead("http://old.test/a2#old").final_url == "http://old.test/b2#old"
    assert web.lead("http://old.test/a#old").final_url == "http://old.test/c#new"
    assert all("#" not in url for url in web.asked_urls)


def test_a_redirect_without_a_location_is_an_end(web: Web) -> None:
    web.page("http://old.test/", b"", status=302, headers=())
    found = web.lead("http://old.test/")
    assert (found.status, found.fetch, found.error) == ("resolved", "error", "http 302")


def test_an_unrequested_304_is_an_end(web: Web) -> None:
    web.page("http://old.test/", b"", status=304, headers=[("Location", "/x")])
    found = web.lead("http://old.test/")
    assert (found.fetch, found.error, web.asked_urls) == ("error", "http 304", ["http://old.test/"])


@pytest.mark.parametrize("location", ["http://[::1/", "http://blog.test:abc/", "http://", "https://a b/"])
def test_a_location_that_is_not_a_url_makes_the_link_invalid(web: Web, location: str) -> None:
    found = web.lead(web.tco("abcDEF1234", location))
    assert (found.status, found.fetch, found.error) == ("invalid", "skipped", "bad url")
    assert (found.final_url, found.due_at) == (None, None)


@pytest.mark.parametrize("url", ["http://blog.test:abc/", "http://[::1/", "no url at all", ""])
def test_a_link_that_is_not_a_url_is_invalid_without_a_request(web: Web, url: str) -> None:
    found = web.lead(url)
    assert (found.status, found.error, web.asked) == ("invalid", "bad url", [])


def test_a_circle_is_a_loop(web: Web) -> None:
    web.redirect("http://a.test/", "http://b.test/")
    web.redirect("http://b.test/", "http://a.test/")
    found = web.lead("http://a.test/")
    assert (found.status, found.error, len(web.asked)) == ("loop", "loop", 2)
    assert found.due_at is None


def test_a_page_that_redirects_to_itself_until_its_cookie_is_set_is_not_a_loop(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> bytes:
        if "seen=1" in request.headers.get("cookie", ""):
            return make_response(200, "<title>In</title>", [("Content-Type", "text/html")])
        return make_response(302, b"", [("Location", "/"), ("Set-Cookie", "seen=1; Path=/")])

    web.serve("https://cookie.test/", answer)
    found = web.lead("https://cookie.test/")
    assert (found.status, found.fetch, len(web.asked)) == ("resolved", "ok", 2)


@pytest.mark.parametrize(("domain", "is_sent"), [("", False), ("; Domain=site.test", True)])
def test_a_cookie_without_a_domain_is_not_sent_to_subdomains(web: Web, domain: str, is_sent: bool) -> None:
    def answer(request: Request, conn: socket.socket) -> bytes:
        headers = [("Location", "https://sub.site.test/"), ("Set-Cookie", f"seen=1; Path=/{domain}")]
        return make_response(302, b"", headers)

    web.serve("https://site.test/", answer)
    web.page("https://sub.site.test/")
    assert web.lead("https://site.test/").fetch == "ok"
    assert ("cookie" in web.asked[1].headers) is is_sent


def test_cookies_of_one_link_are_not_sent_for_another(web: Web) -> None:
    web.page("https://a.test/1", headers=[("Set-Cookie", "who=one; Path=/"), ("Content-Type", "text/html")])
    web.page("https://a.test/2")
    web.expand(DueLink(1, "https://a.test/1", "a.test"), DueLink(2, "https://a.test/2", "a.test"), workers=1)
    assert [request.headers.get("cookie") for request in web.asked] == [None, None]


def test_a_counter_is_followed_ten_times(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> bytes:
        count = int(request.url.rpartition("=")[2])
        return make_response(302, b"", [("Location", f"/?n={count + 1}")])

    web.serve("http://count.test/*", answer)
    found = web.lead("http://count.test/?n=1")
    assert (found.status, found.error, len(web.asked)) == ("loop", "too many hops", 10)


def test_leaving_https_is_followed_and_flagged(web: Web) -> None:
    web.redirect("https://safe.test/", "http://plain.test/")
    web.redirect("http://plain.test/", "https://safe.test/end")
    web.page("https://safe.test/end")
    found = web.lead("https://safe.test/")
    assert found.status == "resolved"
    assert [hop.downgrade for hop in found.hops] == [True, False, False]


def test_a_shortener_with_a_cookie_page_before_the_page(web: Web) -> None:
    page = '<script>window.location.href = "https:\\/\\/news.test\\/end"</script>' + " " * 8000
    web.page("https://bit.ly/x", page, headers=[("Content-Type", "text/html"), ("Set-Cookie", "_bit=1")])
    web.page("https://news.test/end")
    found = web.lead(web.tco("abcDEF1234", "https://bit.ly/x"))
    assert (found.final_url, found.hops[1].via) == ("https://news.test/end", "js")


def test_a_script_on_a_long_page_is_not_followed_unless_it_is_a_shorteners(web: Web) -> None:
    web.page("https://blog.test/", '<script>location.href="/app"</script>' + "word " * 2000)
    found = web.lead("https://blog.test/")
    assert (found.final_url, len(web.asked)) == ("https://blog.test/", 1)


def test_a_refresh_header_is_followed(web: Web) -> None:
    web.page("http://old.test/", "", headers=[("Refresh", "0; url=/new")])
    web.page("http://old.test/new")
    found = web.lead("http://old.test/")
    assert (found.final_url, found.hops[0].via) == ("http://old.test/new", "refresh")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("https://twitter.com/who/status/123456789012345678/photo/1", "media"),
        ("https://twitter.com/who/status/123456789012345678/video/1", "media"),
        ("https://twitter.com/i/web/status/1111111111111111111", "self"),
        ("https://x.com/other/status/123456789012345678", "tweet"),
    ],
)
def test_a_tweet_is_recognised_and_not_requested(web: Web, target: str, status: str) -> None:
    link = web.tco("abcDEF1234", target)
    found = web.lead(link, due={"own_tweet_ids": frozenset({1111111111111111111})})
    assert (found.status, found.fetch, found.final_url) == (status, "skipped", target)
    assert web.asked_urls == [link]


def test_the_target_of_twitters_warning_is_stored_and_never_requested(web: Web) -> None:
    web.page("https://evil.test/")
    link = web.tco(
        "abcDEF1234", "https://twitter.com/safety/unsafe_link_warning?unsafe_link=https%3A%2F%2Fevil.test%2F"
    )
    found = web.lead(link)
    assert (found.status, found.fetch, found.final_url) == ("unsafe", "skipped", "https://evil.test/")
    assert web.asked_urls == [link]


def test_a_wrapper_is_unwrapped_without_a_request(web: Web) -> None:
    web.page("https://news.test/a")
    found = web.lead(web.tco("abcDEF1234", "https://www.google.com/url?q=https://news.test/a&sa=D"))
    assert found.final_url == "https://news.test/a"
    assert [hop.via for hop in found.hops] == ["location", "wrapper", ""]
    assert len(web.asked) == 2


def test_a_wall_names_its_target_and_is_not_requested(web: Web) -> None:
    wall = "https://medium.com/m/global-identity?redirectUrl=https%3A%2F%2Fblog.test%2Fpost"
    found = web.lead(web.tco("abcDEF1234", wall))
    assert (found.status, found.fetch, found.final_url) == ("resolved", "blocked", "https://blog.test/post")
    assert (found.error, len(web.asked)) == ("wall", 1)


def test_a_wall_without_a_target_leaves_the_link_at_the_page_before_it(web: Web) -> None:
    web.redirect("https://blog.test/post", "https://myaccount.nytimes.com/auth/login")
    found = web.lead(web.tco("abcDEF1234", "https://blog.test/post"))
    assert (found.status, found.final_url) == ("resolved", "https://blog.test/post")


def test_user_and_password_are_neither_sent_nor_stored(web: Web) -> None:
    web.page("https://news.test/")
    found = web.lead("https://user:secret@news.test/")
    assert "authorization" not in web.asked[0].headers
    assert "secret" not in repr(found)


def test_a_kept_connection_that_the_server_closed_is_not_a_failure(web: Web) -> None:
    def answer(request: Request, conn: socket.socket) -> None:
        conn.sendall(make_response(200, "<title>x</title>", [("Content-Type", "text/html")]))

    web.serve("http://brief.test/*", answer)
    found = web.expand(*(DueLink(n, f"http://brief.test/{n}", "brief.test") for n in range(6)), per_host=1)
    assert [resolution.fetch for resolution in found] == ["ok"] * 6
