"""Detect that the network, or t.co, was down: then no failure of the run counts against a link.

Failures without an answer are held back until some host answers later in the run. `is_network_out` judges
what is still held at the end of the run; if the network was out, those failures are discarded and no try is
counted. Error messages do not tell which: a name whose name servers are dead gives `EAI_AGAIN` for ever, just
as a dead resolver does for an hour, and macOS calls every name unknown while it is offline. So names that
always exist are looked up instead. A single dead host is given up by the retry table.

t.co: if more than 30 % of a run's responses from there are not redirects (an outage, a ban), none of them is
recorded as a failure.

`NetworkWatch` notices during the run that nobody can be reached, so that thousands of links are not requested
in vain.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest.web.guard import ConnectTo, PrivateAddressError, vet

MIN_ANSWERS = 20
MAX_SHARE = 0.3
MIN_HOSTS = 3
ALWAYS_UP = frozenset({"t.co", "pbs.twimg.com"})
"""Hosts of nearly all short links and pictures: if they do not answer, the network is down."""
NETWORK_DOWN = "network down"
PROBES = ("t.co", "example.com")
"""Names that always exist, with a short time to live, of two owners: a network may block the first."""
_TLS_PORT = 443
_UNREACHED = frozenset({"dns", "connect", "proxy", "timeout", "refused: private address"})
"""`FetchError` kinds of a host that was not reached; a captive portal gives every name its own address."""
FIRST_FAILURES, LATER_FAILURES = 3, 20
"""Requests in a row without an answer that arouse suspicion: before the first answer of a run, and after."""
PATIENCE = 4.0
"""Seconds after which a network that has not answered is down if the first requests failed."""
_PROBE_AFTER, _PROBE_SECONDS = 1.5, 3.0
"""When to look up names if nothing has happened at all, and how long that may take."""

F = TypeVar("F")


def is_network_out(silent: Collection[str], has_answer: bool, has_way_out: Callable[[], bool]) -> bool:
    """Whether the `silent` hosts did not answer because this machine's network is out.

    `silent` are the hosts since the last answer; `has_answer` tells whether any host answered in the run.
    Yes if none did, and three hosts or one of `ALWAYS_UP` were asked. Fewer hosts prove nothing, nor do the
    last ones of a run with answers, because the slowest failures always come last. Then `has_way_out`
    decides, which is called only here.
    """
    if not silent:
        return False
    if not has_answer and (len(silent) >= MIN_HOSTS or not ALWAYS_UP.isdisjoint(silent)):
        return True
    return not has_way_out()


def hold_unanswered(
    finished: Iterable[F],
    *,
    list_requested: Callable[[F], Sequence[tuple[str, bool]]],
    discard: Callable[[F, str], F],
    has_way_out: Callable[[], bool],
) -> Iterator[F]:
    """Yield a run's results; those without an answer once some host answers, or at the end.

    `list_requested` gives the hosts that a result depended on and whether each answered; nothing if the
    network has no part in it. `discard` turns a result into one from which nothing was learned.
    """
    held: list[F] = []
    silent: set[str] = set()
    has_answer = False
    for done in finished:
        requested = list_requested(done)
        has_answer = has_answer or any(answered for _, answered in requested)
        if requested and not requested[-1][1]:
            held.append(done)
            silent.add(requested[-1][0])
            continue
        if requested:
            yield from held
            held.clear()
            silent.clear()
        yield done
    is_out = is_network_out(silent, has_answer, has_way_out)
    for done in held:
        yield discard(done, NETWORK_DOWN) if is_out else done


class NetworkWatch:
    """Counts a session's requests that reached nobody; for any number of threads."""

    def __init__(self, has_way_out: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        """`has_way_out` may take as long as a name lookup does; it is called in a thread of its own."""
        self._has_way_out = has_way_out
        self._clock = clock
        self._began = clock()
        self._has_answer = False
        self._failures = 0
        self._silent: set[str] = set()
        self._probe: _Probe | None = None

    def note_answer(self) -> None:
        """Count a response."""
        self._has_answer = True
        if self._failures:
            self._failures, self._silent, self._probe = 0, set(), None

    def note_failure(self, host: str, kind: str) -> None:
        """Count a request without a response, by its `FetchError.kind`."""
        if kind in _UNREACHED:
            self._failures += 1
            self._silent.add(host)

    def is_down(self) -> bool:
        """Whether the network is down, so that further requests are pointless.

        Three failures in a row (twenty, once a host has answered) start a lookup of names that always exist:
        without a way out, there is no network. Without any answer within four seconds, failures alone decide
        as they do at the end of a run; and if a lookup does not even end, there is no network either.
        """
        now = self._clock()
        suspicious = self._failures >= (LATER_FAILURES if self._has_answer else FIRST_FAILURES)
        elapsed = now - self._began
        if suspicious or (not self._has_answer and elapsed >= _PROBE_AFTER):
            verdict = self._look(now)
            if verdict is False:
                return suspicious or elapsed >= PATIENCE
            is_late = suspicious and not self._has_answer and elapsed >= PATIENCE
            return is_late and is_network_out(set(self._silent), False, lambda: True)
        return False

    def _look(self, now: float) -> bool | None:
        """The result of the probe; None while it is still running."""
        probe = self._probe
        if probe is None or (probe.found and now - probe.began > 2 * _PROBE_SECONDS):
            probe = self._probe = _Probe(self._has_way_out, now)
        if probe.found is None and now - probe.began >= _PROBE_SECONDS:
            return False
        return probe.found


class _Probe:
    """A look for a way out, in a thread of its own, because a name lookup cannot be interrupted."""

    def __init__(self, has_way_out: Callable[[], bool], began: float) -> None:
        self.began = began
        self.found: bool | None = None
        self._has_way_out = has_way_out
        threading.Thread(target=self._look, name="gleanings-probe", daemon=True).start()

    def _look(self) -> None:
        self.found = self._has_way_out()


@dataclass(slots=True)
class TcoGuard:
    """Counts a run's responses from t.co."""

    asked: int = 0
    failed: int = 0
    is_skipped: bool = False
    """It blocked or timed out so often in a row that it was skipped."""

    def count(self, redirected: bool, *, expected: bool) -> None:
        """Count a response; a failure `expected` from the previous try says nothing about t.co."""
        if redirected or not expected:
            self.asked += 1
            self.failed += not redirected

    @property
    def is_out(self) -> bool:
        """It was skipped, or more than 30 % of at least 20 responses were not redirects."""
        return self.is_skipped or (self.asked >= MIN_ANSWERS and self.failed > MAX_SHARE * self.asked)


def has_way_out(connect_to: ConnectTo, names: Iterable[str] = PROBES) -> bool:
    """Whether one of `names` has a public address and this machine a route to it.

    Sends nothing but name lookups. A hotel's network that resolves every name to its own address until one
    has paid does not count as a way out. A name in `connect_to` counts as the place it is sent to.
    """
    return any(_has_route(name, connect_to) for name in names)


def _has_route(name: str, connect_to: ConnectTo) -> bool:
    try:
        addresses = vet(name, _TLS_PORT, connect_to)
    except (OSError, PrivateAddressError):  # socket.gaierror is an OSError
        return False
    return any(_is_routed(family, at) for family, at in addresses)


def _is_routed(family: socket.AddressFamily, at: tuple[str, int]) -> bool:
    """Whether the system has a route to `at`: connecting a datagram socket looks it up and sends nothing."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect(at)
    except OSError:  # ENETUNREACH, EHOSTUNREACH, or a family that this machine does not have
        return False
    return True
