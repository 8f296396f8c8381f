"""Print messages, numbers in words and progress bars: the only place that writes to the terminal.

Pages, file names and server responses are other people's text. An escape sequence in them could retitle
the window, hide lines or fill the clipboard; a line break could forge a message. So control characters are
shown as `less` shows them: `^[`, `<U+202E>`.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING

import click

from record_types.errors import InputError

if TYPE_CHECKING:
    from store.runs import Counts

_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_LINE_SEPARATORS = (0x2028, 0x2029)
_SHOWN = {code: f"^{chr(code ^ 0x40)}" for code in (*range(0x20), 0x7F)}
_SHOWN |= {code: f"<U+{code:04X}>" for code in (*range(0x80, 0xA0), *_LINE_SEPARATORS, *_BIDI)}
# A byte of a file name that is not UTF-8, and other lone surrogates.
_SHOWN |= {code: f"<{code - 0xDC00:02X}>" for code in range(0xDC80, 0xDD00)}
_SHOWN |= {code: f"<U+{code:04X}>" for code in range(0xD800, 0xE000) if code not in _SHOWN}
_SHOWN_IN_TEXT = {code: shown for code, shown in _SHOWN.items() if chr(code) not in "\n\t"}
_JSON = {code: f"\\u{code:04x}" for code in _SHOWN if code >= 0x7F}
"""What `json.dumps` leaves as it is."""


MIN_WIDTH = 40
"""Columns; a narrower terminal breaks the lines itself."""


def show_controls(line: str) -> str:
    """The text as one line that a terminal prints literally."""
    return line.translate(_SHOWN)


def show_controls_in_text(text: str) -> str:
    """The same for a text of several lines: line breaks and tabs stay."""
    return text.translate(_SHOWN_IN_TEXT)


def escape_json(text: str) -> str:
    """JSON with the same value, in which no control character is literal."""
    return text.translate(_JSON)


def echo(line: str = "", *, err: bool = False, lead: str = "", bold: bool = False, dim: bool = False) -> None:
    """Print one line on stdout or stderr, with its control characters shown; `lead` begins it, in bold."""
    shown = fit(show_controls(lead + line), err=err)
    if lead:
        end = len(show_controls(lead))
        shown = click.style(shown[:end], bold=True) + shown[end:]
    if bold or dim:
        shown = click.style(shown, bold=bold or None, dim=dim or None)
    click.echo(shown, err=err)


def wants_color() -> bool:
    """Whether escape sequences are welcome; other streams never get any (`click.echo`)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def get_width() -> int:
    """Columns of the terminal; 80 where there is none."""
    return max(shutil.get_terminal_size().columns, MIN_WIDTH)


def fit(line: str, *, err: bool = False) -> str:
    """The line, wrapped between words to the terminal's width; a long path or address is never broken.

    Files and pipes get whole lines, for the programs that read them.
    """
    stream = sys.stderr if err else sys.stdout
    width = get_width()
    if len(line) <= width or not stream.isatty():
        return line
    margin = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line.strip(),
        width,
        initial_indent=margin,
        subsequent_indent=f"{margin}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def echo_text(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print a text of several lines, such as a configuration."""
    click.echo(show_controls_in_text(text), nl=nl, err=err)


def echo_marked(text: str, begin: str, end: str) -> None:
    """Print a text of several lines; what is between the marks is bold."""
    shown = show_controls_in_text(text)
    click.echo(shown.replace(begin, click.style("", bold=True, reset=False)).replace(end, click.style("")))


class ControlFormatter(logging.Formatter):
    """Formats a record as one line; a traceback follows indented, so that it cannot pass for a record."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, then the traceback."""
        bug, record.exc_info, record.exc_text = record.exc_info, None, None
        line = show_controls(super().format(record))
        record.exc_info = bug
        if not bug or bug[0] is None:
            return line
        lines = show_controls_in_text("".join(traceback.format_exception(*bug))).rstrip().split("\n")
        return "\n    ".join((line, *lines))


def secure_output() -> None:
    """Let nothing else print raw either: tracebacks, warnings from libraries, characters a terminal lacks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.excepthook = _print_bug
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(ControlFormatter())


def _print_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    echo_text("".join(traceback.format_exception(kind, error, trace)), nl=False, err=True)


# --- output that the commands share

Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Total number of steps → a context that yields a function to advance by some steps."""


def count_as(number: int, noun: str) -> str:
    """`1 link`, `1,234 links`; for nouns whose plural only adds an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_pending(number: int, noun: str) -> str:
    """`1 pending link`, `2 pending links`, `no pending links`."""
    return count_as(number, f"pending {noun}") if number else f"no pending {noun}s"


def format_counts(counts: Counts) -> str:
    """`+ 12 added  ~ 1 changed  = 340 unchanged  - 0 removed  ! 2 skipped`"""
    parts = [
        f"+ {counts.added:,} added",
        f"~ {counts.changed:,} changed",
        f"= {counts.unchanged:,} unchanged",
        f"- {counts.removed:,} removed",
    ]
    if counts.skipped:
        parts.append(f"! {counts.skipped:,} skipped")
    return "  ".join(parts)


def counts_as_dict(counts: Counts) -> dict[str, int]:
    """The counts under the names that `--json` and the table `runs` use."""
    return asdict(counts)


def warn(message: str) -> None:
    """Print one line on stderr."""
    echo(message, err=True)


def confirm_or_raise(words: str) -> None:
    """Ask whether to continue. Raises InputError if there is nobody to ask, Abort if the answer is no."""
    if not sys.stdin.isatty():
        raise InputError(f"{words}. Repeat with --yes to confirm")
    click.confirm(show_controls(f"{words}. Continue?"), abort=True, err=True)


@contextmanager
def progress_bar(label: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr if that is a terminal; yields a function that advances it."""
    if quiet or total < 200 or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    from rich.console import Console  # slow to load
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda steps: progress.advance(task, steps)


@contextmanager
def waiting(label: str, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A spinner on stderr during a long operation, if that is a terminal; yields what ends it."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda: None
        return
    from rich.console import Console  # slow to load

    with Console(stderr=True).status(f"{label} …") as status:
        yield status.stop


def make_progress(label: str, *, quiet: bool) -> Progress:
    """Progress bars with this label."""
    return lambda total: progress_bar(label, total, quiet=quiet)


def no_progress(total: int) -> AbstractContextManager[Callable[[int], None]]:
    """No progress bar."""
    return progress_bar("", total, quiet=True)
