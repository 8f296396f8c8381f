"""Known notes: which files in the export folder are ours, and what was written to them last.

The store remembers it. Where the store was lost, is older than the folder, or a note was moved, the note's
mark says which one it is, and the folder's file (`export.folder_file`) whether it was edited.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from export.existing_pages import find_moved
from export.folder_file import FolderFile, KnownNote, fingerprint, short_hash
from export.note_files import read_note
from export.note_places import LOGSEQ_FOLDERS, Flavour
from export.page_units import list_texts
from export.render import RenderedNote
from export.topic_names import slugify
from markdown_text.note_marks import UNNAMED, make_mark, read_flavour, read_mark
from record_types.library import EMBEDDED_SECTION
from store.written_notes import WrittenNote, read_written, read_written_blocks

_HEAD_SIZE = 16_384
"""The bytes of a file that are searched for its mark."""
_MIN_SHARE = 0.5
"""The share of blocks in common that makes a new note the renamed form of one that is gone."""


@dataclass(slots=True)
class KnownNotes:
    """The notes in a folder, by the path where each is now."""

    written: dict[str, WrittenNote]
    """From the store; each with the path that the store has."""
    moves: dict[str, str]
    """Path in the store → path where the reader moved the note."""
    marked: dict[str, str]
    """The paths, by mark, of the notes that the store does not know."""
    _db: sqlite3.Connection
    _folder: Path
    _file: FolderFile
    _rendered: dict[str, RenderedNote] = field(default_factory=dict)
    _pages: defaultdict[str, list[RenderedNote]] = field(default_factory=lambda: defaultdict(list))
    """The pages of each topic, by the uid of its first."""
    _unsure: dict[str, KnownNote | None] = field(init=False)
    """Notes whose base is not in the store or older than the note; with what the folder's file has."""
    renames: dict[str, str] = field(default_factory=dict)
    """Path → new path of notes whose topic or document has another identity now, or another flavour."""
    _olds: dict[str, str] = field(default_factory=dict)
    """The renames in the other direction."""
    _flavour: Flavour = "markdown"
    _render: Callable[[Flavour], Sequence[RenderedNote]] = lambda flavour: ()
    _in_other: dict[Flavour, dict[str, RenderedNote]] = field(default_factory=dict)
    """The notes in other flavours, by uid."""

    def __post_init__(self) -> None:
        self._unsure = self._find_unsure()

    def read(self, path: str) -> bytes | None:
        """The bytes of a note, which may still be at the path before its renaming."""
        return read_note(self._folder, self._olds.get(path, path))

    def _rename(self, old: str, new: str) -> None:
        self.renames[old] = new
        self._olds[new] = old

    def read_stored(self, path: str) -> bytes | None:
        """The bytes of a note as they were written last, which is faster than reading it; see `read`."""
        note = self.written.get(path)
        return note.text.encode("utf-8", "replace") if note else self.read(path)

    def find_uid(self, path: str) -> str:
        """The uid of the note at a path; empty if none is known there."""
        note = self.written.get(path) or self._rendered.get(path)
        return note.uid if note else ""

    def find_bases(
        self,
        notes: Sequence[RenderedNote],
        aliases: Mapping[str, str],
        flavour: Flavour,
        render: Callable[[Flavour], Sequence[RenderedNote]],
    ) -> dict[str, str]:
        """The text that was written last, by path; empty if it is not known, which no file equals.

        `notes` are in `flavour`; `render` renders them in another one, in which a file may still be.
        """
        before = set(self.written)
        self._rendered = {note.path: note for note in notes}
        self._flavour, self._render = flavour, render
        self._follow_flavour(notes)
        for each in notes:
            self._pages[each.uid.partition(".")[0]].append(each)
        self._find_renames(notes, aliases)
        bases = {path: note.text for path, note in self.written.items()}
        if self._unsure or self.written.keys() != before:
            self._unsure = self._find_unsure()
        for path, entry in self._unsure.items():
            if path in self._rendered:
                bases[path] = self._find_base(path, entry, bases.get(path))
        return bases

    def is_as_stored(self) -> bool:
        """Whether the folder's file confirms the store: nothing was moved, and neither is older."""
        paths = self._file.notes.keys()
        return not (self.moves or self.marked or self.written.keys() - paths or self._unsure)

    def _find_unsure(self) -> dict[str, KnownNote | None]:
        unsure: dict[str, KnownNote | None] = {}
        for path, known in self._file.notes.items():
            note = self.written.get(path)
            if note is not None and make_mark(note.uid) != known.mark:
                continue
            if note is None or fingerprint(note.text.encode("utf-8", "replace")) != known.fingerprint:
                unsure[path] = known
        for path in self.marked.values():
            unsure.setdefault(path, None)
        return unsure

    def read_blocks(self, path: str) -> dict[str, str]:
        """The blocks of a note as they were written last."""
        stored = self._read_stored_blocks(path)
        if path not in self._unsure:
            return stored
        known, note = self._unsure[path], self._rendered.get(path)
        new = {block.key: block.text for block in note.blocks} if note else {}
        if known is None:  # only the mark is left: what the file lacks was probably deleted
            return stored or new
        if note and (old := self._find_old_flavour(path)):
            if old not in self._in_other:
                self._in_other[old] = {each.uid: each for each in self._render(old)}
            other = self._in_other[old].get(note.uid)
            new = {block.key: block.text for block in other.blocks} if other else new
        elif note and note.uid.startswith("topic:"):  # its highlights may be on another page now
            pages = self._pages[note.uid.partition(".")[0]]
            new = {block.key: block.text for each in pages for block in each.blocks} | new
        if note and note.embed and short_hash(EMBEDDED_SECTION) in known.blocks:
            new = {block.key: block.text for block in note.embed().blocks}
        found = known.read_blocks([*stored.items(), *new.items()], lambda: self._list_shown(path))
        return {key: stored.get(key, text) if text == "\0" else text for key, text in found.items()}

    def _find_old_flavour(self, path: str) -> Flavour | None:
        """The flavour of a file, if it differs from that of this export."""
        found = read_flavour(self._read_text(path))
        return found if found != self._flavour else None

    def _list_shown(self, path: str) -> Iterable[str]:
        """The texts in a file that may be one block each."""
        return list_texts(self._read_text(path), self._find_old_flavour(path) or self._flavour)

    def _read_text(self, path: str) -> str:
        return (self.read(path) or b"").decode("utf-8-sig", "replace")

    def _follow_flavour(self, notes: Sequence[RenderedNote]) -> None:
        """Follow notes to their place in another flavour, including those that the reader deleted."""
        paths = {note.uid: path for path, note in self.written.items()}
        for note in notes:
            old = paths.get(note.uid) or self.marked.get(make_mark(note.uid)) or note.path
            is_in_place = old.startswith(LOGSEQ_FOLDERS) == (self._flavour == "logseq")
            if is_in_place or old in self._rendered or read_note(self._folder, note.path) is not None:
                continue
            if read_note(self._folder, old) is not None:
                self._rename(old, note.path)
            if old in self.written:
                self.written[note.path] = self.written.pop(old)
            if old in self._file.notes:
                self._file.notes[note.path] = self._file.notes.pop(old)
            if self.marked.get(make_mark(note.uid)) == old:
                self.marked[make_mark(note.uid)] = note.path

    def _read_stored_blocks(self, path: str) -> dict[str, str]:
        note = self.written.get(path)
        return read_written_blocks(self._db, str(self._folder), note.path) if note else {}

    def _find_base(self, path: str, known: KnownNote | None, stored: str | None) -> str:
        data = self.read(path)
        if known is None or data is None:
            return stored or ""
        if stored is not None and fingerprint(data) == fingerprint(stored.encode("utf-8", "replace")):
            return stored
        if fingerprint(data) == known.fingerprint:  # nobody edited it: it is what was written last
            return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
        return stored or ""

    def _find_renames(self, notes: Sequence[RenderedNote], aliases: Mapping[str, str]) -> None:
        """Find notes that are gone, but whose blocks (or topic's other name) a new note has."""
        uids = {note.uid for note in notes}
        known = {note.uid for note in self.written.values()}
        known |= {uid for uid in uids if self.marked and make_mark(uid) in self.marked}
        paths = {note.path for note in notes}
        gone = {
            path: note.uid
            for path, note in self.written.items()
            if note.uid not in uids and path not in paths
        }
        fresh = [note for note in notes if note.uid not in known]
        if not gone or not fresh:
            return
        topics = {f"topic:{slugify(other)}": f"topic:{slugify(name)}" for other, name in aliases.items()}
        keys = {path: _list_own_keys(self._read_stored_blocks(path)) for path in gone}
        scores = []
        for note in fresh:
            own = _list_own_keys(block.key for block in note.blocks)
            for path, uid in gone.items():
                if uid.partition(":")[0] != note.uid.partition(":")[0] or ":" not in uid:
                    continue
                shared = len(own & keys[path]) / max(1, len(own | keys[path]))
                score = 1.0 if topics.get(uid) == note.uid else shared
                if score >= _MIN_SHARE:
                    scores.append((score, path, note.path))
        for _, path, new in sorted(scores, key=lambda each: (-each[0], each[1:])):
            free = new not in self._olds and read_note(self._folder, new) is None
            if path not in self.renames and free and read_note(self._folder, path) is not None:
                self._rename(path, new)
                self.written[new] = self.written.pop(path)
                if path in self._file.notes:
                    entry = self._file.notes.pop(path)
                    self._file.notes[new] = KnownNote(
                        make_mark(self.written[new].uid), entry.fingerprint, entry.blocks
                    )


def find_known_notes(
    db: sqlite3.Connection, folder: Path, existing: Sequence[str], file: FolderFile
) -> KnownNotes:
    """The notes written last, by the path where they are now: found by mark, else by their text."""
    stored = {note.path: note for note in read_written(db, str(folder))}
    there = set(existing)
    unknown = [path for path in existing if path not in stored]
    marks = {path: mark for path in unknown if (mark := _read_mark(folder, path)) is not None}
    missing = {path: note for path, note in stored.items() if path not in there}
    by_mark = {make_mark(note.uid): path for path, note in missing.items()}
    moves: dict[str, str] = {}
    for path, mark in marks.items():
        if mark in by_mark:
            moves.setdefault(by_mark[mark], path)
    taken = set(moves.values())
    if lost := {path: note.text for path, note in missing.items() if path not in moves}:
        moves |= find_moved(
            lost,
            [path for path in unknown if path not in taken and marks.get(path, UNNAMED) == UNNAMED],
            lambda path: read_note(folder, path),
        )
    written = {moves.get(path, path): note for path, note in stored.items()}
    for old, new in moves.items():
        if old in file.notes:
            file.notes[new] = file.notes.pop(old)
    ours = {make_mark(note.uid): path for path, note in written.items()}
    marked: dict[str, str] = {}
    for path, mark in marks.items():
        if mark != UNNAMED and mark not in ours and path not in written:
            if mark in marked and path not in file.notes:
                continue  # a copy that the reader made: the other one is the note
            marked[mark] = path
    # Those of the store, too: a killed export may have recorded a move there, and not yet in the file.
    _follow_file(file, ours | marked, there)
    for path, known in file.notes.items():  # deleted by the reader, or a section in a page of the reader's
        if known.mark not in ours and known.mark not in marked and path not in written:
            marked[known.mark] = path
    return KnownNotes(written, moves, marked, db, folder, file)


def _follow_file(file: FolderFile, places: Mapping[str, str], there: Iterable[str]) -> None:
    """Change the paths in the folder's file for notes that the reader moved; `places` are paths by mark."""
    present = set(there)
    for path, known in list(file.notes.items()):
        new = places.get(known.mark)
        if new is not None and new != path and path not in present and new not in file.notes:
            file.notes[new] = file.notes.pop(path)


def _read_mark(folder: Path, path: str) -> str | None:
    try:
        with (folder / path).open("rb") as file:
            return read_mark(file.read(_HEAD_SIZE).decode("utf-8-sig", "replace"))
    except OSError:
        return None


def _list_own_keys(keys: Iterable[str]) -> set[str]:
    """The keys of highlights: those of headings and properties say little about which note it is."""
    return {key for key in keys if ":" in key and not key.startswith(("property:", "fact:", "heading:"))}
