"""Pages of a Logseq database graph, as its Markdown mirror or its Markdown export contains them.

The mirror (`mirror/markdown` in the graph's folder) writes properties as list items:

    * author:: [[Name]]
    * category:: articles
    * tags::                                      several values, one below the other
      * sea
      * two words
    - text ([View Highlight](URL))
      * id:: 34cf231e-…
    →- **Note**: mine

The export has no properties. Where its pages have no sync header either, a page is recognised by its blocks
at the margin: most of them end in a view link.

A mirror's page is rewritten line by line into the shape of the default page and read as one.

Source: invented pages in the shape that Logseq's mirror and export are reported to have (docs/formats.md,
Logseq's database version).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.readwise.blocks import HIDDEN, Shape
from ingest.readwise.logseq import has_properties, parse_lines
from ingest.readwise.notation import parse_header, split_view
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq-database"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = (":: ", "::\n", "::\r\n", "))")

_ITEM = re.compile(r"(?P<indent>[ \t]*)\*(?:[ \t]+(?P<words>.*))?")
_PROPERTY = re.compile(r"(?P<key>[^\s:`*][^:`\n]{0,60})::(?:[ \t]+(?P<value>.*))?")
_TOP = re.compile(r"\s*\*[ \t]+[^\s:`*][^:`\n]{0,60}::(?:[ \t]|\r?$)", re.MULTILINE)
_SERVICES = ("readwise.io/", "/status/", "snipd.com/", "kindle://")


def detect(text: Text) -> bool:
    """Whether it begins with Readwise's properties as `* key:: value`, or most of its blocks are linked."""
    page = text.text
    if _TOP.match(page):
        rewritten = "\n".join(_rewrite(page.split("\n")))
        return has_properties(rewritten) or _are_linked(rewritten) or _has_header(rewritten)
    return page[:64].lstrip().startswith("- ") and _are_linked(page) and not _has_header(page)


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    whole = text.text.replace(HIDDEN, "")
    lines = whole.split("\n")
    is_bare = not _TOP.match(whole) and not _has_header(whole)
    return parse_lines(text, "\n".join(_rewrite(lines)), Shape(is_marked=is_bare))


def _has_header(page: str) -> bool:
    return any(line.startswith("- ") and parse_header(line[2:]) for line in page.split("\n"))


def _are_linked(page: str) -> bool:
    """Whether most blocks at the margin end in a view link of Readwise's."""
    if not any(service in page for service in _SERVICES):
        return False
    roots = linked = 0
    own: list[str] = []
    for line in [*page.split("\n"), "- "]:
        if not line.lstrip().startswith("- "):
            own.append(line.rstrip())
            continue
        if own and own[0].startswith("- "):
            roots += 1
            linked += _is_linked("\n".join(own).rstrip())
        own = [line.rstrip()]
    return 2 * linked > roots


def _is_linked(block: str) -> bool:
    # A quotation is how readers copy a passage into a page of their own.
    view = split_view(block)[1] if block.endswith(")") and not block.startswith("- >") else None
    return view is not None and any(service in (view.url or "") for service in _SERVICES)


def _rewrite(lines: list[str]) -> Iterator[str]:
    """Yield each line as the default page would have it; the values of a property join its line."""
    rewritten: list[str] = []
    open_line, width = -1, 0  # the property whose values may follow, and the width of its indentation
    for line in lines:
        item = _ITEM.fullmatch(line.rstrip("\r"))
        words = (item["words"] or "").strip() if item else ""
        indent = len(item["indent"].expandtabs(4)) if item else 0
        if item and open_line >= 0 and indent > width:
            joined = rewritten[open_line]
            rewritten[open_line] = f"{joined}{'' if joined.endswith(':: ') else ', '}{words}"
            rewritten.append("")
            continue
        match = _PROPERTY.fullmatch(words) if item else None
        open_line = -1
        if item and match:
            key = match["key"].strip().lower().replace(" ", "-")
            open_line, width = len(rewritten), indent
            rewritten.append(f"{item['indent']}{key}:: {match['value'] or ''}")
        else:
            rewritten.append(line)
    yield from rewritten
