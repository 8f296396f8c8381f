"""The layers of the program: no import goes up, and none goes sideways between packages of one layer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = (("record_types", "markdown_text"), ("ingest", "store", "export"), ("gleanings",))
"""From the bottom up. A package may import itself and everything in the layers below it."""
PACKAGES = tuple(package for layer in LAYERS for package in layer)
OURS = (*PACKAGES, "tests", "benchmarks")
LONGEST_MODULE = 320
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


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_itself_and_the_layers_below(package: str) -> None:
    layer = next(at for at, packages in enumerate(LAYERS) if package in packages)
    allowed = {package, *(each for packages in LAYERS[:layer] for each in packages)}
    strangers = {
        (path.name, name)
        for path in list_modules(package)
        for name in find_imports(path)
        if name.split(".")[0] not in allowed
    }
    assert strangers == set()


@pytest.mark.parametrize("path", list_modules(*PACKAGES), ids=lambda path: path.stem)
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
