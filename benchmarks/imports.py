"""How long an import takes compared with its floor: reading the files, then one `executemany` a table.

The floor writes the very rows that the import made, with the same schema (indices, full text, triggers), in
raw sqlite3, in one transaction; it does not parse, merge or look anything up. `shared` is the default, with a
process for each core, `alone` is `--jobs 1`; `cores` is shared / alone. Goals on two free cores: 3,400 files
at most 1.5 times the floor, 100,000 highlights at most 0.6 times alone, and with nothing changed at most
0.5 s for 7,000 files. The processors' time is that of all processes of `shared`; on a busy machine it means
more than the seconds. Each measurement is a process of its own, and peak memory is that of the largest one.

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
        f"{'':<12}{'files':>7}{'highlights':>12}{'floor':>9}{'shared':>9}{'ratio':>7}{'alone':>9}{'cores':>7}"
        f"{'cpu':>8}{'again':>8}{'memory':>9}"
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
    alone = run_child("alone", folder, place.with_suffix(".alone.db"))
    first = run_child("import", folder, place.with_suffix(".db"))
    again = run_child("import", folder, place.with_suffix(".db"))
    floor = run_child("floor", folder, place.with_suffix(".db"), place.with_suffix(".floor.db"))
    files = sum(len(names) for _, _, names in os.walk(folder))
    count = sqlite3.connect(place.with_suffix(".db")).execute("select count(*) from highlights").fetchone()[0]
    print(
        f"{label:<12}{files:>7,}{count:>12,}{floor[0]:>8.2f}s{first[0]:>8.2f}s{first[0] / floor[0]:>7.2f}"
        f"{alone[0]:>8.2f}s{first[0] / alone[0]:>7.2f}{first[2]:>7.2f}s{again[0]:>7.2f}s{first[1]:>6.0f} MB",
        flush=True,
    )


def run_child(*arguments: object) -> tuple[float, float, float]:
    """(seconds, peak memory in MB, seconds of the processor) of one measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.imports", "--child", *map(str, arguments)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, megabytes, processor = map(float, printed[-3:])
    return seconds, megabytes, processor


def import_folder(folder: Path, db: Path, *options: str) -> float:
    """Seconds of the whole command, its start-up included."""
    return time_process(db.parent, "-c", CODE, "import", str(folder), "--db", str(db), *options)[0]


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
        places = [Path(path) for path in paths]
        if kind == "floor":
            seconds = write_floor(*places)
        else:
            seconds = import_folder(places[0], places[1], *(["--jobs", "1"] if kind == "alone" else []))
        used = resource.getrusage(resource.RUSAGE_SELF if kind == "floor" else resource.RUSAGE_CHILDREN)
        print(seconds, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)
    else:
        main([int(argument) for argument in sys.argv[1:]] or [3_300, 15_500, 100_000])
