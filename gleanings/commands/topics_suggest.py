"""`gleanings topics suggest`: list subjects that are not topics yet, and topics to merge."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from export.clean import complete_titles
from gleanings.commands.topics_edit import accept_suggestions
from gleanings.config_file import find_config
from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, gather, limit_option, opened_store
from gleanings.steps.topic_suggestions import propose_topics
from gleanings.terminal import count_as, echo, warn
from store.note_data import read_documents

if TYPE_CHECKING:
    from export.topic_suggestions import Suggestion
    from gleanings.steps.topic_suggestions import Proposals

EXAMPLES = 5
ALIASES = 4
MOST_NEARLY, NEARLY_EXAMPLES = 5, 2
"""Limits of what is printed about highlights that nearly belong to a topic; `--json` has all."""


@click.command(name="suggest")
@limit_option(50, most=400)
@common_options()
def suggest(limit: int, given: GivenOptions) -> int:
    """Suggest new topics for the library, topics to merge, and highlights for existing topics.

    Each suggestion shows the highlights it would have if you accepted it, and the topics that share some of
    them. In a terminal you are asked about each one; otherwise nothing is written. No service is used,
    except a language model for better names if you set `llm` under [topics].

    \b
      gleanings topics suggest
      gleanings topics accept sleep "climate change"
      gleanings topics accept --all
    """
    common = gather(given)
    asks = bool(common.config.topics.llm)  # its answers are kept
    with opened_store(common, only_reads=not asks) as store:
        documents = complete_titles(read_documents(store))
        found = propose_topics(store, documents, common.config.topics, may_ask=asks)
    if found.problem:
        warn(found.problem)
    shown = found.suggestions[:limit]
    if given.as_json:
        report_json(
            suggestions=[describe_suggestion(each) for each in shown],
            merges=[{"into": each.target, "topics": list(each.others)} for each in found.merges],
            members=[
                {
                    "topic": topic,
                    "highlights": len(nearly),
                    "examples": [each.text for each in nearly[:EXAMPLES]],
                }
                for topic, nearly in found.nearly.items()
            ],
            without_topic=found.without,
            without_topic_if_accepted=found.left,
        )
        return 0
    accepted = ask_about(shown) if sys.stdin.isatty() and sys.stdout.isatty() else _show_all(shown)
    if accepted:
        path = find_config(given.config) or Path("config.toml")
        accept_suggestions(path, accepted)
        echo(f"{path}: {count_as(len(accepted), 'topic')} added")
    print_rest(found, shown)
    return 0


def describe_suggestion(suggestion: Suggestion) -> dict[str, object]:
    """A suggestion as JSON shows it."""
    return {
        "name": suggestion.name,
        "aliases": list(suggestion.aliases),
        "highlights": len(suggestion.highlights),
        "documents": suggestion.documents,
        "authors": suggestion.authors,
        "examples": [each.text for each in suggestion.highlights[:EXAMPLES]],
        "overlaps": [{"topic": name, "highlights": count} for name, count in suggestion.overlaps],
    }


def _show_all(suggestions: list[Suggestion]) -> list[Suggestion]:
    for each in suggestions:
        _show(each)
    return []


def ask_about(suggestions: list[Suggestion]) -> list[Suggestion]:
    """The suggestions that the reader accepts, asked one by one until `q`."""
    accepted: list[Suggestion] = []
    for each in suggestions:
        _show(each)
        answer = click.prompt(
            "  Make it a topic? [y]es, [n]o, [q]uit",
            type=click.Choice(["y", "n", "q"]),
            default="n",
            show_choices=False,
        )
        if answer == "q":
            break
        if answer == "y":
            accepted.append(each)
    return accepted


def _show(suggestion: Suggestion) -> None:
    size = count_as(len(suggestion.highlights), "highlight")
    aliases = f" (also {', '.join(suggestion.aliases[:ALIASES])})" if suggestion.aliases else ""
    echo(f": {size} in {count_as(suggestion.documents, 'document')}{aliases}", lead=suggestion.name)
    for highlight in suggestion.highlights[:EXAMPLES]:
        echo(f"    {shorten(highlight.text, 74, placeholder=' …')}", dim=True)
    if suggestion.overlaps:
        overlaps = ", ".join(f"{name} ({count:,})" for name, count in suggestion.overlaps)
        echo(f"    shared with {overlaps}")


def print_rest(found: Proposals, shown: list[Suggestion]) -> None:
    """Print topics to merge, highlights for known topics, and how many highlights would still lack one."""
    for merge in found.merges:
        words = shlex.join((*merge.others, merge.target))
        echo(f"One subject: {', '.join((merge.target, *merge.others))}")
        echo(f"    gleanings topics merge {words}")
    for topic, nearly in list(found.nearly.items())[:MOST_NEARLY]:
        echo(f"{topic} nearly has {count_as(len(nearly), 'more highlight')}:")
        for highlight in nearly[:NEARLY_EXAMPLES]:
            echo(f"    {shorten(highlight.text, 74, placeholder=' …')}", dim=True)
    if found.nearly:
        echo(
            "    Tag what belongs there, or put it into the topic's note; --borderline lists all of a topic."
        )
    if not found.suggestions:
        echo(f"Nothing to suggest; {count_as(found.without, 'highlight')} without a topic.")
        return
    more = f", {len(shown):,} shown" if len(shown) < len(found.suggestions) else ""
    total = count_as(len(found.suggestions), "suggestion")
    echo()
    echo(f"{total}{more}: they leave {found.left:,} of {found.without:,} highlights without a topic.")
    echo("Accept them with `gleanings topics accept NAME …` or `--all`.")
