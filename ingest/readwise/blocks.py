"""One block of a page's outline → its words, apart from its view link, its tags and Logseq's state."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.outline import Block
from ingest.readwise.escapes import unescape_dashes
from ingest.readwise.outlines import HIDDEN
from ingest.readwise.tags import parse_tag_list
from ingest.readwise.views import View, split_view

_STATE = re.compile(
    r"id|collapsed|card-.*|logseq\..*|heading|background-color|created-at|updated-at|hl-.*|ls-type|query-.*"
    r"|properties|end"  # an Org drawer's first and last line
)
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
    """Logseq's own properties: (key, value)"""


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
