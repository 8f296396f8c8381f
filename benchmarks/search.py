"""How often a title, an author or a paraphrase finds its highlight, and how long a search takes.

Titles and authors are those of a store: titles of three words or more of documents with at least three
highlights, and the names of authors. The 40 paraphrases are written by hand over the example and test graphs
(`tests/data/search/paraphrases.tsv`: query, uid of the highlight that answers it).

    python -m benchmarks.search [STORE]     without a store: the paraphrases over both graphs
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
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


authors = """
select a.id, a.name from authors as a
where a.name like '% %'
    and exists (select 1 from highlights as h where h.author_id = a.id and h.gone_at is null)
order by a.id limit 200
"""

COMMAND = [sys.executable, "-c", "from gleanings.cli import main; main()"]
ROOT = Path(__file__).parents[1]
PARAPHRASES = ROOT / "tests" / "data" / "search" / "paraphrases.tsv"
GRAPHS = (ROOT / "example" / "graph", ROOT / "tests" / "data" / "graph")


def main(path: Path | None) -> None:
    if path is None:
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "gleanings.db"
            for graph in GRAPHS:
                command = [
                    sys.executable,
                    "-c",
                    "from gleanings.cli import main; main()",
                    "import",
                    str(graph),
                ]
                subprocess.run([*command, "--db", str(store)], check=False, capture_output=True)
            report(
                store,
                "paraphrases",
                read_paraphrases(sqlite3.connect(store)),
                "select id, id from highlights",
            )
        return
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    of_document = "select id, document_id from highlights"
    report(path, "titles", [(title, id_) for id_, title in db.execute(titles)], of_document)
    of_author = "select id, author_id from highlights"
    report(path, "authors", [(f'author:"{name}"', id_) for id_, name in db.execute(authors)], of_author)


def read_paraphrases(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """(query, id of the highlight that answers it) for the highlights in the store."""
    ids = dict(db.execute("select uid, id from highlights").fetchall())
    rows = (line.split("\t") for line in PARAPHRASES.read_text(encoding="utf-8").splitlines())
    return [(query, ids[uid]) for query, uid in rows]


def count_hits(
    db: sqlite3.Connection, queries: list[tuple[str, int]], answers: str
) -> tuple[int, int, list[float]]:
    """How many queries find their answer first and among ten, and the milliseconds each takes."""
    owners = dict(db.execute(answers).fetchall())
    first = tenth = 0
    times = []
    for query, answer in queries:
        started = time.perf_counter()
        found = [owners[hit.id] for hit in search_highlights(db, query, limit=10)]
        times.append((time.perf_counter() - started) * 1000)
        first += found[:1] == [answer]
        tenth += answer in found
    return first, tenth, times


def report(path: Path, name: str, queries: list[tuple[str, int]], answers: str) -> None:
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    highlights = db.execute("select count(*) from highlights").fetchone()[0]
    first, tenth, times = count_hits(db, queries, answers)
    count = max(1, len(queries))
    print(f"{highlights:,} highlights, {len(queries)} {name}: hit@1 {first / count:.2f}, ", end="")
    print(f"hit@10 {tenth / count:.2f}, median {statistics.median(times or [0]):.1f} ms, ", end="")
    print(f"slowest {max(times, default=0):.1f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
