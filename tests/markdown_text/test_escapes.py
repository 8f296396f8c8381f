"""Entities and backslashes that a tool wrote are decoded; those of the text's own author stay."""

from __future__ import annotations

import pytest

from markdown_text.escapes import (
    decode_all_entities,
    decode_entities,
    decode_passage,
    decode_title_entities,
    drop_dash_escapes,
    unescape_dashes,
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a &lt; b &gt; c", "a < b > c"),
        ("&ldquo;tea&rdquo; &laquo;x&raquo; &lsquo;y&rsquo;", "“tea” «x» ‘y’"),
        ("a&nbsp;b&hellip; c&ndash;d&mdash;e", "a b… c–d—e"),
        ("&amp;amp;lt; and &#38;gt; and &#x26;#8217;", "< and > and ’"),
        ("&#39; &#8217; &#x2019; &#X2019;", "' ’ ’ ’"),
        ("tea &amp; toast &amp", "tea & toast &amp"),
        ("&amp;copy; &amp;#5; &copy; &eacute;", "&amp;copy; &amp;#5; &copy; &eacute;"),
        ("&#10; &#x7; &#0; &#12345678;", "&#10; &#x7; &#0; &#12345678;"),
        ("&Lt; &AMP;", "&Lt; &AMP;"),
        ("a;b & c", "a;b & c"),
    ],
)
def test_only_entities_that_tools_write_are_decoded(before: str, after: str) -> None:
    assert decode_entities(before) == after
    assert decode_passage(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("&lt; `&lt;` &lt;", "< `&lt;` <"),
        ("```\n&lt;\n``` &lt;", "```\n&lt;\n``` <"),
        ("`&lt;\n&gt;`", "`<\n>`"),
    ],
)
def test_an_entity_in_code_stays(before: str, after: str) -> None:
    assert decode_passage(before) == after


def test_a_title_has_entities_in_any_case() -> None:
    assert decode_title_entities("Tea &Amp; Toast &Lt;3 &Copy;") == "Tea & Toast <3 &Copy;"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("&copy; &#169; &#xA9; &frac12;", "© © © ½"),
        ("&amp;lt;", "&lt;"),
        ("&unknown; &#12345678; &; AT&T", "&unknown; &#12345678; &; AT&T"),
    ],
)
def test_every_entity_of_a_page_is_decoded_once(before: str, after: str) -> None:
    assert decode_all_entities(before) == after


@pytest.mark.parametrize(
    ("before", "after", "cleaned"),
    [
        (r"a \- b\-c", "a - b-c", "a - b-c"),
        (r"`\-` \-", r"`\-` -", "`-` -"),
        (r"a \\- b", r"a \- b", r"a \\- b"),
        ("a - b", "a - b", "a - b"),
    ],
)
def test_escaped_dashes_lose_their_backslash(before: str, after: str, cleaned: str) -> None:
    assert unescape_dashes(before) == after
    assert drop_dash_escapes(before) == cleaned
    assert drop_dash_escapes(cleaned) == cleaned
