"""`export --remove`: a folder is as it was before the first export, except for what its owner edited."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.gleanings.running import ROOT, Ran, list_flavours, run

CONFIG = "[export]\nsettle_seconds = 0\n"
OWN = {
    "logseq": ("pages/memory.md", "- what I think of memory\n\t- a thought #of-mine\n\n"),
    "markdown": ("topics/memory.md", "# Memory\r\n\r\nWhat I think of it."),
    "obsidian": ("topics/memory.md", "---\ntags: [mine]\n---\n# Memory\n\nWhat I think of it.\n"),
}
each_flavour = pytest.mark.parametrize("flavour", list_flavours("logseq"))


def read_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def start(folder: Path, flavour: str) -> Path:
    """A tracked graph or vault with a page of the user's own, imported and exported to; the folder."""
    graph = folder / "graph"
    shutil.copytree(ROOT / "example" / "graph", graph)
    if flavour == "obsidian":
        shutil.rmtree(graph / "logseq")
        (graph / ".obsidian").mkdir()
        (graph / ".obsidian" / "app.json").write_text("{}")
    path, text = OWN[flavour]
    (graph / path).parent.mkdir(exist_ok=True)
    (graph / path).write_bytes(text.encode())
    (folder / "config.toml").write_text(CONFIG)
    git(graph, "init", "-q")
    git(graph, "add", "-A")
    git(graph, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "mine")
    assert run("import", "graph", cwd=folder).code == 0
    return graph


def git(graph: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=graph, check=True, capture_output=True, text=True).stdout


def show_changes(graph: Path) -> str:
    return git(graph, "status", "--porcelain", "--ignored")


def export(folder: Path, flavour: str, *options: object) -> Ran:
    return run("export", "graph", "--flavour", flavour, "--yes", *options, cwd=folder)


def remove(folder: Path, *options: object, environment: Mapping[str, str] | None = None) -> Ran:
    return run("export", "graph", "--remove", "--yes", *options, cwd=folder, environment=environment)


@each_flavour
def test_an_untouched_graph_is_as_before(tmp_path: Path, flavour: str) -> None:
    graph = start(tmp_path, flavour)
    folders = {path for path in graph.rglob("*") if path.is_dir() and ".git" not in path.parts}
    assert export(tmp_path, flavour).code == 0
    own = graph / OWN[flavour][0]
    assert (b"From gleanings" in own.read_bytes(), show_changes(graph) != "") == (True, True)
    ran = remove(tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "1 section" in ran.out
    assert show_changes(graph) == ""
    assert {path for path in graph.rglob("*") if path.is_dir() and ".git" not in path.parts} == folders
    assert run("undo", "--yes", cwd=tmp_path).code == 0
    assert show_changes(graph) == ""


@each_flavour
def test_edited_notes_are_listed_and_stay(tmp_path: Path, flavour: str) -> None:
    graph = start(tmp_path, flavour)
    export(tmp_path, flavour)
    note = next(path for path in sorted(graph.rglob("*.md")) if "spaced repetition" in path.name.lower())
    note.write_text(note.read_text() + "\n- my own\n")
    own = graph / OWN[flavour][0]
    own.write_text(own.read_text().replace("From gleanings", "From the machine"))
    kept = {path: path.read_bytes() for path in (note, own)}
    ran = remove(tmp_path, "--json")
    assert ran.code == 1
    assert {graph / each["path"] for each in ran.json["left_alone"]} == set(kept)
    assert {path: path.read_bytes() for path in kept} == kept
    changed = git(graph, "status", "--porcelain", "--ignored", "-uall", "-z").split("\0")
    assert sorted(each[3:] for each in changed if each) == sorted(
        str(path.relative_to(graph)) for path in kept
    )
    assert remove(tmp_path).code == 1  # and again
    assert {path: path.read_bytes() for path in kept} == kept


def test_a_dry_run_lists_and_removes_nothing(tmp_path: Path) -> None:
    graph = start(tmp_path, "logseq")
    export(tmp_path, "logseq")
    before = read_files(tmp_path)
    ran = remove(tmp_path, "--dry-run", "--json")
    assert ran.json["restored"] == ["pages/memory.md"]
    assert ".gleanings.json" in ran.json["removed"]
    assert "would be removed" in remove(tmp_path, "--dry-run").out
    assert read_files(tmp_path) == before
    assert set(remove(tmp_path, "--json").json["removed"]) == set(ran.json["removed"])
    assert show_changes(graph) == ""


def test_without_an_answer_nothing_is_removed(tmp_path: Path) -> None:
    graph = start(tmp_path, "logseq")
    export(tmp_path, "logseq")
    before = read_files(graph)
    ran = run("export", "graph", "--remove", cwd=tmp_path)
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert read_files(graph) == before


def test_a_second_removal_asks_nothing_and_says_that_nothing_was_removed(tmp_path: Path) -> None:
    start(tmp_path, "markdown")
    assert run("export", "notes", cwd=tmp_path).code == 0
    note = sorted((tmp_path / "notes").rglob("*.md"))[0]
    note.write_text(note.read_text() + "\nMine.\n")
    os.utime(note, (0, 0))  # not just now
    assert run("export", "notes", "--remove", "--yes", cwd=tmp_path).code == 1
    ran = run("export", "notes", "--remove", cwd=tmp_path)
    assert (ran.code, ran.out) == (1, "notes: removed: nothing; 1 you edited stay\n")
    assert note.read_text().endswith("Mine.\n")


def test_notes_of_a_store_that_was_lost_are_removed_too(tmp_path: Path) -> None:
    graph = start(tmp_path, "logseq")
    export(tmp_path, "logseq")
    (tmp_path / "gleanings.db").unlink()
    assert run("import", "graph", cwd=tmp_path).code == 0
    ran = remove(tmp_path)
    assert ran.code == 1  # the section in the user's page is not known any more
    assert show_changes(graph).split() == ["M", "pages/memory.md"]


def test_notes_that_were_removed_can_be_written_again(tmp_path: Path) -> None:
    graph = start(tmp_path, "markdown")
    export(tmp_path, "markdown")
    first = read_files(graph)
    remove(tmp_path)
    assert export(tmp_path, "markdown").code == 0
    again = read_files(graph)
    assert {path: data for path, data in again.items() if ".git" not in path} == {
        path: data for path, data in first.items() if ".git" not in path
    }


def test_a_moved_note_is_removed_and_the_users_folder_stays(tmp_path: Path) -> None:
    graph = start(tmp_path, "markdown")
    export(tmp_path, "markdown")
    note = next(path for path in sorted(graph.rglob("*.md")) if "spaced repetition" in path.name.lower())
    (graph / "mine").mkdir()
    note.rename(graph / "mine" / "moved.md")
    next(graph.rglob("Reading list.md")).unlink()  # and another one is deleted
    assert remove(tmp_path).code == 0
    assert [path.name for path in (graph / "mine").iterdir()] == []
    assert show_changes(graph) == ""


def test_folders_that_are_empty_without_our_notes_are_removed(tmp_path: Path) -> None:
    graph = start(tmp_path, "markdown")
    (tmp_path / "config.toml").write_text(f'{CONFIG}notes = ["topics", "documents", "authors"]\n')
    export(tmp_path, "markdown")
    shutil.copy(graph / "topics" / "memory.md", graph / "documents")
    assert (graph / "authors").is_dir()
    assert (graph / "documents" / "articles").is_dir()
    assert remove(tmp_path).code == 0
    assert not (graph / "authors").exists()
    assert [path.name for path in (graph / "documents").iterdir()] == ["memory.md"]


def test_nothing_outside_the_folder_is_touched_through_a_link(tmp_path: Path) -> None:
    graph = start(tmp_path, "markdown")
    export(tmp_path, "markdown")
    (graph / "topics").rename(tmp_path / "elsewhere")
    (graph / "topics").symlink_to(tmp_path / "elsewhere")
    before = read_files(tmp_path / "elsewhere")
    ran = remove(tmp_path)
    assert (ran.code, read_files(tmp_path / "elsewhere")) == (1, before)
    assert os.path.islink(graph / "topics")  # noqa: PTH114


@pytest.mark.parametrize("place", ["never", "nowhere"])
def test_a_folder_without_notes_of_ours_is_refused(tmp_path: Path, place: str) -> None:
    start(tmp_path, "markdown")
    (tmp_path / "never").mkdir()
    ran = run("export", place, "--remove", "--yes", cwd=tmp_path)
    assert (ran.code, "no notes were exported there" in ran.err) == (2, True)
    assert run("export", place, "--remove", "--restore", cwd=tmp_path).code == 2
