"""`gleanings topics suggest`: proposals for what has no topic."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from gleanings.config import find_config
from gleanings.options import common_options, count_as, gather, limit_option, opened_store, say_json
from record_types.errors import InputError

if TYPE_CHECKING:
    from export.topic_groups import Group
    from record_types.rules import TopicRule

EXAMPLES = 3


@click.command(name="suggest")
@click.option(
    "--accept", multiple=True, metavar="NAME", help="Write this one to the configuration, as a rule."
)
@click.option("--write", is_flag=True, help="The same with all that are shown.")
@limit_option(20, most=400)
@click.option(
    "--fewest",
    default=5,
    show_default=True,
    type=click.IntRange(2),
    metavar="N",
    help="Highlights that a group has at least.",
)
@common_options(writes=True)
def suggest(
    accept: tuple[str, ...],
    write: bool,
    limit: int,
    fewest: int,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Propose topics for highlights that have none.

    Groups highlights that are about the same and names each group from its own words. Nothing is taken
    on unless you say so: --accept and --write add rules to the end of your configuration, where you can
    change them. Needs the extra `topics` (pipx install 'gleanings[topics]'); asks nobody.

    \b
      gleanings topics suggest
      gleanings topics suggest --accept sleep --accept "graph theory"
    """
    from gleanings.proposals import append_rules, propose_groups
    from record_types.rules import TopicRule

    common = gather(db, config, as_json, verbose, dry_run)
    with opened_store(common, only_reads=True) as store:
        groups, without = propose_groups(store, common.config.topics, fewest=fewest)
    chosen = _choose(groups, accept, limit if write else 0)
    rules = [TopicRule(group.name, phrases=group.phrases) for group in chosen]
    path = find_config(config) or Path("config.toml")
    if rules and not dry_run:
        append_rules(path, rules)
    if as_json:
        report = {"groups": [_describe(group) for group in groups[:limit]], "without_topic": without}
        accepted = [group.name for group in chosen]
        say_json({**report, "accepted": accepted, "config": str(path), "dry_run": dry_run})
        return 0
    for group in () if accept else groups[:limit]:
        _show(group)
    if rules:
        _say_added(path, rules, dry_run=dry_run)
    else:
        _say_what_next(groups, without, limit)
    return 0


def _choose(groups: list[Group], accept: tuple[str, ...], first: int) -> list[Group]:
    """The groups with these names, or the first so many. Raises InputError for a name that none has."""
    from export.topic_names import fold_name

    by_key = {fold_name(group.name): group for group in groups}
    for name in accept:
        if fold_name(name) not in by_key:
            raise InputError(f"no proposal is called {name}; `gleanings topics suggest` lists them")
    wanted = {fold_name(name) for name in accept}
    return [group for number, group in enumerate(groups) if number < first or fold_name(group.name) in wanted]


def _describe(group: Group) -> dict[str, object]:
    return {
        "name": group.name,
        "words": group.words,
        "phrases": group.phrases,
        "highlights": len(group.highlights),
        "documents": group.documents,
        "examples": [highlight.text for highlight in group.highlights[:EXAMPLES]],
    }


def _show(group: Group) -> None:
    click.secho(group.name, bold=True, nl=False)
    click.echo(
        f": {count_as(len(group.highlights), 'highlight')} in {count_as(group.documents, 'document')}",
        nl=False,
    )
    click.echo(f" ({', '.join(group.words[1:])})" if group.words[1:] else "")
    for highlight in group.highlights[:EXAMPLES]:
        click.secho(f"    {shorten(highlight.text, 74, placeholder=' …')}", dim=True)


def _say_added(path: Path, rules: list[TopicRule], *, dry_run: bool) -> None:
    from gleanings.proposals import format_rules

    click.echo(f"{path}: {'would be ' if dry_run else ''}{count_as(len(rules), 'rule')} added")
    click.echo(format_rules(rules) if dry_run else "", nl=False)


def _say_what_next(groups: list[Group], without: int, limit: int) -> None:
    if not groups:
        click.echo(f"Nothing to propose for {count_as(without, 'highlight')} without a topic.")
        return
    grouped = sum(len(group.highlights) for group in groups)
    more = f", the first {limit:,} shown" if len(groups) > limit else ""
    click.echo(
        f"\n{count_as(len(groups), 'group')}{more}: "
        f"{grouped:,} of {count_as(without, 'highlight')} without a topic."
    )
    click.echo("Take one on with --accept NAME, all that are shown with --write.")
