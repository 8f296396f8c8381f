"""Whether most of the notes that are there may be written anew: seldom what was meant, so somebody is asked.

`gleanings export` asks whoever called it. A sync has nobody to ask: it brings notes up to date that are as
they were written last, of which nothing can be lost, and stops only before those that their reader edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from export.note_files import Write
from record_types.errors import InputError

FEWEST = 20
"""With fewer notes than this nobody is asked."""
HOW = "look at `gleanings export --dry-run -v`, then say `gleanings export --yes`"


def ask_first(plan: Sequence[Write], share: float) -> None:
    """Raise InputError where more than this share of the notes would be written anew."""
    there = _count_there(plan)
    anew = sum(write.action in ("update", "merge") for write in plan)
    if there > FEWEST and anew > share * there:
        raise InputError(f"{anew:,} of {there:,} notes would be written anew: {HOW}")


def hold_edited(plan: Sequence[Write], share: float) -> list[Write]:
    """The plan with the notes that their reader edited `held`, where they are more than this share of all.

    The others are written: they do not count, now or at the next sync, which decides the same again.
    """
    there = _count_there(plan)
    edited = sum(write.action == "merge" for write in plan)
    if there <= FEWEST or edited <= share * there:
        return list(plan)
    reason = f"one of {edited:,} that you edited, of {there:,}, which would be written anew: {HOW}"
    return [
        replace(write, action="held", reason=reason) if write.action == "merge" else write for write in plan
    ]


def _count_there(plan: Sequence[Write]) -> int:
    return sum(write.action not in ("create", "foreign", "deleted") for write in plan)
