"""Notes that their reader renamed or moved: found again by what is in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from export.names import fold_name

_ENOUGH = 0.5
"""The share of a note's lines that tells it wherever it stands."""
_SHARED = 0.1
"""The same where the file's name or the page's title is the note's own."""
_LARGEST = 4_000_000


def find_moved(
    missing: Mapping[str, str], candidates: Iterable[str], read: Callable[[str], bytes | None]
) -> dict[str, str]:
    """Where notes are now: old path to new.

    `missing` are the texts last written by paths that are no more; `candidates` the paths of files that
    are not ours. A file is a note under another path when it has half of its lines still, or its name or
    title and some of its lines; one that fits two notes is the one's that it has more of.
    """
    if not missing:
        return {}
    owners: dict[str, list[str]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for path, text in missing.items():
        lines = _lines(text)
        sizes[path] = len(lines)
        for line in lines:
            owners[line].append(path)
    scores: list[tuple[float, str, str]] = []
    for candidate in candidates:
        data = read(candidate)
        if data is None or len(data) > _LARGEST:
            continue
        lines = _lines(data.decode("utf-8-sig", "replace"))
        for path, shared in Counter(owner for line in lines for owner in owners.get(line, ())).items():
            share = shared / sizes[path]
            named = _name(path) == _name(candidate) or _title(missing[path]) in lines
            if share >= (_SHARED if named else _ENOUGH):
                scores.append((share, path, candidate))
    moved: dict[str, str] = {}
    taken: set[str] = set()
    for _, path, candidate in sorted(scores, key=lambda each: (-each[0], each[1:])):
        if path not in moved and candidate not in taken:
            moved[path] = candidate
            taken.add(candidate)
    return moved


def _lines(text: str) -> set[str]:
    """A text's lines that tell something: not blank, not markup or a word alone."""
    return {bare for line in text.split("\n") if len(bare := line.strip()) > 12}


def _name(path: str) -> str:
    return fold_name(path.rpartition("/")[2])


def _title(text: str) -> str:
    return next((line for line in text.split("\n") if line.startswith(("# ", "title:: "))), "\0")
