"""Which files an import reads, which are as they were, and which are gone: decided before any is opened."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.folder import Sources
from ingest.graph import ReadSettings, is_read_alike
from record_types.errors import InputError
from record_types.pages import FileStamp, Problem
from store.files import KnownFile

READER_VERSION = 4
"""Raised when a reader of pages gives other records than before: what an older one read is read again."""

FEW_FILES = 20
"""A folder that had so many pages and is suddenly empty stops the run: an unmounted disk looks like that."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do, before any file is opened."""

    read: tuple[tuple[FileStamp, ReadSettings], ...]
    unchanged: int
    """Files whose size and time are what they were."""
    gone: tuple[KnownFile, ...]
    problems: tuple[tuple[str, Problem], ...]
    unsettled: int = 0
    """Files that are being written to: left for the next time."""
    sweep: bool = False
    """The last import may have left highlights unmarked that stand nowhere."""


def plan_import(
    known: Mapping[str, KnownFile],
    sources: Sequence[Sources],
    *,
    written: Collection[str] = (),
    allow_empty: bool = False,
) -> ImportPlan:
    """Which files to read, which are as they were, which are gone. Pure.

    A file that was read under another root keeps its row; the export's own notes (`written`, absolute
    paths) are no input. Raises InputError for a folder that had pages
    and is suddenly empty, unless `allow_empty`.
    """
    read: list[tuple[FileStamp, ReadSettings]] = []
    seen: set[str] = set()
    unchanged = 0
    for source in sources:
        for stamp in source.stamps:
            path = f"{stamp.root}/{stamp.path}"
            if path in seen or path in written:
                continue
            seen.add(path)
            before = known.get(path)
            if before and is_unchanged(before, stamp, source.settings):
                unchanged += 1
                continue
            if before:
                stamp = FileStamp(before.root, before.path, stamp.size, stamp.mtime_ns)
            read.append((stamp, source.settings))
    gone = tuple(_find_gone(known, sources, seen, allow_empty=allow_empty))
    problems = tuple(
        (f"{source.root}/{path}", problem) for source in sources for path, problem in source.problems
    )
    return ImportPlan(tuple(read), unchanged, gone, problems)


def is_unchanged(before: KnownFile, stamp: FileStamp, settings: ReadSettings) -> bool:
    """Whether the file need not be opened: same size and time, read by this reader, and readable then.

    Where damage was repaired that is now to be left, or the other way round, it is read again; so it is
    where its graph now writes days or names in another way.
    """
    return (
        (before.size, before.mtime_ns) == (stamp.size, stamp.mtime_ns)
        and before.reader == READER_VERSION
        and not before.gone
        and bool(before.sha256)
        and before.repair != ("left" if settings.repair else "done")
        and is_read_alike(before.read_as, settings.describe())
    )


def _find_gone(
    known: Mapping[str, KnownFile], sources: Sequence[Sources], seen: set[str], *, allow_empty: bool
) -> Iterator[KnownFile]:
    for source in sources:
        if not source.is_folder:
            continue
        prefix = source.root.rstrip("/") + "/"
        before = [(path, file) for path, file in known.items() if not file.gone and path.startswith(prefix)]
        if len(before) >= FEW_FILES and not source.stamps and not allow_empty:
            raise InputError(
                f"{source.root}: {len(before)} pages were here and now there is none. Is a disk not mounted? "
                "If they are really gone, say so with --allow-empty"
            )
        yield from (file for path, file in before if path not in seen)
