"""What the store has so far of all that a batch touches: what is one with it, was so, or may be now.

Names depend on all that hangs together (`store/identities.py`), so these queries go from the batch's names
and hashes to rows, and on to every row that shares a name or hash with those; never over whole tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple


class DocumentStood(NamedTuple):
    """One appearance of a document."""

    in_batch: bool
    """Whether its file is of the batch: then it said this until now."""
    path: str
    row_uid: str
    row_id: int
    file_id: int
    line: int
    said: str | None
    called: str | None
    """What the file calls it; None: as its row."""
    title: int | None

    @property
    def uid(self) -> str:
        """What the file calls it."""
        return self.called or self.row_uid


class HighlightStood(NamedTuple):
    """One appearance of a highlight."""

    in_batch: bool
    path: str
    row_uid: str
    text: str
    """Of the row."""
    document_row_uid: str
    row_id: int
    file_id: int
    line: int
    document_id: int
    position: int
    synced_on: str | None
    said: str | None
    called: str | None
    """What the file calls it, by the name of the document's row; None: as its row."""
    document_called: str | None
    """What the file calls its document; None: as its row."""
    pair: int | None

    @property
    def uid(self) -> str:
        """What the file calls it, by the name of the document's row."""
        return self.called or self.row_uid


reach_documents = """
with recursive reached (id) as (
    select d.id from temp.touched_uids as t cross join documents as d on d.uid = t.uid
    union
    select a.document_id from temp.touched_uids as t cross join document_appearances as a on a.uid = t.uid
    union
    select a.document_id
    from temp.touched_hashes as t cross join document_appearances as a on a.title = t.hash
    union
    select document_id from document_appearances where file_id in (select id from temp.batch_files)
    union
    select b.document_id
    from reached as r
    cross join document_appearances as a on a.document_id = r.id
    cross join document_appearances as b on b.title = a.title
    union
    select d.id
    from reached as r
    cross join document_appearances as a on a.document_id = r.id
    cross join documents as d on d.uid = a.uid
)
insert into temp.touched_rows (id) select id from reached
"""

documents_stood = """
select a.file_id in (select id from temp.batch_files), f.root || '/' || f.path, d.uid,
    a.document_id, a.file_id, a.line, a.said, a.uid, a.title
from temp.touched_rows as t
cross join document_appearances as a on a.document_id = t.id
cross join documents as d on d.id = t.id
cross join files as f on f.id = a.file_id
order by a.file_id, a.line
"""


def find_documents(db: sqlite3.Connection, uids: Iterable[str], titles: Iterable[int]) -> list[DocumentStood]:
    """Every appearance of every row that documents of these names and titles, or the batch's files, touch.

    Leaves the rows in `temp.touched_rows`: also those that stand nowhere any more.
    """
    _fill_touched(db, uids, titles)
    db.execute(reach_documents)
    return [DocumentStood(*row) for row in db.execute(documents_stood)]


# A highlight's own name and what files call it are looked up from either side; of a Kindle location also
# the names that begin with it. `cross join` keeps the order.
reach_highlights = """
with recursive reached (id) as (
    select h.id from temp.touched_uids as t cross join highlights as h on h.uid = t.uid
    union
    select a.highlight_id from temp.touched_uids as t cross join appearances as a on a.uid = t.uid
    union
    select a.highlight_id from temp.touched_hashes as t cross join appearances as a on a.pair = t.hash
    union
    select h.id
    from temp.touched_uids as t cross join highlights as h on h.uid > t.uid || ':' and h.uid < t.uid || ';'
    where t.uid > 'kindle:' and t.uid < 'kindle;'
    union
    select a.highlight_id
    from temp.touched_uids as t cross join appearances as a on a.uid > t.uid || ':' and a.uid < t.uid || ';'
    where t.uid > 'kindle:' and t.uid < 'kindle;'
    union
    select highlight_id from appearances where file_id in (select id from temp.batch_files)
    union
    select highlight_id from appearances where document_id in (select id from temp.moved_documents)
    union
    select b.highlight_id
    from reached as r
    cross join appearances as a on a.highlight_id = r.id
    cross join appearances as b on b.pair = a.pair
    union
    select h.id
    from reached as r
    cross join appearances as a on a.highlight_id = r.id
    cross join highlights as h on h.uid = a.uid
    union
    select b.highlight_id
    from reached as r
    cross join appearances as a on a.highlight_id = r.id
    cross join appearances as b on b.uid = a.uid
    union
    select b.highlight_id
    from reached as r
    cross join highlights as h on h.id = r.id
    cross join appearances as b on b.uid = h.uid
)
insert into temp.touched_rows (id) select id from reached
"""

highlights_stood = """
select a.file_id in (select id from temp.batch_files), f.root || '/' || f.path, h.uid, h.text, d.uid,
    a.highlight_id, a.file_id, a.line, a.document_id, a.position, a.synced_on, a.said, a.uid, a.document_uid,
    a.pair
from temp.touched_rows as t
cross join highlights as h on h.id = t.id
cross join appearances as a on a.highlight_id = t.id
cross join documents as d on d.id = a.document_id
cross join files as f on f.id = a.file_id
order by a.file_id, a.line
"""


def find_highlights(
    db: sqlite3.Connection, uids: Iterable[str], pairs: Iterable[int]
) -> list[HighlightStood]:
    """Every appearance of every row that these names and pairs, the batch's files or `temp.moved_documents`
    touch.

    Leaves the rows in `temp.touched_rows`: also those that stand nowhere any more.
    """
    _fill_touched(db, uids, pairs)
    db.execute(reach_highlights)
    return [HighlightStood(*row) for row in db.execute(highlights_stood)]


def _fill_touched(db: sqlite3.Connection, uids: Iterable[str], hashes: Iterable[int]) -> None:
    for table in ("touched_uids", "touched_hashes", "touched_rows"):
        db.execute(clear_touched[table])
    db.executemany("insert or ignore into temp.touched_uids (uid) values (?)", [(uid,) for uid in uids])
    db.executemany(
        "insert or ignore into temp.touched_hashes (hash) values (?)", [(hash_,) for hash_ in hashes]
    )


clear_touched = {
    "touched_uids": "delete from temp.touched_uids",
    "touched_hashes": "delete from temp.touched_hashes",
    "touched_rows": "delete from temp.touched_rows",
}
