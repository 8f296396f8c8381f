"""What highlights go by, and where they stood, as far as a batch touches them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from store.assigning import Assigned, assign_rows, match_once
from store.claims import HighlightSaid, Place, parse_highlight_claim
from store.documents import SavedDocument, SavedDocuments
from store.edits import match_edits
from store.identities import name_claims, name_text
from store.stood import HighlightStood, find_highlights
from store.stored_claims import read_highlights_said

moved_names = """
select coalesce(a.uid, h.uid), d.uid, coalesce(a.document_uid, d.uid)
from temp.moved_documents as t
cross join appearances as a on a.document_id = t.id
cross join highlights as h on h.id = a.highlight_id
cross join documents as d on d.id = a.document_id
where a.uid >= 'text:' and a.uid < 'text;' or a.uid is null and h.uid >= 'text:' and h.uid < 'text;'
"""

document_rows = """
select uid, id, author_id, category from documents where id = ?
"""


def adopt_names(said: Iterable[HighlightSaid], documents: SavedDocuments) -> Iterable[HighlightSaid]:
    """What files say, by the names that their documents go by."""
    if not documents.names:
        return said
    return [_adopt_name(each, documents.names) for each in said]


def _adopt_name(said: HighlightSaid, names: Mapping[str, str]) -> HighlightSaid:
    name = names.get(said.document_uid)
    if name is None:
        return said
    uid = name_text(said.uid, said.document_uid, name)
    return said._replace(uid=uid, place=said.place._replace(document_uid=name))


def read_touched(
    db: sqlite3.Connection, said: Sequence[HighlightSaid], documents: SavedDocuments
) -> tuple[list[HighlightStood], list[HighlightSaid], dict[str, SavedDocument]]:
    """All that stands in the store of what the batch touches; of it what other files say; their documents.

    Leaves the rows in `temp.touched_rows`.
    """
    db.execute("delete from temp.moved_documents")
    db.executemany("insert into temp.moved_documents (id) values (?)", [(id_,) for id_ in documents.moved])
    uids = {each.uid for each in adopt_names(said, documents)}
    uids |= {uid.rpartition(":")[0] for uid in uids if uid.startswith("kindle:")}
    for uid, row_uid, document_uid in db.execute(moved_names):
        name = documents.names.get(document_uid, document_uid)
        uids.add(name_text(uid, row_uid, name))
    stood = find_highlights(db, uids, {each.pair for each in said if each.pair is not None})
    others = [each for each in stood if not each.in_batch]
    rows = dict(documents.rows)
    for id_ in {each.document_id for each in others}:
        uid, *row = db.execute(document_rows, (id_,)).fetchone()
        rows.setdefault(uid, SavedDocument(*row))
    return stood, list(_read_claims(db, others, documents)), rows


def _read_claims(
    db: sqlite3.Connection, stood: Sequence[HighlightStood], documents: SavedDocuments
) -> Iterator[HighlightSaid]:
    """What files outside the batch say; a claim without `said` is what the row itself says."""
    alone = read_highlights_said(db, [each.row_id for each in stood if each.said is None])
    for each in stood:
        called = each.document_called or each.document_row_uid
        # a row keeps its old name until all is written; what stands in it may go by another already
        name = (
            documents.names.get(called, called)
            if each.document_id in documents.moved
            else each.document_row_uid
        )
        place = Place(name, each.path, each.line, each.position)
        uid = name_text(each.uid, each.document_row_uid, name)
        claim = parse_highlight_claim(each.said or alone[each.row_id])
        yield HighlightSaid(uid, called, each.file_id, place, claim, each.pair, each.row_id)


def group_claims(said: Iterable[HighlightSaid]) -> dict[str, list[HighlightSaid]]:
    """The claims on each highlight, by the name that it goes by."""
    said = list(said)
    names = name_claims([(each.uid, each.pair, each.claim.text) for each in said])
    claims: dict[str, list[HighlightSaid]] = {}
    for name, each in zip(names, said, strict=True):
        claims.setdefault(name, []).append(each)
    return claims


def assign_highlights(
    claims: Mapping[str, Sequence[HighlightSaid]],
    said: Sequence[HighlightSaid],
    stood: Sequence[HighlightStood],
    rows: Mapping[str, int],
) -> Assigned:
    """The row of each highlight; one that only changed its name, or was edited, keeps its row.

    `said` is what the batch's files say, in their own names.
    """
    before = {(each.file_id, _own_uid(each)): each for each in stood if each.in_batch}
    sources: dict[str, list[int]] = {}
    names: dict[tuple[int, str], str] = {}
    for name, all_ in claims.items() if stood else ():
        for each in all_:
            key = (each.file_id, name_text(each.uid, each.place.document_uid, each.document_uid))
            names[key] = name
            row_id = before[key].row_id if key in before else each.row_id
            if row_id is not None:
                sources.setdefault(name, []).append(row_id)
    assigned = assign_rows(claims, rows, sources)
    left = [each for key, each in before.items() if key not in names]
    came = [each for each in said if (each.file_id, each.uid) not in before] if left else []
    same = _match_same(left, came, names)
    assigned.take_free(same)
    if any(each.uid.startswith("text:") for each in left):
        kept = frozenset(each.uid for each in came if names[each.file_id, each.uid] in assigned.ids)
        assigned.take_free(_match_edited(before, said, names, kept))
    assigned.merge_left(sources)
    assigned.merge_left(same)
    return assigned


def _own_uid(each: HighlightStood) -> str:
    """What the file itself calls it."""
    return name_text(each.uid, each.document_row_uid, each.document_called or each.document_row_uid)


def _match_same(
    left: Sequence[HighlightStood], came: Sequence[HighlightSaid], names: Mapping[tuple[int, str], str]
) -> dict[str, list[int]]:
    """The rows of what left a file, by the name of what came with the same words (a link was added)."""
    by_pair = match_once(
        [((each.file_id, each.pair), each.row_id) for each in left if each.pair is not None],
        [((each.file_id, each.pair), names[each.file_id, each.uid]) for each in came],
    )
    by_text = match_once(
        [((each.file_id, each.text), each.row_id) for each in left],
        [((each.file_id, each.claim.text), names[each.file_id, each.uid]) for each in came],
    )
    return by_text | by_pair


def _match_edited(
    before: Mapping[tuple[int, str], HighlightStood],
    said: Iterable[HighlightSaid],
    names: Mapping[tuple[int, str], str],
    kept: frozenset[str],
) -> dict[str, list[int]]:
    """The rows of what was certainly edited, by the name of what it became."""
    old: dict[int, list[tuple[str, str]]] = {}
    for (file_id, uid), each in before.items():
        old.setdefault(file_id, []).append((uid, each.text))
    new: dict[int, list[tuple[str, str]]] = {file_id: [] for file_id in old}
    for claim in said:
        if claim.file_id in new:
            new[claim.file_id].append((claim.uid, claim.claim.text))
    edited: dict[str, list[int]] = {}
    for file_id, texts in old.items():
        if any(uid.startswith("text:") and (file_id, uid) not in names for uid, _ in texts):
            for was, is_now in match_edits(texts, new[file_id], kept=kept).items():
                if (file_id, was) not in names:
                    edited.setdefault(names[file_id, is_now], []).append(before[file_id, was].row_id)
    return edited
