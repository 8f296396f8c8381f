"""How fast the outline reader is beside a plain loop over the same lines: `python -m benchmarks.outline [MB]`.

A machine's speed cancels out of the ratio; the goal is half the plain loop's speed.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

from benchmarks.pages import generate_pages
from ingest.outline import parse_outline

ROUNDS = 5
"""The best of them counts: the others tell what else the machine was doing."""


def count_bullets(text: str) -> int:
    """The lines and bullets of `text`: the least that a reader in Python has to do."""
    lines = bullets = 0
    for line in text.split("\n"):
        lines += 1
        if line.lstrip().startswith("- "):
            bullets += 1
    return lines + bullets


def make_pages(megabytes: float) -> list[str]:
    """Pages of at least so many megabytes as UTF-8."""
    texts: list[str] = []
    size = 0
    for _, text in generate_pages(highlights=10**9):
        texts.append(text)
        size += len(text.encode())
        if size >= megabytes * 1e6:
            break
    return texts


def measure(read: Callable[[str], object], texts: list[str]) -> float:
    """The best round's seconds over all the texts."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        start = time.perf_counter()
        for text in texts:
            read(text)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    texts = make_pages(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    loop, outline = measure(count_bullets, texts), measure(parse_outline, texts)
    print(f"{len(texts):,} pages, {megabytes:.1f} MB, best of {ROUNDS}")
    print(f"plain line loop  {megabytes / loop:6.1f} MB/s")
    print(f"parse_outline    {megabytes / outline:6.1f} MB/s")
    print(f"ratio            {loop / outline:6.2f}")


if __name__ == "__main__":
    main()
