"""The lock that lets only one sync of a store run at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from gleanings.options import utc_now
from gleanings.sync.memory import Memory, locate_memory, read_memory, save_memory
from record_types.errors import BusyError, StoreError


def locate_lock(store: Path) -> Path:
    """The file to lock; the system releases it when its process ends, in whatever way."""
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
