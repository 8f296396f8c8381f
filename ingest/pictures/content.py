"""Detect a picture from its first bytes, whatever its server calls it; nothing is decoded.

Sources: the signatures of PNG (W3C PNG 5.2), JPEG (ITU T.81 B.1.1.3), GIF (GIF89a 17), WebP (RFC 9649 2.4)
and AVIF (ISO 14496-12 4.3, a `ftyp` box that names the brand `avif`). An SVG can contain scripts, so it is
recognised only to be refused.
"""

from __future__ import annotations

import re

import requests

from ingest.web.response import BodyReader, read_length

HEAD_BYTES = 1024
"""Enough to recognise a picture; most formats need twelve bytes."""
_CHUNK = 65536

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_AVIF_BRANDS = (b"avif", b"avis")
_SVG = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml|<!--|<!doctype\s++svg|<svg[\s>/])", re.IGNORECASE)
_SVG_TAG = re.compile(rb"<svg[\s>/]|<!doctype\s++svg", re.IGNORECASE)


def find_content_type(head: bytes) -> str | None:
    """`image/png`, `image/jpeg`, `image/gif`, `image/webp` or `image/avif`; None for anything else."""
    for signature, content_type in _SIGNATURES:
        if head.startswith(signature):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and _names_avif(head):
        return "image/avif"
    return None


def is_svg(head: bytes) -> bool:
    """Whether a body begins like an SVG."""
    head = head[:HEAD_BYTES]
    return bool(_SVG.match(head) and _SVG_TAG.search(head)) and b"<html" not in head.lower()


def read_picture(response: requests.Response, size: int) -> bytes:
    """Read the whole body, or only its beginning if it is not a picture or is longer than `size`.

    Raises urllib3's errors if the body breaks off, because half a picture is of no use.
    """
    pieces: list[bytes] = []
    count = 0
    while count <= size and (piece := response.raw.read1(_CHUNK, decode_content=True)):
        is_head = count < HEAD_BYTES
        pieces.append(piece)
        count += len(piece)
        if is_head and count >= HEAD_BYTES and not _is_worth_reading(b"".join(pieces), response, size):
            break
    return b"".join(pieces)


def _is_worth_reading(head: bytes, response: requests.Response, size: int) -> bool:
    """Whether the rest is worth reading."""
    length = read_length(response.raw.headers)
    return find_content_type(head) is not None and (length is None or length <= size)


def _names_avif(head: bytes) -> bool:
    end = min(int.from_bytes(head[:4], "big"), HEAD_BYTES)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    return any(brand in _AVIF_BRANDS for brand in brands)


PICTURES = BodyReader("image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9", read_picture, "identity")
