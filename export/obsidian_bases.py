"""Write Obsidian's bases: tables and cards over the properties of notes (`*.base`, Obsidian 1.9)."""

from __future__ import annotations

from collections.abc import Iterable

from export.note_tree import Note
from export.page_properties import OTHER_NAMES

DOCUMENTS_BASE = "Documents.base"

_COLUMNS = ("authors", "category", "topics", "highlights", "created")


def make_documents_base(notes: Iterable[Note]) -> str:
    """The base of all documents: a table by date, and cards by cover if any document has one.

    It names only properties that the notes have.
    """
    documents = [note for note in notes if note.kind == "document"]
    there = {OTHER_NAMES.get(each.key, each.key) for note in documents for each in note.properties}
    columns = "".join(f"      - {name}\n" for name in ("file.name", *(c for c in _COLUMNS if c in there)))
    sort = "    sort:\n      - property: created\n        direction: DESC\n" if "created" in there else ""
    text = 'filters:\n  and:\n    - kind == "document"\nviews:\n  - type: table\n    name: By date\n'
    text += f"    order:\n{columns}{sort}"
    if "cover" in there:
        text += f"  - type: cards\n    name: Covers\n    image: note.cover\n    order:\n{columns}"
    return text
