"""Writing highlights: what every file says of them, merged; rows that did not change are not touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from store.appearances import save_appearances
from store.children import save_children
from store.cjk import pair_characters
from store.claims import HighlightClaim, HighlightSaid
from store.documents import SavedDocument, SavedDocuments
from store.hashing import hash_content
from store.highlight_names import adopt_names, assign_highlights, group_claims, read_touched
from store.labels import save_authors
from store.merging import MergedHighlight, merge_highlight
from store.renames import merge_rows, rename_highlights
from store.runs import Counts
from store.staging import HIGHLIGHTS, TWEETS, Row, insert_rows


class _Stored(NamedTuple):
    uid: str
    content_hash: int
    text: str
    gone: bool
    document_id: int


existing_highlights = """
select h.id, h.uid, h.content_hash, h.text, h.gone_at is not null, h.document_id
from temp.touched_rows as t join highlights as h on h.id = t.id
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


@dataclass(slots=True)
class _Plan:
    """The rows that a batch asks for, before anything is written."""

    inserts: list[Row] = field(default_factory=list)
    updates: list[Row] = field(default_factory=list)
    versions: list[tuple[str, int]] = field(default_factory=list)
    tweets: list[Row] = field(default_factory=list)
    tweetless: list[tuple[int, int]] = field(default_factory=list)
    """(row, the only tweet that it may have): its tweet's claim may be gone."""
    changed: dict[int, HighlightClaim] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)
    restored: int = 0
    document_ids: set[int] = field(default_factory=set)
    """Of the highlights that are new, changed or moved, before and after."""


def save_highlights(
    db: sqlite3.Connection,
    said: Sequence[HighlightSaid],
    documents: SavedDocuments,
    *,
    run_id: int | None,
    now: str,
) -> tuple[Counts, set[int]]:
    """Bring every highlight that the batch's files show or showed up to date.

    The counts of it, and the documents whose highlights changed. Needs `temp.batch_files`. A highlight
    that stands nowhere any more keeps its row for `mark_gone`; one that became another's appearance has
    no row of its own.
    """
    stood, others, homes = read_touched(db, said, documents)
    existing = {row[0]: _Stored(*row[1:]) for row in db.execute(existing_highlights)}
    claims = group_claims([*adopt_names(said, documents), *others])
    assigned = assign_highlights(claims, said, stood, {row.uid: id_ for id_, row in existing.items()})
    merged = {
        uid: merge_highlight([(each.place, each.claim) for each in all_]) for uid, all_ in claims.items()
    }
    plan = _plan_rows(db, merged, homes, assigned.ids, existing)
    rename_highlights(db, assigned.renamed, {id_: row.uid for id_, row in existing.items()})
    _write_rows(db, plan, run_id=run_id, now=now)
    save_appearances(db, claims, assigned.ids, {uid: home.id for uid, home in homes.items()}, stood)
    merge_rows(db, {id_: assigned.ids[uid] for id_, uid in assigned.merged.items()}, run_id=run_id, now=now)
    added = len(plan.inserts) + plan.restored
    changed = len(plan.updates) - plan.restored
    return Counts(added=added, changed=changed), plan.document_ids


def _plan_rows(
    db: sqlite3.Connection,
    merged: Mapping[str, MergedHighlight],
    documents: Mapping[str, SavedDocument],
    ids: dict[str, int],
    existing: Mapping[int, _Stored],
) -> _Plan:
    """What to write; `ids` get those of new rows, too."""
    author_claims = {uid: _author_of(each.claim) for uid, each in merged.items() if each.claim.tweet}
    authors = save_authors(db, [author for author in author_claims.values() if author])
    next_id = int(db.execute("select coalesce(max(id), 0) + 1 from highlights").fetchone()[0])
    plan = _Plan()
    for uid, highlight in merged.items():
        document = documents[highlight.document_uid]
        author = author_claims.get(uid)
        author_id = authors[author] if author else document.author_id
        id_ = ids.setdefault(uid, next_id)
        stored = existing.get(id_)
        next_id += stored is None
        _plan_row(plan, (uid, id_), highlight, stored, (document, author_id))
    return plan


def _plan_row(
    plan: _Plan,
    key: tuple[str, int],
    highlight: MergedHighlight,
    stored: _Stored | None,
    home: tuple[SavedDocument, int | None],
) -> None:
    uid, id_ = key
    document, author_id = home
    claim = highlight.claim
    plan.versions.extend((text, id_) for text in highlight.others)
    content_hash = _hash(highlight)
    if stored is not None and stored[1:] == (content_hash, stored.text, False, document.id):
        return
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
    if stored is not None:
        plan.tweetless.append((id_, claim.tweet.id if claim.tweet else 0))
    if claim.tweet:
        plan.tweets.append((claim.tweet.id, id_, author_id, claim.tweet.created_at, claim.tweet.url, 0))


def _write_rows(db: sqlite3.Connection, plan: _Plan, *, run_id: int | None, now: str) -> None:
    insert_rows(db, HIGHLIGHTS, plan.inserts)
    db.executemany(update_highlight, plan.updates)
    db.executemany(
        insert_version,
        [{"text": text, "highlight_id": id_, "run_id": run_id, "now": now} for text, id_ in plan.versions],
    )
    db.executemany("delete from tweets where highlight_id = ? and id <> ?", plan.tweetless)
    insert_rows(db, TWEETS, plan.tweets)
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
        int(claim.incomplete),
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
