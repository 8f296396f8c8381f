"""Plan an import: which files to read, which are unchanged, and which are gone."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.folder import Sources, stamp_file
from ingest.graph import ReadSettings, is_read_alike
from record_types.errors import InputError
from record_types.pages import FileStamp, Problem, SourceFile
from store.files import KnownFile

READER_VERSION = 11
"""Incremented when a page reader's records change: files that an older version read are then read again."""

SUSPICIOUS_LOSS = 20
"""A folder that had this many pages and is suddenly empty is probably an unmounted disk."""


MAX_CLOCK_SKEW = 5.0
"""Seconds by which a file server's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do, decided before any file is opened."""

    read: tuple[tuple[FileStamp, ReadSettings], ...]
    unchanged: int
    """Files with the same size and time as before."""
    gone: tuple[KnownFile, ...]
    problems: tuple[tuple[str, Problem], ...]
    unsettled: int = 0
    """Files modified so recently that they are left for the next import."""
    sweep: bool = False
    """The last import may have left highlights without an appearance that are not yet marked gone."""


def plan_import(
    known: Mapping[str, KnownFile],
    sources: Sequence[Sources],
    *,
    written: Collection[str] = (),
    allow_empty: bool = False,
    verify: bool = False,
) -> ImportPlan:
    """Compare the files in `sources` with the `known` ones. Pure.

    A file that was read under another root keeps its row. The exporter's own notes (`written`, absolute
    paths) are not read. Raises InputError for a folder that had pages and is suddenly empty, unless
    `allow_empty`. With `verify`, size and time of a file prove nothing: every file is read.
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
            if before and not verify and is_unchanged(before, stamp, source.settings):
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
    """Whether the file need not be opened: same size and time, and readable by this version of the reader.

    A change of the repair setting, or of the way its graph writes dates and names, causes it to be read
    again.
    """
    return (
        (before.size, before.mtime_ns) == (stamp.size, stamp.mtime_ns)
        and before.reader == READER_VERSION
        and not before.gone
        and bool(before.sha256)
        and before.repair != ("left" if settings.repair else "done")
        and is_read_alike(before.read_as, settings.describe())
    )


def is_settled(stamp: FileStamp, settle_seconds: float) -> bool:
    """Whether the file is probably not being written at the moment. A time in the future proves nothing."""
    age = time.time() - stamp.mtime_ns / 1e9
    return age >= settle_seconds or age < -MAX_CLOCK_SKEW


def may_store(file: SourceFile, settle_seconds: float) -> bool:
    """Whether the file was settled when it was read; an unreadable one may have been half written."""
    if settle_seconds <= 0 or file.sha256:
        return is_settled(file.stamp, settle_seconds)
    try:
        return is_settled(stamp_file(file.stamp.root, file.stamp.path), settle_seconds)
    except FileNotFoundError:  # renamed meanwhile
        return False
    except OSError:
        return True


def has_same_content(before: KnownFile | None, file: SourceFile) -> bool:
    """Whether a file that was read after all has the same contents as before, read in the same way."""
    return (
        before is not None
        and before.sha256 == file.sha256 != ""
        and before.reader == READER_VERSION
        and before.repair == _find_repair(file)
        and is_read_alike(before.read_as, file.read_as)
        and not before.gone
    )


def _find_repair(file: SourceFile) -> str:
    """The value that the store will return as `KnownFile.repair`."""
    kinds = {problem.kind for problem in file.problems}
    if "repaired" in file.encoding or "repaired-lines" in kinds:
        return "done"
    return "left" if "damaged" in kinds else ""


def _find_gone(
    known: Mapping[str, KnownFile], sources: Sequence[Sources], seen: set[str], *, allow_empty: bool
) -> Iterator[KnownFile]:
    for source in sources:
        if not source.is_folder:
            continue
        prefix = source.root.rstrip("/") + "/"
        before = [(path, file) for path, file in known.items() if not file.gone and path.startswith(prefix)]
        if len(before) >= SUSPICIOUS_LOSS and not source.stamps and not allow_empty:
            raise InputError(
                f"{source.root}: had {len(before)} pages and is now empty. Is a disk not mounted? "
                "If the pages are really gone, use --allow-empty"
            )
        yield from (file for path, file in before if path not in seen)
