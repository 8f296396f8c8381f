"""Bodies for tests: the beginnings of real files of each kind, and of files that are not pictures."""

from __future__ import annotations

import struct
import zlib

from tests.ingest.links.loopback import Web


def make_png(red: int = 0, size: int = 0) -> bytes:
    """A picture of one pixel that every program can show, made at least `size` bytes long."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(bytes([0, red, 0, 0]))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"tEXt", b"Comment\0" + b"x" * size),
            chunk(b"IDAT", pixel),
            chunk(b"IEND", b""),
        )
    )


PNG = make_png()
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\0" * 40
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 24
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + b"\0" * 20
AVIF_BY_SECOND_NAME = b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf" + b"\0" * 20
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SVG_WITH_HEAD = b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn by hand -->\n' + SVG
HTML = b"<!DOCTYPE html><html><title>Log in</title><svg></svg></html>"


def show(web: Web, url: str, body: bytes, content_type: str = "image/png", status: int = 200) -> None:
    """`url` answers with this picture."""
    web.page(url, body, status=status, headers=[("Content-Type", content_type)])
