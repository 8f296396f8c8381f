"""The Logseq graph or Obsidian vault that contains a path, with its settings; page names from file names.

Source: Logseq's `logseq/config.edn`, Obsidian's `.obsidian` (docs/logseq.md, Files).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from record_types.regular_files import open_regular

NameFormat = Literal["triple-lowbar", "legacy", "plain"]

# A real config.edn has a few kilobytes; the file may be anything.
_MAX_CONFIG = 1 << 20
# A `;` after anything but white space belongs to a string, such as an address.
_COMMENT = re.compile(r"(?m)(?:^|(?<=\s));.*$")
# For a file that the EDN reader rejects: the settings that matter are still found.
_ENTRY = re.compile(
    r":(?P<key>journal/page-title-format|file/name-format|pages-directory|journals-directory|preferred-format)"
    r"\s+(?:\"(?P<text>[^\"]*)\"|:(?P<word>[\w-]+))"
)
_HIDDEN = re.compile(r":hidden\s*\[([^\]]*)\]")
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """The settings of a page's folder that its parser needs."""

    day_formats: tuple[str, ...] = ()
    """The graph's `:journal/page-title-format`, if it has one."""
    name_format: NameFormat = "plain"
    repair: bool = True
    """Whether encoding damage is repaired, in whole files and in individual words."""

    def describe(self, *, with_days: bool = True) -> str:
        """Describe the settings for `is_read_alike`, without date formats for a file without dates."""
        return " ".join((self.name_format, *(self.day_formats or ("",)))) if with_days else self.name_format


@dataclass(frozen=True, slots=True)
class Graph:
    """A folder in which Logseq or Obsidian keeps its notes."""

    folder: Path
    kind: Literal["logseq", "obsidian"]
    settings: ReadSettings
    journals: str = "journals"
    """The folder of journals, relative to `folder`."""
    hidden: tuple[str, ...] = ()
    """Paths that the graph hides, relative to `folder`, without a leading slash."""


def find_graph(path: Path) -> Graph | None:
    """Return the nearest graph or vault that contains `path`, or is `path`; None if there is none."""
    for folder in (path, *path.parents):
        config = folder / "logseq" / "config.edn"
        if config.is_file():
            return read_graph(folder, parse_config(_read_head(config)))
        if (folder / ".obsidian").is_dir():
            return Graph(folder, "obsidian", ReadSettings())
    return None


def read_graph(folder: Path, config: Mapping[str, object]) -> Graph:
    """Make the Logseq graph in `folder` from its parsed configuration."""
    day_format = config.get("journal/page-title-format")
    hidden = config.get("hidden")
    return Graph(
        folder,
        "logseq",
        ReadSettings(
            (day_format,) if isinstance(day_format, str) else (),
            "triple-lowbar" if config.get("file/name-format") == "triple-lowbar" else "legacy",
        ),
        journals=str(config.get("journals-directory") or "journals").strip("/"),
        hidden=tuple(str(entry).strip("/") for entry in hidden) if isinstance(hidden, list) else (),
    )


def parse_config(text: str) -> dict[str, object]:
    """Parse a `config.edn`: keys without the colon, keywords as their names.

    If the EDN reader fails (`#"regex"`, unknown tags, an unfinished edit), regular expressions find the few
    keys that are needed.
    """
    import edn_format  # a seventh of a second to import, and many runs involve no graph

    try:
        tree = edn_format.loads(text)
    except (ValueError, RuntimeError, ArithmeticError, TypeError, AttributeError):
        return _scan_config(text)
    if not isinstance(tree, Mapping):
        return _scan_config(text)
    return {
        key.name: value.name if isinstance(value, edn_format.Keyword) else _plain(value)
        for key, value in tree.items()
        if isinstance(key, edn_format.Keyword)
    }


def is_read_alike(before: str, now: str) -> bool:
    """Whether a file that was read with the settings `before` would be read the same with `now`.

    Both are strings from `ReadSettings.describe`. If `now` describes a folder outside any graph, nothing
    needs to be read again: the file's graph may be a folder below it.
    """
    name, has_days, days = before.partition(" ")
    name_now, has_days_now, days_now = now.partition(" ")
    if name_now == "plain":
        return True
    return name == name_now and (days == days_now or not (has_days and has_days_now))


def name_page(file_name: str, name_format: NameFormat) -> str:
    """Derive a page's name from its file's name, without the suffix.

    `%XX` is a character; `___` is `/`, except at the end, where Logseq appends it to a name ending in `.`;
    in legacy graphs `.` between word characters is `/` too.
    """
    stem = file_name.rpartition(".")[0] or file_name
    if name_format == "plain" and "___" not in stem:
        return _decode_percent(stem)
    if stem.endswith(".___"):
        stem = stem[:-3]
    name = stem.replace("___", "/")
    if name_format == "legacy":
        name = re.sub(r"(?<=\w)\.(?=\w)", "/", name)
    return _decode_percent(name)


def _decode_percent(name: str) -> str:
    try:
        return unquote(name, errors="strict") if "%" in name else name
    except UnicodeDecodeError:
        return name


def _read_head(config: Path) -> str:
    try:
        with open_regular(config) as file:
            return file.read(_MAX_CONFIG).decode("utf-8-sig", "replace")
    except OSError:
        return ""  # still a graph; its pages are read with the known date formats


def _scan_config(text: str) -> dict[str, object]:
    text = _COMMENT.sub("", text)
    found: dict[str, object] = {
        match["key"]: match["text"] if match["text"] is not None else match["word"]
        for match in _ENTRY.finditer(text)
    }
    hidden = _HIDDEN.search(text)
    if hidden:
        found["hidden"] = _QUOTED.findall(hidden[1])
    return found


def _plain(value: object) -> object:
    """Turn an EDN vector into a list; other values stay unchanged."""
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        return value
    return list(value)
