"""Whether an export has anything to do: the store, the settings and the folder are as it left them.

Reading 7,000 documents and rendering their notes takes seconds, a digest of what they are made of a
fraction of one. After an export that left nothing for the next time, the digest is kept with the list of
what was left alone; as long as it fits, that list is all there is to say.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import export
from export.note_files import LEFT_ALONE, Write, list_notes
from gleanings.config import Config
from store.note_data import digest_note_data
from store.runs import find_last_change
from store.written_notes import read_folder_state, read_written, save_folder_state

if TYPE_CHECKING:
    from export.note_places import Flavour

UNFINISHED = ("changed", "unsettled", "refused", "held")
"""What the next export is to try again."""


def make_stamp(
    db: sqlite3.Connection, config: Config, flavour: Flavour, existing: Iterable[str], pictures: str
) -> str:
    """A digest of all that decides what an export writes.

    `existing` are the Markdown files in the folder, `pictures` is where it has its pictures.
    """
    parts = (
        digest_note_data(db),
        _list_settings(config),
        flavour,
        pictures,
        _find_version(),
        sorted(existing),
    )
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def recall_plan(db: sqlite3.Connection, target: Path, stamp: str) -> list[Write] | None:
    """What the last export would do again, which is to write nothing; None where the stamp has changed."""
    standing = json.loads(read_folder_state(db, str(target)) or "{}")
    if standing.get("stamp") != stamp:
        return None
    left = {path: Write(path, action, reason=reason) for path, action, reason in standing["left_alone"]}
    same = [
        Write(note.path, "same", uid=note.uid)
        for note in read_written(db, str(target))
        if note.path not in left
    ]
    return sorted([*same, *left.values()], key=lambda write: write.path)


class Standing(NamedTuple):
    """What the last export left."""

    same: int
    """Notes that are as they should be."""
    left: list[list[str]]
    """Path, action and reason of those that were left alone."""


def make_quick_stamp(db: sqlite3.Connection, target: Path, config: Config) -> str:
    """The same as `make_stamp` by the log of runs instead of a digest: 20 ms for 7,000 documents, not 700.

    It does not see what somebody changed in the database by hand; `gleanings export` does.
    """
    existing = list_notes(target)
    settings = (_list_settings(config), config.media, config.export.flavour)
    parts = (find_last_change(db), settings, _find_version(), existing)
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def make_topic_stamp(db: sqlite3.Connection, config: Config) -> str:
    """What decides about topics: the store as the log of runs knows it, the settings and the program."""
    parts = (find_last_change(db), repr(config.topics), _find_version())
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def recall_quick(db: sqlite3.Connection, target: Path, stamp: str) -> Standing | None:
    """What the last export left; None where the stamp has changed, or there was none."""
    standing = json.loads(read_folder_state(db, str(target)) or "{}")
    if standing.get("quick") != stamp:
        return None
    return Standing(standing["same"], standing["left_alone"])


def remember_plan(
    db: sqlite3.Connection, target: Path, config: Config, stamp: str, done: Sequence[Write], *, now: str
) -> None:
    """Keep the stamp of an export that left nothing for the next time."""
    if any(write.action in UNFINISHED for write in done):
        return
    left = [[write.path, write.action, write.reason] for write in done if write.action in LEFT_ALONE]
    quick = make_quick_stamp(db, target, config)
    same = sum(write.action not in LEFT_ALONE for write in done)
    standing = {"stamp": stamp, "quick": quick, "same": same, "left_alone": left}
    text = json.dumps(standing, ensure_ascii=False)
    save_folder_state(db, str(target), text, now=now)


def _list_settings(config: Config) -> tuple[object, ...]:
    """What of the configuration decides about the words of a note."""
    ours = config.export
    templates = _read_templates(Path(ours.templates).expanduser()) if ours.templates else []
    return (config.topics, ours.quotes, ours.authors, ours.own_pages, ours.templates, templates)


def _read_templates(folder: Path) -> list[tuple[str, bytes]]:
    """The reader's templates: a changed one writes the notes anew."""
    paths = (path for path in folder.rglob("*.jinja") if path.is_file())
    return sorted((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)


def _find_version() -> list[tuple[str, int, int]]:
    """The files of the exporter with their times, so that a newer one writes anew."""
    folder = Path(export.__file__).parent
    return sorted((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*.py"))
