"""Split the text of a table into rows with their line numbers.

The csv module reads it in strict mode, so that a misplaced quote spoils its own row and not all that follow.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from record_types.pages import Problem

_DELIMITERS = (",", ";", "\t")
_SEPARATOR = re.compile(r"\ufeff?\"?sep=[,;\t]\"?[ \t]*\r?\n", re.IGNORECASE)
_LONGEST_HEADER = 2_000
# Each reread may take as long as the whole file.
_MOST_REREADS = 8
"""How often the rows after an unclosed quote are read again."""


class Row(NamedTuple):
    """One row of a table."""

    line: int
    """1-based number of its first line in the file."""
    cells: list[str]


def read_header(text: str) -> tuple[list[str], str]:
    """Return the columns of the first line, in lower case, and the delimiter that yields most of them."""
    top = text[:_LONGEST_HEADER].lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = top.split("\n")[find_header(text)]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        cells = next(csv.reader([first], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return [], delimiter
    names: list[str] = []
    for cell in cells:
        name = cell.strip().lower()
        names.append(f"{name} {len(names) + 1}" if name in names else name)
    return names, delimiter


def find_header(text: str) -> int:
    """Return the index of the header's line: 1 if a spreadsheet's `sep=;` precedes it."""
    return int(_SEPARATOR.match(text) is not None)


def read_rows(text: str, delimiter: str) -> Iterator[Row | Problem]:
    """Yield the rows below the header, and a `bad-row` problem with its words for each invalid one."""
    if csv.field_size_limit() < len(text):
        csv.field_size_limit(len(text))  # no cell is longer; the limit on file size bounds it
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = [line + "\n" for line in text.split("\n")]
    start = 1 + find_header(text)
    for _ in range(_MOST_REREADS):
        unclosed = yield from _read_from(lines, start, delimiter)
        if unclosed is None:
            return
        yield Problem("bad-row", f"a quote is never closed: {lines[unclosed].strip()}", unclosed + 1)
        start = unclosed + 1
    rest = "".join(lines[start:]).strip()
    if rest:
        yield Problem("bad-row", f"too many quotes are never closed: {rest}", start + 1)


def _read_from(lines: list[str], start: int, delimiter: str) -> Generator[Row | Problem, None, int | None]:
    """Yield the rows from line index `start` on; return the index of the row that swallows the rest."""
    reader = csv.reader(iter(lines[start:]), delimiter=delimiter, strict=True)
    while True:
        begin = start + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return None
        except csv.Error as error:
            if start + reader.line_num >= len(lines) and "end of data" in str(error):
                return begin
            words = "".join(lines[begin : start + reader.line_num]).strip()
            yield Problem("bad-row", f"{error}: {words}", begin + 1)
            continue
        yield Row(begin + 1, cells)
