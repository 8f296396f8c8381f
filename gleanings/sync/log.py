"""The log file of `sync` and `watch`: a line per step, without secrets and without the text of any page."""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from gleanings.config import SyncConfig
from gleanings.terminal import ControlFormatter, warn
from record_types.regular_files import open_regular

NO_LOG = "none"
FORMAT = "%(asctime)s %(process)d %(levelname)s %(message)s"
_RECORD = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} \d+ (INFO|WARNING|ERROR) ")
"""How a line in FORMAT begins."""


def find_log(config: SyncConfig) -> Path | None:
    """The path of the log file; None for no log."""
    if config.log == NO_LOG:
        return None
    if config.log:
        return Path(config.log).expanduser()
    import platformdirs

    return Path(platformdirs.user_log_dir("gleanings", appauthor=False)) / "sync.log"


def _check_ours(path: Path, files: int) -> None:
    """Raise OSError for a file that is neither empty nor a log of ours: it would be appended to, and renamed.

    So would the older logs beside it.
    """
    for each in (path, *(path.with_name(f"{path.name}.{number}") for number in range(1, files + 1))):
        with suppress(FileNotFoundError), open_regular(each) as file:
            begin = file.read(100)
            if begin and not _RECORD.match(begin):
                raise OSError(errno.EEXIST, f"{each.name} is not a log of gleanings")


@contextmanager
def open_log(config: SyncConfig) -> Iterator[logging.Logger]:
    """A logger to the configured file; it logs nowhere, with a warning, if the file cannot be written.

    Only the holder of the sync lock may open it, since two processes cannot rotate one log.
    """
    logger = logging.Logger("gleanings.sync", logging.INFO)
    path = find_log(config)
    handler: logging.Handler = logging.NullHandler()
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _check_ours(path, config.log_files)
            size, files = config.log_bytes, config.log_files
            handler = _LogFile(path, maxBytes=size, backupCount=files, encoding="utf-8")
        except OSError as error:
            warn(f"{path}: no log is written: {error.strerror}")
    handler.setFormatter(ControlFormatter(FORMAT, "%Y-%m-%dT%H:%M:%S%z"))
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        with suppress(OSError):
            handler.close()


class _LogFile(RotatingFileHandler):
    """A log file whose errors (a full disk, say) stop nothing and print no traceback."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - overrides logging's method
        """Ignore the error: the step that needs the disk reports it."""
