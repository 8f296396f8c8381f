"""Writing highlights: what every file says of them, merged; rows that did not change are not touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from store.appearances import HighlightSaid, save_appearances
from store.children import save_children
from store.claims import HighlightClaim, Place, parse_highlight_claim
from store.documents import SavedDocument
from store.hashing import hash_content
from store.labels import save_authors
from store.merging import MergedHighlight, merge_highlight
from store.pairs import pair_characters
from store.runs import Counts
from store.stored_claims import read_highlight_claims


class _Stored(NamedTuple):
    id: int
    content_hash: int
    text: str
    gone: bool
    document_id: int


Row = tuple[object, ...]

existing_highlights = """
select h.uid, h.id, h.content_hash, h.text, h.gone_at is not null, h.document_id
from temp.touched_highlights as t join highlights as h on h.uid = t.uid
"""

claims_elsewhere = """
select h.uid, a.file_id, d.uid, f.root || '/' || f.path, a.line, a.position, a.said, h.id,
    d.id, d.author_id, d.category
from temp.touched_highlights as t
join highlights as h on h.uid = t.uid
join appearances as a on a.highlight_id = h.id
join documents as d on d.id = a.document_id
join files as f on f.id = a.file_id
where a.file_id not in (select id from temp.batch_files)
"""

highlights_of_batch = """
select distinct h.uid
from appearances as a join highlights as h on h.id = a.highlight_id
where a.file_id in (select id from temp.batch_files)
"""

insert_highlight = """
insert into highlights (text, note, document_id, position, author_id, category, year, taken_at, view_url,
    location, location_kind, synced_on, incomplete, content_hash, id, uid)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

update_highlight = """
update highlights set text = ?, note = ?, document_id = ?, position = ?, author_id = ?, category = ?,
    year = ?, taken_at = ?, view_url = ?, location = ?, location_kind = ?, synced_on = ?, incomplete = ?,
    content_hash = ?, gone_at = null
where id = ?
"""

insert_version = """
insert into versions (text, highlight_id, run_id, replaced_at)
select :text, :highlight_id, :run_id, :now
where not exists (select 1 from versions where highlight_id = :highlight_id and text = :text)
"""

upsert_tweet = """
insert into tweets (id, highlight_id, author_id, created_at, url, position) values (?, ?, ?, ?, ?, 0)
on conflict (id) do update set text = null, author_id = excluded.author_id, url = excluded.url
"""


@dataclass(slots=True)
class _Plan:
    """The rows that a batch asks for, before anything is written."""

    ids: dict[str, int] = field(default_factory=dict)
    inserts: list[Row] = field(default_factory=list)
    updates: list[Row] = field(default_factory=list)
    versions: list[tuple[str, int]] = field(default_factory=list)
    tweets: list[Row] = field(default_factory=list)
    changed: dict[int, HighlightClaim] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)
    restored: int = 0
    document_ids: set[int] = field(default_factory=set)
    """Of the highlights that are new, changed or moved, before and after."""


def save_highlights(
    db: sqlite3.Connection,
    said: Sequence[HighlightSaid],
    documents: Mapping[str, SavedDocument],
    *,
    run_id: int,
    now: str,
) -> tuple[Counts, set[int]]:
    """Bring every highlight that the batch's files show or showed up to date.

    The counts of it, and the documents whose highlights changed. Needs `temp.batch_files`. A highlight
    that stands nowhere any more keeps its row for `mark_gone`.
    """
    uids = {each.uid for each in said} | {uid for (uid,) in db.execute(highlights_of_batch)}
    db.execute("delete from temp.touched_highlights")
    db.executemany("insert into temp.touched_highlights (uid) values (?)", [(uid,) for uid in uids])
    elsewhere, other_documents = _read_elsewhere(db)
    homes = {**other_documents, **documents}
    claims: dict[str, list[HighlightSaid]] = {}
    for each in (*said, *elsewhere):
        claims.setdefault(each.uid, []).append(each)
    merged = {
        uid: merge_highlight([(each.place, each.claim) for each in all_]) for uid, all_ in claims.items()
    }
    plan = _plan_rows(db, merged, homes)
    _write_rows(db, plan, run_id=run_id, now=now)
    save_appearances(db, claims, plan.ids, homes)
    added = len(plan.inserts) + plan.restored
    changed = len(plan.updates) - plan.restored
    return Counts(added=added, changed=changed), plan.document_ids


def _read_elsewhere(db: sqlite3.Connection) -> tuple[list[HighlightSaid], dict[str, SavedDocument]]:
    """What files outside the batch say; a claim without `said` is what the row itself says."""
    rows = db.execute(claims_elsewhere).fetchall()
    alone = read_highlight_claims(db, [row[7] for row in rows if row[6] is None])
    said: list[HighlightSaid] = []
    documents: dict[str, SavedDocument] = {}
    for uid, file_id, document_uid, path, line, position, words, id_, *document in rows:
        claim = parse_highlight_claim(words) if words else alone[id_]
        said.append(HighlightSaid(uid, file_id, Place(document_uid, path, line, position), claim))
        documents[document_uid] = SavedDocument(*document)
    return said, documents


def _plan_rows(
    db: sqlite3.Connection, merged: Mapping[str, MergedHighlight], documents: Mapping[str, SavedDocument]
) -> _Plan:
    existing = {row[0]: _Stored(*row[1:]) for row in db.execute(existing_highlights)}
    author_claims = {uid: _author_of(each.claim) for uid, each in merged.items() if each.claim.tweet}
    authors = save_authors(db, [author for author in author_claims.values() if author])
    next_id = int(db.execute("select coalesce(max(id), 0) + 1 from highlights").fetchone()[0])
    plan = _Plan()
    for uid, highlight in merged.items():
        document = documents[highlight.document_uid]
        author = author_claims.get(uid)
        author_id = authors[author] if author else document.author_id
        stored = existing.get(uid)
        if stored is None:
            plan.ids[uid] = next_id
            next_id += 1
        else:
            plan.ids[uid] = stored.id
        _plan_row(plan, uid, highlight, stored, (document, author_id))
    return plan


def _plan_row(
    plan: _Plan,
    uid: str,
    highlight: MergedHighlight,
    stored: _Stored | None,
    home: tuple[SavedDocument, int | None],
) -> None:
    id_ = plan.ids[uid]
    claim = highlight.claim
    plan.versions.extend((text, id_) for text in highlight.others)
    content_hash = _hash(highlight)
    if stored is not None and stored.content_hash == content_hash and not stored.gone:
        return
    document, author_id = home
    values = _row_values(highlight, document, author_id)
    if stored is None:
        plan.inserts.append((*values, content_hash, id_, uid))
        plan.fresh.add(id_)
    else:
        plan.updates.append((*values, content_hash, id_))
        plan.restored += stored.gone
        plan.document_ids.add(stored.document_id)
        if stored.text != claim.text:
            plan.versions.append((stored.text, id_))
    plan.document_ids.add(document.id)
    plan.changed[id_] = claim
    if claim.tweet:
        plan.tweets.append((claim.tweet.id, id_, author_id, claim.tweet.created_at, claim.tweet.url))


def _write_rows(db: sqlite3.Connection, plan: _Plan, *, run_id: int, now: str) -> None:
    db.executemany(insert_highlight, plan.inserts)
    db.executemany(update_highlight, plan.updates)
    db.executemany(
        insert_version,
        [{"text": text, "highlight_id": id_, "run_id": run_id, "now": now} for text, id_ in plan.versions],
    )
    db.executemany(upsert_tweet, plan.tweets)
    save_children(db, plan.changed, plan.fresh)
    _save_pairs(db, plan.changed, plan.fresh)


def _author_of(claim: HighlightClaim) -> tuple[str, str | None, str | None] | None:
    tweet = claim.tweet
    if tweet is None or tweet.handle is None:
        return None
    return (tweet.handle, tweet.handle, f"https://twitter.com/{tweet.handle}")


def _hash(highlight: MergedHighlight) -> int:
    claim = highlight.claim
    tweet = claim.tweet[:] if claim.tweet else None
    return hash_content((highlight.document_uid, highlight.position, *claim[:7], tweet, *claim[8:]))


def _row_values(
    highlight: MergedHighlight, document: SavedDocument, author_id: int | None
) -> tuple[object, ...]:
    claim = highlight.claim
    day = claim.taken_at or claim.synced_on
    note = "\n\n".join([text for kind, text in claim.notes if kind != "mark"]) if claim.notes else ""
    return (
        claim.text,
        note,
        document.id,
        highlight.position,
        author_id,
        document.category,
        int(day[:4]) if day else None,
        claim.taken_at,
        claim.view_url,
        claim.location,
        claim.location_kind,
        claim.synced_on,
        claim.incomplete,
    )


def _save_pairs(db: sqlite3.Connection, changed: Mapping[int, HighlightClaim], fresh: set[int]) -> None:
    """The CJK index of highlights that are new or changed."""
    db.executemany(
        "delete from highlights_cjk where rowid = ?", [(id_,) for id_ in changed if id_ not in fresh]
    )
    paired = [
        (id_, pairs)
        for id_, claim in changed.items()
        if (pairs := pair_characters(claim.text + "".join([" " + text for _, text in claim.notes])))
    ]
    db.executemany("insert into highlights_cjk (rowid, pairs) values (?, ?)", paired)
