"""An edited highlight without a URL keeps its row: the row's uid follows the edited text."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from store.appearances import HighlightSaid
from store.edits import match_edits

texts_before = """
select a.file_id, h.uid, h.text
from appearances as a join highlights as h on h.id = a.highlight_id
where a.file_id in (select id from temp.batch_files)
order by a.file_id, a.line
"""

stands_elsewhere = """
select exists (
    select 1 from appearances as a join highlights as h on h.id = a.highlight_id
    where h.uid = ? and a.file_id <> ?
)
"""


def rename_edited(db: sqlite3.Connection, said: Sequence[HighlightSaid]) -> None:
    """Rename the rows of the batch's files whose text was certainly edited. Needs `temp.batch_files`."""
    before: dict[int, list[tuple[str, str]]] = {}
    for file_id, uid, text in db.execute(texts_before):
        before.setdefault(file_id, []).append((uid, text))
    if not before:
        return
    after: dict[int, list[tuple[str, str]]] = {}
    for each in said:
        after.setdefault(each.file_id, []).append((each.uid, each.claim.text))
    for file_id, old in before.items():
        for old_uid, new_uid in _match_file(db, file_id, old, after.get(file_id, [])).items():
            db.execute("update highlights set uid = ? where uid = ?", (new_uid, old_uid))


def _match_file(
    db: sqlite3.Connection, file_id: int, old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> Mapping[str, str]:
    new_uids = {uid for uid, _ in new}
    if not any(uid.startswith("text:") and uid not in new_uids for uid, _ in old):
        return {}
    kept = frozenset(
        uid for uid in new_uids if db.execute("select 1 from highlights where uid = ?", (uid,)).fetchone()
    )
    edits = match_edits(old, new, kept=kept)
    return {
        before: after
        for before, after in edits.items()
        if before not in new_uids and not db.execute(stands_elsewhere, (before, file_id)).fetchone()[0]
    }
