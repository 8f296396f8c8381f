"""Write a batch of notes: temporary files, one flush, renames, one flush for each folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from export.note_files import (
    REASONS,
    WRITES,
    Flusher,
    Write,
    find_target,
    has_link,
    hide_note,
    is_newer,
    is_special,
    name_temporary,
    read_note,
    write_temporary,
)

BATCH_NOTES = 400
"""Notes that are flushed together; after a kill, at most this many are checked again."""
BATCH_BYTES = 2 << 20
"""A batch of large notes ends here: the journal holds it twice in memory."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A note that is about to replace a file."""

    write: Write
    temporary: str
    """Below the export folder, with `/`; empty for a note that is about to be removed."""


def write_batch(
    folder: Path,
    batch: Sequence[Write],
    *,
    settled_before: float | None = None,
    now: float | None = None,
    journal: Callable[[Sequence[Staged]], None] = lambda staged: None,
    mark_staged: Callable[[], None] | None = None,
    check_folder: Callable[[], None] = lambda: None,
    flusher: Flusher | None = None,
) -> list[Write]:
    """Carry out a part of a plan and return it with what really happened to each file.

    `journal` is told of all temporary files before the first one exists, and of all removals; `mark_staged`
    is called when they are complete, before the first rename. `check_folder`
    raises if the folder is no longer the same one; it is called before the first and after the last rename.
    A removed note is a hidden file until the caller has recorded that (see `find_hidden`).
    A crash leaves each file old or new. `settled_before`, `now`: see `is_newer`.
    """
    flusher = flusher or Flusher()
    done = {at: _check(folder, write, settled_before, now) for at, write in enumerate(batch)}
    staged = {
        at: Staged(write, name_temporary(write.path))
        for at, write in done.items()
        if write.action in WRITES and write.action != "remove"
    }
    removals = [Staged(write, "") for write in done.values() if write.action == "remove"]
    if staged or removals:
        journal([*staged.values(), *removals])
    touched: set[Path] = set()
    is_staged = False
    try:
        for each in staged.values():
            touched |= _make_folders(folder, find_target(folder, each.write.path).parent)
            write_temporary(folder, each.temporary, each.write.path, each.write.data)
        flusher.flush_files([find_target(folder, each.temporary) for each in staged.values()])
        check_folder()
        if staged and mark_staged:
            is_staged = True
            mark_staged()
        for at, each in staged.items():
            target = find_target(folder, each.write.path)
            if read_note(folder, each.write.path) != each.write.before:
                done[at] = replace(each.write, action="changed", reason=REASONS["changed"])
                continue
            find_target(folder, each.temporary).replace(target)
            touched.add(target.parent)
        for at, write in done.items():
            if write.action == "remove":
                done[at] = _remove(folder, write)
                touched.add(find_target(folder, write.path).parent)
        flusher.flush_folders(sorted(touched))
        check_folder()
        is_staged = False
    except FileNotFoundError:
        check_folder()  # the better message, if the folder itself is gone
        raise
    finally:
        # After a failure they tell what was renamed: the next export reads that and removes them.
        for each in () if is_staged else staged.values():
            with contextlib.suppress(OSError):
                find_target(folder, each.temporary).unlink(missing_ok=True)
    return list(done.values())


def write_notes(
    folder: Path,
    plan: Sequence[Write],
    *,
    settled_before: float | None = None,
    journal: Callable[[Sequence[Staged]], None] = lambda staged: None,
    mark_staged: Callable[[], None] | None = None,
    record: Callable[[Sequence[Write]], None] = lambda done: None,
    check_folder: Callable[[], None] = lambda: None,
    stop: Callable[[], bool] = lambda: False,
    flusher: Flusher | None = None,
) -> list[Write]:
    """Carry out a plan in batches (see `write_batch`); `record` is told what was done in each.

    Once `stop` is true, the remaining batches are left out.
    """
    done: list[Write] = []
    for batch in split_plan(plan):
        if stop():
            break
        written = write_batch(
            folder,
            batch,
            settled_before=settled_before,
            journal=journal,
            mark_staged=mark_staged,
            check_folder=check_folder,
            flusher=flusher,
        )
        record(written)
        done += written
    return done


def rename_notes(folder: Path, renames: Mapping[str, str], flusher: Flusher) -> None:
    """Rename notes (old path → new path), never over a file and never through a symbolic link."""
    touched: set[Path] = set()
    for old, new in renames.items():
        source, target = find_target(folder, old), find_target(folder, new)
        if target.exists() or has_link(folder, source) or has_link(folder, target):
            continue
        touched |= _make_folders(folder, target.parent)
        source.rename(target)
        touched |= {source.parent, target.parent}
    flusher.flush_folders(sorted(touched))


def split_plan(plan: Sequence[Write]) -> Iterator[Sequence[Write]]:
    """Split a plan into batches of files to be written; the other files cost nothing."""
    batch: list[Write] = []
    pending = size = 0
    for write in plan:
        batch.append(write)
        if write.action in WRITES:
            pending += 1
            size += len(write.data)
        if pending == BATCH_NOTES or size >= BATCH_BYTES:
            yield batch
            batch, pending, size = [], 0, 0
    if batch:
        yield batch


def _check(folder: Path, write: Write, settled_before: float | None, now: float | None) -> Write:
    """The write, or why it does not happen."""
    if write.action not in WRITES:
        return write
    if (
        write.action == "merge"
        and settled_before is not None
        and is_newer(folder, write, settled_before, now=now)
    ):
        return replace(write, action="unsettled", reason=REASONS["unsettled"])
    target = find_target(folder, write.path)
    if has_link(folder, target) or is_special(target):
        return replace(write, action="refused", reason=REASONS["refused"])
    if write.action != "remove" and read_note(folder, write.path) == write.data:
        return replace(write, action="same")
    return write


def _make_folders(root: Path, folder: Path) -> set[Path]:
    """Create a folder and return the folders that got a new name in them."""
    missing = []
    while folder != root and not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
    return {each.parent for each in missing}


def _remove(folder: Path, write: Write) -> Write:
    """Hide a note that nobody edited."""
    if read_note(folder, write.path) != write.before:
        return replace(write, action="changed", reason=REASONS["changed"])
    hide_note(folder, write.path)
    return write
