"""Plan the rows of a batch: read what it touches, name documents and highlights, find the row of each name.

Nothing is written here: documents and highlights are both planned on the store as it was. One that changes
its name keeps its row (`assign_rows`, which is pure).
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Generic, TypeVar

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
from store.identities import SHARED, Named, are_alike, name_documents, name_highlights, scope_text
from store.nouns import DOCUMENTS, HIGHLIGHTS, Noun
from store.stored_appearances import (
    Stored,
    StoredAppearance,
    find_rows,
    read_stored,
    read_stored_highlights,
)


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
    if names:
        batch = [each._replace(document=names.get(each.document_uid, each.document_uid)) for each in batch]
    stems = {each.uid.rpartition(":")[0] for each in batch if each.uid.startswith(SHARED)}
    moved = _find_unsettled(documents)
    stored, mixed = read_stored_highlights(
        db, batch, files=files, uids=stems, moved=moved, known=documents.stored.rows.keys()
    )
    mixed |= {name for name, claims in documents.groups.items() if _are_mixed(claims)}
    claims = [*batch]
    for each in stored.others:
        if each.home_id in documents.stored.rows:
            document = names.get(each.document_uid, each.document_uid)
        else:  # the batch does not touch this document: its row keeps its name
            document = each.home_uid
        claims.append(each.parse(parse_highlight_claim)._replace(document=document))
    named = [Named(each.uid, each.document, each.match, each.claim.text) for each in claims]
    groups = _group(claims, name_highlights(named, mixed))
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
        if _are_mixed(claims):
            moved |= {each.row_id for each in claims if each.row_id is not None}
    return moved


def _are_mixed(claims: Sequence[SourcedDocument]) -> bool:
    """Whether files differ in the title or author of one document."""
    return len({each.match for each in claims}) > 1


def _group(claims: Sequence[Sourced[ClaimT]], names: Sequence[str]) -> dict[str, list[Sourced[ClaimT]]]:
    groups: dict[str, list[Sourced[ClaimT]]] = {}
    for name, each in zip(names, claims, strict=True):
        groups.setdefault(name, []).append(each)
    return groups


# --- the row of each name: pure

_Value = TypeVar("_Value")
Sources = Mapping[str, Iterable[int]]
"""The rows (ids) that may become a name's row, by name."""
Key = tuple[int, str]
"""A claim in its file: the file and the file's own name, a text's within its document."""

MAX_PAIRS = 400
"""If more pairs than these would have to be compared, no edit is certain anyway."""


@dataclass(slots=True)
class Assigned:
    """The rows of names, if they have one."""

    ids: dict[str, int]
    renamed: dict[int, str] = field(default_factory=dict)
    """Rows to rename, with their new uid."""
    merged: dict[int, str] = field(default_factory=dict)
    """Rows whose claims all went to another row, with that row's uid."""

    def take_free(self, sources: Sources) -> None:
        """Give each name that has no row the first of its `sources` that no other name has."""
        if not sources:
            return
        taken = set(self.ids.values())
        for name in sorted(sources.keys() - self.ids.keys()):
            row = min((row for row in sources[name] if row not in taken), default=None)
            if row is not None:
                self.ids[name] = row
                self.renamed[row] = name
                taken.add(row)

    def merge_rest(self, sources: Sources) -> None:
        """Note which of the rows in `sources` have no name left: another row holds what they held."""
        if not sources:
            return
        taken = set(self.ids.values())
        for name in sorted(sources):
            for row in sources[name]:
                if row not in taken:
                    self.merged.setdefault(row, name)


def assign_rows(
    batch: Sequence[Sourced[Any]],
    groups: Mapping[str, Sequence[Sourced[Any]]],
    rows: Mapping[str, int],
    before: Sequence[StoredAppearance],
) -> Assigned:
    """The row of each name: the one with that uid, else one where its claims were, else one it evidently
    replaces.

    `groups` holds all claims by name, those of the `batch` among them; `rows` the stored rows by uid;
    `before` what the batch's files claimed until now. What leaves a file while another with the same title
    (documents) or words comes is the same: a page gained its URL, a highlight its link. So is a text
    without a link that was certainly edited.
    """
    assigned = Assigned({name: rows[name] for name in groups if name in rows})
    if not rows:
        return assigned
    old = {_find_key(each): each for each in before}
    names: dict[Key, str] = {}
    sources: dict[str, list[int]] = {}
    for name, claims in groups.items():
        for each in claims:
            key = _find_key(each)
            names[key] = name
            row_id = old[key].row.id if key in old else each.row_id
            if row_id is not None:
                sources.setdefault(name, []).append(row_id)
    assigned.take_free(sources)
    left = [each for key, each in old.items() if key not in names]
    came = [each for each in batch if _find_key(each) not in old] if left else []
    same = _match_same(left, came, names)
    assigned.take_free(same)
    if any(each.uid.startswith("text:") for each in left):
        kept = frozenset(
            scope_text(each.uid, each.document_uid) for each in came if names[_find_key(each)] in assigned.ids
        )
        assigned.take_free(_match_edited(old, batch, names, kept))
    assigned.merge_rest(sources)
    assigned.merge_rest(same)
    return assigned


def _find_key(each: Sourced[Any] | StoredAppearance) -> Key:
    return (each.file_id, scope_text(each.uid, each.document_uid))


def _match_same(
    left: Sequence[StoredAppearance], came: Sequence[Sourced[Any]], names: Mapping[Key, str]
) -> dict[str, list[int]]:
    """The rows of claims that left a file, by the name of the one that came with the same words instead."""
    by_match = match_once(
        [((each.file_id, each.match), each.row.id) for each in left if each.match is not None],
        [((each.file_id, each.match), names[_find_key(each)]) for each in came],
    )
    by_text = match_once(
        [((each.file_id, each.row.text), each.row.id) for each in left if each.row.text],
        [((each.file_id, getattr(each.claim, "text", "")), names[_find_key(each)]) for each in came],
    )
    return by_text | by_match


def match_once(
    left: Iterable[tuple[Hashable, int]], came: Iterable[tuple[Hashable, str]]
) -> dict[str, list[int]]:
    """The rows that left, by the name that came instead: those whose key occurs once on either side."""
    rows = _find_single(left)
    return {name: [rows[key]] for key, name in _find_single(came).items() if key in rows}


def _find_single(pairs: Iterable[tuple[Hashable, _Value]]) -> dict[Hashable, _Value]:
    found: dict[Hashable, set[_Value]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: values.pop() for key, values in found.items() if len(values) == 1}


# --- edited texts


def _match_edited(
    old: Mapping[Key, StoredAppearance],
    batch: Sequence[Sourced[Any]],
    names: Mapping[Key, str],
    kept: frozenset[str],
) -> dict[str, list[int]]:
    """The rows of texts that were certainly edited, by the name of what they became."""
    before: dict[int, list[tuple[str, str]]] = {}
    for (file_id, uid), each in old.items():
        before.setdefault(file_id, []).append((uid, each.row.text))
    after: dict[int, list[tuple[str, str]]] = {file_id: [] for file_id in before}
    for claim in batch:
        if claim.file_id in after:
            after[claim.file_id].append((_find_key(claim)[1], claim.claim.text))
    edited: dict[str, list[int]] = {}
    for file_id, texts in before.items():
        if any(uid.startswith("text:") and (file_id, uid) not in names for uid, _ in texts):
            for was, became in match_edits(texts, after[file_id], kept=kept).items():
                if (file_id, was) not in names:
                    edited.setdefault(names[file_id, became], []).append(old[file_id, was].row.id)
    return edited


def match_edits(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]], *, kept: frozenset[str]
) -> dict[str, str]:
    """Old uid → new uid for each edit that is certain.

    `before` and `after` are one file's (uid, text) in its order. An edit is certain between unchanged
    neighbours: if there are as many highlights before as after, each matches the one in its place if
    they are alike; otherwise, two match if they are alike to each other and to nothing else. `kept` are new
    uids that already have a row.
    """
    edits: dict[str, str] = {}
    matcher = SequenceMatcher(None, [uid for uid, _ in before], [uid for uid, _ in after], autojunk=False)
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if operation != "replace":
            continue
        old = [each for each in before[old_start:old_end] if each[0].startswith("text:")]
        new = [each for each in after[new_start:new_end] if each[0] not in kept]
        if old_end - old_start == new_end - new_start == len(old) == len(new):
            edits.update((o[0], n[0]) for o, n in zip(old, new, strict=True) if are_alike(o[1], n[1]))
        elif len(old) * len(new) <= MAX_PAIRS:
            edits.update(_match_unique(old, new))
    return edits


def _match_unique(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The pairs in which each is alike to the other and to nothing else."""
    alike = [(o, n) for o, old_text in old for n, new_text in new if are_alike(old_text, new_text)]
    olds = Counter(o for o, _ in alike)
    news = Counter(n for _, n in alike)
    return {o: n for o, n in alike if olds[o] == news[n] == 1}
