"""`gleanings versions`: show earlier texts of highlights."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

import click

from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, gather, limit_option, opened_store
from gleanings.terminal import echo
from store.search import read_versions


@click.command(name="versions")
@click.argument("words", nargs=-1)
@limit_option(20, most=10_000)
@common_options()
def command(words: tuple[str, ...], limit: int, given: GivenOptions) -> int:
    """Show the earlier texts of highlights, the most recently changed first, and which words changed.

    [-Words like this-] are gone, {+words like this+} are new.

    With WORDS, only highlights that contain all of them, now or in an earlier text.

    \b
      gleanings versions
      gleanings versions chain rule
    """
    common = gather(given)
    with opened_store(common, only_reads=True) as store:
        versions = read_versions(store, words, limit=limit)
    if given.as_json:
        report_json(
            versions=[
                {
                    **each._asdict(),
                    "changes": [change._asdict() for change in compare_words(each.before, each.now)],
                }
                for each in versions
            ]
        )
    for version in () if given.as_json else versions:
        _print_version(version)
    if not versions and not given.as_json:
        echo(f"Nothing found for {' '.join(words)}." if words else "No highlight has an earlier text.")
    return 0


def _print_version(version: Any) -> None:
    echo(f"{version.document}  ({version.view_url or 'no link'})", bold=True)
    echo(f"  changed {version.replaced_at}{'' if version.gone_at is None else ', gone since'}:")
    changes = compare_words(version.before, version.now)
    echo("  " + " ".join(MARKS[change.kind].format(change.text) for change in changes))
    echo()


MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
"""Words of the text, as `git diff --word-diff` marks them."""


class Change(NamedTuple):
    """A run of words that two texts share, or that one of them has."""

    kind: Literal["same", "removed", "added"]
    text: str


def compare_words(before: str, now: str) -> list[Change]:
    """The words of both texts in order; white space is one space."""
    old, new = before.split(), now.split()
    changes: list[Change] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            changes.append(Change("same", " ".join(old[start:end])))
            continue
        if end > start:
            changes.append(Change("removed", " ".join(old[start:end])))
        if new_end > new_start:
            changes.append(Change("added", " ".join(new[new_start:new_end])))
    return changes
