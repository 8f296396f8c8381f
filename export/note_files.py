"""List, read and write notes in a folder that others edit too: atomically, and never over an edit."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from record_types.errors import InputError
from record_types.regular_files import NotRegularError, read_regular

if TYPE_CHECKING:  # an export with nothing new merges nothing and starts in half the time
    from export.note_merge import Conflict
    from export.note_tree import Rendered

Action = Literal[
    "create",
    "update",
    "merge",
    "remove",
    "same",
    "adopt",
    "edited",
    "deleted",
    "foreign",
    "changed",
    "unsettled",
    "refused",
    "held",
]
"""What to do about a file, or what was done.

Written: `create`, `update` (nobody edited it), `merge` (its user did), `remove` (ours, no longer needed, and
nobody edited it).
Nothing to do: `same`; `adopt` (not recorded as ours, yet it already has the new text).
Skipped by the plan: `edited` (in a way that cannot be merged), `deleted` (by the user), `foreign` (not
written by gleanings), `held` (edited or no longer needed, and so are most notes, so the user must confirm).
Skipped while writing: `changed` (meanwhile), `unsettled` (edited so recently that the user may still be
typing), `refused` (behind a symbolic link).
"""

WRITES = ("create", "update", "merge", "remove")
DONE = (*WRITES, "same", "adopt")
"""The actions after which the note's new text counts as written."""
LEFT_ALONE = ("edited", "deleted", "foreign", "changed", "unsettled", "refused", "held")
"""The actions that the user is told about."""


@dataclass(frozen=True, slots=True)
class Write:
    """One file of an export and what to do about it."""

    path: str
    """Below the export folder, with `/`."""
    action: Action
    text: str = ""
    """The new text; empty for `remove`."""
    contents: bytes | None = None
    """The bytes to write, if they are not those of the text: merged, or with the file's own line endings."""
    before: bytes | None = None
    """What the file held when the plan was made; None if there was no file or it was not read."""
    reason: str = ""
    """Why the file is skipped, in a few words."""
    uid: str = ""
    """The note's; empty for `remove`."""
    blocks: Sequence[Rendered] = ()
    """The blocks of the new text."""
    conflicts: tuple[Conflict, ...] = ()
    """Newer texts of blocks that the user changed; the file keeps the user's."""
    withheld: tuple[Conflict, ...] = ()
    """New blocks whose section the user deleted."""

    @property
    def data(self) -> bytes:
        """The bytes to write; empty for `remove`."""
        return self.text.encode("utf-8", "replace") if self.contents is None else self.contents


# Hidden, because Logseq makes a page of every visible file.
TEMPORARY_PREFIX = ".gleanings-"
CLOCK_DIFFERENCE = 60.0
"""Seconds by which a file server's clock may be ahead of this machine's."""
REASONS: dict[Action, str] = {
    "changed": "changed while it was being written, left for next time",
    "unsettled": "edited just now, left for next time",
    "refused": "a symbolic link or a special file is in the way",
}


class Listing(NamedTuple):
    """What is below a folder and named like a note, sorted by path."""

    notes: list[str]
    """All visible Markdown files, without symbolic links."""
    special: list[str]
    """Named pipes, sockets and devices."""


def list_notes(folder: Path) -> Listing:
    """List the notes below a folder; nothing if there is no such folder."""
    found = sorted(_walk(folder, ""))
    notes, special = ([path for path, is_file in found if is_file is kind] for kind in (True, False))
    return Listing(notes, special)


def read_note(folder: Path, path: str) -> bytes | None:
    """Return a file's bytes, or None if there is no such file."""
    try:
        return read_regular(find_target(folder, path))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, NotRegularError):
        return None


def is_newer(folder: Path, write: Write, moment: float, *, now: float | None = None) -> bool:
    """Return whether a file was modified later than `moment` and not later than `now` (seconds since 1970).

    A time in the future (a wrong clock, a sync tool) says nothing about when the file was edited.
    """
    try:
        modified = find_target(folder, write.path).stat().st_mtime
    except FileNotFoundError:
        return False
    return moment < modified <= (time.time() if now is None else now) + CLOCK_DIFFERENCE


def write_note(
    folder: Path, path: str, data: bytes | str, before: bytes | None, *, temporary: str = ""
) -> Action | None:
    """Replace a file atomically and return None, or return why it was not written.

    `before` is what the file held when the plan was made (None: no file). `same`: it already holds `data`.
    `changed`: someone has changed it since the plan. `refused`: a symbolic link, a named pipe, a socket or a
    device is in the way. A crash leaves the old file or the new one, and at worst a hidden temporary file
    beside it, which is named `temporary` if that is given.
    """
    data = data.encode("utf-8", "replace") if isinstance(data, str) else data
    target = find_target(folder, path)
    if has_link(folder, target) or is_special(target):
        return "refused"
    if read_note(folder, path) == data:
        return "same"
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary or name_temporary(path)
    flusher = Flusher()
    try:
        write_temporary(folder, temporary, path, data)
        flusher.flush_files([find_target(folder, temporary)])
        if read_note(folder, path) != before:
            return "changed"
        find_target(folder, temporary).replace(target)
    finally:
        find_target(folder, temporary).unlink(missing_ok=True)
    flusher.flush_folders([target.parent])
    return None


def name_temporary(path: str) -> str:
    """Return a path for a temporary file of this process beside the file `path`."""
    parent, slash, _ = path.rpartition("/")
    return f"{parent}{slash}{TEMPORARY_PREFIX}{secrets.token_hex(8)}.{os.getpid()}.tmp"


def hide_note(folder: Path, path: str) -> None:
    """Rename a note to the hidden file beside it that says that we removed it, not the user."""
    find_target(folder, path).replace(find_hidden(folder, path))


def find_hidden(folder: Path, path: str) -> Path:
    """Return the hidden file of a note that was removed: always the same one for a path."""
    target = find_target(folder, path)
    name = blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return target.with_name(f"{TEMPORARY_PREFIX}{name}.tmp")


def write_temporary(folder: Path, temporary: str, path: str, data: bytes) -> None:
    """Write a new file, which is to replace `path`, with that file's mode if there is one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    new, old = find_target(folder, temporary), find_target(folder, path)
    with os.fdopen(os.open(new, flags, 0o666), "wb") as file:
        file.write(data)
    with contextlib.suppress(FileNotFoundError):
        new.chmod(stat.S_IMODE(old.stat().st_mode))


@lru_cache(4_096)  # called ten times for each note of a batch
def find_target(folder: Path, path: str) -> Path:
    """Return the file for a path below the export folder; raise `InputError` if it leads out of it."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or "\0" in path or ".." in parts or ":" in parts[0]:
        raise InputError(f"not a path below the export folder: {path!r}")
    return folder.joinpath(*parts)


def has_link(folder: Path, target: Path) -> bool:
    """Return whether the file, or a folder between it and the export folder, is a symbolic link."""
    between = target.relative_to(folder).parts
    return any(folder.joinpath(*between[: depth + 1]).is_symlink() for depth in range(len(between)))


def is_special(path: Path) -> bool:
    """Return whether there is a named pipe, a socket or a device at a path."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, bool]]:
    """Yield the path of each visible `.md`, and whether it is a regular file."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _walk(folder / entry.name, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".md"):
            yield prefix + entry.name, entry.is_file()


# --- flushing to the disk, many files at a time
#
# One flush makes the disk's journal commit, which takes 1-10 ms, more on a busy disk. Linux flushes a whole
# file system with one call (`syncfs`); elsewhere threads flush the files of a batch and share commits.

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
