"""What to do about each file of an export: a pure decision from what is there, wanted and written before.

The reader's words always win: a file that differs from what was written last is left alone. (A merge
block by block takes the place of `edited` here.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from export.names import fold_name

Action = Literal[
    "create",
    "update",
    "same",
    "adopt",
    "edited",
    "deleted",
    "foreign",
    "obsolete",
    "changed",
    "refused",
]
"""`create` and `update` write. `same` and `adopt` have the wanted bytes already; `adopt` was not known
to be ours. `edited`, `deleted` (by the reader), `foreign` (never ours) and `obsolete` (ours, no longer
wanted) are left alone. `changed` and `refused` come from the writing itself: the file changed
meanwhile, or lies behind a symbolic link."""

WRITES = ("create", "update")
LEFT_ALONE = ("edited", "deleted", "foreign", "obsolete", "changed", "refused")
"""What the user should hear of."""


@dataclass(frozen=True, slots=True)
class Write:
    """One file and what is to be done about it."""

    path: str
    """Below the export folder, with `/`."""
    action: Action
    text: str = ""
    """The wanted text; empty for `obsolete`."""
    data: bytes = b""
    """The bytes to write: the text with the line ends that the file has."""
    before: bytes | None = None
    """What the file held when it was decided; None where it was not there."""
    reason: str = ""
    """For a file that is left alone: why, in a few words."""


def plan_writes(
    read: Callable[[str], bytes | None],
    notes: Iterable[tuple[str, str]],
    written: Mapping[str, str],
    existing: Iterable[str] = (),
    *,
    restore: bool = False,
) -> list[Write]:
    """One decision for each note, then for each file of ours that is no longer wanted; by path.

    `read` gives a file's bytes, None where there is none; `notes` are (path, text); `written` is what
    was written last, by path; `existing` are the paths in the folder, so that two names that a file
    system takes for one are seen; with `restore` deleted files are made again.
    """
    wanted = dict(notes)
    there = {fold_name(path): path for path in existing}
    decided = [_decide(path, wanted[path], read, written, there, restore) for path in sorted(wanted)]
    return decided + list(_find_obsolete(wanted, read, written))


def _decide(
    path: str,
    text: str,
    read: Callable[[str], bytes | None],
    written: Mapping[str, str],
    there: Mapping[str, str],
    restore: bool,
) -> Write:
    before, base = read(path), written.get(path)
    new = text.encode("utf-8", "replace")
    other = there.get(fold_name(path), path)
    if other != path and other not in written:
        return Write(path, "foreign", text, reason=f"{other} is there and has the same name to this system")
    if before is None:
        if base is not None and not restore:
            return Write(path, "deleted", text, reason="deleted by its reader")
        return Write(path, "create", text, new)
    if before == new:
        return Write(path, "same" if base is not None else "adopt", text, new, before)
    if base is None:
        return Write(path, "foreign", text, before=before, reason="a file that gleanings did not write")
    if not is_unedited(before, base):
        return Write(path, "edited", text, before=before, reason="edited since it was written")
    data = _keep_form(text, before, base)
    return Write(path, "same" if data == before else "update", text, data, before)


def _find_obsolete(
    wanted: Mapping[str, str], read: Callable[[str], bytes | None], written: Mapping[str, str]
) -> Iterator[Write]:
    for path in sorted(written.keys() - wanted.keys()):
        before = read(path)
        if before is not None:
            unedited = is_unedited(before, written[path])
            yield Write(
                path,
                "obsolete" if unedited else "edited",
                before=before,
                reason="no longer wanted" + ("" if unedited else ", and edited"),
            )


def is_unedited(before: bytes, base: str) -> bool:
    """Whether a file holds what was written, line ends, byte order mark and final blank lines aside."""
    try:
        text = before.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return text.replace("\r\n", "\n").rstrip("\n") == base.rstrip("\n")


def _keep_form(text: str, before: bytes, base: str) -> bytes:
    """The new text with the file's own line ends and, where a program changed it, its final newline."""
    old = before.decode("utf-8-sig").replace("\r\n", "\n")
    if old.endswith("\n") != base.endswith("\n"):
        text = text.rstrip("\n") + ("\n" if old.endswith("\n") else "")
    if b"\r\n" in before:
        text = text.replace("\n", "\r\n")
    return text.encode("utf-8", "replace")
