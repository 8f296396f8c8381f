"""`gleanings topics add|accept|merge|drop|rename`: write the topics of the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from export.clean import complete_titles
from export.topic_names import fold_name
from gleanings.config_edit import (
    Table,
    add_alias,
    add_stop,
    drop_bare_twins,
    drop_self_parents,
    remove_rules,
    remove_stop,
    rename_rules,
    save_edit,
)
from gleanings.config_file import read_config
from gleanings.json_report import report_json
from gleanings.options import Common, GivenOptions, common_options, gather, opened_store
from gleanings.steps.topic_scores import prepare_documents
from gleanings.steps.topic_suggestions import propose_topics
from gleanings.terminal import echo
from record_types.errors import InputError
from store.note_data import read_documents

if TYPE_CHECKING:
    from export.topic_suggestions import Suggestion


@click.command(name="add")
@click.argument("name")
@click.argument("aliases", nargs=-1)
@common_options(writes=True)
def add(name: str, aliases: tuple[str, ...], given: GivenOptions) -> int:
    """Add the topic NAME to the configuration, with other names for it.

    \b
      gleanings topics add sleep
      gleanings topics add "machine learning" ML "deep learning"
    """

    def edit(data: Table) -> None:
        for each in (name, *aliases):
            remove_stop(data, each)
        for alias in aliases:
            add_alias(data, alias, name)

    common, path = _open(given)
    missing = [] if _has_rule(path, name) else [name]
    save_edit(path, edit, missing, dry_run=common.dry_run)
    return _report(common, path, f"{name} added", added=[name])


@click.command(name="accept")
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Accept every suggestion.")
@common_options(writes=True)
def accept(names: tuple[str, ...], everything: bool, given: GivenOptions) -> int:
    """Turn suggestions into topics: see `gleanings topics suggest`.

    \b
      gleanings topics accept sleep "climate change"
      gleanings topics accept --all
    """
    common, path = _open(given)
    if bool(names) == everything:
        raise InputError("name the suggestions to accept, or use --all")
    with opened_store(common, only_reads=True) as store:
        found = propose_topics(store, complete_titles(read_documents(store)), common.config.topics)
    known = {fold_name(each.name): each for each in found.suggestions}
    for name in names:
        if fold_name(name) not in known:
            raise InputError(
                f"there is no suggestion named {name}; `gleanings topics suggest` lists them, "
                f"and `gleanings topics add` adds any topic"
            )
    wanted = known if everything else dict.fromkeys(map(fold_name, names))
    chosen = [known[key] for key in wanted]
    accept_suggestions(path, chosen, dry_run=common.dry_run)
    added = [each.name for each in chosen]
    return _report(common, path, f"{', '.join(added) or 'no topic'} added", added=added)


@click.command(name="merge")
@click.argument("names", nargs=-1)
@common_options(writes=True)
def merge(names: tuple[str, ...], given: GivenOptions) -> int:
    """Merge topics into the last one: their tags, links and rules then count for it.

    \b
      gleanings topics merge gpt GPT-3 LLMs
    """
    *others, target = names if len(names) > 1 else ("", "")
    if not target:
        raise InputError("name the topics to merge and, last, the topic to keep")
    common, path = _open(given)
    known = _list_topics(common)
    for name in others:
        _check_known(name, known)
    others = [name for name in others if fold_name(name) != fold_name(target)]

    def edit(data: Table) -> None:
        for name in others:
            rename_rules(data, name, target)
            add_alias(data, name, target)
        drop_self_parents(data)
        drop_bare_twins(data)

    ruled = any(_has_rule(path, name) for name in (*others, target))
    missing = [] if ruled or fold_name(target) in known else [target]
    save_edit(path, edit, missing, dry_run=common.dry_run)
    return _report(common, path, f"{', '.join(others)} merged into {target}", merged=others, into=target)


@click.command(name="drop")
@click.argument("name")
@common_options(writes=True)
def drop(name: str, given: GivenOptions) -> int:
    """Remove the topic NAME: its rules are deleted, and its tags no longer make a topic.

    The name goes into `stop` under [topics].
    """

    def edit(data: Table) -> None:
        remove_rules(data, name)
        add_stop(data, name)

    common, path = _open(given)
    _check_known(name, _list_topics(common))
    save_edit(path, edit, dry_run=common.dry_run)
    return _report(common, path, f"{name} dropped", dropped=[name])


@click.command(name="rename")
@click.argument("old")
@click.argument("new")
@common_options(writes=True)
def rename(old: str, new: str, given: GivenOptions) -> int:
    """Give the topic OLD the name NEW; what is tagged OLD still belongs to it."""

    def edit(data: Table) -> None:
        rename_rules(data, old, new)
        add_alias(data, old, new)

    common, path = _open(given)
    known = _list_topics(common)
    _check_known(old, known)
    if fold_name(new) in known and fold_name(new) != fold_name(old):
        raise InputError(f"there is a topic {known[fold_name(new)]} already: use `gleanings topics merge`")
    save_edit(path, edit, [] if _has_rule(path, old) else [new], dry_run=common.dry_run)
    return _report(common, path, f"{old} is now {new}", renamed=[old], into=new)


EDITS: dict[str, click.Command] = {
    "add": add,
    "accept": accept,
    "merge": merge,
    "drop": drop,
    "rename": rename,
}


def accept_suggestions(path: Path, suggestions: Sequence[Suggestion], *, dry_run: bool = False) -> None:
    """Write a rule for each suggestion, and its name in the list as an alias if a model gave it another."""

    def edit(data: Table) -> None:
        for each in suggestions:
            if each.listed_as:
                add_alias(data, each.listed_as, each.name)

    save_edit(path, edit, [each.name for each in suggestions], dry_run=dry_run)


def _open(given: GivenOptions) -> tuple[Common, Path]:
    """The common options, and the configuration to write."""
    common = gather(given)
    return common, common.config_path or Path("config.toml")


def _list_topics(common: Common) -> dict[str, str]:
    """The topics of the store and of the configuration, by key."""
    with opened_store(common, only_reads=True) as store:
        _, found = prepare_documents(store, common.config.topics)
    names = [*(each.topic for each in found), *(rule.name for rule in common.config.topics.rules)]
    return {fold_name(name): name for name in names}


def _check_known(name: str, known: dict[str, str]) -> None:
    if fold_name(name) not in known:
        raise InputError(f"there is no topic named {name}; `gleanings topics` lists them")


def _has_rule(path: Path, name: str) -> bool:
    rules = read_config(path if path.exists() else None).topics.rules
    return any(fold_name(rule.name) == fold_name(name) for rule in rules)


def _report(common: Common, path: Path, line: str, **details: object) -> int:
    if common.as_json:
        report_json(**details, config=str(path), dry_run=common.dry_run)
    else:
        echo(f"{path}: {line.replace(' added', ' would be added') if common.dry_run else line}")
    return 0
