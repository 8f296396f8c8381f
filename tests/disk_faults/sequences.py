"""Random sequences of what readers, programs and disks do, in a small library.

Pages change, the reader edits, moves and deletes notes, commands run and are killed, the store is undone and
restored, the folder is moved. After each step no word of the reader's is lost or doubled, and nothing that
they deleted is back.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from export.note_places import Flavour
from gleanings.config import Config, ExportConfig
from gleanings.steps.notes import ExportOptions, export_notes
from gleanings.steps.pages import find_all_sources, import_pages
from gleanings.steps.undo import plan_redo, plan_undo, revert_run
from markdown_text.note_marks import read_mark
from store.backup import back_up
from store.connection import close_store, open_store
from store.full_backup import restore_backup
from tests.disk_faults.disk import Disk, Mode

CONFIG = Config(export=ExportConfig(settle_seconds=0, ask_above=1.0))
PAGES = 3
FLAVOURS: tuple[Flavour, ...] = ("markdown", "logseq", "obsidian")
HEAD = """title:: Page {0} (highlights)
author:: [[Ada {0}]]
category:: #articles
url:: https://site.test/{0}

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
"""
VIEW = "([View Highlight](https://read.readwise.io/read/01{0:024}))"
WORD = re.compile(r"readerword\d+x")
PASSAGE = re.compile(r"passage(\d+)x")
_HIGHLIGHT = re.compile(r"^(\t*)- .*\bpassage(\d+)x\b")


class World:
    """A graph, a store, a folder of notes, and what the reader did to the notes."""

    def __init__(self, folder: Path, seed: int, disk: Disk | None) -> None:
        self.chance = random.Random(seed)
        self.folder, self.disk = folder, disk
        self.flavour: Flavour = self.chance.choice(FLAVOURS)
        self.store = folder / "gleanings.db"
        self.notes = folder / "notes"
        self.pages: dict[int, dict[int, str]] = {}
        self.words: set[str] = set()
        self.deleted: set[str] = set()
        """Marks of notes that the reader deleted."""
        self.cut: set[tuple[str, int]] = set()
        """Mark of a note, and highlight that the reader deleted from it."""
        self.backups: list[Path] = []
        self.count = 0
        self.steps: list[str] = []
        (folder / "graph").mkdir(parents=True)
        for page in range(PAGES):
            self.pages[page] = {self._next(): "first" for _ in range(self.chance.randrange(1, 4))}
            self._write_page(page)
        for step in (self.import_, self.export):
            step()

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _write_page(self, page: int) -> None:
        path = self.folder / "graph" / f"page {page}.md"
        if page not in self.pages:
            path.unlink(missing_ok=True)
            return
        lines = [
            f"\t- Some {version} words of passage{number}x about #[[soil]] {VIEW.format(number)}\n"
            for number, version in self.pages[page].items()
        ]
        path.write_text(HEAD.format(page) + "".join(lines))

    # --- the source

    def change_page(self) -> None:
        """A highlight is added, changed or removed; or a page goes or comes back."""
        page = self.chance.randrange(PAGES)
        what = self.chance.choice(("add", "add", "change", "remove", "page"))
        if page not in self.pages or what == "page":
            if page in self.pages:
                del self.pages[page]
            else:
                self.pages[page] = {self._next(): "new"}
        elif what == "add":
            self.pages[page][self._next()] = "added"
        elif self.pages[page]:
            number = self.chance.choice(list(self.pages[page]))
            if what == "change":
                self.pages[page][number] = f"changed {self._next()}"
            elif len(self.pages[page]) > 1:
                del self.pages[page][number]
        self._write_page(page)

    # --- the reader

    def list_notes(self) -> list[Path]:
        return sorted(self.notes.rglob("*.md"))

    def add_words(self) -> None:
        """Words at the end of a note, below a highlight, or in a highlight's line."""
        if not (notes := self.list_notes()):
            return
        note = self.chance.choice(notes)
        word = f"readerword{self._next()}x"
        lines = note.read_text().rstrip("\n").split("\n")
        marked = [at for at, line in enumerate(lines) if "passage" in line and "[" not in line[:3]]
        own = f"- {word}" if self.flavour == "logseq" else word
        if not marked or self.chance.random() < 0.4:
            lines += ["", own] if self.flavour != "logseq" else [own]
        elif self.chance.random() < 0.5:
            lines[self.chance.choice(marked)] += f" {word}"
        else:
            at = self.chance.choice(marked) + 1
            indent = re.match(r"\t*", lines[at - 1])[0]  # type: ignore[index]
            lines[at:at] = [f"{indent}\t{own}"] if self.flavour == "logseq" else ["", own, ""]
        note.write_text("\n".join(lines) + "\n")
        self.words.add(word)

    def delete_note(self) -> None:
        notes = [note for note in self.list_notes() if not WORD.search(note.read_text())]
        if len(notes) > 2:
            note = self.chance.choice(notes)
            mark = read_mark(note.read_text())
            note.unlink()
            if mark:
                self.deleted.add(mark)

    def delete_highlight(self) -> None:
        """Delete one highlight's block from a note in Logseq."""
        if self.flavour != "logseq" or not (notes := self.list_notes()):
            return
        note = self.chance.choice(notes)
        lines = note.read_text().split("\n")
        found = [(at, match) for at, line in enumerate(lines) if (match := _HIGHLIGHT.match(line))]
        mark = read_mark(note.read_text())
        if not found or not mark:
            return
        at, match = self.chance.choice(found)
        end = at + 1
        while end < len(lines) and (
            lines[end].startswith(match[1] + "\t") or lines[end].startswith(match[1] + "  ")
        ):
            end += 1
        if WORD.search("\n".join(lines[at:end])):
            return
        note.write_text("\n".join(lines[:at] + lines[end:]))
        self.cut.add((mark, int(match[2])))

    def move_note(self) -> None:
        if not (notes := self.list_notes()) or self.flavour == "logseq":
            return
        note = self.chance.choice(notes)
        target = self.notes / "mine" / f"{note.stem} {self._next()}.md"
        target.parent.mkdir(exist_ok=True)
        note.rename(target)

    def move_folder(self) -> None:
        self.notes = self.notes.rename(self.folder / f"notes-{self._next()}")

    # --- the program

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        db = open_store(self.store, create=True)
        try:
            yield db
        finally:
            close_store(db)

    def import_(self) -> None:
        with self.opened() as db:
            import_pages(db, find_all_sources([self.folder / "graph"]), allow_empty=True)

    def export(self) -> None:
        with self.opened() as db:
            export_notes(db, self.notes, CONFIG, ExportOptions(flavour=self.flavour, confirmed=True))
        self._forget_absent()

    def undo(self) -> None:
        with self.opened() as db:
            plan = plan_undo(db, None)
            if plan.run:
                revert_run(db, None, "undo", plan.run)

    def redo(self) -> None:
        with self.opened() as db:
            plan = plan_redo(db)
            if plan.run:
                revert_run(db, None, "redo", plan.run)

    def back_up(self) -> None:
        target = self.folder / f"copy-{self._next()}.db"
        back_up(self.store, target)
        self.backups.append(target)

    def restore(self) -> None:
        if self.backups:
            restore_backup(self.chance.choice(self.backups), self.store)

    def kill(self) -> None:
        """An import or export that is killed at some disk call."""
        if self.disk is None:
            return
        export = ("export", str(self.notes), "--yes", "--flavour", self.flavour)
        command = self.chance.choice((("import", "graph", "--allow-empty"), export, export))
        (self.folder / "config.toml").write_text("[export]\nsettle_seconds = 0.0\nask_above = 1.0\n")
        self.disk.run(self.folder, *command, mode=Mode.KILL, at=self.chance.randrange(1, 150))
        self._forget_absent()

    # --- what must hold

    def _forget_absent(self) -> None:
        """A deletion holds as long as what was deleted exists; what is highlighted again later is new."""
        with self.opened() as db:
            live = {
                int(PASSAGE.search(text)[1])  # type: ignore[index]
                for (text,) in db.execute("select text from highlights where gone_at is null")
            }
        self.cut = {(mark, number) for mark, number in self.cut if number in live}

    def find_faults(self) -> list[str]:
        texts = {path: path.read_text() for path in self.list_notes()}
        found = [word for text in texts.values() for word in WORD.findall(text)]
        faults = [f"{word} is lost" for word in sorted(self.words - set(found))]
        faults += [f"{word} is there twice" for word in sorted(set(found)) if found.count(word) > 1]
        marks = {path: read_mark(text) for path, text in texts.items()}
        faults += [f"{mark} is back" for mark in sorted(self.deleted & set(filter(None, marks.values())))]
        for path, text in texts.items():
            for mark, number in sorted(self.cut):
                if marks[path] == mark and f"passage{number}x" in text:
                    faults.append(f"passage{number}x is back in {mark}")
        return faults

    def run(self, steps: int) -> list[str]:
        """Take random steps, and a calm end; returns what went wrong first, with the steps before it."""
        for _ in range(steps):
            name = self.chance.choice(STEPS)
            self.steps.append(name)
            step: Callable[[], None] = getattr(self, name)
            step()
            if faults := self.find_faults():
                return [f"{self.flavour}: {self.steps}", *faults]
        for step in (self.import_, self.export, self.export):
            step()
        faults = self.find_faults()
        return [f"{self.flavour}: {self.steps} and the end", *faults] if faults else []


STEPS = (
    *("change_page", "import_", "export") * 3,
    *("add_words", "kill") * 2,
    *("delete_note", "delete_highlight", "move_note", "move_folder", "undo", "redo", "back_up", "restore"),
)


def run_sequence(folder: Path, seed: int, disk: Disk | None, steps: int = 10) -> list[str]:
    """Run the sequence with this number in `folder`, which is deleted; what went wrong."""
    try:
        return World(folder, seed, disk).run(steps)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
