"""Fold highlights that repeat another one in the same document, and spellings of a tag that differ in case.

A reader who marks a sentence and later the whole paragraph has both in the store; a note shows the paragraph,
with the notes and tags of both.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from export.contained_texts import find_contained, split_words
from record_types.library import ReadDocument, ReadHighlight

MIN_WORDS = 4
"""Fewer words may be contained in another highlight by chance."""
_URL = re.compile(r"https?://[^\s)]+")


def fold_repeats(document: ReadDocument, texts: Mapping[int, str]) -> ReadDocument:
    """The document without highlights whose words another one contains; `texts` are the cleaned texts.

    Two tweets never repeat each other; neither does a highlight with a picture or link of its own.
    """
    highlights = document.highlights
    if len(highlights) < 2:
        return document
    shown = [texts.get(each.id, each.text) for each in highlights]
    words = [split_words(text) for text in shown]
    places = [
        {*_URL.findall(text), *(picture.url for picture in each.pictures)}
        for each, text in zip(highlights, shown, strict=True)
    ]

    def may_contain(outer: int, inner: int) -> bool:
        are_tweets = highlights[outer].tweet_id is not None and highlights[inner].tweet_id is not None
        return not are_tweets and places[inner] <= places[outer]

    homes = find_contained([each if len(each) >= MIN_WORDS else () for each in words], 1.0, may_contain)
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


def drop_highlights(document: ReadDocument, dropped: Collection[int]) -> ReadDocument:
    """The document without these highlights (ids)."""
    return _take(document, [each for each in document.highlights if each.id not in dropped])


def keep_highlights(document: ReadDocument, kept: Collection[int]) -> ReadDocument:
    """The document with only these highlights (ids)."""
    return _take(document, [each for each in document.highlights if each.id in kept])


def _take(document: ReadDocument, highlights: Sequence[ReadHighlight]) -> ReadDocument:
    is_whole = len(highlights) == len(document.highlights)
    return document if is_whole else replace(document, highlights=tuple(highlights))


def leave_out_highlights(
    documents: Sequence[ReadDocument], dropped: Collection[int]
) -> tuple[ReadDocument, ...]:
    """The documents that have highlights other than these (ids), with only those."""
    left = (document for document in documents if any(each.id not in dropped for each in document.highlights))
    return tuple(drop_highlights(document, dropped) for document in left)


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
