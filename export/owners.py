"""Which page of a Logseq graph has which name: by its file, its `title::` and its `alias::`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from export.layout import LOGSEQ_FOLDERS, read_page_name
from export.lines import split_lines
from export.names import fold_name, page_name
from export.outlines import find_properties

_PROPERTY = re.compile(r"[ \t]*(title|alias)::(.*)", re.IGNORECASE)
_ALIAS = re.compile(r"\[\[([^\[\]]+)\]\]|([^,，\[\]]+)")
_HEAD = 8192


def find_owners(paths: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, str]:
    """The paths of the pages by folded name; a page's own name goes before another's alias."""
    owners: dict[str, str] = {}
    aliases: dict[str, str] = {}
    for path in sorted(paths):
        if not path.startswith(LOGSEQ_FOLDERS):
            continue
        title, others = read_names((read(path) or b"")[:_HEAD])
        name = title or read_page_name(path.rpartition("/")[2].removesuffix(".md"))
        owners.setdefault(fold_name(page_name(name)), path)
        for alias in others:
            aliases.setdefault(fold_name(page_name(alias)), path)
    return aliases | owners


def read_names(head: bytes) -> tuple[str, list[str]]:
    """The `title::` of a page (empty for none) and its aliases."""
    if b"::" not in head:
        return "", []
    lines = split_lines(head.decode("utf-8-sig", "replace"))
    start, past = find_properties(lines, len(lines))
    found = {
        match[1].lower(): match[2].strip()
        for line in lines[start:past]
        if (match := _PROPERTY.match(line.text))
    }
    aliases = [(a or b).strip() for a, b in _ALIAS.findall(found.get("alias", ""))]
    return found.get("title", ""), [alias for alias in aliases if alias]
