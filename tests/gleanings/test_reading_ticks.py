"""The boxes of the reading list: ticked in a file, they are stored, and the item leaves the first page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from export.note_places import Flavour
from store.connection import open_store
from store.links import read_read, save_read
from tests.gleanings.running import query, run

PAGE = """\
title:: Slow Water (highlights)
author:: [[@harbour on Twitter]]
full-title:: "1/ Slow Water Has No..."
category:: #tweets
url:: https://twitter.com/harbour/status/1456916766520246275

- Highlights first synced by [[Readwise]] [[Nov 8th, 2021]]
\t- 1/ Slow water has no hurry. The paper: https://t.co/slowWater1 ([View Tweet](https://twitter.com/harbour/status/1456916766520246275))
\t- Tide tables: https://tides.example/how-tides-work ([View Tweet](https://twitter.com/harbour/status/1456916938486710282))
"""
BOXES: dict[Flavour, tuple[str, str, str]] = {
    "markdown": ("", "[ ] ", "[x] "),
    "logseq": ("pages/", "TODO ", "DONE "),
}
each_flavour = pytest.mark.parametrize(
    "flavour", ["logseq", pytest.param("markdown", marks=pytest.mark.slow)]
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text("[export]\nsettle_seconds = 0\n")
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "Slow Water (highlights).md").write_text(PAGE)
    assert run("import", "graph", cwd=tmp_path).code == 0
    return tmp_path


def export(folder: Path, flavour: str) -> str:
    ran = run("export", "notes", "--flavour", flavour, "--yes", cwd=folder)
    assert ran.code == 0, ran.err
    return ran.out


def ask(folder: Path, statement: str) -> list[tuple[object, ...]]:
    return query(folder / "gleanings.db", statement)


@each_flavour
def test_a_ticked_item_is_stored_and_leaves_the_first_page(folder: Path, flavour: Flavour) -> None:
    below, still_open, done = BOXES[flavour]
    export(folder, flavour)
    first = folder / "notes" / below / "Reading list.md"
    text = first.read_text()
    assert text.count(f"- {still_open}[") == 2
    first.write_text(text.replace(f"{still_open}[How tides work]", f"{done}[How tides work]"))
    export(folder, flavour)
    assert "How tides work" not in first.read_text()
    second = folder / "notes" / below / "Reading list (read).md"
    assert f"- {done}[How tides work](https://tides.example/how-tides-work)" in second.read_text()
    assert ask(folder, "select count(*) from reading_list where read_at is not null") == [(1,)]
    assert "~ 0 changed" in export(folder, flavour)
    second.write_text(second.read_text().replace(f"- {done}", f"- {still_open}"))
    export(folder, flavour)
    assert f"- {still_open}[How tides work]" in first.read_text()
    assert ask(folder, "select count(*) from resources where read_at is not null") == [(0,)]


@each_flavour
@pytest.mark.parametrize("edited", ["Reading list", "Reading list (read)"])
def test_a_tick_that_was_removed_in_the_browser_does_not_return_from_an_edited_page(
    folder: Path, flavour: Flavour, edited: str
) -> None:
    below, still_open, done = BOXES[flavour]
    export(folder, flavour)
    first = folder / "notes" / below / "Reading list.md"
    first.write_text(first.read_text().replace(f"{still_open}[How tides", f"{done}[How tides"))
    export(folder, flavour)
    page = first.with_stem(edited)
    page.write_text(f"{page.read_text()}\n- mine\n")
    with open_store(folder / "gleanings.db") as db:
        save_read(db, dict.fromkeys(read_read(db), False), now="2023-01-09T09:00:00+00:00")
    for _ in range(2):
        export(folder, flavour)
        assert f"- {still_open}[How tides work]" in first.read_text()
        assert ask(folder, "select count(*) from resources where read_at is not null") == [(0,)]
    assert "- mine" in page.read_text()


@each_flavour
def test_a_tick_that_was_removed_in_the_browser_does_not_return_from_a_page_that_is_being_edited(
    folder: Path, flavour: Flavour
) -> None:
    below, still_open, done = BOXES[flavour]
    export(folder, flavour)
    first = folder / "notes" / below / "Reading list.md"
    text = first.read_text().replace(f"{still_open}[How tides", f"{done}[How tides")
    first.write_text(f"{text}\n- mine\n")
    settled = (folder / "config.toml").read_text()
    (folder / "config.toml").write_text(settled.replace("= 0", "= 3600"))
    for read in (1, 0, 0):
        run("export", "notes", "--flavour", flavour, "--yes", cwd=folder)
        assert f"- {done}[How tides work]" in first.read_text()
        assert ask(folder, "select count(*) from resources where read_at is not null") == [(read,)]
        with open_store(folder / "gleanings.db") as db:
            save_read(db, dict.fromkeys(read_read(db), False), now="2023-01-09T09:00:00+00:00")
    (folder / "config.toml").write_text(settled)
    export(folder, flavour)
    assert f"- {still_open}[How tides work]" in first.read_text()
    first.write_text(first.read_text().replace(f"{still_open}[How tides", f"{done}[How tides"))
    export(folder, flavour)
    assert ask(folder, "select count(*) from resources where read_at is not null") == [(1,)]


def test_an_item_keeps_its_state_and_its_logbook_in_logseq(folder: Path) -> None:
    export(folder, "logseq")
    first = folder / "notes" / "pages" / "Reading list.md"
    clock = "CLOCK: [2023-01-09 Mon 09:00:00]--[2023-01-09 Mon 09:10:00] =>  00:10:00"
    book = "".join(f"\n\t\t  {line}" for line in (":LOGBOOK:", clock, ":END:"))
    worked = re.sub(r"TODO (\[How tides work\].*)", r"DOING \1" + book, first.read_text())
    first.write_text(worked)
    assert "~ 0 changed" in export(folder, "logseq")
    assert first.read_text() == worked
    first.write_text(worked.replace("DOING", "DONE"))
    export(folder, "logseq")
    assert "How tides work" not in first.read_text()
    assert "LOGBOOK" not in first.read_text()
    read = (first.parent / "Reading list (read).md").read_text()
    assert re.search(r"- DONE \[How tides work\].*" + re.escape(book), read)
    assert ask(folder, "select count(*) from resources where read_at is not null") == [(1,)]
    assert "~ 0 changed" in export(folder, "logseq")


def test_a_tick_on_a_link_that_is_not_resolved_is_kept(folder: Path) -> None:
    export(folder, "markdown")
    first = folder / "notes" / "Reading list.md"
    assert "not yet resolved" in first.read_text()
    first.write_text(re.sub(r"\[ \](.*slowWater1)", r"[x]\1", first.read_text()))
    export(folder, "markdown")
    read = (first.parent / "Reading list (read).md").read_text()
    assert re.search(r"\[x\].*https://t.co/slowWater1", read)
    assert ask(folder, "select url from links where read_at is not null") == [("https://t.co/slowWater1",)]


def test_one_title_is_shown_everywhere(folder: Path) -> None:
    export(folder, "markdown")
    title = "Slow water has no hurry"
    assert ask(folder, "select shown_title from documents") == [(title,)]
    assert (folder / "notes" / "documents" / "tweets" / f"{title}.md").exists()
    assert title in run("search", "hurry", cwd=folder).out
    assert ask(folder, "select title from threads") == [(title,)]
    page = folder / "graph" / "Slow Water (highlights).md"
    page.write_text(PAGE.replace("no hurry.", "no haste."))
    run("import", "graph", cwd=folder)
    assert ask(folder, "select shown_title from documents") == [("Slow water has no haste",)]
