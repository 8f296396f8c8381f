"""A store with its folder of notes, exported again and again by the tests of living notes."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from export.note_files import WRITES
from export.note_places import Flavour
from gleanings.config import Config, ExportConfig, TopicsConfig
from gleanings.steps.notes import ExportOptions, NotesOutcome, export_notes
from markdown_text.note_marks import read_mark
from store.connection import close_store, open_store

CONFIG = Config(export=ExportConfig(settle_seconds=0, ask_above=1.0, authors=0))
ALIAS = TopicsConfig(aliases={"sourdough": "Bread rising"})


class Library:
    """A store and its folder of notes."""

    def __init__(self, here: Path, imported: Path, flavour: Flavour) -> None:
        here.mkdir(parents=True, exist_ok=True)
        self.here, self.flavour, self.config = here, flavour, CONFIG
        self.notes = here / "notes"
        self._imported = imported
        self.lose_database()

    def lose_database(self) -> None:
        for path in self.here.glob("gleanings.db*"):
            path.unlink()
        shutil.copy(self._imported, self.here / "gleanings.db")

    def open(self) -> sqlite3.Connection:
        return open_store(self.here / "gleanings.db")

    def export(self, *, confirmed: bool = True, **options: bool) -> NotesOutcome:
        db = self.open()
        try:
            chosen = ExportOptions(flavour=self.flavour, confirmed=confirmed, **options)
            return export_notes(db, self.notes, self.config, chosen)
        finally:
            close_store(db)

    def change(self, statement: str) -> None:
        db = self.open()
        db.execute(statement)
        close_store(db)

    def read(self) -> dict[str, str]:
        return {
            path.relative_to(self.notes).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(self.notes.rglob("*.md"))
        }

    def find(self, mark: str) -> list[Path]:
        return [self.notes / path for path, text in self.read().items() if read_mark(text) == mark]

    def move(self) -> None:
        self.notes = self.notes.rename(self.here / f"{self.notes.name}-moved")

    def settle(self) -> None:
        """Export twice; the second time nothing may be written."""
        self.export()
        assert not self.write()

    def write(self) -> set[str]:
        """Export, and return what was done to files."""
        return set(WRITES) & set(+self.export().actions)


def add_words(path: Path, words: str) -> None:
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text}\n- {words}\n", encoding="utf-8")
