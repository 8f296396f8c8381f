"""Find out whether a process exists: what a killed one left behind may be removed."""

from __future__ import annotations

import os


def is_alive(pid: int) -> bool:
    """Whether there is a process with this id, whoever it belongs to."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # the latter for a number that no process can have
        return False
    except PermissionError:  # it exists, but belongs to another user
        return True
    return True
