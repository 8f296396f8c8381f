"""The reader's own regular expressions: what they find, in a time that is limited.

A pattern such as `(a+)+b` can take for ever on a line of thirty letters, and whether one can is not
to be seen from its text in general. So each gets a few seconds over all texts together: the engine lets
a signal interrupt it. Outside a program's first thread there are no such signals, nor a limit.
"""

from __future__ import annotations

import re
import signal
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from record_types.errors import InputError

LONGEST_TEXT = 20_000
"""Characters of a text that are looked at: a page's length many times over."""
SECONDS = 5.0
"""For one pattern over all texts; 35,000 highlights take an ordinary one a tenth of that."""


class _TooSlowError(Exception):
    pass


def find_pattern(pattern: str, texts: Mapping[int, str], *, seconds: float = SECONDS) -> dict[int, str]:
    """What the pattern finds first in each text that it finds anything in, by the text's key.

    Raises InputError for a pattern that is none, and for one that takes too long.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
        with time_limit(seconds):
            return {
                key: match[0]
                for key, text in texts.items()
                if (match := compiled.search(text, 0, LONGEST_TEXT)) and match[0]
            }
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(f"the pattern `{pattern}` is no regular expression: {error}") from None
    except _TooSlowError:
        raise InputError(
            f"the pattern `{pattern}` took more than {seconds:g} seconds: avoid a repeat within a repeat"
        ) from None


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Ends what is inside with `_TooSlowError` after so many seconds, where signals can do that."""
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
