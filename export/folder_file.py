"""The hidden file in an export folder: which folder it is, and which notes were written to it.

With it, the folder is recognised after a move, and notes after their database was lost: which were untouched,
which blocks the user edited, and what the user deleted. It holds hashes, not texts.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from filecmp import cmp
from hashlib import blake2b
from pathlib import Path

from export.note_files import Flusher
from export.note_tree import Rendered
from record_types.foreign_json import parse_json

FILE_NAME = ".gleanings.json"
ABOUT = "Written by gleanings: which notes here are its own. Without it, notes you deleted may return."
_HASH_LENGTH = 8
_GONE = "gone:"
"""The prefix of the keys of blocks that the file has and that neither the store nor the new note knows."""


@dataclass(frozen=True, slots=True)
class KnownNote:
    """A note as it was written last."""

    mark: str
    fingerprint: str
    """Of the rendered note; the file has the same one if nobody edited it."""
    blocks: str = ""
    """Two short hashes for each block: of its key, of its text."""

    def read_blocks(
        self, texts: Iterable[tuple[str, str]], list_shown: Callable[[], Iterable[str]] = tuple
    ) -> dict[str, str]:
        """The note's blocks with their text as far as `texts` (key and text) or the file contain it.

        `list_shown` yields the texts in the file that may be a block each: one that is as written is found
        even if the store has another text now, or none. A block whose text is in neither has another text,
        which no file contains; it is left out if its key is not known.
        """
        size = 2 * _HASH_LENGTH
        pairs = [self.blocks[at : at + size] for at in range(0, len(self.blocks), size)]
        by_key: dict[str, list[tuple[str, str]]] = {}
        for key, text in texts:
            by_key.setdefault(short_hash(key), []).append((key, text))
        found: dict[str, str | None] = {}
        missing: dict[str, list[str]] = {}
        for pair in pairs:
            key_hash, text_hash = pair[:_HASH_LENGTH], pair[_HASH_LENGTH:]
            known = by_key.get(key_hash, [(f"{_GONE}{key_hash}", "")])
            for key, text in known:
                if short_hash(text) == text_hash:
                    found[key] = text
                    break
            else:
                found[known[0][0]] = None
                missing.setdefault(text_hash, []).append(known[0][0])
        if missing:
            for text in list_shown():
                found |= dict.fromkeys(missing.get(short_hash(text), ()), text)
        return {
            key: "\0" if text is None else text
            for key, text in found.items()
            if text is not None or not key.startswith(_GONE)
        }


@dataclass(slots=True)
class FolderFile:
    """The contents of the hidden file."""

    uid: str
    notes: dict[str, KnownNote] = field(default_factory=dict)
    """By path below the folder."""


def fingerprint(data: bytes) -> str:
    """Return a hash of a note that does not depend on line endings, a BOM or final blank lines."""
    plain = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").rstrip(b"\n")
    return blake2b(plain, digest_size=12).hexdigest()


def short_hash(text: str) -> str:
    """Return eight characters that distinguish the blocks of one note."""
    return urlsafe_b64encode(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest()).decode()


def make_known(mark: str, text: str, blocks: Iterable[Rendered]) -> KnownNote:
    """Return what to remember of a note that was written."""
    hashes = "".join(short_hash(block.key) + short_hash(block.text) for block in blocks)
    return KnownNote(mark, fingerprint(text.encode("utf-8", "replace")), hashes)


def read_folder_file(folder: Path) -> FolderFile | None:
    """Return the folder's file; None if there is none or it is damaged."""
    path = folder / FILE_NAME
    if path.is_symlink() or not path.is_file():
        return None
    try:
        data = parse_json(path.read_bytes())
        notes = {name: KnownNote(*map(str, known)) for name, known in data["notes"].items()}
        return FolderFile(str(data["folder"]), notes)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def write_folder_file(folder: Path, file: FolderFile, flusher: Flusher) -> None:
    """Write the file atomically, if its contents change; a symbolic link is not followed."""
    path = folder / FILE_NAME
    if path.is_symlink():
        return
    temporary = folder / f"{FILE_NAME}.tmp"  # always the same name: a killed export leaves at most one
    temporary.unlink(missing_ok=True)
    try:
        with temporary.open("w", encoding="utf-8", errors="replace", newline="\n") as out:
            out.writelines(_format(file.uid, file.notes))
        if path.is_file() and cmp(path, temporary, shallow=False):
            return
        flusher.flush_files([temporary])
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    flusher.flush_folders([folder])


_encode = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` creates an encoder for each call


def _format(uid: str, notes: Mapping[str, KnownNote]) -> Iterator[str]:
    """One note a line, so that tools that merge files line by line can."""
    yield f'{{"about": {json.dumps(ABOUT)},\n"folder": {json.dumps(uid)},\n"notes": {{\n'
    for number, (path, known) in enumerate(sorted(notes.items())):
        yield ",\n" if number else ""
        yield f"{_encode(path)}: {_encode([known.mark, known.fingerprint, known.blocks])}"
    yield "\n}}\n"
