"""Redirects inside pages, and pages that only look like one (docs/links.md, Resolving)."""

from __future__ import annotations

import time

import pytest

from ingest.links.refresh import find_refresh
from ingest.web.response import HttpResponse

URL = "https://site.test/a/b"
LONG = b" " * 5000


def find(body: bytes, *, trusts_scripts: bool = False) -> tuple[str, str] | None:
    return find_refresh(HttpResponse(200, body=body), URL, trusts_scripts=trusts_scripts)


@pytest.mark.parametrize(
    "body",
    [
        b'<meta http-equiv=" Refresh " content="0;URL=https://x.test/">',
        b"<META HTTP-EQUIV='Refresh' CONTENT='0; url=https://x.test/'>",
        b"<meta http-equiv=refresh content=0;url=https://x.test/>",
        b'<meta content="5, https://x.test/" http-equiv=refresh />',
        b"<meta http-equiv=refresh content=\"0.5; url='https://x.test/' \">",
        b'<noscript><meta http-equiv="refresh" content="10;URL=https://x.test/"></noscript>',
        b'<!-- note --><meta data-a="1>2" http-equiv=refresh content="0;https&#58;//x.test/">',
    ],
)
def test_a_meta_refresh_is_followed(body: bytes) -> None:
    assert find(body + LONG) == ("https://x.test/", "meta")


@pytest.mark.parametrize(
    "body",
    [
        b'<meta http-equiv="refresh" content="11;URL=https://x.test/">',
        b'<meta http-equiv="refresh" content="300">',
        b'<meta http-equiv="refresh" content="0">',
        b'<meta http-equiv="refresh" content="0;url=#top">',
        b'<meta http-equiv="refresh" content="0;url=/a/b">',
        b'<meta http-equiv="refresh" content="0;url=intent://x">',
        b'<meta http-equiv="refresh" content="url=https://x.test/">',
        b'<!-- <meta http-equiv="refresh" content="0;URL=https://x.test/"> -->',
        b'<script>x = \'<meta http-equiv="refresh" content="0;URL=https://x.test/">\'</script>',
        b'<meta name="refresh" content="0;URL=https://x.test/">',
        b'<metadata http-equiv="refresh" content="0;URL=https://x.test/">',
    ],
)
def test_what_only_looks_like_a_refresh_is_not_followed(body: bytes) -> None:
    assert find(body) is None


@pytest.mark.parametrize(
    "script",
    [
        b'location.replace("https:\\/\\/x.test\\/")',
        b"window.location = 'https://x.test/'",
        b'top.location.href="https://x.test/"',
        b'document.location.assign( "https://x.test/" )',
        b'location="https:\\x2f\\u002fx.test/"',
    ],
)
def test_a_script_is_followed_on_a_small_page_and_on_a_shortener(script: bytes) -> None:
    assert find(b"<script>" + script + b"</script>") == ("https://x.test/", "js")
    assert find(b"<script>" + script + b"</script>" + LONG, trusts_scripts=True) == ("https://x.test/", "js")
    assert find(b"<script>" + script + b"</script>" + LONG) is None


@pytest.mark.parametrize(
    "script",
    [
        b'if (location == "https://x.test/") {}',
        b'mylocation = "https://x.test/"',
        b'location = "javascript:1"',
    ],
)
def test_a_script_that_only_mentions_a_location_is_not_followed(script: bytes) -> None:
    assert find(script, trusts_scripts=True) is None


def fill(size: int, after: bytes, before: bytes = b"") -> bytes:
    """`after` at this offset of a page that begins with `before`."""
    return before + b" " * (size - len(before)) + after


META = b'<meta http-equiv="refresh" content="0;URL=https://x.test/">'
SCRIPT = b"location='https://x.test/'"


INNER = b" http-equiv=refresh content=0;/x"


def test_a_page_is_searched_up_to_each_limit() -> None:
    assert find(b"<meta a>" * 59 + META)
    assert find(b"<meta a>" * 60 + META) is None
    tag = 16 * 1024 + len(b"<meta")
    assert find(fill(tag - len(INNER), INNER + b">", b"<meta") + LONG) == ("https://site.test/x", "meta")
    assert find(fill(tag - len(INNER) + 2, INNER + b">", b"<meta") + LONG) is None
    assert find(fill(4095, b"", SCRIPT))
    assert find(fill(4096, b"", SCRIPT)) is None
    assert find(fill(64 * 1024 - len(SCRIPT), SCRIPT), trusts_scripts=True)
    assert find(fill(64 * 1024 - len(SCRIPT) + 1, SCRIPT), trusts_scripts=True) is None


EXIT = b'<a href="https://x.test/" data-tracking-control-name="external_url_click">'


@pytest.mark.parametrize(
    ("page", "is_exit"),
    [
        (EXIT, True),
        (b"<a href=/y>" + EXIT, True),
        (EXIT.replace(b"external_url_click", b"other") + b"external_url_click", False),
        (EXIT.replace(b"<a", b"<b"), False),
        (b"<script>" + EXIT + b"</script>", False),
        (EXIT.replace(b"https://x.test/", b""), False),
    ],
)
def test_the_link_that_leaves_a_shorteners_page_is_followed(page: bytes, is_exit: bool) -> None:
    assert find(page, trusts_scripts=True) == (("https://x.test/", "interstitial") if is_exit else None)
    assert find(page) is None


def test_a_header_precedes_the_page_and_nothing_is_found_in_no_page() -> None:
    def find_in(body: bytes, refresh: str | None) -> tuple[str, str] | None:
        return find_refresh(HttpResponse(200, body=body, refresh=refresh), URL, trusts_scripts=False)

    assert find_in(META, "0;/h") == ("https://site.test/h", "refresh")
    assert find_in(META, "11;/h") == ("https://x.test/", "meta")
    assert find_in(b"", "11;/h") is None


@pytest.mark.parametrize(
    "piece",
    [
        b"<meta ",
        b"<meta \"'",
        b"<meta a=",
        b"<meta http-equiv=refresh content='0;",
        b"location='",
        b'location="\\',
        b"<!--",
        b"<script>",
        b"<meta http-equiv ",
        b" ",
        b"location.href   ",
    ],
)
def test_half_a_megabyte_of_anything_is_scanned_in_linear_time(piece: bytes) -> None:
    body = (b"<meta " + piece * (524288 // len(piece)))[:524288]
    began = time.perf_counter()
    find(body, trusts_scripts=True)
    assert time.perf_counter() - began < 5
