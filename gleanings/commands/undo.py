"""`gleanings undo`: take back the last import."""

from __future__ import annotations

from pathlib import Path

import click

from gleanings.options import common_options, gather, opened_store, utc_now
from gleanings.output import count_as, counts_as_dict, print_json
from gleanings.terminal import echo


@click.command(name="undo")
@common_options(writes=True)
def command(db: Path | None, config: Path | None, as_json: bool, verbose: int, dry_run: bool) -> int:
    """Take back the last import that changed anything.

    The store then has its earlier contents again: highlights that the run added are removed, texts that
    it replaced come back. Only one run can be taken back. What `expand` learned about links stays, and
    your files are not touched: the next import reads again what differs.
    """
    from gleanings.steps.tweets import clean_tweets
    from store.runs import Counts, finish_run, start_run
    from store.undo import undo_last_run

    common = gather(db, config, as_json, verbose, dry_run)
    with opened_store(common) as store:
        now = utc_now()
        run_id = start_run(store, "undo", now=now)
        undone = undo_last_run(store, run_id=run_id, now=now)
        if undone:
            clean_tweets(store)
            finish_run(store, run_id, undone.counts, "ok", now=utc_now(), message=f"run {undone.run_id}")
        else:
            finish_run(store, run_id, Counts(), "failed", now=utc_now(), message="nothing to take back")
    if as_json:
        details = {"run": undone.run_id, **counts_as_dict(undone.counts)} if undone else {}
        print_json({"command": "undo", "undone": bool(undone), "dry_run": dry_run, **details})
    elif undone:
        would = "would be " if dry_run else ""
        echo(f"{would}taken back: the import of {undone.started_at}, {count_as(undone.files, 'file')}")
    else:
        echo("Nothing to take back: no import has changed anything since the last undo.")
    return 0 if undone else 1
