"""Appearances as the store has them: read those that a batch touches, write those that differ."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from record_types.errors import StoreError
from store.claims import ClaimT, Sourced, pack_claim, try_unpack
from store.connection import Row, insert_rows
from store.nouns import HIGHLIGHTS, Noun

Key = tuple[int, int, int]
"""Row, file, line."""


class StoredRow(NamedTuple):
    """A row, as far as the plan depends on it."""

    id: int
    uid: str
    content_hash: int
    owner_id: int | None
    """A highlight's document, a document's author."""
    is_gone: int
    text: str
    """A highlight's text; empty for a document."""


class StoredAppearance(NamedTuple):
    """One appearance of a row; the columns mean what those of `Sourced` mean."""

    row: StoredRow
    file_id: int
    path: str
    line: int
    page_line: int
    position: int
    uid: str
    alias: int
    document_uid: str
    match: int | None
    packed: bytes
    home_id: int
    """The row of its document."""
    home_uid: str
    home_author_id: int | None
    home_category: str

    def parse(self, parse_claim: Callable[[Any], ClaimT]) -> Sourced[ClaimT]:
        """The claim that it holds. Raises StoreError if the disk damaged it."""
        fields = try_unpack(self.packed)
        if fields is None:
            raise StoreError(f"the store is damaged: run `gleanings doctor --fix`, then import {self.path}")
        return Sourced(
            self.uid,
            self.document_uid,
            self.line,
            self.page_line,
            self.position,
            self.match,
            parse_claim(fields),
            self.file_id,
            self.path,
            self.row.id,
            self.packed,
        )


class Stored(NamedTuple):
    """What the store has of all that a batch touches."""

    rows: dict[int, StoredRow]
    """Including those without an appearance."""
    before: list[StoredAppearance]
    """What the batch's files claimed until now, in the order of file and line."""
    others: list[StoredAppearance]
    """What other files claim."""


def read_stored(
    db: sqlite3.Connection,
    noun: Noun,
    batch: Iterable[Sourced[Any]],
    *,
    files: Collection[int],
    uids: Collection[str] = (),
    documents: Collection[int] = (),
) -> Stored:
    """Each row that the claims of `batch`, the `files` of it or the `documents` (ids) touch, with all
    appearances.

    `uids` are added to those of the claims.
    """
    batch = list(batch)
    parameters = {
        "uids": json.dumps(sorted({each.uid for each in batch}.union(uids))),
        "matches": json.dumps(sorted({each.match for each in batch if each.match is not None})),
        "files": json.dumps(sorted(files)),
        "documents": json.dumps(sorted(documents)),
    }
    stored = Stored({}, [], [])
    for columns in db.execute(noun.read_touched, parameters):
        row = StoredRow(*columns[:6])
        stored.rows[row.id] = row
        if columns[6] is not None:
            appearance = StoredAppearance(row, *columns[6:])
            (stored.before if appearance.file_id in files else stored.others).append(appearance)
    return stored


mixed_documents = """
select a.document_id
from json_each(?) as t cross join document_appearances as a on a.document_id = t.value
group by a.document_id having count(distinct coalesce(a.title, 0)) > 1
"""


def read_stored_highlights(
    db: sqlite3.Connection,
    batch: Sequence[Sourced[Any]],
    *,
    files: Collection[int],
    uids: Collection[str],
    moved: Collection[int],
    known: Collection[int],
) -> tuple[Stored, set[str]]:
    """Each highlight that is touched, and the names of documents in whose title files differ.

    All highlights of such a document are touched together. `moved` are documents whose highlights are
    touched anyway, `known` those that the batch itself decides.
    """
    mixed: set[int] = set()
    while True:
        stored = read_stored(db, HIGHLIGHTS, batch, files=files, uids=uids, documents={*moved, *mixed})
        homes = {each.home_id for each in stored.others}.difference(known, mixed)
        found = {id_ for (id_,) in db.execute(mixed_documents, (json.dumps(sorted(homes)),))}
        if not found:
            return stored, {each.home_uid for each in stored.others if each.home_id in mixed}
        mixed |= found


def find_rows(db: sqlite3.Connection, noun: Noun, stored: Stored, uids: Collection[str]) -> dict[str, int]:
    """The rows that have one of `uids`, added to `stored.rows`, even one that no longer appears anywhere."""
    rows = {row.uid: row.id for row in stored.rows.values()}
    missing = json.dumps([uid for uid in uids if uid not in rows])
    for columns in db.execute(noun.read_named, {"uids": missing}):
        row = StoredRow(*columns)
        stored.rows[row.id] = row
        rows[row.uid] = row.id
    return rows


def list_appearances(noun: Noun, stored: Stored) -> dict[Key, Row]:
    """The appearances that the store has, as `save_appearances` compares them."""
    found: dict[Key, Row] = {}
    for old in (*stored.before, *stored.others):
        values: Row = (old.uid, old.alias, old.match, old.packed)
        if noun is HIGHLIGHTS:
            values = (old.home_id, old.page_line, old.position, *values)
        found[old.row.id, old.file_id, old.line] = values
    return found


def save_appearances(
    db: sqlite3.Connection,
    noun: Noun,
    groups: Mapping[str, Sequence[Sourced[Any]]],
    ids: Mapping[str, int],
    found: dict[Key, Row],
    document_ids: Mapping[str, int] | None = None,
) -> None:
    """Write the appearances of the rows in `groups`, by their name.

    `found` are those that the store has (`list_appearances`): it loses the ones that `groups` have.
    `document_ids` are the rows of highlights' documents by name; None for documents themselves.
    """
    wanted: dict[Key, Row] = {}
    for name, claims in groups.items():
        for each in claims:
            packed = each.packed or pack_claim(each.claim)
            key = (ids[name], each.file_id, each.line)
            values: Row = (each.uid, int(each.uid != name), each.match, packed)
            if document_ids is not None:
                values = (document_ids[each.document], each.page_line, each.position, *values)
            wanted[key] = values
    new = [(*key, *row) for key, row in wanted.items() if found.pop(key, None) != row]
    insert_rows(db, noun.insert_appearances, new)
