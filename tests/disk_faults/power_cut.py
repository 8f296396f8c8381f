"""Power cuts: what a disk holds when a process has made some calls and the power fails.

The log of `faults.c` is replayed on a folder. A flush of a file makes its contents durable, and its name if
the file is new; a flush of a folder makes the names in it durable. Of everything else, the disk has

    NOTHING   nothing: each file and name as it was flushed last
    NAMES     the names, but no contents: files that a program renamed without a flush are empty
    SOME      each write and each change of names with a chance of one half; the last write may be torn
              (a rename is one change, as in every file system with a journal)
"""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

_HEAD = struct.Struct("=5q")


class Cut(Enum):
    """What survives of the calls that were not flushed."""

    NOTHING = "nothing"
    NAMES = "names"
    SOME = "some"


class Call(NamedTuple):
    """One call that changed a file."""

    kind: str
    """w(rite), t(runcate), o(pen), s (flush of one file), S (of all), r(ename), l(ink), u(nlink), m(kdir)."""
    path: str
    other: str
    number: int
    """Offset of a write, length of a truncation."""
    data: bytes


def read_log(path: Path) -> Iterator[Call]:
    """The calls that a command made, in order."""
    with path.open("rb") as file:
        while head := file.read(_HEAD.size):
            kind, length, other, number, size = _HEAD.unpack(head)
            one, two = file.read(length).decode(), file.read(other).decode()
            yield Call(chr(kind), one, two, number, file.read(size))


@dataclass(eq=False)
class _Node:
    """A file (its contents now, and on the disk), or a folder."""

    now: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    is_folder: bool = False
    is_new: bool = True
    """No name of it is durable yet."""


class PowerCuts:
    """A folder before a command, and the command's calls."""

    def __init__(self, before: Path, root: Path, calls: list[Call]) -> None:
        self.calls = calls
        self._before, self._root = before, root

    def write(self, target: Path, at: int, cut: Cut) -> None:
        """Write what the disk holds if the power fails before the call with the number `at` (from 1)."""
        now = {str(self._root): _Node(is_folder=True, is_new=False)}
        for path in self._before.rglob("*"):
            name = str(self._root / path.relative_to(self._before))
            data = b"" if path.is_dir() else path.read_bytes()
            now[name] = _Node(bytearray(data), data, path.is_dir(), is_new=False)
        names = dict(now)
        chance = random.Random(at)
        for call in self.calls[: at - 1]:
            _replay(call, now, names, chance, cut)
        if cut is Cut.NAMES:
            names = dict(now)
        elif cut is Cut.SOME:
            renamed = {call.path: call.other for call in self.calls[: at - 1] if call.kind == "r"}
            survives: dict[str, bool] = {}  # by the last name, for both names of a rename
            for name in sorted(now.keys() | names.keys()):
                last = renamed.get(name, name)
                if now.get(name) is names.get(name):
                    continue
                if survives.setdefault(last, chance.random() < 0.5):
                    names.pop(name, None)
                    if name in now:
                        names[name] = now[name]
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name, node in sorted(names.items()):
            path = target / Path(name).relative_to(self._root)
            if not path.parent.is_dir():  # its folder's name is not on the disk
                continue
            if node.is_folder:
                path.mkdir(exist_ok=True)
            else:
                path.write_bytes(node.durable)


def _replay(
    call: Call, now: dict[str, _Node], names: dict[str, _Node], chance: random.Random, cut: Cut
) -> None:
    node = now.get(call.path)
    if call.kind == "o":
        if node is None:
            now[call.path] = _Node()
        elif call.number:
            node.now.clear()
    elif call.kind == "m":
        now[call.path] = _Node(is_folder=True)
    elif call.kind == "u":
        now.pop(call.path, None)
    elif call.kind in "rl" and node is not None:
        for old in [name for name in now if call.kind == "r" and name.startswith(f"{call.path}/")]:
            now[call.other + old[len(call.path) :]] = now.pop(old)
        now[call.other] = node
        if call.kind == "r":
            del now[call.path]
    elif call.kind == "w" and node is not None:
        _write(node.now, call.number, call.data)
        if cut is Cut.SOME and chance.random() < 0.5:  # it reached the disk before it was flushed
            kept = bytearray(node.durable)
            _write(kept, call.number, call.data[: chance.choice((len(call.data), len(call.data) // 2))])
            node.durable = bytes(kept)
    elif call.kind == "t" and node is not None:
        node.now[:] = node.now[: call.number].ljust(call.number, b"\0")
    elif call.kind in "sS":
        _flush(call, now, names)


def _write(data: bytearray, offset: int, new: bytes) -> None:
    if len(data) < offset:
        data.extend(bytes(offset - len(data)))
    data[offset : offset + len(new)] = new


def _flush(call: Call, now: dict[str, _Node], names: dict[str, _Node]) -> None:
    flushed = list(now) if call.kind == "S" else [call.path]
    for path in flushed:
        node = now.get(path)
        if node is None:
            continue
        node.durable = bytes(node.now)
        if node.is_new or call.kind == "S":
            names[path], node.is_new = node, False
        if node.is_folder:
            inside = [name for name in {*now, *names} if name.rpartition("/")[0] == path]
            moved = {
                old: name
                for name in inside
                if name in now and now[name].is_folder and names.get(name) is not now[name]
                for old in inside
                if names.get(old) is now[name]
            }
            for name in inside:
                names.pop(name, None)
                if name in now:
                    names[name] = now[name]
                    now[name].is_new = False
            for old, new in moved.items():
                for name in [name for name in names if name.startswith(f"{old}/")]:
                    names[new + name[len(old) :]] = names.pop(name)
    if call.kind == "S":
        for name in names.keys() - now.keys():
            del names[name]
