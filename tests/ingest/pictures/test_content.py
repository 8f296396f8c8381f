"""Pictures detected from their first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pictures.content import find_content_type, is_svg
from tests.ingest.pictures.samples import (
    AVIF,
    AVIF_BY_SECOND_NAME,
    GIF,
    HEIC,
    HTML,
    JPEG,
    PNG,
    SVG,
    SVG_WITH_HEAD,
    WEBP,
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (GIF.replace(b"89a", b"87a"), "image/gif"),
        (WEBP, "image/webp"),
        (AVIF, "image/avif"),
        (AVIF_BY_SECOND_NAME, "image/avif"),
    ],
)
def test_a_picture_is_detected_from_its_first_bytes(body: bytes, content_type: str) -> None:
    assert find_content_type(body) == content_type


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x89PNG",
        b"GIF90a",
        HTML,
        SVG,
        HEIC,
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"%PDF-1.7",
        b" " + PNG,
        b"\xff\xff\xff\xffftyp",
    ],
    ids=repr,
)
def test_anything_else_is_not_a_picture(body: bytes) -> None:
    assert find_content_type(body) is None


@pytest.mark.parametrize("body", [SVG, SVG_WITH_HEAD, b"  \n" + SVG.upper(), b"<!doctype svg><svg/>"])
def test_an_svg_is_detected_however_it_begins(body: bytes) -> None:
    assert is_svg(body)
    assert find_content_type(body) is None


@pytest.mark.parametrize(
    "body", [b"", b"<svgx>", b"words about <svg>", PNG + SVG, b"<?xml version='1.0'?><rss/>"]
)
def test_text_that_only_mentions_svg_is_not_one(body: bytes) -> None:
    assert not is_svg(body)


@pytest.mark.parametrize(("before", "is_seen"), [(1019, True), (1020, False)])
def test_only_the_first_kilobyte_is_looked_at(before: int, is_seen: bool) -> None:
    assert is_svg(b" " * before + b"<svg>") is is_seen


@pytest.mark.parametrize(
    ("place", "is_seen"), [(8, True), (12, False), (16, True), (1020, True), (1024, False)]
)
def test_an_avif_brand_may_be_anywhere_in_the_first_kilobyte(place: int, is_seen: bool) -> None:
    box = bytearray(b"\x00\x00\x10\x00ftypmif1" + b"mif1" * 1021)
    box[place : place + 4] = b"avif"
    assert find_content_type(bytes(box)) == ("image/avif" if is_seen else None)


@given(st.binary(max_size=200), st.sampled_from([b"", PNG, AVIF[:20], b"<?xml", b"<!--", b"RIFF"]))
def test_any_bytes_can_be_judged(tail: bytes, head: bytes) -> None:
    assert not (find_content_type(head + tail) and is_svg(head + tail))
