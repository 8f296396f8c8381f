"""Export to pages of the user's own: our section goes below their words, until they delete it."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.note_places import Flavour
from gleanings.steps.own_pages import find_blocks
from store.files import PageLine
from tests.gleanings.running import ROOT, Ran, list_flavours, query, run

GRAPH = ROOT / "example" / "graph"
MINE = {
    "logseq": ("pages/memory.md", "- what I think of memory\n\t- a thought #of-mine\n"),
    "markdown": ("topics/memory.md", "# Memory\n\nWhat I think of it.\n\n- a list\n"),
    "obsidian": ("topics/memory.md", "---\ntags: [mine]\n---\n# Memory\n\nWhat I think of it.\n"),
}
each_flavour = pytest.mark.parametrize("flavour", list_flavours("obsidian"))


def start(folder: Path, flavour: str, config: str = "") -> Path:
    """Import a graph and write a page of the user's own that has the name of a topic."""
    (folder / "config.toml").write_text(f"[export]\nsettle_seconds = 0\n{config}")
    path, text = MINE[flavour]
    page = folder / "notes" / path
    page.parent.mkdir(parents=True)
    page.write_text(text)
    assert run("import", GRAPH, cwd=folder).code == 0
    return page


def export(folder: Path, flavour: str, *options: str) -> Ran:
    return run("export", "notes", "--flavour", flavour, "--yes", *options, cwd=folder)


def change(folder: Path, old: str, new: str) -> None:
    import sqlite3

    with sqlite3.connect(folder / "gleanings.db") as db:
        db.execute("update highlights set text = replace(text, ?, ?)", (old, new))
    db.close()


@each_flavour
def test_our_section_goes_below_the_users_words_and_only_once(tmp_path: Path, flavour: str) -> None:
    page = start(tmp_path, flavour)
    ran = export(tmp_path, flavour)
    assert (ran.code, ran.err) == (0, "")
    first = page.read_text()
    assert first.startswith(MINE[flavour][1].rstrip("\n"))
    assert first.count("## From gleanings") == 1
    assert "Forgetting is not a leak" in first
    assert "gleanings:" not in first
    assert "+ 0 new  ~ 0 changed" in export(tmp_path, flavour).out
    assert page.read_text() == first


@each_flavour
def test_new_text_goes_into_our_section_and_the_users_edits_stay(tmp_path: Path, flavour: str) -> None:
    page = start(tmp_path, flavour)
    export(tmp_path, flavour)
    bullet = "\t- " if flavour == "logseq" else "\n"
    page.write_text(page.read_text().rstrip("\n") + f"\n{bullet}and below yours\n")
    change(tmp_path, "not a leak", "NO leak")
    assert export(tmp_path, flavour).code == 0
    text = page.read_text()
    assert "Forgetting is NO leak" in text
    assert "and below yours" in text
    assert text.startswith(MINE[flavour][1].rstrip("\n"))


@each_flavour
def test_a_section_that_the_user_deleted_stays_deleted(tmp_path: Path, flavour: str) -> None:
    page = start(tmp_path, flavour)
    export(tmp_path, flavour)
    page.write_text(MINE[flavour][1] + "\nafter all\n" * (flavour != "logseq"))
    before = page.read_bytes()
    change(tmp_path, "not a leak", "NO leak")
    assert export(tmp_path, flavour).code == 0
    assert page.read_bytes() == before


@each_flavour
def test_with_leave_the_page_is_skipped_and_named(tmp_path: Path, flavour: str) -> None:
    page = start(tmp_path, flavour, 'own_pages = "leave"\n')
    ran = export(tmp_path, flavour)
    assert ran.code == 1
    assert page.read_text() == MINE[flavour][1]
    assert f"{MINE[flavour][0]}: skipped, gleanings did not write this file" in ran.err


def test_a_skipped_page_is_named_once_then_counted(tmp_path: Path) -> None:
    start(tmp_path, "markdown", 'own_pages = "leave"\n')
    first = export(tmp_path, "markdown")
    assert "memory.md: skipped, gleanings did not write this file" in first.err
    for _ in range(2):
        again = export(tmp_path, "markdown")
        assert (again.code, again.err) == (first.code, "1 note skipped as before (-v lists them)\n")
    assert "memory.md: skipped" in export(tmp_path, "markdown", "-v").err
    assert "memory.md: skipped" in export(tmp_path, "markdown", "--dry-run").err


def test_a_page_that_was_just_edited_waits_for_the_next_export(tmp_path: Path) -> None:
    page = start(tmp_path, "markdown")
    (tmp_path / "config.toml").write_text("")
    ran = export(tmp_path, "markdown")
    assert (ran.code, page.read_text()) == (1, MINE["markdown"][1])
    assert "edited just now, left for next time" in ran.err
    assert export(tmp_path, "markdown", "--force").code == 0
    assert "From gleanings" in page.read_text()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("something else", "title:: Memory\n\n- mine\n"),
        ("Brain", "alias:: mind, [[MEMORY]]\n\n- mine\n"),
        ("MEMORY", "- mine\n"),
    ],
)
def test_in_logseq_a_page_is_found_by_its_name_not_its_file_name(
    tmp_path: Path, name: str, text: str
) -> None:
    start(tmp_path, "logseq").unlink()
    page = tmp_path / "notes" / "pages" / f"{name}.md"
    page.write_text(text)
    assert export(tmp_path, "logseq").code == 0
    assert "Forgetting is not a leak" in page.read_text()
    assert not (tmp_path / "notes" / "pages" / "memory.md").exists()
    assert "[[memory]]" in (tmp_path / "notes" / "pages" / "Index.md").read_text()
    assert "+ 0 new  ~ 0 changed" in export(tmp_path, "logseq").out


def test_a_page_that_highlights_come_from_is_never_written_to(tmp_path: Path) -> None:
    pages = tmp_path / "graph" / "pages"
    pages.mkdir(parents=True)
    page = pages / "Small Hours.md"
    page.write_text(
        'title:: Small Hours\nauthor:: [[Orla Finch]]\nfull-title:: "Small Hours"\ncategory:: #articles\n\n'
        "- Highlights first synced by [[Readwise]] [[Jan 9th, 2022]]\n"
        "\t- The kettle first. ([View Highlight](https://read.readwise.io/read/01fv0000000000000000000009))\n"
    )
    before = page.read_bytes()
    (tmp_path / "config.toml").write_text('[export]\nnotes = ["documents"]\n')
    assert run("import", "graph", cwd=tmp_path).code == 0
    ran = run("export", "graph", "--flavour", "logseq", cwd=tmp_path)
    assert (ran.code, page.read_bytes()) == (0, before)
    assert "The kettle first." in (pages / "Small Hours (Orla Finch).md").read_text()


def test_our_section_below_the_users_words_is_not_imported(tmp_path: Path) -> None:
    start(tmp_path, "logseq")
    export(tmp_path, "logseq")
    before = query(tmp_path / "gleanings.db", "select uid, text from highlights order by uid")
    assert run("import", "notes", "--db", "other.db", cwd=tmp_path).code == 0
    assert query(tmp_path / "other.db", "select count(*) from highlights") == [(0,)]
    assert run("import", "notes", cwd=tmp_path).code == 0
    assert query(tmp_path / "gleanings.db", "select uid, text from highlights order by uid") == before


ALIASES = {
    "logseq": ("pages/Memory.md", "alias:: remembering\n\n- mine\n"),
    "markdown": ("topics/Memory.md", "alias:: remembering\n\n- mine\n"),
    "obsidian": ("topics/Memory.md", "---\naliases: [remembering]\n---\nmine\n"),
}


@each_flavour
def test_the_users_page_keeps_its_aliases_with_our_section_below(tmp_path: Path, flavour: str) -> None:
    path, text = ALIASES[flavour]
    (tmp_path / "config.toml").write_text("[export]\nsettle_seconds = 0\n")
    page = tmp_path / "notes" / path
    page.parent.mkdir(parents=True)
    page.write_text(text)
    for folder in (GRAPH, "notes"):
        assert run("import", folder, cwd=tmp_path).code == 0
    export(tmp_path, flavour)
    assert "From gleanings" in page.read_text()
    assert run("import", "notes", cwd=tmp_path).code == 0
    store = tmp_path / "gleanings.db"
    assert query(store, "select page, alias from topic_aliases") == [("Memory", "remembering")]
    assert query(store, "select gone_at from files where path = ?", path) == [(None,)]
    page.write_text(page.read_text().replace("remembering", "recollection"))
    assert run("import", "notes", cwd=tmp_path).code == 0
    assert query(store, "select alias from topic_aliases") == [("recollection",)]
    assert "+ 0 new" in export(tmp_path, flavour).out


ID = "0a1b2c3d-0000-4000-8000-00000000000{}"
OUTLINE = (
    f"- one\n  id:: {ID.format(1)}\n- two\n\t- below\n\t  id:: {ID.format(2)}\n- three\n  id:: {ID.format(3)}"
)
PASSAGES = "one\ngoes on ^a1\n\ntwo\n\n^b2\n\n- three ^c-3"


@pytest.mark.parametrize(
    ("text", "flavour", "lines", "found"),
    [
        (OUTLINE, "logseq", (0, 1, 3, 4, 6, 8), {1: ID.format(1), 4: ID.format(2), 6: ID.format(3)}),
        (PASSAGES, "obsidian", (0, 1, 4, 8, 9), {1: "a1", 8: "c-3"}),
        ("one\n" + "x" * 19_990 + "\n^a", "obsidian", (1, 4), {1: "a"}),
        ("one\n" + "x" * 20_000 + "\n^a", "obsidian", (1, 4), {}),
    ],
)
def test_a_block_has_the_id_that_follows_before_the_next_one(
    text: str, flavour: Flavour, lines: tuple[int, ...], found: dict[int, str]
) -> None:
    highlights = [PageLine("/p.md", "d", str(number), number) for number in lines]
    assert find_blocks(text, highlights, flavour) == {str(number): id_ for number, id_ in found.items()}
