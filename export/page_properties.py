"""Merge a page's properties: Obsidian's YAML front matter, the lines at the top of a Logseq page.

The order stays, values change in place, new properties are added at the end, and the user's own are not
touched. A list (`tags`, `alias`) is merged value by value. A property of the user's can be converted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from export.note_tree import Rendered
from export.page_units import Line, find_properties, new_lines

_KEY = {
    "obsidian": re.compile(r"([^\s:#][^:]*):(?=\s|$)"),
    "logseq": re.compile(r"[ \t]*([^\s:]+)::(?=\s|$)"),
}
_LISTS = ("aliases", "alias", "tags")
OTHER_NAMES = {"author": "authors", "alias": "aliases"}
"""Properties with another name in Obsidian: as in notes of its own clipper, lists have plural names."""
_LINK = re.compile(r"\[\[(.*)\]\]")
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d|\d{1,15}|true|false|")
# JSON's strings are YAML's, except for the characters that YAML calls unprintable.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_VALUE = re.compile(r"(?:\[\[[^\]]*\]\]|[^,，\[]|\[(?!\[))+")


@dataclass(frozen=True, slots=True)
class MergedProperties:
    """The new lines of a file's properties."""

    start: int
    end: int
    """The range of lines in the file that they replace; empty if nothing changes."""
    lines: tuple[Line, ...]
    conflicts: tuple[tuple[str, Line], ...] = ()
    """The keys of properties that keep the user's value, each with its first line."""


def merge_properties(
    lines: Sequence[Line], end: int, base: Mapping[str, str], blocks: Sequence[Rendered], flavour: str
) -> MergedProperties:
    """Merge the properties among the first `end` lines; `base` and `blocks` are properties only."""
    if not base and not blocks:
        return MergedProperties(0, 0, ())
    start, past = find_properties(lines, end) if flavour == "logseq" else (1, end - 1)
    if past <= start:
        return MergedProperties(0, 0, ())
    groups = _group(lines[start:past], flavour)
    wanted = {block.key: block.text for block in blocks}
    conflicts: list[tuple[str, Line]] = []
    for key in base.keys() - wanted.keys():
        if key in groups and _is_equal(groups[key], base[key]):
            del groups[key]
    for key, text in wanted.items():
        if key not in groups:
            if key not in base:
                groups[key] = new_lines(text)
        elif text != base.get(key) and not _is_equal(groups[key], text):
            merged = _merge_value(groups[key], base.get(key), text, flavour)
            if merged is None:
                conflicts.append((key, groups[key][0]))
            else:
                groups[key] = merged
    return MergedProperties(
        start, past, tuple(line for group in groups.values() for line in group), tuple(conflicts)
    )


def _group(lines: Sequence[Line], flavour: str) -> dict[str, list[Line]]:
    """Group the lines by property, in order; what precedes the first one has an empty key."""
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
    """Return the lines with the new value, or None if the user's own stays."""
    if base is not None and _is_equal(lines, base):
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
        line
        for line in lines
        if not (line.text.lstrip().startswith("- ") and _read_value(line.text) in dropped)
    ]
    indent = next((re.match(r"\s*", line.text)[0] for line in lines[1:]), "  ")  # type: ignore[index]
    return own + [Line(f"{indent}- {json.dumps(each, ensure_ascii=False)}", "") for each in added]


def _read_values(text: str, flavour: str) -> list[str]:
    if flavour == "logseq":
        value = text.partition("::")[2]
        return [each.strip() for each in _VALUE.findall(value) if each.strip()]
    return [_read_value(line) for line in text.split("\n")[1:] if line.strip()]


def _is_equal(lines: Sequence[Line], text: str) -> bool:
    """Return whether the lines equal `text`, even if a program has quoted it differently since."""
    ours = text.split("\n")
    theirs = [line.text for line in lines if line.text.strip()]
    return len(ours) == len(theirs) and all(
        a.rstrip() == b.rstrip() or (_read_key(a), _read_value(a)) == (_read_key(b), _read_value(b))
        for a, b in zip(ours, theirs, strict=True)
    )


def _read_key(line: str) -> str:
    match = _KEY["obsidian"].match(line)
    return match[0] if match else ""


def _read_value(line: str) -> str:
    """Return the value of one YAML line without its key, dash and quotes."""
    value = line[len(_read_key(line)) :].strip().removeprefix("- ").strip()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value
    if len(value) >= 2 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


# --- properties in another flavour


def list_own_properties(
    lines: Sequence[Line], end: int, base: Mapping[str, str], flavour: str
) -> dict[str, list[str]]:
    """Return the lines of each property that the user added or changed, by its key."""
    return {
        key: [line.text for line in group]
        for key, group in _read_groups(lines, end, flavour).items()
        if not (key in base and _is_equal(group, base[key])) and any(line.text.strip() for line in group)
    }


def has_property(lines: Sequence[Line], end: int, key: str, flavour: str) -> bool:
    """Return whether a page has a property with this key."""
    return key in _read_groups(lines, end, flavour)


def _read_groups(lines: Sequence[Line], end: int, flavour: str) -> dict[str, list[Line]]:
    """The properties among the first `end` lines; a plain Markdown page may have some in YAML."""
    if flavour == "logseq":
        start, past = find_properties(lines, end)
        return _group(lines[start:past], flavour)
    return _group(lines[1 : max(1, end - 1)], "obsidian")


def convert_property(lines: Sequence[str], old: str, new: str) -> str | None:
    """Return a property in another flavour; None if a line of Logseq's cannot hold it."""
    if (old == "logseq") == (new == "logseq"):
        return "\n".join(lines)
    if old == "logseq":
        match = _KEY["logseq"].match(lines[0])
        if match is None or len(lines) > 1:
            return None
        name, value = OTHER_NAMES.get(match[1], match[1]), lines[0][match.end() :].strip()
        if name in _LISTS:
            values = [_LINK.sub(r"\1", each) for each in _read_values(lines[0], "logseq")]
            return f"{name}:" + "".join(f"\n  - {quote_yaml(each)}" for each in values)
        return f"{name}: {value if _PLAIN.fullmatch(value) else quote_yaml(value)}"
    read = _read_yaml("\n".join(lines))
    if read is None:
        return None
    name, values, is_list = read
    names = {yaml_name: name for name, yaml_name in OTHER_NAMES.items()}
    name = re.sub(r"\s+", "-", names.get(name, name))
    if not _KEY["logseq"].fullmatch(f"{name}::") or any("\n" in value for value in values):
        return None
    if name in _LISTS:
        values = [value if value.startswith("[[") else f"[[{value}]]" for value in values]
    return f"{name}:: {', '.join(values)}".rstrip() if is_list or values != [""] else f"{name}::"


def _read_yaml(text: str) -> tuple[str, list[str], bool] | None:
    """Return the name and the values of one YAML property, and whether it is a list; None for other YAML."""
    import yaml  # slow to import, and few exports convert notes

    if "#" in text:  # perhaps a comment, which the values would not contain
        return None
    try:
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes only strings, lists, dicts
    except yaml.YAMLError:
        return None
    if not isinstance(data, dict) or len(data) != 1:
        return None
    ((name, value),) = data.items()
    values = value if isinstance(value, list) else [value]
    if not isinstance(name, str) or not all(isinstance(each, str) for each in values):
        return None
    return name, values, isinstance(value, list)


def quote_yaml(text: str) -> str:
    """Return a text as a YAML string in quotation marks."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))
