"""Earlier texts of highlights, beside their current texts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple


class Version(NamedTuple):
    """A text that was replaced."""

    highlight_id: int
    document: str
    view_url: str | None
    replaced_at: str
    before: str
    now: str
    gone_at: str | None


last_versions = """
select h.id, coalesce(d.shown_title, d.full_title), h.view_url, v.replaced_at, v.text, h.text, h.gone_at
from versions as v
join highlights as h on h.id = v.highlight_id
join documents as d on d.id = h.document_id
where not exists (
    select 1 from json_each(:words) as w
    where instr(lower(v.text), w.value) = 0 and instr(lower(h.text), w.value) = 0
)
order by v.replaced_at desc, v.id desc
limit :limit
"""


def read_versions(db: sqlite3.Connection, words: Sequence[str] = (), *, limit: int) -> list[Version]:
    """The texts replaced last, of highlights that contain all of `words`, each in the old or the new text."""
    row = {"words": json.dumps([word.lower() for word in words]), "limit": limit}
    return [Version(*each) for each in db.execute(last_versions, row)]
