"""Where each note goes: its path below the export folder and the name that links call it by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from export.names import file_name, fold_name, page_name, short_hash
from export.notes import Note, Place

Flavour = Literal["markdown", "logseq", "obsidian"]
FLAVOURS: tuple[Flavour, ...] = ("markdown", "logseq", "obsidian")
_ORDER = ("index", "reading-list", "topic", "document")


@dataclass(frozen=True, slots=True)
class Places:
    """The places of all notes of one export."""

    by_uid: Mapping[str, Place]
    topics: Mapping[str, str]
    """The uid of each topic's note by the topic's folded name: what a reader's `[[link]]` may mean."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """The path of each picture's copy, as seen from the export folder, by the picture's address."""


def place_notes(
    notes: Sequence[Note],
    flavour: Flavour,
    kept: Mapping[str, str] | None = None,
    pictures: Mapping[str, str] | None = None,
) -> Places:
    """A place for each note; the same whatever the order of `notes`.

    `kept`: paths by uid from an earlier export, which stay. Of several documents with one title each
    gets a hint, so that none depends on which came first.
    """
    kept = {
        uid: path for uid, path in (kept or {}).items() if path.startswith("pages/") == (flavour == "logseq")
    }
    places = {note.uid: _make_place(kept[note.uid], note, flavour) for note in notes if note.uid in kept}
    taken: dict[str, set[str]] = defaultdict(set)
    for path in kept.values():
        folder, _, name = path.rpartition("/")
        taken[folder].add(fold_name(name))
    ordered = sorted((note for note in notes if note.uid not in places), key=_rank)
    plain = {note.uid: (_find_folder(note, flavour), fold_name(_name(note, flavour))) for note in ordered}
    uses = Counter(plain.values())
    for note in ordered:
        folder, first = plain[note.uid]
        shared = {first} if note.kind == "document" and uses[folder, first] > 1 else set()
        name = _name(note, flavour, taken[folder] | shared if shared else taken[folder])
        taken[folder].add(fold_name(name))
        places[note.uid] = _make_place(f"{folder}/{name}" if folder else name, note, flavour)
    topics = {fold_name(note.title): note.uid for note in notes if note.kind == "topic"}
    return Places(places, topics, pictures or {})


def _rank(note: Note) -> tuple[int, str]:
    """The notes that there is one of first, then topics, then documents."""
    return _ORDER.index(note.kind), note.uid


def _name(note: Note, flavour: Flavour, taken: Container[str] = ()) -> str:
    return file_name(
        note.title,
        taken,
        hints=(note.author, note.day),
        short_id=short_hash(note.uid),
        logseq=flavour == "logseq",
    )


def _find_folder(note: Note, flavour: Flavour) -> str:
    if flavour == "logseq":
        return "pages"
    return {"topic": "topics", "document": f"documents/{note.folder or 'other'}"}.get(note.kind, "")


def _make_place(path: str, note: Note, flavour: Flavour) -> Place:
    stem = path.removesuffix(".md")
    if flavour != "logseq":
        return Place(path, stem)
    stem = stem.rpartition("/")[2]
    plain = stem == _name(note, flavour).removesuffix(".md")
    return Place(path, page_name(note.title) if plain else read_page_name(stem))


def read_page_name(stem: str) -> str:
    """The page's name that Logseq reads from a file's name."""
    return unquote(stem.removesuffix("___").replace("___", "/"))
