"""The step from kept copies to the pictures that notes show: those that they need, beside the notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from export.note_files import DONE, Write, has_link, write_note
from export.picture_copies import PictureFolder, find_names
from record_types.library import ReadDocument
from store.pictures import find_store_file, is_whole, locate_copy


def find_shown(
    db: sqlite3.Connection, documents: Iterable[ReadDocument], place: PictureFolder
) -> dict[str, str]:
    """The path of each picture's copy, as seen from the export folder, by the picture's address.

    Only of those that are there or can be put there: the others stay on the web. None at all where a
    symbolic link or a file stands in the way, for nothing is written through it.
    """
    folder = place.root / place.path
    if has_link(place.root, folder) or (folder.exists() and not folder.is_dir()):
        return {}
    copies = list_copies(documents)
    sources = find_sources(db, copies.values())
    return {
        url: f"{place.shown}/{name_of(copy)}"
        for url, copy in copies.items()
        if copy in sources or (folder / name_of(copy)).is_file()
    }


def list_copies(documents: Iterable[ReadDocument]) -> dict[str, str]:
    """The copies of the pictures in these documents, by the picture's address."""
    highlights = (highlight for document in documents for highlight in document.highlights)
    pictures = (picture for highlight in highlights for picture in highlight.pictures)
    return {picture.url: picture.copy for picture in pictures if picture.copy is not None}


def name_of(copy: str) -> str:
    """The name of a copy's file, the same beside the store and beside the notes."""
    return copy.rpartition("/")[2]


def find_sources(db: sqlite3.Connection, copies: Iterable[str]) -> dict[str, Path]:
    """The files of these copies beside the store, by the copy; those that are missing left out."""
    store = find_store_file(db)
    found = {copy: locate_copy(store.parent, copy) if store else None for copy in set(copies)}
    return {copy: file for copy, file in found.items() if file is not None and file.is_file()}


def write_shown(
    db: sqlite3.Connection, place: PictureFolder, documents: Iterable[ReadDocument], plan: Sequence[Write]
) -> None:
    """Put the copies that the notes of a plan show into the folder; a file that is there is never touched.

    A copy that is damaged is not put there, where nothing would ever mend it.
    """
    wanted = find_names(write.text for write in plan if write.action in DONE)
    folder = place.root / place.path
    copies = {name_of(copy): copy for copy in list_copies(documents).values()}
    missing = [copies[name] for name in wanted & copies.keys() if not (folder / name).exists()]
    for copy, source in sorted(find_sources(db, missing).items()):
        body = source.read_bytes()
        if is_whole(copy, body):
            write_note(place.root, f"{place.path}/{name_of(copy)}", body, None)
