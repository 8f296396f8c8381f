"""JSON from other programs and servers, parsed to values that the program can store and write again."""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any

MAX_DEPTH = 200
"""Levels of lists and objects. Encoders and `repr` give up at fewer levels than the parser, near 1,000."""

_ODD = re.compile(r"[\x00\ud800-\udfff]")
_ODD_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""Their escapes in JSON."""


def parse_json(text: str | bytes) -> Any:
    """The value in `text`. Raises ValueError if it is not JSON or is nested too deeply.

    Infinite numbers and NaN become null, as JavaScript writes them. Texts may contain control characters
    (pages have them), but NUL is removed, and lone surrogates, which UTF-8 lacks, are replaced.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text))
    try:
        value = _DECODER.decode(text.removeprefix("\ufeff"))
        _check_depth(value, text, 0, len(text))
        return _clean(value) if "\0" in text or _ODD_ESCAPE.search(text) else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def decode_json(text: str, start: int) -> tuple[Any, int]:
    """The value at `start`, with odd texts as they are, and where it ends.

    Raises ValueError as the standard library does, and RecursionError if it is nested too deeply.
    """
    value, end = _DECODER.raw_decode(text, start)
    _check_depth(value, text, start, end)
    return value, end


def _check_depth(value: Any, text: str, start: int, end: int) -> None:
    if text.count("[", start, end) + text.count("{", start, end) <= MAX_DEPTH:
        return
    level = [value]
    for _ in range(MAX_DEPTH):
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for values in inner for each in values if isinstance(each, (dict, list))]
        if not level:
            return
    raise RecursionError


def _read_float(digits: str) -> float | None:
    return None if isinf(number := float(digits)) else number


_DECODER = json.JSONDecoder(parse_float=_read_float, parse_constant=lambda _: None, strict=False)


def _clean(value: Any) -> Any:
    """`value` with every text in it safe for the database."""
    if isinstance(value, str):
        return _ODD.sub(lambda match: "" if match[0] == "\0" else "\ufffd", value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    return value
