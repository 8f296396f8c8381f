"""`gleanings status`: what is in the store, what is due, what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gleanings.options import common_options, gather, opened_store, say_json, utc_now


@click.command(name="status")
@click.option(
    "--runs",
    default=5,
    show_default=True,
    type=click.IntRange(0, 1000),
    metavar="N",
    help="Last runs to show.",
)
@common_options()
def command(runs: int, db: Path | None, config: Path | None, as_json: bool, verbose: int) -> int:
    """Show what is in the store, what is due and what is wrong.

    Nothing is read or asked anew; links that are due are what `gleanings expand` would ask now.
    """
    from store.status import read_last_run, read_status

    common = gather(db, config, as_json, verbose)
    with opened_store(common, only_reads=True) as store:
        status = read_status(store, now=utc_now(), runs=runs)
        last = read_last_run(store, "sync")
        well = read_last_run(store, "sync", ("ok", "partial"))
    status["sync"] = {"last": last, "last_done": well}
    if as_json:
        say_json({"db": str(common.db), **status})
        return 0
    click.secho(str(common.db), bold=True)
    _say_table(status["counts"])
    if status["links"]:
        click.secho("links", bold=True)
        _say_table(status["links"])
        click.echo(f"  {status['due']:>9,}  due: `gleanings expand`" if status["due"] else "  nothing due")
    if status["pictures"]:
        click.secho("pictures", bold=True)
        _say_table(status["pictures"])
        is_on = common.config.media.download
        hint = "`gleanings expand`" if is_on else "set `download = true` under [media] to keep copies"
        click.echo(
            f"  {status['pictures_due']:>9,}  due: {hint}" if status["pictures_due"] else "  nothing due"
        )
    trouble = {name: count for name, count in (status["trouble"] | status["problems"]).items() if count}
    if trouble:
        click.secho("trouble", bold=True)
        _say_table(trouble)
    if last is not None:
        click.secho("sync", bold=True)
        click.echo(f"  last: {last['finished_at']}  {last['status']}: {last['message'] or ''}".rstrip(": "))
        if well is not None and well["id"] != last["id"]:
            click.echo(f"  last that was done: {well['finished_at']}")
    if status["runs"]:
        click.secho("last runs", bold=True)
    for run in status["runs"]:
        click.echo("  " + _format_run(run, max(len(each["command"]) for each in status["runs"])))
    return 0


def _say_table(counts: dict[str, int]) -> None:
    for name, count in counts.items():
        click.echo(f"  {count:>9,}  {name}")


def _format_run(run: dict[str, Any], width: int) -> str:
    counts = f"+{run['added']} ~{run['changed']} ={run['unchanged']} -{run['removed']} !{run['skipped']}"
    message = f"  {run['message']}" if run["message"] else ""
    return f"{run['started_at']}  {run['command']:<{width}} {run['status']:<11} {counts}{message}"
