"""What highlights have copies of, so that facets need no join: their document's category and author."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

copy_document = """
update highlights set
    category = d.category,
    author_id = coalesce(
        (select t.author_id from tweets as t where t.highlight_id = highlights.id), d.author_id
    )
from documents as d
where d.id = highlights.document_id and d.id = ?
"""

wrong_copies = """
select h.document_id, count(*)
from highlights as h join documents as d on d.id = h.document_id
left join tweets as t on t.highlight_id = h.id
where h.category <> d.category or h.author_id is not coalesce(t.author_id, d.author_id)
group by h.document_id
"""


def refresh_copies(db: sqlite3.Connection, document_ids: Iterable[int]) -> None:
    """Make the highlights of these documents have what their documents have."""
    db.executemany(copy_document, [(id_,) for id_ in document_ids])


def find_wrong_copies(db: sqlite3.Connection) -> dict[int, int]:
    """How many highlights have not, by their document's id."""
    return dict(db.execute(wrong_copies).fetchall())
