"""Fold highlights that repeat another one of their document, and spellings of a tag that differ in case.

A reader who marks a sentence and later the whole paragraph has both in the store; a note shows the paragraph,
with the notes and tags of both.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from record_types.library import ReadDocument, ReadHighlight

MIN_WORDS = 4
"""Fewer words may be contained in another highlight by chance."""
MAX_CANDIDATES = 50
"""Highlights with the same words that are compared, against quadratic time where all begin alike."""

# Scripts without spaces between words count by character.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def fold_repeats(document: ReadDocument, texts: Mapping[int, str]) -> ReadDocument:
    """The document without highlights whose words another one contains; `texts` are the cleaned texts.

    Two tweets never repeat each other; neither does a highlight with a picture of its own.
    """
    highlights = document.highlights
    if len(highlights) < 2:
        return document
    words = [f" {' '.join(_TOKEN.findall(texts.get(each.id, each.text).casefold()))} " for each in highlights]
    homes = _find_homes(highlights, words)
    if not homes:
        return document
    guests: dict[int, list[ReadHighlight]] = defaultdict(list)
    for at, home in homes.items():
        guests[home].append(highlights[at])
    kept = [
        _take_in(each, guests[at]) if at in guests else each
        for at, each in enumerate(highlights)
        if at not in homes
    ]
    return replace(document, highlights=tuple(kept))


def unify_tags(
    documents: Sequence[ReadDocument], uses: Mapping[str, int] | None = None
) -> list[ReadDocument]:
    """Write each tag as most of the documents and highlights do, and once where spellings differ in case.

    `uses`: how many documents and highlights have each tag, if these documents are not all.
    """
    if uses is None:
        uses = Counter(tag for document in documents for tag in (*document.tags, *_list_tags(document)))
    spellings = choose_spellings(uses)
    if len(spellings) == len(uses):
        return list(documents)
    return [_respell(document, spellings) for document in documents]


def choose_spellings(uses: Mapping[str, int]) -> dict[str, str]:
    """The spelling of each tag by its folded form."""
    spellings: dict[str, str] = {}
    for tag in sorted(uses, key=lambda each: (-uses[each], each)):
        spellings.setdefault(tag.casefold(), tag)
    return spellings


def _find_homes(highlights: Sequence[ReadHighlight], words: Sequence[str]) -> dict[int, int]:
    """The place of each highlight that is to be folded, and the place of the one that contains it.

    Runs of four words lead from a highlight to those that may contain it, so that this takes linear time.
    """
    split = [each.split() for each in words]
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    first = {tuple(each[:MIN_WORDS]) for each in split if len(each) >= MIN_WORDS}
    for at, each in enumerate(split):
        for run in {tuple(each[start : start + MIN_WORDS]) for start in range(len(each) - MIN_WORDS + 1)}:
            if run in first:
                places[run].append(at)
    homes: dict[int, int] = {}
    # The longest first: what is folded itself takes in nothing.
    for at, each in sorted(enumerate(split), key=lambda pair: (-len(words[pair[0]]), pair[0])):
        for other in places[tuple(each[:MIN_WORDS])][:MAX_CANDIDATES] if len(each) >= MIN_WORDS else ():
            is_longer = (len(words[at]), -at) < (len(words[other]), -other)
            if (
                is_longer
                and other not in homes
                and words[at] in words[other]
                and _repeats(highlights[at], highlights[other])
            ):
                homes[at] = other
                break
    return homes


def _repeats(part: ReadHighlight, whole: ReadHighlight) -> bool:
    if part.tweet_id is not None and whole.tweet_id is not None:
        return False
    return {each.url for each in part.pictures} <= {each.url for each in whole.pictures}


def _take_in(whole: ReadHighlight, parts: Iterable[ReadHighlight]) -> ReadHighlight:
    """`whole` with the notes and tags of its parts."""
    notes, tags = dict.fromkeys(whole.notes), dict.fromkeys(whole.tags)
    for part in parts:
        notes |= dict.fromkeys(part.notes)
        tags |= dict.fromkeys(part.tags)
    return replace(whole, notes=tuple(notes), tags=tuple(tags))


def _list_tags(document: ReadDocument) -> Iterable[str]:
    return (tag for highlight in document.highlights for tag in highlight.tags)


def _respell(document: ReadDocument, spellings: Mapping[str, str]) -> ReadDocument:
    def spell(tags: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(spellings[tag.casefold()] for tag in tags))

    highlights = tuple(
        replace(each, tags=spell(each.tags)) if each.tags else each for each in document.highlights
    )
    return replace(document, tags=spell(document.tags), highlights=highlights)
