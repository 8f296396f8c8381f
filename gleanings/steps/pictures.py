"""The step from pictures that are due to copies that are here: fetched by `ingest`, kept by `store`."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from gleanings.config import MediaConfig
from gleanings.steps.network import keep_answers
from ingest.pictures.fetch import fetch_pictures
from ingest.web.session import FetchSettings
from record_types.pictures import DuePicture, PictureTry
from store.pictures import drop_leftovers, find_media_folder, keep_copy, save_tries

BATCH_PICTURES = 50
"""What a kill can lose: so many rows. The files stay, and are found again."""
MEGABYTE = 1_000_000


def make_picture_settings(links: FetchSettings, config: MediaConfig, *, spent: float) -> FetchSettings:
    """The resolver's settings for pictures, after `spent` seconds of the run's budget."""
    left = None if links.max_seconds is None else max(0.0, links.max_seconds - spent)
    return replace(
        links,
        max_seconds=left,
        max_body=int(config.max_megabytes * MEGABYTE),
        total_timeout=config.total_timeout,
    )


def run_pictures(
    db: sqlite3.Connection,
    due: Sequence[DuePicture],
    settings: FetchSettings,
    *,
    stop: threading.Event,
    advance: Callable[[int], None] = lambda _: None,
) -> Counter[str]:
    """Fetch every picture of `due`, keep the copies beside the store; how many came to what."""
    outcomes: Counter[str] = Counter()
    media = find_media_folder(db)
    if media is None:
        return outcomes
    drop_leftovers(media)

    def note(found: PictureTry) -> None:
        outcomes[name_outcome(found)] += 1
        advance(1)

    tries = fetch_pictures(due, settings, keep=partial(keep_copy, media), stop=stop)
    keep_answers(tries, partial(save_tries, db), note, batch=BATCH_PICTURES)
    return outcomes


def name_outcome(found: PictureTry) -> str:
    """`not asked` (nothing was learned), `fetched`, `failed` (to be tried again), or why it was given up."""
    if found.checked_at is None:
        return "not asked"
    if found.status == "ok":
        return "fetched"
    if found.due_at is not None:
        return "failed"
    return "gone" if found.status == "gone" else "refused" if found.status == "skipped" else "given up"
