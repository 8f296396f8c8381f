"""`gleanings topics suggest`: propose topics, and add accepted ones to the configuration as rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from gleanings.config import HERE, find_config, parse_config
from gleanings.config_trust import approve, is_trusted
from gleanings.options import common_options, gather, limit_option, opened_store
from gleanings.output import count_as, print_json
from gleanings.terminal import echo, echo_text
from record_types.errors import BusyError, InputError
from record_types.rules import TopicRule

if TYPE_CHECKING:
    from export.topic_groups import Group

EXAMPLES = 3


@click.command(name="suggest")
@click.option("--accept", multiple=True, metavar="NAME", help="Add this topic as a rule.")
@click.option("--write", is_flag=True, help="Add all topics that are shown.")
@limit_option(20, most=400)
@click.option(
    "--fewest",
    "min_size",
    default=5,
    show_default=True,
    type=click.IntRange(2),
    metavar="N",
    help="Smallest group to propose, in highlights.",
)
@common_options(writes=True)
def suggest(
    accept: tuple[str, ...],
    write: bool,
    limit: int,
    min_size: int,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Propose topics for highlights that have none.

    Groups highlights about the same subject and names each group after its own words. Nothing changes
    unless you ask for it: --accept and --write add rules to the end of your configuration, where you can
    edit them. Needs the extra `topics` (pipx install 'gleanings[topics]'); uses no network.

    \b
      gleanings topics suggest
      gleanings topics suggest --accept sleep --accept "graph theory"
    """
    from gleanings.steps.topics import propose_topics

    common = gather(db, config, as_json, verbose, dry_run)
    with opened_store(common, only_reads=True) as store:
        groups, without = propose_topics(store, common.config.topics, min_size=min_size)
    chosen = _choose(groups, accept, limit if write else 0)
    rules = [TopicRule(group.name, phrases=group.phrases) for group in chosen]
    path = find_config(config) or HERE
    if rules and not dry_run:
        append_rules(path, rules)
    if as_json:
        report = {"groups": [_describe(group) for group in groups[:limit]], "without_topic": without}
        accepted = [group.name for group in chosen]
        print_json({**report, "accepted": accepted, "config": str(path), "dry_run": dry_run})
        return 0
    for group in () if accept else groups[:limit]:
        _print_group(group)
    if rules:
        echo(f"{path}: {'would be ' if dry_run else ''}{count_as(len(rules), 'rule')} added")
        echo_text(format_rules(rules) if dry_run else "", nl=False)
    else:
        _print_next_steps(groups, without, limit)
    return 0


def _choose(groups: list[Group], accept: tuple[str, ...], first: int) -> list[Group]:
    """The groups with these names, and the `first` ones. Raises InputError for an unknown name."""
    from export.topic_names import fold_name

    by_key = {fold_name(group.name): group for group in groups}
    for name in accept:
        if fold_name(name) not in by_key:
            raise InputError(f"there is no proposal {name}; `gleanings topics suggest` lists them")
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


def _print_group(group: Group) -> None:
    echo(group.name, bold=True, nl=False)
    echo(
        f": {count_as(len(group.highlights), 'highlight')} in {count_as(group.documents, 'document')}",
        nl=False,
    )
    echo(f" ({', '.join(group.words[1:])})" if group.words[1:] else "")
    for highlight in group.highlights[:EXAMPLES]:
        echo(f"    {shorten(highlight.text, 74, placeholder=' …')}", dim=True)


def _print_next_steps(groups: list[Group], without: int, limit: int) -> None:
    if not groups:
        echo(f"Nothing to propose for {count_as(without, 'highlight')} without a topic.")
        return
    grouped = sum(len(group.highlights) for group in groups)
    more = f", the first {limit:,} shown" if len(groups) > limit else ""
    echo()
    echo(
        f"{count_as(len(groups), 'group')}{more}: "
        f"{grouped:,} of {count_as(without, 'highlight')} without a topic."
    )
    echo("Accept one with --accept NAME, or all that are shown with --write.")


def append_rules(path: Path, rules: Sequence[TopicRule]) -> None:
    """Add rules at the end of a configuration, whose text stays as it is; creates a missing file.

    The file is replaced atomically. Raises InputError if the rules contradict the configuration.
    """
    from export.note_files import write_note

    target = path.resolve()  # the file behind a symbolic link, so that the link stays
    try:
        before = target.read_bytes() if target.exists() else None
        text = (before or b"").decode("utf-8")
        after = add_rules(text, rules)
        parse_config(after, str(path))
        approves = before is None or is_trusted(path)
        done = write_note(target.parent, target.name, after, before)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be written: {error}") from None
    except InputError as error:
        raise InputError(
            f"{error}: nothing was written; add the rules yourself (--dry-run shows them)"
        ) from None
    if done is not None:
        raise BusyError(f"{path} was changed by another program: try again")
    if approves:
        with suppress(InputError):  # which the next command reports
            approve(path)


def add_rules(text: str, rules: Sequence[TopicRule]) -> str:
    """The text of a configuration with the rules appended, with its own line endings."""
    added = format_rules(rules)
    added = added if text else added.lstrip("\n")
    end = "" if not text or text.endswith("\n") else "\n"
    return text + (end + added if "\r\n" not in text else (end + added).replace("\n", "\r\n"))


def format_rules(rules: Sequence[TopicRule]) -> str:
    """The rules as `[[topics.rules]]`, each after a blank line."""
    return "".join(
        f"\n[[topics.rules]]\nname = {_quote(rule.name)}\nphrases = [{phrases}]\n"
        for rule in rules
        if (phrases := ", ".join(map(_quote, rule.phrases)))
    )


def _quote(words: str) -> str:
    """A TOML string: the same as JSON's, except for DEL."""
    return json.dumps(words.replace("\x7f", ""), ensure_ascii=False)
