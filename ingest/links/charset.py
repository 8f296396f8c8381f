"""A page's text from its bytes: byte order mark, then the HTTP header, then the document's own word.

Source: https://html.spec.whatwg.org/#determining-the-character-encoding (the labels by Python's own codecs).
"""

from __future__ import annotations

import codecs
import re

_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_DOCUMENT = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{1,40})|<\?xml[^>]{0,100}?encoding=[\"']([A-Za-z0-9_.:-]{1,40})",
    re.IGNORECASE,
)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Browsers read these labels as their supersets.
_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_SUPERSETS |= {"shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254"}
_LOOKED_AT = 4096


def decode_page(body: bytes, content_type: str | None) -> str:
    """The text of a page; characters that the encoding does not have become U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    header = _HEADER.search(content_type or "")
    for label in (header[1] if header else None, _find_document_label(body)):
        codec = _find_codec(label)
        if codec:
            return _decode(body, codec)
    return _decode(body, "utf-8")


def _decode(body: bytes, codec: str) -> str:
    # A wrong label is common, and bytes beyond ASCII that are UTF-8 throughout are not so by chance.
    for name in ("utf-8", codec):
        try:
            return body.decode(name)
        except UnicodeDecodeError as error:
            if name == "utf-8" and error.start >= len(body) - 3 and error.end == len(body):
                return body.decode("utf-8", "ignore")  # the body was cut inside a character
    return body.decode("cp1252" if codec == "utf-8" and _is_latin(body) else codec, "replace")


def _is_latin(body: bytes) -> bool:
    """Whether hardly anything of the bytes beyond ASCII could be UTF-8."""
    text = body.decode("utf-8", "replace")
    high = sum(byte > 0x7F for byte in body)
    return text.count("\ufffd") * 2 > high


def _find_document_label(body: bytes) -> str | None:
    match = _DOCUMENT.search(body, 0, _LOOKED_AT)
    return (match[1] or match[2]).decode("ascii") if match else None


def _find_codec(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # some names are of codecs that make no text
    except (LookupError, ValueError, TypeError):
        return None
    if name.startswith(("utf-16", "utf-32")) or name in ("idna", "punycode", "undefined"):
        return "utf-8"  # as browsers do: whoever could read the label has read ASCII
    return _SUPERSETS.get(name, name)
