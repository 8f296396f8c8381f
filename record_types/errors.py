"""The errors that a user can mend; everything else is a bug and keeps its traceback."""

from __future__ import annotations


class GleaningsError(Exception):
    """One line for the user: what is wrong, where, and what to do about it."""

    exit_code = 2


class InputError(GleaningsError):
    """A path, option or configuration that the user can mend."""


class UnreadableError(GleaningsError):
    """One file that cannot be read as a page; the run reports it and goes on.

    `line` is 1-based, or None where the trouble is the whole file's.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class StoreError(GleaningsError):
    """A database that is not ours, newer than this program, damaged or not writable."""


class BusyError(GleaningsError):
    """Something else holds the store, or the network is down: try again later."""

    exit_code = 75


class DiskError(BusyError):
    """The disk is full, or gone: nothing that passes by itself, so it is said at once."""
