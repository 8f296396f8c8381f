"""Write Obsidian's bases: tables and cards over the properties of notes (`*.base`, Obsidian 1.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from export.note_tree import Note
from export.page_properties import OTHER_NAMES

DOCUMENTS_BASE = "Documents.base"
RESOURCES_BASE = "Reading list.base"

_DOCUMENT_COLUMNS = ("authors", "category", "topics", "highlights", "created")
_RESOURCE_COLUMNS = ("read", "type", "site", "people", "shared", "url")


def make_documents_base(notes: Iterable[Note]) -> str:
    """The base of all documents: a table by date, and cards by cover if any document has one.

    It names only properties that the notes have.
    """
    there = _find_properties(notes, "document")
    columns = _keep(_DOCUMENT_COLUMNS, there)
    text = _write_filter("document") + _write_table("By date", columns, _keep(("created",), there))
    if "cover" in there:
        text += f"  - type: cards\n    name: Covers\n    image: note.cover\n{_write_columns(columns)}"
    return text


def make_resources_base(notes: Iterable[Note]) -> str:
    """The base of the reading list: tables of what to read, of what has been read, and by people.

    It names only properties that the notes have.
    """
    there = _find_properties(notes, "resource")
    columns = _keep(_RESOURCE_COLUMNS, there)
    by_date = _keep(("shared",), there)
    text = _write_filter("resource")
    text += _write_table("To read", columns, by_date, "read == false")
    text += _write_table("Shared by most", columns, _keep(("people", "shared"), there), "read == false")
    return text + _write_table("Read", columns, by_date, "read == true")


def _find_properties(notes: Iterable[Note], kind: str) -> set[str]:
    found = (each.key for note in notes if note.kind == kind for each in note.properties)
    return {OTHER_NAMES.get(key, key) for key in found}


def _keep(names: Sequence[str], there: set[str]) -> list[str]:
    return [name for name in names if name in there]


def _write_filter(kind: str) -> str:
    return f'filters:\n  and:\n    - kind == "{kind}"\nviews:\n'


def _write_table(name: str, columns: Sequence[str], newest: Sequence[str], condition: str = "") -> str:
    return "".join(_list_table(name, columns, newest, condition))


def _list_table(name: str, columns: Sequence[str], newest: Sequence[str], condition: str) -> Iterator[str]:
    yield f"  - type: table\n    name: {name}\n"
    if condition:
        yield f"    filters:\n      and:\n        - {condition}\n"
    yield _write_columns(columns)
    if newest:
        yield "    sort:\n"
    for each in newest:
        yield f"      - property: {each}\n        direction: DESC\n"


def _write_columns(columns: Sequence[str]) -> str:
    return "    order:\n" + "".join(f"      - {name}\n" for name in ("file.name", *columns))
