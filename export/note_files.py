"""List, read and write notes in a folder that others edit too: atomically, and never over an edit."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from record_types.errors import InputError

if TYPE_CHECKING:  # an export with nothing new merges nothing and starts in half the time
    from export.note_merge import Conflict
    from export.note_tree import Rendered

Action = Literal[
    "create",
    "update",
    "merge",
    "same",
    "adopt",
    "edited",
    "deleted",
    "foreign",
    "obsolete",
    "changed",
    "unsettled",
    "refused",
    "held",
]
"""What to do about a file, or what was done.

Written: `create`, `update` (nobody edited it), `merge` (its user did).
Nothing to do: `same`; `adopt` (not recorded as ours, yet it already has the new text).
Skipped by the plan: `edited` (in a way that cannot be merged), `deleted` (by the user), `foreign` (not
written by gleanings), `obsolete` (ours, no longer needed), `held` (edited, and so are most notes to be
rewritten, so the user must confirm).
Skipped while writing: `changed` (meanwhile), `unsettled` (edited so recently that the user may still be
typing), `refused` (behind a symbolic link).
"""

WRITES = ("create", "update", "merge")
DONE = (*WRITES, "same", "adopt")
"""The actions after which the note's new text counts as written."""
LEFT_ALONE = ("edited", "deleted", "foreign", "obsolete", "changed", "unsettled", "refused", "held")
"""The actions that the user is told about."""


@dataclass(frozen=True, slots=True)
class Write:
    """One file of an export and what to do about it."""

    path: str
    """Below the export folder, with `/`."""
    action: Action
    text: str = ""
    """The new text; empty for `obsolete`."""
    data: bytes = b""
    """The bytes to write: the text merged, and with the file's own line ends."""
    before: bytes | None = None
    """What the file held when the plan was made; None if there was no file or it was not read."""
    reason: str = ""
    """Why the file is skipped, in a few words."""
    uid: str = ""
    """The note's; empty for `obsolete`."""
    blocks: tuple[Rendered, ...] = ()
    """The blocks of the new text."""
    conflicts: tuple[Conflict, ...] = ()
    """Newer texts of blocks that the user changed; the file keeps the user's."""
    withheld: tuple[Conflict, ...] = ()
    """New blocks whose section the user deleted."""


# Hidden, because Logseq makes a page of every visible file.
_TEMPORARY_PREFIX = ".gleanings-"
_REASONS: dict[Action, str] = {
    "changed": "changed while it was written; next time",
    "unsettled": "edited just now; next time",
    "refused": "a symbolic link is in the way",
}


def list_notes(folder: Path) -> list[str]:
    """Return the paths of all Markdown files below a folder, without hidden files and symbolic links."""
    return sorted(_walk(folder, ""))


def read_note(folder: Path, path: str) -> bytes | None:
    """Return a file's bytes, or None if there is no such file."""
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
    """Carry out a plan and return it with what really happened to each file.

    With `settled_before` (seconds since 1970), an edited file that was modified later waits for the next
    export: its user may still be typing. Once `stop` is true, the remaining files are left out.
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


def is_newer(folder: Path, write: Write, moment: float) -> bool:
    """Return whether a file was modified later than `moment`, in seconds since 1970."""
    try:
        return find_target(folder, write.path).stat().st_mtime > moment
    except FileNotFoundError:
        return False


def write_note(folder: Path, path: str, data: bytes | str, before: bytes | None) -> Action | None:
    """Replace a file atomically and return None, or return why it was not written.

    `before` is what the file held when the plan was made (None: no file). `same`: it already holds `data`.
    `changed`: someone has changed it since the plan. `refused`: a symbolic link is in the way. A crash
    leaves the old file or the new one, and at worst a hidden temporary file beside it.
    """
    data = data.encode("utf-8", "replace") if isinstance(data, str) else data
    target = find_target(folder, path)
    if has_link(folder, target):
        return "refused"
    if read_note(folder, path) == data:
        return "same"
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{_TEMPORARY_PREFIX}{secrets.token_hex(8)}.tmp")
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
    """Return the file for a path below the export folder; raise `InputError` if it leads out of it."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or "\0" in path or ".." in parts or ":" in parts[0]:
        raise InputError(f"not a path below the export folder: {path!r}")
    return folder.joinpath(*parts)


def has_link(folder: Path, target: Path) -> bool:
    """Return whether the file, or a folder between it and the export folder, is a symbolic link."""
    between = target.relative_to(folder).parts
    return any(folder.joinpath(*between[: depth + 1]).is_symlink() for depth in range(len(between)))


def _walk(folder: Path, prefix: str) -> Iterator[str]:
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
            yield prefix + entry.name


def _write_temporary(temporary: Path, data: bytes, model: Path | None) -> None:
    """Write a new file with the mode of `model`, if there is one."""
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if model is not None and model.exists():
        temporary.chmod(stat.S_IMODE(model.stat().st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the system supports it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
