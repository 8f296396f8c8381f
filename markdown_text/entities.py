"""HTML entities that reach a page through a tool rather than through its writer."""

from __future__ import annotations

import re

_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " ", "#39": "'", "#x27": "'"}
# `&amp;` escaped twice is decoded in one go; `&amp;copy;` stays, or it would be shown as a sign.
_PATTERN = r"&(?:amp;)*+(lt|gt|quot|apos|nbsp|#39|#x27);|&(?:amp;)++(?!\w+;|#\w+;)"
_ENTITY = re.compile(_PATTERN)
# Readwise capitalises each word of a title, entities included: `Tea &Amp; Toast...`.
_ENTITY_ANY_CASE = re.compile(_PATTERN, re.IGNORECASE)


def decode_entities(text: str) -> str:
    """`text` with `&amp;`, `&lt;` … replaced by their characters."""
    return _decode(_ENTITY, text)


def decode_title_entities(title: str) -> str:
    """`title` with entities in any case replaced by their characters."""
    return _decode(_ENTITY_ANY_CASE, title)


def _decode(pattern: re.Pattern[str], text: str) -> str:
    if "&" not in text or ";" not in text:
        return text
    return pattern.sub(lambda match: _ENTITIES[match[1].lower()] if match[1] else "&", text)
