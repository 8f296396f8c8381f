"""Write documents and highlights as their claims make them: rows that did not change are not touched."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from store.authors import AuthorClaim, make_twitter_author, name_author, save_authors
from store.children import save_document_children, save_highlight_children
from store.claims import ClaimT, DocumentClaim, HighlightClaim, SourcedDocument, SourcedHighlight
from store.connection import Row, insert_rows
from store.identities import hash_content
from store.merge_claims import MergedDocument, MergedHighlight, merge_document, merge_highlight
from store.row_plan import RowPlan
from store.runs import Counts
from store.stored_appearances import Key, list_appearances, save_appearances
from store.tweets import save_tweets
from store.written_notes import rename_written_blocks, rename_written_notes


class _NewRow(NamedTuple):
    """The values that a row should have."""

    values: Row
    """In the order of the noun's `insert` and `update`."""
    content_hash: int
    owner_id: int | None


class _Saved(NamedTuple):
    """What `_save_rows` did."""

    inserted: set[int]
    changed: dict[int, str]
    """The rows that are new or changed, with their name."""


class Home(NamedTuple):
    """A document's row, as far as its highlights need it."""

    id: int
    author_id: int | None
    category: str


def _save_rows(db: sqlite3.Connection, plan: RowPlan[ClaimT], wanted: Mapping[str, _NewRow]) -> _Saved:
    """Insert and update rows, by name; the plan's `assigned.ids` gets those of new rows."""
    noun, ids, stored = plan.noun, plan.assigned.ids, plan.stored.rows
    next_id = int(db.execute(noun.read_next_id).fetchone()[0])
    inserts: list[Row] = []
    updates: list[Row] = []
    changed: dict[int, str] = {}
    for uid, row in wanted.items():
        id_ = ids.setdefault(uid, next_id)
        before = stored.get(id_)
        if before is None:
            next_id += 1
            inserts.append((*row.values, row.content_hash, id_, uid))
        elif (before.content_hash, before.owner_id, before.is_gone) != (row.content_hash, row.owner_id, 0):
            updates.append((*row.values, row.content_hash, id_))
        else:
            continue
        changed[id_] = uid
    insert_rows(db, noun.insert, inserts)
    db.executemany(noun.update, updates)
    return _Saved(changed.keys() - stored.keys(), changed)


def _rename_rows(db: sqlite3.Connection, plan: RowPlan[ClaimT]) -> dict[str, str]:
    """Rename the rows that got another name: old uid → new uid."""
    renamed = plan.assigned.renamed
    db.executemany(plan.noun.rename, [(uid, id_) for id_, uid in renamed.items()])
    return {plan.stored.rows[id_].uid: uid for id_, uid in renamed.items()}


# --- documents


def write_documents(db: sqlite3.Connection, plan: RowPlan[DocumentClaim]) -> dict[str, Home]:
    """The rows of the planned documents, by name.

    A document that no longer appears anywhere keeps its row for `mark_gone`; one that became part of another
    keeps its row until `merge_documents`, as its highlights are still in it.
    """
    ids = plan.assigned.ids
    merged = {uid: merge_document(claims) for uid, claims in plan.groups.items()}
    authors = save_authors(db, _spell_authors(plan.groups, merged))
    wanted: dict[str, _NewRow] = {}
    for uid, (claim, _) in merged.items():
        author_id = authors[claim.author] if claim.author else None
        values = make_document_values(merged[uid], author_id)
        wanted[uid] = _NewRow(values, hash_document(merged[uid]), author_id)
    renamed = _rename_rows(db, plan)
    saved = _save_rows(db, plan, wanted)
    if renamed:
        rename_written_notes(db, {f"document:{was}": f"document:{uid}" for was, uid in renamed.items()})
    changed = {id_: merged[uid].claim for id_, uid in saved.changed.items()}
    save_document_children(db, changed, saved.inserted)
    refresh_copies(db, changed.keys() - saved.inserted)
    found = list_appearances(plan.noun, plan.stored)
    save_appearances(db, plan.noun, plan.groups, ids, found)
    db.executemany(plan.noun.delete_appearance, found)
    return {uid: Home(ids[uid], row.owner_id, merged[uid].claim.category) for uid, row in wanted.items()}


def _spell_authors(
    groups: Mapping[str, Sequence[SourcedDocument]], merged: Mapping[str, MergedDocument]
) -> Iterator[AuthorClaim]:
    """The authors of the documents, each as every file spells it."""
    for uid, (best, _) in merged.items():
        if best.author:
            name = name_author(best.author)
            authors = (each.claim.author for each in groups[uid])
            yield from (author for author in authors if author and name_author(author) == name)


def hash_document(document: MergedDocument) -> int:
    """The `content_hash` of its row."""
    return hash_content((*document.claim, document.properties))


_encode_properties = json.JSONEncoder(ensure_ascii=False).encode


def make_document_values(document: MergedDocument, author_id: int | None) -> Row:
    """The values of its row, up to the hash."""
    claim = document.claim
    return (
        claim.title,
        author_id,
        claim.category,
        claim.url,
        claim.summary,
        claim.note,
        claim.full_title,
        _encode_properties(dict(document.properties)),
        claim.thread_id,
    )


move_notes = """
update notes set document_id = :into where document_id = :id and highlight_id is not null
"""


def merge_documents(db: sqlite3.Connection, plan: RowPlan[DocumentClaim]) -> None:
    """Delete the documents that became part of others; highlights left in them (gone ones) move."""
    for id_, name in plan.assigned.merged.items():
        row = {"id": id_, "into": plan.assigned.ids[name]}
        db.execute("update highlights set document_id = :into where document_id = :id", row)
        db.execute(move_notes, row)
        db.execute("delete from documents where id = :id", row)
    refresh_copies(db, {plan.assigned.ids[name] for name in plan.assigned.merged.values()})


copy_document = """
update highlights set
    category = d.category,
    author_id = coalesce(
        (select t.author_id from tweets as t where t.highlight_id = highlights.id), d.author_id
    )
from documents as d
where d.id = highlights.document_id and d.id = ?
"""


def refresh_copies(db: sqlite3.Connection, document_ids: Iterable[int]) -> None:
    """Copy category and author of these documents to their highlights, so that facets need no join."""
    db.executemany(copy_document, [(id_,) for id_ in document_ids])


# --- highlights

PART = 20_000
"""Highlights whose rows are made at a time: a page of 58 MB has 400,000, and their rows take 1 KB each."""

insert_version = """
insert into versions (text, highlight_id, run_id, replaced_at)
select :text, :id, :run_id, :now
where not exists (select 1 from versions where highlight_id = :id and text = :text)
"""


def write_highlights(
    db: sqlite3.Connection,
    plan: RowPlan[HighlightClaim],
    homes: Mapping[str, Home],
    *,
    run_id: int | None,
    now: str,
) -> tuple[Counts, set[int]]:
    """The counts of highlights, and the documents (ids) whose highlights changed.

    A highlight that no longer appears anywhere keeps its row for `mark_gone`; one that became another's
    appearance is merged into that. `homes` are the batch's documents.
    """
    others = plan.stored.others
    elsewhere = {
        each.home_uid: Home(each.home_id, each.home_author_id, each.home_category) for each in others
    }
    homes = {**elsewhere, **homes}
    if renamed := _rename_rows(db, plan):
        rename_written_blocks(db, renamed)
    found = list_appearances(plan.noun, plan.stored)
    counts, document_ids = Counts(), set[int]()
    names = iter(plan.groups)
    while part := {name: plan.groups[name] for name in islice(names, PART)}:
        done, documents = _write_part(db, plan, part, homes, found, run_id=run_id, now=now)
        counts += done
        document_ids |= documents
    db.executemany(plan.noun.delete_appearance, found)
    if plan.assigned.merged:
        _merge_highlights(db, plan, run_id=run_id, now=now)
    return counts, document_ids


def _write_part(
    db: sqlite3.Connection,
    plan: RowPlan[HighlightClaim],
    groups: Mapping[str, Sequence[SourcedHighlight]],
    homes: Mapping[str, Home],
    found: dict[Key, Row],
    *,
    run_id: int | None,
    now: str,
) -> tuple[Counts, set[int]]:
    """Write some of the plan's highlights, with the appearances of which `found` are stored."""
    stored, ids = plan.stored.rows, plan.assigned.ids
    merged = {uid: merge_highlight(claims) for uid, claims in groups.items()}
    handles = {tweet.handle for each in merged.values() if (tweet := each.claim.tweet) and tweet.handle}
    authors = save_authors(db, map(make_twitter_author, handles))
    wanted: dict[str, _NewRow] = {}
    author_ids: dict[str, int | None] = {}
    for uid, each in merged.items():
        claim, home = each.claim, homes[each.document]
        handle = claim.tweet.handle if claim.tweet else None
        author_ids[uid] = authors[make_twitter_author(handle)] if handle else home.author_id
        values = make_highlight_values(each, home, author_ids[uid])
        wanted[uid] = _NewRow(values, hash_highlight(each), home.id)
    saved = _save_rows(db, plan, wanted)
    changed = {id_: merged[uid].claim for id_, uid in saved.changed.items()}
    updated = [id_ for id_ in changed if id_ not in saved.inserted]
    losers = [(text, ids[uid]) for uid, each in merged.items() for text in each.others]
    replaced = [(stored[id_].text, id_) for id_ in updated if stored[id_].text != changed[id_].text]
    _save_versions(db, [*losers, *replaced], run_id=run_id, now=now)
    save_tweets(db, changed, saved.inserted, {id_: author_ids[uid] for id_, uid in saved.changed.items()})
    save_highlight_children(db, changed, saved.inserted)
    document_ids = {uid: home.id for uid, home in homes.items()}
    save_appearances(db, plan.noun, groups, ids, found, document_ids)
    restored = sum(stored[id_].is_gone for id_ in updated)
    counts = Counts(added=len(saved.inserted) + restored, changed=len(updated) - restored)
    now_in = {homes[merged[uid].document].id for uid in saved.changed.values()}
    return counts, now_in | {stored[id_].owner_id or 0 for id_ in updated}


def hash_highlight(highlight: MergedHighlight) -> int:
    """The `content_hash` of its row."""
    return hash_content((highlight.document, highlight.position, *highlight.claim))


def make_highlight_values(highlight: MergedHighlight, home: Home, author_id: int | None) -> Row:
    """The values of its row, up to the hash."""
    claim = highlight.claim
    day = claim.taken_at or claim.synced_on
    return (
        claim.text,
        "\n\n".join([text for kind, text in claim.notes if kind != "mark"]) if claim.notes else "",
        home.id,
        highlight.position,
        author_id,
        home.category,
        int(day[:4]) if day else None,
        claim.taken_at,
        claim.view_url,
        claim.location,
        claim.location_kind,
        claim.synced_on,
        int(claim.incomplete),
    )


def _save_versions(
    db: sqlite3.Connection, texts: Iterable[tuple[str, int]], *, run_id: int | None, now: str
) -> None:
    db.executemany(
        insert_version, [{"text": text, "id": id_, "run_id": run_id, "now": now} for text, id_ in texts]
    )


keep_text = """
insert into versions (text, highlight_id, run_id, replaced_at)
select h.text, :into, :run_id, :now from highlights as h
where h.id = :id and h.text <> (select text from highlights where id = :into)
    and not exists (select 1 from versions as v where v.highlight_id = :into and v.text = h.text)
"""


def _merge_highlights(
    db: sqlite3.Connection, plan: RowPlan[HighlightClaim], *, run_id: int | None, now: str
) -> None:
    """Delete the highlights that became part of others; their history moves, and the blocks of notes."""
    merged, rows = plan.assigned.merged, plan.stored.rows
    rename_written_blocks(db, {rows[id_].uid: uid for id_, uid in merged.items()})
    for id_, uid in merged.items():
        row = {"id": id_, "into": plan.assigned.ids[uid], "run_id": run_id, "now": now}
        db.execute("update versions set highlight_id = :into where highlight_id = :id", row)
        db.execute(keep_text, row)
        db.execute("delete from highlights where id = :id", row)
