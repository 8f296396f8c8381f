"""Read YAML front matter at the top of a note, and report it if it is not valid YAML.

Half of the front matter that readers' templates write is invalid (`author: @h on Twitter`). Then each
`key: value` line is read separately. Values stay as written: nothing becomes a date or a number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ingest.readwise.notation import TAG_KEYS
from ingest.readwise.preamble import Entry
from record_types.pages import Problem

if TYPE_CHECKING:
    import yaml

# PyYAML is slow; front matter that people write is a hundredth of this.
_LONGEST = 1 << 15
"""Longest front matter passed to the YAML parser, which is slow; a longer one is read line by line."""

_CLOSER = re.compile(r"^(?:---|\.\.\.)[ \t\r]*$", re.MULTILINE)
_KEY = re.compile(r"([^\s#:-][^:]{0,60}):(?=\s|\Z)")
_ITEM = re.compile(r"\s*-\s+(.*)")
_LIST = re.compile(r"\[(?!\[[^\[]).*|\[\[\[.*\]", re.DOTALL)
"""A list in brackets, closed or not, as opposed to `[[a]], [[b]]`."""
_LISTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|#?\[\[[^\[\]]*\]\]|[^,\"'\s][^,]*")


class FrontMatter(NamedTuple):
    """The front matter of a note."""

    entries: tuple[Entry, ...] = ()
    end: int = 0
    """Offset just past it; 0 if there is none."""
    problems: tuple[Problem, ...] = ()


def find_body_start(text: str) -> int:
    """Return the offset just past the front matter; 0 if there is none."""
    first = text.find("\n", 0, 80)
    if first < 0 or text[:first].strip() != "---":
        return 0
    closer = _CLOSER.search(text, first + 1)
    return closer.end() if closer else 0


def read_front_matter(text: str) -> FrontMatter:
    """Read the front matter of `text`; every word of it is in the entries."""
    end = find_body_start(text)
    if not end:
        return FrontMatter()
    block = text[text.find("\n") + 1 : text.rfind("\n", 0, end) + 1]
    values, problems = _load(block)
    entries = _read_lines(block)
    if values is not None:
        lines = {entry.key: entry.line for entry in entries}
        entries = [
            Entry(_name(key), [value], lines.get(_name(key), 1)) for key, value in values.items() if value
        ]
    return FrontMatter(tuple(entries), end, problems)


def _load(block: str) -> tuple[dict[str, str] | None, tuple[Problem, ...]]:
    """Load values by key; None if they are not only text and lists of text, or the YAML is invalid."""
    if len(block) > _LONGEST:
        return None, ()
    import yaml  # slow to import, and Logseq graphs need neither
    from frontmatter.default_handlers import YAMLHandler

    try:
        values = YAMLHandler().load(block, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        return None, (_describe(error.problem, error.problem_mark),)
    except yaml.YAMLError as error:  # a character that YAML does not allow
        return None, (_describe(str(error).partition("\n")[0], None),)
    except (RecursionError, TypeError):  # deeply nested brackets; a list or map as a key
        return None, ()
    return (_write_all(values, block) if isinstance(values, dict) else None), ()


def _write_all(values: dict[object, object], block: str) -> dict[str, str] | None:
    written = {
        str(key): text for key, value in values.items() if (text := _write(str(key), value)) is not None
    }
    if len(written) < len(values) or _count_hashes(values) < block.count("#"):
        return None  # what YAML takes for a comment is the reader's text too
    return written


def _read_lines(block: str) -> list[Entry]:
    """Read each `key: value` line with the lines below it; the items of a list are joined."""
    entries: list[Entry] = []
    for number, line in enumerate(block.split("\n"), 2):
        line = line.rstrip()
        match = _KEY.match(line)
        item = _ITEM.match(line)
        if match and not item:
            entries.append(Entry(_name(match[1]), [line[match.end() :].strip().strip("\"'")], number))
        elif not line.strip():
            continue
        elif not entries:
            entries.append(Entry("front-matter", [line], number))
        elif item:
            word = item[1].strip().strip("\"'")
            word = word.removeprefix("#") if entries[-1].key in TAG_KEYS else word
            is_tag = entries[-1].key in TAG_KEYS and "[[" not in word
            entries[-1].parts.append(
                f" #[[{word}]]" if is_tag else f", {word}" if entries[-1].value else word
            )
        else:
            entries[-1].parts += ("\n", line.strip())
    for entry in entries:
        value = entry.value
        if entry.key in TAG_KEYS and _LIST.fullmatch(value):
            named = (each.strip(" \t\n\"'#[]") for each in _LISTED.findall(value[1:]))
            entry.parts[:] = [" ".join(f"#[[{each}]]" for each in named if each)]
    return [entry for entry in entries if entry.value]


def _write(key: str, value: object) -> str | None:
    """Write a value as on Readwise's pages; None for maps and nested lists."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return None
    if _name(key) in TAG_KEYS:
        return " ".join(each if "[[" in each else f"#[[{each.removeprefix('#')}]]" for each in value)
    return ", ".join(value)


def _count_hashes(values: dict[object, object]) -> int:
    texts = [
        text
        for key, value in values.items()
        for text in (key, *(value if isinstance(value, list) else [value]))
    ]
    return sum(text.count("#") for text in texts if isinstance(text, str))


def _name(key: str) -> str:
    return key.strip().lower().replace("_", "-").replace(" ", "-")


def _describe(what: str | None, mark: yaml.Mark | None) -> Problem:
    line = mark.line + 2 if mark else 1
    return Problem(
        "invalid-yaml",
        f"the front matter is not valid YAML ({what or 'unknown error'}): read line by line",
        line,
    )
