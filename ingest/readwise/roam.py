"""Pages that Readwise wrote for Roam and that were imported into Logseq.

    ---
    title: A Title (highlights)
    ---

    - Author:: [[Name]]                           properties are bullets, separated by blank lines

    - Full Title:: A Title
    - Category:: #articles
    - Document Tags:: #[[a]] #[[b]]
    - URL:: https://…
    - Highlights first synced by #Readwise [[May 25th, 2021]]
    → - text ([View Highlight](URL))              tab, space, dash
    continuation, not indented, including blank lines and `- items`
    →→ - **Note**: my words

Such a page is rewritten line by line into the shape of the default page and read as one. Pages that Logseq
saved since then have its indentation; four spaces instead of each tab are accepted too.

Source: real graphs of 2021 (docs/formats.md, Roam import).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.readwise.blocks import HIDDEN
from ingest.readwise.logseq import has_properties, parse_lines
from ingest.readwise.notation import parse_header
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq-roam"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = ("Full Title:: ", "Author:: ")

_PROPERTY = re.compile(r"- ([^\s:`][^:`]{0,40})::(?:[ \t]+(.*))?")
_FIRST = re.compile(r"^- (?:Author|Full Title|Category|URL|Title):: ", re.MULTILINE)
_HEADER = re.compile(r"^- (?:#+ )?(?:Highlights first synced by|New highlights added)", re.MULTILINE)
# Roam's export may indent by tabs or by four spaces; a page uses one of them.
_TABBED = re.compile(r"(\t+) ?(-(?:[ \t].*|))", re.DOTALL)
_SPACED = re.compile(r"((?: {4})+)(-(?:[ \t].*|))", re.DOTALL)


def detect(text: Text) -> bool:
    """Whether it begins with Readwise's properties as bullets and has one of its sync headers."""
    page = text.text
    if not page[:64].lstrip().startswith(("---", "- ")):
        return False
    header = _HEADER.search(page)
    if header is None or has_properties(page):
        return False
    return _FIRST.search(page, 0, header.start()) is not None


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    lines = text.text.replace(HIDDEN, "").split("\n")
    return parse_lines(text, "\n".join(_rewrite(lines)))


def _rewrite(lines: list[str]) -> Iterator[str]:
    """Yield each line as the default page would have it."""
    in_head = True
    is_raw = any(line.startswith("\t -") for line in lines)
    bullet = _TABBED if any(line.startswith(("\t-", "\t -")) for line in lines) else _SPACED
    depth = 0
    for line in lines:
        plain = line.rstrip("\r")
        if plain.startswith("- ") and parse_header(plain[2:]):
            in_head = False
            depth = 0
            yield line
        elif in_head:
            yield _rewrite_head(plain)
        elif match := bullet.fullmatch(plain):
            depth = len(match[1].expandtabs(4)) // 4
            yield "\t" * depth + match[2]
        elif not plain.strip() or plain.startswith("\t" * depth + "  "):
            yield line
        elif plain.startswith("-") and not (depth and is_raw):
            depth = 0
            yield line
        else:
            yield "\t" * depth + "  " + HIDDEN + plain


def _rewrite_head(line: str) -> str:
    """Turn a bullet of the head into a line of the preamble."""
    match = _PROPERTY.fullmatch(line)
    if match:
        return f"{match[1].strip().lower().replace(' ', '-')}:: {match[2] or ''}"
    return line[1:].lstrip() if line.startswith("- ") or line == "-" else line
