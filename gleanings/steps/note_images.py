"""Images in notes: put the stored copies that notes show beside the notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from export.batch_writer import write_batch
from export.note_files import DONE, TEMPORARY_PREFIX, Write, has_link
from export.note_places import PictureFolder, find_names
from record_types.library import ReadDocument
from record_types.regular_files import drop_leftover_copies
from store.pictures import find_store_file, is_whole, locate_copy

BATCH_IMAGES = 50
"""Images that are held in memory and flushed together."""


def find_note_images(
    db: sqlite3.Connection, copies: Mapping[str, str], place: PictureFolder
) -> dict[str, str]:
    """Image URL → path of its copy relative to the export folder; `copies`: see `list_copies`.

    Only copies that exist there or can be written there: other images stay on the web. Empty if a symbolic
    link or a file is in the way, since nothing is written through it.
    """
    folder = place.root / place.path
    if not copies or has_link(place.root, folder) or (folder.exists() and not folder.is_dir()):
        return {}
    sources = find_sources(db, copies.values())
    return {
        url: f"{place.shown}/{name_file(copy)}"
        for url, copy in copies.items()
        if copy in sources or (folder / name_file(copy)).is_file()
    }


def list_copies(documents: Iterable[ReadDocument]) -> dict[str, str]:
    """Image URL → copy, for the images in these documents."""
    highlights = (highlight for document in documents for highlight in document.highlights)
    pictures = (picture for highlight in highlights for picture in highlight.pictures)
    return {picture.url: picture.copy for picture in pictures if picture.copy is not None}


def name_file(copy: str) -> str:
    """The file name of a copy, the same beside the store and beside the notes."""
    return copy.rpartition("/")[2]


def find_sources(db: sqlite3.Connection, copies: Iterable[str]) -> dict[str, Path]:
    """Copy → its file beside the store; missing files are left out."""
    store = find_store_file(db)
    found = {copy: locate_copy(store.parent, copy) if store else None for copy in set(copies)}
    return {copy: file for copy, file in found.items() if file is not None and file.is_file()}


def write_note_images(
    db: sqlite3.Connection, place: PictureFolder, copies: Mapping[str, str], plan: Sequence[Write]
) -> None:
    """Copy the images that the planned notes show into the folder; existing files are never touched.

    A damaged copy is not written, because nothing would ever repair it there.
    """
    folder = place.root / place.path
    if copies and not has_link(place.root, folder):
        drop_leftover_copies(folder, TEMPORARY_PREFIX)  # of a killed export: the journal has only notes
    names = {name_file(copy): copy for copy in copies.values()}
    missing = {name: copy for name, copy in names.items() if not (folder / name).exists()}
    if not missing:
        return
    wanted = find_names(write.text for write in plan if write.action in DONE)
    sources = sorted(find_sources(db, (missing[name] for name in wanted & missing.keys())).items())
    for start in range(0, len(sources), BATCH_IMAGES):
        bodies = [(copy, source.read_bytes()) for copy, source in sources[start : start + BATCH_IMAGES]]
        batch = [
            Write(f"{place.path}/{name_file(copy)}", "create", contents=body)
            for copy, body in bodies
            if is_whole(copy, body)
        ]
        write_batch(place.root, batch)
