"""`--json` is a contract: one object with the same keys from every command, even after errors."""

from __future__ import annotations

import errno
import gc
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from gleanings.cli import INTERRUPTED, LazyGroup, main
from gleanings.json_report import EMPTY, complete, name_command, print_now, print_report
from record_types.errors import BusyError, InputError
from tests.gleanings.running import ROOT, run

DOCS = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
GOLDEN = ROOT / "tests" / "data" / "json"

RUNS = [
    # arguments, exit code
    ("init --yes --graph graph --notes notes --config new.toml --db new.db --dry-run", 0),
    ("init --yes --graph nowhere", 2),
    ("config --path", 0),
    ("config --show", 0),
    ("config --check", 0),
    ("config --example", 0),
    ("config allow --config nowhere.toml", 2),
    ("import graph", 0),
    ("import graph --dry-run", 0),
    ("import nowhere", 2),
    ("expand --offline", 0),
    ("expand --dry-run", 0),
    ("expand --limit none", 2),
    ("links export map.csv", 0),
    ("links export map.csv --dry-run", 0),
    ("links export map.xml", 2),
    ("links import links.csv", 0),
    ("links import links.csv --dry-run", 0),
    ("links import nowhere.csv", 2),
    ("links rebuild-keys", 0),
    ("links rebuild-keys --dry-run", 0),
    ("links rebuild-keys --db nowhere.db", 2),
    ("topics", 0),
    ("topics memory --why", 0),
    ("topics nothing", 2),
    ("topics suggest", 0),
    ("topics suggest --db nowhere.db", 2),
    ("topics add calm", 0),
    ("topics add calm --dry-run", 0),
    ("topics accept", 2),
    ("topics merge one", 2),
    ("topics drop nothing", 2),
    ("topics rename nothing something", 2),
    ("export notes", 0),
    ("export notes --dry-run", 0),
    ("export --write-templates templates", 0),
    ("export notes --flavour other", 2),
    ("export --parquet links.csv", 2),
    ("search derivatives", 0),
    ("search derivatives --db nowhere.db", 2),
    ("sync --dry-run", 0),
    ("sync --config nowhere.toml", 2),
    ("watch --config nowhere.toml", 2),
    ("schedule --kind cron", 0),
    ("schedule --remove --dry-run --kind cron", 0),
    ("schedule --every never", 2),
    ("versions", 0),
    ("versions --limit 0", 2),
    ("backup", 0),
    ("backup --dry-run", 0),
    ("backup --db nowhere.db", 2),
    ("restore nowhere.db", 2),
    ("undo 2 --dry-run", 0),
    ("undo 999", 2),
    ("redo", 1),
    ("serve --db nowhere.db", 2),
    ("mcp --db nowhere.db", 2),
    ("status", 0),
    ("status --db nowhere.db", 2),
    ("doctor", 0),
    ("doctor --db nowhere.db", 1),
]


NOT_STORED = {"config --example", "doctor", "doctor --db nowhere.db"}
"""Their values are those of another test, or of the machine."""
VOLATILE = (
    (r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>"),
    (r"-20\d{6}T\d{6}Z", "-<time>"),
    (r'("(?:seconds|bytes)":) [\d.]+', r"\1 0"),
    (r"\d+( \* \* \* \*.* )\S+(?= sync --quiet)", r"<minute>\1gleanings"),
)


@pytest.mark.parametrize(("arguments", "code"), RUNS)
def test_every_command_prints_one_object_with_all_of_its_keys(
    copy: Path, check_golden: Callable[[Path, str], None], arguments: str, code: int
) -> None:
    ran = run(*arguments.split(), "--json", cwd=copy)
    name = name_command(arguments.split())
    empty = complete(name, {}, exit_code=0)
    assert (ran.code, list(ran.json)) == (code, list(empty)), ran.err
    assert (ran.json["command"], ran.json["exit"]) == (name, code)
    assert (ran.json["error"] is None) == (code < 2)
    assert_same_shape(empty, ran.json, arguments)
    if arguments not in NOT_STORED:
        values = {key: value for key, value in ran.json.items() if value != empty[key]}
        shown = json.dumps(values, ensure_ascii=False, indent=1).replace(str(copy), "<here>")
        for pattern, text in VOLATILE:
            shown = re.sub(pattern, text, shown)
        check_golden(GOLDEN / f"{re.sub(r'[^a-z0-9.]+', '-', arguments)}.json", shown + "\n")


def assert_same_shape(empty: object, given: object, place: str) -> None:
    """Nested objects have all of their keys too, and every key is in snake_case."""
    if isinstance(given, dict):
        assert [key for key in given if not re.fullmatch("[a-z_][a-z0-9_]*", key)] == [], place
        for key, value in given.items():
            expected = empty.get(key) if isinstance(empty, dict) else None
            if isinstance(expected, dict) and expected:
                assert list(value) == list(expected), (place, key)
            assert_same_shape(expected, value, f"{place} {key}")
    elif isinstance(given, list):
        shapes = {tuple(each) for each in given if isinstance(each, dict)}
        assert len(shapes) <= 1, place
        for each in given:
            assert_same_shape(None, each, place)


@pytest.mark.parametrize(
    ("arguments", "values", "error", "is_printed"),
    [
        ("status --json", {}, None, True),
        ("status", {}, None, False),
        ("search -- --json", {}, None, False),
        ("search --json -- a", {}, "x", True),
        ("serve --json", {"printed": True}, "x", False),
        ("mcp --json", {}, None, False),
        ("mcp --json", {}, "x", True),
    ],
)
def test_an_object_is_printed_once_and_only_if_asked_for(
    capsys: pytest.CaptureFixture[str],
    arguments: str,
    values: dict[str, object],
    error: str,
    is_printed: bool,
) -> None:
    print_report(values, arguments.split(), exit_code=3, error=error)
    out = capsys.readouterr().out
    expected = complete(arguments.split()[0], {}, exit_code=3, error=error)
    assert (json.loads(out) if out else None) == (expected if is_printed else None)


def test_a_command_that_goes_on_running_prints_its_object_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["gleanings", "serve", "--json"])
    with click.Context(click.Command("serve"), obj={}) as context:
        print_now(url="http://a")
    assert json.loads(capsys.readouterr().out) == complete("serve", {"url": "http://a"}, exit_code=0)
    print_report(context.obj, ["serve", "--json"], exit_code=0, error=None)
    assert capsys.readouterr().out == ""


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What `main` sets for its whole process is as before at the end."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


def make_wrapped(cause: BaseException) -> RuntimeError:
    error = RuntimeError("made while a class was")
    error.__cause__ = cause
    return error


BUG = LookupError("nobody foresaw this")


@pytest.mark.parametrize(
    ("raised", "code", "error"),
    [
        (None, 0, None),
        (InputError("no such page"), 2, "no such page"),
        (BusyError("later"), 75, "later"),
        (click.ClickException("no option"), 1, "no option"),
        (click.exceptions.Abort(), 1, INTERRUPTED),
        (KeyboardInterrupt(), 1, INTERRUPTED),
        (make_wrapped(KeyboardInterrupt()), 1, INTERRUPTED),
        (make_wrapped(BUG), None, "RuntimeError: made while a class was"),
        (BUG, None, "LookupError: nobody foresaw this"),
        (SystemExit(1), 0, None),
        (PermissionError(errno.EACCES, "No access", "a/b.md"), 2, "a/b.md: No access"),
        (OSError(errno.EPERM, "Not yours", b"b.md"), 2, "b.md: Not yours"),
        (OSError(errno.EROFS, "Read-only"), 2, "the disk: Read-only"),
        (OSError(errno.EIO, "Input/output error", "a/.b.tmp"), 75, "a: Input/output error"),
        (OSError(errno.ENOSPC, "Full", ".b.tmp"), 75, ".: Full"),
        (OSError(errno.EDQUOT, "Full", "a/b.tmp"), 75, "a/b.tmp: Full"),
        (OSError(errno.EFBIG, "Too large", "a/.b"), 75, "a/.b: Too large"),
        (OSError(errno.ENOTDIR, "No folder", "a"), None, "NotADirectoryError: [Errno 20] No folder: 'a'"),
    ],
)
@pytest.mark.usefixtures("process")
def test_every_end_of_a_command_has_its_exit_code_and_its_object(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    raised: BaseException | None,
    code: int | None,
    error: str | None,
) -> None:
    """`code`: None for a bug, which is raised with its traceback."""

    def end(**_options: bool) -> None:
        if raised:
            raise raised

    command = click.Command("status", params=[click.Option(["--json"], is_flag=True)], callback=end)
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: command)
    monkeypatch.setattr(sys, "argv", ["gleanings", "status", "--json"])
    with pytest.raises(BaseException) as ended:  # noqa: PT011 - which one is asserted below
        main()
    if code is None:
        assert ended.value is raised
    else:
        assert repr(ended.value) == repr(SystemExit(code))
    out, err = capsys.readouterr()
    assert json.loads(out) == complete("status", {}, exit_code=1 if code is None else code, error=error)
    assert (error or "") in err if code is not None else not err


def test_all_commands_are_tried() -> None:
    assert {name_command(arguments.split()) for arguments, _ in RUNS} == set(EMPTY)


def test_a_mistake_in_the_command_line_is_an_object_too(tmp_path: Path) -> None:
    ran = run("improt", "--json", cwd=tmp_path)
    assert ran.json == {
        "command": "improt",
        "error": "No such command 'improt'. Did you mean 'import'?",
        "exit": 2,
    }


def test_the_page_in_docs_has_every_command_and_key() -> None:
    shown = {
        name: json.loads(block)
        for name, block in re.findall(r"^## ([^\n]+)\n.*?```json\n(.*?)```", DOCS, re.DOTALL | re.MULTILINE)
    }
    edits = ("accept", "merge", "drop", "rename")
    same = {"redo": "undo", **{f"topics {edit}": "topics add" for edit in edits}}
    for name in EMPTY:
        shown_keys = shown[same.get(name, name)] | {"command": name}
        assert shown_keys == complete(name, {}, exit_code=0)
