"""Properties: the `key:: value` lines of a block or a preamble, and YAML front matter (docs/logseq.md).

    property   := WS* KEY "::" (" " WS* VALUE | WS*) EOL        KEY contains no ":" and no whitespace
    org-drawer := ":PROPERTIES:" (":" KEY ":" VALUE)* ":END:"   equivalent to properties
    yaml-front := "---" EOL (KEY ":" VALUE EOL)* "---"          only at the very start of a page

The first run of property lines (blank lines may separate them) holds the properties; later lines that look
like properties are text. The first line of a block may be a property after `#`s (`## key:: value`). There are
no properties inside a region (`ingest.regions`), in a list of "* ", "+ " or "1. " lines (up to a blank line
or one at column 0), or in a "> " quote (up to a blank line).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

BLANK = " \t"

_PROPERTY = re.compile(r"[ \t]*+([^: \t]++)::(?: (.*)|[ \t]*)", re.DOTALL)
_HEADING = re.compile(r"\A#++[ \t]++(?=[^: \t]++::(?: |[ \t]*\Z))")
_DRAWER_LINE = re.compile(r"[ \t]*+:([^: \t]++):(.*)", re.DOTALL)
# Logseq reads a list of these marks as one unit, in which it sees no properties.
_LIST_ITEM = re.compile(r"[ \t]*+(?:[*+]|[0-9]++\.)[ \t]")
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n((?:(?![-# \t])[^:\n]++:[^\n]*+\n)*+)---[ \t]*+(?:\r?\n|\Z)")
_ONLY_PROPERTIES = re.compile(
    r"(?:[ \t]*+(?!>)[^: \t\n]++::(?: [^\n]*+|[ \t]*+\r?+)(?:\n|\Z)(?:[ \t]*+\r?+\n)*+)++[ \t]*+"
)
"""Nothing but one run, as in most preambles; this fast path saves a quarter of a page's time."""
_EACH_PROPERTY = re.compile(r"^[ \t]*+([^: \t\n]++)::([^\n]*+)", re.MULTILINE)
_SEPARATOR = re.compile(r"[,，]|\[\[|\]\]")


class PropertyRun(NamedTuple):
    """The first run of properties of one block or preamble."""

    pairs: tuple[tuple[str, str], ...] = ()
    """Key as from `compare_key`, value stripped; keys may repeat."""
    lines: tuple[int, int] = (0, 0)
    """Index of its first line, relative to the block's, and just past its last."""
    stray: int | None = None
    """The line of the first property after the run, which counts as text; None if there is none."""


@lru_cache(maxsize=1_000)
def compare_key(key: str) -> str:
    """Normalise `key` as Logseq compares keys: lower case, "_" and spaces as "-"."""
    return key.lower().replace("_", "-").replace(" ", "-")


def split_values(value: str) -> tuple[str, ...]:
    """Split the value of a `tags` or `alias` property at "," and "，" outside `[[…]]`; none is empty."""
    parts: list[str] = []
    depth = start = 0
    for match in _SEPARATOR.finditer(value):
        if match[0] == "[[":
            depth += 1
        elif match[0] == "]]":
            depth = max(depth - 1, 0)
        elif depth == 0:
            parts.append(value[start : match.start()])
            start = match.end()
    parts.append(value[start:])
    return tuple(part.strip() for part in parts if part.strip())


def read_front_matter(text: str, start: int = 0) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the properties of YAML front matter and the offset just past it; `(), start` if there is
    none."""
    match = _FRONT_MATTER.match(text, start) if text.startswith("---", start) else None
    if match is None:
        return (), start
    pairs = (line.partition(":") for line in match[1].split("\n")[:-1])
    return tuple((compare_key(key.strip()), value.strip()) for key, _, value in pairs), match.end()


def read_properties(text: str, start: int, end: int, regions: Sequence[tuple[int, int]] = ()) -> PropertyRun:
    """Read the properties of the lines `text[start:end]`, which may begin in the middle of a line.

    `regions` are the regions among them, in order: offsets of the opening line and of the line after.
    """
    if not regions and _ONLY_PROPERTIES.fullmatch(text, start, end):
        return _read_only_properties(text[start:end])
    run: list[tuple[str, str]] = []
    first = run_past = 0
    text_since = False
    for number, past, pairs in _read_parts(text, start, end, regions):
        if not pairs:
            text_since = True
        elif run and text_since:
            return PropertyRun(tuple(run), (first, run_past), stray=number)
        else:
            first = first if run else number
            run_past = past
            text_since = False
            run += pairs
    return PropertyRun(tuple(run), (first, run_past))


def _read_only_properties(text: str) -> PropertyRun:
    """Read lines that `_ONLY_PROPERTIES` matched."""
    pairs = tuple([(compare_key(key), value.strip()) for key, value in _EACH_PROPERTY.findall(text)])
    return PropertyRun(pairs, (0, text.rstrip(" \t\r\n").count("\n") + 1))


def _read_parts(
    text: str, start: int, end: int, regions: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, list[tuple[str, str]]]]:
    """Yield each part that is not blank: first line, just past its last, properties (empty if it is text)."""
    lines = [line.removesuffix("\r") for line in text[start:end].split("\n")]
    hidden = _find_hidden_lines(text, start, regions)
    in_list = in_quote = False
    number = 0
    while number < len(lines):
        line = lines[number]
        past = hidden.get(number, number + 1)
        content = line.lstrip(BLANK)
        pairs: list[tuple[str, str]] = []
        in_list = in_list and content != line and content != ""
        in_quote = in_quote and content != ""
        if number == 0 and content.startswith("#"):
            lines[0] = line = _HEADING.sub("", content, count=1)
        if number not in hidden:
            in_list = in_list or _LIST_ITEM.match(line) is not None
            in_quote = in_quote or content.startswith(">")
            if not (in_list or in_quote):
                past, pairs = _read_part(lines, number)
        if content:
            yield number, past, pairs
        number = past


def _read_part(lines: list[str], number: int) -> tuple[int, list[tuple[str, str]]]:
    """Read the property or drawer at line `number`; return the line just past it, and the properties."""
    if match := _PROPERTY.fullmatch(lines[number]):
        return number + 1, [(compare_key(match[1]), (match[2] or "").strip())]
    if lines[number].strip(BLANK).upper() == ":PROPERTIES:":
        return _read_drawer(lines, number + 1) or (number + 1, [])
    return number + 1, []


def _read_drawer(lines: list[str], number: int) -> tuple[int, list[tuple[str, str]]] | None:
    """Return the line just past the drawer's `:END:`, and its properties; None if it contains other lines."""
    pairs: list[tuple[str, str]] = []
    for past in range(number + 1, len(lines) + 1):
        match = _DRAWER_LINE.fullmatch(lines[past - 1])
        if match is None or match[1].upper() == "PROPERTIES":
            return None
        if match[1].upper() == "END":
            return past, pairs
        pairs.append((compare_key(match[1]), (match[2] or "").strip()))
    return None


def _find_hidden_lines(text: str, start: int, regions: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Map each region's first line to the line just past it, both relative to the line of `start`."""
    hidden: dict[int, int] = {}
    number, offset = 0, start
    for region_start, region_end in regions:
        first = number + text.count("\n", offset, region_start)
        number = first + text.count("\n", max(region_start, start), region_end)
        offset = region_end
        hidden[first] = max(number, first + 1)
    return hidden
