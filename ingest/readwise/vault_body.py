"""The body of a note in a vault: sections, highlights with their tags and notes, the reader's own words.

    ## Highlights
    - First line                                     also `* `
    ··continuation ([View Tweet](https://…)) ^rw123
    ····- Tags: [[a]]
    ## New highlights added September 5, 2022 at 10:30 PM

A paragraph at the margin is the reader's own and belongs to the document, unless it ends in a view link: then
it is a highlight, or the end of the preceding one, whose lines a template did not indent. A list without view
links under a heading of the reader's is the reader's own too.
"""

from __future__ import annotations

import re

from ingest.readwise.body import Body
from ingest.readwise.highlights import HighlightDraft, NoteDraft
from ingest.readwise.labels import DAYS, Labels
from ingest.readwise.notation import Header, View, parse_header, read_utc, split_view
from ingest.readwise.vault_head import SECTION
from ingest.readwise.vault_items import BULLET, Item, Tail, read_item, split_annotation, split_tail
from ingest.readwise.vault_quotes import Chunk, has_view, read_quotes
from record_types.pages import BlockProperty, Problem, Section

_HEADING = re.compile(r"#{1,6}(?=[ \t]|$)")
# A heading that looks like a chapter groups highlights and does not begin the reader's own notes.
_CHAPTER = re.compile(
    r"#+[ \t]+(?:(?:chapter|part|section|kapitel|teil|chapitre|partie|cap[ií]tulo|parte|capitolo|глава"
    r"|hoofdstuk)\b"
    r"|第.{1,6}[章节部]|\d+[.:) ]|[ivxlc]+[.:)] )",
    re.IGNORECASE,
)
_RULE = re.compile(r"(?:[-*_][ \t]*){3,}|<br[ /]*>")
# `key:: value`, an inline field of the Dataview plugin.
_FIELD = re.compile(r"(?P<key>[^\W\d_][\w -]{0,30})::[ \t]+(?P<value>[^\n]+)")
_DAY = re.compile(
    rf"\*{{0,2}}(?:{DAYS})(?:[:：]\*{{0,2}}|\*{{0,2}}[:：])[ \t]*([^\s:：*][^\n]{{0,58}})", re.IGNORECASE
)
_DAY_KEY = re.compile(DAYS, re.IGNORECASE)
_TAGGED = r"Tagged:|See also:(?=(?:[ ,]*(?:#?\[\[[^\[\]\n]+\]\]|#[^\s#,\[\]]+))*\s*\Z)"
_LABEL = re.compile(rf"[*_]{{0,3}}(?:Tags|Notes?)[*_]{{0,3}}:|{_TAGGED}")
_OTHER_TAGS = re.compile(_TAGGED)
_ONLY_TAIL = re.compile(r"(?:\^rw[0-9]|\[Open in Readwise\])")
_PLACE_LINK = re.compile(r"\[(?:Location|Page|Time)[ \u00a0]")


def read_vault_body(
    text: str, first_line: int, day_formats: tuple[str, ...], labels: Labels, *, is_loose: bool = False
) -> Body:
    """Read the body `text`, whose first line is the file's `first_line`.

    In a page that `is_loose`, a paragraph at the margin continues the item above it, link or not.
    """
    reader = _Reader(day_formats, labels)
    chunks = _split(text, first_line)
    if is_loose:
        chunks = _join_paragraphs(chunks)
    for chunk in _merge(read_quotes(chunks, labels)):
        reader.read(chunk)
    return reader.body


def _split(text: str, first_line: int) -> list[Chunk]:
    chunks: list[Chunk] = []
    open_chunk: Chunk | None = None
    after_blank = True
    for number, raw in enumerate(text.split("\n"), first_line):
        line = raw.rstrip("\r")
        if not line.strip():
            after_blank = True
            if open_chunk:
                open_chunk.lines.append("")
            continue
        kind = _find_kind(line)
        if kind == "rule":
            open_chunk = None
        elif kind == "heading":
            chunks.append(Chunk(kind, number, [line]))
            open_chunk = None
        elif open_chunk is None or kind == "item" or (kind == "prose" and after_blank):
            open_chunk = Chunk("item" if kind == "item" else "prose", number, [line])
            chunks.append(open_chunk)
        else:
            open_chunk.lines.append(line)
        after_blank = False
    return chunks


def _find_kind(line: str) -> str:
    if line[0] in " \t":
        return "inside"
    if _HEADING.match(line):
        return "heading"
    if _RULE.fullmatch(line.rstrip()[:80]):
        return "rule"
    return "item" if BULLET.match(line) else "prose"


def _join_paragraphs(chunks: list[Chunk]) -> list[Chunk]:
    joined: list[Chunk] = []
    for chunk in chunks:
        if chunk.kind == "prose" and joined and joined[-1].kind == "item":
            joined[-1].lines += chunk.lines
        else:
            joined.append(chunk)
    return joined


def _merge(chunks: list[Chunk]) -> list[Chunk]:
    """Append paragraphs that continue the item above them to it."""
    merged: list[Chunk] = []
    unfinished: int | None = None  # index of the item whose view link is still to come
    has_items = any(chunk.kind == "item" for chunk in chunks)
    for chunk in chunks:
        if chunk.kind == "prose":
            is_linked = has_view(chunk)
            is_tail = bool(_ONLY_TAIL.match(chunk.lines[0])) and bool(merged) and merged[-1].kind == "item"
            if is_tail or (is_linked and unfinished is not None):
                first = len(merged) - 1 if is_tail or unfinished is None else unfinished
                for rest in (*merged[first + 1 :], chunk):
                    merged[first].lines += rest.lines
                del merged[first + 1 :]
                unfinished = None if is_linked else unfinished
                continue
            if is_linked:
                unfinished = None
            elif unfinished is None and not has_items:  # a template without bullets
                unfinished = len(merged)
        elif chunk.kind == "item":
            unfinished = None if has_view(chunk) else len(merged)
        else:
            unfinished = None
        merged.append(chunk)
    return merged


class _Reader:
    def __init__(self, day_formats: tuple[str, ...], labels: Labels) -> None:
        self.body = Body()
        self.labels = labels
        self.day_formats = day_formats
        self.synced_on: str | None = None
        self.own: NoteDraft | None = None
        self.last: HighlightDraft | None = None
        """The highlight above, if a page's link or id marks it as one."""

    def read(self, chunk: Chunk) -> None:
        text = "\n".join(chunk.lines).strip()
        if chunk.kind == "heading":
            self._take_heading(chunk, text)
        elif chunk.kind == "item" and (self.own is None or has_view(chunk)):
            bullet = BULLET.match(chunk.lines[0])
            first = chunk.lines[0][bullet.end() :] if bullet else chunk.lines[0]
            if self.last is not None and self._is_label(text[bullet.end() if bullet else 0 :]):
                words = "\n".join([first, *(line.strip() for line in chunk.lines[1:])]).strip()
                self._take_child(self.last, Item(words, 0, 2), chunk.line)
            else:
                self._take_item([first, *chunk.lines[1:]], chunk.line)
        elif chunk.kind == "prose" and has_view(chunk):
            self._take_item(chunk.lines, chunk.line)
        elif self.last is not None and self.own is None and self._is_label(text):
            self._take_child(self.last, Item(text, 0, 2), chunk.line)
        elif self.own is not None:
            self.own.children.append(text)
        else:
            self.body.notes.append(NoteDraft(text, chunk.line))

    def _is_label(self, text: str) -> bool:
        """Whether an item at the margin holds the note or tags of the highlight above it."""
        return _LABEL.match(text) is not None or self.labels.is_label(text)

    def _take_heading(self, chunk: Chunk, text: str) -> None:
        self.last = None
        if SECTION.fullmatch(text) or self.labels.is_header(text):
            self.own = None
            header = parse_header(text, self.day_formats) or Header(text, None, None, False, "")
            self.synced_on = header.synced_on
            self.body.sections.append(Section(chunk.line, text, header.synced_on))
            if header.day and header.synced_on is None:
                self.body.problems.append(Problem("unknown-date", f"no day in “{header.day}”", chunk.line))
            return
        heading = NoteDraft(text, chunk.line)
        self.body.notes.append(heading)
        # `###` headings are a template's chapters, `##` headings the reader's own lists
        is_own = len(text) - len(text.lstrip("#")) <= 2 and not _CHAPTER.match(text)
        self.own = heading if is_own and self.body.sections else None

    def _take_item(self, lines: list[str], line: int) -> None:
        item = read_item(lines, self.labels)
        place = len(self.body.highlights)
        draft = self._make_highlight(item.text, line)
        above: NoteDraft | None = None
        for child in item.children:
            if child.level > 2 and above is not None:
                tail = split_tail(child.text)
                self._keep_tail(draft, tail)
                above.add_child(tail.text, child.level)
            else:
                draft, above = self._take_child(draft, child, line + child.line)
        self.last = draft if draft.view or draft.named else None
        empty = self.body.highlights[place]
        if not empty.text and empty.view is None:  # children of an empty item are the reader's own
            del self.body.highlights[place]
            self.body.notes += empty.notes
            if empty.tags:
                self.body.notes.append(NoteDraft("Tags: " + ", ".join(empty.tags), line))

    def _make_highlight(self, text: str, line: int) -> HighlightDraft:
        tail = split_tail(text)
        words, view, behind = split_view(tail.text)
        annotation = split_annotation(words) if view is None else None
        if annotation:
            words, view = annotation.text, annotation.view
        draft = HighlightDraft(words.strip(), line, view, self.synced_on)
        self._keep_tail(draft, tail)
        if annotation:
            draft.taken_at = read_utc(annotation.moment)
            self.body.properties.append(BlockProperty(line, "updated", annotation.moment))
            if annotation.group:
                self.body.properties.append(BlockProperty(line, "group", annotation.group.strip()))
        if behind:
            draft.add_after_link(self.labels.translate_lines(behind), line, 1)
        if view and view.label:
            self.body.properties.append(BlockProperty(line, "view-label", view.label))
        self.body.highlights.append(draft)
        return draft

    def _keep_tail(self, draft: HighlightDraft, tail: Tail) -> None:
        draft.tags += [tag.removeprefix("#") for tag in tail.tags.split()]
        if tail.anchor:
            self.body.properties.append(BlockProperty(draft.line, "anchor", tail.anchor))
        if tail.readwise_id and draft.named != f"open:{tail.readwise_id}":
            draft.named = draft.named or f"open:{tail.readwise_id}"
            self.body.properties.append(BlockProperty(draft.line, "readwise-id", tail.readwise_id))

    def _take_child(
        self, draft: HighlightDraft, child: Item, line: int
    ) -> tuple[HighlightDraft, NoteDraft | None]:
        """Return the current highlight, and the note that takes the child's own children."""
        tail = split_tail(child.text)
        self._keep_tail(draft, tail)
        text = self.labels.translate(tail.text)
        if label := _OTHER_TAGS.match(text):
            text = f"Tags: {text[label.end() :]}"
        if text.startswith("Annotation: "):  # Hypothesis's word for a note
            text = text.replace("Annotation", "Note", 1)
        if not text:
            return draft, None
        words, view, behind = _split_child_view(text)
        if view is not None and not text.startswith(("Note:", "**Note")):
            if words:
                return self._make_highlight(text, line), None
            if draft.view is None:
                draft.view = view
                return draft, draft.add_after_link(behind, line, 2) if behind else None
        day = _DAY.fullmatch(text)
        if day and draft.set_day(day[1].strip(), self.day_formats):
            self.body.properties.append(BlockProperty(line, "date", day[1].strip()))
            return draft, None
        own = _FIELD.fullmatch(text)
        if own and own["key"].lower() in ("tags", "note"):
            text = f"{own['key'].capitalize()}: {own['value']}"
        elif own and self.labels.is_label(f"{own['key']}: {own['value']}"):
            text = self.labels.translate(f"{own['key']}: {own['value']}")
        elif own:
            is_day = _DAY_KEY.fullmatch(own["key"]) and draft.set_day(own["value"].strip(), self.day_formats)
            if own["key"].lower() == "date" and not is_day:
                problem = Problem("unknown-date", f"no day in “{own['value'].strip()}”", line)
                self.body.problems.append(problem)
            self.body.properties.append(BlockProperty(line, own["key"].lower(), own["value"].strip()))
            return draft, None
        return draft, draft.add_child(text, line, 2)


def _split_child_view(text: str) -> tuple[str, View | None, str]:
    place = text.strip(" ,")
    if _PLACE_LINK.match(place):
        return split_view(f"({place})")
    return split_view(text)
