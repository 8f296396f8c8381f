"""The aliases of one of the reader's own pages, from its head.

    alias:: ML, [[Machine learning]]        Logseq: a page property, possibly in the first bullet
    ---
    aliases: [ML, "Learning, by machines"]  Obsidian: front matter, as list, items or plain text
    alias:
      - ML
    ---

Sources: Logseq's built-in property `alias`; Obsidian's properties `aliases` and `alias`.
"""

from __future__ import annotations

import re

from ingest.properties import compare_key, split_values
from ingest.text import Text

HEAD = 8192
"""Number of characters of a page that are searched for properties."""
MAX_ALIASES = 100
MAX_LENGTH = 200

# A cheap test before the lines are parsed: few pages have an alias.
_ANY = re.compile(r"^(?:-[ \t]+)?[ \t]{0,8}alias(?:es)?:", re.IGNORECASE | re.MULTILINE)
_PROPERTY = re.compile(r"(?:-[ \t]+)?[ \t]*([^\s:]+)::(?:[ \t]+(.*))?")
_KEY = re.compile(r"([A-Za-z]+):(?:[ \t]+(.*))?")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")
# Possessive: an unclosed quote can be read in only one way, so any line takes linear time.
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"|\'((?:[^\']|\'\')*+)\'|([^,\s"\'][^,]*+)')


def read_aliases(text: Text) -> tuple[str, tuple[str, ...]]:
    """Return the page's name and its aliases, which are empty if the head has no such property."""
    head = text.text[:HEAD]
    if "alias" not in head.lower() or not _ANY.search(head):
        return text.name, ()
    lines = head.split("\n")
    front, body = _split_front(lines)
    name, logseq = _read_properties(lines[body:])
    found = dict.fromkeys(alias.strip() for alias in (*_read_front(front), *logseq))
    kept = [alias for alias in found if 0 < len(alias) <= MAX_LENGTH and alias != (name or text.name)]
    return name or text.name, tuple(kept[:MAX_ALIASES])


def _split_front(lines: list[str]) -> tuple[list[str], int]:
    """Return the lines of the front matter, and the index of the line after it."""
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], 1):
            if line.rstrip() in ("---", "..."):
                return lines[1:number], number + 1
    return [], 0


def _read_properties(lines: list[str]) -> tuple[str, list[str]]:
    """Return the title and the aliases of the first run of properties."""
    title, aliases = "", []
    begun = False
    for line in lines:
        match = _PROPERTY.fullmatch(line.rstrip())
        if match is None:
            if begun or line.strip():
                break
            continue
        begun = True
        key, value = compare_key(match[1]), (match[2] or "").strip()
        if key == "title":
            title = value
        elif key in ("alias", "aliases"):
            aliases += [_bare(each) for each in split_values(value)]
    return title, aliases


def _read_front(lines: list[str]) -> list[str]:
    aliases: list[str] = []
    listing = False
    for line in lines:
        key, item = _KEY.fullmatch(line.rstrip()), _ITEM.fullmatch(line.rstrip())
        if key:
            listing = key[1].lower() in ("alias", "aliases")
            if listing and key[2]:
                aliases += _split_inline(key[2].strip())
        elif item and listing:
            aliases += _split_inline(item[1].strip()) if item[1][:1] in "\"'" else [_bare(item[1])]
        elif line[:1].strip():  # another key
            listing = False
    return aliases


def _split_inline(value: str) -> list[str]:
    """Return the values of `[a, "b, c"]` or `a, b`."""
    if value.startswith("[") and value.endswith("]") and not value.startswith("[["):
        value = value[1:-1]
    found = []
    for double, single, plain in _QUOTED.findall(value):
        found.append(_bare(re.sub(r"\\(.)", r"\1", double) or single.replace("''", "'") or plain))
    return found


def _bare(value: str) -> str:
    """Return a name without `[[…]]`, `#` and surrounding whitespace."""
    return value.strip().removeprefix("#").removeprefix("[[").removesuffix("]]").strip()
