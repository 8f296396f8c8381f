"""Search with the user's own regular expressions, within a time limit.

A pattern such as `(a+)+b` can take for ever on a line of thirty letters, and in general its text does not
show that. So each pattern gets a few seconds for all texts together; a signal interrupts the engine. Outside
the main thread there are no such signals, and so no limit.
"""

from __future__ import annotations

import re
import signal
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from record_types.errors import InputError

MAX_TEXT = 20_000
"""Characters of a text that are searched: many times the length of a page."""
SECONDS = 5.0
"""For one pattern and all texts; an ordinary one takes a tenth of that for 35,000 highlights."""


class _TooSlowError(Exception):
    pass


def find_pattern(pattern: str, texts: Mapping[int, str], *, seconds: float = SECONDS) -> dict[int, str]:
    """Find the first match of a pattern in each text, by the text's key.

    Raises InputError for an invalid pattern and for one that takes too long.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
        with time_limit(seconds):
            return {
                key: match[0]
                for key, text in texts.items()
                if (match := compiled.search(text, 0, MAX_TEXT)) and match[0]
            }
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(f"the pattern `{pattern}` is not a valid regular expression: {error}") from None
    except _TooSlowError:
        raise InputError(
            f"the pattern `{pattern}` took more than {seconds:g} seconds: avoid a repeat within a repeat"
        ) from None


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `_TooSlowError` in the block after `seconds`, if signals are available."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise _TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
