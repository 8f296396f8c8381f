"""Resolve links, many at once, and yield what was learned as it arrives (docs/links.md).

The shell around `resolve`: it queues the links by host, has a worker pool make their requests, and holds back
failures that an outage explains.
"""

from __future__ import annotations

import random as chance
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ingest.links.resolve import (
    TCO,
    Describe,
    LinkChain,
    discard_try,
    leads_on,
    make_resolution,
    skip_rest,
    start_chain,
    step,
)
from ingest.links.wayback import ARCHIVE_GAP, ARCHIVE_HOST, add_snapshot, may_have_snapshot
from ingest.web.outage import NetworkWatch, TcoGuard, hold_unanswered
from ingest.web.rate_limit import AdaptivePace, HostQueues, RateLimit
from ingest.web.redirect_chain import list_requested
from ingest.web.retry import find_outcome, read_retry_after
from ingest.web.session import FetchSettings, GuardedSession
from ingest.web.worker_pool import HOST_SKIPPED, OUT_OF_TIME, Done, WorkerPool, judge_host
from record_types.links import DueLink, Resolution

IsShortener = Callable[[str], bool]
MAX_REFUSALS = 2
"""How often a link that t.co refuses because of the pace is requested again in the same run."""


@dataclass(frozen=True, slots=True)
class Task:
    """A chain before a request; `found` is set once only the archive is left to request."""

    chain: LinkChain
    found: Resolution | None = None
    is_reported: bool = False
    """Its expansion was reported early."""
    refusals: int = 0
    """How often t.co refused it in this run because it was asked too fast."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A chain at its end, or (`found.underway`) before its last request."""

    chain: LinkChain
    found: Resolution


def read_clock() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def expand_links(
    due: Iterable[DueLink],
    settings: FetchSettings,
    *,
    describe: Describe,
    is_shortener: IsShortener,
    stop: threading.Event | None = None,
    now: Callable[[], datetime] = read_clock,
    random: Callable[[], float] = chance.random,
    is_online: Callable[[], bool] | None = None,
    tco_pace: AdaptivePace | None = None,
) -> Generator[Resolution, None, None]:
    """Yield the resolution of each link, in the order in which they end.

    `due` is read at once; requests start lazily. From a resolution without `checked_at`, nothing was learned
    (t.co or the network was down, its host was skipped): count it, but do not save it. Links that `stop` or
    `max_seconds` left no time for are not yielded at all. Failures at t.co come last, once it is known that
    t.co was not down. Closing the iterator ends the requests in flight. `is_online` distinguishes an outage
    of this machine's network from dead hosts (`outage`); by default `outage.has_way_out`. `tco_pace` is
    the pace to begin with, and is changed by what t.co answers; without a `tco_gap` there is none.
    """
    pace = None if not settings.tco_gap else tco_pace or AdaptivePace(1 / settings.tco_gap)
    run = ExpandRun(settings, describe, is_shortener, now, random)
    has_way_out = is_online or run.session.has_way_out
    run.session.watch = NetworkWatch(has_way_out)
    with closing(run):
        queues: HostQueues[Task] = HostQueues(
            RateLimit(settings.per_host, settings.host_gap),
            {
                TCO: RateLimit(settings.tco_in_flight, settings.tco_gap, pace),
                ARCHIVE_HOST: RateLimit(1, ARCHIVE_GAP),
            },
        )
        yield from list(run.queue(due, queues))
        pool: WorkerPool[Task, Finished] = WorkerPool(queues, run, settings, stop, run.session.watch.is_down)
        with closing(pool.run()) as finished:
            settled = hold_unanswered(
                finished,
                list_requested=list_dependencies,
                discard=discard,
                has_way_out=has_way_out,
            )
            yield from hold_tco_failures(settled)


def list_dependencies(done: Finished) -> list[tuple[str, bool]]:
    """The hosts that were asked for a link and whether each answered; none if the network had no part in the
    result."""
    chain, ending = done.chain, done.chain.ending
    if ending is None and not done.found.underway:
        return []
    hops = list(done.found.hops or chain.hops)
    if ending is not None and ending.status == "invalid":
        hops = [hop for hop in hops if hop.status is not None]
    return list_requested(hops)


def discard(done: Finished, reason: str) -> Finished:
    """`done` as a try from which nothing was learned."""
    return replace(done, found=discard_try(done.chain, reason))


def hold_tco_failures(finished: Iterable[Finished]) -> Iterator[Resolution]:
    """Yield a run's resolutions; failures at t.co come last, discarded if t.co was down."""
    guard = TcoGuard()
    held: list[Finished] = []
    for done in finished:
        chain, found = done.chain, done.found
        if found.error == HOST_SKIPPED and chain.host == TCO:
            guard.is_skipped = True
        if found.underway or found.checked_at is None:
            yield found
            continue
        if chain.tco_redirected is not None:
            guard.count(chain.tco_redirected, expected=found.error == chain.link.error)
        if found.error is not None and chain.tco_redirected is False:
            held.append(done)
        else:
            yield found
    for done in held:
        yield discard(done, "t.co down").found if guard.is_out else done.found


class ExpandRun:
    """The work on individual links, for the threads of one run."""

    def __init__(
        self,
        settings: FetchSettings,
        describe: Describe,
        is_shortener: IsShortener,
        now: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self.session = GuardedSession(settings)
        self._settings = settings
        self._describe = describe
        self._is_shortener = is_shortener
        self._now = now
        self._random = random

    def queue(self, due: Iterable[DueLink], queues: HostQueues[Task]) -> Iterator[Resolution]:
        """Queue the links; yield those that need no request."""
        for link in due:
            chain = start_chain(link, self._settings)
            if chain.ending is not None:
                yield self._resolve(chain)
            else:
                queues.add(chain.host, Task(chain))

    def work(self, task: Task) -> Done[Task, Finished]:
        """Make one request."""
        chain = task.chain
        if task.found is not None:
            found = add_snapshot(task.found, chain.link, self.session, self._settings.total_timeout)
            return Done(Finished(chain, found))
        step(chain, self.session, self._settings, self._is_shortener)
        if chain.ending is None:
            onward = (chain.host, replace(task, is_reported=True))
            return Done(self._report_early(chain, task), onward=onward)
        found = self._resolve(chain)
        response = chain.ending.response
        failed, pause = judge_host(response, found.error, found.fetch, self._now())
        if self._is_asked_again(task, found):
            again = Task(start_chain(chain.link, self._settings), refusals=task.refusals + 1)
            # Without the header's wait, the pace alone decides.
            wait = read_retry_after(response.retry_after, self._now()) if response else None
            return Done(onward=(TCO, again), failed=True, clean=False, pause=wait or 0.0)
        if self._settings.wayback and may_have_snapshot(found):
            return Done(onward=(ARCHIVE_HOST, replace(task, found=found)))
        clean = found.error is None or (response is not None and response.status < 500)
        return Done(Finished(chain, found), failed=failed, clean=clean, pause=pause)

    def _is_asked_again(self, task: Task, found: Resolution) -> bool:
        """Whether t.co refused a link only because it was asked too fast."""
        chain = task.chain
        return (
            self._settings.tco_gap > 0
            and chain.host == chain.link.host == TCO
            and found.error is not None
            and find_outcome(found.error) == "throttled"
            and task.refusals < MAX_REFUSALS
        )

    def _report_early(self, chain: LinkChain, task: Task) -> Finished | None:
        """Report where a short link leads before its page is requested.

        So t.co does not have to be asked again if the run is killed.
        """
        if task.is_reported or chain.link.fetch_only or leads_on(chain.host, self._is_shortener):
            return None
        now = self._now()
        found = skip_rest(chain, "", known=True, describe=self._describe, now=now)
        if found.checked_at is None:
            return None
        return Finished(chain, replace(found, due_at=now, underway=True))

    def drop(self, task: Task, reason: str) -> Finished | None:
        """What is known about a link that is not followed further; None if nothing is."""
        chain = task.chain
        if task.found is not None:
            return Finished(chain, task.found)
        known = not leads_on(chain.host, self._is_shortener)
        found = skip_rest(chain, reason, known=known, describe=self._describe, now=self._now())
        return None if found.checked_at is None and reason == OUT_OF_TIME else Finished(chain, found)

    def close(self) -> None:
        """End the requests in flight."""
        self.session.close()

    def _resolve(self, chain: LinkChain) -> Resolution:
        return make_resolution(chain, describe=self._describe, now=self._now(), random=self._random)
