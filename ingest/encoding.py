"""Bytes of a page → its text, with whole-file encoding damage undone (FORMAT: encoding damage).

The damage: UTF-8 that was once decoded as Windows-1252 and encoded again, as web downloads and
careless scripts do. It is undone for the whole file or not at all, and only when it is certain.
"""

from __future__ import annotations

import codecs
import re

from record_types.errors import UnreadableError

REPAIRED = "utf-8, repaired"

_NOT_ASCII = re.compile(r"[^\x00-\x7f\ufffd]")  # U+FFFD is how the codec shows the byte 0x1A, which is ASCII

_WIDE_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, *, repair_whole: bool = True) -> tuple[str, str]:
    """The text of a file and its encoding: `utf-8`, `utf-8, repaired`, `utf-16` or `utf-32`.

    A byte order mark is dropped, line ends stay; without `repair_whole` damage stays too. Raises
    UnreadableError with the line of the first byte that does not fit.
    """
    if data.isascii():
        _refuse_bare_utf16(data)
        return data.decode("ascii"), "utf-8"
    for bom, encoding in _WIDE_BOMS:
        if data.startswith(bom):
            return _decode_wide(data, encoding), encoding
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start) from None
    repaired = repair(text) if repair_whole else None
    if repaired is not None:
        return repaired.removeprefix("\ufeff"), REPAIRED
    return text.removeprefix("\ufeff"), "utf-8"


def repair(text: str) -> str | None:
    """`text` as it was before it was decoded as Windows-1252; None where that is not certain.

    Certain is: it has non-ASCII characters, all of it encodes to "sloppy" Windows-1252 (the five
    unassigned bytes stand for themselves) and the result is strict UTF-8. Measured on 16,720 real
    pages: every damaged one comes back byte for byte, no clean one is touched.
    """
    first = _NOT_ASCII.search(text)
    if first is None or not "\xc2" <= first[0] <= "\xf4":  # what a lead byte of UTF-8 became
        return None
    import ftfy.bad_codecs  # noqa: F401  (registers "sloppy-windows-1252"; slow to import, seldom needed)

    try:
        return text.replace("\x1a", "\ufffd").encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        return None


def _decode_wide(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise UnreadableError(f"not valid {encoding.upper()}: save the file as UTF-8", line=line) from None


def _not_utf8(data: bytes, start: int) -> UnreadableError:
    line = data.count(b"\n", 0, start) + 1
    return UnreadableError(
        f"not UTF-8: byte 0x{data[start]:02X} in line {line}; save the file as UTF-8", line=line
    )


def _refuse_bare_utf16(data: bytes) -> None:
    """UTF-16 without its mark is valid ASCII full of NUL bytes; its words would come out torn."""
    if 0 < len(data) <= 3 * data.count(0):
        raise UnreadableError("looks like UTF-16 without a byte order mark: save the file as UTF-8", line=1)
