"""Choose a path below the export folder for each note and for pictures, and the names that links use."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote, unquote

from export.file_names import file_name, fold_name, page_name, short_hash
from export.note_tree import Note, Place
from markdown_text.code import can_shield, shield_code, unshield_code
from markdown_text.note_marks import make_mark
from record_types.errors import InputError
from record_types.foreign_json import parse_json
from record_types.regular_files import read_regular

Flavour = Literal["markdown", "logseq", "obsidian"]
FLAVOURS: tuple[Flavour, ...] = ("markdown", "logseq", "obsidian")
_ORDER = ("index", "reading-list", "topic", "author", "document", "resource", "highlight")
LOGSEQ_FOLDERS = ("pages/", "journals/")


@dataclass(frozen=True, slots=True)
class OwnPages:
    """The reader's own pages of documents, in the graph or vault that notes are written to."""

    places: Mapping[str, Place] = field(default_factory=dict)
    """By the uid that the document's note would have."""
    blocks: Mapping[str, str] = field(default_factory=dict)
    """The id of a block by the uid of its highlight, for blocks that have one."""


NO_PAGES = OwnPages()


@dataclass(frozen=True, slots=True)
class Places:
    """Where the notes and pictures of one export go."""

    by_uid: Mapping[str, Place]
    topics: Mapping[str, str]
    """The uid of each topic's note by the topic's folded name, for the user's own `[[links]]`."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """The path of each picture's local copy, relative to the export folder, by the picture's URL."""
    blocks: Mapping[str, str] = field(default_factory=dict)
    """See `OwnPages`."""


def place_notes(
    notes: Sequence[Note],
    flavour: Flavour,
    kept: Mapping[str, str] | None = None,
    pictures: Mapping[str, str] | None = None,
    *,
    existing_pages: Mapping[str, str] | None = None,
    inputs: Collection[str] = (),
    marked: Mapping[str, str] | None = None,
) -> Places:
    """Return a place for each note, independent of the order of `notes`.

    `kept` are paths by uid from an earlier export, which stay. If several documents share a title, each of
    them gets a hint, so that none depends on which came first. `existing_pages` are the paths of a Logseq
    graph's pages by folded name: a note goes to the page with its name, because Logseq reports two files for
    one page as an error (docs/logseq.md). `inputs` are pages that gleanings reads highlights from: no
    note ever goes there. `marked` are the paths of files by the mark that they have; a note that is not in
    `kept` stays at the path with its mark.
    """
    kept = _find_marked(notes, marked or {}, kept or {}) | dict(kept or {})
    kept = {
        uid: path for uid, path in kept.items() if path.startswith(LOGSEQ_FOLDERS) == (flavour == "logseq")
    }
    pages = _GraphPages(existing_pages or {}, inputs, set(kept.values()))
    places = {
        note.uid: _keep_place(kept[note.uid], note, flavour, pages) for note in notes if note.uid in kept
    }
    topics = {fold_name(note.title): note.uid for note in notes if note.kind == "topic"}
    unplaced = sorted((note for note in notes if note.uid not in places), key=_rank)
    if not unplaced:
        return Places(places, topics, pictures or {})
    taken: dict[str, set[str]] = defaultdict(set)
    for path in (*kept.values(), *inputs):
        folder, _, name = path.rpartition("/")
        taken[folder].add(fold_name(name))
    # For all notes: which names a killed export had written must not decide the names of the others.
    plain = {note.uid: (_find_folder(note, flavour), fold_name(_make_name(note, flavour))) for note in notes}
    uses = Counter(plain.values())
    for note in unplaced:
        folder, first = plain[note.uid]
        if flavour == "logseq" and (page := pages.claim(title_in_graph(note))):
            places[note.uid] = Place(page, title_in_graph(note))
            continue
        is_shared = note.kind in ("document", "resource", "highlight") and uses[folder, first] > 1
        is_shared = is_shared or (flavour == "logseq" and pages.has_page(title_in_graph(note)))
        name = _make_name(note, flavour, taken[folder] | {first} if is_shared else taken[folder])
        taken[folder].add(fold_name(name))
        places[note.uid] = _make_place(f"{folder}/{name}" if folder else name, note, flavour)
    return Places(places, topics, pictures or {})


def _find_marked(notes: Sequence[Note], marked: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """Return the path of each note whose mark a file has, unless it has a path or the file has a note."""
    taken = set(kept.values())
    marks = {note.uid: make_mark(note.uid) for note in notes if note.uid not in kept} if marked else {}
    return {uid: marked[mark] for uid, mark in marks.items() if mark in marked and marked[mark] not in taken}


@dataclass(frozen=True, slots=True)
class _GraphPages:
    """The existing pages of a graph; each is given to one note."""

    by_name: Mapping[str, str]
    inputs: Collection[str]
    taken: set[str]

    def claim(self, name: str) -> str | None:
        """Return the path of the page with this name, once; None if no note may be written to it."""
        path = self.by_name.get(fold_name(name))
        if path is None or path in self.inputs or path in self.taken:
            return None
        self.taken.add(path)
        return path

    def has_page(self, name: str) -> bool:
        """Return whether a page has this name already."""
        return self.by_name.get(fold_name(name)) is not None


def title_in_graph(note: Note) -> str:
    """Return the name of a note's page in Logseq; authors have a namespace of their own."""
    return f"Authors/{page_name(note.title)}" if note.kind == "author" else page_name(note.title)


def _rank(note: Note) -> tuple[int, str]:
    """Sort the notes that exist once first, then topics, then documents."""
    return _ORDER.index(note.kind), note.uid


def _make_name(note: Note, flavour: Flavour, taken: Container[str] = ()) -> str:
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
    if note.kind == "document":
        return f"documents/{note.folder or 'other'}"
    return "" if note.kind in ("reading-list", "index") else f"{note.kind}s"


def _keep_place(path: str, note: Note, flavour: Flavour, pages: _GraphPages) -> Place:
    if flavour == "logseq" and pages.by_name.get(fold_name(title_in_graph(note))) == path:
        return Place(path, title_in_graph(note))
    return _make_place(path, note, flavour)


def _make_place(path: str, note: Note, flavour: Flavour) -> Place:
    stem = path.removesuffix(".md")
    if flavour != "logseq":
        return Place(path, stem)
    stem = stem.rpartition("/")[2]
    plain = stem == _make_name(note, flavour).removesuffix(".md")
    return Place(path, title_in_graph(note) if plain else read_page_name(stem))


def read_page_name(stem: str) -> str:
    """Return the page name that Logseq reads from a file name without its ending."""
    return unquote(stem.removesuffix("___").replace("___", "/"))


# --- copies of pictures: their folder, and links to them instead of to the web
#
# Logseq keeps pictures in `assets/` and links to them as `../assets/<name>`. Obsidian's setting is
# `attachmentFolderPath` in `.obsidian/app.json`: a folder of the vault, `/` for the vault itself, or `./…`
# for a folder beside each note.

FOLDERS: Mapping[Flavour, str] = {"logseq": "assets", "obsidian": "attachments", "markdown": "media"}

_PICTURE = re.compile(
    r"(?<!\\)(!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*+\]\()([^()\s]*+(?:\([^()\s]*\)[^()\s]*)*+)(?=[\s)])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_NAME = re.compile(r"(?:[0-9a-f]{64}|[0-9a-f]{16})\.[a-z]{3,4}")


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Where the pictures of an export go."""

    root: Path
    """The export folder, or the vault that contains it; nothing is written outside."""
    path: str
    """Below the root, with `/`."""
    shown: str
    """The same relative to the export folder; it may begin with `../`."""


def find_picture_folder(target: Path, flavour: Flavour, chosen: str = "") -> PictureFolder:
    """Find the picture folder of an export to `target` (absolute): `chosen` below it, or a default.

    The default depends on the flavour; in a vault it is Obsidian's own folder for attachments, if all
    notes share one.
    Raises InputError if `chosen` is not below the export folder.
    """
    if chosen:
        path = _read_path(chosen)
        if path is None:
            raise InputError(f"[media] folder: {chosen!r} is not a folder below the export folder")
        return PictureFolder(target, path, path)
    vault = _find_vault(target) if flavour == "obsidian" else None
    attachments = _read_path(_read_attachments(vault)) if vault else None
    if vault is None or attachments is None:
        return PictureFolder(target, FOLDERS[flavour], FOLDERS[flavour])
    up = "../" * len(target.relative_to(vault).parts)
    return PictureFolder(vault, attachments, up + attachments)


def climb(folder: str) -> str:
    """The path from a folder back up to the export folder: `../` for each of its parts."""
    return "../" * (folder.count("/") + 1) if folder else ""


def point_at_copies(text: str, pictures: Mapping[str, str], up: str) -> str:
    """Replace the address of each picture that has a copy with the path to the copy.

    `pictures`: address → path relative to the export folder; `up` leads there from the note. Code and
    pictures without a copy are unchanged.
    """
    if not pictures or "![" not in text or not can_shield(text):
        return text

    def point(match: re.Match[str]) -> str:
        path = pictures.get(match[2]) or pictures.get(_ESCAPE.sub(r"\1", unescape(match[2])))
        return match[0] if path is None else match[1] + quote(up + path)

    prose, code = shield_code(text)
    return unshield_code(_PICTURE.sub(point, prose), code)


def find_names(texts: Iterable[str]) -> set[str]:
    """Find the file names of copies that these texts may show."""
    return {name for text in texts if "![" in text for name in _NAME.findall(text)}


def _find_vault(folder: Path) -> Path | None:
    """The vault that a folder is or is part of."""
    return next((each for each in (folder, *folder.parents) if (each / ".obsidian").is_dir()), None)


def _read_attachments(vault: Path) -> str:
    """The vault's setting for attachments; empty if it is unset, unreadable or relative to each note."""
    try:
        settings = parse_json(read_regular(vault / ".obsidian" / "app.json"))
    except (OSError, ValueError):
        return ""
    found = settings.get("attachmentFolderPath") if isinstance(settings, dict) else None
    return found if isinstance(found, str) and not found.startswith("./") else ""


def _read_path(text: str) -> str | None:
    """Normalize the path of a subfolder, with `/`; None if it is not below its parent."""
    parts = PurePosixPath(text.strip()).parts
    if not parts or text.strip().startswith("/") or ".." in parts or "\\" in text or "\0" in text:
        return None
    return None if ":" in parts[0] else "/".join(parts)
