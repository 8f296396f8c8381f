"""How fast outlines are read, compared with a plain loop over the same lines: `python -m benchmarks.outline
[MB]`.

In memory, and from files in a temporary folder (which the system has cached).
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.pages import generate_pages
from ingest.outline import parse_outline

T = TypeVar("T")

ROUNDS = 7
"""The best of them counts: the others tell what else the machine was doing."""


def count_bullets(text: str) -> int:
    """The lines and bullets of `text`: the least that a reader in Python can do."""
    lines = bullets = 0
    for line in text.split("\n"):
        lines += 1
        if line.lstrip().startswith("- "):
            bullets += 1
    return lines + bullets


def make_pages(megabytes: float) -> list[str]:
    """Pages of at least this many megabytes as UTF-8."""
    texts: list[str] = []
    size = 0
    for _, text in generate_pages(highlights=10**9):
        texts.append(text)
        size += len(text.encode())
        if size >= megabytes * 1e6:
            break
    return texts


def measure(read: Callable[[T], object], sources: Sequence[T]) -> float:
    """The best round's seconds over all the sources."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        start = time.perf_counter()
        for source in sources:
            read(source)
        best = min(best, time.perf_counter() - start)
    return best


def read_page(path: Path) -> str:
    """The page's text with its own line endings."""
    return path.read_bytes().decode()


def save_pages(texts: list[str], folder: Path) -> list[Path]:
    """The paths of the pages, written into `folder`."""
    paths = [folder / f"{number}.md" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text.encode())
    return paths


def print_speeds(where: str, megabytes: float, loop: float, outline: float) -> None:
    print(
        f"{where:11} plain loop {megabytes / loop:6.1f} MB/s   "
        f"parse_outline {megabytes / outline:6.1f} MB/s   ratio {loop / outline:5.2f}"
    )


def main() -> None:
    texts = make_pages(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts):,} pages, {megabytes:.1f} MB, best of {ROUNDS}")
    print_speeds("in memory", megabytes, measure(count_bullets, texts), measure(parse_outline, texts))
    with tempfile.TemporaryDirectory() as folder:
        paths = save_pages(texts, Path(folder))
        loop = measure(lambda path: count_bullets(read_page(path)), paths)
        outline = measure(lambda path: parse_outline(read_page(path)), paths)
    print_speeds("from files", megabytes, loop, outline)


if __name__ == "__main__":
    main()
