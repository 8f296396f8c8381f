"""Fetches pictures, many at once, and gives back what came of each as it comes (LINKS.md)."""

from __future__ import annotations

import random as chance
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from gleanings.records.pictures import DuePicture, PictureCopy, PictureTry
from ingest.links.client import Client
from ingest.links.crew import OUT_OF_TIME, Crew, Done
from ingest.links.expand import judge_host, read_clock
from ingest.links.outage import OutageGuard
from ingest.links.schedule import Pace, Schedule
from ingest.links.settings import ExpandSettings
from ingest.pictures.content import PICTURES
from ingest.pictures.trail import PictureTrail, describe_try, start_trail, step

MOST_WORKERS = 8
"""Each may hold one picture of the largest size in memory."""

Keep = Callable[[bytes, str], PictureCopy]
"""(the bytes, their content type) → where they are kept now; called in many threads."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A trail at its end."""

    trail: PictureTrail
    found: PictureTry


def fetch_pictures(
    due: Iterable[DuePicture],
    settings: ExpandSettings,
    *,
    keep: Keep,
    stop: threading.Event | None = None,
    now: Callable[[], datetime] = read_clock,
    random: Callable[[], float] = chance.random,
) -> Generator[PictureTry, None, None]:
    """What came of each picture, in the order in which they end; `settings.max_body` is the largest size.

    A try whose `checked_at` is None taught nothing (the network was down, its host was left alone) and is to
    be counted, not saved. Pictures that `stop` or `max_seconds` kept from being asked do not come at all.
    Closing the iterator ends the requests in flight.
    """
    run = Run(settings, keep, now, random)
    schedule: Schedule[PictureTrail] = Schedule(Pace(settings.per_host, settings.host_gap), {})
    try:
        yield from [done.found for done in run.begin(due, schedule)]
        crew: Crew[PictureTrail, Finished] = Crew(
            schedule,
            run.work,
            run.drop,
            abort=run.client.close,
            workers=min(settings.workers, MOST_WORKERS),
            stop=stop or threading.Event(),
            max_seconds=settings.max_seconds,
        )
        with closing(crew.run()) as finished:
            yield from hold_failures_back(finished)
    finally:
        run.client.close()


def hold_failures_back(finished: Iterable[Finished]) -> Iterator[PictureTry]:
    """The tries of a run; failures wait until somebody answered, and are forgotten if nobody ever did."""
    guard = OutageGuard()
    held: list[Finished] = []
    for done in finished:
        for host, answered in done.trail.asked:
            guard.note_hop(host, answered)
        if done.found.error is not None and not guard.has_answer:
            held.append(done)
            continue
        yield from (each.found for each in held)
        held.clear()
        yield done.found
    for done in held:
        yield forget_try(done.trail.picture, "network down") if guard.is_network_out else done.found


def forget_try(picture: DuePicture, reason: str) -> PictureTry:
    """A try that taught nothing: the picture's row is to stay as it is."""
    return PictureTry(picture.id, "pending", attempts=picture.attempts, error=reason)


class Run:
    """The work on single pictures, for the threads of one run."""

    def __init__(
        self,
        settings: ExpandSettings,
        keep: Keep,
        now: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self.client = Client(settings, PICTURES)
        self._settings = settings
        self._keep = keep
        self._now = now
        self._random = random

    def begin(self, due: Iterable[DuePicture], schedule: Schedule[PictureTrail]) -> Iterator[Finished]:
        """Queue the pictures; those that cannot be asked for come back at once."""
        for picture in due:
            trail = start_trail(picture, self._settings)
            if trail.ending is not None:
                yield self._finish(trail)
            else:
                schedule.add(trail.host, trail)

    def work(self, trail: PictureTrail) -> Done[PictureTrail, Finished]:
        """One request."""
        step(trail, self.client, self._settings)
        if trail.ending is None:
            return Done(onward=(trail.host, trail))
        done = self._finish(trail)
        ending = trail.ending
        trouble, rest = judge_host(ending.answer, ending.error, ending.fetch, self._now())
        return Done(done, trouble=trouble, rest=rest)

    def drop(self, trail: PictureTrail, reason: str) -> Finished | None:
        """A picture that is not asked for in this run; None where that is nothing worth telling."""
        return None if reason == OUT_OF_TIME else Finished(trail, forget_try(trail.picture, reason))

    def _finish(self, trail: PictureTrail) -> Finished:
        """The try that a trail came to; its bytes are kept first, and held in memory no longer."""
        ending, copy = trail.ending, None
        if ending is not None and ending.answer is not None:
            if ending.content_type is not None:
                copy = self._keep(ending.answer.body, ending.content_type)
            trail.ending = replace(ending, answer=replace(ending.answer, body=b""))
        return Finished(trail, describe_try(trail, copy, now=self._now(), random=self._random))
