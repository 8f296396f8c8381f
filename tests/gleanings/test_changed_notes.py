"""An export that looks only at what changed writes the same notes as one that renders all of them."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.pages import generate_pages
from export.folder_file import FolderFile
from export.note_places import FLAVOURS, Flavour
from gleanings.config import Config
from gleanings.options import utc_now
from gleanings.steps.known_notes import find_known_notes
from gleanings.steps.note_selection import find_state
from gleanings.steps.notes import (
    ExportOptions,
    NotesOutcome,
    export_notes,
    forget_cached_plan,
    read_note_state,
)
from gleanings.steps.pages import find_all_sources, import_pages
from store.connection import close_store, open_store
from store.folder_states import read_note_changes
from store.note_data import read_outlines
from tests.gleanings.running import list_flavours

ROUNDS = 5


@pytest.mark.parametrize("flavour", list_flavours("obsidian"))
def test_an_export_of_what_changed_writes_what_an_export_of_everything_writes(
    tmp_path: Path, flavour: Flavour
) -> None:
    dice = random.Random(FLAVOURS.index(flavour))
    pages = make_pages(tmp_path, 120)
    db = open_store(tmp_path / "first.db", create=True)
    import_pages(db, find_all_sources([pages]))
    assert export(db, tmp_path / "notes", flavour).actions["create"]
    rendered = 0
    for number in range(ROUNDS):
        change = CHANGES[(number + 3 * FLAVOURS.index(flavour)) % len(CHANGES)]
        change(dice, pages, db, tmp_path / "notes")
        import_pages(db, find_all_sources([pages]))
        db.execute("pragma wal_checkpoint(truncate)")
        shutil.copytree(tmp_path / "notes", tmp_path / f"copy {number}")
        shutil.copy(tmp_path / "first.db", tmp_path / "second.db")
        other = open_store(tmp_path / "second.db")
        follow(other, tmp_path / "notes", tmp_path / f"copy {number}")
        forget_cached_plan(other, tmp_path / f"copy {number}", with_state=True, now=utc_now())
        whole = export(other, tmp_path / f"copy {number}", flavour)
        close_store(other)
        part = export(db, tmp_path / "notes", flavour)
        assert part.actions == whole.actions, change
        assert read_notes(tmp_path / "notes") == read_notes(tmp_path / f"copy {number}"), change
        rendered += sum(bool(write.blocks) for write in part.writes)
        assert part.actions["same"] > 20
    assert rendered < ROUNDS * len(read_notes(tmp_path / "notes"))
    close_store(db)


def test_an_export_after_one_new_highlight_renders_a_few_notes(tmp_path: Path) -> None:
    pages = make_pages(tmp_path, 120)
    db = open_store(tmp_path / "first.db", create=True)
    import_pages(db, find_all_sources([pages]))
    export(db, tmp_path / "notes", "markdown")
    add_highlight(random.Random(3), pages, db, tmp_path)
    import_pages(db, find_all_sources([pages]))
    done = export(db, tmp_path / "notes", "markdown")
    assert 0 < done.actions["update"] < 12
    assert sum(bool(write.blocks) for write in done.writes) < len(done.writes) // 2
    assert not read_note_changes(db, 0).documents, "the changes that every folder shows are forgotten"
    close_store(db)


def test_a_note_of_several_pages_that_was_being_edited_is_tried_again(tmp_path: Path) -> None:
    pages = make_pages(tmp_path, 20)
    sleep = [f"\n- Sleep {n} and rest. {view(n)}\n\t- **Tags**: #sleep\n" for n in range(60)]
    append(sorted(pages.glob("*.md"))[0], "".join(sleep))
    db = open_store(tmp_path / "first.db", create=True)
    import_pages(db, find_all_sources([pages]))
    notes = tmp_path / "notes"
    export(db, notes, "markdown")
    assert (notes / "topics" / "sleep (2).md").exists()
    topic = notes / "topics" / "sleep.md"
    append(topic, "\n- My own words.\n")
    append(sorted(pages.glob("*.md"))[1], f"\n- Sleep well. {view(60)}\n\t- **Tags**: #sleep\n")
    import_pages(db, find_all_sources([pages]))
    assert export(db, notes, "markdown").actions["unsettled"] == 1
    os.utime(topic, (1_600_000_000, 1_600_000_000))
    append(sorted(pages.glob("*.md"))[2], f"\n- Words. {view(61)}\n")
    import_pages(db, find_all_sources([pages]))
    assert export(db, notes, "markdown").actions["merge"] == 1
    assert "My own words" in topic.read_text()
    close_store(db)


def test_an_export_with_nothing_to_do_counts_no_note_that_the_last_one_removed(tmp_path: Path) -> None:
    pages = make_pages(tmp_path, 20)
    db = open_store(tmp_path / "first.db", create=True)
    import_pages(db, find_all_sources([pages]))
    export(db, tmp_path / "notes", "markdown")
    sorted(pages.glob("*.md"))[0].unlink()
    import_pages(db, find_all_sources([pages]))
    actions = export(db, tmp_path / "notes", "markdown").actions
    assert actions["remove"] > 0
    left = {"same": actions["same"] + actions["update"]}
    assert export(db, tmp_path / "notes", "markdown").actions == left
    close_store(db)


def test_a_new_highlight_without_a_link_makes_no_new_reading_list(tmp_path: Path) -> None:
    pages = make_pages(tmp_path, 20)
    first = sorted(pages.glob("*.md"))[0]
    append(first, f"\n- Tide tables: https://tides.example/a {view(1)}\n")
    db = open_store(tmp_path / "first.db", create=True)
    import_pages(db, find_all_sources([pages]))
    notes = tmp_path / "notes"
    export(db, notes, "markdown")
    assert "tides.example" in (notes / "Reading list.md").read_text()
    for number, (words, is_made) in enumerate([("Words.", False), ("Moon: https://moon.example/a", True)], 2):
        append(first, f"\n- {words} {view(number)}\n")
        import_pages(db, find_all_sources([pages]))
        made = [write for write in export(db, notes, "markdown").writes if write.blocks]
        assert ("Reading list.md" in {write.path for write in made}) is is_made
    close_store(db)


def test_what_an_older_version_remembered_of_the_notes_is_not_used(tmp_path: Path) -> None:
    db = open_store(tmp_path / "first.db", create=True)
    import_pages(db, find_all_sources([make_pages(tmp_path, 12)]))
    notes = tmp_path / "notes"
    export(db, notes, "markdown")
    known = find_known_notes(db, notes, [], FolderFile("x"))
    packed, _ = read_note_state(db, notes)
    assert packed is not None
    assert find_state(packed, [], known)[0] is not None
    assert find_state({**packed, "linking": []}, [], known)[0] is None
    close_store(db)


def test_nothing_is_recorded_before_there_is_a_folder_of_notes(tmp_path: Path) -> None:
    db = open_store(tmp_path / "first.db", create=True)
    import_pages(db, find_all_sources([make_pages(tmp_path, 20)]))
    assert not read_note_changes(db, 0).documents
    assert all(not each.text for document in read_outlines(db) for each in document.highlights)
    close_store(db)


def make_pages(folder: Path, highlights: int) -> Path:
    pages = folder / "pages"
    pages.mkdir()
    for number, (name, text) in enumerate(generate_pages(highlights, seed=5)):
        if number % 3 == 0:  # some authors with several documents, some topics with several highlights
            text = text.replace("author:: [[", "author:: [[Ada Shared", 1) if number % 2 else text
            text += "\n- The habit of sleep and of memory. ([View Highlight]"
            text += f"(https://read.readwise.io/read/01hshared00000000000{number:06}))\n"
            text += "\t- **Tags**: #sleep #Memory\n"
        (pages / name).write_text(text, encoding="utf-8")
    return pages


def export(db: sqlite3.Connection, folder: Path, flavour: Flavour) -> NotesOutcome:
    config = Config()
    return export_notes(db, folder, config, ExportOptions(flavour=flavour, confirmed=True))


def follow(db: sqlite3.Connection, old: Path, new: Path) -> None:
    """Have the store take a copied folder for the one that notes were exported to."""
    db.execute("update export_folders set path = ? where path = ?", (str(new), str(old)))
    db.execute("update export_states set key = replace(key, ?, ?)", (str(old), str(new)))


def read_notes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


def pick(dice: random.Random, pages: Path) -> Path:
    return dice.choice(sorted(pages.rglob("*.md")))


def view(number: int) -> str:
    return f"([View Highlight](https://read.readwise.io/read/01hview{number:019}))"


def append(page: Path, text: str) -> None:
    page.write_text(page.read_text(encoding="utf-8") + text, encoding="utf-8")


def add_highlight(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    uid = f"01hnew{dice.randrange(10**18):020}"
    append(
        pick(dice, pages),
        f"\n- A sentence that is new. ([View Highlight](https://read.readwise.io/read/{uid}))\n",
    )


def add_link_and_tag(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    uid = f"01hnew{dice.randrange(10**18):020}"
    append(
        pick(dice, pages),
        f"\n- Read this: https://example.org/a ([View Highlight](https://read.readwise.io/read/{uid}))\n"
        "\t- **Tags**: #memory #Sleep\n\t- **Note**: see [[Sleep]]\n",
    )


def remove_page(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    pick(dice, pages).unlink()


def add_page(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    old = pick(dice, pages).read_text(encoding="utf-8").split("\n- ")[0]
    uid = f"01hnew{dice.randrange(10**18):020}"
    old = old.replace("url:: ", "url:: https://other.example/?").replace("title:: ", "title:: The ")
    text = f"{old}\n- Words. ([View Highlight](https://read.readwise.io/read/{uid}))\n\t- **Tags**: #sleep\n"
    (pages / f"new {uid}.md").write_text(text, encoding="utf-8")


def edit_page(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    page = pick(dice, pages)
    text = (
        page.read_text(encoding="utf-8")
        .replace(" the ", " a ")
        .replace('full-title:: "', 'full-title:: "My ')
    )
    page.write_text(text, encoding="utf-8")


def resolve_link(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    ids = [id_ for (id_,) in db.execute("select id from links where status = 'pending' order by id")]
    if ids:
        db.execute(
            "update links set status = 'resolved', final_url = 'https://example.org/found' where id = ?",
            (dice.choice(ids),),
        )


def edit_note(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    note = pick(dice, notes)
    append(note, "\n- My own words.\n")
    add_highlight(dice, pages, db, notes)


def delete_note(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    documents = [path for path in sorted(notes.rglob("*.md")) if "Index" not in path.name]
    dice.choice(documents).unlink()
    add_link_and_tag(dice, pages, db, notes)


def rename_author(dice: random.Random, pages: Path, db: sqlite3.Connection, notes: Path) -> None:
    page = pick(dice, pages)
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("author:: [[", "author:: [[Ada Shared", 1), encoding="utf-8")


Change = Callable[[random.Random, Path, sqlite3.Connection, Path], None]
CHANGES: tuple[Change, ...] = (
    add_highlight,
    add_link_and_tag,
    edit_page,
    add_page,
    rename_author,
    resolve_link,
    edit_note,
    remove_page,
    delete_note,
)
