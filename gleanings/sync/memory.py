"""The problems that earlier syncs reported, so that the same one is not mailed every hour.

The memory is a JSON file beside the store:

    {"holder": {"pid": 4711, "since": "2026-11-22T21:00:00Z"},
     "reported": {"import": ["9f86d081884c7d65"]},
     "later": {"expand": "2026-11-20T21:00:00Z"}}

`reported` holds digests of the alerts of each step: those of its last run that ended, plus those of failed
runs since. `later` holds the time since which a step has had to postpone its work.

If a sync cannot even start, because the configuration is unreadable, say, there may be no store to put the
file beside. Such a startup error is remembered in a file of its own in the log folder, one for each folder
and set of options that a sync is started with. The file is removed when that sync starts again.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from gleanings.options import utc_now
from gleanings.steps.outcome import Alert
from gleanings.sync.pipeline import Done
from record_types.errors import BusyError, GleaningsError, StoreError
from record_types.foreign_json import parse_json
from record_types.regular_files import name_temporary

PATIENCE = timedelta(days=1)
"""A network that has been down for less is not reported."""

STARTUP = "begin"
"""The key of startup errors under `reported`."""

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the syncs of one store have reported."""

    reported: Mapping[str, Sequence[str]] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    holder: Mapping[str, Any] = field(default_factory=dict)
    """Process and start of the sync that is running or was the last."""


def locate_memory(store: Path) -> Path:
    """The path of the memory file of a store."""
    return store.with_name(f"{store.name}.sync.json")


def read_memory(path: Path) -> Memory:
    """The memory in a file; empty if the file is missing or not ours, which reports everything again."""
    try:
        found = parse_json(path.read_bytes())
        reported = {str(step): [str(each) for each in digests] for step, digests in found["reported"].items()}
        later = {str(step): str(since) for step, since in found["later"].items()}
        return Memory(reported, later, dict(found["holder"]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Memory()


def save_memory(path: Path, memory: Memory) -> None:
    """Replace the memory file atomically; on a full disk overwrite it in place, where there is room.

    A kill during the overwrite leaves a file that `read_memory` ignores.
    """
    text = json.dumps({"holder": memory.holder, "reported": memory.reported, "later": memory.later}, indent=1)
    temporary = name_temporary(path)
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        if error.errno not in _DISK_FULL or not path.exists():
            raise
        with path.open("r+", encoding="utf-8") as file:
            file.write(text)
            file.truncate()
    finally:
        temporary.unlink(missing_ok=True)


def find_new_alerts(
    memory: Memory, done: Iterable[Done], *, now: datetime
) -> tuple[Memory, list[tuple[str, Alert]]]:
    """The memory after a sync, and the alerts that are new: step and alert. Pure."""
    reported, later = dict(memory.reported), dict(memory.later)
    new: list[tuple[str, Alert]] = []
    for each in done:
        state = each.outcome.state
        if state in ("skipped", "interrupted"):
            continue
        if state == "later":
            since = later.setdefault(each.step, format_time(now))
            is_early = now - parse_time(since, now) < PATIENCE
        else:
            later.pop(each.step, None)
            is_early = False
        alerts = [alert for alert in each.outcome.alerts if alert.immediate or not is_early]
        if is_early and not alerts:
            continue
        known = set(reported.get(each.step, ()))
        digests = {digest_key(alert.key): alert for alert in alerts}
        new += [(each.step, alert) for digest, alert in digests.items() if digest not in known]
        ran_to_end = state in ("ok", "partial")
        reported[each.step] = sorted(digests if ran_to_end else known | digests.keys())
    return replace(memory, reported=reported, later=later), new


def locate_startup_errors(here: Path, config: Path | None, db: Path | None) -> Path:
    """The path of the memory of startup errors of a sync with these options, started in the folder `here`."""
    import platformdirs

    folder = Path(platformdirs.user_log_dir("gleanings", appauthor=False))
    words = "\0".join((str(here), str(config or ""), str(db or "")))
    digest = blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return folder / f"not-begun-{digest}.json"


def is_new_error(path: Path, error: GleaningsError) -> bool:
    """Whether the last startup error was a different one; remembers this one. True if it cannot be
    remembered."""
    digest = digest_key(str(error))
    if digest in read_memory(path).reported.get(STARTUP, ()):
        return False
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        save_memory(path, Memory(reported={STARTUP: [digest]}))
    return True


def forget_startup_errors(path: Path) -> None:
    """After a sync has started: the same startup error would be new again."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def digest_key(key: str) -> str:
    """16 hexadecimal digits that identify an alert."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def format_time(moment: datetime) -> str:
    """The time as the store writes it: ISO 8601 in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str, default: datetime) -> datetime:
    """The time that `format_time` wrote; `default` for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return default


# --- the lock


def locate_lock(store: Path) -> Path:
    """The file to lock; the system releases it when its process ends, however it ends."""
    return store.with_name(f"{store.name}.lock")


@contextmanager
def holding_lock(store: Path) -> Iterator[Memory]:
    """Hold the lock; yields the memory of the store's syncs.

    Raises BusyError at once if another sync is running, with its process and start time.
    """
    from filelock import FileLock, Timeout  # not for `watch --help` and the like

    if not store.parent.is_dir():
        raise StoreError(f"{store.parent} is not a folder: create it first, or name another --db")
    memory_path = locate_memory(store)
    lock = FileLock(locate_lock(store))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = read_memory(memory_path).holder
        known = {"pid", "since"} <= holder.keys()
        who = f" (process {holder['pid']}, since {holder['since']})" if known else ""
        raise BusyError(f"another sync of {store} is running{who}: try again later") from None
    except OSError as error:
        raise StoreError(f"{locate_lock(store)}: cannot be locked: {error.strerror}") from None
    try:
        memory = replace(read_memory(memory_path), holder={"pid": os.getpid(), "since": utc_now()})
        with suppress(OSError):  # a second sync then cannot say who holds the lock
            save_memory(memory_path, memory)
        yield memory
    finally:
        lock.release()
