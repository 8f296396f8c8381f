"""Decoding: what is repaired, what stays unchanged, what is rejected with its line."""

from __future__ import annotations

import codecs
from contextlib import suppress

import ftfy.bad_codecs  # noqa: F401  (registers "sloppy-windows-1252")
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.encoding import decode, repair
from record_types.errors import UnreadableError

DAMAGE = "sloppy-windows-1252"


@pytest.mark.parametrize(
    "text", ["don’t", "👇 thread", "Späti “quoted” – …", "中文", "ÿ\u0081\u008d", "’" * 3]
)
def test_text_that_was_encoded_twice_is_restored(text: str) -> None:
    damaged = text.encode().decode(DAMAGE).encode()
    assert decode(damaged) == (text, "utf-8, repaired")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "café",
        "naïve “quotes” – and …",
        "Ã is a letter",
        "中文 â€™",
        "Übergröße",
        "ﬁne ligature",
        "½ × ２",
        "one \ufffd only",
        "\u0080\u0085",
        "Ã©\u4e2d",
    ],
)
def test_undamaged_text_stays_unchanged(text: str) -> None:
    assert decode(text.encode()) == (text, "utf-8")


def test_a_byte_order_mark_is_dropped_and_line_endings_stay() -> None:
    assert decode(codecs.BOM_UTF8 + "é\r\n\u2028".encode()) == ("é\r\n\u2028", "utf-8")
    assert decode(codecs.BOM_UTF8 + b"plain") == ("plain", "utf-8")
    assert decode((codecs.BOM_UTF8 + "é".encode()).decode(DAMAGE).encode()) == ("é", "utf-8, repaired")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_read_by_their_mark(encoding: str) -> None:
    assert decode("\ufefftitle:: 中\n".encode(encoding)) == ("title:: 中\n", encoding[:6])


def test_bytes_that_are_not_text_are_rejected_with_their_line() -> None:
    with pytest.raises(UnreadableError, match="0xE9 in line 3") as caught:
        decode("a\né\n".encode() + b"caf\xe9\n")
    assert caught.value.line == 3


@pytest.mark.parametrize("data", [codecs.BOM_UTF16_LE + b"a\0\n\0b", "two lines\n".encode("utf-16-le")])
def test_truncated_and_unmarked_utf16_is_rejected(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="save the file as UTF-8"):
        decode(data)


def test_text_with_few_nul_bytes_is_not_utf16() -> None:
    assert decode(b"abc\0") == ("abc\0", "utf-8")
    assert decode(b"") == ("", "utf-8")
    with pytest.raises(UnreadableError, match="without a byte order mark"):
        decode(b"ab\0")


@given(st.text())
def test_repair_undoes_exactly_the_damage(text: str) -> None:
    damaged = text.encode(errors="replace").decode(DAMAGE)
    whole = text.encode(errors="replace").decode()
    assert repair(damaged) == (None if whole.isascii() else whole)


@given(st.binary())
def test_any_bytes_give_text_or_an_error_with_a_reason(data: bytes) -> None:
    with suppress(UnreadableError):
        text, encoding = decode(data)
        assert isinstance(text, str)
        assert encoding in ("utf-8", "utf-8, repaired", "utf-16", "utf-32")
