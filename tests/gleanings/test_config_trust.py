"""A configuration is used only where it is the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gleanings.running import Ran, run

UNNAMED = {"GLEANINGS_CONFIG": ""}


def here(folder: Path, *words: object, **more: str) -> Ran:
    """A command that finds the configuration by itself."""
    return run(*words, cwd=folder, environment={**UNNAMED, **more})


def write_config(folder: Path, text: str = 'db = "mine.db"\n') -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(0o644)
    folder.chmod(0o755)
    return path


def test_a_configuration_in_the_folder_needs_an_approval_after_each_edit(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    refused = here(tmp_path, "config", "--show")
    assert refused.code == 2
    assert "`gleanings config allow`" in refused.err
    assert "have not approved" in refused.err
    assert here(tmp_path, "config", "allow").out == f"Approved: {path}\n"
    assert 'db = "mine.db"' in here(tmp_path, "config", "--show").out
    path.write_text('db = "theirs.db"\n')
    assert "it has changed" in here(tmp_path, "status").err
    assert here(tmp_path, "config", "--show", "--config", "config.toml").code == 0


def test_an_approval_is_for_one_place(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    config = {"XDG_CONFIG_HOME": str(tmp_path / "own")}
    for folder in (first, second):
        folder.mkdir()
        write_config(folder)
    assert here(first, "config", "allow", **config).code == 0
    assert here(first, "config", "--show", **config).code == 0
    assert here(second, "config", "--show", **config).code == 2


@pytest.mark.parametrize("of_folder", [False, True])
@pytest.mark.parametrize("mode", [0o020, 0o002])
def test_others_may_not_write_it(tmp_path: Path, mode: int, of_folder: bool) -> None:
    path = write_config(tmp_path)
    assert here(tmp_path, "config", "allow").code == 0
    open_to_others = tmp_path if of_folder else path
    open_to_others.chmod(open_to_others.stat().st_mode | mode)
    for words in (("config", "--show"), ("config", "allow")):
        ran = here(tmp_path, *words)
        assert (ran.code, f"chmod go-w {open_to_others}" in ran.err) == (2, True)


@pytest.mark.parametrize("key", ["url", '"u\\u0072l"'])
def test_the_token_goes_elsewhere_only_by_a_named_configuration(tmp_path: Path, key: str) -> None:
    write_config(tmp_path, f'[readwise]\n{key} = "https://evil.example"\n')
    ran = here(tmp_path, "config", "allow")
    assert (ran.code, "would send the token elsewhere" in ran.err) == (2, True)
    assert here(tmp_path, "config", "--show", "--config", "config.toml").code == 0


@pytest.mark.parametrize("text", ['[links]\nproxy = "environment"\n', 'links.proxy = "environment"\n'])
def test_a_proxy_is_used_only_by_a_named_configuration(tmp_path: Path, text: str) -> None:
    write_config(tmp_path, text)
    ran = here(tmp_path, "config", "allow")
    assert (ran.code, "leave the check of addresses to a proxy" in ran.err) == (2, True)
    assert here(tmp_path, "expand", "--offline").code == 2
    assert here(tmp_path, "config", "--show", "--config", "config.toml").code == 0
    write_config(tmp_path, '[links]\nproxy = ""\n')
    assert here(tmp_path, "config", "allow").code == 0


def test_init_approves_what_it_writes(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    tmp_path.chmod(0o755)
    words = ("init", "--graph", "graph", "--no-notes", "--yes", "--config", "config.toml", "--db", "a.db")
    assert here(tmp_path, *words).code == 0
    (tmp_path / "config.toml").chmod(0o644)
    assert here(tmp_path, "config", "--show").code == 0


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    write_config(
        tmp_path, '[sync]\nping = "https://hc.example/hidden"\n[readwise]\nurl = "https://u:pw@r.example"\n'
    )
    for words in ([], ["--json"]):
        out = here(tmp_path, "config", "--show", "--config", "config.toml", *words).out
        assert "ping" in out

        assert "hc.example" not in out
        assert "pw" not in out


def test_the_example_is_printed_and_accepted(tmp_path: Path) -> None:
    out = run("config", "--example", cwd=tmp_path).out
    write_config(tmp_path, out)
    assert here(tmp_path, "config", "--check", "--config", "config.toml").code == 0
    write_config(tmp_path, here(tmp_path, "config", "--show", "--config", "config.toml").out)
    assert here(tmp_path, "config", "--check", "--config", "config.toml").code == 0


@pytest.mark.parametrize("name", ["notes.txt", "notes.txt.1"])
def test_a_file_that_is_not_a_log_stays_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / name).write_text("# my own lines\n")
    write_config(
        tmp_path,
        f'[import]\npaths = ["graph"]\nallow_empty = true\n[readwise]\nenabled = false\n'
        f'[sync]\nlog = "{tmp_path}/notes.txt"\nlog_bytes = 10\n',
    )
    ran = run("sync", cwd=tmp_path)
    assert f"{name} is not a log of gleanings" in ran.err
    assert (tmp_path / name).read_text() == "# my own lines\n"
