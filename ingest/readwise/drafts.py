"""Highlights and notes in the making: what the body's reader fills block by block."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from ingest.readwise.tags import parse_tags
from ingest.readwise.views import View
from record_types.pages import Note, NoteKind

_DAY_LABEL = re.compile(r"\*\*Date(?:\*\*:|:\*\*)[ \t]*([^\n]{1,80})")
_LABEL = re.compile(r"[*_]{0,3}(?P<what>Tags|Note)[*_]{0,3}:[*_]{0,3}(?:[ \t]+|$|(?=\n|#))")
_LABELS_BEGIN = ("*", "_", "Tags:", "Note:")
_HASHTAGS = re.compile(r"(?:#(?:\[\[[^\[\]\n]+\]\]|[^\s#,\[\]]+)[\s,]*)+")


@dataclass(slots=True)
class NoteDraft:
    """One note, with the blocks below it."""

    text: str
    line: int
    level: int
    """Of its own block in the outline."""
    kind: NoteKind = "block"
    children: list[str] = field(default_factory=list)

    def add_child(self, text: str, level: int) -> None:
        """Takes up a block below as an item of an indented Markdown list."""
        indent = "\t" * max(level - self.level - 1, 0)
        self.children.append(f"{indent}- " + text.replace("\n", f"\n{indent}  "))

    def finish(self) -> Note:
        """The note; Readwise's own `Thread` is its mark, not the reader's word."""
        kind: NoteKind = (
            "mark" if self.kind == "note" and self.text == "Thread" and not self.children else self.kind
        )
        return Note("\n".join([self.text, *self.children]).strip(), kind, self.line)


@dataclass(slots=True)
class HighlightDraft:
    """One highlight, with what hangs below it."""

    text: str
    line: int
    view: View | None
    synced_on: str | None
    tags: list[str] = field(default_factory=list)
    """As often as they stand there."""
    named: str | None = None
    """The uid by an id that the page gives without a link; a view link comes before it."""
    notes: list[NoteDraft] = field(default_factory=list)
    taken_at: datetime | None = None
    """In UTC: the day or moment that the source gives the highlight itself."""
    is_cut: bool = False

    def add_child(self, text: str, line: int, level: int) -> NoteDraft | None:
        """Takes up a block below: tags, or a note, which is given back."""
        label = _LABEL.match(text) if text.startswith(_LABELS_BEGIN) else None
        if label is None:
            return self.add_note(NoteDraft(text, line, level))
        value = text[label.end() :].strip()
        if label["what"] == "Note":
            return self.add_note(NoteDraft(value, line, level, "note"))
        tags, rest = parse_tags(value)
        self.tags += tags
        return self.add_note(NoteDraft(text, line, level)) if rest else None

    def add_behind(self, text: str, line: int, level: int) -> NoteDraft | None:
        """Takes up what stands behind the view link: tags, labelled lines, the reader's words."""
        if _HASHTAGS.fullmatch(text):
            self.tags += parse_tags(text)[0]
            return None
        pieces: list[list[str]] = []
        for each in text.split("\n"):
            if not pieces or (each.startswith(_LABELS_BEGIN) and _LABEL.match(each)):
                pieces.append([])
            pieces[-1].append(each)
        notes = [self.add_child("\n".join(piece).strip(), line, level) for piece in pieces]
        return notes[-1]

    def add_note(self, note: NoteDraft) -> NoteDraft:
        """Hangs a note below the highlight and gives it back."""
        self.notes.append(note)
        return note


def read_day_label(text: str) -> str | None:
    """The day in `**Date**: [[2024-02-28]]`, as it stands there; None for any other block."""
    match = _DAY_LABEL.fullmatch(text) if text.startswith("**Date") else None
    return match[1].strip() if match else None
