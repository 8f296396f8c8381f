"""JSON that anybody may have written, parsed to values that the program and its database can hold."""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any

_ODD = re.compile(r"[\x00\ud800-\udfff]")
_ODD_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""How JSON escapes them."""


def parse_json(text: str | bytes) -> Any:
    """The value in `text`. Raises ValueError for what is not JSON or is nested too deeply.

    Infinite numbers and NaN become null, as JavaScript writes them. Texts may contain control characters
    (pages have them), but NUL is removed, and lone surrogates, which UTF-8 lacks, are replaced.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text))
    try:
        value = DECODER.decode(text.removeprefix("\ufeff"))
        return _clean(value) if "\0" in text or _ODD_ESCAPE.search(text) else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _read_float(digits: str) -> float | None:
    return None if isinf(number := float(digits)) else number


DECODER = json.JSONDecoder(parse_float=_read_float, parse_constant=lambda _: None, strict=False)
"""Whatever decodes with it has to expect RecursionError and odd texts."""


def _clean(value: Any) -> Any:
    """`value` with every text in it safe for the database."""
    if isinstance(value, str):
        return _ODD.sub(lambda match: "" if match[0] == "\0" else "\ufffd", value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    return value
