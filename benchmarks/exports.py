"""Measure an export and a second one with nothing new, compared with a mere walk of the folder.

The baseline is a Python that starts, walks the folder and reads each file's size and time. Goal: with
nothing new at most 1 s for 7,000 documents in any flavour. Each measurement is a process of its own;
processor time is printed as well as elapsed time, for machines with other load.

    python -m benchmarks.exports [highlights]
"""

from __future__ import annotations

import os
import sys
import tempfile
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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 32_000)
