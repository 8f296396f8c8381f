"""Obsidian's Markdown: YAML properties, tags and aliases as lists, `[[path|label]]`, one final newline."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from export.destinations import escape_label, write_link
from export.escaping import escape_obsidian
from export.flavours.page import join_rendered, render_blocks
from export.layout import Places
from export.names import short_hash
from export.notes import GENERATED_BY, Note, NoteLink, Part, Passage, Tag, WebLink, Words
from export.rendered import Rendered

# JSON's strings are YAML's, but for the characters that YAML calls unprintable.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_NOT_IN_A_TAG = re.compile(r"[^\w/-]+")
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_ID = 40
_NOT_IN_AN_ALIAS = re.compile(r"[|\[\]#^\\]")


def join_note(blocks: Iterable[Rendered]) -> str:
    """The whole file, with one final newline."""
    front: list[Rendered] = []
    body: list[Rendered] = []
    for block in blocks:
        (front if block.kind == "property" else body).append(block)
    lines = "".join(f"{block.text}\n" for block in front)
    return f"---\n{lines}---\n{join_rendered(body)}\n"


def render_note(note: Note, places: Places) -> Iterator[Rendered]:
    """The file's blocks in order: properties, the title, then the note's own blocks."""

    def write(parts: Sequence[Part]) -> str:
        return "".join(_write_part(part, places) for part in parts)

    yield from _write_front_matter(note, places)
    yield Rendered("title", f"# {escape_label(note.title)}", "title")
    for block in render_blocks(note.blocks, write):
        yield _give_id(block) if block.kind == "passage" else block


def make_block_id(key: str) -> str:
    """What `[[note#^id]]` calls a highlight: letters, digits and dashes, the same for the same key."""
    plain = _NOT_IN_AN_ID.sub("-", key).strip("-")
    return plain if len(plain) <= _LONGEST_ID else short_hash(key)


def _give_id(block: Rendered) -> Rendered:
    """A highlight that can be linked to; only behind a citation, for a text may end in code or a table."""
    if not block.text.rpartition("\n")[2].startswith("— "):
        return block
    return replace(block, text=f"{block.text} ^{make_block_id(block.key)}")


def write_tag(name: str) -> str:
    """A tag as Obsidian takes it: no blanks, letters in it; empty where nothing of it is left."""
    tag = _NOT_IN_A_TAG.sub("-", name).strip("-/")
    return f"n{tag}" if tag and not any(sign.isalpha() or sign in "_/-" for sign in tag) else tag


def _write_front_matter(note: Note, places: Places) -> Iterator[Rendered]:
    name = places.by_uid[note.uid].name.rpartition("/")[2]
    aliases = [*note.aliases] + ([note.title] if note.title != name else [])
    tags = [tag for name in note.tags if (tag := write_tag(name))]
    for key, values in (("aliases", aliases), ("tags", list(dict.fromkeys(tags)))):
        if values:
            yield _make_property(key, "".join(f"\n  - {_quote(value)}" for value in values))
    for each in note.properties:
        yield _make_property(each.key, f" {_write_value(each.parts)}")
    yield _make_property("kind", f" {note.kind}")
    yield _make_property(GENERATED_BY, " gleanings")


def _make_property(key: str, value: str) -> Rendered:
    return Rendered(f"property:{key}", f"{key}:{value}", "property")


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
