"""HTML entities and backslashes in text that a tool, not its writer, put there."""

from __future__ import annotations

import html
import re

_NAMED = "lt|gt|quot|apos|nbsp|hellip|[mn]dash|[lr][sd]quo|[lr]aquo"
# `&amp;` escaped twice is decoded in one step; `&amp;copy;` stays, or it would be displayed as a symbol.
_AMPERSAND = r"(?:amp|#0*38|#[xX]0*26);"
_PATTERN = (
    rf"&(?:{_AMPERSAND})*+({_NAMED}|#0*[1-9]\d{{1,5}}|#[xX]0*[1-9A-Fa-f][0-9A-Fa-f]{{1,4}});"
    rf"|&(?:{_AMPERSAND})++(?!\w+;|#\w+;)"
)
_ENTITY = re.compile(_PATTERN)
# Readwise capitalises each word of a title, entities included: `Tea &Amp; Toast...`.
_ENTITY_ANY_CASE = re.compile(_PATTERN, re.IGNORECASE)
_ANY_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,30}\d{0,2});")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
_ESCAPED_DASH = re.compile(r"(?<!\\)\\-")


def decode_entities(text: str) -> str:
    """Decode the entities that Readwise, Twitter and blogs write (`&amp;`, `&#8217;` …) in a passage.

    All others stay: a writer who wrote `&copy;` may have meant just that.
    """
    return _decode(_ENTITY, text)


def decode_passage(text: str) -> str:
    """Decode the same entities in a passage with code, whose entities stay."""
    if "&" not in text:
        return text
    parts = _CODE.split(text) if "`" in text else [text]
    parts[::2] = map(decode_entities, parts[::2])
    return "".join(parts)


def decode_title_entities(title: str) -> str:
    """Decode the same entities in a title, in any case."""
    return _decode(_ENTITY_ANY_CASE, title)


def decode_all_entities(text: str) -> str:
    """Decode every entity in text that came from an HTML page."""
    return _ANY_ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def unescape_dashes(text: str) -> str:
    """Undo the `\\-` that Readwise's plugin once wrote for every dash (docs/formats.md), code excepted."""
    if "\\-" not in text:
        return text
    if "`" not in text:
        return text.replace("\\-", "-")
    parts = _CODE.split(text)
    parts[::2] = [part.replace("\\-", "-") for part in parts[::2]]
    return "".join(parts)


def drop_dash_escapes(text: str) -> str:
    """Undo them as a cleaning rule, in text whose code is set aside.

    `\\\\-` stays, unlike above, so that cleaning twice changes nothing.
    """
    return _ESCAPED_DASH.sub("-", text) if "\\-" in text else text


def _decode(pattern: re.Pattern[str], text: str) -> str:
    if "&" not in text or ";" not in text:
        return text
    return pattern.sub(_decode_one, text)


def _decode_one(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    decoded = html.unescape(f"&{match[1].lower()};").replace("\u00a0", " ")
    return decoded if decoded.isprintable() else match[0]
