"""Writing notes into a folder where someone else may be at work: all or nothing, and never over an edit."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from export.writes import WRITES, Action, Write
from record_types.errors import InputError

_TEMPORARY = ".gleanings-"


def read_note(folder: Path, path: str) -> bytes | None:
    """A file's bytes, None where there is no file (or something else of that name)."""
    try:
        return find_target(folder, path).read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def write_notes(
    folder: Path,
    plan: Iterable[Write],
    *,
    settled_before: float | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> list[Write]:
    """The plan as it was carried out: a file that changed meanwhile or must not be touched says so.

    With `settled_before` (seconds since 1970) a file that its reader edited is left for the next time
    when it was modified later than that: they may be at it. After `stop` the list ends early.
    """
    done: list[Write] = []
    for write in plan:
        if stop():
            break
        if write.action == "merge" and settled_before is not None and is_newer(folder, write, settled_before):
            write = replace(write, action="unsettled", reason=_REASONS["unsettled"])
        if write.action in WRITES:
            action = write_note(folder, write.path, write.data, write.before)
            write = replace(write, action=action, reason=_REASONS.get(action, "")) if action else write
        done.append(write)
    return done


_REASONS: dict[Action, str] = {
    "changed": "changed while it was written; next time",
    "unsettled": "edited just now; next time",
    "refused": "a symbolic link is in the way",
}


def is_newer(folder: Path, write: Write, moment: float) -> bool:
    """Whether a file was modified later than `moment`, in seconds since 1970."""
    try:
        return find_target(folder, write.path).stat().st_mtime > moment
    except FileNotFoundError:
        return False


def write_note(folder: Path, path: str, data: bytes | str, before: bytes | None) -> Action | None:
    """Put `data` in the file's place at once, or say why not; None when it was written.

    `before` is what the file held when it was decided (None: no file). `same`: nothing to do. `changed`:
    it holds something else by now. `refused`: a symbolic link stands in the way. A crash leaves the
    old file or the new one, at worst with a hidden temporary file beside it.
    """
    data = data.encode("utf-8", "replace") if isinstance(data, str) else data
    target = find_target(folder, path)
    if has_link(folder, target):
        return "refused"
    if read_note(folder, path) == data:
        return "same"
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}.tmp")
    try:
        _write_temporary(temporary, data, target if before is not None else None)
        if read_note(folder, path) != before:
            return "changed"
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return None


def find_target(folder: Path, path: str) -> Path:
    """The file for a path below the export folder; an `InputError` for one that would leave it."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or "\0" in path or ".." in parts or ":" in parts[0]:
        raise InputError(f"not a path below the export folder: {path!r}")
    return folder.joinpath(*parts)


def _write_temporary(temporary: Path, data: bytes, model: Path | None) -> None:
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if model is not None and model.exists():
        temporary.chmod(stat.S_IMODE(model.stat().st_mode))


def has_link(folder: Path, target: Path) -> bool:
    """Whether the file or a folder between it and the export folder is a symbolic link."""
    between = target.relative_to(folder).parts
    return any(folder.joinpath(*between[: depth + 1]).is_symlink() for depth in range(len(between)))


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
