"""Drafts of one page → its highlights, with their uids, tweets, links, and signs of lost text."""

from __future__ import annotations

from typing import NamedTuple

from ingest.identity import hash_text, text_uid, view_uid
from ingest.links.find import find_links, find_pictures
from ingest.readwise.cuts import find_cuts
from ingest.readwise.drafts import HighlightDraft, NoteDraft
from ingest.tweets import make_tweet
from record_types.pages import Document, Highlight, Note, Problem, Tweet

SHARED_LINKS = ("kindle:", "view:")
"""Uids that several passages of one page may have in common."""


def finish_highlights(
    drafts: list[HighlightDraft], document: Document
) -> tuple[tuple[Highlight, ...], tuple[Problem, ...]]:
    """The highlights in the page's order, and a problem for each whose text was cut."""
    tweets = [make_tweet(draft.view.url) if draft.view and draft.view.url else None for draft in drafts]
    cuts = find_cuts(drafts, tweets, document)
    if drafts and cuts[0] and tweets[0] is None:
        tweets[0] = _find_first_tweet(tweets, document)
    named = _name(drafts, tweets, document.uid)
    highlights = []
    problems = []
    for position, (draft, tweet, name, is_cut) in enumerate(zip(drafts, tweets, named, cuts, strict=True)):
        incomplete = not draft.text or draft.is_cut or is_cut
        if incomplete:
            problems.append(_describe_cut(draft, tweet))
        highlights.append(_finish(draft, tweet, position, name, incomplete))
    return tuple(highlights), tuple(problems)


def finish_notes(drafts: list[NoteDraft]) -> tuple[Note, ...]:
    """The notes that say something."""
    return tuple(note for draft in drafts if (note := draft.finish()).text)


class _Named(NamedTuple):
    """What a highlight says, and what it is called by."""

    uid: str
    text: str
    key: str
    """Of the text."""


def _finish(
    draft: HighlightDraft, tweet: Tweet | None, position: int, named: _Named, incomplete: bool
) -> Highlight:
    view = draft.view
    text = named.text
    return Highlight(
        uid=named.uid,
        text_key=named.key,
        text=text,
        line=draft.line,
        position=position,
        view_url=view.url if view else None,
        location=view.place if view else None,
        location_kind=view.kind if view else None,
        taken_at=draft.taken_at,
        synced_on=draft.synced_on,
        tweet=tweet,
        notes=finish_notes(draft.notes) if draft.notes else (),
        tags=tuple(dict.fromkeys(draft.tags)) if draft.tags else (),
        links=find_links(text) if "/" in text else (),
        pictures=find_pictures(text) if "![" in text else (),
        incomplete=incomplete,
    )


def _name(drafts: list[HighlightDraft], tweets: list[Tweet | None], document_uid: str) -> list[_Named]:
    """The highlights' uids: a link's or an id's, else the text's.

    Several passages may begin at one Kindle location, and a template may link each to its article: each of
    them then has its text's hash behind it, wherever it stands. The same text there twice, as after a second
    sync, is one highlight.
    """
    named = []
    at: dict[str, set[str]] = {}
    for draft, tweet in zip(drafts, tweets, strict=True):
        view = draft.view
        url = view.url if view else None
        text = draft.text or url or (f"({view.kind} {view.place})" if view else "")
        key = hash_text(text)
        uid = view_uid(url or "", tweet) if url or tweet else draft.named
        if uid is None:
            uid = text_uid(document_uid, key)
        elif uid.startswith(SHARED_LINKS):
            at.setdefault(uid, set()).add(key)
        named.append(_Named(uid, text, key))
    crowded = {uid for uid, keys in at.items() if len(keys) > 1}
    return [each._replace(uid=f"{each.uid}:{each.key}") if each.uid in crowded else each for each in named]


def _find_first_tweet(tweets: list[Tweet | None], document: Document) -> Tweet | None:
    """The thread's first tweet, from the document's url, where no other highlight is that tweet."""
    if document.thread_id is None or document.url is None:
        return None
    if any(tweet is not None and tweet.id == document.thread_id for tweet in tweets):
        return None
    return make_tweet(document.url)


def _describe_cut(draft: HighlightDraft, tweet: Tweet | None) -> Problem:
    if not draft.text:
        return Problem("cut-text", "nothing but its view link is on the page", draft.line)
    whose = f" of tweet {tweet.id}" if tweet else ""
    end = draft.text[-40:].replace("\n", " ")
    return Problem(
        "cut-text", f"the text{whose} ends at “{end}” and has no view link: the rest is lost here", draft.line
    )
