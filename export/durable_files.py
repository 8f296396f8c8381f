"""Flush files and folders to the disk, many at a time.

One flush makes the disk's journal commit, which takes 1-10 ms, more on a busy disk. Linux flushes a whole
file system with one call (`syncfs`); elsewhere threads flush the files of a batch and share commits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

_MANY = 16
"""From this many files on, the whole file system is flushed; for fewer, other programs' data costs more."""
_THREADS = 16


class Flusher:
    """Flush files and folders, and count the calls that wait for the disk."""

    def __init__(self) -> None:
        self.calls = 0

    def flush_files(self, paths: Sequence[Path]) -> None:
        """Make the contents of these files, on one file system, survive a power cut."""
        if len(paths) >= _MANY and (syncfs := _find_syncfs()) is not None:
            self.calls += 1
            _with_descriptor(paths[0], syncfs)
            return
        self.calls += len(paths)
        if len(paths) == 1:
            _with_descriptor(paths[0], os.fsync)
        elif paths:
            from concurrent.futures import ThreadPoolExecutor  # rarely needed

            with ThreadPoolExecutor(min(_THREADS, len(paths))) as pool:
                list(pool.map(lambda path: _with_descriptor(path, os.fsync), paths))

    def flush_folders(self, folders: Iterable[Path]) -> None:
        """Make new names in these folders survive a power cut, where the system supports it."""
        if os.name != "posix":
            return
        for folder in folders:
            self.calls += 1
            _with_descriptor(folder, os.fsync)


def _with_descriptor(path: Path, act: Callable[[int], None]) -> None:
    # Windows flushes only files that are open for writing.
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        act(descriptor)
    finally:
        os.close(descriptor)


@cache
def _find_syncfs() -> Callable[[int], None] | None:
    """The system's `syncfs`, which raises OSError; None outside of Linux."""
    if sys.platform != "linux":
        return None
    import ctypes  # rarely needed

    try:
        function = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None

    def syncfs(descriptor: int) -> None:
        if function(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return syncfs
