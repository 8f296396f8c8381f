"""One picture on its way: redirects followed a request at a time, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from requests.cookies import RequestsCookieJar

from ingest.links.client import REDIRECTS, Answer, Client
from ingest.links.failures import AskError
from ingest.links.guard import is_address
from ingest.links.hops import BadURLError, drop_fragment, find_host, read_location, read_url
from ingest.links.retry import plan_try
from ingest.links.settings import ExpandSettings
from ingest.links.trail import FETCHES, judge_answer
from ingest.pictures.content import find_content_type, is_svg
from record_types.links import Fetch
from record_types.pictures import DuePicture, PictureCopy, PictureTry

_WHOLE = (200, 203)
"""What answers with all of a picture; 206 would be a part."""
PRIVATE = "refused: private address"


@dataclass(frozen=True, slots=True)
class PictureEnding:
    """Where a trail stopped."""

    fetch: Fetch
    error: str | None = None
    answer: Answer | None = None
    """The last answer; None where nobody was asked or nobody answered."""
    content_type: str | None = None
    """Of a picture that came whole."""


@dataclass(slots=True)
class PictureTrail:
    """A picture being fetched."""

    picture: DuePicture
    url: str = ""
    """To ask next, or asked last."""
    asked: list[tuple[str, bool]] = field(default_factory=list)
    """The hosts asked so far, and whether they answered."""
    cookies: RequestsCookieJar = field(default_factory=RequestsCookieJar)
    seen: set[str] = field(default_factory=set)
    spent: float = 0.0
    """Seconds in requests so far."""
    ending: PictureEnding | None = None

    @property
    def host(self) -> str:
        """Whom the next request goes to."""
        return find_host(self.url)


def start_trail(picture: DuePicture, settings: ExpandSettings) -> PictureTrail:
    """A trail at its first request, or at its end where its URL is none that may be asked."""
    trail = PictureTrail(picture)
    _go_on(trail, lambda: read_url(picture.url.strip()), settings)
    return trail


def step(trail: PictureTrail, client: Client, settings: ExpandSettings) -> None:
    """Ask what the trail stands before, and go on to the next request or to the end."""
    host, began = trail.host, time.monotonic()
    try:
        answer = client.ask(trail.url, trail.cookies, settings.total_timeout - trail.spent)
    except AskError as trouble:
        trail.asked.append((host, False))
        trail.ending = _end_unanswered(trouble.kind)
    else:
        trail.asked.append((host, True))
        _digest(trail, answer, settings)
    trail.spent += time.monotonic() - began
    if trail.ending is None and trail.spent >= settings.total_timeout:
        trail.ending = _end_unanswered("timeout")


def describe_try(
    trail: PictureTrail, copy: PictureCopy | None, *, now: datetime, random: Callable[[], float]
) -> PictureTry:
    """What the store keeps of a trail that has ended, with its next try."""
    ending, picture = trail.ending, trail.picture
    if ending is None:
        raise ValueError("the trail has not ended")
    answer = ending.answer
    found = PictureTry(
        picture_id=picture.id,
        status=ending.fetch,
        copy=copy,
        http_status=answer.status if answer else None,
        checked_at=now,
        error=ending.error,
    )
    if ending.error is None or is_final(trail, ending):
        return found
    retry_after = answer.retry_after if answer else None
    plan, kept = plan_try(ending.error, picture.attempts, picture.error, retry_after, now, random)
    return replace(
        found,
        status=plan.final if plan.final and ending.error != PRIVATE else found.status,
        attempts=plan.attempts,
        due_at=plan.due_at,
        error=kept,
    )


def _digest(trail: PictureTrail, answer: Answer, settings: ExpandSettings) -> None:
    if answer.status in REDIRECTS and any(value.strip() for value in answer.locations):
        url = trail.url
        _go_on(trail, lambda: read_location(answer.locations, url) or url, settings)
    else:
        trail.ending = _end_answered(answer, settings.max_body)


def _go_on(trail: PictureTrail, read: Callable[[], str], settings: ExpandSettings) -> None:
    try:
        url = read()
    except BadURLError as error:
        trail.ending = PictureEnding("skipped", error.kind)
        return
    asked = drop_fragment(url)
    if asked in trail.seen or len(trail.seen) > settings.max_hops:
        trail.ending = PictureEnding("error", "loop" if asked in trail.seen else "too many hops")
        return
    trail.seen.add(asked)
    trail.url = url


def _end_unanswered(kind: str) -> PictureEnding:
    return PictureEnding("skipped" if kind in (PRIVATE, "bad url") else FETCHES.get(kind, "error"), kind)


def _end_answered(answer: Answer, size: int) -> PictureEnding:
    """The end at an answer that leads no further: a picture is what begins as one and came whole."""
    fetch, error = judge_answer(answer)
    if error is not None:
        return PictureEnding(fetch, error, answer)
    content_type = find_content_type(answer.body) if answer.status in _WHOLE else None
    if content_type is None and is_svg(answer.body):
        return PictureEnding("skipped", "refused: svg", answer)
    if content_type is None:
        return PictureEnding("blocked", "not a picture", answer)
    if len(answer.body) > size or (answer.length is not None and answer.length > size):
        return PictureEnding("skipped", "refused: too large", answer)
    return PictureEnding("ok", None, answer, content_type)


def is_final(trail: PictureTrail, ending: PictureEnding) -> bool:
    """Whether asking again would only give the same: all that is refused, but for a name's private address.

    A name may have another address tomorrow (a hotel's network gives every name its own), a number has not.
    """
    if ending.error == PRIVATE:
        return is_address(trail.host)
    return ending.fetch == "skipped" or ending.error in ("loop", "too many hops")
