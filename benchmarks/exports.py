"""Measure an export and a second one with nothing new, compared with bare programs that touch the same files.

The baseline is a Python process that starts, walks the folder and reads each file's size and time. Goal: with
nothing new at most 1 s for 7,000 documents in any flavour. Each measurement is a process of its own;
processor time is printed as well as elapsed time, for machines with other load.

Then the first export's flushes are counted, and it is compared with a program that writes the same bytes as
durably, in batches of the same size, on an idle disk and beside a process that keeps the disk busy; then the
same for a library of half the size. Finally, a sync after one new highlight, which should take at most 1 s.

    python -m benchmarks.exports [highlights]
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.pages import generate_pages
from benchmarks.processes import compile_packages, time_process

COMMAND = "from gleanings.cli import main; main()"
WALK = """
import os, sys
for root, folders, names in os.walk(sys.argv[1]):
    for name in names:
        os.stat(os.path.join(root, name))
"""

COUNTED = """
import resource, sys
from export.note_files import Flusher
from gleanings.cli import main
flushers, start = [], Flusher.__init__
def counted(self):
    start(self)
    flushers.append(self)
Flusher.__init__ = counted
try:
    main()
finally:
    calls = sum(each.calls for each in flushers)
    with open("figures", "w") as file:
        file.write(f"{calls} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")
"""
BARE = """
import sys
from pathlib import Path
from export.batch_writer import BATCH_NOTES
from export.note_files import Flusher
source, target = map(Path, sys.argv[1:])
paths = sorted(path.relative_to(source) for path in source.rglob("*.md"))
flusher = Flusher()
for at in range(0, len(paths), BATCH_NOTES):
    batch = [(target / path, target / f"{path}.tmp", source / path) for path in paths[at : at + BATCH_NOTES]]
    for path, temporary, old in batch:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(old.read_bytes())
    flusher.flush_files([temporary for _, temporary, _ in batch])
    for path, temporary, _ in batch:
        temporary.replace(path)
    flusher.flush_folders({path.parent for path, _, _ in batch})
"""
CONFIG = """
readwise.enabled = false
import.paths = ["pages"]
export.folder = "idle"
sync.settle_seconds = 0
"""
BUSY = """
import os
while True:
    with open("load", "wb") as file:
        for _ in range(64):
            file.write(os.urandom(1 << 20))
            file.flush()
            os.fsync(file.fileno())
"""


def main(highlights: int) -> None:
    print(f"{'':<12}{'notes':>8}{'first':>9}{'again':>9}{'cpu':>8}{'walk':>8}{'cpu':>8}{'ratio':>7}")
    compile_packages()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "pages").mkdir()
        for name, text in generate_pages(highlights):
            (folder / "pages" / name).write_text(text, encoding="utf-8")
        time_process(folder, "-c", COMMAND, "import", "pages")
        for flavour in ("markdown", "logseq", "obsidian"):
            measure(folder, flavour)
        print(f"\n{'durably':<12}{'export':>9}{'cpu':>8}{'bare':>9}{'ratio':>7}{'flushes':>9}{'memory':>8}")
        measure_durability(folder, "idle")
        measure_change(folder)
        busy = subprocess.Popen([sys.executable, "-c", BUSY], cwd=folder)
        try:
            measure_durability(folder, "busy")
        finally:
            busy.terminate()
            busy.wait()
        for path in sorted((folder / "pages").glob("*.md"))[::2]:
            path.unlink()
        measure_durability(folder, "half")


def measure(folder: Path, flavour: str) -> None:
    """Print one line for one flavour."""
    first, _ = time_process(folder, "-c", COMMAND, "export", flavour, "--flavour", flavour)
    notes = sum(len(names) for _, _, names in os.walk(folder / flavour))
    again, busy = min(
        time_process(folder, "-c", COMMAND, "export", flavour, "--flavour", flavour) for _ in range(3)
    )
    walk, walking = min(time_process(folder, "-c", WALK, flavour) for _ in range(3))
    print(
        f"{flavour:<12}{notes:>8,}{first:>8.2f}s{again:>8.2f}s{busy:>7.2f}s{walk:>7.2f}s{walking:>7.2f}s"
        f"{busy / walking:>7.1f}",
        flush=True,
    )


def measure_durability(folder: Path, name: str) -> None:
    """Print one line about a first export, and a bare program that writes its notes."""
    for path in folder.glob("gleanings.db*"):
        path.unlink()
    time_process(folder, "-c", COMMAND, "import", "pages")
    export, cpu = time_process(folder, "-c", COUNTED, "export", name)
    flushes, memory = (folder / "figures").read_text().split()
    bare, _ = time_process(folder, "-c", BARE, name, f"{name} bare")
    print(
        f"{name:<12}{export:>8.2f}s{cpu:>7.2f}s{bare:>8.2f}s{export / bare:>7.1f}{flushes:>9}{memory:>6} MB",
        flush=True,
    )


def measure_change(folder: Path) -> None:
    """Print the seconds of a sync after one new highlight, of a library that is exported to `idle`.

    No link is pending; the first of these syncs exports what that changes, and is not counted.
    """
    with closing(sqlite3.connect(folder / "gleanings.db")) as db, db:
        db.execute("update links set status = 'gone' where status = 'pending'")
    (folder / "config.toml").write_text(CONFIG)
    taken = []
    for number, page in enumerate(sorted((folder / "pages").glob("*.md"))[10:15]):
        with page.open("a") as file:
            file.write(
                f"\n\t- A new highlight ([View Highlight](https://read.readwise.io/read/01new{number:021}))\n"
            )
        taken.append(time_process(folder, "-c", COMMAND, "sync"))
    (folder / "config.toml").unlink()
    seconds, cpu = sorted(taken[1:])[len(taken[1:]) // 2]
    print(f"a sync after one new highlight: {seconds:.2f} s, {cpu:.2f} s of the processor", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 32_000)
