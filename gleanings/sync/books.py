"""The step `readwise`: what changed at Readwise's API, where there is a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gleanings.options import count_as, format_counts, utc_now
from gleanings.steps.outcome import Outcome, State, fail
from gleanings.steps.readwise_client import find_token

if TYPE_CHECKING:
    from gleanings.steps.readwise import FetchReport
    from gleanings.sync.pipeline import Session
    from record_types.secrets import Secret


def run(session: Session) -> Outcome:
    """Fetch what changed; nothing without a token. Raises InputError for one that is not usable."""
    config = session.common.config.readwise
    token = find_token(config) if config.enabled else None
    if token is None:
        return Outcome("ok", "not asked: no token" if config.enabled else "not asked")
    if session.common.dry_run:
        return Outcome("ok", "would be asked")
    report = _fetch(session, token)
    line = f"{count_as(report.books_read, 'book')} read  {format_counts(report.counts)}"
    details = {"books": {"read": report.books_read, "gone": report.books_gone}}
    if report.error is not None:
        ended = fail(str(report.error), state="later" if report.error.exit_code == 75 else "failed")
        return Outcome(ended.state, ended.line, report.counts, ended.trouble, details)
    state: State = "partial" if report.counts.skipped else "ok"
    if report.interrupted:
        state = "interrupted" if session.stop.signalled.is_set() else "partial"
        line += "; the rest next time"
    return Outcome(state, line, report.counts, details=details)


def _fetch(session: Session, token: Secret) -> FetchReport:
    from gleanings.asking import make_client
    from gleanings.steps.readwise import name_status, run_fetch
    from gleanings.steps.tweets import tidy_tweets
    from store.runs import drop_run, finish_run, start_run

    now = utc_now()
    with make_client(session.common.config, token, stop=session.stop.signalled) as client:
        run_id = start_run(session.db, "import", now=now)
        report = run_fetch(session.db, client, run_id=run_id, now=now, stop=session.stop)
    tidy_tweets(session.db)
    read = report.books_read + report.books_gone
    if not (read or report.error or report.interrupted or report.counts.skipped):
        drop_run(session.db, run_id)
        return report
    message = str(report.error) if report.error else count_as(read, "book")
    finish_run(session.db, run_id, report.counts, name_status(report), now=utc_now(), message=message)
    return report
