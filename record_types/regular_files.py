"""Open a file that may really be a named pipe, a socket or a device, which could block for ever."""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from pathlib import Path


class NotRegularError(OSError):
    """A named pipe, a socket or a device in the place of a file."""


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
