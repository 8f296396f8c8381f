"""Highlights: the drafts that a body's reader fills, and the records made from them.

A record gets its uid, tweet, links, and the mark `incomplete` if the text was cut. Until July 2023
Readwise's plugin cut a tweet at its first line that began with `- `, and the view link with it. So on a page
of tweets, a tweet without a link among others with one was cut. Two exceptions were measured on real pages:
the first export of some threads linked only their first tweet, or none, and cut nothing; and on an author's
page each tweet has its own link, so one without a link that ends in a colon was cut (docs/formats.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from ingest.identity import hash_text, make_tweet, text_uid, view_uid
from ingest.links.found_links import find_links, find_pictures
from ingest.readwise.labels import DAYS
from ingest.readwise.notation import View, parse_tags, read_timestamp, read_utc, split_day
from markdown_text.escapes import decode_passage
from record_types.pages import Document, Highlight, Note, NoteKind, Problem, Tweet

Item = TypeVar("Item")

_DAY_LABEL = re.compile(
    rf"(?:\*\*(?:{DAYS})(?:\*\*[:：]|[:：]\*\*)|(?:{DAYS})::(?=[ \t]))[ \t]*([^\n]{{1,80}})", re.IGNORECASE
)
_LABEL = re.compile(r"[*_]{0,3}(?P<what>Tags|Note)s?[*_]{0,3}:[*_]{0,3}(?:[ \t]|$|(?=\n|#))")
# A cheap test before the pattern: most blocks have no label.
_LABELS_BEGIN = ("*", "_", "Tags:", "Note:", "Notes:")
_HASHTAGS = re.compile(r"(?:#(?:\[\[[^\[\]\n]+\]\]|[^\s#,\[\]]+)[\s,]*)+")
SHARED_LINKS = ("kindle:", "view:")
"""Prefixes of uids that several passages of a page may share."""
SHARED_IDS = ("readwise:", "open:", "snipd:")
"""Prefixes of uids that passages with different words share only by mistake; versions of one text may."""
# Readwise's action tags at the start of a note (docs/formats.md, Default template).
_ACTIONS = re.compile(r"(?:\.(?:h[1-6]|c[0-9]{1,2}|qa)(?:\s+|\Z))+")
_CARD_TAGS = frozenset({"flashcard", "card"})
_WORD = re.compile(r"\w+")
_FEW = 2
"""Up to this many tweets without a link after a linked first tweet were cut; more than that never had one."""


@dataclass(slots=True)
class NoteDraft:
    """A note with the blocks below it."""

    text: str
    line: int
    level: int = 1
    """The outline level of its own block."""
    kind: NoteKind = "block"
    children: list[str] = field(default_factory=list)

    def add_child(self, text: str, level: int) -> None:
        """Append a block below it, as an item of an indented Markdown list."""
        indent = "\t" * max(level - self.level - 1, 0)
        self.children.append(f"{indent}- " + text.replace("\n", f"\n{indent}  "))

    def finish(self) -> Note:
        """Make the note; `Thread` alone is Readwise's mark, not the reader's word."""
        kind: NoteKind = (
            "mark" if self.kind == "note" and self.text == "Thread" and not self.children else self.kind
        )
        text = decode_passage(self.text) if kind == "note" else self.text
        return Note("\n".join([text, *self.children]).strip(), kind, self.line)


@dataclass(slots=True)
class HighlightDraft:
    """A highlight with the blocks below it."""

    text: str
    line: int
    view: View | None
    synced_on: str | None
    tags: list[str] = field(default_factory=list)
    """In page order, repeats included."""
    named: str | None = None
    """The uid from an id that the page gives without a link; a view link takes precedence."""
    notes: list[NoteDraft] = field(default_factory=list)
    taken_at: datetime | None = None
    """In UTC: the day or time that the source gives for the highlight itself."""
    is_cut: bool = False

    def add_child(self, text: str, line: int, level: int) -> NoteDraft | None:
        """Add a block below it: tags, or a note, which is returned."""
        label = _LABEL.match(text) if text.startswith(_LABELS_BEGIN) else None
        if label is None:
            return self.add_note(NoteDraft(text, line, level))
        value = text[label.end() :].strip()
        if label["what"] == "Note":
            return self.add_note(NoteDraft(value, line, level, "note"))
        tags, rest = parse_tags(value)
        self.tags += tags
        return self.add_note(NoteDraft(text, line, level)) if rest else None

    def add_after_link(self, text: str, line: int, level: int) -> NoteDraft | None:
        """Add the text after the view link: tags, labelled lines, or the reader's words."""
        if _HASHTAGS.fullmatch(text):
            self.tags += parse_tags(text)[0]
            return None
        pieces: list[list[str]] = []
        for each in text.split("\n"):
            if not pieces or (each.startswith(_LABELS_BEGIN) and _LABEL.match(each)):
                pieces.append([])
            pieces[-1].append(each)
        notes = [self.add_child("\n".join(piece).strip(), line, level) for piece in pieces]
        return notes[-1]

    def set_day(self, day: str, day_formats: tuple[str, ...]) -> bool:
        """Date the highlight by a day as written; False if it cannot be parsed."""
        moment = read_timestamp(*split_day(day), day_formats)
        if moment is None:
            return False
        self.synced_on = self.synced_on or moment  # without a section nothing else dates the sync
        # A day without a time counts as midnight in UTC: the same in every time zone.
        self.taken_at = read_utc(moment[:10])
        return True

    def take_days(self, behind: str, day_formats: tuple[str, ...]) -> tuple[str, list[str]]:
        """Date it by lines after its link such as `date:: 2024-02-28`; return the others, and these."""
        lines = behind.split("\n") if behind else []
        days = [each for each in lines if (day := read_day_label(each)) and self.set_day(day, day_formats)]
        return "\n".join(each for each in lines if each not in days), days

    def add_note(self, note: NoteDraft) -> NoteDraft:
        """Add a note to the highlight and return it."""
        self.notes.append(note)
        return note


def read_day_label(text: str) -> str | None:
    """Return the day in `**Date**: [[2024-02-28]]` or `date:: 2024-02-28` as written; else None."""
    match = _DAY_LABEL.fullmatch(text) if text.startswith("**") or "::" in text else None
    return match[1].strip() if match else None


def finish_highlights(
    drafts: list[HighlightDraft], document: Document
) -> tuple[tuple[Highlight, ...], tuple[Problem, ...]]:
    """Make the highlights, in page order, and a problem for each cut text; `drafts` is emptied."""
    tweets = [make_tweet(draft.view.url) if draft.view and draft.view.url else None for draft in drafts]
    cuts = find_cuts(drafts, tweets, document)
    # The page's URL identifies the first tweet of a thread even if its view link is lost.
    if drafts and cuts[0] and tweets[0] is None:
        tweets[0] = _find_first_tweet(tweets, document)
    named = _name(drafts, tweets, document.title_key or document.uid)
    highlights = []
    problems = []
    parts = zip(_drain(drafts), _drain(tweets), _drain(named), cuts, strict=True)
    for position, (draft, tweet, name, is_cut) in enumerate(parts):
        incomplete = not draft.text or draft.is_cut or is_cut
        if incomplete:
            problems.append(_describe_cut(draft, tweet))
        highlights.append(_finish(draft, tweet, position, name, incomplete))
    return tuple(highlights), tuple(problems)


def _drain(items: list[Item]) -> Iterator[Item]:
    """Yield the items in their order, and forget each: those of a large page need much memory."""
    items.reverse()
    while items:
        yield items.pop()


def finish_notes(drafts: list[NoteDraft]) -> tuple[Note, ...]:
    """Make the notes, without empty ones."""
    return tuple(note for draft in drafts if (note := draft.finish()).text)


class _Named(NamedTuple):
    """A highlight's text and identity."""

    uid: str
    text: str
    key: str
    """The hash of the text."""


def _finish(
    draft: HighlightDraft, tweet: Tweet | None, position: int, named: _Named, incomplete: bool
) -> Highlight:
    view = draft.view
    text = named.text
    _take_actions(draft)
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
        links=find_links(text, is_tweet=tweet is not None) if "/" in text else (),
        pictures=find_pictures(text) if "![" in text else (),
        incomplete=incomplete,
    )


def _take_actions(draft: HighlightDraft) -> None:
    """Turn the actions that begin Readwise's note (`.h1`, `.c2`, `.qa`) into tags, as Readwise does."""
    for note in draft.notes:
        actions = _ACTIONS.match(note.text) if note.kind == "note" and note.text.startswith(".") else None
        if actions:
            draft.tags += [action.removeprefix(".") for action in actions[0].split()]
            note.text = note.text[actions.end() :]


def _name(drafts: list[HighlightDraft], tweets: list[Tweet | None], title_key: str) -> list[_Named]:
    """Identify each highlight: by its link or id, else by its text.

    Several passages may begin at one Kindle location, and a template may link all of them to their article.
    Then the hash of the text is appended to each uid. The same text twice at one place, as after a second
    sync, is one highlight, and so is an edited text with the same id of Readwise's.
    """
    named = []
    at: dict[str, dict[str, str]] = {}
    places: dict[str, str] = {}
    answers: dict[str, str] = {}
    for draft, tweet in zip(drafts, tweets, strict=True):
        view = draft.view
        url = view.url if view else None
        # A highlight must not be empty: its link stands for the lost text.
        text = decode_passage(draft.text) or url or (f"({view.kind} {view.place})" if view else "")
        if not text and draft.named:
            text = draft.named.replace("open:", "https://readwise.io/open/")
        key = hash_text(text)
        # The same words at another page of a book are another passage: the back of a card may differ.
        place = view.place if view and view.url is None else None
        if place and places.setdefault(key, place) != place:
            key = hash_text(f"{text} {place}")
        answer = " ".join(note.text for note in draft.notes) if _CARD_TAGS & set(draft.tags) else ""
        if answer and answers.setdefault(key, answer) != answer:
            key = hash_text(f"{text} {answer}")  # another card with the same front
        uid = view_uid(url or "", tweet) if url or tweet else draft.named
        if uid is None:
            uid = text_uid(title_key, key)
        elif uid.startswith((*SHARED_LINKS, *SHARED_IDS)):
            at.setdefault(uid, {})[key] = text
        named.append(_Named(uid, text, key))
    shared = {uid for uid, texts in at.items() if len(texts) > 1 and _are_several(uid, [*texts.values()])}
    return [each._replace(uid=f"{each.uid}:{each.key}") if each.uid in shared else each for each in named]


def _are_several(uid: str, texts: list[str]) -> bool:
    """Whether texts with one uid are different passages rather than versions of one."""
    if not uid.startswith(SHARED_IDS):
        return True
    first, *others = [set(_WORD.findall(text.lower())) for text in texts]
    return any(2 * len(first & words) < min(len(first), len(words)) for words in others)


def _find_first_tweet(tweets: list[Tweet | None], document: Document) -> Tweet | None:
    """Return the thread's first tweet, from the document's URL, unless another highlight is that tweet."""
    if document.thread_id is None or document.url is None:
        return None
    if any(tweet is not None and tweet.id == document.thread_id for tweet in tweets):
        return None
    return make_tweet(document.url)


def _describe_cut(draft: HighlightDraft, tweet: Tweet | None) -> Problem:
    if not draft.text:
        return Problem("cut-text", "the page contains only its view link", draft.line)
    whose = f" of tweet {tweet.id}" if tweet else ""
    end = draft.text[-40:].replace("\n", " ")
    return Problem(
        "cut-text", f"the text{whose} ends at “{end}” and has no view link: the rest is lost here", draft.line
    )


def find_cuts(
    drafts: Sequence[HighlightDraft], tweets: Sequence[Tweet | None], document: Document
) -> list[bool]:
    """Return, for each highlight of the page, whether its end is lost; `tweets` are those of their links."""
    if document.category != "tweets" or any(draft.named for draft in drafts):
        return [False] * len(drafts)
    misses_link = [draft.view is None for draft in drafts]
    linked = [
        tweet
        for draft, tweet in zip(drafts, tweets, strict=True)
        if draft.view is not None and draft.view.url
    ]
    # A link to the thread's own first tweet proves nothing, since old exports linked only that one.
    has_neighbours = any(tweet is None or tweet.id != document.thread_id for tweet in linked)
    is_sign = has_neighbours or (bool(linked) and sum(misses_link) <= _FEW)
    is_profile = document.uid.startswith("profile:")
    return [
        misses and (is_sign or (is_profile and draft.text.rstrip().endswith((":", "："))))
        for draft, misses in zip(drafts, misses_link, strict=True)
    ]
