"""How fast the browser's pages and facets answer over generated highlights, also during an import.

The third column is processor time, which shows the cost when other programs use the machine too.

Goal, after the first request: 200 ms at the median, 500 ms at the 95th percentile, for each page and each
facet at 1,000,000 highlights. Requests go through Datasette in this process, without a socket. Beyond
100,000 the rows of the imported ones are copied, words and all: importing them is measured by another
benchmark.

    python -m benchmarks.browse [highlights [store to keep and use again]]
"""

from __future__ import annotations

import asyncio
import csv
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.pages import generate_pages
from store.browse.queries import QUERIES
from store.connection import close_store, open_store, transaction
from store.counts import refresh_counts

ROUNDS = 20
IMPORTED = 100_000
COMMAND = [sys.executable, "-c", "from gleanings.cli import main; main()"]
PARAMETERS = "month=2022-03&author=author1&since=2022-03-01&until=2022-04-01"
KINDS = ("article", "paper", "video", "repository", "book")


def main(highlights: int, kept: Path | None) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        store = kept or Path(scratch) / "gleanings.db"
        if not store.exists():
            make_store(Path(scratch), store, highlights)
        pages = find_pages(store)
        print(f"{'':<34}{'median':>10}{'p95':>10}{'processor':>10}")
        measure(store, pages, None)
        print("beside an import of other pages")
        folder = write_pages(Path(scratch) / "more", 20_000, seed=1)
        measure(store, pages, [*COMMAND, "import", str(folder), "--db", str(store)])


def write_pages(folder: Path, highlights: int, seed: int = 0) -> Path:
    folder.mkdir()
    for name, text in generate_pages(highlights, seed):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def make_store(scratch: Path, store: Path, highlights: int) -> None:
    """A store of generated pages, its links resolved to resources, with topics."""
    folder = write_pages(scratch / "pages", min(highlights, IMPORTED))
    started = time.perf_counter()
    subprocess.run([*COMMAND, "import", str(folder), "--db", str(store)], check=False, capture_output=True)
    print(f"imported {min(highlights, IMPORTED):,} highlights in {time.perf_counter() - started:.1f} s")
    resolve_links(scratch, store)
    connection = open_store(store)
    with transaction(connection):
        count, largest = connection.execute("select count(*), max(id) from highlights").fetchone()
        for number in range(1, highlights // count):
            for statement in copy_rows:
                connection.execute(statement, {"offset": number * largest, "largest": largest})
    label_rows(connection)
    close_store(connection)


copy_rows = (
    """insert into highlights
    select id + :offset, text, note, document_id, position, author_id, category, year, taken_at, view_url,
        location, location_kind, synced_on, incomplete, gone_at, uid || ':' || :offset, content_hash
    from highlights where id <= :largest""",
    """insert into appearances
    select highlight_id + :offset, document_id, file_id, line, position, page_line,
        uid || ':' || :offset, alias, pair, claim
    from appearances where highlight_id <= :largest""",
    """insert into highlight_links
    select highlight_id + :offset, link_id, position, label, offer from highlight_links
    where highlight_id <= :largest""",
    """insert into highlight_tags
    select highlight_id + :offset, tag_id, position from highlight_tags where highlight_id <= :largest""",
)


def resolve_links(scratch: Path, store: Path) -> None:
    source = random.Random(0)
    db = sqlite3.connect(store)
    links = [url for (url,) in db.execute("select url from links where short = 1")]
    db.close()
    with (scratch / "links.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("url", "final_url", "status", "title", "checked_at"))
        for url in links:
            number = int(source.paretovariate(0.4)) % 100_000
            final = f"https://site{number % 300}.example/work/{number}"
            writer.writerow((url, final, "resolved", f"Work {number}", "2022-12-01T00:00:00Z"))
    map_file = str(scratch / "links.csv")
    subprocess.run(
        [*COMMAND, "links", "import", map_file, "--db", str(store)], check=True, capture_output=True
    )


def label_rows(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        connection.executemany(
            "insert into topics (name, slug) values (?, ?)", [(f"Topic {n}", f"topic-{n}") for n in range(60)]
        )
        connection.execute(
            "insert into highlight_topics select id, 1 + (id * 7919) % 60, 'hashtag', 1.0 from highlights"
            " where id % 3 = 0"
        )
        connection.executemany(
            "update resources set kind = ? where id % 5 = ?", [(kind, n) for n, kind in enumerate(KINDS)]
        )
        started = time.perf_counter()
        refresh_counts(connection)
        print(f"counted again in {time.perf_counter() - started:.2f} s")
    connection.execute("analyze")


def find_pages(store: Path) -> dict[str, str]:
    """What to request, the largest of each kind."""
    db = sqlite3.connect(store)

    def largest(facet: str) -> str:
        query = "select value from facet_counts where facet = ? order by count desc"
        return str(db.execute(query, (facet,)).fetchone()[0])

    thread = db.execute("select thread_id from tweets where thread_id > 0 group by 1 order by count(*) desc")
    document = db.execute("select document_id from highlights group by 1 order by count(*) desc limit 1")
    resource = db.execute("select resource_id from shared_resources order by shared desc")
    root, table = f"/{store.stem}/-", f"/{store.stem}/highlights.json?_size=50&_extra=facet_results"
    return {
        **{name: f"{root}/{name}" for name in ("home", "reading", "plots", "health", "highlights")},
        **{name: f"{root}/{name}" for name in ("documents", "authors", "topics", "tags", "resources")},
        "documents, most": f"{root}/documents?sort=most&category=tweets",
        "documents, by title": f"{root}/documents?sort=title&category=books",
        "documents, words": f"{root}/documents?q=garden",
        "authors, by name": f"{root}/authors?sort=name",
        "authors, words": f"{root}/authors?q=author12",
        "resources, newest": f"{root}/resources?sort=newest&kind=paper",
        "highlights of a month": f"{root}/highlights?on=2022-03&category=articles",
        "tag": f"{root}/tag/{largest('tag')}",
        "home as a feed": f"{root}/home.atom",
        "topic as JSON": f"{root}/topic/{largest('topic')}.json",
        "reading, one kind": f"{root}/reading?kind=paper",
        "reading, kind and site": f"{root}/reading?kind=paper&site=site7.example",
        "search, a rare word": f"{root}/search?q=theorem+eigenvalue",
        "search, two words": f"{root}/search?q=memory+garden",
        "search, a common word": f"{root}/search?q=the",
        "thread": f"{root}/thread/{thread.fetchone()[0]}",
        "document": f"{root}/document/{document.fetchone()[0]}",
        "topic": f"{root}/topic/{largest('topic')}",
        "resource": f"{root}/resource/{resource.fetchone()[0]}",
        "author": f"{root}/author/{largest('author_id')}",
        "table highlights, all facets": table.replace(".json", ""),
        "the same, one category": f"{table}&category=articles".replace(".json", ""),
        "facets, no filter": table,
        "facets, one category": f"{table}&category=articles",
        "facets, one year": f"{table}&year=2022",
        "facets, one author": f"{table}&author_id={largest('author_id')}",
        **{f"query: {query.name}": f"/{store.stem}/{query.name}.json?{PARAMETERS}" for query in QUERIES},
    }


def measure(store: Path, pages: dict[str, str], beside: list[str] | None) -> None:
    """Print each page's times; with `beside`, a command that runs meanwhile and must succeed."""
    from gleanings.commands.serve import make_datasette

    async def ask() -> None:
        datasette = make_datasette(store)
        await datasette.invoke_startup()
        for address in pages.values():
            await time_request(datasette, address)
        process = (
            subprocess.Popen(beside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) if beside else None
        )
        rounds = 0
        while process.poll() is None if process else rounds < 1:
            rounds += 1
            for name, address in pages.items():
                count, used = ROUNDS // (4 if beside else 1), time.process_time()
                times = sorted([await time_request(datasette, address) for _ in range(count)])
                used = (time.process_time() - used) * 1000 / count
                if rounds == 1:
                    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
                    print(
                        f"{name:<34}{statistics.median(times):>7.0f} ms{p95:>7.0f} ms{used:>7.0f} ms",
                        flush=True,
                    )
        if process:
            said = process.communicate()[0].decode()
            print(
                f"the import ended with {process.returncode} after {rounds} rounds: {said.splitlines()[-1]}"
            )

    asyncio.run(ask())


async def time_request(datasette: Any, address: str) -> float:
    """Milliseconds; raises unless there is an answer."""
    started = time.perf_counter()
    response = await datasette.client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
