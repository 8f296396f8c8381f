"""Merge the claims of all files into one highlight or document: pure, and the same in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from store.claims import DocumentClaim, HighlightClaim, SourcedDocument, SourcedHighlight
from store.identities import fold_words

_HOMES = {"title": 1, "profile": 2, "collection": 3}
_Value = TypeVar("_Value")


class MergedHighlight(NamedTuple):
    """A highlight as the store keeps it."""

    claim: HighlightClaim
    """The fields of the row: the fullest text, and what every file adds to it."""
    document: str
    """The uid of its document."""
    position: int = 0
    others: tuple[str, ...] = ()
    """The texts that lost, for `versions`."""


class MergedDocument(NamedTuple):
    """A document as the store keeps it."""

    claim: DocumentClaim
    properties: tuple[tuple[str, str | list[str]], ...]
    """Including the values of other columns that lost, under their column's name."""


def merge_highlight(sourced: Sequence[SourcedHighlight]) -> MergedHighlight:
    """The highlight that one or more claims make together."""
    if len(sourced) == 1:
        (only,) = sourced
        return MergedHighlight(only.claim, only.document, only.position)
    ranked = sorted(sourced, key=lambda each: (*_rank_text(each.claim), each.path, each.line, each.position))
    claims = [each.claim for each in ranked]
    fullest = claims[0]
    home = min(sourced, key=_rank_home)
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
    return MergedHighlight(claim, home.document, home.position, others)


def _rank_home(sourced: SourcedHighlight) -> tuple[int, str, str, int, int]:
    """The least is the home: a thread or article rather than the tweets of its author or a list of likes."""
    kind = sourced.document.partition(":")[0]
    return (_HOMES.get(kind, 0), sourced.document, sourced.path, sourced.line, sourced.position)


def merge_document(sourced: Sequence[SourcedDocument]) -> MergedDocument:
    """The document that one or more claims make together."""
    ranked = sorted(sourced, key=lambda each: (*_rank_title(each.claim), each.path, each.line))
    claims = [each.claim for each in ranked]
    best = claims[0]
    if len(claims) == 1:
        return MergedDocument(best, _group_properties(best.properties))
    merged = best._replace(
        category=min(sourced, key=_rank_category).claim.category,
        author=_first([each.author for each in claims]),
        url=_first([each.url for each in claims]),
        summary=_longest([each.summary for each in claims]),
        note=_longest([each.note for each in claims]),
        thread_id=_first([each.thread_id for each in claims]),
        tags=tuple(dict.fromkeys(tag for each in claims for tag in each.tags)),
        notes=_unite_notes([note for each in claims for note in each.notes]),
    )
    return MergedDocument(merged, _unite_properties(merged, claims))


def _rank_text(claim: HighlightClaim) -> tuple[bool, int, int, str]:
    """The fullest first: whole before cut, more words before fewer, the reader's links before none."""
    return (claim.incomplete, -len(fold_words(claim.text)), -len(claim.text), claim.text)


def _rank_title(claim: DocumentClaim) -> tuple[bool, bool, int, str, str]:
    cut = claim.full_title.endswith(("...", "…"))
    # A source that knows no title uses the address, which is often longer than the title.
    return (claim.full_title == claim.url, cut, -len(claim.full_title), claim.full_title, claim.title)


def _rank_category(sourced: SourcedDocument) -> tuple[bool, bool, str, int]:
    """The least is most reliable: `other` means unknown, and a source that knows no URL guesses."""
    return (sourced.claim.category == "other", sourced.uid.startswith("title:"), sourced.path, sourced.line)


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
