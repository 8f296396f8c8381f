"""Which highlights and documents are one although files call them differently: pure, whatever the order.

A source that does not know the view link calls a highlight by its text, and a document without a URL by
category, author and title. What they have in common with better sources is the *title* (a hash of author
and title) and the *pair* (a hash of that and of the text's letters): `ingest` makes both alike everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b

from store.merging import fold_words

KINDS = ("tweet", "readwise", "snipd", "kindle", "view", "open")
"""What a highlight can be called by, the surest first; any other kind comes behind them, `text` last."""

SHARED = ("kindle:", "view:")
"""What several passages may be called by: a Kindle location, or a page that has no closer link."""

_RANKS = {kind: rank for rank, kind in enumerate(KINDS)} | {"text": len(KINDS) + 1}


def hash_title(uid: str, title_key: str | None) -> int | None:
    """64 bits, signed, of a document's `title_key`; None where it has none, or one that its uid denies."""
    if title_key is None or (uid.startswith("title:") and not uid.endswith(f":{title_key}")):
        return None
    return _hash(title_key)


def hash_pair(title: int | None, text_key: str | None) -> int | None:
    """64 bits, signed, of a document's title and a highlight's `text_key`; None without either."""
    return None if title is None or text_key is None else _hash(f"{title}:{text_key}")


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def name_text(uid: str, document_uid: str, other_uid: str) -> str:
    """A `text:` uid of the document `document_uid` as one of `other_uid`; any other uid as it is."""
    start = f"text:{document_uid}:"
    return f"text:{other_uid}:{uid[len(start) :]}" if uid.startswith(start) else uid


def name_titled(
    called: Iterable[tuple[int | None, str]],
    read_pairs: Callable[[Collection[str]], Iterable[tuple[str, int]]],
) -> dict[str, str]:
    """The name of each document that has another than its own, of these (title, uid).

    `read_pairs` gives (uid, pair) of highlights in the documents that are in question, if any are.
    """
    uids: dict[int, set[str]] = {}
    for title, uid in called:
        if title is not None:
            uids.setdefault(title, set()).add(uid)
    doubtful = [theirs for theirs in uids.values() if len(theirs) > 1 and any(map(is_titled, theirs))]
    pairs: dict[str, set[int]] = {uid: set() for theirs in doubtful for uid in theirs}
    for uid, pair in read_pairs(pairs.keys()) if pairs else ():
        if uid in pairs:
            pairs[uid].add(pair)
    names: dict[str, str] = {}
    for theirs in doubtful:
        names.update(unite_documents({uid: pairs[uid] for uid in sorted(theirs)}))
    return names


def unite_documents(pairs: Mapping[str, Collection[int]]) -> dict[str, str]:
    """The name of each document of one title that has another than its own.

    `pairs` are those of its highlights, by the document's uid. Documents with a URL are never one. One
    without (`title:…`) is the one with a URL with which it shares a text; where there is none, it is one
    with the others without that it shares a text with, under the name of a known category. Where two with
    a URL come into question, nothing is certain.
    """
    owners: dict[int, list[str]] = {}
    for uid, theirs in pairs.items():
        if not is_titled(uid):
            for pair in theirs:
                owners.setdefault(pair, []).append(uid)
    titled = sorted(filter(is_titled, pairs), key=_rank_titled)
    shared = {uid: {owner for pair in pairs[uid] for owner in owners.get(pair, ())} for uid in titled}
    names: dict[str, str] = {}
    for group in _find_groups({uid: pairs[uid] for uid in titled}):
        found = set().union(*[shared[uid] for uid in group])
        for uid in group:
            sure = found if len(found) < 2 else shared[uid]
            if len(sure) == 1:
                names[uid] = next(iter(sure))
            elif not found:
                names[uid] = min(group, key=_rank_titled)
    return {uid: name for uid, name in names.items() if name != uid}


def is_titled(uid: str) -> bool:
    """Whether a document has no better name than its category, author and title."""
    return uid.startswith("title:")


def _rank_titled(uid: str) -> tuple[bool, str]:
    return (uid.startswith("title:other:"), uid)


def name_claims(claims: Sequence[tuple[str, int | None, str]]) -> list[str]:
    """The name of each highlight of these (uid, pair, text), in their order."""
    uids = [uid for uid, _, _ in claims]
    linked = {uid for uid in uids if uid.startswith(SHARED)}
    if not linked.isdisjoint([uid.rpartition(":")[0] for uid in linked]):
        spelled = [(uid, fold_words(text) if uid in linked else "") for uid, _, text in claims]
        located = locate_passages(spelled)
        uids = [located.get(key, key[0]) for key in spelled]
    names = unite_highlights(zip(uids, [pair for _, pair, _ in claims], strict=True))
    return [names.get(uid, uid) for uid in uids] if names else uids


def locate_passages(claims: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The fuller name of each (link alone, words) that has one.

    `claims` are uids and their words, spelled alike. Where several passages have one link, files tell them
    apart by the hash of the text behind it; another that shows only one of them does not.
    """
    linked = {claim for claim in claims if claim[0].startswith(SHARED)}
    located = {}
    for uid, words in sorted(linked):
        location = (uid.rpartition(":")[0], words)
        if location in linked:
            located[location] = uid
    return located


def unite_highlights(claims: Iterable[tuple[str, int | None]]) -> dict[str, str]:
    """The name of each uid among these (uid, pair) that goes by another.

    The uids of one pair are one highlight where no kind occurs twice among them: not two passages with
    the same words, nor two tweets. Of a chain of such pairs nothing is one if it holds two of a kind.
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
    """The uids in groups that hang together by a key in common; alone where a uid shares none."""
    holders: dict[int, list[str]] = {}
    for uid, theirs in keys.items():
        for key in theirs:
            holders.setdefault(key, []).append(uid)
    groups: list[list[str]] = []
    seen: set[str] = set()
    done: set[int] = set()
    for start in keys:
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for uid in group:  # grows meanwhile
            for key in keys[uid]:
                if key not in done:
                    done.add(key)
                    found = [other for other in holders[key] if other not in seen]
                    seen.update(found)
                    group += found
        groups.append(group)
    return groups
