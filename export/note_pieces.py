"""Split a note that its user edited into our blocks that are as written, and text of the user's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from export.block_matching import Found
from export.note_places import Flavour
from export.note_tree import Rendered, RenderedKind
from export.page_edits import MarkdownPage, OutlinePage
from export.page_units import find_properties

_FENCE = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(```|~~~)")
_ITEM = re.compile(r"([ \t]*)[-*+](?:[ \t]+(.*)|)$")
_NUMBERED = re.compile(r"([ \t]*)(\d{1,3}[.)][ \t].*)$")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]|$)")
_HAS_BLOCKS = re.compile(r"^[ \t]*(?:[-*+][ \t]|#{1,6}[ \t]|```|~~~)", re.M)
_FOLDED = re.compile(r"[ \t]*collapsed::", re.I)


class Piece(NamedTuple):
    """A block of ours that is as written, or a text of the user's."""

    key: str
    """Of our block; empty for the user's text."""
    text: str
    """The user's, without its indentation."""
    depth: int
    """In the outline."""
    kind: RenderedKind = "item"
    is_apart: bool = True
    """Whether a blank line precedes it in a page."""
    properties: tuple[str, ...] = ()
    """What Logseq keeps with the block, such as `id:: …`, which others may refer to."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the blocks of a page."""

    shown: Mapping[str, Rendered]
    whole: Mapping[int, tuple[str, int]]
    """Our blocks that are as written, by their first unit: the key and the last unit."""
    edited: Mapping[int, tuple[Rendered, int]]
    """Those that the user changed."""
    new: Flavour


def make_context(
    page: OutlinePage | MarkdownPage,
    base: Mapping[str, str],
    found: Mapping[str, Found],
    whole: Collection[str],
    shown: Mapping[str, Rendered],
    new: Flavour,
) -> Context:
    page.set_ours(found.values())
    units = {unit.start: at for at, unit in enumerate(page.units)}
    edited = {
        units[page.find_first_line(place, base[key])]: (shown[key], place.last)
        for key, place in found.items()
        if key in shown
    }
    return Context(shown, {found[key].first: (key, found[key].last) for key in whole}, edited, new)


# --- from an outline


def split_outline_pieces(page: OutlinePage, context: Context) -> Iterator[Piece]:
    start, past = find_properties(page.lines, page.start)
    loose = [line.text for at, line in enumerate(page.lines[: page.start]) if not start <= at < past]
    if any(text.strip() for text in loose):
        yield Piece("", "\n".join(loose).strip("\n"), 0, "text")
    for at, unit in enumerate(page.units):
        lines = [page.lines[line].text.strip() for line in unit.properties]
        properties = tuple(line for line in lines if not _FOLDED.match(line))
        if at in context.whole:
            key, _ = context.whole[at]
            kind = context.shown[key].kind if key in context.shown else "text"
            yield Piece(key, "", unit.depth, kind, properties=properties)
        elif unit.text.strip() or properties:
            kind = context.edited[at][0].kind if at in context.edited else "item"
            yield Piece("", unit.text, unit.depth, kind, properties=properties)


# --- from a page


def split_page_pieces(page: MarkdownPage, context: Context) -> Iterator[Piece]:
    """The pieces of a page; between two pages the user's text stays as it is."""
    depth = at = 0
    before: Rendered | None = None
    while at < len(page.units):
        apart = not at or page.units[at].start > page.units[at - 1].end
        if at in context.whole:
            key, last = context.whole[at]
            before = context.shown.get(key)
            if before is not None:
                yield Piece(key, "", before.depth, before.kind, apart)
                depth = _find_depth_below(before)
            at = last + 1
            continue
        edited, last = context.edited.get(at, (None, len(page.units)))
        end = at + 1
        while (
            end < len(page.units) and end <= last and end not in context.whole and end not in context.edited
        ):
            end += 1
        text = "\n".join(line.text for line in page.lines[page.units[at].start : page.units[end - 1].end])
        at = end
        if context.new != "logseq":
            yield Piece("", text, 0, "text", apart)
        elif edited is not None and edited.kind != "item" and not _HAS_BLOCKS.search(text):
            yield Piece("", text, edited.depth, edited.kind)
            depth = _find_depth_below(edited)
        else:
            if before is not None and before.kind == "item" and apart:
                depth = before.depth
            for piece in _split_text(text, edited.depth if edited else depth):
                yield piece
                if piece.kind == "heading":
                    depth = piece.depth + 1
            if edited is not None:
                depth = _find_depth_below(edited)
        before = edited


def _find_depth_below(block: Rendered) -> int:
    """The depth of what the user wrote after one of our blocks."""
    return block.depth + (block.kind in ("heading", "passage", "item"))


def _split_text(text: str, depth: int) -> Iterator[Piece]:
    """Split the user's text into blocks: headings, list items, paragraphs; code stays together."""
    indents: list[int] = []
    lines: list[str] = []
    level, width, fence = depth, 0, ""

    def finish(kind: RenderedKind = "item") -> Iterator[Piece]:
        if any(lines):
            yield Piece("", "\n".join([*lines, *([fence] if fence else [])]), level, kind)
        lines.clear()

    for line in text.split("\n"):
        if fence:
            lines.append(line[width:] if not line[:width].strip() else line.lstrip())
            if line.strip().startswith(fence):
                fence = ""
            continue
        bare = line.strip()
        if not bare:
            yield from finish()
            continue
        match = _ITEM.match(line) or _NUMBERED.match(line)
        heading = _HEADING.match(bare) if len(line) - len(line.lstrip()) < 4 else None
        if heading is not None:
            yield from finish()
            indents.clear()
            level = depth = max(0, len(heading[1]) - 2)
            lines.append(bare)
            yield from finish("heading")
            depth, level = level + 1, level + 1
            continue
        if match is not None:
            yield from finish()
            indent = len(match[1].expandtabs(4))
            while indents and indents[-1] >= indent:
                indents.pop()
            level = depth + len(indents)
            indents.append(indent)
            bare, width = (match[2] or "").strip(), len(match[1]) + 2
        elif not lines:
            indent = len(line) - len(line.lstrip())
            while indents and indents[-1] >= indent:
                indents.pop()
            level, width = depth + len(indents), indent
        lines.append(bare)
        opening = _FENCE.match(bare)
        fence = opening[1] if opening else ""
    yield from finish()
