"""Plan the removal of notes from a folder: remove what nobody edited, keep and name everything else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from export.note_files import Write
from export.note_merge import find_touched, merge_note
from export.note_places import Flavour
from export.note_tree import Rendered
from export.write_plan import is_unedited
from record_types.library import EMBEDDED_SECTION

_BLANK_END = re.compile(r"[\r\n]*\Z")


def plan_removals(
    read: Callable[[str], bytes | None],
    written: Mapping[str, str],
    read_blocks: Callable[[str], Mapping[str, str]],
    flavour: Flavour,
    untouched: Collection[str] = (),
) -> Iterator[Write]:
    """Yield one decision for each note that was written and is still there, by path.

    `remove`: a note as it was written. `merge`: a page of the user's own, without our section. `edited`:
    kept, with the reason. `same`: a page of the user's own that no longer has our section. `written` is what
    was written last, by path; `untouched` are other paths that are known to be as they were written.
    """
    for path in sorted(written.keys() | set(untouched)):
        before = read(path)
        if before is None:
            continue
        base, blocks = written.get(path, ""), read_blocks(path)
        if EMBEDDED_SECTION in blocks:
            yield _take_out_section(Write(path, "edited", base, before=before), blocks, flavour)
        elif path in untouched or is_unedited(before, base):
            yield Write(path, "remove", before=before, reason="as it was written")
        else:
            yield Write(path, "edited", before=before, reason="you edited it")


def _take_out_section(plain: Write, blocks: Mapping[str, str], flavour: Flavour) -> Write:
    """Plan to restore a page of the user's own; kept as it is if any block of ours was changed."""
    before = plain.before or b""
    plain = replace(plain, blocks=tuple(Rendered(key, text) for key, text in blocks.items()))
    try:
        current = before.decode("utf-8")
    except UnicodeDecodeError:
        return replace(plain, reason="you edited it, and it is not in UTF-8")
    touched = find_touched(current, blocks, flavour)
    if touched == blocks.keys() and blocks[EMBEDDED_SECTION] not in current:
        return replace(plain, action="same", contents=before)
    if touched:
        return replace(plain, reason="you edited the section that gleanings wrote in your page")
    text = merge_note(current, blocks, (), flavour).text
    if flavour != "logseq":  # there, a section goes below the blank lines at the end, not above them
        text = _keep_end(text, current)
    if not _is_only_ours(current, text, blocks.values()):
        return replace(plain, reason="you wrote in the section that gleanings wrote in your page")
    return replace(plain, action="merge", contents=text.encode("utf-8"))


def _keep_end(text: str, current: str) -> str:
    """The text with the blank lines at the end of the page, which were there before our section."""
    left, end = text.rstrip("\r\n"), _BLANK_END.search(current)
    return left + end[0] if end and current.startswith(left) else text


def _is_only_ours(current: str, text: str, ours: Iterable[str]) -> bool:
    """Whether `text` is `current` without one run of lines: ours, in our order.

    A check that does not rely on the merge: whatever that did, no word of the user's is lost.
    """
    old, new = current.splitlines(), text.splitlines()
    start = 0
    while start < len(new) and old[start : start + 1] == new[start : start + 1]:
        start += 1
    kept = len(new) - start
    if old[len(old) - kept :] != new[start:]:
        return False
    removed = old[start : len(old) - kept]
    return _strip_lines(removed) == _strip_lines(line for block in ours for line in block.split("\n"))


def _strip_lines(lines: Iterable[str]) -> list[str]:
    """The lines without indentation and bullets; blank ones are left out."""
    bare = (line.strip().removeprefix("- ").strip() for line in lines)
    return [line for line in bare if line]
