"""What documents go by, and where they stood, as far as a batch touches them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from store.assigning import match_once
from store.claims import DocumentSaid, HighlightSaid
from store.identities import name_titled
from store.stood import DocumentStood

pairs_elsewhere = """
select coalesce(a.document_uid, d.uid), a.pair
from temp.touched_rows as t
cross join appearances as a on a.document_id = t.id
cross join documents as d on d.id = t.id
where a.pair is not null and a.file_id not in (select id from temp.batch_files)
"""


def name_documents(
    db: sqlite3.Connection,
    said: Iterable[DocumentSaid],
    others: Iterable[DocumentStood],
    highlights: Iterable[HighlightSaid],
) -> dict[str, str]:
    """The name of each document that goes by another than the file's own.

    `others` is what files outside the batch say. Leaves the rows in question in `temp.touched_rows`.
    """
    others = list(others)

    def read_pairs(uids: Collection[str]) -> Iterator[tuple[str, int]]:
        for each in highlights:
            if each.pair is not None and each.document_uid in uids:
                yield each.document_uid, each.pair
        rows = {(each.row_id,) for each in others if each.uid in uids}
        db.execute("delete from temp.touched_rows")
        db.executemany("insert into temp.touched_rows (id) values (?)", list(rows))
        yield from db.execute(pairs_elsewhere)

    called = [(each.title, each.uid) for each in said] + [(each.title, each.uid) for each in others]
    return name_titled(called, read_pairs)


def find_sources(
    stood: Sequence[DocumentStood], said: Iterable[DocumentSaid], names: Mapping[str, str]
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """The rows where documents stood, by the name that they go by now; and those of documents that left.

    A document that leaves a file while another of its title comes (a page that gets its URL) is the same.
    """
    if not stood:
        return {}, {}
    said = list(said)
    before = {(each.file_id, each.uid) for each in stood if each.in_batch}
    after = {(each.file_id, each.uid) for each in said}
    sources: dict[str, list[int]] = {}
    for each in stood:
        if not each.in_batch or (each.file_id, each.uid) in after:
            sources.setdefault(names.get(each.uid, each.uid), []).append(each.row_id)
    left = match_once(
        [
            ((each.file_id, each.title), each.row_id)
            for each in stood
            if each.in_batch and each.title is not None and (each.file_id, each.uid) not in after
        ],
        [
            ((each.file_id, each.title), names.get(each.uid, each.uid))
            for each in said
            if (each.file_id, each.uid) not in before
        ],
    )
    return sources, left
