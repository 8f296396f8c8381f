"""Where each note goes: its path below the export folder and the name that links call it by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from export.names import file_name, fold_name, page_name, short_hash
from export.notes import Note, Place

Flavour = Literal["markdown", "logseq", "obsidian"]
FLAVOURS: tuple[Flavour, ...] = ("markdown", "logseq", "obsidian")
_ORDER = ("index", "reading-list", "topic", "author", "document")
LOGSEQ_FOLDERS = ("pages/", "journals/")


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
    *,
    owners: Mapping[str, str] | None = None,
    inputs: Collection[str] = (),
) -> Places:
    """A place for each note; the same whatever the order of `notes`.

    `kept`: paths by uid from an earlier export, which stay. Of several documents with one title each
    gets a hint, so that none depends on which came first. `owners`: in a Logseq graph the pages by their
    folded name, wherever they are; a note goes to the page that has its name (LOGSEQ.md, Writing 4).
    `inputs` are pages of highlights that gleanings reads: no note ever goes there.
    """
    kept = {
        uid: path
        for uid, path in (kept or {}).items()
        if path.startswith(LOGSEQ_FOLDERS) == (flavour == "logseq")
    }
    pages = _Pages(owners or {}, inputs, set(kept.values()))
    places = {
        note.uid: _keep_place(kept[note.uid], note, flavour, pages) for note in notes if note.uid in kept
    }
    taken: dict[str, set[str]] = defaultdict(set)
    for path in (*kept.values(), *inputs):
        folder, _, name = path.rpartition("/")
        taken[folder].add(fold_name(name))
    ordered = sorted((note for note in notes if note.uid not in places), key=_rank)
    plain = {note.uid: (_find_folder(note, flavour), fold_name(_name(note, flavour))) for note in ordered}
    uses = Counter(plain.values())
    for note in ordered:
        folder, first = plain[note.uid]
        if flavour == "logseq" and (owned := pages.claim(title_in_graph(note))):
            places[note.uid] = Place(owned, title_in_graph(note))
            continue
        is_shared = note.kind == "document" and uses[folder, first] > 1
        is_shared = is_shared or (flavour == "logseq" and pages.is_read(title_in_graph(note)))
        name = _name(note, flavour, taken[folder] | {first} if is_shared else taken[folder])
        taken[folder].add(fold_name(name))
        places[note.uid] = _make_place(f"{folder}/{name}" if folder else name, note, flavour)
    topics = {fold_name(note.title): note.uid for note in notes if note.kind == "topic"}
    return Places(places, topics, pictures or {})


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages of a graph that are not placed yet."""

    owners: Mapping[str, str]
    inputs: Collection[str]
    taken: set[str]

    def claim(self, name: str) -> str | None:
        """The path of the page of that name, once; None where there is none to write to."""
        path = self.owners.get(fold_name(name))
        if path is None or path in self.inputs or path in self.taken:
            return None
        self.taken.add(path)
        return path

    def is_read(self, name: str) -> bool:
        """Whether the name belongs to a page that cannot be written to."""
        return self.owners.get(fold_name(name)) is not None


def title_in_graph(note: Note) -> str:
    """The name of a note's page in Logseq: authors have a namespace of their own."""
    return f"Authors/{page_name(note.title)}" if note.kind == "author" else page_name(note.title)


def _rank(note: Note) -> tuple[int, str]:
    """The notes that there is one of first, then topics, then documents."""
    return _ORDER.index(note.kind), note.uid


def _name(note: Note, flavour: Flavour, taken: Container[str] = ()) -> str:
    return file_name(
        title_in_graph(note) if flavour == "logseq" else note.title,
        taken,
        hints=(note.author, note.day),
        short_id=short_hash(note.uid),
        logseq=flavour == "logseq",
    )


def _find_folder(note: Note, flavour: Flavour) -> str:
    if flavour == "logseq":
        return "pages"
    folders = {"topic": "topics", "author": "authors", "document": f"documents/{note.folder or 'other'}"}
    return folders.get(note.kind, "")


def _keep_place(path: str, note: Note, flavour: Flavour, pages: _Pages) -> Place:
    if flavour == "logseq" and pages.owners.get(fold_name(title_in_graph(note))) == path:
        return Place(path, title_in_graph(note))
    return _make_place(path, note, flavour)


def _make_place(path: str, note: Note, flavour: Flavour) -> Place:
    stem = path.removesuffix(".md")
    if flavour != "logseq":
        return Place(path, stem)
    stem = stem.rpartition("/")[2]
    plain = stem == _name(note, flavour).removesuffix(".md")
    return Place(path, title_in_graph(note) if plain else read_page_name(stem))


def read_page_name(stem: str) -> str:
    """The page's name that Logseq reads from a file's name."""
    return unquote(stem.removesuffix("___").replace("___", "/"))
