"""Skip an export that has nothing to do: stamps of everything that decides what it writes.

Reading 7,000 documents and rendering their notes takes seconds, a digest of their rows 0.7 s, and looking up
the last change in the log of runs 20 ms. An export that left nothing for the next time stores both stamps
with its result; while one of them still matches, that result is the answer.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import export
from export.note_files import LEFT_ALONE, Write
from gleanings.config import Config
from store.note_data import digest_note_data
from store.runs import find_last_change
from store.written_notes import read_folder_state, save_folder_state

UNFINISHED = ("changed", "unsettled", "refused", "held")
"""Actions that the next export has to try again."""


class CachedPlan(NamedTuple):
    """The result of the last export: repeating it would write nothing."""

    counts: Counter[str]
    """Number of notes by action."""
    skipped: list[Write]
    """The notes that were not written, with the reason."""


def make_content_stamp(db: sqlite3.Connection, *settings: object) -> str:
    """A stamp of the rows that notes show; also notices changes made in the database by hand."""
    return _make_stamp(digest_note_data(db), settings)


def make_log_stamp(db: sqlite3.Connection, *settings: object) -> str:
    """A stamp of the last run that changed the store; fast, for a scheduled sync."""
    return _make_stamp(find_last_change(db), settings)


def _make_stamp(data: object, settings: Sequence[object]) -> str:
    parts = repr((data, settings, _list_exporter_files()))
    return blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def list_note_settings(config: Config, flavour: str) -> tuple[object, ...]:
    """The parts of the configuration that decide what notes contain, with the user's templates."""
    ours = config.export
    templates = _read_templates(Path(ours.templates).expanduser()) if ours.templates else []
    return (config.topics, ours.quotes, ours.authors, ours.own_pages, ours.templates, templates, flavour)


def load_cached_plan(db: sqlite3.Connection, target: Path, stamp: str) -> CachedPlan | None:
    """The result of the last export to `target`; None if it has no such stamp."""
    cached = json.loads(read_folder_state(db, str(target)) or "{}")
    if stamp not in cached.get("stamps", ()):
        return None
    skipped = [Write(path, action, reason=reason) for path, action, reason in cached["skipped"]]
    counts = Counter[str](write.action for write in skipped)
    counts["same"] += cached["same"]
    return CachedPlan(counts, skipped)


def save_cached_plan(
    db: sqlite3.Connection, target: Path, stamps: Sequence[str], done: Sequence[Write], *, now: str
) -> None:
    """Keep the result of an export, unless it left something for the next time."""
    if any(write.action in UNFINISHED for write in done):
        return
    skipped = [[write.path, write.action, write.reason] for write in done if write.action in LEFT_ALONE]
    cached = {"stamps": list(stamps), "same": len(done) - len(skipped), "skipped": skipped}
    save_folder_state(db, str(target), json.dumps(cached, ensure_ascii=False), now=now)


def _read_templates(folder: Path) -> list[tuple[str, bytes]]:
    """The user's templates: notes are written again when one changes."""
    paths = (path for path in folder.rglob("*.jinja") if path.is_file())
    return sorted((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)


def _list_exporter_files() -> list[tuple[str, int, int]]:
    """The exporter's own modules with time and size, so that a newer version writes the notes again."""
    folder = Path(export.__file__).parent
    return sorted(
        (path.name, path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
        if path.suffix in (".py", ".txt")
    )
