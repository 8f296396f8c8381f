"""Plan the rows of a batch: read what it touches, name documents and highlights, find the row of each name.

Nothing is written here: documents and highlights are both planned on the store as it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic

from store.claims import (
    ClaimT,
    DocumentClaim,
    HighlightClaim,
    Sourced,
    SourcedDocument,
    SourcedHighlight,
    parse_document_claim,
    parse_highlight_claim,
)
from store.identities import SHARED, Named, name_documents, name_highlights
from store.nouns import DOCUMENTS, HIGHLIGHTS, Noun
from store.row_matches import Assigned, assign_rows
from store.stored_appearances import Stored, find_rows, read_stored


@dataclass(frozen=True, slots=True)
class RowPlan(Generic[ClaimT]):
    """The rows of one noun."""

    noun: Noun
    groups: dict[str, list[Sourced[ClaimT]]]
    """All claims on each row, by its name."""
    assigned: Assigned
    stored: Stored
    names: dict[str, str] = field(default_factory=dict)
    """The name of each document whose name is not a file's uid for it; empty for highlights."""


pairs_elsewhere = """
select p.uid, a.pair
from json_each(:rows) as t
cross join appearances as a on a.document_id = t.value
cross join document_appearances as p on p.file_id = a.file_id and p.line = a.page_line
where a.pair is not null and a.file_id not in (select value from json_each(:files))
"""


def plan_documents(
    db: sqlite3.Connection,
    batch: Sequence[SourcedDocument],
    highlights: Sequence[SourcedHighlight],
    files: Collection[int],
) -> RowPlan[DocumentClaim]:
    """Plan the documents of `batch` and all that they touch; `highlights` are those of the same files."""
    stored = read_stored(db, DOCUMENTS, batch, files=files)
    claims = [*batch, *[each.parse(parse_document_claim) for each in stored.others]]

    def read_pairs(uids: Collection[str]) -> Iterator[tuple[str, int]]:
        for each in highlights:
            if each.match is not None and each.document_uid in uids:
                yield each.document_uid, each.match
        rows = {each.row.id for each in stored.others if each.uid in uids}
        yield from db.execute(
            pairs_elsewhere, {"rows": json.dumps(sorted(rows)), "files": json.dumps(sorted(files))}
        )

    names = name_documents([(each.match, each.uid) for each in claims], read_pairs)
    groups = _group(claims, [names.get(each.uid, each.uid) for each in claims])
    rows = find_rows(db, DOCUMENTS, stored, groups.keys())
    return RowPlan(DOCUMENTS, groups, assign_rows(batch, groups, rows, stored.before), stored, names)


def plan_highlights(
    db: sqlite3.Connection,
    batch: Sequence[SourcedHighlight],
    files: Collection[int],
    documents: RowPlan[DocumentClaim],
) -> RowPlan[HighlightClaim]:
    """Plan the highlights of `batch` and all that they touch, with the planned names of their documents."""
    names = documents.names
    batch = [each._replace(document=names.get(each.document_uid, each.document_uid)) for each in batch]
    stems = {each.uid.rpartition(":")[0] for each in batch if each.uid.startswith(SHARED)}
    moved = _find_unsettled(documents)
    stored = read_stored(db, HIGHLIGHTS, batch, files=files, uids=stems, documents=moved)
    claims = [*batch]
    for each in stored.others:
        if each.home_id in documents.stored.rows:
            document = names.get(each.document_uid, each.document_uid)
        else:  # the batch does not touch this document: its row keeps its name
            document = each.home_uid
        claims.append(each.parse(parse_highlight_claim)._replace(document=document))
    named = [Named(each.uid, each.document, each.match, each.claim.text) for each in claims]
    groups = _group(claims, name_highlights(named))
    rows = find_rows(db, HIGHLIGHTS, stored, groups.keys())
    return RowPlan(HIGHLIGHTS, groups, assign_rows(batch, groups, rows, stored.before), stored)


def _find_unsettled(documents: RowPlan[DocumentClaim]) -> set[int]:
    """The documents (ids) all of whose highlights need new names.

    That is so if claims outside the batch go to another row, and if files differ in a document's title:
    `text:` uids of one passage then differ, too.
    """
    rows, names = documents.stored.rows, documents.names
    moved = {
        each.row.id
        for each in documents.stored.others
        if names.get(each.uid, each.uid) != rows[each.row.id].uid
    }
    for claims in documents.groups.values():
        if len({each.match for each in claims}) > 1:
            moved |= {each.row_id for each in claims if each.row_id is not None}
    return moved


def _group(claims: Sequence[Sourced[ClaimT]], names: Sequence[str]) -> dict[str, list[Sourced[ClaimT]]]:
    groups: dict[str, list[Sourced[ClaimT]]] = {}
    for name, each in zip(names, claims, strict=True):
        groups.setdefault(name, []).append(each)
    return groups
