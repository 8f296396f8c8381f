"""The head of a page: everything before its first bullet (docs/formats.md, Default template).

    title:: Ten Rules I Wish I... (highlights)
    category:: #tweets
    document_note:: free text

    of many paragraphs, with `# headings` and `1. lists`; more properties may follow
    tags:: #[[a b]]

It ends at the first bullet at the margin, not at a blank line. The outline reader does not read it, since a
heading or an unclosed fence in a note would begin a block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.readwise.notation import TAG_KEYS, Header, parse_header, parse_tags

LONG_KEYS = frozenset({"document-note", "summary", "deck"})
"""Keys whose value may span paragraphs."""

_BODY = re.compile(r"^-(?:[ \t]|\r?$)", re.MULTILINE)
_INDENTED_BODY = re.compile(r"^[ \t]+-(?:[ \t]|\r?$)", re.MULTILINE)
# Logseq also accepts the page's properties in the first bullet.
_BULLETED = re.compile(r"\s{0,80}- (?:title|author|full-title|category|type|deck|tags)::(?=[ \t])")
_PROPERTY = re.compile(r"\s*([^\s:`]{1,80})::(?:\s+(.*))?", re.DOTALL)
# After prose, only such keys are properties: `Similar To::` may be part of a note.
_PLAIN_KEY = re.compile(r"[a-z][a-z0-9-]*")
_FRONT = re.compile(r"([A-Za-z][\w -]{0,40}):(?:\s(.*))?", re.ASCII)
# Brackets that are still open after this many characters do not hold an author's name.
_LONGEST_NAME = 400
_TITLE_END = "(highlights)"
_MOST_LINES = 6
"""Lines of one title; no real one has more."""
_SIZE = re.compile(r"\{:[^{}\n]{1,60}\}")  # the size at which Logseq displays it
# The alt texts that Readwise's own templates write.
_COVER_ALTS = ("", "rw-book-cover", "book_image")
_IMAGE = re.compile(r"!\[(?P<alt>[^\[\]\n]*)\]\((?P<url>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)")


@dataclass(slots=True)
class Entry:
    """One property, while its lines are being read."""

    key: str
    """Lower case, with `-` for `_`."""
    parts: list[str]
    """The lines of the value and the line breaks between them."""
    line: int

    @property
    def value(self) -> str:
        """The whole value, stripped."""
        return "".join(self.parts).strip()


@dataclass(slots=True)
class Preamble:
    """The head of a page, parsed."""

    entries: list[Entry] = field(default_factory=list)
    headers: list[tuple[int, Header]] = field(default_factory=list)
    """Sync headers in the head, as on stub pages, with their lines."""
    loose: list[tuple[int, list[str]]] = field(default_factory=list)
    """Paragraphs that belong to no property: number of the first line, lines."""
    cover: str | None = None
    """The URL of the cover image, or the whole image if it has alt text."""


def find_body(text: str) -> int:
    """Return the offset of the first bullet at the margin; else of any bullet; else the end of the text.

    A first bullet that contains the page's properties, which Logseq allows, is not part of the body.
    """
    top = _BULLETED.match(text)
    start = top.end() if top else 0
    match = _BODY.search(text, start) or _INDENTED_BODY.search(text, start)
    return match.start() if match else len(text)


def read_image(line: str) -> str | None:
    """Return the image that `line` consists of: its URL, or `line` if it has alt text; else None."""
    match = _IMAGE.match(line) if line.startswith("![") else None
    if match is None:
        return None
    if match.end() < len(line):
        return line if _SIZE.fullmatch(line, match.end()) else None
    return match["url"] if match["alt"] in _COVER_ALTS and match["url"] else line


def parse_preamble(text: str, day_formats: tuple[str, ...] = ()) -> Preamble:
    """Parse the head of a page, which ends at `find_body`; every word of it is in the result."""
    reader = _Reader(day_formats)
    for number, line in enumerate(text.split("\n"), 1):
        reader.read_line(line.rstrip("\r"), number)
    _join_title(reader.found)
    return reader.found


@dataclass(slots=True)
class _Reader:
    day_formats: tuple[str, ...]
    found: Preamble = field(default_factory=Preamble)
    blank_lines: int = 0
    """Blank lines since the last text."""
    has_prose: bool = False
    """A line that is not a property came before: from now on `word::` may be prose."""
    in_front: bool = False
    in_loose: bool = False

    def read_line(self, line: str, number: int) -> None:
        if line.startswith("- ") and not self.found.entries:
            line = line[2:]  # the properties are in a bullet
        plain = line.strip()
        if number == 1 and plain == "---":
            self.in_front = True
        elif self.in_front and plain == "---":
            self.in_front = False
        elif not plain:
            self.blank_lines += 1
        elif not self._read_property(line, number) and not self._read_special(plain, number):
            self._read_prose(line.rstrip(), number)

    def _read_property(self, line: str, number: int) -> bool:
        match = _FRONT.fullmatch(line) if self.in_front else None
        match = match or (_PROPERTY.fullmatch(line) if "::" in line else None)
        if match is None:
            return False
        written = match[1].replace("\\-", "-").replace("_", "-").replace(" ", "-")
        # After prose, `std::fs` or `Similar To:: …` is part of the note and not a property.
        if self.has_prose and not _PLAIN_KEY.fullmatch(written):
            return False
        key = written.lower()
        self.found.entries.append(Entry(key, [match[2] or ""], number))
        self.blank_lines = 0
        self.in_loose = False
        return True

    def _read_special(self, plain: str, number: int) -> bool:
        header = parse_header(plain, self.day_formats)
        if header:
            self.found.headers.append((number, header))
            return True
        if self.found.cover is None:
            self.found.cover = read_image(plain)
            return self.found.cover is not None
        return False

    def _read_prose(self, line: str, number: int) -> None:
        self.has_prose = True
        breaks = "\n" * (self.blank_lines + 1)
        self.blank_lines = 0
        last = self.found.entries[-1] if self.found.entries else None
        if last and not self.in_loose and (last.key in LONG_KEYS or _is_open_quote(last)):
            last.parts += (breaks, line)
        elif (
            last
            and not self.in_loose
            and len(breaks) == 1
            and (_is_open_name(last) or _is_more_tags(last, line))
        ):
            last.parts += (" ", line.strip())
        elif self.in_loose and len(breaks) == 1:
            self.found.loose[-1][1].append(line)
        else:
            self.found.loose.append((number, [line]))
            self.in_loose = True


def _is_open_name(entry: Entry) -> bool:
    """Whether the brackets of an author's name are closed on a later line."""
    if entry.key != "author":
        return False
    value = entry.value
    return value.startswith("[[") and value.count("[[") > value.count("]]") and len(value) < _LONGEST_NAME


def _is_more_tags(entry: Entry, line: str) -> bool:
    """Whether a line below the tags consists of more tags in brackets."""
    return entry.key in TAG_KEYS and "[[" in line and not parse_tags(line)[1]


def _join_title(found: Preamble) -> None:
    """Join a title that contains line breaks, as its end `(highlights)` shows."""
    if not (found.entries and found.loose):
        return
    (first, lines), entry = found.loose[0], found.entries[0]
    end = next((at for at, line in enumerate(lines[:_MOST_LINES], 1) if line.endswith(_TITLE_END)), 0)
    if entry.key == "title" and end and first == entry.line + 1 and not entry.value.endswith(_TITLE_END):
        entry.parts += [part for line in lines[:end] for part in (" ", line.strip())]
        found.loose[:1] = [(first + end, lines[end:])] if lines[end:] else []


def _is_open_quote(entry: Entry) -> bool:
    """Whether a full title continues on the next line."""
    first, last = entry.parts[0], entry.parts[-1].rstrip().removesuffix("\\")
    is_closed = last.endswith('"') and (len(entry.parts) > 1 or len(last) > 1)
    return entry.key == "full-title" and first.startswith('"') and not is_closed
