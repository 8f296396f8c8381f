"""Permissions that bind root too, who would otherwise ignore them: a command runs without that privilege."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

IS_ROOT = os.geteuid() == 0
AS_READER = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if IS_ROOT else ()
"""What precedes a command that the permissions must bind."""

needs_permissions = pytest.mark.skipif(
    IS_ROOT and not shutil.which("setpriv"), reason="root may do everything, and there is no setpriv here"
)


def close_to_writers(folder: Path) -> None:
    """Take the right to write from the folder and all in it."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)


def open_to_writers(folder: Path) -> None:
    """Give it back, from the outside in."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
