"""The rows of a CSV file as records, so that tables and JSON are read alike, and lists of tags in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.readwise.csv_rows import read_header, read_rows
from ingest.sources.json_records import Item, clean
from ingest.text import Text
from record_types.pages import Problem


def has_columns(text: Text, needed: frozenset[str]) -> bool:
    """Whether the first line of a table names these columns, in lower case."""
    return set(read_header(text.text)[0]) >= needed


def read_table(text: str) -> Iterator[Item | Problem]:
    """Yield a record of each row, by column in lower case, and a `bad-row` problem for each invalid one."""
    header, delimiter = read_header(text)
    for row in read_rows(text, delimiter):
        if isinstance(row, Problem):
            yield row
        elif any(cell.strip() for cell in row.cells[len(header) :]):
            yield Problem("bad-row", f"more cells than columns: {' | '.join(row.cells)}", row.line)
        elif any(cell.strip() for cell in row.cells):
            yield Item(row.line, {key: clean(cell) for key, cell in zip(header, row.cells, strict=False)})


def describe_row(item: Item, what: str) -> Problem:
    """Describe a row that cannot be used, with its words."""
    return Problem("bad-row", f"{what}: {' | '.join(filter(None, item.value.values()))}", item.line)


_QUOTED = re.compile(r"'((?:[^'\\]|\\.){1,200})'|\"((?:[^\"\\]|\\.){1,200})\"")
# A backslash precedes a quote or a backslash in a quoted tag.
_ESCAPED = re.compile(r"\\(.)")


def read_tag_list(cell: str) -> list[str]:
    """Return the tags of `["a", "b"]`, `['a', 'b']`, `a, b` or `a; b`."""
    cell = cell.strip()
    if cell.startswith("[") and cell.endswith("]"):
        quoted = [_ESCAPED.sub(r"\1", match[1] or match[2]).strip() for match in _QUOTED.finditer(cell)]
        if quoted or not cell[1:-1].strip():
            return list(dict.fromkeys(filter(None, quoted)))
        cell = cell[1:-1]
    return list(dict.fromkeys(tag.strip() for tag in re.split("[,;]", cell) if tag.strip()))
