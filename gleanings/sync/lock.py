"""The lock of a store's syncs: one at a time, and the next one is told whose turn it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from gleanings.options import utc_now
from gleanings.sync.memory import Memory, name_memory, read_memory, save_memory
from record_types.errors import BusyError, StoreError


def name_lock(store: Path) -> Path:
    """The file that is locked; the system frees it when its process ends, however that ends."""
    return store.with_name(f"{store.name}.lock")


@contextmanager
def holding_lock(store: Path) -> Iterator[Memory]:
    """The memory of the store's syncs, while no other sync can begin.

    Raises BusyError at once where one is under way: who holds the lock, and since when.
    """
    from filelock import FileLock, Timeout

    if not store.parent.is_dir():
        raise StoreError(f"{store.parent} is not a folder: make it first, or name another --db")
    memory_path = name_memory(store)
    lock = FileLock(name_lock(store))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = read_memory(memory_path).holder
        known = {"pid", "since"} <= holder.keys()
        who = f" (process {holder['pid']}, since {holder['since']})" if known else ""
        raise BusyError(f"another sync of {store} is under way{who}: try again later") from None
    except OSError as error:
        raise StoreError(f"{name_lock(store)}: cannot be locked: {error.strerror}") from None
    try:
        memory = replace(read_memory(memory_path), holder={"pid": os.getpid(), "since": utc_now()})
        with suppress(OSError):  # nobody can be told then who holds the lock
            save_memory(memory_path, memory)
        yield memory
    finally:
        lock.release()
