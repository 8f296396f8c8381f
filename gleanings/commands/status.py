"""`gleanings status`: count what is in the store, what is pending and what is wrong."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import click

from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, gather, opened_store, utc_now
from gleanings.terminal import count_as, echo, echo_text, get_width
from store.runs import ROUNDS
from store.status import read_last_run, read_status


@click.command(name="status")
@click.option(
    "--runs",
    default=5,
    show_default=True,
    type=click.IntRange(0, 1000),
    metavar="N",
    help="Number of runs to show.",
)
@common_options()
def command(runs: int, given: GivenOptions) -> int:
    """Show what is in the store, what is pending and what is wrong.

    It only reads the store. Pending links are those that `gleanings expand` would request now.
    """
    common = gather(given)
    with opened_store(common, only_reads=True) as store:
        status = read_status(store, now=utc_now(), runs=runs)
        last = read_last_run(store, "sync")
        succeeded = read_last_run(store, "sync", ("ok", "partial"))
    status["sync"] = {"last": last, "last_done": succeeded}
    if given.as_json:
        problems = [{"kind": kind, "count": count} for kind, count in status["problems"].items()]
        del status["unresolved"]  # `links.pending` counts those that wait for their next try, too
        report_json(**{"db": str(common.db), **status, "problems": problems})
        return 0
    echo(str(common.db), bold=True)
    _print_table(status["counts"])
    if len(status["pages"]["by_dialect"]) > 1:
        echo("pages", bold=True)
        for found in status["pages"]["by_dialect"]:
            echo(f"  {found['pages']:>9,}  {found['dialect']}: {count_as(found['highlights'], 'highlight')}")
    waiting = status["links"].pop("pending", 0) - status["unresolved"]
    untitled = status["due"] - status["unresolved"]
    some = "" if untitled == status["due"] else f"{untitled:,} of them "
    hint = "`gleanings expand`" + (f", {some}only for a title" if untitled else "")
    _print_pending("links", status["links"], status["due"], hint, waiting=waiting)
    is_on = common.config.media.download
    hint = "`gleanings expand`" if is_on else "set `download = true` under [media] to keep copies"
    waiting = status["pictures"].pop("pending", 0) - status["pictures_due"]
    _print_pending("pictures", status["pictures"], status["pictures_due"], hint, waiting=waiting)
    trouble = {name: count for name, count in status["trouble"].items() if count}
    if trouble or status["problems"]:
        echo("problems", bold=True)
        _print_table(trouble)
        _print_table(status["problems"], are_nouns=False)
    _print_syncs(last, succeeded)
    _print_runs(status["runs"])
    return 0


def _print_table(counts: dict[str, int], *, are_nouns: bool = True) -> None:
    for name, count in counts.items():
        echo(f"  {count:>9,}  {name.removesuffix('s') if are_nouns and count == 1 else name}")


def _print_pending(title: str, states: dict[str, int], due: int, hint: str, *, waiting: int = 0) -> None:
    if states or due or waiting:
        echo(title, bold=True)
        _print_table(states, are_nouns=False)
        if waiting:
            echo(f"  {waiting:>9,}  failed: tried again later, or given up")
        echo(f"  {due:>9,}  pending: {hint}" if due else "  nothing pending")


def _print_syncs(last: dict[str, Any] | None, succeeded: dict[str, Any] | None) -> None:
    if last is None:
        return
    echo("sync", bold=True)
    _print_wrapped(f"last: {last['finished_at']}  {last['status']}", _drop_ok(last["message"]))
    if succeeded is not None and succeeded["id"] != last["id"]:
        echo(f"  last success: {succeeded['finished_at']}")


def _print_runs(runs: list[dict[str, Any]]) -> None:
    if runs:
        echo("last runs", bold=True)
    width = max((len(run["command"]) for run in runs), default=0)
    for run in runs:
        counts = f"+{run['added']} ~{run['changed']} ={run['unchanged']} -{run['removed']} !{run['skipped']}"
        words = _drop_ok(run["message"]) if run["command"] in ROUNDS else run["message"] or ""
        _print_wrapped(
            f"{run['started_at']}  {run['command']:<{width}} {run['status']:<11} {counts}",
            words,
            between="  ",
        )


def _drop_ok(message: str | None) -> str:
    """The steps of a sync that were not ok: `import failed, export skipped`."""
    steps = message.split(", ") if message else []
    return ", ".join(step for step in steps if not step.endswith(" ok"))


def _print_wrapped(line: str, words: str, *, between: str = ": ") -> None:
    """A line and words after it, wrapped at the width of the terminal."""
    text = f"{line}{between}{words}" if words else line
    echo_text(
        fill(
            text,
            get_width(),
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
