"""Read files in several processes: in their order, and never far ahead of the one that stores them.

Each process gets every n-th chunk of the files when it starts, so no process has to hand out work while a
batch is stored. It sends back the claims of a chunk in one message. If it dies, another one takes over: it
reads the files of the chunk that did not arrive one by one, and leaves out only the one that kills its
reader.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from gleanings.stop import never
from ingest.graph import ReadSettings
from ingest.source import read_source
from record_types.pages import FileStamp, Problem, SourceFile
from store.claims import FileClaims, claim_file

Reading = tuple[FileStamp, ReadSettings]
"""A file to read, and how."""
Read = Callable[[FileStamp, ReadSettings], SourceFile]

FILES_PER_PROCESS = 100
"""Fewer are read faster than a process starts, so less than twice as many are read by one."""
MOST_JOBS = 4
"""Processes by default: more than three readers are faster than the one process that stores."""
CHUNK_BYTES = 32 << 10
CHUNK_FILES = 50
AHEAD = 64
"""Chunks that a process reads in advance, some 50 KB each: what it can read while a batch is stored."""
LARGE = 1 << 20
"""Bytes of a message that is not kept while the next chunk is read."""
POLL_SECONDS = 0.1
"""Between two checks whether to stop."""
NICENESS = 5
"""The niceness of the processes that read. An import waits for the one that stores: when that one competed
with two readers for two cores, it got two thirds of a core while they were ahead of it, and had to catch up
alone."""

# A forked process shares the loaded modules, so it starts in milliseconds. It also has the connection to the
# store, which it may neither use nor close: it never returns to the code that has it, and ends without
# shutting the interpreter down. On macOS, libraries of the system may fail in a forked process.
START_METHOD = "fork" if sys.platform == "linux" else "spawn"


def count_jobs(jobs: int) -> int:
    """The number of processes for a setting; 0 means one for each core, at most `MOST_JOBS`."""
    if jobs:
        return jobs
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_JOBS)


@contextmanager
def read_files(
    files: Sequence[Reading],
    *,
    jobs: int = 1,
    stop: Callable[[], bool] = never,
    read: Read = read_source,
    start_method: str = START_METHOD,
) -> Iterator[Iterator[FileClaims]]:
    """The claims of `files`, in their order, read by up to `jobs` processes, which end with the block.

    `jobs` 0 means one for each core. After `stop` they may end early. A file whose reader dies has a problem
    of kind `unreadable`.
    """
    count = min(count_jobs(jobs), len(files) // FILES_PER_PROCESS)
    if count < 2:
        yield (_claim(read, each) for each in files)
        return
    chunks = list(_cut(files))
    readers = [_Reader(chunks[number::count], read, start_method) for number in range(count)]
    try:
        for reader in readers:
            reader.start()
        yield _receive_in_turn(readers, stop)
    finally:
        for reader in readers:
            reader.end()


def _cut(files: Sequence[Reading]) -> Iterator[list[Reading]]:
    chunk: list[Reading] = []
    size = 0
    for each in files:
        chunk.append(each)
        size += each[0].size
        if size >= CHUNK_BYTES or len(chunk) == CHUNK_FILES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _claim(read: Read, file: Reading, *, packed: bool = False) -> FileClaims:
    try:
        return claim_file(read(*file), packed=packed)
    except MemoryError:
        return _make_unread(file, "it needs more memory than there is")


def _make_unread(file: Reading, why: str) -> FileClaims:
    return claim_file(SourceFile(file[0], "", problems=(Problem("unreadable", why),)))


def _receive_in_turn(readers: Sequence[_Reader], stop: Callable[[], bool]) -> Iterator[FileClaims]:
    while any(reader.chunks for reader in readers):
        for reader in readers:
            yield from reader.receive_chunk(stop)
        if stop():
            return


class _Reader:
    """One process, and the chunks of files that are yet to come from it."""

    def __init__(self, chunks: Sequence[list[Reading]], read: Read, start_method: str) -> None:
        self.chunks = deque(chunks)
        self._read = read
        self._start_method = start_method
        self._pipe: Connection | None = None

    def start(self) -> None:
        context: Any = get_context(self._start_method)  # typeshed's has no `Process`
        self._pipe, theirs = context.Pipe(duplex=False)
        ours = self._pipe if self._start_method == "fork" else None
        self._process: BaseProcess = context.Process(
            target=_serve, args=(list(self.chunks), self._read, theirs, ours), daemon=True
        )
        self._process.start()
        theirs.close()  # or the process that dies would not end the pipe

    def end(self) -> None:
        if self._pipe is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._pipe = None

    def receive_chunk(self, stop: Callable[[], bool]) -> Iterator[FileClaims]:
        """The claims of its next chunk, if there is one; fewer after `stop`."""
        missing = len(self.chunks[0]) if self.chunks else 0
        while missing and (message := self._receive(stop)) is not None:
            missing -= len(message)
            yield from message

    def _receive(self, stop: Callable[[], bool]) -> list[FileClaims] | None:
        """The next message, None after `stop`; a dead process is replaced."""
        assert self._pipe is not None  # noqa: S101 - for the type checker
        try:
            while not self._pipe.poll(POLL_SECONDS):
                if stop():
                    return None
            message: list[FileClaims] | str = pickle.loads(self._pipe.recv_bytes())  # noqa: S301 - from our own process
        except (EOFError, OSError):
            return None if stop() else self._replace()
        if isinstance(message, str):
            raise RuntimeError(f"in a process that reads files:\n{message}")
        self.chunks.popleft()
        return message

    def _replace(self) -> list[FileClaims]:
        """Start another process for what is left; what is known about the file that killed the last one."""
        self.end()
        first = self.chunks.popleft()
        killed: list[FileClaims] = []
        if len(first) == 1:
            killed = [_make_unread(first[0], f"the process that read it died ({self._name_end()})")]
        else:
            self.chunks.extendleft([each] for each in reversed(first))
        if self.chunks:
            self.start()
        return killed

    def _name_end(self) -> str:
        code = self._process.exitcode or 0
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


# --- in the process


def _serve(
    chunks: Sequence[list[Reading]], read: Read, pipe: Connection, inherited: Connection | None
) -> None:
    """Read the files of all `chunks`; send one message for each, or the traceback of an error.

    `inherited` is the other end of `pipe`: while any process has it open, no process notices that the parent
    died.
    """
    if inherited is not None:
        inherited.close()
    for number in (signal.SIGINT, signal.SIGTERM):  # of the whole process group: the parent ends this process
        signal.signal(number, signal.SIG_IGN)
    wakeup = signal.set_wakeup_fd(-1)
    if wakeup >= 0:
        os.close(wakeup)  # of `gleanings.stop`, whose thread ends when no process has it open
    gc.disable()  # it might collect objects that the parent uses
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    messages: queue.Queue[bytes] = queue.Queue(AHEAD)
    threading.Thread(target=_send_all, args=(messages, pipe), daemon=True).start()
    for chunk in chunks:
        try:
            message: object = [_claim(read, each, packed=True) for each in chunk]
        except Exception:  # noqa: BLE001 - raised in the parent
            message = traceback.format_exc()
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        messages.put(data)
        if len(data) > LARGE or len(chunk) == 1:  # wait until it is known to be harmless
            messages.join()
    messages.join()


def _send_all(messages: queue.Queue[bytes], pipe: Connection) -> None:
    while True:
        try:
            pipe.send_bytes(messages.get())
        except OSError:  # nobody receives any more
            os._exit(1)
        messages.task_done()
