"""What pages say about themselves, and pages that say nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.links.page_head import PageHead, read_head

URL = "https://www.example.test/a"
HTML = "text/html; charset=utf-8"


def _read(page: str, url: str = URL) -> PageHead:
    return read_head(page.encode(), HTML, url)


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (
            "<title>T</title><meta name='twitter:title' content='W'><meta property='og:title' content='O'>",
            "O",
        ),
        ("<title>T</title><meta name='twitter:title' content='W'>", "W"),
        ("<title>T</title><meta name='citation_title' content='C'>", "C"),
        ("<title>T</title><meta name='DC.title' content='D'>", "D"),
        (
            '<title>T</title><script type="application/ld+json">{"@type":"Article","headline":"J"}</script>',
            "J",
        ),
        ("<title>T</title><h1>H</h1>", "T"),
        ("<h1>The <b>h1</b></h1>", "The h1"),
        ("<svg><title>icon</title></svg><h1>H</h1>", "H"),
        ("<meta property=og:title content=''><title>T</title>", "T"),
        ("<title>Fish &amp;amp; chips&nbsp;\n today</title>", "Fish & chips today"),
        ("<title>never closed", "never closed"),
        ("<title>a\0b</title>", "ab"),
        ('<script type="application/ld+json">{broken</script><title>T</title>', "T"),
        ('<script type="application/ld+json"></script><title>T</title>', "T"),
        ("<!-- <title>no</title> --><title>T</title>", "T"),
        ("", None),
        ("\0\0", None),
        ("just words", None),
    ],
)
def test_the_title_comes_from_the_best_source(page: str, title: str | None) -> None:
    assert _read(page).title == title


@pytest.mark.parametrize(
    ("title", "tidy"),
    [
        ("A story | Example", "A story"),
        ("A story - example.test", "A story"),
        ("Example: A story", "Example: A story"),
        ("Example | A story", "A story"),
        ("A story - Part 2", "A story - Part 2"),
        ("A story | Another site", "A story | Another site"),
        ("Well-known", "Well-known"),
        ("Example", "Example"),
    ],
)
def test_only_the_sites_own_name_is_cut_off_a_title(title: str, tidy: str) -> None:
    assert _read(f"<title>{title}</title>").title == tidy


def test_the_page_may_name_its_site() -> None:
    head = _read("<meta property=og:site_name content='The Daily'><title>News – The Daily</title>")
    assert (head.title, head.site) == ("News", "The Daily")


@pytest.mark.parametrize(
    "title",
    [
        "Just a moment...",
        "Just a moment…",
        "JavaScript is not available.",
        "Sign in",
        "Sign in · GitLab",
        "Log in | Site",
        "Access Denied",
        "403 Forbidden",
        "Attention Required! | Cloudflare",
        "Are you a robot?",
        "LinkedIn: Log In or Sign Up",
        "Sign in - Google Accounts",
        "Before you continue to YouTube",
        "Access to this page has been denied",
    ],
)
def test_a_soft_wall_has_no_title(title: str) -> None:
    head = _read(f"<title>{title}</title>")
    assert (head.is_wall, head.title) == (True, None)


@pytest.mark.parametrize(
    "title",
    [
        "Access denied: a history of paywalls",
        "401 ways to cook an egg",
        "Sign in the window",
        "Just a moment in time",
        "Cloudflare outage on June 12",
        "Captchas are dying",
        "How to log in to anything, safely",
        "Forbidden City",
    ],
)
def test_an_article_about_walls_is_not_a_wall(title: str) -> None:
    head = _read(f"<title>{title}</title>")
    assert (head.is_wall, head.title) == (False, title)


def test_a_papers_authors_and_date() -> None:
    head = _read(
        "<meta name=citation_title content=P><meta name=citation_author content='A. One'>"
        "<meta name=citation_author content='B. Two'><meta name=citation_publication_date content='2020/3/4'>"
    )
    assert (head.author, head.published_on, head.kind_hint) == ("A. One, B. Two", "2020-03-04", "paper")


def test_json_ld_gives_the_article_not_the_site() -> None:
    head = _read(
        '<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "W"},'
        ' {"@type": ["NewsArticle"], "headline": "N", "author": [{"name": "A"}, {"name": "B"}],'
        ' "datePublished": " 2021-02-03T01:02:03Z"}]}</script>'
    )
    assert (head.title, head.author, head.published_on, head.kind_hint) == (
        "N",
        "A, B",
        "2021-02-03",
        "newsarticle",
    )


NAMES = {
    "title": "og:title twitter:title citation_title dc.title dcterms.title",
    "site": "og:site_name application-name citation_journal_title dc.publisher",
    "author": "article:author author citation_author dc.creator dcterms.creator parsely-author",
    "published_on": "article:published_time og:article:published_time citation_publication_date citation_date"
    " citation_online_date dc.date dcterms.date dcterms.issued datepublished book:release_date"
    " video:release_date parsely-pub-date date",
    "description": "og:description twitter:description description dc.description",
}


@pytest.mark.parametrize("fact", NAMES)
def test_the_first_of_these_names_that_a_page_has_counts(fact: str) -> None:
    names = NAMES[fact].split()
    contents = [str(1900 + place) for place in range(len(names))]
    metas = [f"<meta property='{name}' content='{each}'>" for name, each in zip(names, contents, strict=True)]
    for place, content in enumerate(contents):
        assert getattr(_read("".join(reversed(metas[place:]))), fact) == content


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (
            '{"@type": "Book", "name": "B", "author": "A", "publisher": {"name": "P"}}',
            ("B", "A", "P", "book"),
        ),
        ('{"@type": "WebPage", "headline": " ", "name": "W"}', ("W", None, None, "webpage")),
        (
            '[{"@type": "Person", "name": "X"}, {"@type": ["Thing", "HowTo"], "name": "H"}]',
            ("H", None, None, "howto"),
        ),
        ('{"mainEntity": {"@type": "Recipe", "name": "R"}}', ("R", None, None, "recipe")),
        ('{"@graph": [[[{"@type": "Book", "name": "deep"}]]]}', ("deep", None, None, "book")),
        ('{"@graph": [[[[{"@type": "Book", "name": "too deep"}]]]]}', (None, None, None, None)),
        (
            '{"@type": "Book", "name": 5, "author": [{"name": "A"}, "#b", "https://c", {}, "A", "D"]}',
            (None, "A, D", None, "book"),
        ),
        ('{"@type": 5, "name": "N"}', (None, None, None, None)),
        ('{"@type": "Book", "name": "a\nb"}', ("a b", None, None, "book")),
    ],
)
def test_json_ld_is_read_for_the_page_itself(data: str, facts: tuple[str | None, ...]) -> None:
    head = _read(f'<script type=" Application/LD+JSON ">{data}</script>')
    assert (head.title, head.author, head.site, head.kind_hint) == facts
    assert _read(f"<script>{data}</script>") == PageHead()


def test_the_types_own_word_counts_unless_it_is_general() -> None:
    book = '<script type="application/ld+json">{"@type": "Book"}</script>'
    hints = {
        kind: _read(f"<meta property=og:type content='{kind}'>{book}").kind_hint
        for kind in ("website", "Article", "object", "video.movie")
    }
    assert hints == {"website": "book", "Article": "book", "object": "book", "video.movie": "video.movie"}
    assert _read("<meta property=og:type content=website>").kind_hint == "website"


@pytest.mark.parametrize(("length", "shown"), [(500, 500), (501, 500)])
def test_a_title_is_cut_to_a_length(length: int, shown: int) -> None:
    title = _read(f"<title>{'a' * length}</title>").title
    assert title
    assert (len(title), title.endswith("…")) == (shown, length > 500)


def test_addresses_and_handles_are_not_authors() -> None:
    metas = "".join(
        f"<meta name=author content='{each}'>"
        for each in ("https://a.example", "http://b.example", "@c", "D", "D", "E")
    )
    assert _read(metas).author == "D, E"
    assert _read("<meta name=author content=@c><meta name=dc.creator content=F>").author == "F"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-01-02T03:04Z", "2020-01-02"),
        ("2020/1", "2020-01"),
        ("2020", "2020"),
        ("2020-13-01", "2020"),
        ("yesterday", None),
        ("20200102", None),
        ("9999-01-01", None),
        ("2100-12-31", "2100-12-31"),
        ("2101-01-01", None),
        ("1000-1-1", "1000-01-01"),
        ("0999-01-01", None),
        ("2020-12-32", "2020-12"),
        ("2020-0-1", "2020"),
    ],
)
def test_a_date_is_as_precise_as_the_page(text: str, day: str | None) -> None:
    assert _read(f"<meta property='article:published_time' content='{text}'>").published_on == day


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("/b", "https://www.example.test/b"),
        ("https://x.test/", "https://x.test/"),
        ("http://[::1/", None),
        ("javascript:x", None),
        ("", None),
    ],
)
def test_a_canonical_link_is_absolute_or_none(link: str, canonical: str | None) -> None:
    assert _read(f"<link rel='canonical' href='{link}'>").canonical == canonical


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        ("<title>Привет</title>".encode("cp1251"), "text/html; charset=windows-1251", "Привет"),
        ("<meta charset=windows-1251><title>Привет</title>".encode("cp1251"), "text/html", "Привет"),
        ("<title>日本</title>".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本"),
        ("<title>x</title>".encode("utf-16"), "text/html", "x"),
        (b"\xef\xbb\xbf<title>caf\xc3\xa9</title>", None, "café"),
        ("<title>café</title>".encode(), "text/html; charset=iso-8859-1", "café"),
        ("<title>café</title>".encode("latin-1"), None, "café"),
        ("<title>café</title>".encode(), "text/html; charset=nonsense", "café"),
        ("<title>café</title>".encode(), "text/html; charset=rot13", "café"),
        (b"<title>caf\xc3\xa9</title>caf\xc3", HTML, "café"),
        (
            "<?xml version='1.0' encoding='iso-8859-1'?><html><title>caf\xe9</title>".encode("latin-1"),
            None,
            "café",
        ),
    ],
)
def test_any_encoding_label_is_found_or_ignored(body: bytes, content_type: str | None, title: str) -> None:
    assert read_head(body, content_type, URL).title == title


_MANY = range(50_000)


@pytest.mark.parametrize(
    "page",
    [
        "<a " + " ".join(f"a{n}=1" for n in _MANY) + ">",
        "<a " + "/".join(f"a{n}" for n in _MANY) + ">",
        "<a " + "".join(f'a{n}=""' for n in _MANY) + ">",
        "<a " + " ".join(f'a{n}=">"' for n in _MANY) + ">",
        "<script " + " ".join(f"a{n}=1" for n in _MANY) + "></script>",
        "<a b='<' " + " ".join(f"a{n}=1" for n in _MANY),
        "<script>x<y='</script><a " + " ".join(f"a{n}=1" for n in _MANY) + ">",
    ],
    ids=lambda page: page[:24],
)
def test_a_tag_with_thousands_of_attributes_is_not_parsed(page: str) -> None:
    begin = time.process_time()
    assert _read(page + "<title>T</title>") == PageHead()
    assert time.process_time() - begin < 1.5


def test_a_tag_with_a_long_attribute_is_parsed() -> None:
    data = '{"k": "v", } ' * 3_000
    assert _read(f"<title>T</title><div data-props='{data}'>").title == "T"


@pytest.mark.parametrize(
    "page", ["<div>" * 90_000, "<" * 400_000, "<script>" * 50_000, "<!--" * 90_000, "<a =" * 90_000]
)
def test_hostile_pages_take_linear_time(page: str) -> None:
    begin = time.process_time()
    _read(page)
    assert time.process_time() - begin < 2.5


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([None, HTML, "text/html; charset=utf-7", "x; charset=hex", ";charset="]),
)
def test_no_bytes_raise(body: bytes, content_type: str | None) -> None:
    read_head(b"<html><head><title>" + body, content_type, URL)
    read_head(body, content_type, URL)
