"""Three questions, one configuration; and the environment of the store is checked."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import click
import pytest

from gleanings.commands.init import Given, print_result
from gleanings.config import parse_config
from gleanings.setup.config_template import Answers, render_config, write_new
from gleanings.setup.note_folders import describe_places, find_note_folders
from tests.gleanings.running import CODE, ROOT, Ran, query, run
from tests.gleanings.syncing import sync, write_place


def make_graph(folder: Path, pages: int = 1) -> Path:
    (folder / "logseq").mkdir(parents=True)
    (folder / "logseq" / "config.edn").write_text("{}")
    (folder / "pages").mkdir()
    for number in range(pages):
        (folder / "pages" / f"{number}.md").write_text("- x")
    return folder


def make_vault(folder: Path) -> Path:
    (folder / ".obsidian").mkdir(parents=True)
    return folder


def init(home: Path, *arguments: object) -> Ran:
    surroundings = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / "data"),
    }
    return run("init", *arguments, cwd=home, environment=surroundings)


# looking


def test_graphs_and_vaults_are_found_in_the_usual_places(tmp_path: Path) -> None:
    places = [
        make_graph(tmp_path / "Documents" / "notes" / "big", 9),
        make_graph(tmp_path / "logseq", 4),
        make_graph(tmp_path / "Library/Mobile Documents/iCloud~com~logseq~logseq/Documents/mine", 2),
        make_vault(tmp_path / "Dropbox" / "vault"),
    ]
    assert {place.folder for place in find_note_folders(tmp_path)} == set(places)
    assert find_note_folders(tmp_path)[0].folder == places[0], "the biggest first"


def test_graphs_and_vaults_registered_by_their_programs_are_found_anywhere(tmp_path: Path) -> None:
    graph, vault = (
        make_graph(tmp_path / "far" / "a" / "b" / "c" / "d" / "graph"),
        make_vault(tmp_path / "x" / ".v" / "w"),
    )
    registry = tmp_path / ".logseq" / "graphs"
    registry.mkdir(parents=True)
    (registry / f"logseq_local_{str(graph).replace('/', '++')}.transit").write_text("")
    (registry / "logseq_local_++gone++away.transit").write_text("")
    obsidian = tmp_path / ".config" / "obsidian"
    obsidian.mkdir(parents=True)
    (obsidian / "obsidian.json").write_text(
        json.dumps({"vaults": {"1": {"path": str(vault)}, "2": {"path": "/gone"}}})
    )
    assert {place.folder for place in find_note_folders(tmp_path)} == {graph, vault}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"vaults": [1]}', '{"vaults": {"1": {"path": 3}}}'])
def test_a_malformed_registry_is_ignored(tmp_path: Path, text: str) -> None:
    (tmp_path / ".config" / "obsidian").mkdir(parents=True)
    (tmp_path / ".config" / "obsidian" / "obsidian.json").write_text(text)
    assert find_note_folders(tmp_path) == []


def test_other_folders_and_deep_ones_are_ignored(tmp_path: Path) -> None:
    make_graph(tmp_path / "Documents" / "1" / "2" / "3" / "4" / "5" / "graph")
    for name in (".hidden", "node_modules", "__pycache__", "venv", "bak", "assets", "journals"):
        make_vault(tmp_path / "Documents" / name / "vault")
    (tmp_path / "Documents" / "pages").mkdir()
    (tmp_path / "Documents" / "loop").symlink_to(tmp_path / "Documents")
    assert find_note_folders(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [
        "Documents", "Logseq", "logseq", "Obsidian", "obsidian", "Notes", "notes", "vaults", "Dropbox",
        "OneDrive", "Nextcloud", "Sync", "Desktop", "Library/CloudStorage",
        "Library/Mobile Documents/iCloud~com~logseq~logseq/Documents",
        "Library/Mobile Documents/iCloud~md~obsidian/Documents",
        "Library/Mobile Documents/com~apple~CloudDocs",
    ],
)  # fmt: skip
def test_each_usual_place_is_searched_three_levels_deep(tmp_path: Path, name: str) -> None:
    graph = make_graph(tmp_path / name / "a" / "b" / "graph")
    make_graph(tmp_path / name / "a" / "b" / "c" / "d" / "graph")
    assert [place.folder for place in find_note_folders(tmp_path)] == [graph]
    assert describe_places(tmp_path) == (
        f"{tmp_path} and its folders, {name} (3 levels deep), and what Logseq and Obsidian have opened"
    )


# writing


def test_the_result_names_what_is_read_and_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    answers = Answers(Path("/a.db"), (Path("/g"), Path("/e")), Path("/n"))
    found = [Given(Path("/g"), "Logseq graph", 1200), Given(Path("/e"), "folder", 0)]
    print_result(Path("/c.toml"), answers, found, as_json=False)
    assert capsys.readouterr().out == (
        "Written: /c.toml\nIt reads /g (Logseq graph, 1,200 files).\n"
        "It reads /e (folder, 0 files): nothing to import yet.\nIt writes notes to /n.\nThe store is /a.db.\n"
        "Next:\n  gleanings sync --dry-run    see what would be done\n  gleanings sync              do it\n"
        "  gleanings schedule          run it automatically\n"
    )
    without = replace(answers, notes=None)
    print_result(Path("/c.toml"), without, found, as_json=False)
    assert "It writes no notes.\n" in capsys.readouterr().out
    with click.Context(click.Command("init"), obj={}) as context:
        print_result(Path("/c.toml"), without, found[:1], as_json=True)
    assert context.obj == {
        "config": "/c.toml", "db": "/a.db", "graphs": ["/g", "/e"], "notes": None,
        "found": [{"path": "/g", "kind": "Logseq graph", "files": 1200}],
    }  # fmt: skip


def test_the_configuration_is_read_back_unchanged(tmp_path: Path) -> None:
    odd = Path('/home/ada/my "graph" \\ 100% é')
    answers = Answers(odd / "a.db", (odd, Path("/b")), odd / "notes", "logseq")
    config = parse_config(render_config(answers), "c")
    assert (config.db, config.import_.paths) == (str(odd / "a.db"), (str(odd), "/b"))
    assert (config.export.folder, config.export.flavour) == (str(odd / "notes"), "logseq")
    assert parse_config(render_config(Answers(odd, (odd,), None)), "c").export.folder == ""


def test_without_a_terminal_the_found_and_default_values_are_used(tmp_path: Path) -> None:
    graph = make_graph(tmp_path / "Documents" / "mine", 3)
    ran = init(tmp_path, "--yes")
    assert (ran.code, ran.err) == (0, "")
    config = parse_config((tmp_path / ".config/gleanings/config.toml").read_text(), "c")
    assert config.import_.paths == (str(graph),)
    surroundings = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    assert run("sync", cwd=tmp_path, environment=surroundings).code == 0
    assert (tmp_path / "gleanings-notes").is_dir()


def test_options_answer_the_questions(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    ran = init(tmp_path, "--graph", "here", "--no-notes", "--config", "c.toml", "--db", "a.db", "--json")
    assert ran.json["graphs"] == [str(tmp_path / "here")]
    assert parse_config((tmp_path / "c.toml").read_text(), "c").db == str(tmp_path / "a.db")


def test_what_was_found_is_counted_and_the_file_named(tmp_path: Path) -> None:
    make_graph(tmp_path / "mine", 3)
    make_vault(tmp_path / "empty")
    given = ("--graph", "mine", "--graph", "empty", "--no-notes", "--config", "c.toml", "--db", "a.db")
    said = init(tmp_path, *given).out
    assert said.startswith(f"Written: {tmp_path}/c.toml\n")
    assert f"It reads {tmp_path}/mine (Logseq graph, 3 files).\n" in said
    assert f"It reads {tmp_path}/empty (Obsidian vault, 0 files): nothing to import yet.\n" in said
    assert "It writes no notes." in said


def test_without_a_graph_it_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "Documents").mkdir()
    ran = init(tmp_path, "--yes")
    assert ran.code == 2
    assert all(
        word in ran.err for word in (f"Looked in {tmp_path}", "Documents", "Obsidian", "--graph FOLDER")
    )


def test_a_single_page_of_highlights_is_accepted(tmp_path: Path) -> None:
    page = ROOT / "example" / "graph" / "pages" / "The Slow Reader (highlights).md"
    ran = init(tmp_path, "--graph", page, "--no-notes", "--config", "c.toml", "--json")
    assert [(each["kind"], each["files"]) for each in ran.json["found"]] == [("file", 1)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--graph", "/etc/passwd"), "/etc/passwd is not a page of highlights"),
        (("--graph", "/dev/null"), "neither a file nor a folder"),
        (("--graph", ".", "--token-file", "~"), "cannot read the token file"),
        (("--graph", ".", "--token-file", "nowhere"), "cannot read the token file"),
        (("--graph", ".", "--token-file", "open"), "chmod 600"),
        (("--graph", ".", "--token-file", "prose"), "not a Readwise token"),
        (("--graph", ".", "--notes", "prose"), "is not a folder"),
        (("--graph", ".", "--db", "prose"), "is not a gleanings database"),
        (("--graph", ".", "--db", "."), "--db names a file"),
    ],
)
def test_an_answer_that_cannot_work_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    (tmp_path / "open").write_text("abcdefgh1234")
    (tmp_path / "open").chmod(0o644)
    (tmp_path / "prose").write_text("~/my token")
    (tmp_path / "prose").chmod(0o600)
    ran = init(tmp_path, *arguments, "--config", "c.toml")
    assert (ran.code, reason in ran.err) == (2, True), ran.err
    assert not (tmp_path / "c.toml").exists()


def test_a_dry_run_prints_the_configuration_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    ran = init(tmp_path, "--graph", "here", "--no-notes", "--dry-run")
    assert parse_config(ran.out, "printed").import_.paths == (str(tmp_path / "here"),)
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "here"]


def test_an_existing_configuration_is_kept(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("# mine\n")
    ran = init(tmp_path, "--graph", tmp_path, "--config", "c.toml")
    assert (ran.code, "already exists" in ran.err) == (2, True)
    assert (tmp_path / "c.toml").read_text() == "# mine\n"


def test_without_a_terminal_and_without_answers_nothing_is_guessed(tmp_path: Path) -> None:
    make_graph(tmp_path / "Documents" / "mine")
    assert (init(tmp_path).code, (tmp_path / ".config").exists()) == (2, False)
    assert init(tmp_path / "Documents", "--yes", "--graph", "nowhere").code == 2


def test_a_mistyped_graph_gets_a_hint(tmp_path: Path) -> None:
    make_graph(tmp_path / "my-graph")
    assert f"did you mean {tmp_path}/my-graph?" in init(tmp_path, "--graph", "my-grpah").err


def answer_questions(here: Path, token: bytes, *, mistake: bytes = b"") -> tuple[int, bytes]:
    """The exit code of `init` on a terminal, given the second graph and a token, and its whole output."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, "init"],
        cwd=here,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HOME": str(here),
            "XDG_CONFIG_HOME": str(here / ".config"),
        },
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    said = b""
    for question, answer in (
        (b"number or a path", b"2"),
        (b"A folder [", b"~/reading"),
        *([(b"or Enter", mistake)] if mistake else []),
        (b"or Enter", token),
    ):
        until = time.monotonic() + 30
        asked = len(said)
        while question not in said[asked:] and time.monotonic() < until:
            said += os.read(master, 1000)
        os.write(master, answer + b"\n")
    code = process.wait(30)
    with contextlib.suppress(OSError):  # what Linux says at a terminal's end
        while part := os.read(master, 1000):
            said += part
    os.close(master)
    return code, said


def test_a_path_is_not_taken_for_a_token(tmp_path: Path) -> None:
    for name in ("big", "small"):
        make_graph(tmp_path / "Documents" / name, 1)
    code, said = answer_questions(tmp_path, b"", mistake=b"~/token.txt")
    assert (code, b"not a Readwise token" in said) == (0, True)
    assert not (tmp_path / ".config" / "gleanings" / "readwise-token").exists()


def test_questions_are_asked_on_a_terminal(tmp_path: Path) -> None:
    make_graph(tmp_path / "Documents" / "big", 9)
    make_graph(tmp_path / "Documents" / "small", 1)
    code, said = answer_questions(tmp_path, b"secret-token")
    assert code == 0
    text = (tmp_path / ".config/gleanings/config.toml").read_text()
    assert "Documents/small" in text
    assert f'folder = "{tmp_path}/reading"' in text
    token = tmp_path / ".config" / "gleanings" / "readwise-token"
    assert (token.read_text(), token.stat().st_mode & 0o777) == ("secret-token\n", 0o600)
    assert (b"secret-token" in said, "secret-token" in text) == (False, False)
    assert re.sub(r"\s+", " ", said.decode()).split(" The store is ")[0] == (
        f"Three questions for a new configuration, {tmp_path}/.config/gleanings/config.toml. "
        "1. Where is the graph (or vault, or folder)? "
        f"1 {tmp_path}/Documents/big (logseq, 9 pages) "
        f"2 {tmp_path}/Documents/small (logseq, 1 page) "
        "A number or a path [1]: 2 "
        "2. Where do notes go? A separate folder is safest; - for no notes. "
        f"A folder [{tmp_path}/gleanings-notes]: ~/reading "
        "3. A token for Readwise's API (readwise.io/access_token)? Optional: files are enough. "
        f"The token, or Enter for none: Written: {tmp_path}/.config/gleanings/config.toml "
        f"It reads {tmp_path}/Documents/small (Logseq graph, 1 file). "
        f"It writes notes to {tmp_path}/reading."
    )


def test_an_existing_token_is_never_overwritten(tmp_path: Path) -> None:
    for name in ("big", "small"):
        make_graph(tmp_path / "Documents" / name, 1)
    token = tmp_path / ".config" / "gleanings" / "readwise-token"
    token.parent.mkdir(parents=True)
    token.write_text("mine")
    code, said = answer_questions(tmp_path, b"secret-token")
    assert (code, token.read_text()) == (2, "mine")
    assert b"Traceback" not in said
    assert b"File exists" in said
    assert not (token.parent / "config.toml").exists()


def test_the_token_of_an_init_that_was_killed_before_its_end_is_used(tmp_path: Path) -> None:
    for name in ("big", "small"):
        make_graph(tmp_path / "Documents" / name, 1)
    assert answer_questions(tmp_path, b"secret-token")[0] == 0
    config = tmp_path / ".config" / "gleanings" / "config.toml"
    config.unlink()  # the last file that it writes
    (config.parent / f".readwise-token.{2**22 + 1}.tmp").write_text(
        "secr"
    )  # and one of another that was killed
    ran = init(tmp_path, "--yes")
    assert (ran.code, "secret-token" in ran.out + ran.err) == (0, False)
    assert "readwise-token" in ran.err
    assert f'token_file = "{config.parent / "readwise-token"}"' in config.read_text()
    assert list(config.parent.glob(".*.tmp")) == []


# the doctor


def test_doctor_reports_nothing_if_all_is_well(tmp_path: Path) -> None:
    here = write_place(tmp_path, 20)
    sync(here)
    ran = run("doctor", "-v", cwd=here, environment={"HOME": str(here)})
    assert (ran.code, "no problems" in ran.out) == (0, True)
    assert all(
        f"= {check}" in ran.out for check in ("config", "paths", "permissions", "disk", "clock", "full text")
    )


def test_doctor_works_before_the_first_import(tmp_path: Path) -> None:
    ran = run("doctor", cwd=tmp_path, environment={"HOME": str(tmp_path)})
    assert (ran.code, "does not exist yet" in ran.out, "`gleanings import PATH`" in ran.out) == (
        0,
        True,
        True,
    )
    assert list(tmp_path.iterdir()) == []
    misspelt = run("doctor", "--db", "glaenings.db", cwd=tmp_path, environment={"HOME": str(tmp_path)})
    assert (misspelt.code, "misspelt?" in misspelt.out) == (1, True)


def test_doctor_finds_problems_around_the_store(tmp_path: Path) -> None:
    here = write_place(tmp_path, 20, more='ping = "https://example.org/secret-uuid"\n')
    sync(here, environment={"GLEANINGS_PING": "none"})
    (here / "config.toml").chmod(0o644)
    (here / "graph").rename(here / "garph")
    query(here / "gleanings.db", "select 1")
    change(here / "gleanings.db", "update runs set started_at = '2099-01-01T00:00:00Z'")
    ran = run("doctor", cwd=here, environment={"HOME": str(here)})
    assert ran.code == 1
    assert all(f"! {check}:" in ran.out for check in ("paths", "permissions", "clock"))
    assert "secret-uuid" not in ran.out


def change(path: Path, statement: str) -> None:
    import sqlite3

    db = sqlite3.connect(path)
    db.execute(statement)
    db.commit()
    db.close()


def test_doctor_finds_a_schedule_that_does_not_run(tmp_path: Path) -> None:
    here = write_place(tmp_path, 20)
    sync(here)
    change(here / "gleanings.db", "update runs set finished_at = '2020-01-01T00:00:00Z'")
    units = here / ".config" / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "gleanings.timer").write_text("# Written by `gleanings schedule`, which takes it away again.\n")
    (units / "gleanings.service").write_text("ExecStart=/gone/gleanings sync\n")
    out = run("doctor", cwd=here, environment={"HOME": str(here)}).out
    assert "! schedule: systemd calls a program other than" in out
    assert "! last success: 2020-01-01" in out


def test_backup_copies_the_store_and_prints_the_path(tmp_path: Path) -> None:
    here = write_place(tmp_path, 20)
    sync(here)
    ran = run("backup", "--json", cwd=here)
    assert query(Path(ran.json["file"]), "select count(*) from highlights") == [(20,)]
    assert run("backup", here / "gleanings.db", cwd=here).code == 2
    before = sorted(here.rglob("*"))
    assert run("backup", "--dry-run", cwd=here).code == 0
    assert sorted(here.rglob("*")) == before


def test_a_new_file_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    killed = tmp_path / "new" / f".config.toml.{2**22 + 1}.tmp"  # no process has such a high number
    killed.parent.mkdir()
    killed.write_text("half")
    write_new(path, "words\n", mode=0o600)
    assert list(path.parent.iterdir()) == [path]
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("words\n", 0o600)
    with pytest.raises(FileExistsError):
        write_new(path, "others\n")
    link = tmp_path / "new" / "link"
    link.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        write_new(link, "others\n")
    link.unlink()
    assert path.read_text() == "words\n"
    assert list(path.parent.iterdir()) == [path]
