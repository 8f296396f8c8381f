"""The step `expand`: where the links lead that are due."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gleanings.options import count_as, format_due, utc_now
from gleanings.output import progress_bar
from gleanings.steps.outcome import Outcome
from record_types.errors import BusyError
from store.resolutions import read_due_links
from store.runs import Counts

if TYPE_CHECKING:
    from gleanings.sync.pipeline import Session
    from record_types.links import DueLink


def run(session: Session) -> Outcome:
    """Ask for what is due, for as long as the budget lets.

    A link that does not answer is no trouble: the store keeps when it is asked again. Raises BusyError where
    nothing could be asked at all.
    """
    due = read_due_links(session.db, now=utc_now())
    if not due:
        return Outcome("ok", "no link is due", details={"due": 0})
    if session.common.dry_run:
        return Outcome("ok", format_due(len(due), "link"), details={"due": len(due)})
    outcomes = _ask(session, due)
    not_asked, asked = outcomes["not asked"], sum(outcomes.values())
    if asked and not_asked == asked and not session.stop.signalled.is_set():
        session.is_offline = True
        raise BusyError("no link could be asked: is the network down? Nothing is recorded as failed")
    failed = outcomes["failed"] + not_asked
    parts = [f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items())]
    if len(due) > asked:
        parts.append(f"{len(due) - asked:,} left for the next run")
    return Outcome(
        "interrupted" if session.stop.signalled.is_set() else "ok",
        f"{count_as(len(due), 'link')} due: " + ", ".join(parts),
        Counts(changed=asked - failed),
        details={"due": len(due), "outcomes": dict(outcomes)},
    )


def _ask(session: Session, due: list[DueLink]) -> Counter[str]:
    from importlib.metadata import version

    from gleanings.steps.links import make_settings, run_expansion
    from gleanings.steps.tweets import tidy_tweets
    from store.runs import Status, finish_run, start_run

    config = session.common.config
    settings = make_settings(
        config.links, max_seconds=config.sync.expand_seconds, version=version("gleanings")
    )
    run_id = start_run(session.db, "expand", now=utc_now())
    quiet = session.is_quiet or session.common.as_json
    with progress_bar("Asking", len(due), quiet=quiet) as advance:
        outcomes = run_expansion(session.db, due, settings, stop=session.stop.signalled, advance=advance)
    tidy_tweets(session.db)
    failed = outcomes["failed"] + outcomes["not asked"]
    status: Status = "interrupted" if session.stop.signalled.is_set() else "partial" if failed else "ok"
    counts = Counts(changed=sum(outcomes.values()) - failed, skipped=failed)
    finish_run(session.db, run_id, counts, status, now=utc_now())
    return outcomes
