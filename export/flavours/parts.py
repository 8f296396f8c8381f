"""A block's parts in one flavour: what is the same in all three, and what each has of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from export.notes import Address, NoteLink, Part, Passage, Tag, WebLink, Words
from markdown_text.inline_links import escape_label, is_web, make_destination, write_link


@dataclass(frozen=True, slots=True)
class PartWriter:
    """How one flavour writes the parts of which a note's blocks are made."""

    passage: Callable[[str], str]
    """Foreign Markdown, escaped so that it cannot change the note's structure."""
    note_link: Callable[[NoteLink], str]
    tag: Callable[[str], str]
    block_id: Callable[[str], str] = lambda key: ""
    """What a highlight can be linked to by; empty where the flavour has no such thing."""

    def write(self, parts: Sequence[Part]) -> str:
        """The parts one after the other."""
        return "".join(self._write_part(part) for part in parts)

    def _write_part(self, part: Part) -> str:
        match part:
            case Passage(text):
                return self.passage(text)
            case Words(text, strong):
                return f"**{write_words(text)}**" if strong else write_words(text)
            case WebLink(label, url):
                return write_link(label, url)
            case NoteLink():
                return self.note_link(part)
            case Tag(name):
                return self.tag(name)
            case Address(url):
                return make_destination(url) if is_web(url) else ""


def write_words(text: str) -> str:
    """Plain words with the blanks at their ends, which join them to their neighbours."""
    words = escape_label(text)
    return f"{' ' if text[:1] == ' ' else ''}{words}{' ' if text[-1:] == ' ' and words else ''}"
