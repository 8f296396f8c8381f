"""What is not a regular file never blocks; a file is replaced whole, and what a kill left is cleared away."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from record_types.errors import InputError
from record_types.regular_files import (
    NotRegularError,
    drop_leftover_copies,
    is_alive,
    make_folder,
    name_temporary,
    open_regular,
    read_regular,
    replace_file,
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, since the path of a socket must be short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_only_a_regular_file_is_opened(place: Path) -> None:
    Path("file").write_bytes(b"words")
    Path("link").symlink_to("file")
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for path in ("pipe", "socket", "/dev/null"):
            with pytest.raises(NotRegularError, match="not a regular file"):
                open_regular(path)
    assert read_regular("file") == read_regular(Path("link")) == b"words"
    for path, kind in (("none", FileNotFoundError), (".", IsADirectoryError)):
        with pytest.raises(kind):
            read_regular(path)


def test_a_file_is_replaced_with_its_permissions_where_its_link_leads(place: Path) -> None:
    replace_file(Path("new"), b"1")
    Path("new").chmod(0o640)
    Path("link").symlink_to("new")
    replace_file(Path("link"), b"2")
    assert Path("link").is_symlink()
    assert Path("new").read_bytes() == b"2"
    assert Path("new").stat().st_mode & 0o777 == 0o640
    os.mkfifo("pipe")
    for path in (Path("pipe"), Path()):
        with pytest.raises(InputError, match="is not a regular file"):
            replace_file(path, b"3")
    assert sorted(each.name for each in place.iterdir()) == ["link", "new", "pipe"]


def test_only_leftovers_of_processes_that_are_gone_are_deleted(place: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [f".a.md.{gone.pid}.tmp", f".g.db.{gone.pid}.tmp-wal", f".a.md.{10**30}.tmp"]
    kept = [
        f"a.md.{gone.pid}.tmp",
        f".a.md.{gone.pid}.tmp.md",
        ".a.md.x.tmp",
        name_temporary(Path("b")).name,
        ".a.1.tmp",
    ]
    for name in left + kept:
        Path(name).touch()
    Path(f".folder.{gone.pid}.tmp").mkdir()
    Path(f".folder.{gone.pid}.tmp/a").touch()
    Path(f".link.{gone.pid}.tmp").symlink_to(".")
    drop_leftover_copies(Path())
    assert sorted(each.name for each in place.iterdir()) == sorted(kept)
    assert is_alive(os.getpid())
    assert not is_alive(gone.pid)


def test_a_folder_is_made_once(place: Path) -> None:
    make_folder(Path("folder"))
    make_folder(Path("folder"))
    assert Path("folder").is_dir()
    with pytest.raises(FileNotFoundError):
        make_folder(Path("none/folder"))
