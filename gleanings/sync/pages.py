"""The step `import`: the pages of the configuration's folders into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gleanings.options import count_as, find_import_paths, format_counts
from gleanings.output import progress_bar
from gleanings.steps.outcome import Outcome, Trouble
from record_types.errors import InputError
from store.status import read_problems

if TYPE_CHECKING:
    from gleanings.sync.pipeline import Session

HARMLESS = ("cut-text", "unknown-date", "repaired-lines", "stray-property")
"""Kinds of problems that a page goes on having: in the table `problems`, not worth a word each hour."""


def run(session: Session) -> Outcome:
    """Read what changed."""
    from gleanings.intake import Intake, find_all_sources, take_in

    common, config = session.common, session.common.config.import_
    paths = find_import_paths(common)
    if not paths:
        raise InputError("nothing to read: set `paths` under [import] in config.toml (`gleanings init` asks)")
    intake = Intake(paths, config.allow_empty, config.repair, common.config.sync.settle_seconds)
    sources = find_all_sources(paths, repair=config.repair)
    quiet = session.is_quiet or common.as_json
    report, _ = take_in(
        session.db,
        sources,
        intake,
        lambda total: progress_bar("Reading", total, quiet=quiet),
        stop=session.stop,
        log_idle=False,
    )
    trouble = tuple(_describe(*row) for row in read_problems(session.db, without=HARMLESS))
    files = {"read": report.files_read, "unchanged": report.files_unchanged, "gone": report.files_gone}
    line = f"{count_as(report.files_read, 'file')} read, {report.files_unchanged:,} as before  "
    line += format_counts(report.counts)
    if report.files_unsettled:
        line += f"  {report.files_unsettled:,} just written, next time"
        session.unsettled = True
    details = {"files": files}
    if report.is_cut_short:
        state = "interrupted" if session.stop.signalled.is_set() else "partial"
        return Outcome(state, f"{line}; the rest next time", report.counts, trouble, details)  # type: ignore[arg-type]
    state = "partial" if any(each.name.startswith("unreadable") for each in trouble) else "ok"
    return Outcome(state, line, report.counts, trouble, details)  # type: ignore[arg-type]


def _describe(kind: str, path: str | None, line: int | None, message: str) -> Trouble:
    """A problem; one of no stored file has its path in its message, before a colon."""
    name = path if path is not None else message.partition(": ")[0]
    place = f"{name}:{line}" if line else name
    words = f"{place}: {message}" if path is not None else message
    return Trouble(words, f"{kind}: {Path(place)}")
