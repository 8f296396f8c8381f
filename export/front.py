"""A page's properties merged: Obsidian's YAML front matter, the lines at the top of a Logseq page.

The order stays, values change in place, new ones come at the end of the run, what is not ours is not
touched (LOGSEQ.md, Writing 5). A list (`tags`, `alias`) is merged value by value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from export.lines import Line, new_lines
from export.outlines import find_properties
from export.rendered import Rendered

_KEY = {
    "obsidian": re.compile(r"([^\s:#][^:]*):(?=\s|$)"),
    "logseq": re.compile(r"[ \t]*([^\s:]+)::(?=\s|$)"),
}
_LISTS = ("aliases", "alias", "tags")
_VALUE = re.compile(r"(?:\[\[[^\]]*\]\]|[^,，\[]|\[(?!\[))+")


@dataclass(frozen=True, slots=True)
class Front:
    """The lines of a file's properties as they are to be."""

    start: int
    end: int
    """Which lines of the file they take the place of."""
    lines: tuple[Line, ...]
    kept_aside: tuple[tuple[str, Line], ...] = ()
    """The keys of blocks whose newer text gives way to the reader's, each with the first line of that."""


def merge_front(
    lines: Sequence[Line], end: int, base: Mapping[str, str], blocks: Sequence[Rendered], flavour: str
) -> Front:
    """The properties among the first `end` lines of a file, `base` and `blocks` being properties only."""
    if not base and not blocks:
        return Front(0, 0, ())
    start, past = find_properties(lines, end) if flavour == "logseq" else (1, end - 1)
    if past <= start:
        return Front(0, 0, ())
    groups = _group(lines[start:past], flavour)
    wanted = {block.key: block.text for block in blocks}
    aside: list[tuple[str, Line]] = []
    for key in base.keys() - wanted.keys():
        if key in groups and _same(groups[key], base[key]):
            del groups[key]
    for key, text in wanted.items():
        if key not in groups:
            if key not in base:
                groups[key] = new_lines(text)
        elif text != base.get(key) and not _same(groups[key], text):
            merged = _merge_value(groups[key], base.get(key), text, flavour)
            if merged is None:
                aside.append((key, groups[key][0]))
            else:
                groups[key] = merged
    return Front(start, past, tuple(line for group in groups.values() for line in group), tuple(aside))


def find_front(lines: Sequence[Line]) -> int:
    """How many lines YAML front matter takes at the top of a file, with both `---`; 0 for none."""
    if not lines or lines[0].text.rstrip() != "---":
        return 0
    return next((at + 1 for at in range(1, len(lines)) if lines[at].text.rstrip() in ("---", "...")), 0)


def _group(lines: Sequence[Line], flavour: str) -> dict[str, list[Line]]:
    """The lines by property, in order; what comes before the first and comments have keys of their own."""
    groups: dict[str, list[Line]] = {}
    key = ""
    for at, line in enumerate(lines):
        match = _KEY[flavour].match(line.text)
        if match:
            name = match[1].strip().strip("\"'")
            key = f"property:{name.lower() if flavour == 'logseq' else name}"
            key = f"{key}#{at}" if key in groups else key
        groups.setdefault(key, []).append(line)
    return groups


def _merge_value(lines: list[Line], base: str | None, text: str, flavour: str) -> list[Line] | None:
    """The lines with the newer value; None where the reader's own stays."""
    if base is not None and _same(lines, base):
        return new_lines(text)
    name = text.partition(":")[0]
    if base is None or name not in _LISTS:
        return None
    old, new, now = (_read_values(each, flavour) for each in (base, text, "\n".join(x.text for x in lines)))
    dropped, added = set(old) - set(new), [each for each in new if each not in old and each not in now]
    if flavour == "logseq":
        values = [each for each in now if each not in dropped] + added
        return lines if values == now else [Line(f"{name}:: {', '.join(values)}", lines[0].end)]
    if lines[0].text.partition(":")[2].strip():
        return None
    own = [
        line for line in lines if not (line.text.lstrip().startswith("- ") and _plain(line.text) in dropped)
    ]
    indent = next((re.match(r"\s*", line.text)[0] for line in lines[1:]), "  ")  # type: ignore[index]
    return own + [Line(f"{indent}- {json.dumps(each, ensure_ascii=False)}", "") for each in added]


def _read_values(text: str, flavour: str) -> list[str]:
    if flavour == "logseq":
        value = text.partition("::")[2]
        return [each.strip() for each in _VALUE.findall(value) if each.strip()]
    return [_plain(line) for line in text.split("\n")[1:] if line.strip()]


def _same(lines: Sequence[Line], text: str) -> bool:
    """Whether the lines say what `text` says, however a program has quoted it since."""
    ours = text.split("\n")
    theirs = [line.text for line in lines if line.text.strip()]
    return len(ours) == len(theirs) and all(
        a.rstrip() == b.rstrip() or (_name(a), _plain(a)) == (_name(b), _plain(b))
        for a, b in zip(ours, theirs, strict=True)
    )


def _name(line: str) -> str:
    match = _KEY["obsidian"].match(line)
    return match[0] if match else ""


def _plain(line: str) -> str:
    """The value of one YAML line without its key, dash and quotes."""
    value = line[len(_name(line)) :].strip().removeprefix("- ").strip()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value
    if len(value) >= 2 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value
