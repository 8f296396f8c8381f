"""Fetches pictures, many at once, and gives back what came of each as it comes (LINKS.md)."""

from __future__ import annotations

import random as chance
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.links.client import Client
from ingest.links.crew import OUT_OF_TIME, Crew, Done
from ingest.links.expand import judge_host, read_clock
from ingest.links.outage import hold_silence
from ingest.links.schedule import Pace, Schedule
from ingest.links.settings import ExpandSettings
from ingest.pictures.content import PICTURES
from ingest.pictures.trail import PictureTrail, describe_try, is_final, start_trail, step
from record_types.pictures import DuePicture, PictureCopy, PictureTry

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
    is_online: Callable[[], bool] | None = None,
) -> Generator[PictureTry, None, None]:
    """What came of each picture, in the order in which they end; `settings.max_body` is the largest size.

    A try whose `checked_at` is None taught nothing (the network was down, its host was left alone) and is to
    be counted, not saved. Pictures that `stop` or `max_seconds` kept from being asked do not come at all.
    Closing the iterator ends the requests in flight. `is_online` as in `expand_links`.
    """
    settings = replace(settings, workers=min(settings.workers, MOST_WORKERS))
    run = Run(settings, keep, now, random)
    with closing(run):
        schedule: Schedule[PictureTrail] = Schedule(Pace(settings.per_host, settings.host_gap), {})
        yield from [done.found for done in run.begin(due, schedule)]
        crew: Crew[PictureTrail, Finished] = Crew(schedule, run, settings, stop)
        with closing(crew.run()) as finished:
            heard = hold_silence(
                finished,
                list_asked=list_asked,
                forget=forget,
                has_way_out=is_online or run.client.has_way_out,
            )
            yield from (done.found for done in heard)


def list_asked(done: Finished) -> list[tuple[str, bool]]:
    """The hosts that were asked for a picture and whether each answered; none where no network could help."""
    trail, ending = done.trail, done.trail.ending
    if ending is None:
        return []
    return [each for each in trail.asked if each[1]] if is_final(trail, ending) else trail.asked


def forget(done: Finished, reason: str) -> Finished:
    """`done` as a try that taught nothing."""
    return replace(done, found=forget_try(done.trail.picture, reason))


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

    def close(self) -> None:
        """End the requests in flight."""
        self.client.close()

    def _finish(self, trail: PictureTrail) -> Finished:
        """The try that a trail came to; its bytes are kept first, and held in memory no longer."""
        ending, copy = trail.ending, None
        if ending is not None and ending.answer is not None:
            if ending.content_type is not None:
                copy = self._keep(ending.answer.body, ending.content_type)
            trail.ending = replace(ending, answer=replace(ending.answer, body=b""))
        return Finished(trail, describe_try(trail, copy, now=self._now(), random=self._random))
