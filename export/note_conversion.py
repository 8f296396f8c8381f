"""Convert a note with its user's edits to another flavour.

The file is split into our blocks that are as written and text of the user's, which includes blocks that they
changed. Our blocks take their text in the new flavour; what the user wrote keeps its words and its place
between them, in the form of the new flavour: between an outline and a page, list items are blocks, and what
follows a passage is below it. What the user deleted is left out. `export.note_merge` adds what is new.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from export.block_matching import Wanted, match_blocks
from export.note_merge import BYTE_ORDER_MARK, Merged, merge_note
from export.note_pieces import Piece, make_context, split_outline_pieces, split_page_pieces
from export.note_places import Flavour
from export.note_tree import Rendered
from export.page_edits import MarkdownPage, OutlinePage
from export.page_properties import OTHER_NAMES, convert_property, has_property, list_own_properties
from export.page_units import split_lines
from markdown_text.note_marks import MARK_KEY

_IN_LISTS = ("item", "fact")
_HEAD = ("property", "title", "fact")
_MARKS = ("generated-by", "property:kind", f"property:{MARK_KEY}")
"""Blocks that are written even if the user deleted them: they identify the note."""
_FENCE = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(```|~~~)")
_ITEM = re.compile(r"([ \t]*)[-*+](?:[ \t]+(.*)|)$")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]|$)")
_PROPERTY = re.compile(r"(?:<!-- )?((?!<!--)[^\s:]+::(?: .*?|))(?: -->)?$")
_MACHINE = re.compile(r"id::", re.I)


def convert_note(
    current: str,
    base: Mapping[str, str],
    old: Flavour,
    blocks: Sequence[Rendered],
    new: Flavour,
    without: Collection[str] = (),
) -> Merged:
    """Convert the file `current`, written in the flavour `old` as the blocks `base`, and merge `blocks`.

    For `base` and `without` see `merge_note`. Exporting again in the flavour `new` changes nothing.
    """
    lines = split_lines(current.removeprefix(BYTE_ORDER_MARK))
    page = OutlinePage(lines) if old == "logseq" else MarkdownPage(lines)
    plain = {key: text for key, text in base.items() if not key.startswith("property:")}
    marks = {block.key: block.mark for block in blocks}
    wanted = {key: Wanted(page.split(text), marks.get(key)) for key, text in plain.items()}
    found = match_blocks(wanted, page.pieces)
    whole = {key for key, place in found.items() if place.whole and page.is_as_written(place, plain[key])}
    own = list_own_properties(lines, page.start, base, old)
    left = whole | {
        key
        for key in base
        if key.startswith("property:") and key not in own and has_property(lines, page.start, key, old)
    }
    shown = {block.key: block for block in blocks}
    head = [block for block in blocks if _is_head(block) and _is_left(block.key, base, left)]
    context = make_context(page, plain, found, whole, shown, new)
    if isinstance(page, OutlinePage):
        pieces = list(split_outline_pieces(page, context))
    else:
        pieces = list(split_page_pieces(page, context))
    properties = []
    for key, group in own.items():
        converted = convert_property(group, old, new)
        if converted is None:
            pieces.insert(0, Piece("", "\n".join(["```yaml", *group, "```"]), 0, "text"))
        else:
            properties.append(converted)
            name = _name_property(key)
            head = [block for block in head if block.kind != "property" or _name_property(block.key) != name]
    pieces = [piece for piece in pieces if not piece.key or not _is_head(shown.get(piece.key))]
    text = _join(head, properties, pieces, shown, new)
    known = {
        block.key: block.text
        for block in blocks
        if block.key in base or _is_head(block) or block.key in {piece.key for piece in pieces}
    }
    return merge_note(text, known, blocks, new, without)


def _is_head(block: Rendered | None) -> bool:
    return block is not None and (block.kind in _HEAD or block.key == "generated-by")


def _name_property(key: str) -> str:
    """The name of a property or fact, the same in all flavours."""
    name = key.partition(":")[2].lower()
    return next((plain for plain, other in OTHER_NAMES.items() if other == name), name)


def _is_left(key: str, base: Mapping[str, str], left: Collection[str]) -> bool:
    """Whether the user neither deleted nor changed what a block in the head of the new note shows."""
    if key in _MARKS:
        return True
    same = {key} & base.keys()
    if name := _name_property(key):
        facts = (other for other in base if other.startswith(("property:", "fact:")))
        same |= {other for other in facts if _name_property(other) == name}
    return not same or any(other in left for other in same)


# --- to the new flavour


def _join(
    head: Sequence[Rendered],
    properties: Sequence[str],
    pieces: Sequence[Piece],
    shown: Mapping[str, Rendered],
    new: Flavour,
) -> str:
    ours = [block.text for block in head if block.kind == "property"]
    body = [Piece(block.key, "", 0, block.kind) for block in head if block.kind != "property"]
    pieces = [*body, *(piece for piece in pieces if not piece.key or piece.key in shown)]
    if new == "logseq":
        parts = ["\n".join([*properties, *ours]), "\n".join(_write_outline(pieces, shown))]
        return "\n\n".join(part for part in parts if part)
    front = "".join(f"{text}\n" for text in (*ours, *properties))
    front = f"---\n{front}---\n" if front else ""
    return front + "".join(_write_page(pieces, shown)) + "\n"


def _write_outline(pieces: Iterable[Piece], shown: Mapping[str, Rendered]) -> Iterator[str]:
    deepest = 0
    blocks: list[tuple[int, str, list[str]]] = []
    for piece in pieces:
        attached = _read_attached(piece)
        if attached and blocks:
            blocks[-1][2].extend(attached)
            continue
        depth = min(piece.depth, deepest)
        deepest = depth + 1
        blocks.append((depth, shown[piece.key].text if piece.key else piece.text, list(piece.properties)))
    for depth, text, properties in blocks:
        indent = "\t" * depth
        lines = text.split("\n")
        at = len(lines) if text.startswith(("```", "~~~")) else 1
        lines[at:at] = properties
        yield f"{indent}- " + f"\n{indent}  ".join(lines)


def _read_attached(piece: Piece) -> list[str]:
    """The properties that a text consists of: those of the block before it in Logseq."""
    found = [_PROPERTY.fullmatch(line.strip()) for line in piece.text.split("\n")]
    return [match[1] for match in found if match] if all(found) else []


def _write_page(pieces: Iterable[Piece], shown: Mapping[str, Rendered]) -> Iterator[str]:
    open_: list[tuple[int, int]] = []  # depth in the outline, and in the list (-1: not in a list)
    before: tuple[bool, bool] | None = None  # whether the last piece is ours, and in a list
    for piece in pieces:
        while open_ and open_[-1][0] >= piece.depth:
            open_.pop()
        if piece.key:
            text, is_item, apart = shown[piece.key].text, piece.kind in _IN_LISTS, True
            level = 0 if is_item else -1
        else:
            text, level = _write_own(piece, max((inner for _, inner in open_), default=-1))
            is_item, apart = level >= 0 or bool(_ITEM.match(text)), piece.is_apart
        if before is not None:
            was_ours, was_item = before
            is_tight = is_item and was_item if piece.key or was_item else not apart and not was_ours
            yield "\n" if is_tight or (was_item and not apart) else "\n\n"
        yield text
        if piece.key and piece.properties:
            hidden = (f"<!-- {line} -->" if _MACHINE.match(line) else line for line in piece.properties)
            yield "\n\n" + "\n".join(hidden)
            is_item = False
        open_.append((piece.depth, level))
        before = bool(piece.key), is_item


def _write_own(piece: Piece, above: int) -> tuple[str, int]:
    """A text of the user's in a page, and its level in a list."""
    lines = piece.text.split("\n")
    if piece.kind == "heading" and not _HEADING.match(lines[0]):
        lines[0] = f"{'#' * min(piece.depth + 2, 6)} {lines[0]}"
    if _HEADING.match(lines[0]) and above < 0 and len(lines) == 1 and not piece.properties:
        return lines[0], -1
    lines[1:1] = piece.properties
    if sum(bool(_FENCE.match(line)) for line in lines) % 2:
        lines.append("```")
    if piece.kind not in _IN_LISTS:
        return "\n".join(lines), -1
    indent = "  " * (above + 1)
    return f"{indent}- " + f"\n{indent}  ".join(lines), above + 1
