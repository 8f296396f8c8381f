"""A page's text: its encoding, its title without the site's name, and what is not a page at all."""

from __future__ import annotations

import pytest

from ingest.links.page_text import decode_page, is_heavy, is_wall_title, tidy_text, tidy_title


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        (None, None),
        ("", None),
        (" \n\u200b ", None),
        ("a\n  b&amp;nbsp;c", "a b&nbsp;c"),
        ("so\u00adft\x00 \x7f&eacute;", "soft é"),
    ],
)
def test_a_text_is_one_line_without_what_nobody_sees(text: str | None, tidied: str | None) -> None:
    assert tidy_text(text) == tidied


@pytest.mark.parametrize(
    ("title", "site", "host", "tidied"),
    [
        (None, "A", "a.example", None),
        ("On Tea", "Tea Daily", "t.example", "On Tea"),
        ("On Tea | Tea Daily", "Tea Daily", "t.example", "On Tea"),
        ("On Tea - The Tea-Daily", "Tea Daily", "t.example", "On Tea"),
        ("Tea Daily: On Tea", "Tea Daily", "t.example", "Tea Daily: On Tea"),
        ("Tea Daily – On Tea - Now", "Tea Daily", "t.example", "On Tea - Now"),
        ("On Tea - Now · teadaily", None, "www.teadaily.example", "On Tea - Now"),
        ("On Tea » blog.teadaily", None, "blog.teadaily.example", "On Tea"),
        ("On Tea • Other", "Tea Daily", "t.example", "On Tea • Other"),
        ("On Tea|Tea Daily", "Tea Daily", "t.example", "On Tea"),
        ("co - On Tea", None, "tea.co.example", "co - On Tea"),
        (" | Tea Daily", "Tea Daily", "t.example", " | Tea Daily"),
        ("Tea Daily | ", "Tea Daily", "t.example", "Tea Daily | "),
    ],
)
def test_a_title_loses_the_name_of_its_site(
    title: str | None, site: str | None, host: str, tidied: str
) -> None:
    assert tidy_title(title, site, host) == tidied


@pytest.mark.parametrize(
    ("title", "is_wall"),
    [
        ("Just a moment...", True),
        ("JUST A MOMENT", True),
        ("Just a moment | A Site", True),
        ("Just a moment of peace", False),
        ("Access denied: a history", False),
        ("Attention Required! | Cloudflare", True),
        ("Sign in to A.Site", True),
        ("Sign in to continue", True),
        ("Log in", True),
        ("LinkedIn Login, Sign in", True),
        ("403 Forbidden", True),
        ("Error 429", True),
        ("429: Too Many Requests", True),
        ("Access to this page has been denied", True),
        ("Are you a robot?", True),
        ("Please enable JS and cookies to continue", True),
        ("Verifying you are human", True),
        ("Checking your browser before accessing a.example", True),
        ("Captcha | " + "a" * 40, True),
        ("Captcha | " + "a" * 41, False),
        ("Captcha" + "." * 113, True),
        ("Captcha" + "." * 114, False),
        ("X", False),
    ],
)
def test_a_wall_is_recognised_by_its_whole_title(title: str, is_wall: bool) -> None:
    assert is_wall_title(title, "a.example") is is_wall


WALLS = """
just a moment|attention required|attention required!|please wait|one more step|javascript is not available
javascript is disabled|javascript is required|enable javascript|please enable js|enable cookies
please enable javascript and cookies to continue|enable js to continue|sign in|sign in to continue
sign in to your account|sign in to your google account|sign in to a.site|login|log in|sign up
log in or sign up|sign up or log in|log in to continue|login to a.site|linkedin login
linkedin: log in or sign up|access denied|error access denied|error: access denied
access to this page has been denied|access to this site is denied|401|403|429
error 401|403 error|401 unauthorized|403: forbidden|403 - access denied|429-too many requests|forbidden
unauthorized|too many requests|request blocked|request rejected|are you a robot|are you human
are you not a robot|bot verification|human verification|robot check|security check|security checkpoint
security check required|vercel security checkpoint|verify you are human|verifying that you are a human
confirm you are human|checking your browser|checking your browser before accessing a.site|ddos-guard
client challenge|pardon our interruption|before you continue|before you continue to a site
you have been blocked|captcha
"""


@pytest.mark.parametrize("title", WALLS.strip().replace("\n", "|").split("|"))
def test_each_of_these_titles_is_a_wall(title: str) -> None:
    assert is_wall_title(title.capitalize(), "a.example")
    assert is_wall_title(f"{title}… | A Site", "a.example")
    assert not is_wall_title(f"A {title}", "a.example")


def test_a_bare_name_is_a_wall_only_at_twitter() -> None:
    assert is_wall_title("X", "x.com")
    assert is_wall_title("Twitter", "twitter.com")
    assert not is_wall_title("On X", "x.com")


GREEK = "Αθήνα"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"caf\xc3\xa9", None, "café"),
        (b"caf\xe9 a", None, "café a"),
        (b"caf\xc3", "text/html; charset=utf-8", "caf"),
        (b"caf\xe9 a", "text/html; charset=latin-1", "café a"),
        (b"\x93a\x94", "text/html; charset=ISO-8859-1", "“a”"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "text/html; charset=latin-1", "café"),
        (b"\xff\xfea\0", None, "a"),
        (b"\xfe\xff\0a", None, "a"),
        (GREEK.encode("iso8859-7"), "text/html; Charset = 'iso-8859-7'", GREEK),
        (b"<meta charset=iso-8859-7>" + GREEK.encode("iso8859-7"), None, f"<meta charset=iso-8859-7>{GREEK}"),
        (
            b"<?xml version='1.0' encoding='iso-8859-7'?>" + GREEK.encode("iso8859-7"),
            None,
            f"<?xml version='1.0' encoding='iso-8859-7'?>{GREEK}",
        ),
        (GREEK.encode(), "text/html; charset=iso-8859-7", GREEK),
        (GREEK.encode() + b" \xff " + GREEK.encode(), None, f"{GREEK} \ufffd {GREEK}"),
        (b"<meta charset=nonsense>a", "text/html; charset=hex", "<meta charset=nonsense>a"),
        (b"<meta charset=utf-16>caf\xc3\xa9", None, "<meta charset=utf-16>café"),
        (b"<meta charset=koi8-r>caf\xc3\xa9", "text/html; charset=utf-16", "<meta charset=koi8-r>café"),
        ("日本".encode("cp932"), "text/html; charset=Shift_JIS", "日本"),
        (b"\x93a\x94 \xe9", "text/html; charset=ascii", "“a” é"),
        ("①".encode("cp932"), "text/html; charset=Shift_JIS", "①"),
        ("똠".encode("cp949"), "text/html; charset=EUC-KR", "똠"),
        (b"\x93a\x94 \xfe", "text/html; charset=ISO-8859-9", "“a” ş"),
        ("㐀".encode("gb18030"), "text/html; charset=GB2312", "㐀"),
        ("㐀".encode("gb18030"), "text/html; charset=GBK", "㐀"),
    ],
)
def test_a_page_is_decoded_by_its_mark_its_header_or_its_own_label(
    body: bytes, content_type: str | None, text: str
) -> None:
    assert decode_page(body, content_type) == text


@pytest.mark.parametrize(("before", "found"), [(4096 - 24, True), (4096 - 23, False)])
def test_a_label_is_looked_for_in_the_first_four_kilobytes(before: int, found: bool) -> None:
    label = b"<meta charset=iso-8859-7>"
    page = decode_page(b" " * before + label + GREEK.encode("iso8859-7"), None)
    assert page.endswith(GREEK) is found


def test_only_a_long_tag_with_many_attributes_is_heavy() -> None:
    def make_tag(count: int, size: int, name: str = "p", between: str = " ") -> str:
        names = between.join("a" for _ in range(count))
        return f"<{name} {names}{' ' if between != ' ' else between}{'b' * (size - len(names))}>"

    assert is_heavy(make_tag(2001, 17_000))
    assert not is_heavy(make_tag(1990, 17_000))
    assert not is_heavy(make_tag(2001, 16_000))
    assert is_heavy("x" * 20_000 + make_tag(2001, 17_000, "script") + "</script>")
    assert is_heavy('<p title="' + make_tag(2001, 17_000))
    assert not is_heavy("<!-- " + "a " * 20_000 + "-->")
    assert not is_heavy('<p title="' + "a " * 20_000 + '">')
