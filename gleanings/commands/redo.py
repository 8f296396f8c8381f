"""`gleanings redo`: redo the run that was undone last."""

from __future__ import annotations

import click

from gleanings.commands.undo import carry_out
from gleanings.options import GivenOptions, common_options, gather, opened_store
from gleanings.steps.undo import plan_redo


@click.command(name="redo")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@common_options(writes=True)
def command(yes: bool, given: GivenOptions) -> int:
    """Redo the import that `gleanings undo` undid, as long as nothing has changed since.

    It asks before it changes more than 20 highlights, and makes a backup first. `gleanings undo` undoes it
    again.
    """
    common = gather(given)
    with opened_store(common) as store:
        return carry_out(common, store, "redo", plan_redo(store), asks=not yes)
