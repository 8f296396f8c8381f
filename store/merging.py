"""One highlight or document out of everything that files say of it: pure, and the same in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from store.claims import DocumentClaim, HighlightClaim, Place

_NOT_WORDS = re.compile(r"[\W_]+")
_HOMES = {"title": 1, "profile": 2}
_Value = TypeVar("_Value")


class MergedHighlight(NamedTuple):
    """A highlight as the store keeps it."""

    document_uid: str
    position: int
    claim: HighlightClaim
    """The fields of the row: the fullest text, and what every file adds to it."""
    others: tuple[str, ...]
    """The texts that lost, for `versions`."""


class MergedDocument(NamedTuple):
    """A document as the store keeps it."""

    claim: DocumentClaim
    properties: tuple[tuple[str, str | list[str]], ...]
    """With the values of other columns that lost, under their column's name."""


def merge_highlight(said: Sequence[tuple[Place, HighlightClaim]]) -> MergedHighlight:
    """The highlight that `said`, one or more claims, make together."""
    if len(said) == 1:
        place, claim = said[0]
        return MergedHighlight(place.document_uid, place.position, claim, ())
    claims = [claim for _, claim in sorted(said, key=lambda each: _rank_text(each[1]) + each[0][1:])]
    fullest = claims[0]
    home = min((place for place, _ in said), key=rank_place)
    claim = fullest._replace(
        view_url=_first([each.view_url for each in claims]),
        location=_first([each.location for each in claims]),
        location_kind=_first([each.location_kind for each in claims]),
        taken_at=min((each.taken_at for each in claims if each.taken_at), default=None),
        synced_on=min((each.synced_on for each in claims if each.synced_on), default=None),
        tweet=_first([each.tweet for each in claims]),
        notes=_unite_notes([note for each in claims for note in each.notes]),
        tags=tuple(dict.fromkeys(tag for each in claims for tag in each.tags)),
    )
    others = tuple(sorted({each.text for each in claims} - {fullest.text}))
    return MergedHighlight(home.document_uid, home.position, claim, others)


def rank_place(place: Place) -> tuple[int, str, str, int, int]:
    """The least is a highlight's home: its thread or article rather than its author's collected tweets."""
    kind = place.document_uid.partition(":")[0]
    return (_HOMES.get(kind, 0), place.document_uid, place.path, place.line, place.position)


def merge_document(said: Sequence[tuple[Place, DocumentClaim]]) -> MergedDocument:
    """The document that `said`, one or more claims, make together."""
    claims = [claim for _, claim in sorted(said, key=lambda each: _rank_title(each[1]) + each[0][1:3])]
    best = claims[0]
    if len(claims) == 1:
        return MergedDocument(best, _group_properties(best.properties))
    merged = best._replace(
        category=min(said, key=_rank_category)[1].category,
        author=_first([each.author for each in claims]),
        url=_first([each.url for each in claims]),
        summary=_longest([each.summary for each in claims]),
        note=_longest([each.note for each in claims]),
        thread_id=_first([each.thread_id for each in claims]),
        tags=tuple(dict.fromkeys(tag for each in claims for tag in each.tags)),
        blocks=_unite_notes([block for each in claims for block in each.blocks]),
    )
    return MergedDocument(merged, _unite_properties(merged, claims))


def fold_words(text: str) -> str:
    """The letters and digits of `text` in lower case: what two formats of one text have in common."""
    return _NOT_WORDS.sub("", text).casefold()


def _rank_text(claim: HighlightClaim) -> tuple[bool, int, int, str]:
    """The fullest first: whole before cut, more words before fewer, the reader's links before none."""
    return (claim.incomplete, -len(fold_words(claim.text)), -len(claim.text), claim.text)


def _rank_title(claim: DocumentClaim) -> tuple[bool, int, str, str]:
    cut = claim.full_title.endswith(("...", "…"))
    return (cut, -len(claim.full_title), claim.full_title, claim.title)


def _rank_category(said: tuple[Place, DocumentClaim]) -> tuple[bool, bool, str, int]:
    """The least knows best: a source that knows no URL guesses, and `other` means that it could not."""
    place, claim = said
    return (claim.category == "other", place.document_uid.startswith("title:"), place.path, place.line)


def _first(values: Sequence[_Value | None]) -> _Value | None:
    return next((value for value in values if value is not None), None)


def _longest(values: Sequence[str | None]) -> str | None:
    return min((value for value in values if value), key=lambda value: (-len(value), value), default=None)


def _unite_notes(notes: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each note once, however its format breaks its lines; the longer form stays."""
    united: dict[tuple[str, str], tuple[str, str]] = {}
    for kind, text in notes:
        key = (kind, fold_words(text) or text)
        if key not in united or len(text) > len(united[key][1]):
            united[key] = (kind, text)
    return tuple(united.values())


def _unite_properties(
    merged: DocumentClaim, claims: Sequence[DocumentClaim]
) -> tuple[tuple[str, str | list[str]], ...]:
    pairs = [pair for claim in claims for pair in (*claim.properties, *_column_values(claim))]
    kept = set(_column_values(merged))
    return _group_properties([pair for pair in pairs if pair not in kept])


def _group_properties(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str | list[str]], ...]:
    """Each key once; several values of one key as a list, in their order."""
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        if value not in values.setdefault(key, []):
            values[key].append(value)
    return tuple((key, found[0] if len(found) == 1 else found) for key, found in values.items())


def _column_values(claim: DocumentClaim) -> list[tuple[str, str]]:
    author = claim.author[0] if claim.author else None
    pairs = (
        ("title", claim.title),
        ("full-title", claim.full_title),
        ("author", author),
        ("url", claim.url),
        ("category", claim.category if claim.category != "other" else None),
        ("summary", claim.summary),
        ("note", claim.note),
    )
    return [(key, value) for key, value in pairs if value]
