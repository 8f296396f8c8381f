"""Zip files: their members are read like files, in memory; nothing is extracted to the disk.

A member's name only chooses its reader and appears in messages, so `../../x` in it is harmless. Limits
apply to the size of the list of members, of each member as it is unpacked (not as it is declared), and of all
together. A zip file in a zip file is not read.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from hashlib import sha256
from io import FileIO
from posixpath import dirname, normpath

from ingest.sources.registry import MAX_BYTES, SUFFIXES, ZIP, looks_like_source
from ingest.text import HEAD, PAGE_SUFFIXES, Beside, Parsed
from record_types.errors import UnreadableError
from record_types.pages import Page, Problem
from record_types.regular_files import open_regular

NAME = "zip"

MAX_TOTAL = 1 << 30
"""All members together, unpacked."""
MAX_MEMBERS = 200_000
MAX_DIRECTORY = 64 << 20
"""The list of members; zipfile reads it at once."""

_SUFFIXES = (*PAGE_SUFFIXES, *SUFFIXES[:-1])
_ZIP_SIGNS = ("data/tweets.js", "data/tweet.js", "data/like.js", "data/note-tweet.js")
# Names in the problem about members that are not read.
_SHOWN = 5
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError,
    OverflowError, MemoryError,
)  # fmt: skip

ReadMember = Callable[[str, bytes, Beside], "tuple[str | None, Parsed] | None"]
"""Reads a member by its name, bytes and neighbours: its dialect and pages; None if no reader takes it."""


@dataclass(slots=True)
class Archive:
    """What was read of a zip file."""

    digest: str
    pages: list[Page] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    dialects: list[str] = field(default_factory=list)


def may_be_source(path: str) -> bool:
    """Whether the file at `path`, with one of `SUFFIXES`, looks like a source. Raises OSError."""
    with open_regular(path) as file:
        head = file.read(HEAD)
    return _may_be_archive(path) if head.startswith(ZIP) else looks_like_source(path, head)


def _may_be_archive(path: str) -> bool:
    try:
        names = [name for name, _ in list_members(path)]
    except (UnreadableError, zipfile.BadZipFile):
        return False
    return any(name.endswith(_ZIP_SIGNS) or name.startswith("metadata_0_to_") for name in names)


def list_members(path: str) -> list[tuple[str, int]]:
    """Return name and declared size of each member. Raises UnreadableError and OSError."""
    with open_regular(path) as file:
        _check_directory(file)
        try:
            with zipfile.ZipFile(file) as archive:
                return [(info.filename, info.file_size) for info in archive.infolist() if not info.is_dir()]
        except _BROKEN as error:
            raise UnreadableError(f"a damaged zip file: {error}") from None


def read_archive(path: str, read: ReadMember) -> Archive:
    """Read the members with a known suffix. Raises UnreadableError and OSError."""
    with open_regular(path) as file:
        _check_directory(file)
        try:
            with zipfile.ZipFile(file) as archive:
                return _Reading(archive, read).run()
        except _BROKEN as error:
            raise UnreadableError(f"a damaged zip file: {error}") from None


class _Reading:
    """One pass over a zip file."""

    def __init__(self, archive: zipfile.ZipFile, read: ReadMember) -> None:
        self.archive = archive
        self.members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        self.read = read
        self.left = MAX_TOTAL
        self.base = 0

    def run(self) -> Archive:
        if len(self.members) > MAX_MEMBERS:
            raise UnreadableError(f"a zip file of more than {MAX_MEMBERS:,} members")
        result = Archive(self._hash())
        unread: list[str] = []
        for name in sorted(self.members):
            if not name.lower().endswith(_SUFFIXES):
                unread.append(name)
                continue
            try:
                # An archive's messages and advertising data are larger than all that is read of it.
                if name.lower().endswith(SUFFIXES) and not looks_like_source(name, self._unpack(name, HEAD)):
                    unread.append(name)
                    continue
                data = self._unpack(name)
                found = self.read(name, data, self._make_beside(name))
            except UnreadableError as error:
                result.problems.append(_locate(name, Problem("unreadable", str(error), error.line)))
                continue
            if found is None or found[0] is None:
                unread.append(name)
                continue
            result.dialects.append(found[0])
            result.pages += self._place(found[1].pages)
            result.problems += [_locate(name, problem) for problem in found[1].problems]
        if unread and result.dialects:
            shown = ", ".join(unread[:_SHOWN]) + (" …" if len(unread) > _SHOWN else "")
            result.problems.append(
                Problem("skipped", f"{len(unread):,} other files in it are not read: {shown}")
            )
        return result

    def _hash(self) -> str:
        """Return a hash of names, sizes and checksums: it changes when a member's contents do."""
        digest = sha256()
        for name, info in sorted(self.members.items()):
            digest.update(f"{name}\0{info.file_size}\0{info.CRC}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def _unpack(self, name: str, beginning: int | None = None) -> bytes:
        """Return a member's bytes, at most as many as are allowed, whatever size it declares."""
        limit = min(MAX_BYTES, self.left)
        try:
            with self.archive.open(self.members[name]) as member:
                data = member.read(beginning or limit + 1)
        except _BROKEN as error:
            reason = "encrypted" if "encrypted" in str(error) else f"damaged: {error}"
            raise UnreadableError(f"{reason}") from None
        if beginning:
            return data
        if len(data) > limit:
            raise UnreadableError(f"more than {limit >> 20} MiB when unpacked")
        self.left -= len(data)
        return data

    def _make_beside(self, name: str) -> Beside:
        folder = dirname(name)

        def beside(pattern: str) -> bytes | None:
            wanted = normpath(f"{folder}/{pattern}").lstrip("/")
            if wanted in self.members:
                return self._unpack(wanted)
            if "*" not in wanted:
                return None
            match = next((each for each in sorted(self.members) if fnmatchcase(each, wanted)), None)
            return self._unpack(match) if match else None

        return beside

    def _place(self, pages: tuple[Page, ...]) -> list[Page]:
        """Give the lines of each member a range of their own: they distinguish the pages of one file."""
        placed = [shift_lines(page, self.base) for page in pages]
        self.base = max([self.base, *map(_find_last_line, placed)])
        return placed


def shift_lines(page: Page, by: int) -> Page:
    """Return the page with `by` added to all its lines."""
    if not by:
        return page
    return replace(
        page,
        line=page.line + by,
        highlights=tuple(
            replace(each, line=each.line + by, notes=tuple(replace(n, line=n.line + by) for n in each.notes))
            for each in page.highlights
        ),
        notes=tuple(replace(each, line=each.line + by) for each in page.notes),
        sections=tuple(replace(each, line=each.line + by) for each in page.sections),
        block_properties=tuple(replace(each, line=each.line + by) for each in page.block_properties),
    )


def _find_last_line(page: Page) -> int:
    lines = [
        page.line,
        *[each.line for each in page.highlights],
        *[each.line for each in page.block_properties],
    ]
    return max([*lines, *[each.line for each in page.sections], *[each.line for each in page.notes]])


def _locate(name: str, problem: Problem) -> Problem:
    """Name the member in a problem's message; the zip file itself has no lines."""
    place = f"{name}:{problem.line}" if problem.line else name
    return Problem(problem.kind, f"{place}: {problem.message}")


def _check_directory(file: FileIO) -> None:
    """Refuse a list of members that is too large to be read at once. Raises UnreadableError."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - _END.size))
    tail = file.readall()
    file.seek(0)
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) < place + _END.size:
        raise UnreadableError("a damaged zip file: its list of members is missing")
    directory = _END.unpack_from(tail, place)[5]
    place_64 = tail.rfind(b"PK\6\6", 0, place)
    if place_64 >= 0 and len(tail) >= place_64 + _END_64.size:
        directory = max(_END_64.unpack_from(tail, place_64)[8], directory if directory < 0xFFFFFFFF else 0)
    if directory > MAX_DIRECTORY:
        raise UnreadableError("a zip file with too long a list of members")
