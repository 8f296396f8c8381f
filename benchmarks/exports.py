"""How long an export takes, and one with nothing new: beside a walk of the folder that it leaves alone.

The floor is a Python that starts, walks the folder and looks at each file's size and time. Goal: with
nothing new at most 1 s for 7,000 documents, whatever the flavour. Each measurement is a process of its own;
processor time stands beside the clock's, for machines that others use too.

    python -m benchmarks.exports [highlights]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.pages import generate_pages

COMMAND = "from gleanings.cli import main; main()"
WALK = """
import os, sys
for root, folders, names in os.walk(sys.argv[1]):
    for name in names:
        os.stat(os.path.join(root, name))
"""


def main(highlights: int) -> None:
    print(f"{'':<12}{'notes':>8}{'first':>9}{'again':>9}{'cpu':>8}{'walk':>8}{'cpu':>8}{'ratio':>7}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "pages").mkdir()
        for name, text in generate_pages(highlights):
            (folder / "pages" / name).write_text(text, encoding="utf-8")
        run(folder, COMMAND, "import", "pages")
        for flavour in ("markdown", "logseq", "obsidian"):
            measure(folder, flavour)


def measure(folder: Path, flavour: str) -> None:
    """Print one line for one flavour."""
    first, _ = run(folder, COMMAND, "export", flavour, "--flavour", flavour)
    notes = sum(len(names) for _, _, names in os.walk(folder / flavour))
    again, busy = min(run(folder, COMMAND, "export", flavour, "--flavour", flavour) for _ in range(3))
    walk, walking = min(run(folder, WALK, flavour) for _ in range(3))
    print(
        f"{flavour:<12}{notes:>8,}{first:>8.2f}s{again:>8.2f}s{busy:>7.2f}s{walk:>7.2f}s{walking:>7.2f}s"
        f"{busy / walking:>7.1f}",
        flush=True,
    )


def run(folder: Path, code: str, *arguments: str) -> tuple[float, float]:
    """Seconds by the clock and of processor time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", code, *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        time.perf_counter() - started,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 32_000)
