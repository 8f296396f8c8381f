"""Fetch pictures, many at once, and yield the result for each as it arrives (docs/links.md).

Redirects, rate limits, retries and outages are those of the links.
"""

from __future__ import annotations

import random as chance
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.links.expand import read_clock
from ingest.pictures.content import PICTURES, find_content_type, is_svg
from ingest.web.guard import is_address
from ingest.web.outage import NetworkWatch, hold_unanswered
from ingest.web.rate_limit import HostQueues, RateLimit
from ingest.web.redirect_chain import (
    LOOP_ERRORS,
    PRIVATE,
    BadURLError,
    RedirectChain,
    judge_failure,
    judge_response,
    list_requested,
    read_location,
    read_url,
)
from ingest.web.response import HttpResponse
from ingest.web.retry import plan_try
from ingest.web.session import FetchError, FetchSettings, GuardedSession
from ingest.web.worker_pool import OUT_OF_TIME, Done, WorkerPool, judge_host
from record_types.links import DuePicture, Fetch, Hop, PictureCopy, PictureTry

MAX_WORKERS = 8
"""Each may hold one picture of the maximum size in memory."""
_WHOLE = (200, 203)
"""The statuses of a whole picture; 206 would be a part."""

Keep = Callable[[bytes, str], PictureCopy]
"""(the bytes, their content type) → the copy that was written; called by many threads."""


@dataclass(frozen=True, slots=True)
class PictureEnding:
    """How a chain ended."""

    fetch: Fetch
    error: str | None = None
    response: HttpResponse | None = None
    """The last response; None if nothing was requested or nobody answered."""
    content_type: str | None = None
    """Of a picture that arrived whole."""


@dataclass(slots=True)
class PictureChain(RedirectChain):
    """A picture that is being fetched."""

    picture: DuePicture
    ending: PictureEnding | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A chain at its end."""

    chain: PictureChain
    found: PictureTry


def fetch_pictures(
    due: Iterable[DuePicture],
    settings: FetchSettings,
    *,
    keep: Keep,
    stop: threading.Event | None = None,
    now: Callable[[], datetime] = read_clock,
    random: Callable[[], float] = chance.random,
    is_online: Callable[[], bool] | None = None,
) -> Generator[PictureTry, None, None]:
    """Yield the result for each picture, in the order in which they end.

    `settings.max_body` is the maximum size. From a try without `checked_at`, nothing was learned (the network
    was down, its host was skipped): count it, but do not save it. Pictures that `stop` or `max_seconds` left
    no time for are not yielded at all. Closing the iterator ends the requests in flight. `is_online` as in
    `expand_links`.
    """
    settings = replace(settings, workers=min(settings.workers, MAX_WORKERS))
    run = PictureRun(settings, keep, now, random)
    has_way_out = is_online or run.session.has_way_out
    run.session.watch = NetworkWatch(has_way_out)
    with closing(run):
        queues: HostQueues[PictureChain] = HostQueues(RateLimit(settings.per_host, settings.host_gap), {})
        yield from [done.found for done in run.queue(due, queues)]
        pool: WorkerPool[PictureChain, Finished] = WorkerPool(
            queues, run, settings, stop, run.session.watch.is_down
        )
        with closing(pool.run()) as finished:
            settled = hold_unanswered(
                finished,
                list_requested=list_dependencies,
                discard=discard,
                has_way_out=has_way_out,
            )
            yield from (done.found for done in settled)


def list_dependencies(done: Finished) -> list[tuple[str, bool]]:
    """The hosts that were asked for a picture and whether each answered; none if the network had no part in
    the result."""
    chain, ending = done.chain, done.chain.ending
    if ending is None:
        return []
    requested = list_requested(chain.hops)
    return [each for each in requested if each[1]] if is_final(chain, ending) else requested


def discard(done: Finished, reason: str) -> Finished:
    """`done` as a try from which nothing was learned."""
    return replace(done, found=discard_try(done.chain.picture, reason))


def discard_try(picture: DuePicture, reason: str) -> PictureTry:
    """A try from which nothing was learned: the picture's row stays unchanged."""
    return PictureTry(picture.id, "pending", attempts=picture.attempts, error=reason)


class PictureRun:
    """The work on individual pictures, for the threads of one run."""

    def __init__(
        self,
        settings: FetchSettings,
        keep: Keep,
        now: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self.session = GuardedSession(settings, PICTURES)
        self._settings = settings
        self._keep = keep
        self._now = now
        self._random = random

    def queue(self, due: Iterable[DuePicture], queues: HostQueues[PictureChain]) -> Iterator[Finished]:
        """Queue the pictures; yield those that cannot be requested."""
        for picture in due:
            chain = start_chain(picture, self._settings)
            if chain.ending is not None:
                yield self._finish(chain)
            else:
                queues.add(chain.host, chain)

    def work(self, chain: PictureChain) -> Done[PictureChain, Finished]:
        """Make one request."""
        step(chain, self.session, self._settings)
        if chain.ending is None:
            return Done(onward=(chain.host, chain))
        done = self._finish(chain)
        ending = chain.ending
        failed, pause = judge_host(ending.response, ending.error, ending.fetch, self._now())
        return Done(done, failed=failed, pause=pause)

    def drop(self, chain: PictureChain, reason: str) -> Finished | None:
        """A picture that is not requested in this run; None if that is not worth reporting."""
        return None if reason == OUT_OF_TIME else Finished(chain, discard_try(chain.picture, reason))

    def close(self) -> None:
        """End the requests in flight."""
        self.session.close()

    def _finish(self, chain: PictureChain) -> Finished:
        """The result of a chain; its bytes are kept first and then released from memory."""
        ending, copy = chain.ending, None
        if ending is not None and ending.response is not None:
            if ending.content_type is not None:
                copy = self._keep(ending.response.body, ending.content_type)
            chain.ending = replace(ending, response=replace(ending.response, body=b""))
        return Finished(chain, make_try(chain, copy, now=self._now(), random=self._random))


def start_chain(picture: DuePicture, settings: FetchSettings) -> PictureChain:
    """A chain before its first request, or at its end if its URL must not be requested."""
    chain = PictureChain(picture)
    _move_on(chain, lambda: read_url(picture.url.strip()), settings)
    return chain


def step(chain: PictureChain, session: GuardedSession, settings: FetchSettings) -> None:
    """Make the chain's next request, and move on to the one after it or to the end."""
    try:
        response = chain.request(session, settings.total_timeout)
    except FetchError as failure:
        chain.ending = _end_unanswered(failure.kind)
    else:
        follow(chain, response, settings)
    if chain.ending is None and chain.spent >= settings.total_timeout:
        chain.ending = _end_unanswered("timeout")


def follow(chain: PictureChain, response: HttpResponse, settings: FetchSettings) -> None:
    """Move to where `response` leads, or end."""
    url = chain.url
    chain.hops.append(Hop(url, response.status, "location" if response.is_redirect else ""))
    if response.is_redirect:
        _move_on(chain, lambda: read_location(response.locations, url) or url, settings)
    else:
        chain.ending = _end_answered(response, settings.max_body)


def make_try(
    chain: PictureChain, copy: PictureCopy | None, *, now: datetime, random: Callable[[], float]
) -> PictureTry:
    """The record of a chain that has ended, with its next try."""
    ending, picture = chain.ending, chain.picture
    if ending is None:
        raise ValueError("the chain has not ended")
    response = ending.response
    found = PictureTry(
        picture_id=picture.id,
        status=ending.fetch,
        copy=copy,
        http_status=response.status if response else None,
        checked_at=now,
        error=ending.error,
    )
    if ending.error is None or is_final(chain, ending):
        return found
    retry_after = response.retry_after if response else None
    plan, stored = plan_try(ending.error, picture.attempts, picture.error, retry_after, now, random)
    return replace(
        found,
        status=plan.final if plan.final and ending.error != PRIVATE else found.status,
        attempts=plan.attempts,
        due_at=plan.due_at,
        error=stored,
    )


def is_final(chain: PictureChain, ending: PictureEnding) -> bool:
    """Whether another try could only end the same way: true of every refusal but a name's private address.

    A name may have another address tomorrow (hotel wifi gives every name its own); a number may not.
    """
    if ending.error == PRIVATE:
        return is_address(chain.host)
    return ending.fetch == "skipped" or ending.error in LOOP_ERRORS


def _move_on(chain: PictureChain, read: Callable[[], str], settings: FetchSettings) -> None:
    try:
        error = chain.move_to(read(), settings.max_hops)
    except BadURLError as bad:
        chain.ending = PictureEnding("skipped", bad.kind)
        return
    if error:
        chain.ending = PictureEnding("error", error)


def _end_unanswered(kind: str) -> PictureEnding:
    return PictureEnding("skipped" if kind in (PRIVATE, "bad url") else judge_failure(kind), kind)


def _end_answered(response: HttpResponse, max_size: int) -> PictureEnding:
    """The end at a response that leads no further: a picture is a body that begins as one and is whole."""
    fetch, error = judge_response(response)
    if error is not None:
        return PictureEnding(fetch, error, response)
    content_type = find_content_type(response.body) if response.status in _WHOLE else None
    if content_type is None and is_svg(response.body):
        return PictureEnding("skipped", "refused: svg", response)
    if content_type is None:
        return PictureEnding("blocked", "not a picture", response)
    if len(response.body) > max_size or (response.length is not None and response.length > max_size):
        return PictureEnding("skipped", "refused: too large", response)
    return PictureEnding("ok", None, response, content_type)
