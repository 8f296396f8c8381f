"""Errors that the user can fix; everything else is a bug and keeps its traceback."""

from __future__ import annotations


class GleaningsError(Exception):
    """An error that is printed as one line: what is wrong, where, and what to do about it."""

    exit_code = 2


class InputError(GleaningsError):
    """A path, option or configuration that the user can correct."""


class UnreadableError(GleaningsError):
    """A file that cannot be read as a page; the run reports it and continues.

    `line` is 1-based; None if the problem concerns the whole file.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class StoreError(GleaningsError):
    """A database that is not a gleanings store, newer than this program, damaged or not writable."""


class BusyError(GleaningsError):
    """The store is locked or the network is down: try again later."""

    exit_code = 75


class DiskError(BusyError):
    """The disk is full or has disappeared. Waiting does not help, so the alert is immediate."""


def describe_missing(what: str, extra: str) -> str:
    """What to say if `what` (in the singular) is used without the extra of the package that it needs."""
    how = f"pipx install --force 'gleanings[{extra}]', or '.[{extra}]' in a checkout"
    return f"{what} needs the extra `{extra}`: {how}"
