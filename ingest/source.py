"""Read one file into a `SourceFile`: its bytes, encoding, dialect, pages and problems.

A dialect is a module with a `NAME`, a cheap `detect` and a pure `parse`. The first in `DIALECTS` that
recognises a text reads it, so the more specific ones come first. Notes that gleanings itself wrote are not
read, although they may lie next to their sources. They are recognised by their mark alone
(`markdown_text.note_marks`), since their reader may have edited, renamed or moved them.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from ingest import kindle
from ingest.aliases import read_aliases
from ingest.encoding import REPAIRED, decode, find_damage, repair_lines
from ingest.folder import stamp_file
from ingest.graph import ReadSettings, name_page
from ingest.readwise import (
    cards,
    csv_export,
    flat,
    headings,
    logseq,
    logseq_database,
    obsidian,
    org,
    plugin,
    quoted,
    roam,
    vault_plugin,
)
from ingest.sources import registry
from ingest.sources.archive import NAME as ZIP
from ingest.sources.archive import read_archive
from ingest.sources.foreign_sqlite import HEADER as SQLITE
from ingest.text import NOTE_SUFFIXES, Beside, Data, Parsed, Text, nothing_beside
from markdown_text.note_marks import MARK_KEY, read_mark
from record_types.errors import UnreadableError
from record_types.pages import FileStamp, Problem, SourceFile
from record_types.regular_files import open_regular


class Dialect(Protocol):
    """One way in which pages of highlights are written: what a dialect's module contains."""

    @property
    def NAME(self) -> str:  # noqa: N802  (a module's constant)
        """The name that `files.dialect` in the store holds."""

    @property
    def SUFFIXES(self) -> tuple[str, ...]:  # noqa: N802
        """The suffixes of its files, in lower case."""

    @property
    def SIGNS(self) -> tuple[str, ...]:  # noqa: N802
        """Strings of which every page of the dialect contains at least one; empty if there are none."""

    def detect(self, text: Text, /) -> bool:
        """Whether a text with such a suffix and sign is a page of this dialect; accepts any text."""

    def parse(self, text: Text, /) -> Parsed:
        """Return the pages of a text that was detected. Raises UnreadableError with the line."""


DIALECTS: tuple[Dialect, ...] = (
    csv_export,
    kindle,
    org,
    roam,
    headings,
    vault_plugin,
    obsidian,
    plugin,
    cards,
    flat,
    quoted,
    logseq_database,
    *registry.TEXTS,
    logseq,
)


def find_dialect(text: Text) -> Dialect | None:
    """Return the dialect of `text`; None if it is not a highlight page, or gleanings wrote it."""
    if is_exported(text):
        return None
    return next((dialect for dialect in DIALECTS if is_written_in(dialect, text)), None)


def is_written_in(dialect: Dialect, text: Text) -> bool:
    """Whether `text` is a page of `dialect`; suffix and signs rule out most texts before its `detect`."""
    if text.suffix not in dialect.SUFFIXES:
        return False
    page = text.text
    return (not dialect.SIGNS or any(sign in page for sign in dialect.SIGNS)) and dialect.detect(text)


def is_exported(text: Text) -> bool:
    """Whether a text is a note with the mark in its head; a highlight that merely mentions it is not."""
    is_named = text.suffix in NOTE_SUFFIXES and MARK_KEY in text.text
    return is_named and read_mark(text.text) is not None


_SIGN = re.compile(
    r"\(\[View (?:Tweet|Highlight)\]\("
    r"|https?://(?:read\.readwise\.io/(?:\w+/)*read/|(?:www\.)?readwise\.io/(?:open|to_kindle|bookreview)\b)"
    r"|\[rw-book-cover\]\("
    r"|^[-*#>\t ]{0,20}(?:Highlights first synced by|New highlights added)\b",
    re.MULTILINE,
)
"""What only Readwise writes: a page of the reader's may contain it too, in a copied passage."""

MAX_BYTES = 64 << 20
"""No page is this large; parsing it would take many times as much memory."""


def read_source(stamp: FileStamp, settings: ReadSettings | None = None) -> SourceFile:
    """Read and parse a file; the result's stamp belongs to the bytes that were read.

    A file that cannot be read has a problem of kind `unreadable`, and an empty `sha256` if not even its bytes
    could be read.
    """
    try:
        if _is_zip(stamp):
            return _read_zip(stamp, settings or ReadSettings())
        stamp, data = _read_unchanged(stamp)
    except UnreadableError as error:
        return SourceFile(stamp, "", problems=(Problem("unreadable", str(error), error.line),))
    except OSError as error:
        message = error.strerror or str(error)
        return SourceFile(stamp, "", problems=(Problem("unreadable", message),))
    digest = sha256(data).hexdigest()
    settings = settings or ReadSettings()
    read_as = settings.describe(with_days=False)
    beside = _make_beside(stamp)
    if data.startswith(SQLITE):
        return _read_database(stamp, digest, Data(data, stamp.path, beside), read_as)
    try:
        text, encoding = decode(data, repair_whole=settings.repair)
    except UnreadableError as error:
        problem = Problem("unreadable", str(error), error.line)
        return SourceFile(stamp, digest, problems=(problem,), read_as=read_as)
    del data  # an export may be large
    nul = _find_nul(text)
    if nul:
        text = text.replace("\0", "")
    damage: tuple[Problem, ...] = ()
    if not settings.repair:
        damage = find_damage(text)
    elif encoding != REPAIRED:
        text, damage = repair_lines(text)
    page = make_text(stamp.path, text, settings, beside)
    dialect, parsed = parse_text(page)
    problems = (*nul, *(damage if dialect or not settings.repair else ()), *parsed.problems)
    is_own = dialect is None and not is_exported(page)
    if is_own:
        problems += find_signs(text)
    name, aliases = read_aliases(page) if is_own else ("", ())
    if dialect:
        read_as = settings.describe()
    return SourceFile(stamp, digest, dialect, encoding, parsed.pages, problems, name, aliases, read_as)


def find_signs(text: str) -> tuple[Problem, ...]:
    """Return a problem for a page that no dialect reads although it has signs of Readwise's highlights."""
    if not any(word in text for word in ("eadwise", "EADWISE", "[View ", "ew highlights")):
        return ()
    signs = list(_SIGN.finditer(text))
    if not signs:
        return ()
    count = "a sign" if len(signs) == 1 else f"{len(signs):,} signs"
    message = f"{count} of Readwise's highlights in an unknown form: the page was not read"
    return (Problem("not-read", message, text.count("\n", 0, signs[0].start()) + 1),)


def make_text(path: str, text: str, settings: ReadSettings, beside: Beside = nothing_beside) -> Text:
    """Make the record that dialects receive for the file at `path`."""
    file_name = path.rpartition("/")[2]
    stem, dot, suffix = file_name.rpartition(".")
    return Text(
        text,
        name_page(file_name, settings.name_format),
        dot + suffix.lower() if stem else "",
        settings.day_formats,
        beside,
    )


def parse_text(text: Text) -> tuple[str | None, Parsed]:
    """Return the dialect's name and the pages of a text; (None, no pages) if it is not a highlight page."""
    dialect = find_dialect(text)
    if dialect is None:
        return None, Parsed()
    try:
        return dialect.NAME, dialect.parse(text)
    except UnreadableError as error:
        return dialect.NAME, Parsed(problems=(Problem("unreadable", str(error), error.line),))


def _read_unchanged(stamp: FileStamp) -> tuple[FileStamp, bytes]:
    """Read the bytes that belong to a stamp; try once more if the file changed meanwhile."""
    for _ in range(2):
        limit = registry.MAX_BYTES if stamp.path.lower().endswith(registry.SUFFIXES) else MAX_BYTES
        if stamp.size > limit:
            raise UnreadableError(
                f"{stamp.size >> 20} MiB: pages of more than {limit >> 20} MiB are not read"
            )
        data = _read_bytes(stamp)
        now = stamp_file(stamp.root, stamp.path)
        if now == stamp and len(data) == stamp.size:
            return stamp, data
        stamp = now
    raise UnreadableError("it is being written to: import it again later")


def _read_bytes(stamp: FileStamp) -> bytes:
    """Read the file's bytes, or one byte more than the stamp's size if the file grew."""
    with open_regular(f"{stamp.root}/{stamp.path}") as file:
        return file.read(stamp.size + 1) or b""


def _read_database(stamp: FileStamp, digest: str, data: Data, read_as: str) -> SourceFile:
    try:
        name, parsed = registry.parse_database(data)
    except UnreadableError as error:
        name, parsed = None, Parsed(problems=(Problem("unreadable", str(error)),))
    return SourceFile(stamp, digest, name, "binary", parsed.pages, parsed.problems, read_as=read_as)


def _is_zip(stamp: FileStamp) -> bool:
    with open_regular(f"{stamp.root}/{stamp.path}") as file:
        return file.read(4) in registry.ZIP


def _read_zip(stamp: FileStamp, settings: ReadSettings) -> SourceFile:
    """Read each member of a zip file as a file of its own; the digest is that of the list of members."""

    def read(name: str, data: bytes, beside: Beside) -> tuple[str | None, Parsed]:
        if data.startswith(SQLITE):
            return registry.parse_database(Data(data, name, beside))
        text, _ = decode(data, repair_whole=settings.repair)
        return parse_text(make_text(name, text.replace("\0", ""), settings, beside))

    archive = read_archive(f"{stamp.root}/{stamp.path}", read)
    return SourceFile(
        stamp,
        archive.digest,
        ZIP if archive.dialects else None,
        "binary",
        tuple(archive.pages),
        tuple(archive.problems),
        read_as=settings.describe(),
    )


def _make_beside(stamp: FileStamp) -> Beside:
    """Return a reader of files near this one; of several that a pattern matches, it reads the first."""

    def beside(pattern: str) -> bytes | None:
        head, _, name = pattern.rpartition("/")
        place = Path(stamp.root, stamp.path).parent / head
        try:
            names = [name]
            if "*" in name:
                names = sorted(each.name for each in place.iterdir() if fnmatchcase(each.name, name))
            if not names:
                return None
            with open_regular(place / names[0]) as file:
                data = file.read(registry.MAX_BYTES + 1) or b""
        except OSError:
            return None
        return data if len(data) <= registry.MAX_BYTES else None

    return beside


def _find_nul(text: str) -> tuple[Problem, ...]:
    place = text.find("\0")
    if place < 0:
        return ()
    line = text.count("\n", 0, place) + 1
    return (Problem("nul-bytes", f"{text.count(chr(0))} NUL bytes removed, the first in line {line}", line),)
