"""Download the pending pictures of highlights, and keep copies beside the store."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from gleanings.config import Config
from gleanings.steps.links import RequestsOutcome, log_requests, make_settings, save_in_batches
from gleanings.terminal import Progress, no_progress
from ingest.pictures.fetch import fetch_pictures
from ingest.web.session import FetchSettings
from record_types.links import DuePicture, PictureTry
from store.pictures import drop_leftovers, find_media_folder, keep_copy, save_tries

BATCH_PICTURES = 50
"""Rows stored at a time: a kill loses at most this many. The files stay and are found again."""
MEGABYTE = 1_000_000


def download_pictures(
    db: sqlite3.Connection,
    due: Sequence[DuePicture],
    config: Config,
    *,
    stop: threading.Event,
    max_seconds: float | None = None,
    progress: Progress = no_progress,
) -> RequestsOutcome:
    """Fetch the pictures in `due`; failures are tried again when the store says so, as with links."""

    def fetch(advance: Callable[[int], None]) -> Counter[str]:
        media = find_media_folder(db)
        if media is None:
            return Counter()
        drop_leftovers(media)
        settings = make_picture_settings(config, max_seconds=max_seconds)
        tries = fetch_pictures(due, settings, keep=partial(keep_copy, media), stop=stop)
        save = partial(save_tries, db)
        return save_in_batches(tries, save, name_result, batch=BATCH_PICTURES, advance=advance)

    return log_requests(db, "picture", len(due), fetch, stop, progress, config.links.proxy)


def make_picture_settings(config: Config, *, max_seconds: float | None) -> FetchSettings:
    """The settings of links, with the limits of pictures."""
    return replace(
        make_settings(config.links, max_seconds=max_seconds),
        max_body=int(config.media.max_megabytes * MEGABYTE),
        total_timeout=config.media.total_timeout,
    )


def name_result(found: PictureTry) -> str:
    """`not asked` (nothing was learned), `fetched`, `failed` (to be tried again), or why it was given up."""
    if found.checked_at is None:
        return "not asked"
    if found.status == "ok":
        return "fetched"
    if found.due_at is not None:
        return "failed"
    return "gone" if found.status == "gone" else "refused" if found.status == "skipped" else "given up"
