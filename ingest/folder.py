"""Find the files to read under a path: their stamps, and what was skipped and why."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from ingest.graph import Graph, ReadSettings, find_graph
from ingest.sources import registry
from ingest.sources.archive import may_be_source
from ingest.text import PAGE_SUFFIXES
from record_types.errors import InputError
from record_types.pages import FileStamp, Problem
from record_types.regular_files import open_regular

_SYNC_LOG = "Readwise.md"
# Logseq's own copies of pages: backups, deleted pages, earlier versions, the mirror of a database.
_LOGSEQ_OWN = frozenset({"logseq/bak", "logseq/.recycle", "logseq/version-files", "mirror"})
_MIRROR = "mirror/markdown"
# Sync programs number their copies like this: `page 2.md`, `page(1).md`.
_COPY = re.compile(r"(?P<stem>.+?)(?: \d{1,2}|\(\d{1,2}\))(?P<suffix>\.\w+)")
# In bytes, since only the head of a file is read here, before its encoding is known.
_TITLE = re.compile(rb"title:: *([^\r\n]*)|^(?:[-*>] *(?:\*\*)?Full Title(?:\*\*)?::?|# ) *([^\r\n]*)", re.M)
_MARKDOWN_EXPORT = (
    "a Logseq database graph, which cannot be read: turn on its Markdown mirror, or export it as Markdown"
    " in Logseq, and import that folder"
)


@dataclass(frozen=True, slots=True)
class Sources:
    """The files under one path."""

    root: str
    """Absolute; the paths of the stamps are relative to it."""
    settings: ReadSettings
    stamps: tuple[FileStamp, ...] = ()
    """Sorted by path."""
    problems: tuple[tuple[str, Problem], ...] = ()
    """What was skipped although it looks like a page: path relative to `root`, and why."""
    is_folder: bool = True
    """False if the path is a single file."""


@dataclass(slots=True)
class _Walk:
    """The results of one walk so far."""

    root: str
    skipped_folders: frozenset[str]
    """Relative to `root`, with `/`."""
    stamps: list[FileStamp] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)

    def skip(self, path: str, kind: str, why: str) -> None:
        self.problems.append((_show(path), Problem(kind, why)))


def find_sources(path: Path) -> Sources:
    """Find the files to read under `path`: a file, a folder, a graph or a vault.

    Raises InputError if `path` does not exist, cannot be opened, or is a Logseq database graph.
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
        _walk_folder(walk, str(real))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    if (real / "db.sqlite").is_file() and not (real / "mirror" / "markdown").is_dir():
        if not walk.stamps:
            raise InputError(f"{path}: {_MARKDOWN_EXPORT}")
        walk.skip("db.sqlite", "skipped", _MARKDOWN_EXPORT)
    stamps = sorted(_drop_copies(walk), key=lambda stamp: stamp.path)
    return Sources(
        str(real), settings, tuple(stamps), tuple(sorted(walk.problems, key=lambda found: found[0]))
    )


def stamp_file(root: str, path: str) -> FileStamp:
    """Return the current stamp of the file at `path` below `root`. Raises OSError."""
    found = os.stat(f"{root}/{path}")  # noqa: PTH116  (a Path costs more than the call itself)
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
    """Return the folders below `root` that are not read: Logseq's own, journals, hidden ones."""
    if graph is None or graph.kind != "logseq":
        is_database = (root / "db.sqlite").is_file()
        return frozenset((f"{_MIRROR}/journals",) if is_database else ())
    skipped: set[str] = set()
    own = _LOGSEQ_OWN - {"mirror"} if (graph.folder / "db.sqlite").is_file() else _LOGSEQ_OWN
    for name in (*own, graph.journals, f"{_MIRROR}/journals", *graph.hidden):
        folder = graph.folder / name
        if folder != root and folder.is_relative_to(root):  # a folder that the user named is always read
            skipped.add(folder.relative_to(root).as_posix())
    return frozenset(skipped)


def _walk_folder(walk: _Walk, folder: str) -> None:
    """Add the files of a folder and its subfolders. Raises OSError only for `folder` itself."""
    folders = [(folder, "")]
    while folders:
        here, prefix = folders.pop()
        try:
            # scandir instead of Path.walk, since its entries know their type without a stat per file.
            entries = os.scandir(here)
        except OSError as error:
            if not prefix:
                raise
            walk.skip(prefix.rstrip("/"), "unreadable", error.strerror or "cannot be opened")
            continue
        with entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".") and not _is_dotted_page(entry):
                    continue
                try:
                    if _add_entry(walk, entry, prefix + name):
                        folders.append((entry.path, f"{prefix}{name}/"))
                except OSError as error:  # deleted between listing and stat
                    walk.skip(prefix + name, "unreadable", error.strerror or "cannot be read")


def _is_source(entry: os.DirEntry[str]) -> bool:
    """Whether it is another program's export: such suffixes are common, so its beginning is checked."""
    if not entry.name.lower().endswith(registry.SUFFIXES) or not entry.is_file():
        return False
    try:
        return may_be_source(entry.path)
    except OSError:
        return False  # the user did not name it as an export


def _is_dotted_page(entry: os.DirEntry[str]) -> bool:
    """Whether it is a page whose title begins with a dot (`.@ann Says….md`), not a file of the system or of
    an editor."""
    name = entry.name
    # `._x` is from macOS, `.#x` from Emacs, `.~x` from office programs and sync tools.
    is_page = name.lower().endswith(PAGE_SUFFIXES) and not name.startswith(("._", ".#", ".~"))
    return is_page and entry.is_file(follow_symlinks=False)


def _add_entry(walk: _Walk, entry: os.DirEntry[str], path: str) -> bool:
    """Add a file's stamp; return True for a folder to walk."""
    is_page = entry.name.lower().endswith(PAGE_SUFFIXES)
    if not path.isascii() and not _is_utf8(path):
        if is_page or entry.is_dir(follow_symlinks=False):
            walk.skip(path, "unreadable", "its name is not UTF-8; rename it")
        return False
    if path in walk.skipped_folders:
        return False
    if entry.is_symlink():
        _check_symlink(walk, entry.path, path)
        return False
    if entry.is_dir():
        if is_page:
            walk.skip(path, "skipped", "a folder named like a page; its files are read")
        return True
    if entry.name == _SYNC_LOG or not (is_page or _is_source(entry)):
        return False
    found = entry.stat()
    if not entry.is_file():
        walk.skip(path, "unreadable", "not a regular file")
    elif ".sync-conflict-" in entry.name:
        walk.skip(path, "sync-copy", "a copy from a sync conflict: merge it with its page and delete it")
    else:
        walk.stamps.append(FileStamp(walk.root, path, found.st_size, found.st_mtime_ns))
    return False


def _check_symlink(walk: _Walk, link: str, path: str) -> None:
    """Report a link that is broken or leaves the root; a target inside the root is read there."""
    try:
        target = Path(link).resolve(strict=True)
    except (OSError, RuntimeError):
        kind = "unreadable" if path.lower().endswith(PAGE_SUFFIXES) else "skipped"
        walk.skip(path, kind, "a symbolic link that is broken or leads to itself")
        return
    if not target.is_relative_to(walk.root):
        walk.skip(
            path, "skipped", "a symbolic link that leaves the folder; import its target by its own path"
        )


def _drop_copies(walk: _Walk) -> list[FileStamp]:
    """Return the stamps without sync copies: `page 2.md` or `page(1).md` next to `page.md`, same title."""
    known = {stamp.path for stamp in walk.stamps}
    kept = []
    for stamp in walk.stamps:
        original = _original_path(stamp.path)
        if original in known and _same_title(walk.root, stamp.path, original):
            walk.skip(stamp.path, "sync-copy", f"looks like a sync copy of {original}: merge and delete it")
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
    """False only if the pages have different titles (`Rust` and `Rust 2` may both exist)."""
    titles = [_read_title(f"{root}/{name}") for name in (path, original)]
    return not (titles[0] and titles[1] and titles[0] != titles[1])


def _read_title(path: str) -> bytes:
    try:
        with open_regular(path) as file:
            match = _TITLE.search(file.read(4096))
    except OSError:
        return b""
    return (match[1] or match[2] or b"").strip(b" *") if match else b""


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _show(path: str) -> str:
    """Write bytes that are not UTF-8 as `\\xNN`, so that the path can be printed and stored."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
