"""Rows that go by another name now, or became a part of another row: what hangs on them follows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from store.assigning import Assigned
from store.facet_copies import refresh_copies

rename_written_blocks = """
update or ignore written set block_key = r.after from temp.renamed as r where written.block_key = r.before
"""

rename_written_notes = """
update written set note_uid = r.after from temp.renamed as r where written.note_uid = r.before
"""


def rename_highlights(db: sqlite3.Connection, renamed: Mapping[int, str], before: Mapping[int, str]) -> None:
    """Give rows (by id) their new names; a note that was written from them is known by it, too."""
    db.executemany("update highlights set uid = ? where id = ?", [(uid, id_) for id_, uid in renamed.items()])
    if renamed:
        _choose(db, [(before[id_], uid) for id_, uid in renamed.items()])
        db.execute(rename_written_blocks)


keep_text = """
insert into versions (text, highlight_id, run_id, replaced_at)
select h.text, :into, :run_id, :now from highlights as h
where h.id = :id and h.text <> (select text from highlights where id = :into)
    and not exists (select 1 from versions as v where v.highlight_id = :into and v.text = h.text)
"""


def merge_rows(db: sqlite3.Connection, merged: Mapping[int, int], *, run_id: int | None, now: str) -> None:
    """Make highlights' rows (ids) a part of others; what they said before goes with them."""
    for id_, into in merged.items():
        row = {"id": id_, "into": into, "run_id": run_id, "now": now}
        db.execute("update versions set highlight_id = :into where highlight_id = :id", row)
        db.execute(keep_text, row)
        db.execute("delete from highlights where id = :id", row)


move_notes = """
update notes set document_id = :into where document_id = :id and highlight_id is not null
"""


def settle_documents(db: sqlite3.Connection, assigned: Assigned) -> None:
    """Rename and merge the documents' rows, when all that stands in them has its new place.

    What is left in a merged one is gone, but not forgotten.
    """
    for id_, name in assigned.merged.items():
        row = {"id": id_, "into": assigned.ids[name]}
        db.execute("update highlights set document_id = :into where document_id = :id", row)
        db.execute(move_notes, row)
        db.execute("delete from documents where id = :id", row)
    refresh_copies(db, {assigned.ids[name] for name in assigned.merged.values()})
    if assigned.renamed:
        before = [
            (id_, db.execute("select uid from documents where id = ?", (id_,)).fetchone()[0])
            for id_ in assigned.renamed
        ]
        _choose(db, [(f"document:{uid}", f"document:{assigned.renamed[id_]}") for id_, uid in before])
        db.executemany(
            "update documents set uid = ? where id = ?",
            [(uid, id_) for id_, uid in assigned.renamed.items()],
        )
        db.execute(rename_written_notes)


def _choose(db: sqlite3.Connection, renamed: list[tuple[str, str]]) -> None:
    db.execute("delete from temp.renamed")
    db.executemany("insert or ignore into temp.renamed (before, after) values (?, ?)", renamed)
