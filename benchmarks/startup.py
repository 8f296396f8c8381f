"""How long it takes until anything happens, compared with `python -c pass` in the same run.

    python -m benchmarks.startup [files]

Goals on two shared cores: `gleanings --help` in 0.15 s, a sync with nothing to do on 7,000 files in 1 s. Each
figure is the least of several runs in processes of their own; bytecode is compiled beforehand, as after an
installation. Processor seconds are printed as well, since other programs share it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.pages import generate_pages
from benchmarks.processes import compile_packages, time_process

CODE = "from gleanings.cli import main; main()"
TRIES = 7
HELP_GOAL, SYNC_GOAL = 0.15, 1.0
CONFIG = """\
db = "{here}/gleanings.db"

[import]
paths = ["{here}/graph"]

[export]
folder = "{here}/notes"

[sync]
settle_seconds = 0.0
log = "{here}/sync.log"
"""


def main(files: int) -> None:
    """Print a line a measurement, and end with an error where a goal is missed by the processor's time."""
    compile_packages()
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        count = write_place(here, files)
        time_process(here, "-c", CODE, "sync")
        nothing = measure("python -c pass", here, "-c", "pass")
        helped = measure("gleanings --help", here, "-c", CODE, "--help")
        synced = measure(f"sync, nothing to do, {count:,} files", here, "-c", CODE, "sync", "--quiet")
        print(f"{'':<40}--help {helped / nothing:.1f}, sync {synced / nothing:.0f} times python -c pass")
    if helped > HELP_GOAL or synced > SYNC_GOAL:
        raise SystemExit("a goal is missed")


def write_place(here: Path, files: int) -> int:
    """A graph of about this many pages, without pending links, and its configuration; how many pages it
    is."""
    pages = here / "graph" / "pages"
    pages.mkdir(parents=True)
    for name, text in generate_pages(files * 9 // 2):
        (pages / name).write_text(text.replace("https://t.co/", "t-co-"))
    (here / "config.toml").write_text(CONFIG.format(here=here))
    return len(list(pages.iterdir()))


def measure(label: str, here: Path, *arguments: str) -> float:
    """Print and return the least processor time of several runs, in seconds."""
    times = [time_process(here, *arguments) for _ in range(TRIES)]
    wall, processor = min(each[0] for each in times), min(each[1] for each in times)
    print(f"{label:<40}{wall:>8.3f} s{processor:>10.3f} s of the processor", flush=True)
    return processor


if __name__ == "__main__":
    main(*([int(argument) for argument in sys.argv[1:]] or [7_000]))
