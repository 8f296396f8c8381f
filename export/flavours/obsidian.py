"""Obsidian's Markdown: YAML properties, tags and aliases as lists, `[[path|label]]`, one final newline."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from export.destinations import escape_label, write_link
from export.escaping import escape_obsidian
from export.flavours.page import Rendered, join_rendered, render_blocks
from export.layout import Places
from export.notes import Note, NoteLink, Part, Passage, Tag, WebLink, Words

# JSON's strings are YAML's, but for the characters that YAML calls unprintable.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_NOT_IN_A_TAG = re.compile(r"[^\w/-]+")
_NOT_IN_AN_ALIAS = re.compile(r"[|\[\]#^\\]")


def render_note(note: Note, places: Places) -> str:
    """The whole file, with one final newline."""
    return f"{_write_front_matter(note, places)}\n{join_rendered(render_rendered(note, places))}\n"


def render_rendered(note: Note, places: Places) -> Iterator[Rendered]:
    """The blocks below the front matter: the title, then the note's own with their keys."""

    def write(parts: Sequence[Part]) -> str:
        return "".join(_write_part(part, places) for part in parts)

    yield Rendered(None, f"# {escape_label(note.title)}")
    yield from render_blocks(note.blocks, write)


def write_tag(name: str) -> str:
    """A tag as Obsidian takes it: no blanks, letters in it; empty where nothing of it is left."""
    tag = _NOT_IN_A_TAG.sub("-", name).strip("-/")
    return f"n{tag}" if tag and not any(sign.isalpha() or sign in "_/-" for sign in tag) else tag


def _write_front_matter(note: Note, places: Places) -> str:
    lines = ["---"]
    name = places.by_uid[note.uid].name.rpartition("/")[2]
    aliases = [*note.aliases] + ([note.title] if note.title != name else [])
    tags = [tag for name in note.tags if (tag := write_tag(name))]
    lines += _write_list("aliases", aliases) + _write_list("tags", list(dict.fromkeys(tags)))
    lines += [f"{each.key}: {_write_value(each.parts)}" for each in note.properties]
    lines.append(f"kind: {note.kind}")
    return "\n".join([*lines, "---"])


def _write_list(key: str, values: Sequence[str]) -> list[str]:
    return [f"{key}:", *(f"  - {_quote(value)}" for value in values)] if values else []


def _write_value(parts: Sequence[Part]) -> str:
    """A property's value: an address alone where it is one, for that is what Obsidian makes clickable."""
    words = [
        part.url if isinstance(part, WebLink) and part.label == part.url else _words(part) for part in parts
    ]
    return _quote("".join(words))


def _words(part: Part) -> str:
    match part:
        case Words(text) | Passage(text):
            return text
        case WebLink(label) | NoteLink(_, label):
            return label
        case Tag(name):
            return name


def _quote(text: str) -> str:
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def _write_part(part: Part, places: Places) -> str:
    match part:
        case Passage(text):
            return escape_obsidian(text)
        case Words(text, strong):
            words = escape_label(text)
            words = f"{' ' if text[:1] == ' ' else ''}{words}{' ' if text[-1:] == ' ' and words else ''}"
            return f"**{words}**" if strong else words
        case WebLink(label, url):
            return write_link(label, url)
        case NoteLink(uid, label):
            return _write_note_link(uid, label, places)
        case Tag(name):
            tag = write_tag(name)
            return f"#{tag}" if tag == name.replace(" ", "-") else escape_label(name)


def _write_note_link(uid: str, label: str, places: Places) -> str:
    place = places.by_uid.get(uid)
    if place is None:
        return escape_label(label)
    if _NOT_IN_AN_ALIAS.search(label):
        return f"[{escape_label(label)}]({quote(place.path)})"
    shown = " ".join(label.split())
    return f"[[{place.name}]]" if shown == place.name else f"[[{place.name}|{shown.replace('<', '‹')}]]"
