"""How often a document's title finds one of its highlights, and how long a search takes.

The queries are the titles (three words or more) of a store's documents with at least three highlights.

    python -m benchmarks.search STORE
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import time
from pathlib import Path

from store.search import search_highlights

titles = """
select d.id, d.full_title from documents as d
where d.gone_at is null and d.full_title like '% % %' and d.full_title not like 'http%'
    and d.category <> 'tweets'
    and (select count(*) from highlights as h where h.document_id = d.id and h.gone_at is null) >= 3
order by d.id limit 122
"""


def main(path: Path) -> None:
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    documents = dict(db.execute("select id, document_id from highlights").fetchall())
    queries = db.execute(titles).fetchall()
    first = tenth = 0
    times = []
    for document, title in queries:
        started = time.perf_counter()
        found = [documents[hit.id] for hit in search_highlights(db, title, limit=10)]
        times.append((time.perf_counter() - started) * 1000)
        first += found[:1] == [document]
        tenth += document in found
    count = max(1, len(queries))
    print(f"{len(documents):,} highlights, {len(queries)} titles: hit@1 {first / count:.2f}, ", end="")
    print(f"hit@10 {tenth / count:.2f}, median {statistics.median(times or [0]):.1f} ms, ", end="")
    print(f"slowest {max(times, default=0):.1f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
