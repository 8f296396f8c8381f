"""Markdown as safe HTML: which links, names and pictures a text shows."""

from __future__ import annotations

import re

import pytest

from tests.store.browse.requirements import need_module

need_module("datasette")

from store.browse.safe_html import (  # noqa: E402 - Datasette brings what it needs
    MAX_RENDERED_LENGTH,
    Picture,
    RenderContext,
    Target,
    is_safe_url,
    render_link,
    render_markdown,
    render_outgoing_link,
    shorten_url,
)


def words(html: str) -> str:
    return re.sub("<[^>]*>", "", html).strip()


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', html)


@pytest.mark.parametrize(
    ("text", "shown", "found"),
    [
        ("plain words", "plain words", []),
        ("see https://a.test/b, then", "see a.test/b, then", ["https://a.test/b"]),
        ("https://a.test and https://b.test.", "a.test and b.test.", ["https://a.test", "https://b.test"]),
        ("[label](https://a.test)", "label", ["https://a.test"]),
        ("[https://a.test](https://b.test)", "https://a.test", ["https://b.test"]),
        ("`https://a.test`", "https://a.test", []),
        ("[bad](javascript:alert)", "[bad](javascript:alert)", []),
        ("before [[Tides]] between [[Sea]] behind", "before Tides between Sea behind", ["/t/1"]),
        ("[[Tides]]", "Tides", ["/t/1"]),
        ("see [[Sea]] https://a.test", "see Sea a.test", ["https://a.test"]),
        ("<b>raw</b>", "&lt;b&gt;raw&lt;/b&gt;", []),
    ],
)
def test_addresses_and_names_in_a_text_are_links_and_no_word_is_lost(
    text: str, shown: str, found: list[str]
) -> None:
    html = render_markdown(text, RenderContext(topics={"tides": "/t/1"}))
    assert (words(html), links(html)) == (shown, found)


def test_a_known_link_has_its_title_and_leads_to_its_page_and_out() -> None:
    target = Target("https://site.test/page", "A Page", "/r/1", "shared twice", "https://archive.test/1")
    html = render_markdown(
        "see https://t.co/AbCdEf1234", RenderContext(links={"https://t.co/AbCdEf1234": target})
    )
    assert links(html) == ["/r/1", "https://site.test/page", "https://archive.test/1"]
    assert "A Page" in words(html)
    assert "shared twice" in words(html)


def test_a_picture_is_shown_from_its_copy_else_as_a_link() -> None:
    text = "![a boat](https://img.test/a.jpg)"
    copied = render_markdown(
        text, RenderContext(pictures={"https://img.test/a.jpg": Picture("/media/a.jpg")})
    )
    assert 'src="/media/a.jpg"' in copied
    assert 'alt="a boat"' in copied
    assert "<img" not in render_markdown(text)
    assert links(render_markdown(text)) == ["https://img.test/a.jpg"]


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://a.test", True),
        ("http://a.test", True),
        ("mailto:a@b.test", True),
        ("javascript:alert(1)", False),
        ("//a.test", False),
        ("https://a.test/ b", False),
        ("https://a.test/\u202e", False),
        ("", False),
    ],
)
def test_links_lead_only_to_the_web_and_to_mail(url: str, is_safe: bool) -> None:
    assert is_safe_url(url) == is_safe
    assert ("<a " in render_link(url, "label")) == is_safe


def test_a_very_long_text_is_cut_and_shown_plain() -> None:
    whole = render_markdown("*a* " * (MAX_RENDERED_LENGTH // 4))
    assert "<em>" in whole
    cut = render_markdown("*a* " * (MAX_RENDERED_LENGTH // 4) + "b")
    assert "<em>" not in cut
    assert f"{MAX_RENDERED_LENGTH + 1:,} characters" in cut


@pytest.mark.parametrize(
    ("url", "short"),
    [
        ("https://www.a.test/b/", "a.test/b"),
        ("https://a.test/" + "b" * 53, "a.test/" + "b" * 53),
        ("https://a.test/" + "b" * 54, "a.test/" + "b" * 50 + "…"),
        ("mailto:a@b.test", "mailto:a@b.test"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_an_address_is_shortened_to_host_and_path(url: str, short: str) -> None:
    assert shorten_url(url) == short


def test_a_target_without_anything_known_or_safe_shows_nothing_more() -> None:
    assert render_outgoing_link(Target("javascript:x", None)) == ""
    assert words(render_outgoing_link(Target("javascript:x", None, remark="gone"))) == "gone"
