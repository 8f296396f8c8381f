"""Find the documents and the highlights that are the same although files name them differently.

Pure functions of all claims together, whatever their order. A source that does not know the view link names
a highlight by its text, and a document without a URL by category, author and title. What such a source has
in common with better ones is the *title* (a hash of author and title) and the *pair* (a hash of that and of
the text's letters): all readers compute both in the same way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from hashlib import blake2b
from typing import NamedTuple

KINDS = ("tweet", "readwise", "snipd", "kindle", "view", "open")
"""Kinds of a highlight's uid, the most reliable first; unknown kinds follow, and `text` comes last."""

SHARED = ("kindle:", "view:", "readwise:", "open:", "snipd:")
"""Uids that several passages may have: a Kindle location, a page without closer links, a copied id."""

SIMILAR = 0.5
"""Least similarity, from 0 to 1, of two texts at the same place that count as one edited."""

_RANKS = dict(zip((*KINDS, "text"), (*range(len(KINDS)), len(KINDS) + 1), strict=True))
_NOT_WORDS = re.compile(r"[\W_]+")


def hash_title(uid: str, title_key: str | None) -> int | None:
    """64 bits, signed, of a document's `title_key`; None without one, or with one that its uid
    contradicts."""
    if title_key is None or (uid.startswith("title:") and not uid.endswith(f":{title_key}")):
        return None
    return _hash(title_key)


def hash_pair(title: int | None, text_key: str | None) -> int | None:
    """64 bits, signed, of a document's title and a highlight's `text_key`; None if either is missing."""
    return None if title is None or text_key is None else _hash(f"{title}:{text_key}")


def _hash(text: str) -> int:
    return hash_bytes(text.encode("utf-8", "surrogatepass"))


def hash_content(fields: tuple[object, ...]) -> int:
    """64 bits, signed, of a row's imported fields (plain tuples, strings, numbers, None): did the row
    change?"""
    return hash_bytes(repr(fields).encode("utf-8", "surrogatepass"))


def hash_bytes(data: bytes) -> int:
    """64 bits, signed as SQLite stores integers."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big", signed=True)


def fold_words(text: str) -> str:
    """The letters and digits of `text` in lower case: what two formats of one text have in common."""
    return _NOT_WORDS.sub("", text).casefold()


def are_alike(one: str, other: str) -> bool:
    """Whether two texts are so close that one is the other, edited, cut or completed."""
    first, second = fold_words(one), fold_words(other)
    if not first or not second:
        return False
    if first.startswith(second) or second.startswith(first):
        return True
    matcher = SequenceMatcher(None, first[:2000], second[:2000], autojunk=False)
    return matcher.quick_ratio() >= SIMILAR and matcher.ratio() >= SIMILAR


# --- documents


def name_documents(
    claims: Iterable[tuple[int | None, str]],
    read_pairs: Callable[[Collection[str]], Iterable[tuple[str, int]]],
) -> dict[str, str]:
    """The name of each of these documents, (title, uid), whose name is not its uid.

    `read_pairs` returns (uid, pair) of the highlights in documents that need a decision, if there are any.
    """
    uids: dict[int, set[str]] = {}
    for title, uid in claims:
        if title is not None:
            uids.setdefault(title, set()).add(uid)
    unclear = [alike for alike in uids.values() if len(alike) > 1 and any(map(_is_titled, alike))]
    pairs: dict[str, set[int]] = {uid: set() for alike in unclear for uid in alike}
    for uid, pair in read_pairs(pairs.keys()) if pairs else ():
        if uid in pairs:
            pairs[uid].add(pair)
    names: dict[str, str] = {}
    for alike in unclear:
        names.update(unite_documents({uid: pairs[uid] for uid in sorted(alike)}))
    return names


def unite_documents(pairs: Mapping[str, Collection[int]]) -> dict[str, str]:
    """The name of each document of one title whose name is not its uid.

    `pairs` holds the pairs of each document's highlights, by its uid. Documents with a URL are never the
    same. One without (`title:…`) is the same as the one with a URL that it shares a text with; otherwise,
    it is the same as the others without a URL that it shares a text with, and the name has a known
    category if any has. If two with a URL qualify, the document stays on its own.
    """
    owners: dict[int, list[str]] = {}
    for uid, own in pairs.items():
        if not _is_titled(uid):
            for pair in own:
                owners.setdefault(pair, []).append(uid)
    titled = sorted(filter(_is_titled, pairs), key=_rank_titled)
    shared = {uid: {owner for pair in pairs[uid] for owner in owners.get(pair, ())} for uid in titled}
    names: dict[str, str] = {}
    for group in _find_groups({uid: pairs[uid] for uid in titled}):
        found = set().union(*[shared[uid] for uid in group])
        for uid in group:
            candidates = found if len(found) < 2 else shared[uid]
            if len(candidates) == 1:
                names[uid] = next(iter(candidates))
            elif not found:
                names[uid] = min(group, key=_rank_titled)
    return {uid: name for uid, name in names.items() if name != uid}


def _is_titled(uid: str) -> bool:
    return uid.startswith("title:")


def _rank_titled(uid: str) -> tuple[bool, str]:
    return (uid.startswith("title:other:"), uid)


# --- highlights


class Named(NamedTuple):
    """What the name of a highlight depends on, from one claim."""

    uid: str
    document: str
    """The name of its document."""
    pair: int | None
    text: str
    """Only read where the uid is one that several passages may share, and in mixed documents."""


def scope_text(uid: str, document: str) -> str:
    """A `text:` uid with `document` in place of author and title; any other uid unchanged.

    Within its document a text without a link is identified by the text alone, even where files differ in the
    document's title; and in another document of that author and title it is another highlight.
    """
    return f"text:{uid.split(':')[1]}:{document}" if uid.startswith("text:") else uid


def name_highlights(claims: Sequence[Named], mixed: Collection[str] = ()) -> list[str]:
    """The name of each claim's highlight, in the order of `claims`.

    `mixed` are the documents in whose title or author files differ: there, a passage without a link is also
    identified by its document and words.
    """
    uids = [scope_text(uid, document) for uid, document, _, _ in claims]
    linked = {uid for uid in uids if uid.startswith(SHARED)}
    if not linked.isdisjoint([uid.rpartition(":")[0] for uid in linked]):
        spelled = [
            (uid, fold_words(each.text) if uid in linked else "")
            for uid, each in zip(uids, claims, strict=True)
        ]
        located = locate_passages(spelled)
        uids = [located.get(key, key[0]) for key in spelled]
    pairs = zip(uids, [each.pair for each in claims], strict=True)
    names = unite_highlights([*pairs, *_pair_in_documents(uids, claims, mixed)])
    return _name_texts([names.get(uid, uid) for uid in uids] if names else uids, claims)


def locate_passages(claims: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The full uid of each (uid of a link alone, words) that has one.

    `claims` are uids and the words of their texts. Where a file shows several passages with one link, their
    uids end in the text's hash; a file that shows only one of them has the link alone.
    """
    linked = {claim for claim in claims if claim[0].startswith(SHARED)}
    located = {}
    for uid, words in sorted(linked):
        location = (uid.rpartition(":")[0], words)
        if location in linked:
            located[location] = uid
    return located


def unite_highlights(claims: Iterable[tuple[str, int | None]]) -> dict[str, str]:
    """The name of each uid among these (uid, pair) whose name is another uid.

    The uids of one pair are one highlight if no kind occurs twice among them: neither two passages with the
    same words nor two tweets. A chain of such pairs that holds two uids of a kind stays apart as a whole.
    """
    certain: dict[str, list[int]] = {}
    for pair, uids in _gather_pairs(claims).items():
        if len({_kind(uid) for uid in uids}) == len(uids):
            for uid in uids:
                certain.setdefault(uid, []).append(pair)
    names: dict[str, str] = {}
    for group in _find_groups(certain):
        kinds = Counter(_kind(uid) for uid in group)
        if all(count == 1 or kind == "text" for kind, count in kinds.items()):
            name = min(group, key=_rank)
            names.update((uid, name) for uid in group if uid != name)
    return names


def _pair_in_documents(
    uids: Sequence[str], claims: Sequence[Named], mixed: Collection[str]
) -> list[tuple[str, int]]:
    """Each uid in the `mixed` documents with a hash of document and words: their pairs differ."""
    if not mixed:
        return []
    return [
        (uid, _hash(f"{each.document}\0{words}"))
        for uid, each in zip(uids, claims, strict=True)
        if each.document in mixed and (words := fold_words(each.text))
    ]


def _name_texts(names: list[str], claims: Sequence[Named]) -> list[str]:
    """`names` with a file's `text:` uid for each scoped one; the document follows if two documents share
    that uid."""
    uids: dict[str, str] = {}
    documents: dict[str, str] = {}
    for name, each in zip(names, claims, strict=True):
        if name.startswith("text:"):
            uids[name] = min(each.uid, uids.get(name, each.uid))
            documents[name] = each.document
    if not uids:
        return names
    holders = Counter(uids.values())
    full = {name: uid if holders[uid] == 1 else f"{uid}:{documents[name]}" for name, uid in uids.items()}
    return [full.get(name, name) for name in names]


def _gather_pairs(claims: Iterable[tuple[str, int | None]]) -> dict[int, set[str]]:
    """The uids of each pair that has several."""
    first: dict[int, str] = {}
    several: dict[int, set[str]] = {}
    for uid, pair in claims:
        if pair is not None and (other := first.setdefault(pair, uid)) != uid:
            several.setdefault(pair, {other}).add(uid)
    return several


def _kind(uid: str) -> str:
    return uid.partition(":")[0]


def _rank(uid: str) -> tuple[int, str]:
    return (_RANKS.get(_kind(uid), len(KINDS)), uid)


def _find_groups(keys: Mapping[str, Collection[int]]) -> list[list[str]]:
    """The uids in groups connected by a common key; a uid that shares none is a group of its own."""
    holders: dict[int, list[str]] = {}
    for uid, own in keys.items():
        for key in own:
            holders.setdefault(key, []).append(uid)
    groups: list[list[str]] = []
    seen: set[str] = set()
    done: set[int] = set()
    for start in keys:
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for uid in group:  # grows in the loop
            for key in keys[uid]:
                if key not in done:
                    done.add(key)
                    found = [other for other in holders[key] if other not in seen]
                    seen.update(found)
                    group += found
        groups.append(group)
    return groups
