"""Properties: the `key:: value` lines of a block or of a page's preamble, and YAML front matter.

    property   := WS* KEY "::" (" " WS* VALUE | WS*) EOL        KEY: no ":" and no blank in it
    org-drawer := ":PROPERTIES:" (":" KEY ":" VALUE)* ":END:"   the same as properties
    yaml-front := "---" EOL (KEY ":" VALUE EOL)* "---"          at the very start of a page only

The first run of property lines (blank lines may stand between them) holds the properties; what looks like
one further down is text. No property stands inside a region (`ingest.regions`), in a list of "* ", "+ " or
"1. " lines (till a blank line or one at column 0), or in a "> " quote (till a blank line).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

BLANK = " \t"

_PROPERTY = re.compile(r"[ \t]*+([^: \t]++)::(?: (.*)|[ \t]*)", re.DOTALL)
_DRAWER_LINE = re.compile(r"[ \t]*+:([^: \t]++):(.*)", re.DOTALL)
_LIST_ITEM = re.compile(r"[ \t]*+(?:[*+]|[0-9]++\.)[ \t]")
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n((?:(?![-# \t])[^:\n]++:[^\n]*+\n)*+)---[ \t]*+(?:\r?\n|\Z)")
_ONLY_PROPERTIES = re.compile(
    r"(?:[ \t]*+(?!>)[^: \t\n]++::(?: [^\n]*+|[ \t]*+\r?+)(?:\n|\Z)(?:[ \t]*+\r?+\n)*+)++[ \t]*+"
)
"""Nothing but one run: so most preambles are, and reading those alike saves a quarter of a page's time."""
_EACH_PROPERTY = re.compile(r"^[ \t]*+([^: \t\n]++)::([^\n]*+)", re.MULTILINE)
_SEPARATOR = re.compile(r"[,，]|\[\[|\]\]")


class PropertyRun(NamedTuple):
    """The first run of properties of one block or preamble."""

    pairs: tuple[tuple[str, str], ...] = ()
    """Key as `compare_key` gives it, value stripped; a key may stand twice."""
    lines: tuple[int, int] = (0, 0)
    """Its first line, counted from the block's first, and just past its last."""
    stray: int | None = None
    """The line of the first property after the run, which is read as text; None where there is none."""


@lru_cache(maxsize=1_000)
def compare_key(key: str) -> str:
    """`key` as Logseq compares keys: lower-case, "_" and blanks as "-"."""
    return key.lower().replace("_", "-").replace(" ", "-")


def split_values(value: str) -> tuple[str, ...]:
    """The values of a `tags` or `alias` property, split on "," and "，" outside `[[…]]`; none is empty."""
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
    """The YAML front matter's properties and the offset just past it; `(), start` where there is none."""
    match = _FRONT_MATTER.match(text, start) if text.startswith("---", start) else None
    if match is None:
        return (), start
    pairs = (line.partition(":") for line in match[1].split("\n")[:-1])
    return tuple((compare_key(key.strip()), value.strip()) for key, _, value in pairs), match.end()


def read_properties(text: str, start: int, end: int, regions: Sequence[tuple[int, int]] = ()) -> PropertyRun:
    """The properties of the lines `text[start:end]`, of which the first may begin in the middle of a line.

    `regions` holds the regions among them in order, each as the offset of the line that opens it and of the
    line after it.
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
    """The properties of lines that `_ONLY_PROPERTIES` matched."""
    pairs = tuple([(compare_key(key), value.strip()) for key, value in _EACH_PROPERTY.findall(text)])
    return PropertyRun(pairs, (0, text.rstrip(" \t\r\n").count("\n") + 1))


def _read_parts(
    text: str, start: int, end: int, regions: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, list[tuple[str, str]]]]:
    """Each part that is not blank: its first line, just past its last, its properties (none: it is text)."""
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
        if number not in hidden:
            in_list = in_list or _LIST_ITEM.match(line) is not None
            in_quote = in_quote or content.startswith(">")
            if not (in_list or in_quote):
                past, pairs = _read_part(lines, number)
        if content:
            yield number, past, pairs
        number = past


def _read_part(lines: list[str], number: int) -> tuple[int, list[tuple[str, str]]]:
    """Just past the part that begins at line `number`, a property or a drawer of them, and its properties."""
    if match := _PROPERTY.fullmatch(lines[number]):
        return number + 1, [(compare_key(match[1]), (match[2] or "").strip())]
    if lines[number].strip(BLANK).upper() == ":PROPERTIES:":
        return _read_drawer(lines, number + 1) or (number + 1, [])
    return number + 1, []


def _read_drawer(lines: list[str], number: int) -> tuple[int, list[tuple[str, str]]] | None:
    """Just past the drawer's `:END:` and its properties; None where something else stands in it."""
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
    """For each region its first line and just past its last, both counted from the line of `start`."""
    hidden: dict[int, int] = {}
    number, offset = 0, start
    for region_start, region_end in regions:
        first = number + text.count("\n", offset, region_start)
        number = first + text.count("\n", max(region_start, start), region_end)
        offset = region_end
        hidden[first] = max(number, first + 1)
    return hidden
