"""The step `pictures`: the pictures of highlights, where they are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gleanings.options import count_as, format_due, utc_now
from gleanings.output import progress_bar
from gleanings.steps.outcome import Outcome
from record_types.errors import BusyError
from store.runs import Counts

if TYPE_CHECKING:
    from gleanings.sync.pipeline import Session


def run(session: Session) -> Outcome:
    """Fetch what is due; nothing unless `download` under [media] is set. As with links, failures are tried
    again by the store's own times."""
    config = session.common.config
    if not config.media.download:
        return Outcome("ok", "not wanted: `download` under [media]")
    from store.pictures import read_due_pictures

    due = read_due_pictures(session.db, now=utc_now())
    if not due or session.common.dry_run:
        return Outcome("ok", format_due(len(due), "picture"))
    if session.is_offline:
        raise BusyError("no picture was asked: is the network down?")
    from importlib.metadata import version

    from gleanings.steps.links import make_settings
    from gleanings.steps.pictures import make_picture_settings, run_pictures
    from store.runs import Status, finish_run, start_run

    settings = make_settings(
        config.links, max_seconds=config.sync.expand_seconds, version=version("gleanings")
    )
    settings = make_picture_settings(settings, config.media, spent=0.0)
    run_id = start_run(session.db, "expand", now=utc_now())
    quiet = session.is_quiet or session.common.as_json
    with progress_bar("Fetching", len(due), quiet=quiet) as advance:
        outcomes = run_pictures(session.db, due, settings, stop=session.stop.signalled, advance=advance)
    failed = outcomes["failed"] + outcomes["not asked"]
    is_stopped = session.stop.signalled.is_set()
    status: Status = "interrupted" if is_stopped else "partial" if failed else "ok"
    counts = Counts(changed=outcomes.total() - failed, skipped=failed)
    finish_run(session.db, run_id, counts, status, now=utc_now())
    parts = [f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items())]
    line = f"{count_as(len(due), 'picture')} due: " + ", ".join(parts)
    return Outcome("interrupted" if is_stopped else "ok", line, Counts(changed=counts.changed))
