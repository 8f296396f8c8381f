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

import export
from export.layout import Flavour
from export.plans import LEFT_ALONE, Write
from gleanings.config import Config
from store.digests import digest_readings
from store.written import read_standing, read_written, save_standing

UNFINISHED = ("changed", "unsettled", "refused")
"""What the next export is to try again."""


def make_stamp(
    db: sqlite3.Connection, config: Config, flavour: Flavour, existing: Iterable[str], pictures: str
) -> str:
    """A digest of all that decides what an export writes.

    `existing` are the Markdown files in the folder, `pictures` is where it has its pictures.
    """
    parts = (digest_readings(db), repr(config.topics), flavour, _find_version(), sorted(existing), pictures)
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def recall_plan(db: sqlite3.Connection, target: Path, stamp: str) -> list[Write] | None:
    """What the last export would do again, which is to write nothing; None where the stamp has changed."""
    standing = json.loads(read_standing(db, str(target)) or "{}")
    if standing.get("stamp") != stamp:
        return None
    left = {path: Write(path, action, reason=reason) for path, action, reason in standing["left_alone"]}
    same = [
        Write(note.path, "same", uid=note.uid)
        for note in read_written(db, str(target))
        if note.path not in left
    ]
    return sorted([*same, *left.values()], key=lambda write: write.path)


def remember_plan(
    db: sqlite3.Connection, target: Path, stamp: str, done: Sequence[Write], *, now: str
) -> None:
    """Keep the stamp of an export that left nothing for the next time."""
    if any(write.action in UNFINISHED for write in done):
        return
    left = [[write.path, write.action, write.reason] for write in done if write.action in LEFT_ALONE]
    text = json.dumps({"stamp": stamp, "left_alone": left}, ensure_ascii=False)
    save_standing(db, str(target), text, now=now)


def _find_version() -> list[tuple[str, int, int]]:
    """The files of the exporter with their times, so that a newer one writes anew."""
    folder = Path(export.__file__).parent
    return sorted((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*.py"))
