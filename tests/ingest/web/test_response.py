"""What is read of a response: its headers, and as much of its body as is of interest."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest
import requests
from urllib3 import HTTPHeaderDict
from urllib3 import HTTPResponse as RawResponse
from urllib3.exceptions import DecodeError, ProtocolError

from ingest.web.response import PAGES, HttpResponse, read_body, read_length, read_response


def respond(body: bytes = b"", status: int = 200, **headers: str) -> tuple[requests.Response, io.BytesIO]:
    """A response and the bytes that the server sends."""
    sent = io.BytesIO(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = requests.Response()
    response.raw = RawResponse(body=sent, headers=named, status=status, preload_content=False)
    response.status_code = status
    return response, sent


def read(body: bytes = b"", status: int = 200, size: int = 100, **headers: str) -> HttpResponse:
    return read_response(respond(body, status, **headers)[0], PAGES, size)


def test_headers_are_taken_as_they_are() -> None:
    found = read(
        status=503,
        location="/a",
        refresh="5",
        content_type="text/html",
        retry_after="7",
        date="now",
        cf_mitigated=" Challenge ",
    )
    assert found == HttpResponse(
        503, (), "5", "text/html", "7", "now", challenged=True, length=None, body=b""
    )
    assert not read(cf_mitigated="x").challenged


@pytest.mark.parametrize(
    ("status", "is_redirect"),
    [
        (300, True),
        (301, True),
        (302, True),
        (303, True),
        (304, False),
        (305, False),
        (307, True),
        (308, True),
        (200, False),
    ],
)
def test_a_location_counts_for_redirects_only(status: int, is_redirect: bool) -> None:
    assert read(status=status, location="/a").is_redirect is is_redirect
    assert not read(status=status, location=" ").is_redirect


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("12", 12),
        (" 7 ", 7),
        ("1000000001", 10**9),
        ("99999999999999", 10**9),
        ("-1", None),
        ("²", None),
        ("", None),
    ],
)
def test_a_length_is_a_number_of_a_reasonable_size(written: str, length: int | None) -> None:
    assert read_length(HTTPHeaderDict({"Content-Length": written})) == length


@pytest.mark.parametrize(("size", "is_read"), [(4096, True), (4097, False)])
def test_a_short_body_without_interest_is_read_so_that_its_connection_can_be_reused(
    size: int, is_read: bool
) -> None:
    for status, kind in ((404, "text/html"), (200, "image/png")):
        response, sent = respond(b"x" * size, status, content_length=str(size), content_type=kind)
        assert read_response(response, PAGES, 10).body == b""
        assert (sent.closed or bool(sent.tell())) is is_read
    response, sent = respond(b"x" * size, 404)
    read_response(response, PAGES, 10)
    assert sent.tell() == 0


@pytest.mark.parametrize(
    ("content_type", "is_text"),
    [
        ("text/plain; charset=x", True),
        ("", True),
        ("Application/XHTML+xml", True),
        ("application/json", True),
        ("application/pdf", False),
        ("image/png; text/html", False),
    ],
)
def test_only_text_has_a_body(content_type: str, is_text: bool) -> None:
    assert read(b"words", content_type=content_type).body == (b"words" if is_text else b"")


@pytest.mark.parametrize(
    ("encoding", "is_read"),
    [
        ("", True), ("identity", True), ("gzip", True), ("x-gzip", True), ("deflate", True), ("br", False),
        ("gzip, gzip", False),
    ],
)  # fmt: skip
def test_only_some_encodings_are_decompressed(encoding: str, is_read: bool) -> None:
    packed = {"deflate": zlib.compress(b"words"), "": b"words", "identity": b"words"}
    body = packed.get(encoding, gzip.compress(b"words"))
    assert read(body, content_type="text/html", content_encoding=encoding).body == (
        b"words" if is_read else b""
    )


def test_a_body_is_decompressed_and_cut() -> None:
    packed = gzip.compress(b"a" * 100_000)
    assert read(packed, size=50_000, content_encoding="GZIP").body == b"a" * 50_000
    assert read(b"a" * 101).body == b"a" * 100
    assert read(b"a" * 99).body == b"a" * 99
    assert read(packed, content_encoding="br").body == b""
    assert read(b"a", status=199).body == b""
    assert read(b"a", status=299).body == b"a"
    assert read(b"a", status=300).body == b""


def test_what_arrived_before_a_body_broke_off_is_kept() -> None:
    assert read(b"a" * 50, size=200, content_length="100").body == b"a" * 50
    with pytest.raises(ProtocolError):
        read(b"", size=200, content_length="100")
    with pytest.raises(DecodeError):
        read_body(respond(b"no gzip", content_encoding="gzip")[0], 10)
