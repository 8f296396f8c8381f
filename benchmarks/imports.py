"""How long an import takes beside its floor: reading the files, then one `executemany` a table.

The floor writes the very rows that the import made, with the same schema (indices, full text, triggers), in
raw sqlite3, in one transaction; it does not parse, merge or look anything up. Goal: at most 2.5 times the
floor; with nothing changed at most 0.5 s for 7,000 files. Each measurement is a process of its own, so that
peak memory is its own too.

    python -m benchmarks.imports [highlights …]
"""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.pages import generate_pages
from benchmarks.processes import compile_packages, time_process
from store.migrations import MIGRATIONS, list_statements

CODE = "from gleanings.cli import main; main()"
CORPUS = Path(os.environ.get("GLEANINGS_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "corpus"


def main(sizes: list[int]) -> None:
    print(
        f"{'':<24}{'files':>7}{'highlights':>12}{'floor':>9}{'import':>9}{'ratio':>7}{'again':>8}{'memory':>9}"
    )
    compile_packages()
    with tempfile.TemporaryDirectory() as scratch:
        if CORPUS.is_dir():
            measure("corpus", CORPUS / "logseq-graph", Path(scratch) / "corpus")
        for size in sizes:
            folder = Path(scratch) / f"pages-{size}"
            folder.mkdir()
            for name, text in generate_pages(size):
                (folder / name).write_text(text, encoding="utf-8")
            measure("generated", folder, Path(scratch) / str(size))


def measure(label: str, folder: Path, place: Path) -> None:
    first = run_child("import", folder, place.with_suffix(".db"))
    again = run_child("import", folder, place.with_suffix(".db"))
    floor = run_child("floor", folder, place.with_suffix(".db"), place.with_suffix(".floor.db"))
    files = sum(len(names) for _, _, names in os.walk(folder))
    count = sqlite3.connect(place.with_suffix(".db")).execute("select count(*) from highlights").fetchone()[0]
    print(
        f"{label:<24}{files:>7,}{count:>12,}{floor[0]:>8.2f}s{first[0]:>8.2f}s{first[0] / floor[0]:>7.2f}"
        f"{again[0]:>7.2f}s{first[1]:>6.0f} MB",
        flush=True,
    )


def run_child(*arguments: object) -> tuple[float, float]:
    """(seconds, peak memory in MB) of one measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.imports", "--child", *map(str, arguments)]
    seconds, megabytes = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[
        -2:
    ]
    return float(seconds), float(megabytes)


def import_folder(folder: Path, db: Path) -> float:
    """Seconds of the whole command, its start-up included."""
    return time_process(db.parent, "-c", CODE, "import", str(folder), "--db", str(db))[0]


def write_floor(folder: Path, model: Path, db: Path) -> float:
    """Seconds to read the files and write the rows of `model` to `db`."""
    tables = read_tables(model)
    started = time.perf_counter()
    for root, _, names in os.walk(folder):
        for name in names:
            Path(root, name).read_bytes()
    connection = sqlite3.connect(db, isolation_level=None)
    connection.executescript("pragma journal_mode = wal; pragma synchronous = normal;")
    connection.execute("begin")
    for _, files in MIGRATIONS:
        for statement in list_statements(files):
            connection.execute(statement)
    for table, rows in tables.items():
        if rows:
            connection.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)
    connection.execute("commit")
    connection.close()
    return time.perf_counter() - started


def read_tables(model: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table of ours that triggers or SQLite itself do not fill."""
    connection = sqlite3.connect(model)
    tables = connection.execute("select name, sql from sqlite_master where type = 'table' order by rowid")
    made = {name: (sql or "").lower() for name, sql in tables}
    filled = tuple(f"{name}_" for name, sql in made.items() if sql.startswith("create virtual"))
    names = [
        name
        for name, sql in made.items()
        if not name.startswith(("sqlite_", "_sqlite", *filled))
        and (name == "highlights_cjk" or not sql.startswith("create virtual"))
    ]
    return {
        name if name != "highlights_cjk" else "highlights_cjk (rowid, pairs)": connection.execute(
            f"select {'rowid, pairs' if name == 'highlights_cjk' else '*'} from {name}"
        ).fetchall()
        for name in names
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        kind, *paths = sys.argv[2:]
        seconds = (import_folder if kind == "import" else write_floor)(*map(Path, paths))
        who = resource.RUSAGE_CHILDREN if kind == "import" else resource.RUSAGE_SELF
        print(seconds, resource.getrusage(who).ru_maxrss / 1024)
    else:
        main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000])
