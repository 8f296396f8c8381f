"""Links and images in Markdown text: where they are, and how they are written."""

from __future__ import annotations

import pytest

from markdown_text.inline_links import (
    escape_label,
    find_inline,
    is_web,
    make_destination,
    shorten_url,
    unescape,
    write_link,
)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("none", []),
        ("a [b](https://c.example) d", [("[b](https://c.example)", "b", "https://c.example", False)]),
        ("![b](c.png)", [("![b](c.png)", "b", "c.png", True)]),
        ("[a](b)[c](d)", [("[a](b)", "a", "b", False), ("[c](d)", "c", "d", False)]),
        (
            "[![a](b)](c)",
            [("![a](b)", "a", "b", True), ("[![a](b)](c)", "![a](b)", "c", False)],
        ),
        ("[a [b] c](d)", [("[a [b] c](d)", "a [b] c", "d", False)]),
        ("[a](b\\)c)", [("[a](b\\)c)", "a", "b)c", False)]),
        ("[a](b(c)d)", [("[a](b(c)d)", "a", "b(c)d", False)]),
        ("[a](b&amp;c)", [("[a](b&amp;c)", "a", "b&c", False)]),
        ("[a](<b c>)", [("[a](<b c>)", "a", "b c", False)]),
        ("[a]( b )", [("[a]( b )", "a", "b", False)]),
        ("[a](\n b\n)", [("[a](\n b\n)", "a", "b", False)]),
        ('[a](b "c")', [('[a](b "c")', "a", "b", False)]),
        ("[a](b 'c' )", [("[a](b 'c' )", "a", "b", False)]),
        ("[a](b (c))", [("[a](b (c))", "a", "b", False)]),
        ("[a]()", [("[a]()", "a", "", False)]),
        ("[a\n\nb](c)", [("[a\n\nb](c)", "a\n\nb", "c", False)]),
        ("[a](b c)", []),
        ('[a](b"c" d)', []),
        ("[a](b", []),
        ("[a] (b)", []),
        ("a](b)", []),
        ("\\[a](b)", []),
        ("[a\\](b)", []),
        ("[a]: b", []),
    ],
)
def test_links_and_images_are_found_with_label_and_destination(
    text: str, links: list[tuple[str, str, str, bool]]
) -> None:
    found = [
        (text[link.start : link.end], link.cut_label(text), link.destination, link.is_image)
        for link in find_inline(text)
    ]
    assert found == links


@pytest.mark.parametrize(("deep", "count"), [(32, 1), (33, 0)])
def test_parentheses_in_a_destination_are_balanced_to_32_levels(deep: int, count: int) -> None:
    assert len(find_inline(f"[a](b{'(' * deep}c{')' * deep})")) == count


def test_a_label_of_over_a_thousand_characters_is_text() -> None:
    for mark in ("", "!"):
        (short,), (long,) = (find_inline(f"{mark}[{'a' * count}](b)") for count in (1000, 1001))
        assert short.cut_label(f"{mark}[{'a' * 1000}](b)") == "a" * 1000
        assert long.cut_label(f"{mark}[{'a' * 1001}](b)") == ""


def test_unescaping_removes_backslashes_before_punctuation_only() -> None:
    assert unescape(r"a\_b\(c\) C:\dir &amp; \\") == "a_b(c) C:\\dir & \\"
    assert unescape("&amp;lt;") == "&lt;"


@pytest.mark.parametrize("url", ["http://a", "https://a", "HTTPS://A"])
def test_only_http_and_https_are_web_addresses(url: str) -> None:
    assert is_web(url)
    assert not any(
        is_web(other) for other in (None, "", f" {url}", f"x{url}", "http:/a", "ftp://a", "javascript:a")
    )


def test_an_address_cannot_end_its_link() -> None:
    assert make_destination(' https://a/b (c)[d]<e>"f" ') == "https://a/b%20%28c%29%5Bd%5D%3Ce%3E%22f%22"
    assert make_destination("https://a/é?b=c&d=%20_~*") == "https://a/é?b=c&d=%20_~*"
    assert write_link("a [b]", "https://c.example/(d)") == r"[a \[b\]](https://c.example/%28d%29)"
    assert write_link("a [b]", "javascript:alert(1)") == r"a \[b\]"


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("plain", "plain"),
        (" two\n\t words ", "two words"),
        ("*a* `b` [c] <d> $5 \\", r"\*a\* \`b\` \[c\] \<d> \$5 \\"),
        ("@name_ and snake_case", "@name_ and snake_case"),
        ("_a_ and b_c", r"\_a\_ and b_c"),
        ("~~a~~ ==b== %%c%%", r"\~\~a\~\~ \=\=b\=\= \%\%c\%\%"),
        ("#tag and C# and # head", r"\#tag and C# and # head"),
        ("((a)) {{b}} (c) {d}", r"\((a)) \{{b}} (c) {d}"),
        ("&copy; AT&T &#5;", r"\&copy; AT&T \&#5;"),
        ("stop! now!", r"stop! now\!"),
    ],
)
def test_a_label_shows_its_words_as_they_are(words: str, label: str) -> None:
    assert escape_label(words) == label


def test_an_address_without_a_title_is_labelled_with_host_and_path() -> None:
    assert shorten_url(" HTTPS://www.a.example/b/ ") == "a.example/b"
    assert shorten_url("http://a.example") == "a.example"
    assert shorten_url("https://" + "a" * 60) == "a" * 60
    assert shorten_url("https://" + "a" * 61) == "a" * 59 + "…"
    assert shorten_url("https://abcdef", 4) == "abc…"
