"""What to do about each file of an export: a pure decision from what is there, wanted and written before.

The reader's words always win: a file that differs from what was written last is merged block by block
(`export.merging`). A note that is to say what it said last time needs no look at its file at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from export.layout import Flavour
from export.merging import merge_note, shows_blocks
from export.names import fold_name
from export.rendered import Rendered
from export.rendering import RenderedNote
from export.writes import Action, Write
from record_types.library import GUEST


def plan_writes(
    read: Callable[[str], bytes | None],
    notes: Iterable[RenderedNote],
    written: Mapping[str, str],
    existing: Iterable[str] = (),
    *,
    flavour: Flavour = "markdown",
    read_blocks: Callable[[str], Mapping[str, str]] = lambda path: {},
    restore: bool = False,
    below: bool = False,
) -> list[Write]:
    """One decision for each note, then for each file of ours that is no longer wanted; by path.

    `read` gives a file's bytes, None where there is none; `written` is what was written last, by path,
    and `read_blocks` the same block by block, in order, for one path; `existing` are the paths in the folder,
    so that two names that a file system takes for one are seen; with `restore` deleted files are made again,
    with `below` a note whose page is the reader's own goes below their words.
    """
    paths = set(existing)
    folder = _Folder(read, written, {fold_name(path): path for path in paths}, paths, read_blocks, below)
    wanted = {note.path: note for note in notes}
    decided = [_decide(wanted[path], folder, flavour, restore=restore) for path in sorted(wanted)]
    decided_paths = {write.path for write in decided}
    return decided + list(_find_obsolete(decided_paths | wanted.keys(), read, written))


@dataclass(frozen=True, slots=True)
class _Folder:
    """What is there and what was written last."""

    read: Callable[[str], bytes | None]
    written: Mapping[str, str]
    there: Mapping[str, str]
    """The paths that exist, by their folded name."""
    paths: Collection[str]
    read_blocks: Callable[[str], Mapping[str, str]]
    below: bool


def _decide(note: RenderedNote, folder: _Folder, flavour: Flavour, *, restore: bool) -> Write:
    base = folder.written.get(note.path)
    other = folder.there.get(fold_name(note.path), note.path)
    plain = Write(note.path, "same", note.text, uid=note.uid, blocks=note.blocks)
    if other != note.path and other not in folder.written:
        if folder.below and note.as_guest:
            return _join_page(replace(note.as_guest(), path=other), folder.read(other), {}, flavour)
        reason = f"{other} is there and has the same name to this system"
        return replace(plain, action="foreign", reason=reason)
    if base == note.text and note.path in folder.paths:
        return plain
    before = folder.read(note.path)
    if base is not None and before is not None and note.as_guest:
        known = folder.read_blocks(note.path)
        if GUEST in known:
            guest = note.as_guest()
            if guest.text == base:
                return Write(note.path, "same", base, uid=note.uid, blocks=guest.blocks)
            return _join_page(guest, before, known, flavour)
    new = note.text.encode("utf-8", "replace")
    if before is None:
        if base is not None and not restore:
            return replace(plain, action="deleted", reason="deleted by its reader")
        return replace(plain, action="create", data=new)
    plain = replace(plain, data=new, before=before)
    if before == new:
        return replace(plain, action="same" if base is not None else "adopt")
    if base is None:
        if folder.below and note.as_guest:
            return _join_page(note.as_guest(), before, {}, flavour)
        return replace(plain, action="foreign", reason="a file that gleanings did not write")
    return _update(plain, before, base, folder.read_blocks(note.path), flavour)


def _join_page(guest: RenderedNote, before: bytes | None, base: Mapping[str, str], flavour: Flavour) -> Write:
    """A page of the reader's own with ours below theirs, or brought up to date there."""
    plain = Write(guest.path, "foreign", guest.text, uid=guest.uid, blocks=guest.blocks, before=before)
    try:
        current = (before or b"").decode("utf-8")
    except UnicodeDecodeError:
        return replace(plain, reason="a file that gleanings did not write, and not in UTF-8")
    merged = merge_note(current, base, guest.blocks, flavour)
    if not base and not shows_blocks(merged.text, guest.blocks, flavour):
        return replace(plain, reason="a file that gleanings did not write, with code in it that never ends")
    data = merged.text.encode("utf-8", "replace")
    action: Action = "same" if data == before else "merge"
    return replace(plain, action=action, data=data, conflicts=merged.conflicts, withheld=merged.withheld)


def _update(plain: Write, before: bytes, base: str, blocks: Mapping[str, str], flavour: Flavour) -> Write:
    """A file of ours brought up to date: written anew where nobody touched it, else merged."""
    unedited = is_unedited(before, base)
    if unedited and _keeps_order(blocks, plain.blocks):
        data = _keep_form(plain.text, before, base)
        return replace(plain, action="same" if data == before else "update", data=data)
    if not blocks:
        return replace(plain, action="edited", reason="edited since it was written")
    try:
        current = before.decode("utf-8")
    except UnicodeDecodeError:
        return replace(plain, action="edited", reason="edited, and not in UTF-8")
    merged = merge_note(current, blocks, plain.blocks, flavour)
    data = merged.text.encode("utf-8", "replace")
    action: Action = "same" if data == before else "update" if unedited else "merge"
    return replace(plain, action=action, data=data, conflicts=merged.conflicts, withheld=merged.withheld)


def _keeps_order(blocks: Mapping[str, str], wanted: Sequence[Rendered]) -> bool:
    """Whether the blocks that were there come in the same order still: nothing is ever re-sorted."""
    new = {block.key for block in wanted}
    known = [key for key in blocks if key in new]
    return known == [block.key for block in wanted if block.key in blocks]


def _find_obsolete(
    wanted: Collection[str], read: Callable[[str], bytes | None], written: Mapping[str, str]
) -> Iterator[Write]:
    for path in sorted(written.keys() - set(wanted)):
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
