"""`gleanings undo`: undo the last import."""

from __future__ import annotations

import sqlite3

import click

from gleanings.json_report import report_json
from gleanings.options import Common, GivenOptions, common_options, gather, opened_store
from gleanings.steps.undo import (
    ASK_ABOVE,
    UndoPlan,
    count_affected,
    describe_effect,
    describe_run,
    plan_undo,
    preview_undo,
    revert_run,
)
from gleanings.terminal import confirm_or_raise, count_as, counts_as_dict, echo


@click.command(name="undo")
@click.argument("run", required=False, type=click.IntRange(1))
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@common_options(writes=True)
def command(run: int | None, yes: bool, given: GivenOptions) -> int:
    """Undo the last import, if it changed anything.

    The store then has its earlier contents again: highlights that the import added are removed, texts that
    it replaced come back. If the last import changed nothing, the command names the last run that
    did, and `undo RUN` undoes that one. It asks before it changes more than 20 highlights, and makes a
    backup first. `gleanings redo` repeats what was undone.

    What `expand` learned about links stays, and your files are not touched: the next import reads again
    what differs.
    """
    common = gather(given)
    with opened_store(common) as store:
        plan = plan_undo(store, run)
        return carry_out(common, store, "undo", plan, asks=not yes, always_asks=run is not None)


def carry_out(
    common: Common,
    store: sqlite3.Connection,
    name: str,
    plan: UndoPlan,
    *,
    asks: bool,
    always_asks: bool = False,
) -> int:
    """Undo or redo what is planned, and report it; the exit code. Raises InputError without confirmation."""
    if plan.run is None:
        _report(common, plan.reason)
        return 1
    preview = preview_undo(store, plan.run)
    run = describe_run(plan.run)
    done, subject = ("undone", run) if name == "undo" else ("repeated", f"what {run} undid")
    effect = f"{subject}: {describe_effect(preview)}"
    if common.dry_run:
        words = f"would be {done}: {effect}"
        _report(common, words, run=plan.run.id, **counts_as_dict(preview.counts))
        return 0
    if asks and (always_asks or count_affected(preview) > ASK_ABOVE):
        confirm_or_raise(f"{name} {effect}")
    undone, backup = revert_run(store, common.db.absolute(), name, plan.run)
    words = f"{done}: {subject}, {count_as(undone.files, 'file')}: {describe_effect(undone)}"
    _report(
        common,
        words,
        undone=True,
        run=plan.run.id,
        backup=str(backup),
        **counts_as_dict(undone.counts),
    )
    return 0


def _report(common: Common, words: str, **found: object) -> None:
    if common.as_json:
        report_json(dry_run=common.dry_run, **found, message=words)
        return
    echo(words)
    if found.get("backup"):
        echo(f"backup: {found['backup']}")
