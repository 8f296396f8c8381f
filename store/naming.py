"""Does everything go by the name that it would get if all files were read into an empty store?"""

from __future__ import annotations

import json
import sqlite3

from store.batches import save_claims
from store.identities import name_claims, name_text, name_titled
from store.remembering import Remembered, parse_documents, parse_highlights, read_file
from store.scratch import choose_files, create_scratch

all_documents = """
select a.title, coalesce(a.uid, d.uid), d.uid, a.file_id
from document_appearances as a join documents as d on d.id = a.document_id
"""

all_pairs = """
select coalesce(a.document_uid, d.uid), a.pair
from appearances as a join documents as d on d.id = a.document_id
where a.pair is not null
"""

all_highlights = """
select coalesce(a.uid, h.uid), coalesce(a.document_uid, d.uid), d.uid, a.pair,
    iif(coalesce(a.uid, h.uid) >= 'kindle:' and coalesce(a.uid, h.uid) < 'kindle;',
        coalesce(a.said ->> 0, h.text), ''),
    h.uid, a.file_id
from appearances as a
join highlights as h on h.id = a.highlight_id
join documents as d on d.id = a.document_id
"""


def find_misnamed(db: sqlite3.Connection) -> set[int]:
    """The files (ids) that show what is in another row than it should be."""
    documents = db.execute(all_documents).fetchall()
    names = name_titled([(title, uid) for title, uid, _, _ in documents], lambda _: db.execute(all_pairs))
    wrong = {file_id for _, uid, row_uid, file_id in documents if names.get(uid, uid) != row_uid}
    claims = []
    places = []
    for uid, called, document_uid, pair, text, row_uid, file_id in db.execute(all_highlights):
        name = names.get(called, called)
        claims.append((name_text(uid, document_uid, name), pair, text))
        places.append((row_uid, file_id))
    found = zip(name_claims(claims), places, strict=True)
    return wrong | {file_id for name, (row_uid, file_id) in found if name != row_uid}


file_path = "select root || '/' || path from files where id = ?"


def mend_names(db: sqlite3.Connection, *, now: str) -> None:
    """Have the files that `find_misnamed` names say again what they say. Part of a transaction."""
    create_scratch(db)
    ids = sorted(find_misnamed(db))
    if not ids:
        return
    said = [
        Remembered(id_, db.execute(file_path, (id_,)).fetchone()[0], json.dumps(read_file(db, id_)))
        for id_ in ids
    ]
    choose_files(db, ids)
    save_claims(db, parse_documents(said), parse_highlights(said), run_id=None, now=now)
