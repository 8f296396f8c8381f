"""The log file of `sync` and `watch`: a line a step, without secrets and without a word of any page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from gleanings.config import SyncConfig
from gleanings.options import warn

NO_LOG = "none"
FORMAT = "%(asctime)s %(process)d %(levelname)s %(message)s"


def find_log(config: SyncConfig) -> Path | None:
    """Where the log goes; None for no log."""
    if config.log == NO_LOG:
        return None
    if config.log:
        return Path(config.log).expanduser()
    import platformdirs

    return Path(platformdirs.user_log_dir("gleanings", appauthor=False)) / "sync.log"


@contextmanager
def open_journal(config: SyncConfig) -> Iterator[logging.Logger]:
    """A logger to the file of the configuration; to nowhere, with a warning, where that cannot be written.

    Only who holds the lock of `sync` opens it: turning over a log is nothing for two at once.
    """
    logger = logging.Logger("gleanings.sync", logging.INFO)
    path = find_log(config)
    handler: logging.Handler = logging.NullHandler()
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            size, files = config.log_bytes, config.log_files
            handler = _LogFile(path, maxBytes=size, backupCount=files, encoding="utf-8")
        except OSError as error:
            warn(f"{path}: no log is written: {error.strerror}")
    handler.setFormatter(logging.Formatter(FORMAT, "%Y-%m-%dT%H:%M:%S%z"))
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        with suppress(OSError):
            handler.close()


class _LogFile(RotatingFileHandler):
    """A log on a disk that is full by now stops nothing, and prints no traceback."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name there
        """Nothing: what is wrong with the disk is said by who needs it."""
