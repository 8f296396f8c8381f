"""What commands print on stdout and stderr, their exit codes, and which files they make."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gleanings.cli import _call
from tests.gleanings.test_json import NOT_STORED, RUNS, VOLATILE

GOLDEN = Path(__file__).parents[1] / "data" / "printed"
ALSO_VOLATILE = (
    (r"[^\s=>]+/gleanings(?=</string>| sync)", "gleanings"),
    (r"(?<=\*:)\d\d(?=:)|(?<=<integer>)\d+(?=</integer>\n\t\t?</dict>)", "<minute>"),
    (r"(-before-\w+)-\d\.db", r"\1.db"),  # the second in one second
    (r"[0-9a-f]{64}", "<hash>"),
    (r"[\d.]+(?= s$| MB)", "0.0"),
)
PLAIN = [words for words, code in RUNS if code != 2 and words not in NOT_STORED]
MORE = [
    "config --json allow",
    "config --config nowhere.toml allow",
    "import graph -v",
    "topics memory",
    "topics memory --borderline",
    "topics add calm && topics add calm",
    "topics add calm memory --dry-run",
    "topics accept mathematics",
    "topics accept --all --dry-run",
    "topics merge memory calculus",
    "topics drop memory",
    "topics rename memory recall",
    "topics rename memory Memory",
    "topics rename memory calculus",
    "export",
    "export config.toml",
    "export notes --remove",
    "export notes --flavour obsidian -v",
    "export notes && export notes --verify",
    "export notes && export notes --remove --dry-run",
    "export notes && export notes --remove --yes",
    "export --write-templates t && export --write-templates t --dry-run",
    "search memory --limit 1",
    "search readers",
    "versions --limit 1",
    "status -v",
    "sync --dry-run -v",
    "backup copy.db && restore copy.db",
    "backup copy.db && restore copy.db --yes",
    "undo 2",
    "undo 2 --yes",
    "undo 2 --yes && redo --yes",
    "undo 2 --yes && status",
    "links import links.csv && links export map.csv",
    "links import links.csv && links export map.json --all",
    "links import links.csv && expand --offline",
    "links import links.csv && export notes",
    "schedule --kind systemd",
    "schedule --kind launchd",
    "restore gleanings.db --db new.db",
    "restore gleanings.db --db new.db --dry-run",
]
"""Of several commands, the last one's lines."""


def describe_files(before: Path, after: Path) -> str:
    """The files that are new, and the configuration if it is another one; the store is not shown."""
    new = (path.relative_to(after) for path in after.rglob("*") if path.is_file())
    lines = sorted(f"+ {path}\n" for path in new if not (before / path).exists() and "db-" not in path.name)
    config = (after / "config.toml").read_text()
    return "".join(lines) + (config if config != (before / "config.toml").read_text() else "")


@pytest.mark.parametrize(
    "arguments", [*(words for words, code in RUNS if code != 2 and words not in NOT_STORED), *MORE]
)
def test_a_command_prints_the_expected_lines(
    library: Path,
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    check_golden: Callable[[Path, str], None],
    arguments: str,
) -> None:
    monkeypatch.chdir(copy)
    for name, value in {
        "COLUMNS": "80",
        "HOME": str(copy),
        "XDG_CONFIG_HOME": str(copy / ".config"),
        "XDG_DATA_HOME": str(copy / ".data"),
        "XDG_STATE_HOME": str(copy / ".state"),
        "GLEANINGS_CONFIG": "config.toml",
    }.items():
        monkeypatch.setenv(name, value)
    for command in arguments.split(" && "):
        capsys.readouterr()
        code, _ = _call(command.split(), {})
    out, err = capsys.readouterr()
    shown = f"{out}--- stderr\n{err}--- exit {code}\n" + describe_files(library, copy)
    shown = shown.replace(str(copy), "<here>")
    for pattern, text in (*VOLATILE, *ALSO_VOLATILE):
        shown = re.sub(pattern, text, shown, flags=re.MULTILINE)
    check_golden(GOLDEN / f"{re.sub(r'[^a-zA-Z0-9.]+', '-', arguments)}.txt", shown)
