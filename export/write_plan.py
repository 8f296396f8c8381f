"""Plan an export: what to do about each file, decided from its contents, the new note and the last one.

The user's words always win: a file that differs from what was written last is merged block by block. The
file of a note whose text has not changed since the last export does not have to be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from export.file_names import fold_name
from export.note_files import Action, Write
from export.note_merge import find_touched, merge_note, shows_blocks
from export.note_places import Flavour
from export.note_tree import Rendered
from markdown_text.note_marks import read_flavour
from record_types.library import EMBEDDED_SECTION

if TYPE_CHECKING:  # rendering loads a Markdown parser, which an export with nothing new does without
    from export.render import RenderedNote


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
    uids: Mapping[str, str] | None = None,
    verify: bool = False,
) -> list[Write]:
    """Return one decision for each note, by path, then one for each file of ours that is no longer needed.

    `read` returns a file's bytes, or None if there is none. `written` is what was written last, by path;
    `read_blocks` returns the blocks of one such path, in order. `existing` are the paths in the folder, to
    detect two names that a file system takes for one. `uids` are the notes that were written, by path.
    `restore` recreates deleted files; `below` puts a note whose page is the user's own below their words;
    `verify` reads all files, not only those whose text changed.
    """
    paths = set(existing)
    folder = _Folder(
        read, written, {fold_name(path): path for path in paths}, paths, read_blocks, below, verify
    )
    wanted = {note.path: note for note in notes}
    withheld = {} if restore else _find_withheld(wanted, folder, uids or {}, flavour)
    decided = [
        _decide(wanted[path], folder, flavour, restore=restore, without=withheld.get(path, frozenset()))
        for path in sorted(wanted)
    ]
    decided_paths = {write.path for write in decided}
    return decided + list(_find_obsolete(decided_paths | wanted.keys(), read, written))


def is_unedited(before: bytes, base: str) -> bool:
    """Return whether a file holds what was written, apart from line endings, a BOM and final blank lines."""
    try:
        text = before.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return text.replace("\r\n", "\n").rstrip("\n") == base.rstrip("\n")


@dataclass(frozen=True, slots=True)
class _Folder:
    """The files of the export folder, and what was written to them last."""

    read: Callable[[str], bytes | None]
    written: Mapping[str, str]
    path_by_folded: Mapping[str, str]
    paths: Collection[str]
    read_blocks: Callable[[str], Mapping[str, str]]
    below: bool
    verify: bool


def _find_withheld(
    wanted: Mapping[str, RenderedNote], folder: _Folder, uids: Mapping[str, str], flavour: Flavour
) -> dict[str, set[str]]:
    """Find the blocks that a page of a topic must not show: the user changed or deleted them on another.

    A highlight may move from one page to another when the topic grows.
    """
    pages: dict[str, list[str]] = defaultdict(list)
    for path, uid in ({path: note.uid for path, note in wanted.items()} | dict(uids)).items():
        if uid.startswith("topic:"):
            pages[uid.partition(".")[0]].append(path)
    withheld: dict[str, set[str]] = {}
    for paths in pages.values():
        if len(paths) < 2 or all(
            path in wanted and folder.written.get(path) == wanted[path].text for path in paths
        ):
            continue
        touched = {path: _find_touched(path, folder, flavour) for path in paths if path in folder.written}
        for path in paths:
            others = set[str]().union(*(keys for other, keys in touched.items() if other != path))
            if others:
                withheld[path] = others
    return withheld


def _find_touched(path: str, folder: _Folder, flavour: Flavour) -> set[str]:
    """The blocks of a note of ours that the user changed or deleted; none of a note deleted as a whole."""
    before = folder.read(path)
    if before is None or is_unedited(before, folder.written[path]):
        return set()
    old = _find_flavour(before, folder.written[path], flavour)
    keys = find_touched(before.decode("utf-8", "replace"), folder.read_blocks(path), old)
    return {key for key in keys if not key.startswith(("section:", "document:"))}


def _decide(
    note: RenderedNote, folder: _Folder, flavour: Flavour, *, restore: bool, without: Collection[str]
) -> Write:
    base = folder.written.get(note.path)
    other = folder.path_by_folded.get(fold_name(note.path), note.path)
    plain = Write(note.path, "same", note.text, uid=note.uid, blocks=note.blocks)
    if other != note.path and other not in folder.written:
        if folder.below and note.embed:
            return _embed(replace(note.embed(), path=other), folder.read(other), {}, flavour)
        reason = f"{other} exists and has the same name on this system"
        return replace(plain, action="foreign", reason=reason)
    if base == note.text and note.path in folder.paths and not folder.verify:
        return plain
    before = folder.read(note.path)
    if base is not None and before is not None and note.embed:
        known = folder.read_blocks(note.path)
        if EMBEDDED_SECTION in known:
            section = note.embed()
            if section.text == base:
                return Write(note.path, "same", base, uid=note.uid, blocks=section.blocks)
            return _embed(section, before, known, flavour)
    contents = _leave_out(note, without, flavour).encode("utf-8", "replace") if without else None
    if before is None:
        if base is not None and not restore:
            return replace(plain, action="deleted", reason="you deleted it")
        return replace(plain, action="create", contents=contents)
    plain = replace(plain, contents=contents, before=before)
    if base is not None and before and not before.strip(b"\0"):  # what some disks leave after a power cut
        return replace(plain, action="update")
    if before == plain.data:
        return replace(plain, action="same" if base is not None else "adopt")
    if base is None:
        if folder.below and note.embed:
            return _embed(note.embed(), before, {}, flavour)
        return replace(plain, action="foreign", reason="gleanings did not write this file")
    return _update(plain, before, base, folder.read_blocks(note.path), flavour, without)


def _leave_out(note: RenderedNote, without: Collection[str], flavour: Flavour) -> str:
    """The text of a note without some blocks and those below them."""
    from export.render import join_blocks

    left = [block for block in note.blocks if block.key not in without and block.parent not in without]
    return join_blocks(left, flavour)


def _embed(section: RenderedNote, before: bytes | None, base: Mapping[str, str], flavour: Flavour) -> Write:
    """Plan to add our section below a page of the user's own, or to update it there."""
    plain = Write(
        section.path, "foreign", section.text, uid=section.uid, blocks=section.blocks, before=before
    )
    try:
        current = (before or b"").decode("utf-8")
    except UnicodeDecodeError:
        return replace(plain, reason="gleanings did not write this file, and it is not in UTF-8")
    merged = merge_note(current, base, section.blocks, flavour)
    if not base and not shows_blocks(merged.text, section.blocks, flavour):
        return replace(plain, reason="gleanings did not write this file, and it has an unclosed code block")
    data = merged.text.encode("utf-8", "replace")
    action: Action = "same" if data == before else "merge"
    return replace(plain, action=action, contents=data, conflicts=merged.conflicts, withheld=merged.withheld)


def _update(
    plain: Write,
    before: bytes,
    base: str,
    blocks: Mapping[str, str],
    flavour: Flavour,
    without: Collection[str] = (),
) -> Write:
    """Plan to update a file of ours: rewrite it if nobody edited it, otherwise merge.

    A topic's page is rearranged as its topic grows: a block that another refers to has an `id::`, which
    Logseq writes into the file, so that it counts as edited.
    """
    unedited, old = is_unedited(before, base), _find_flavour(before, base, flavour)
    is_foreign = old != flavour
    if unedited and (is_foreign or plain.uid.startswith("topic:") or _keeps_order(blocks, plain.blocks)):
        data = _keep_form(plain.data.decode("utf-8"), before, base)
        return replace(plain, action="same" if data == before else "update", contents=data)
    if not blocks:
        return replace(plain, action="edited", reason="edited since it was written")
    try:
        current = before.decode("utf-8")
    except UnicodeDecodeError:
        return replace(plain, action="edited", reason="edited, and not in UTF-8")
    if is_foreign:
        from export.note_conversion import convert_note  # rarely needed

        merged = convert_note(current, blocks, old, plain.blocks, flavour, without)
    else:
        merged = merge_note(current, blocks, plain.blocks, flavour, without)
    data = merged.text.encode("utf-8", "replace")
    action: Action = "same" if data == before else "update" if unedited else "merge"
    return replace(plain, action=action, contents=data, conflicts=merged.conflicts, withheld=merged.withheld)


def _find_flavour(before: bytes, base: str, flavour: Flavour) -> Flavour:
    """The flavour that a note of ours was written in last; `flavour` if it has no mark."""
    return read_flavour(base) or read_flavour(before.decode("utf-8-sig", "replace")) or flavour


def _keeps_order(blocks: Mapping[str, str], wanted: Sequence[Rendered]) -> bool:
    """Return whether the known blocks keep their order; if not, a merge leaves them where they are.

    Logseq loses the ids of blocks that are re-sorted.
    """
    new = {block.key for block in wanted}
    known = [key for key in blocks if key in new]
    return known == [block.key for block in wanted if block.key in blocks]


def _find_obsolete(
    wanted: Collection[str], read: Callable[[str], bytes | None], written: Mapping[str, str]
) -> Iterator[Write]:
    for path in sorted(written.keys() - set(wanted)):
        before = read(path)
        if before is None:
            continue
        if is_unedited(before, written[path]):
            yield Write(path, "remove", before=before, reason="no longer needed")
        else:
            yield Write(path, "edited", before=before, reason="no longer needed, and edited")


def _keep_form(text: str, before: bytes, base: str) -> bytes:
    """Return the new text with the file's own line endings and, if a program changed it, its final
    newline."""
    old = before.decode("utf-8-sig").replace("\r\n", "\n")
    if old.endswith("\n") != base.endswith("\n"):
        text = text.rstrip("\n") + ("\n" if old.endswith("\n") else "")
    if b"\r\n" in before:
        text = text.replace("\n", "\r\n")
    return text.encode("utf-8", "replace")
