"""How often a title, an author or a paraphrase finds its highlight, and how long a search takes.

Titles and authors are those of a store: titles of three words or more of documents with at least three
highlights, and the names of authors. The 40 paraphrases are written by hand over the example and test graphs
(`tests/data/search/paraphrases.tsv`: query, uid of the highlight that answers it).

The slowest searches are for the commonest word: alone, and with days or a category that few or most of the
highlights have. Times are those of the processor; goals: 50 ms at 50,000 highlights, 250 ms at a million.

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
    report_slowest(path)


commonest_words = "select term from temp.words order by doc desc limit 2"
categories = "select distinct category from highlights"
day_at = """
select substr(taken_at, 1, 10) from highlights where taken_at is not null
order by taken_at limit 1 offset (select cast(count(taken_at) * :share as integer) from highlights)
"""


def report_slowest(path: Path) -> None:
    """Time common words with filters of every width."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    db.execute("create virtual table temp.words using fts5vocab(main, highlights_fts, row)")
    word, second = [term for (term,) in db.execute(commonest_words)]
    queries = [word, f"{word} {second}", f"{word} is:favorite", "is:favorite", "has:note"]
    for share in (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95):
        (day,) = db.execute(day_at, {"share": share}).fetchone()
        queries += [f"{word} before:{day}", f"{word} after:{day}", f"before:{day}", f"after:{day}"]
    for (category,) in db.execute(categories):
        queries += [f"{word} category:{category}", f"category:{category}"]
    report(path, "searches for common words and filters alone", [(query, 0) for query in queries], nothing)


nothing = "select id, null from highlights"


def read_paraphrases(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """(query, id of the highlight that answers it) for the highlights in the store."""
    ids = dict(db.execute("select uid, id from highlights").fetchall())
    rows = (line.split("\t") for line in PARAPHRASES.read_text(encoding="utf-8").splitlines())
    return [(query, ids[uid]) for query, uid in rows]


def count_hits(
    db: sqlite3.Connection, queries: list[tuple[str, int]], answers: str
) -> tuple[int, int, list[float]]:
    """How many queries find their answer first and among ten, and the processor's milliseconds for each."""
    owners = dict(db.execute(answers).fetchall())
    first = tenth = 0
    times = []
    for query, answer in queries:
        started = time.process_time()
        hits = search_highlights(db, query, limit=10)
        times.append((time.process_time() - started) * 1000)
        found = [owners[hit.id] for hit in hits]
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
    print(f"slowest {max(times, default=0):.1f} ms: {queries[times.index(max(times))][0] if times else ''}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
