"""Write notes in Obsidian's Markdown: YAML properties, tags and aliases as lists, `[[path|label]]` links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote as quote_url

from export.escape import escape_obsidian, unlink_pages
from export.file_names import short_hash
from export.flavours.block_writer import OWN_BLOCK, BlockWriter, join_page, list_own_names, render_page
from export.note_places import Places
from export.note_tree import (
    Address,
    Note,
    NoteLink,
    Part,
    Passage,
    Property,
    Rendered,
    Tag,
    WebLink,
    Words,
)
from export.page_properties import OTHER_NAMES, quote_yaml
from export.templates import Style
from markdown_text.inline_links import escape_label
from markdown_text.note_marks import MARK_KEY, make_mark

_NOT_IN_A_TAG = re.compile(r"[^\w/-]+")
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9]+")
_MAX_ID = 40
_NOT_IN_AN_ALIAS = re.compile(r"[|\[\]#^\\]")


def join_note(blocks: Iterable[Rendered]) -> str:
    """Join the blocks of a note, or of an embedded section, which has no properties, with a final newline."""
    front: list[Rendered] = []
    body: list[Rendered] = []
    for block in blocks:
        (front if block.kind == "property" else body).append(block)
    lines = "".join(f"{block.text}\n" for block in front)
    head = f"---\n{lines}---\n" if front else ""
    return f"{head}{join_page(body)}\n"


def render_note(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """Render the blocks of a file in order: properties, the title, then the note's own blocks."""
    yield from _write_front_matter(note, places)
    yield Rendered("title", f"# {escape_label(note.title)}", "title")
    yield from render_page(note.blocks, _make_writer(note, places, style))


def render_embedded(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """The note's own blocks alone, for a page that has a title and properties already."""
    yield from render_page(note.blocks, _make_writer(note, places, style))


def _make_writer(note: Note, places: Places, style: Style) -> BlockWriter:
    unlinked = None if style.unlinked else list_own_names(note)
    return BlockWriter(
        style,
        write_passage=lambda text: escape_obsidian(unlink_pages(text, unlinked)),
        write_note_link=lambda link: _write_note_link(link, places),
        write_tag=_write_tag_link,
        make_block_id=make_block_id,
    )


def _write_tag_link(name: str) -> str:
    tag = write_tag(name)
    return f"#{tag}" if tag == name.replace(" ", "-") else escape_label(name)


def make_block_id(key: str) -> str:
    """The id of a highlight in `[[note#^id]]`: letters, digits and dashes, the same for the same key."""
    plain = _NOT_IN_AN_ID.sub("-", key).strip("-")
    is_readable = len(plain) <= _MAX_ID and not key.startswith("text:")  # a uid that is only hashes
    return plain if is_readable else short_hash(key)


def write_tag(name: str) -> str:
    """Write a tag that Obsidian accepts: without spaces, with a letter; empty if nothing is left."""
    tag = _NOT_IN_A_TAG.sub("-", name).strip("-/")
    return f"n{tag}" if tag and not any(sign.isalpha() or sign in "_/-" for sign in tag) else tag


def _write_front_matter(note: Note, places: Places) -> Iterator[Rendered]:
    name = places.by_uid[note.uid].name.rpartition("/")[2]
    aliases = [*note.aliases] + ([note.title] if note.title != name else [])
    tags = [tag for name in note.tags if (tag := write_tag(name))]
    for key, values in (("aliases", aliases), ("tags", list(dict.fromkeys(tags)))):
        if values:
            yield _make_property(key, "".join(f"\n  - {quote_yaml(value)}" for value in values))
    for each in note.properties:
        if each.kind == "list":
            lines = [f"\n  - {quote_yaml(_write_list_value(part, places))}" for part in each.parts]
            yield _make_property(OTHER_NAMES.get(each.key, each.key), "".join(lines))
        else:
            yield _make_property(each.key, f" {_write_value(each)}")
    yield _make_property("kind", f" {note.kind}")
    yield _make_property(MARK_KEY, f" {make_mark(note.uid)}")


def _make_property(key: str, value: str) -> Rendered:
    return Rendered(f"property:{key}", f"{key}:{value}", "property")


def _write_value(value: Property) -> str:
    """Write a property's value: dates and numbers without quotation marks, so that Obsidian recognizes them.

    A link labelled with its own URL becomes the bare URL, which Obsidian makes clickable.
    """
    words = "".join(
        part.url if isinstance(part, WebLink) and part.label == part.url else _words(part)
        for part in value.parts
    )
    return words if value.kind in ("date", "number", "checkbox") else quote_yaml(words)


def _write_list_value(part: Part, places: Places) -> str:
    """A value of a list: a link that Obsidian recognises in a property, or plain words."""
    place = places.by_uid.get(part.uid) if isinstance(part, NoteLink) else None
    if place is None or not isinstance(part, NoteLink):
        return _words(part)
    label = " ".join(_NOT_IN_AN_ALIAS.sub(" ", part.label).split())
    return f"[[{place.name}]]" if label in ("", place.name) else f"[[{place.name}|{label}]]"


def _words(part: Part) -> str:
    match part:
        case Words(text) | Passage(text):
            return text
        case WebLink(label) | NoteLink(_, label):
            return label
        case Tag(name):
            return name
        case Address(url):
            return url


def _write_note_link(link: NoteLink, places: Places) -> str:
    block = places.blocks.get(link.highlight)
    place, label = places.by_uid.get(link.uid), link.label or (block and OWN_BLOCK)
    if place is None or not label:
        return escape_label(link.label)
    if _NOT_IN_AN_ALIAS.search(label):
        return f"[{escape_label(label)}]({quote_url(place.path)}{f'#^{block}' if block else ''})"
    shown = " ".join(label.split())
    name = f"{place.name}#^{block}" if block else place.name
    return f"[[{name}]]" if shown == name else f"[[{name}|{shown.replace('<', '‹')}]]"
