"""Find rows that are not what an import of all files into an empty store would make, and fix them."""

from __future__ import annotations

import sqlite3

from store.claims import try_unpack
from store.identities import SHARED, Named, name_documents, name_highlights
from store.save_batch import save_claims
from store.undo_log import read_remembered

all_documents = """
select a.title, a.uid, d.uid, a.file_id
from document_appearances as a join documents as d on d.id = a.document_id
"""

all_highlights = """
select a.uid, p.uid, a.pair, a.claim, h.uid, a.file_id
from appearances as a
join highlights as h on h.id = a.highlight_id
join document_appearances as p on p.file_id = a.file_id and p.line = a.page_line
"""


def find_misnamed(db: sqlite3.Connection) -> set[int]:
    """The files (ids) with an appearance in another row than it should be in."""
    documents = db.execute(all_documents).fetchall()
    highlights = db.execute(all_highlights).fetchall()
    pairs = [(document, pair) for _, document, pair, *_ in highlights if pair is not None]
    names = name_documents([(title, uid) for title, uid, _, _ in documents], lambda _: pairs)
    wrong = {file_id for _, uid, row_uid, file_id in documents if names.get(uid, uid) != row_uid}
    titles: dict[str, set[int | None]] = {}
    for title, uid, _, _ in documents:
        titles.setdefault(names.get(uid, uid), set()).add(title)
    mixed = {name for name, found in titles.items() if len(found) > 1}
    claims = []
    for uid, document, pair, packed, _, _ in highlights:
        name = names.get(document, document)
        has_text = uid.startswith(SHARED) or name in mixed
        claims.append(Named(uid, name, pair, (try_unpack(packed) or [""])[0] if has_text else ""))
    for name, (*_, row_uid, file_id) in zip(name_highlights(claims, mixed), highlights, strict=True):
        if name != row_uid:
            wrong.add(file_id)
    return wrong


def fix_names(db: sqlite3.Connection, *, now: str) -> None:
    """Save the claims of the files that `find_misnamed` returns again. Part of a transaction."""
    files = [read_remembered(db, id_) for id_ in sorted(find_misnamed(db))]
    if files:
        save_claims(
            db,
            [claim for file in files for claim in file.list_documents()],
            [claim for file in files for claim in file.list_highlights()],
            files={file.id for file in files},
            run_id=None,
            now=now,
        )


wrong_copies = """
select h.document_id, count(*)
from highlights as h join documents as d on d.id = h.document_id
left join tweets as t on t.highlight_id = h.id
where h.category <> d.category or h.author_id is not coalesce(t.author_id, d.author_id)
group by h.document_id
"""


def find_wrong_copies(db: sqlite3.Connection) -> dict[int, int]:
    """How many highlights differ from their document in category or author, by the document's id."""
    return dict(db.execute(wrong_copies).fetchall())
