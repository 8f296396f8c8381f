"""Regular files: opened only if they are, replaced whole, and cleared away after a kill.

What has the name of a file may be a named pipe, a socket or a device, which could block for ever. A file is
written under a temporary name that holds the process's id, and renamed when it is complete.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
from io import FileIO
from pathlib import Path

from record_types.errors import InputError

_LEFTOVER = re.compile(r"\..+\.(\d+)\.tmp(?:-journal|-wal|-shm)?")


class NotRegularError(OSError):
    """A named pipe, a socket or a device in place of a file."""


def open_regular(path: str | Path) -> FileIO:
    """Open a regular file for reading. Raises NotRegularError at once for a pipe, a socket or a device."""
    try:
        file = FileIO(path, "rb", opener=_open_at_once)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise NotRegularError(errno.EINVAL, "not a regular file", str(path)) from None
        raise
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotRegularError(errno.EINVAL, "not a regular file", str(path))
    return file


def read_regular(path: str | Path) -> bytes:
    """The bytes of a regular file. Raises OSError."""
    with open_regular(path) as file:
        return file.readall()


def _open_at_once(path: str, flags: int) -> int:
    # O_NONBLOCK: without it, opening a pipe waits for a writer. It changes nothing for a regular file.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def replace_file(path: Path, data: bytes) -> None:
    """Write a new file or replace an existing one: whole or not at all, even after a power cut.

    The target of a symbolic link is replaced, and the permissions stay. Raises InputError if it is
    not a regular file.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise InputError(f"{path} is not a regular file")
    drop_leftover_copies(target.parent)
    temporary = name_temporary(target)
    try:
        temporary.write_bytes(data)
        if target.exists():
            shutil.copymode(target, temporary)
        flush(temporary)
        temporary.replace(target)
        flush(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def name_temporary(target: Path) -> Path:
    """The name under which this process writes `target`."""
    return target.with_name(f".{target.name}.{os.getpid()}.tmp")


def flush(path: Path) -> None:
    """Make a file's contents, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create a folder, unless it exists, whose name survives a power cut."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        flush(folder.parent)


def drop_leftover_copies(folder: Path, prefix: str = ".") -> None:
    """Delete what killed processes left in `folder`: temporary files and folders with this prefix."""
    for path in folder.glob(f"{prefix}*.tmp*"):
        match = _LEFTOVER.fullmatch(path.name)
        if match is None or is_alive(int(match[1])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def is_alive(pid: int) -> bool:
    """Whether there is a process with this id, whoever it belongs to."""
    try:
        with contextlib.suppress(PermissionError):  # it exists, but belongs to another user
            os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # the latter for a number that no process can have
        return False
    return True
