"""Rows that go by another name now, or became a part of another row: what hangs on them follows."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping

from store.assigning import Assigned
from store.facet_copies import refresh_copies

rename_written_blocks = """
update or ignore written set block_key = r.after from temp.renamed as r where written.block_key = r.before
"""

_BELOW = re.compile(r"(?:~[0-9]+)?(?:/(?:remark|tags)(?:~[0-9]+)?)?")
"""What a written block has behind its highlight's name in its key: the how-manyth it is, and which child."""

rename_written_notes = """
update written set note_uid = r.after from temp.renamed as r where written.note_uid = r.before
"""


def rename_highlights(db: sqlite3.Connection, renamed: Mapping[int, str], before: Mapping[int, str]) -> None:
    """Give rows (by id) their new names; a note that was written from them is known by it, too."""
    db.executemany("update highlights set uid = ? where id = ?", [(uid, id_) for id_, uid in renamed.items()])
    if renamed:
        _rename_blocks(db, {before[id_]: uid for id_, uid in renamed.items()})


def _rename_blocks(db: sqlite3.Connection, names: Mapping[str, str]) -> None:
    """Have the blocks of notes that were written from highlights of these names go by the new ones."""
    keys = db.execute("select distinct block_key from written where block_key <> ''").fetchall()
    pairs = [(key, name + key[len(before) :]) for (key,) in keys for before, name in _find_names(key, names)]
    _choose(db, pairs)
    db.execute(rename_written_blocks)


def _find_names(key: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The name that a block's key begins with, if it is one of `names`, and the new one."""
    child_of = key.rpartition("/")[0]
    for before in (key, key.rpartition("~")[0], child_of, child_of.rpartition("~")[0]):
        if before in names and _BELOW.fullmatch(key, len(before)):
            yield before, names[before]
            return


keep_text = """
insert into versions (text, highlight_id, run_id, replaced_at)
select h.text, :into, :run_id, :now from highlights as h
where h.id = :id and h.text <> (select text from highlights where id = :into)
    and not exists (select 1 from versions as v where v.highlight_id = :into and v.text = h.text)
"""


def merge_rows(db: sqlite3.Connection, merged: Mapping[int, int], *, run_id: int | None, now: str) -> None:
    """Make highlights' rows (ids) a part of others; what they said before goes with them.

    A note that shows only the one that goes has the other in its place.
    """
    if merged:
        uids = dict(db.execute(uids_of, {"ids": json.dumps([*merged, *merged.values()])}).fetchall())
        _rename_blocks(db, {uids[id_]: uids[into] for id_, into in merged.items()})
    for id_, into in merged.items():
        row = {"id": id_, "into": into, "run_id": run_id, "now": now}
        db.execute("update versions set highlight_id = :into where highlight_id = :id", row)
        db.execute(keep_text, row)
        db.execute("delete from highlights where id = :id", row)


uids_of = "select id, uid from highlights where id in (select value from json_each(:ids))"

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
