"""Requirements of the browser's tests: if one is missing, tests are skipped, or fail on CI."""

from __future__ import annotations

import importlib
import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest


def need_module(name: str) -> Any:
    """Import the module, or skip the test module that needs it."""
    if os.environ.get("CI"):
        return importlib.import_module(name)
    return pytest.importorskip(name)


def need_file(path: Path | None, what: str) -> Path:
    """Return the file, or skip the tests that need it."""
    if path is not None and path.is_file():
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"no {what}")


def find_chromium() -> Path:
    """Debian's Chromium, or the one in GLEANINGS_CHROMIUM."""
    return need_file(Path(os.environ.get("GLEANINGS_CHROMIUM", "/usr/bin/chromium")), "chromium")


def find_axe() -> Path:
    """axe-core's script from the wheel of axe-playwright-python, or the one in GLEANINGS_AXE."""
    given = os.environ.get("GLEANINGS_AXE")
    if given:
        return need_file(Path(given), "axe-core")
    found = importlib.util.find_spec("axe_playwright_python")
    folder = Path(found.origin).parent if found and found.origin else None
    return need_file(folder and folder / "axe.min.js", "axe-core")
