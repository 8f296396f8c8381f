"""The one direction of data: files → ingest → records → store → records → export → notes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STEPS = ("ingest", "store", "export")
OURS = (*STEPS, "gleanings", "tests", "benchmarks")
LONGEST_MODULE = 260
LONGEST_FUNCTION = 60
FORBIDDEN_NAMES = {"utils", "helpers", "core", "manager", "misc", "common"}


def find_imports(path: Path) -> set[str]:
    """The modules of ours that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in OURS}


def list_modules(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("step", STEPS)
def test_a_step_imports_records_and_errors_and_no_other_step(step: str) -> None:
    allowed = (step, "gleanings.records", "gleanings.errors")
    strangers = {
        (path.name, name)
        for path in list_modules(step)
        for name in find_imports(path)
        if not any(name == each or name.startswith(each + ".") for each in allowed)
    }
    assert strangers == set()


def test_records_and_errors_import_no_step() -> None:
    for path in [*list_modules("gleanings/records"), ROOT / "gleanings" / "errors.py"]:
        assert all(name.startswith("gleanings.records") for name in find_imports(path)), path


@pytest.mark.parametrize("path", list_modules(*STEPS, "gleanings"), ids=lambda path: path.stem)
def test_a_module_holds_one_noun_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "no docstring"
    assert path.stem not in FORBIDDEN_NAMES
    assert text.count("\n") <= LONGEST_MODULE
    if path.name == "__init__.py":
        assert text.count("\n") == 1
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1 - (ast.get_docstring(node) or "").count("\n")
            assert length <= LONGEST_FUNCTION, node.name


def test_sql_is_never_formatted() -> None:
    for path in list_modules("store"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if node.func.attr in ("execute", "executemany") and isinstance(node.args[0], ast.JoinedStr):
                assert "pragma" in ast.unparse(node.args[0]), path
