"""Asks where links lead, many at once, and gives back what was learned as it comes (LINKS.md)."""

from __future__ import annotations

import random as chance
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ingest.links.client import Answer, Client
from ingest.links.crew import HOST_LEFT, OUT_OF_TIME, Crew, Done
from ingest.links.hops import find_host
from ingest.links.outage import TcoGuard, hold_silence
from ingest.links.resolve import Describe, forget_failure, leave_off, resolve
from ingest.links.retry import find_outcome, read_retry_after
from ingest.links.schedule import Pace, Schedule
from ingest.links.settings import ExpandSettings
from ingest.links.trail import TCO, Trail, needs_answer, start_trail, step
from ingest.links.wayback import ARCHIVE_GAP, ARCHIVE_HOST, add_snapshot, may_have_snapshot
from record_types.links import DueLink, Fetch, Resolution

SHORT_REST = 5.0
"""Seconds that a host is left in peace which asks for it without saying how long."""

IsShortener = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Task:
    """A trail with a request before it; `found` once only the archive is still to be asked."""

    trail: Trail
    found: Resolution | None = None
    told: bool = False
    """Its expansion was told early."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A trail at its end, or (`found.underway`) before its last request."""

    trail: Trail
    found: Resolution


def read_clock() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def expand_links(
    due: Iterable[DueLink],
    settings: ExpandSettings,
    *,
    describe: Describe,
    is_shortener: IsShortener,
    stop: threading.Event | None = None,
    now: Callable[[], datetime] = read_clock,
    random: Callable[[], float] = chance.random,
    is_online: Callable[[], bool] | None = None,
) -> Generator[Resolution, None, None]:
    """What each link came to, in the order in which they end.

    `due` is read at once, the rest is lazy. A resolution whose `checked_at` is None taught nothing (t.co or
    the network was down, its host was left alone) and is to be counted, not saved. Links that `stop` or
    `max_seconds` kept from being asked do not come at all. Failures at t.co come last, once it is known
    that t.co was not down. Closing the iterator ends the requests in flight. `is_online` tells an outage of
    this machine's network from dead hosts (`outage`); None for `reach.has_way_out`.
    """
    run = Run(settings, describe, is_shortener, now, random)
    with closing(run):
        schedule: Schedule[Task] = Schedule(
            Pace(settings.per_host, settings.host_gap),
            {TCO: Pace(settings.tco_in_flight, settings.tco_gap), ARCHIVE_HOST: Pace(1, ARCHIVE_GAP)},
        )
        yield from list(run.begin(due, schedule))
        crew: Crew[Task, Finished] = Crew(schedule, run, settings, stop)
        with closing(crew.run()) as finished:
            heard = hold_silence(
                finished,
                list_asked=list_asked,
                forget=forget,
                has_way_out=is_online or run.client.has_way_out,
            )
            yield from hold_tco_failures(heard)


def list_asked(done: Finished) -> list[tuple[str, bool]]:
    """The hosts that were asked for a link and whether each answered; none where no network could help."""
    trail, ending = done.trail, done.trail.ending
    if ending is None and not done.found.underway:
        return []
    hops = [hop for hop in done.found.hops or trail.hops if hop.via not in ("wrapper", "wall")]
    if ending is not None and ending.status == "invalid":
        hops = [hop for hop in hops if hop.status is not None]
    return [(find_host(hop.url), hop.status is not None) for hop in hops]


def forget(done: Finished, reason: str) -> Finished:
    """`done` as a try that taught nothing."""
    return replace(done, found=forget_failure(done.found, done.trail, reason))


def hold_tco_failures(finished: Iterable[Finished]) -> Iterator[Resolution]:
    """The resolutions of a run; failures at t.co come last, forgotten if t.co was down."""
    guard = TcoGuard()
    held: list[Finished] = []
    for done in finished:
        trail, found = done.trail, done.found
        if found.error == HOST_LEFT and trail.host == TCO:
            guard.is_left = True
        if found.underway or found.checked_at is None:
            yield found
            continue
        if trail.tco_redirected is not None:
            guard.note(trail.tco_redirected, expected=found.error == trail.link.error)
        if found.error is not None and trail.tco_redirected is False:
            held.append(done)
        else:
            yield found
    for done in held:
        yield forget(done, "t.co down").found if guard.is_out else done.found


class Run:
    """The work on single links, for the threads of one run."""

    def __init__(
        self,
        settings: ExpandSettings,
        describe: Describe,
        is_shortener: IsShortener,
        now: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self.client = Client(settings)
        self._settings = settings
        self._describe = describe
        self._is_shortener = is_shortener
        self._now = now
        self._random = random

    def begin(self, due: Iterable[DueLink], schedule: Schedule[Task]) -> Iterator[Resolution]:
        """Queue the links; those whose URL tells all come back at once."""
        for link in due:
            trail = start_trail(link, self._settings)
            if trail.ending is not None:
                yield self._resolve(trail)
            else:
                schedule.add(trail.host, Task(trail))

    def work(self, task: Task) -> Done[Task, Finished]:
        """One request."""
        trail = task.trail
        if task.found is not None:
            found = add_snapshot(task.found, trail.link, self.client, self._settings.total_timeout)
            return Done(Finished(trail, found))
        step(trail, self.client, self._settings, self._is_shortener)
        if trail.ending is None:
            return Done(self._tell_early(trail, task), onward=(trail.host, replace(task, told=True)))
        found = self._resolve(trail)
        answer = trail.ending.answer
        trouble, rest = judge_host(answer, found.error, found.fetch, self._now())
        if self._settings.wayback and may_have_snapshot(found):
            return Done(onward=(ARCHIVE_HOST, replace(task, found=found)))
        return Done(Finished(trail, found), trouble=trouble, rest=rest)

    def _tell_early(self, trail: Trail, task: Task) -> Finished | None:
        """Where a short link leads, before the page there is asked: a kill must not have t.co asked again."""
        if task.told or trail.link.fetch_only or needs_answer(trail.host, self._is_shortener):
            return None
        now = self._now()
        found = leave_off(trail, "", known=True, describe=self._describe, now=now)
        if found.checked_at is None:
            return None
        return Finished(trail, replace(found, due_at=now, underway=True))

    def drop(self, task: Task, reason: str) -> Finished | None:
        """What is known of a link that is not asked any further; None for nothing worth telling."""
        trail = task.trail
        if task.found is not None:
            return Finished(trail, task.found)
        known = not needs_answer(trail.host, self._is_shortener)
        found = leave_off(trail, reason, known=known, describe=self._describe, now=self._now())
        return None if found.checked_at is None and reason == OUT_OF_TIME else Finished(trail, found)

    def close(self) -> None:
        """End the requests in flight."""
        self.client.close()

    def _resolve(self, trail: Trail) -> Resolution:
        return resolve(trail, describe=self._describe, now=self._now(), random=self._random)


def judge_host(answer: Answer | None, error: str | None, fetch: Fetch, now: datetime) -> tuple[bool, float]:
    """Whether the host that was asked last blocked or kept silent, and for how long it wants peace."""
    if answer is None:
        return error == "timeout", 0.0
    if error is None or find_outcome(error) != "throttled":
        return fetch == "blocked", 0.0
    seconds = read_retry_after(answer.retry_after, now)
    return True, SHORT_REST if seconds is None else seconds
