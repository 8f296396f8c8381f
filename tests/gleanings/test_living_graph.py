"""Import a graph that changes: any sequence of edits ends in the same rows as a fresh import."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.import_kills import kill_imports
from benchmarks.pages import generate_pages
from tests.gleanings.running import CODE, ROOT, run
from tests.shared import SHARED
from tests.store.stores import read_state

pytestmark = pytest.mark.slow  # whole runs, again and again

CORPUS = SHARED / "corpus" / "logseq-graph" / "pages"


def write_graph(folder: Path, highlights: int) -> Path:
    pages = folder / "graph" / "pages"
    pages.mkdir(parents=True)
    for name, text in generate_pages(highlights, seed=5):
        (pages / name).write_text(text)
    return folder / "graph"


def copy_corpus(folder: Path, count: int = 120) -> Path:
    pages = folder / "graph" / "pages"
    pages.mkdir(parents=True)
    for page in sorted(CORPUS.glob("*.md"))[:: max(1, 720 // count)]:
        shutil.copyfile(page, pages / page.name)
    return folder / "graph"


def state(path: Path) -> dict[str, list[tuple[object, ...]]]:
    db = sqlite3.connect(path)
    try:
        return read_state(db)
    finally:
        db.close()


# edits that users and Readwise make


def append_section(page: Path, chance: random.Random) -> None:
    number = chance.randrange(10**6)
    new = "\n- New highlights added [[Feb 25th, 2023]] at 5:56 PM\n\t- Appended"
    view = f"([View Highlight](https://read.readwise.io/read/01h{number:023}))"
    page.write_text(page.read_text().rstrip("\n") + f"{new} {number} {view}")


def add_wikilink(page: Path, chance: random.Random) -> None:
    page.write_text(page.read_text().replace(" the ", " [[the]] ", 1 + chance.randrange(3)))


def rename(page: Path, chance: random.Random) -> None:
    page.rename(page.with_name(f"renamed {chance.randrange(10**9)}.md"))


def delete_highlight(page: Path, chance: random.Random) -> None:
    lines = page.read_text().split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("\t- ")]
    if starts:
        start = chance.choice(starts)
        after = [n for n, line in enumerate(lines) if n > start and line.startswith(("\t- ", "- "))]
        page.write_text("\n".join(lines[:start] + lines[after[0] if after else len(lines) :]))


def delete_page(page: Path, chance: random.Random) -> None:
    page.unlink()


def keep_old_title_too(page: Path, chance: random.Random) -> None:
    shutil.copyfile(page, page.with_name(f"old title {chance.randrange(10**9)}.md"))


def edit_words(page: Path, chance: random.Random) -> None:
    page.write_text(page.read_text().replace("a ", "one ", 1))


EDITS: list[Callable[[Path, random.Random], None]] = [
    append_section,
    append_section,
    add_wikilink,
    add_wikilink,
    rename,
    delete_highlight,
    delete_page,
    keep_old_title_too,
    edit_words,
]


@pytest.mark.parametrize("source", ["generated", "corpus"])
def test_successive_states_end_in_the_same_rows_as_a_fresh_import(tmp_path: Path, source: str) -> None:
    if source == "corpus" and not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    graph = write_graph(tmp_path, 400) if source == "generated" else copy_corpus(tmp_path)
    chance = random.Random(11)
    run("import", graph, cwd=tmp_path)
    for _ in range(5):
        for page in sorted((graph / "pages").glob("*.md")):
            if chance.random() < 0.3:
                chance.choice(EDITS)(page, chance)
        ran = run("import", graph, cwd=tmp_path)
        assert (ran.code, "Traceback" in ran.err) == (0, False)
    run("import", graph, "--db", "fresh.db", cwd=tmp_path)
    lived, fresh = state(tmp_path / "gleanings.db"), state(tmp_path / "fresh.db")
    for table, rows in fresh.items():
        assert lived[table] == rows, table
    assert run("doctor", cwd=tmp_path).out.count("mend") == 0


def test_a_page_that_was_deleted_and_restored_is_read_again(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 60)
    run("import", graph, cwd=tmp_path)
    before = state(tmp_path / "gleanings.db")
    page = sorted((graph / "pages").glob("*.md"))[0]
    page.rename(tmp_path / "kept.md")
    assert "- 0 removed" not in run("import", graph, cwd=tmp_path).out
    again = run("import", graph, "--json", cwd=tmp_path).json
    assert (again["files"]["gone"], again["removed"]) == (0, 0)
    (tmp_path / "kept.md").rename(page)
    assert "+ 0 added" not in run("import", graph, cwd=tmp_path).out
    assert state(tmp_path / "gleanings.db") == before


def test_undo_reverts_the_last_import(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 80)
    run("import", graph, cwd=tmp_path)
    before = state(tmp_path / "gleanings.db")
    chance = random.Random(3)
    for page in sorted((graph / "pages").glob("*.md"))[::2]:
        chance.choice(EDITS)(page, chance)
    run("import", graph, cwd=tmp_path)
    after = state(tmp_path / "gleanings.db")
    assert after != before
    assert run("undo", "--yes", cwd=tmp_path).code == 0
    assert state(tmp_path / "gleanings.db") == before
    run("import", graph, cwd=tmp_path)
    assert state(tmp_path / "gleanings.db") == after


def test_killed_imports_end_in_the_same_state_as_an_uninterrupted_one(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 3000)
    run("import", graph, "--db", "whole.db", cwd=tmp_path)
    expected = state(tmp_path / "whole.db")
    assert kill_imports(graph, tmp_path, 20, seed=2, longest=0.9) > 5
    assert run("import", graph, cwd=tmp_path).code == 0
    assert state(tmp_path / "gleanings.db") == expected
    assert run("doctor", "--fix", cwd=tmp_path).code in (0, 1)


def test_two_simultaneous_imports_both_succeed(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 2000)
    command = [sys.executable, "-c", CODE, "import", str(graph)]
    both = [subprocess.Popen(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}) for _ in range(2)]
    assert sorted(process.wait() for process in both) in ([0, 0], [0, 75])
    assert run("import", graph, "--db", "alone.db", cwd=tmp_path).code == 0
    assert state(tmp_path / "gleanings.db") == state(tmp_path / "alone.db")


def test_an_open_cursor_does_not_block_an_import(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 60)
    run("import", graph, cwd=tmp_path)
    reader = sqlite3.connect(tmp_path / "gleanings.db")
    cursor = reader.execute("select * from highlights")
    cursor.fetchone()
    append_section(sorted((graph / "pages").glob("*.md"))[0], random.Random(1))
    assert run("import", graph, cwd=tmp_path).code == 0
    reader.close()


def test_a_locked_store_is_reported(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 10)
    run("import", graph, cwd=tmp_path)
    other = sqlite3.connect(tmp_path / "gleanings.db", isolation_level=None)
    other.execute("begin immediate")
    ran = run("import", graph, cwd=tmp_path)
    assert (ran.code, ran.err.count("\n")) == (75, 1)
    assert "locked" in ran.err
    other.close()
