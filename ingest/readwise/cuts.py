"""Which highlights of a page lost their end to an old plugin (FORMAT: lost text).

Until July 2023 the plugin cut a tweet at its first line that began with `- `, and its view link with it. So
on a page of tweets the one without a link among others with one is cut. Two more things were measured over
real pages: the first export of some threads linked their first tweet only, or none, and cut nothing; and a
tweet on its author's page has a link of its own, so that one without which ends in a colon is cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readwise.drafts import HighlightDraft
from record_types.pages import Document, Tweet

_FEW = 2
"""So many tweets without a link beside a thread's first with one may be cut; more never had one."""


def find_cuts(
    drafts: Sequence[HighlightDraft], tweets: Sequence[Tweet | None], document: Document
) -> list[bool]:
    """For each highlight of the page whether its end is lost; `tweets` are those of their links."""
    if document.category != "tweets" or any(draft.named for draft in drafts):
        return [False] * len(drafts)
    misses_link = [draft.view is None for draft in drafts]
    linked = [
        tweet
        for draft, tweet in zip(drafts, tweets, strict=True)
        if draft.view is not None and draft.view.url
    ]
    has_neighbours = any(tweet is None or tweet.id != document.thread_id for tweet in linked)
    is_sign = has_neighbours or (bool(linked) and sum(misses_link) <= _FEW)
    is_profile = document.uid.startswith("profile:")
    return [
        misses and (is_sign or (is_profile and draft.text.rstrip().endswith((":", "："))))
        for draft, misses in zip(drafts, misses_link, strict=True)
    ]
