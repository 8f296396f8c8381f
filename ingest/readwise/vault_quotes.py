"""Quotations at the margin of a note in a vault: the form in which some templates write highlights.

    > [!quote] Page 12                               the callout's mark is dropped, its title is kept
    > text ([Location 5](https://…)) ^rw12
    > - Note: mine

    > text
    — [Location 5](https://…)                        the link on a separate line
    - Note: mine

    > [!tldr]- text [🔗](https://…)                  the text as the callout's title
    >> [!info] 📝 **My Note**:                       a callout inside it is a note, or tags
    >> mine

Below a heading for highlights they are turned into list items. Elsewhere, and in notes whose highlights are
list items, a quotation without a view link is the reader's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.readwise.labels import Labels
from ingest.readwise.vault_head import SECTION
from ingest.readwise.vault_items import BULLET, ends_in_view

_CALLOUT = re.compile(r"\[![\w|-]+\][-+]?[ \t]*")
_INNER = re.compile(r">[ \t]*(?:\[![\w|-]+\][-+]?)?[ \t]*(?P<words>.*)")
_OF_TAGS = re.compile(r"\btags?\b", re.IGNORECASE)
_OF_NOTE = re.compile(r"\bnotes?\b", re.IGNORECASE)
# The title of a callout that ends like this is the first line of the passage, not a title.
_SENTENCE_END = (".", "!", "?", "…", ",", ";", "。", "！", "？", "”", '."')
_LABELLED = re.compile(r"[-*+][ \t][*_]{0,3}(?:Tags|Tagged|Note)[*_]{0,3}:")
_DASH = re.compile(r"[-–—~]{1,2}[ \t](?=[(\[])")
_BARE_LINK = re.compile(r"\[[^\[\]\n]*\]\([^\s]*\)")


@dataclass(slots=True)
class Chunk:
    """Consecutive lines: a heading, an item at the margin, or a paragraph."""

    kind: str
    """`heading`, `item` or `prose`."""
    line: int
    lines: list[str] = field(default_factory=list)


def has_view(chunk: Chunk) -> bool:
    """Whether one of the lines ends in a view link."""
    return any("](" in line and ends_in_view(line.strip()) for line in chunk.lines)


def read_quotes(chunks: list[Chunk], labels: Labels) -> list[Chunk]:
    """Turn quotations that are highlights into items, and the labelled items after one into its children."""
    quotes = [chunk for chunk in chunks if _is_quote(chunk)]
    if not quotes:
        return chunks
    chunks = [part for chunk in chunks for part in (_split_callouts(chunk) if _is_quote(chunk) else [chunk])]
    quotes = [chunk for chunk in chunks if _is_quote(chunk)]
    titled = any(_is_titled(chunk) for chunk in quotes)
    of_items = any(chunk.kind == "item" and not _is_labelled(chunk.lines[0], labels) for chunk in chunks)
    read: list[Chunk] = []
    is_below = False
    last: Chunk | None = None
    for chunk in chunks:
        if chunk.kind == "heading":
            is_below = SECTION.fullmatch(chunk.lines[0].strip()) is not None or is_below
            last = None
        elif _is_quote(chunk) and (has_view(chunk) or (is_below and not of_items)):
            last = chunk = Chunk("item", chunk.line, _unquote(chunk.lines, labels, titled=titled))
        elif last is not None and not of_items:
            if chunk.kind == "prose" and _take_link(last, chunk, labels):
                continue
            if chunk.kind == "item" and _is_labelled(chunk.lines[0], labels):
                last.lines += ["    " + line for line in chunk.lines]
                continue
        read.append(chunk)
    return read


def _split_callouts(chunk: Chunk) -> list[Chunk]:
    """Split a quotation where a callout follows another one's view link without a blank line."""
    parts: list[Chunk] = []
    for number, line in enumerate(chunk.lines):
        last = parts[-1] if parts and _is_callout(parts[-1].lines[0]) else None
        if not parts or (last and _is_callout(line) and has_view(last)):
            parts.append(Chunk(chunk.kind, chunk.line + number))
        parts[-1].lines.append(line)
    return parts


def _is_callout(line: str) -> bool:
    return line.startswith(">") and _CALLOUT.match(line[1:].lstrip()) is not None


def _is_quote(chunk: Chunk) -> bool:
    lines = [line for line in chunk.lines if line]
    return chunk.kind == "prose" and bool(lines) and lines[0].startswith(">")


def _is_labelled(line: str, labels: Labels) -> bool:
    bullet = BULLET.match(line)
    return _LABELLED.match(line) is not None or bool(bullet and labels.is_label(line[bullet.end() :]))


def _is_titled(quote: Chunk) -> bool:
    """Whether a callout's title ends in a view link, so that titles are texts on this page."""
    title = quote.lines[0].removeprefix(">").strip()
    return _CALLOUT.match(title) is not None and ends_in_view(title)


def _unquote(lines: list[str], labels: Labels, *, titled: bool) -> list[str]:
    """Make the lines of an item: the text as continuation, the list after its view link as children.

    A callout's title is a label, such as a place in the book, unless it is `titled` or ends like a sentence.
    """
    marked = all(line.startswith(">") for line in lines if line)
    plain = [
        line.removeprefix(">").removeprefix(" ") if marked or at == 0 else line
        for at, line in enumerate(lines)
    ]
    callout = _CALLOUT.match(plain[0])
    title = ""
    if callout:
        title = plain[0][callout.end() :].strip()
        if title and (titled or ends_in_view(title) or title.endswith(_SENTENCE_END)):
            plain[0], title = title, ""
        else:
            plain = plain[1:] or [""]
    text: list[str] = []
    children: list[str] = [f"    - {title}"] if title else []
    is_text = True
    for line in plain:
        is_text = is_text and not _is_labelled(line, labels)
        if is_text:
            text.append(_DASH.sub("", line) if _BARE_LINK.search(line) else line)
        elif callout and line.startswith(">"):
            children.append(_read_inner(line))
        else:
            children.append(f"    {line}")
        is_text = is_text and not ("](" in line and ends_in_view(line.strip()))
    while text and not text[0].strip():
        del text[0]
    return ["- " + (text[0] if text else ""), *("  " + line for line in text[1:]), *children]


def _read_inner(line: str) -> str:
    """Make a line of a callout inside the highlight's: its title becomes the label of a child."""
    inner = _INNER.match(line)
    words = inner["words"] if inner else line
    if not line.removeprefix(">").lstrip().startswith("[!"):
        return f"      {words}"
    label, mark, rest = words.partition(":")
    is_of_tags = _OF_TAGS.search(label) is not None
    if (is_of_tags or _OF_NOTE.search(label)) and len(label) < 40:
        value = rest.strip(" *_") if mark else ""
        return f"    - **{'Tags' if is_of_tags else 'Note'}**: {value}"
    return f"    - {words}"


def _take_link(item: Chunk, chunk: Chunk, labels: Labels) -> bool:
    """Append a paragraph that consists of a view link to the item; return False for any other."""
    words = _DASH.sub("", chunk.lines[0].strip())
    if any(line.strip() for line in chunk.lines[1:]) or not ends_in_view(words):
        return False
    if not words.startswith(("[", "([")) or BULLET.match(words):
        return False
    end = next(
        (at for at, line in enumerate(item.lines) if at and _is_labelled(line.strip(), labels)),
        len(item.lines),
    )
    item.lines.insert(end, "  " + (words if words.startswith("(") else _wrap(words)))
    return True


def _wrap(words: str) -> str:
    """Put a bare link into the parentheses of a view link."""
    match = _BARE_LINK.match(words)
    return f"({match[0]}){words[match.end() :]}" if match else words
