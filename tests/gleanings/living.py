"""Simulate a graph in use: Logseq rewrites pages in place, and its user edits notes."""

from __future__ import annotations

import contextlib
import random
import re
import threading
import time
from pathlib import Path

LINES = 40
PAGES = 8
_STAMP = re.compile(r"edition (\d+) line (\d+)")


class Writer:
    """Rewrite pages of its own and add words to notes until `end` is called."""

    stored = """
    select group_concat(h.text, char(10)) from highlights as h join documents as d on d.id = h.document_id
    where d.title like 'Living %' and h.gone_at is null group by d.id
    """

    def __init__(self, pages: Path, notes: Path) -> None:
        self.words: list[str] = []
        self.pages_written = 0
        self._pages = pages
        self._notes = notes
        self._chance = random.Random(8)
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, args=(work,)) for work in (self._rewrite, self._edit)
        ]

    def begin(self) -> None:
        """Start both threads."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Finish the current edits and stop."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def is_whole(self, text: str) -> bool:
        """Return whether a stored page is a single edition with all of its lines."""
        found = _STAMP.findall(text)
        return len({edition for edition, _ in found}) == 1 and len({line for _, line in found}) == LINES

    def _loop(self, work: object) -> None:
        assert callable(work)
        while not self._over.is_set():
            work()

    def _rewrite(self) -> None:
        """Truncate a page and write it again in three parts, with pauses."""
        number, edition = self._chance.randrange(PAGES), self.pages_written
        head = (
            f"title:: Living {number}\ncategory:: #articles\n\n"
            "- Highlights first synced by [[Readwise]] [[Jan 9th, 2022]]"
        )
        lines = [
            f"\t- Word for word edition {edition} line {line} "
            f"([View Highlight](https://read.readwise.io/read/01h{number:011}{line:012}))"
            for line in range(LINES)
        ]
        data = "\n".join([head, *lines]).encode()
        third = len(data) // 3
        with (self._pages / f"Living {number}.md").open("wb") as file:
            for part in (data[:third], data[third : 2 * third], data[2 * third :]):
                file.write(part)
                file.flush()
                time.sleep(self._chance.random() * 0.05)
        self.pages_written += 1
        time.sleep(self._chance.random() * 0.2)

    def _edit(self) -> None:
        """Add a word to the end of a note, saved in place or as a new file, as editors do."""
        time.sleep(self._chance.random() * 0.4)
        notes = sorted(self._notes.rglob("*.md"))
        if not notes:
            return
        note, word = self._chance.choice(notes), f"userword{len(self.words):04}x"
        with contextlib.suppress(FileNotFoundError):
            text = note.read_bytes().rstrip(b"\n") + f"\n\n{word}\n".encode()
            if len(self.words) % 2:
                note.write_bytes(text)
            else:
                new = note.with_name(f".{note.name}.new")
                new.write_bytes(text)
                new.replace(note)
            self.words.append(word)
