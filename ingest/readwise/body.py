"""Read the body of a page: sections, highlights with their tags and notes, the reader's own blocks.

A block's position decides what it is, with tolerance for what readers do to their pages:

- at the margin: a sync header opens a section; an image is the cover; `tags::` alone is the document's;
  a block with a view link, or on a page without any header, is a highlight; any other is the reader's own.
- directly below a section: a highlight.
- below a highlight: `**Tags**:`, `**Note**:`, otherwise the reader's own block with all its descendants.
- a view link makes a highlight at any depth; a block without one that contains such blocks only groups them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ingest.outline import Block
from ingest.readwise.blocks import PLAIN, Blocks, BlockText, Shape, is_rule, join_parts
from ingest.readwise.highlights import HighlightDraft, NoteDraft, read_day_label
from ingest.readwise.labels import HIGHLIGHTS, Labels, find_languages
from ingest.readwise.notation import Header, read_timestamp
from ingest.readwise.preamble import read_image
from record_types.pages import BlockProperty, Problem, Section

_READ = BlockText("")  # in place of a text that is in the body already
_OWN_LABELS = ("**Tags**:", "**Note**:")
Owner = HighlightDraft | NoteDraft | None
"""What a block's children belong to; None if they are highlights."""


@dataclass(slots=True)
class Body:
    """The body of a page, parsed."""

    highlights: list[HighlightDraft] = field(default_factory=list)
    notes: list[NoteDraft] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    cover: str | None = None
    problems: list[Problem] = field(default_factory=list)
    properties: list[BlockProperty] = field(default_factory=list)


def read_body(
    blocks: list[Block],
    first_line: int,
    day_formats: tuple[str, ...] = (),
    above: Header | None = None,
    shape: Shape = PLAIN,
    keys: Iterable[str] = (),
) -> Body:
    """Read the blocks of a page, whose line 1 is the file's `first_line`; they lose their texts.

    `above` is the sync header in the preamble, if any; `keys` are the property names there.
    """
    reader = _Reader(blocks, first_line - 1, day_formats, above, shape, keys)
    reader.read()
    return reader.body


class _Reader:
    def __init__(
        self,
        blocks: list[Block],
        lines_above: int,
        day_formats: tuple[str, ...],
        above: Header | None,
        shape: Shape,
        keys: Iterable[str],
    ) -> None:
        self.body = Body()
        self.lines_above = lines_above
        self.day_formats = day_formats
        self.texts: list[BlockText] = []
        for index, block in enumerate(blocks):  # a page may have 400,000: no text is kept twice
            self.texts.append(shape.read_block(block))
            blocks[index] = Block(block.line, block.level, block.parent, "", (), 0, 0)
        self.headers = find_headers(blocks, self.texts, shape.read_header, day_formats)
        self.blocks, self.groups = shape.arrange(blocks, self.texts)
        self.owners: list[Owner] = []
        # Some templates write the highlights at the margin, as siblings of the header.
        self.is_flat = are_siblings(blocks, self.texts, self.headers)
        self.own_at_margin = shape.is_marked or (bool(self.headers) and above is None and not self.is_flat)
        self.synced_on = above.synced_on if above else None
        self.starred = False
        self.headings = [header.heading for header in (above, *self.headers.values()) if header]
        self.keys = keys

    @cached_property
    def labels(self) -> Labels:
        """The labels in the languages of the page, which a page without notes and tags does not need."""
        return Labels(find_languages(self.keys, self.headings))

    def read(self) -> None:
        for index, block in enumerate(self.blocks):
            text = self.texts[index]
            self.texts[index] = _READ
            line = block.line + self.lines_above
            self.body.properties += [BlockProperty(line, key, value) for key, value in text.state]
            if block.parent < 0:
                owner = self._take_root(index, block, text)
            else:
                above = self.owners[block.parent]
                if above is None:
                    owner = self._take_candidate(index, line, block.level, text)
                elif isinstance(above, HighlightDraft):
                    owner = self._take_child(above, line, block.level, text)
                else:
                    owner = self._take_below_note(above, line, block.level, text)
            self.owners.append(owner)

    def _take_root(self, index: int, block: Block, text: BlockText) -> Owner:
        line = block.line + self.lines_above
        header = self.headers.get(index)
        if header:
            self._open_section(header, line, text)
            return None
        if text.view is None and not text.is_marked and index not in self.groups:
            if self.body.cover is None:
                self.body.cover = read_image(text.text)
                if self.body.cover:
                    return None if not self.own_at_margin else self._margin_note("", line)
            if text.tags and not text.text:
                self.body.tags += text.tags
                return self._margin_note("", line) if self.own_at_margin else None
            if self.own_at_margin:
                return self._margin_note("" if is_rule(text.text) else join_parts(text), line)
        return self._take_candidate(index, line, 1, text)

    def _margin_note(self, text: str, line: int) -> NoteDraft:
        note = NoteDraft(text, line)
        self.body.notes.append(note)
        return note

    def _open_section(self, header: Header, line: int, text: BlockText) -> None:
        self.own_at_margin = not self.is_flat
        self.synced_on = header.synced_on
        self.starred = header.starred
        self.body.sections.append(Section(line, header.heading, header.synced_on))
        if header.day and header.synced_on is None:
            self.body.problems.append(Problem("unknown-date", f"no day in “{header.day}”", line))
        self.body.tags += text.tags
        rest = text.text.partition("\n")[2].strip()
        if text.view and not rest:  # the header's own line ends in the link
            self._add_highlight(line, BlockText(header.rest, text.view, text.behind))
            return
        if header.rest:
            self.body.notes.append(NoteDraft(header.rest, line))
        if rest:
            self._add_highlight(line + 1, BlockText(rest, text.view, text.behind))

    def _take_candidate(self, index: int, line: int, level: int, text: BlockText) -> Owner:
        if text.view is None:
            if is_rule(text.text) and not text.tags:
                return None
            if index in self.groups or not text.text:
                self.body.notes.append(NoteDraft(join_parts(text), line, level))
                return None
        return self._add_highlight(line, text, level)

    def _take_child(self, above: HighlightDraft, line: int, level: int, text: BlockText) -> Owner:
        if not text.text.startswith(_OWN_LABELS):
            text = text._replace(text=self.labels.translate(text.text))
        # A note may quote a view link at its end without being a highlight.
        if text.view is not None and not text.text.startswith("**Note**:"):
            if text.text or above.view is not None:
                return self._add_highlight(line, text, level)
            above.view = text.view  # a template with the link in a block of its own
            self._keep_label(text, line)
            if text.behind:
                above.add_after_link(text.behind, line, level)
            return above
        if text.tags and not text.text and text.view is None:
            above.tags += text.tags
            return above
        whole = join_parts(text)
        day = read_day_label(whole)
        if day and self._set_day(above, day, line):
            self.body.properties.append(BlockProperty(line, "date", whole))
            return above
        return (above.add_child(whole, line, level) if whole else None) or above

    def _set_day(self, draft: HighlightDraft, day: str, line: int) -> bool:
        """Date a highlight by the day in its own block or one below; False if there is no such day."""
        if draft.set_day(day, self.day_formats):
            return True
        self.body.problems.append(Problem("unknown-date", f"no day in “{day}”", line))
        return False

    def _take_below_note(self, above: NoteDraft, line: int, level: int, text: BlockText) -> Owner:
        if text.view is not None:
            return self._add_highlight(line, text, level)
        whole = join_parts(text)
        if whole:
            above.add_child(whole, level)
        return above

    def _add_highlight(self, line: int, text: BlockText, level: int = 2) -> HighlightDraft:
        words = text.text
        # The page stars its header and every highlight; the star is the template's, not the author's.
        if self.starred and words.startswith("* "):
            words = words[2:].lstrip()
        draft = HighlightDraft(words, line, text.view, self.synced_on, list(text.tags), is_cut=text.is_cut)
        if text.day:
            self._set_day(draft, text.day, line)
        behind, days = draft.take_days(text.behind, self.day_formats)
        self.body.properties += [BlockProperty(line, "date", each) for each in days]
        if behind:
            draft.add_after_link(self.labels.translate_lines(behind), line, level)
        self._keep_label(text, line)
        self.body.highlights.append(draft)
        return draft

    def _keep_label(self, text: BlockText, line: int) -> None:
        if text.view is not None and text.view.label:
            self.body.properties.append(BlockProperty(line, "view-label", text.view.label))


# --- sync headers among the root blocks, in the words of any template
#
# `ingest.readwise.notation` parses Readwise's own wording. A page without it may have its reader's:
#
# - Zuletzt abgeglichen mit [[Readwise]] [[19.11.2022]]      with Readwise and a day
# - Neue Markierungen vom [[25.02.2023]] um 17:56            with a day and a time at the end
# - ## Highlights                                            a single word, with highlights below
# - # A chapter                                              if all root blocks are headings

ReadHeader = Callable[[str, tuple[str, ...]], Header | None]

_LONGEST = 160
_DAY = r"\[\[(?P<day>[^\[\]\n]*\d[^\[\]\n]*)\]\]"
_TIME = r"(?P<time>\d{1,2}:\d{2}(?:[\s\u202f]*[AP]\.?M\.?)?)"
_OF_READWISE = re.compile(
    rf"(?P<prefix>[*#>\s]*)[^\[\]\n]{{0,60}}(?:\[\[Readwise\]\]|#Readwise\b)[^\[\]\n]{{0,40}}{_DAY}"
    rf"(?:[^\[\]\d\n]{{0,12}}{_TIME}(?::\d\d)?(?:\s?Uhr\b)?)?",
    re.IGNORECASE,
)
_OF_A_MOMENT = re.compile(
    rf"(?P<prefix>[*#>\s]*)[^\[\]\n]{{3,60}}{_DAY}[^\[\]\d\n]{{0,12}}{_TIME}(?::\d\d)?\W{{0,3}}(?:Uhr)?\s*\Z",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"[*#>\s]*(?:\[\[)?(?:(?:my )?highlights?|highlights from \[\[readwise|readwise|{HIGHLIGHTS})"
    r"(?:\]\])?[*\s]*[:：]?[*\s]*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#{1,6}[ \t]")
_LABELLED = re.compile(r"[*_]{0,3}(?:Tags|Note|Date)[*_]{0,3}:")
_OF_ANY_LANGUAGE = Labels()


def find_headers(
    blocks: Blocks, texts: list[BlockText], read: ReadHeader, day_formats: tuple[str, ...]
) -> dict[int, Header]:
    """Return the headers by block index; `read` parses those in the dialect's own words."""
    first_lines = {
        index: texts[index].text.partition("\n")[0] for index, block in enumerate(blocks) if block.parent < 0
    }
    # If Readwise's own headers are present, headings in other words are the reader's.
    known = {index: header for index, line in first_lines.items() if (header := read(line, day_formats))}
    if known:
        return known
    parents = _find_parents(blocks, texts)
    bare = {index: line for index, line in first_lines.items() if texts[index].text == line}
    found = {
        index: header
        for index, line in first_lines.items()
        if index in parents
        and texts[index].view is None
        and (header := _read_other(line, day_formats, index in bare))
    }
    plain = [line for index, line in first_lines.items() if index not in found and not is_rule(line)]
    # Only if nothing else is at the margin are plain headings chapters of highlights.
    if found or not all(_HEADING.match(line) or line.startswith("![") for line in plain):
        return found
    return {
        index: Header(line, None, None, False, "")  # a page of chapters
        for index, line in bare.items()
        if index in parents and _HEADING.match(line)
    }


def are_siblings(blocks: Blocks, texts: list[BlockText], headers: dict[int, Header]) -> bool:
    """Whether the highlights are siblings of the headers instead of their children."""
    if not headers or any(block.parent in headers for block in blocks):
        return False
    return any(
        block.parent < 0 and index not in headers and texts[index].view is not None
        for index, block in enumerate(blocks)
    )


def _find_parents(blocks: Blocks, texts: list[BlockText]) -> set[int]:
    """Return the roots with children, except highlights, which only tags or a note below them reveal."""
    parents: dict[int, bool] = {}
    for index, block in enumerate(blocks):
        if block.parent >= 0 and block.level == 2:
            text = texts[index].text
            is_label = _LABELLED.match(text) or _OF_ANY_LANGUAGE.is_label(text)
            parents[block.parent] = parents.get(block.parent, True) and not is_label
    return {parent for parent, is_plain in parents.items() if is_plain}


def _read_other(line: str, day_formats: tuple[str, ...], is_alone: bool) -> Header | None:
    """Parse a header in the reader's own words; None for any other line."""
    head = line[:_LONGEST].replace("\\-", "-")
    match = _OF_READWISE.match(head) or (_OF_A_MOMENT.match(head) if is_alone else None)
    if match is not None:
        moment = read_timestamp(match["day"], match["time"], day_formats)
        if moment is None:
            return None
        return Header(line, match["day"], moment, "*" in match["prefix"], line[match.end() :].strip())
    if is_alone and _BARE.fullmatch(head):
        return Header(line, None, None, False, "")
    return None
