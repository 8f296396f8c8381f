"""One block of a page's outline → its words, apart from its view link, its tags and Logseq's state."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ingest.outline import Block
from ingest.readwise.outlines import HIDDEN
from ingest.readwise.tags import parse_tag_list
from ingest.readwise.views import View, split_view
from markdown_text.escapes import unescape_dashes

_STATE = re.compile(
    r"id|collapsed|card-.*|logseq\..*|heading|background-color|created-at|updated-at|hl-.*|ls-type|query-.*"
    r"|properties|end"  # an Org drawer's first and last line
)
_PROPERTY_LINE = re.compile(r"[ \t]*([\w.-]{1,40})::(?:[ \t]+(.*))?[ \t\r]*")
_RULE = re.compile(r"[-–—*_ ]*")


class BlockText(NamedTuple):
    """What a block says."""

    text: str
    """Stripped, dashes unescaped, without the view link; may be empty."""
    view: View | None = None
    behind: str = ""
    """What the reader wrote behind the view link."""
    tags: tuple[str, ...] = ()
    """From a `tags::` line."""
    state: tuple[tuple[str, str], ...] = ()
    """Logseq's own properties and the marks of a template: (key, value)"""
    day: str = ""
    """The highlight's own day, as it stands there."""
    is_marked: bool = False
    """The template marks it as a highlight."""
    is_cut: bool = False
    """What the template writes behind every highlight is missing."""


def read_block(block: Block) -> BlockText:
    """The words of a block, unknown properties too; `id::`, `collapsed::`, `card-…::` stand apart."""
    text, tags, state = _take_properties(block) if block.properties else (block.text, (), ())
    text = (text.replace(HIDDEN, "") if HIDDEN in text else text).strip()
    view, behind = None, ""
    if text.endswith(")") or "([" in text:
        text, view, behind = split_view(text)
    if "\\-" in text or behind:
        text, behind = unescape_dashes(text), unescape_dashes(behind)
    return BlockText(text, view, behind, tags, state)


def is_state(key: str) -> bool:
    """True for the properties in which Logseq keeps a block's state."""
    return _STATE.fullmatch(key) is not None


def split_properties(text: str, is_known: Callable[[str], bool]) -> tuple[str, list[tuple[str, str]]]:
    """The lines without the known properties at their beginning and end, and those: (key, value).

    For templates that write properties where Logseq itself sees text (below a quote or a list).
    """
    lines = text.split("\n")
    last = len(lines)
    while last and _read_property(lines[last - 1], is_known):
        last -= 1
    first = 0
    while first < last and _read_property(lines[first], is_known):
        first += 1
    found = [_read_property(line, is_known) for line in lines[:first] + lines[last:]]
    return "\n".join(lines[first:last]), [pair for pair in found if pair]


def _read_property(line: str, is_known: Callable[[str], bool]) -> tuple[str, str] | None:
    match = _PROPERTY_LINE.fullmatch(line) if "::" in line else None
    if match is None:
        return None
    key = match[1].lower().replace("_", "-")
    return (key, (match[2] or "").strip()) if is_known(key) else None


def is_rule(text: str) -> bool:
    """True for an empty block and one that only separates (`-`, `---`)."""
    return not text or (len(text) < 80 and _RULE.fullmatch(text) is not None)


def _take_properties(block: Block) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(text without them, tags, state)"""
    lines = block.text.split("\n")
    first, past = block.run
    kept = lines[:first]
    tags: tuple[str, ...] = ()
    state: list[tuple[str, str]] = []
    for line in lines[first:past]:
        key, _, value = line.strip().strip(":").partition(":")
        key = key.lower().replace("_", "-")
        if key == "tags":
            tags = parse_tag_list(unescape_dashes(value.lstrip(":")))
        elif line.strip() and not _STATE.fullmatch(key):
            kept.append(line)
        elif value.strip(": "):
            state.append((key, value.lstrip(":").strip()))
    return "\n".join(kept + lines[past:]), tags, tuple(state)
