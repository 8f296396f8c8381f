"""Which tweets make a thread, and in what order."""

from __future__ import annotations

import sqlite3

# A page whose url is a status is a thread when it holds more than that one tweet, or says `Thread` itself.
# Its first status is the url's or an earlier one that stands on the page (FORMAT.md 1, Tweets).
refresh_threads = """
with members as (
    select
        t.id,
        min(d.thread_id, min(t.id) over document) as first_id,
        row_number() over (partition by d.id order by t.id) - 1 as place,
        count(*) over document > 1
            or t.id <> d.thread_id
            or exists (select 1 from notes as n where n.highlight_id = h.id and n.kind = 'mark') as is_thread
    from highlights as h
    join documents as d on d.id = h.document_id
    join tweets as t on t.highlight_id = h.id
    where h.gone_at is null and d.thread_id is not null
        and d.id in (select id from temp.touched_threads)
    window document as (partition by d.id)
)
update tweets set
    thread_id = iif(m.is_thread, m.first_id, null),
    position = iif(m.is_thread, m.place, 0)
from members as m
where m.id = tweets.id
    and (tweets.thread_id is not iif(m.is_thread, m.first_id, null)
        or tweets.position is not iif(m.is_thread, m.place, 0))
"""

clear_threads = """
update tweets set thread_id = null, position = 0
from highlights as h join documents as d on d.id = h.document_id
where h.id = tweets.highlight_id and tweets.thread_id is not null and d.thread_id is null
    and d.id in (select id from temp.touched_threads)
"""


def save_threads(db: sqlite3.Connection, document_ids: set[int]) -> None:
    """Number the tweets of these documents anew; nothing is written where nothing changed."""
    db.execute("delete from temp.touched_threads")
    db.executemany("insert into temp.touched_threads (id) values (?)", [(id_,) for id_ in document_ids])
    db.execute(refresh_threads)
    db.execute(clear_threads)
