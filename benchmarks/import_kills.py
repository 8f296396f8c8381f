"""Imports killed at random moments: the store opens, is whole, and ends as if none had been killed.

    python -m benchmarks.import_kills [kills] [highlights]

Every fifth import begins with no store, so that some kills happen while it is being created.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.pages import generate_pages

ROOT = Path(__file__).resolve().parents[1]
CODE = "from gleanings.cli import main; main()"
STORE = "gleanings.db"
FRESH = 5
"""One import in this many starts with a new store."""


def kill_imports(graph: Path, folder: Path, kills: int, *, seed: int, longest: float = 1.2) -> int:
    """Kill this many imports of `graph` into `folder`'s store; how many were killed before they ended.

    After each the store passes SQLite's own checks, or is not there yet; an AssertionError otherwise.
    """
    chance = random.Random(seed)
    killed = 0
    for number in range(kills):
        if number % FRESH == 0:
            for name in (STORE, f"{STORE}-wal", f"{STORE}-shm"):
                (folder / name).unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, "import", str(graph)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
        )
        time.sleep(0.1 + chance.random() * longest)
        process.kill()
        killed += process.wait() < 0
        if (folder / STORE).exists():
            check_store(folder / STORE)
    return killed


def check_store(path: Path) -> None:
    """Raise AssertionError where SQLite finds the store damaged."""
    db = sqlite3.connect(path)
    try:
        whole = db.execute("pragma integrity_check").fetchall()
        broken = db.execute("pragma foreign_key_check").fetchall()
    finally:
        db.close()
    if whole != [("ok",)] or broken:
        raise AssertionError(f"{path}: {whole} {broken}")


def main(kills: int, highlights: int) -> None:
    """Kill, import, and compare with a store whose import nothing disturbed."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "graph").mkdir()
        for name, text in generate_pages(highlights, seed=5):
            (folder / "graph" / name).write_text(text)
        began = time.perf_counter()
        killed = kill_imports(folder / "graph", folder, kills, seed=2)
        took = time.perf_counter() - began
        for name in (STORE, "whole.db"):
            subprocess.run(
                [sys.executable, "-c", CODE, "import", "graph", "--db", name],
                check=True,
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.DEVNULL,
            )
        same = _list_highlights(folder / STORE) == _list_highlights(folder / "whole.db")
        print(f"{kills} imports of {highlights:,} highlights, {killed} killed before their end, {took:.0f} s")
        print("the store is whole, and the same as one that was never killed" if same else "ROWS DIFFER")
        if not same:
            raise SystemExit(1)


def _list_highlights(path: Path) -> list[tuple[object, ...]]:
    """What a store says of every highlight, except its row's id."""
    check_store(path)
    query = """
        select h.uid, h.text, h.note, h.taken_at, d.uid, h.gone_at, (
            select group_concat(f.path || ':' || a.line) from appearances as a
            join files as f on f.id = a.file_id where a.highlight_id = h.id
        )
        from highlights as h join documents as d on d.id = h.document_id order by h.uid
    """
    db = sqlite3.connect(path)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [200, 3_000][len(numbers) :]))
