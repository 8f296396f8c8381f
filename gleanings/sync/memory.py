"""What a sync has said before, so that the same trouble is not mailed each hour; kept beside the store.

    {"holder": {"pid": 4711, "since": "2026-11-22T21:00:00Z"},
     "said": {"import": ["9f86d081884c7d65"]},
     "later": {"expand": "2026-11-20T21:00:00Z"}}

`said` holds digests, not words: of what a step said at its last end, a step that failed aside. `later` is
since when a step has had to put off its work.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from gleanings.steps.outcome import Done, Trouble

PATIENCE = timedelta(days=1)
"""A network that is down for less is nothing to write home about."""


_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Memory:
    """What one store's syncs remember."""

    said: Mapping[str, Sequence[str]] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    holder: Mapping[str, Any] = field(default_factory=dict)
    """Process and beginning of the sync that is under way or was the last."""


def name_memory(store: Path) -> Path:
    """Where the memory of the syncs into a store lies."""
    return store.with_name(f"{store.name}.sync.json")


def read_memory(path: Path) -> Memory:
    """What is remembered; nothing where the file is not ours: everything is said once more then."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        said = {str(step): [str(each) for each in digests] for step, digests in found["said"].items()}
        later = {str(step): str(since) for step, since in found["later"].items()}
        return Memory(said, later, dict(found["holder"]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Memory()


def save_memory(path: Path, memory: Memory) -> None:
    """Write it in the place of what was there, at once; on a full disk into what is there, which has room.

    A kill in the middle of that leaves what `read_memory` takes for nothing.
    """
    text = json.dumps({"holder": memory.holder, "said": memory.said, "later": memory.later}, indent=1)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        if error.errno not in _FULL or not path.exists():
            raise
        with path.open("r+", encoding="utf-8") as file:
            file.write(text)
            file.truncate()
    finally:
        temporary.unlink(missing_ok=True)


def learn(memory: Memory, done: Iterable[Done], *, now: datetime) -> tuple[Memory, list[tuple[str, Trouble]]]:
    """The memory after a sync, and what of its trouble is new: step and trouble. Pure."""
    said, later = dict(memory.said), dict(memory.later)
    news: list[tuple[str, Trouble]] = []
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
        told = [trouble for trouble in each.outcome.trouble if trouble.at_once or not is_early]
        if is_early and not told:
            continue
        known = set(said.get(each.step, ()))
        digests = {digest_name(trouble.name): trouble for trouble in told}
        news += [(each.step, trouble) for digest, trouble in digests.items() if digest not in known]
        ended = state in ("ok", "partial")
        said[each.step] = sorted(digests if ended else known | digests.keys())
    return replace(memory, said=said, later=later), news


def digest_name(name: str) -> str:
    """16 hexadecimal digits that tell one trouble from another."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def format_time(moment: datetime) -> str:
    """As the store keeps it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str, default: datetime) -> datetime:
    """The moment that `format_time` wrote; `default` for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return default
