"""Which files under a path are to be read: a path → file stamps and what was left out, and why."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from ingest.graph import Graph, ReadSettings, find_graph
from record_types.errors import InputError
from record_types.pages import FileStamp, Problem

SUFFIXES = (".md", ".markdown", ".org", ".csv", ".txt")

_SYNC_LOG = "Readwise.md"
_LOGSEQ_OWN = frozenset({"logseq/bak", "logseq/.recycle", "logseq/version-files", "mirror"})
_COPY = re.compile(r"(?P<stem>.+?)(?: \d{1,2}|\(\d{1,2}\))(?P<suffix>\.\w+)")
_TITLE = re.compile(rb"title:: *([^\r\n]*)")
_MARKDOWN_EXPORT = (
    "a Logseq database graph: its rows are Logseq's own; export it as Markdown in Logseq and import that"
)


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that one path names."""

    root: str
    """Absolute; what the stamps' paths are below."""
    settings: ReadSettings
    stamps: tuple[FileStamp, ...] = ()
    """Sorted by path."""
    problems: tuple[tuple[str, Problem], ...] = ()
    """What was left out although it looks like a page: path below `root`, and why."""
    is_folder: bool = True
    """False where the path named one file."""


@dataclass(slots=True)
class _Walk:
    """What one walk gathers."""

    root: str
    skipped_folders: frozenset[str]
    """Below `root`, with `/`."""
    stamps: list[FileStamp] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)

    def leave_out(self, path: str, kind: str, why: str) -> None:
        self.problems.append((_show(path), Problem(kind, why)))


def find_sources(path: Path) -> Sources:
    """The files to read under `path`: itself, a folder's, a graph's or a vault's.

    Raises InputError where `path` does not exist, cannot be opened, or is a Logseq database graph.
    """
    try:
        real = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if real.is_dir() and not os.access(real, os.R_OK | os.X_OK):
        raise InputError(f"{path}: {os.strerror(errno.EACCES)}")
    graph = find_graph(real)
    settings = graph.settings if graph else ReadSettings()
    if not real.is_dir():
        return _single_file(real, settings)
    walk = _Walk(str(real), _folders_to_skip(real, graph))
    try:
        _walk_folder(walk, str(real), "")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    if (real / "db.sqlite").is_file():
        if not walk.stamps:
            raise InputError(f"{path}: {_MARKDOWN_EXPORT}")
        walk.leave_out("db.sqlite", "skipped", _MARKDOWN_EXPORT)
    stamps = sorted(_drop_copies(walk), key=lambda stamp: stamp.path)
    return Sources(
        str(real), settings, tuple(stamps), tuple(sorted(walk.problems, key=lambda found: found[0]))
    )


def stamp_file(root: str, path: str) -> FileStamp:
    """The stamp of the file at `path` below `root` as it is now. Raises OSError."""
    found = os.stat(f"{root}/{path}")  # noqa: PTH116  (a Path costs more than the call)
    return FileStamp(root, path, found.st_size, found.st_mtime_ns)


def _single_file(path: Path, settings: ReadSettings) -> Sources:
    if path.name == "db.sqlite":
        raise InputError(f"{path}: {_MARKDOWN_EXPORT}")
    if not path.is_file():
        raise InputError(f"{path}: neither a file nor a folder")
    try:
        path.name.encode()
    except UnicodeEncodeError:
        raise InputError(f"{_show(str(path))}: the file's name is not UTF-8; rename it") from None
    return Sources(str(path.parent), settings, (stamp_file(str(path.parent), path.name),), is_folder=False)


def _folders_to_skip(root: Path, graph: Graph | None) -> frozenset[str]:
    """Folders below `root` that hold no pages of the reader's: the graph's own, journals, hidden ones."""
    if graph is None or graph.kind != "logseq":
        return frozenset()
    skipped: set[str] = set()
    for name in (*_LOGSEQ_OWN, graph.journals, *graph.hidden):
        folder = graph.folder / name
        if folder != root and folder.is_relative_to(root):  # a folder that the user named is read
            skipped.add(folder.relative_to(root).as_posix())
    return frozenset(skipped)


def _walk_folder(walk: _Walk, folder: str, prefix: str) -> None:
    """Adds the files of one folder and those below it. Raises OSError for `folder` itself only."""
    folders = [(folder, prefix)]
    while folders:
        here, prefix = folders.pop()
        try:
            entries = os.scandir(here)
        except OSError as error:
            if not prefix:
                raise
            walk.leave_out(prefix.rstrip("/"), "unreadable", error.strerror or "cannot be opened")
            continue
        with entries:
            for entry in entries:
                name = entry.name
                if name.startswith("."):
                    continue
                try:
                    if _take_entry(walk, entry, prefix + name):
                        folders.append((entry.path, f"{prefix}{name}/"))
                except OSError as error:  # gone between the listing and the look
                    walk.leave_out(prefix + name, "unreadable", error.strerror or "cannot be read")


def _take_entry(walk: _Walk, entry: os.DirEntry[str], path: str) -> bool:
    """Adds a file's stamp; True for a folder to be walked."""
    is_page = entry.name.lower().endswith(SUFFIXES)
    if not path.isascii() and not _is_utf8(path):
        if is_page or entry.is_dir(follow_symlinks=False):
            walk.leave_out(path, "unreadable", "its name is not UTF-8; rename it")
        return False
    if path in walk.skipped_folders:
        return False
    if entry.is_symlink():
        _judge_symlink(walk, entry.path, path)
        return False
    if entry.is_dir():
        if is_page:
            walk.leave_out(path, "skipped", "a folder that is named like a page; its files are read")
        return True
    if not is_page or entry.name == _SYNC_LOG:
        return False
    found = entry.stat()
    if not entry.is_file():
        walk.leave_out(path, "unreadable", "not an ordinary file")
    elif ".sync-conflict-" in entry.name:
        walk.leave_out(path, "sync-copy", "a sync conflict's copy: merge it with its page and delete it")
    else:
        walk.stamps.append(FileStamp(walk.root, path, found.st_size, found.st_mtime_ns))
    return False


def _judge_symlink(walk: _Walk, link: str, path: str) -> None:
    """Reports a link that leads nowhere or out of the root; what it leads to inside is read there."""
    try:
        target = Path(link).resolve(strict=True)
    except (OSError, RuntimeError):
        walk.leave_out(path, "skipped", "a symbolic link that leads nowhere or to itself")
        return
    if not target.is_relative_to(walk.root):
        walk.leave_out(
            path, "skipped", "a symbolic link that leaves the folder; import its target by its own path"
        )


def _drop_copies(walk: _Walk) -> list[FileStamp]:
    """The stamps without sync copies: `page 2.md` or `page(1).md` beside a `page.md` of the same title."""
    known = {stamp.path for stamp in walk.stamps}
    kept = []
    for stamp in walk.stamps:
        original = _original_path(stamp.path)
        if original in known and _same_title(walk.root, stamp.path, original):
            walk.leave_out(
                stamp.path, "sync-copy", f"looks like a sync copy of {original}: merge and delete it"
            )
        else:
            kept.append(stamp)
    return kept


def _original_path(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    if not ("(" in name or " " in name):
        return ""
    copy = _COPY.fullmatch(name)
    return folder + slash + copy["stem"] + copy["suffix"] if copy else ""


def _same_title(root: str, path: str, original: str) -> bool:
    """False only where both pages say that they are different ones (`Rust` and `Rust 2` may both be)."""
    titles = [_read_title(f"{root}/{name}") for name in (path, original)]
    return not (titles[0] and titles[1] and titles[0] != titles[1])


def _read_title(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            match = _TITLE.search(file.read(4096))
    except OSError:
        return b""
    return match[1].strip() if match else b""


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _show(path: str) -> str:
    """`path` with the bytes that are not UTF-8 as `\\xNN`, so that it can be printed and stored."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
