"""`gleanings topics`: list the topics, and say why highlights belong to them."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten
from typing import Any

import click

from gleanings.commands.topics_suggest import suggest
from gleanings.options import common_options, gather, opened_store
from gleanings.output import print_json
from gleanings.terminal import echo
from record_types.errors import InputError


class TopicsCommand(click.Command):
    """`topics NAME`, and `topics suggest`, which is a command of its own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """A context of `suggest` if that is the first word; `-- suggest` names a topic of that name."""
        if args[:1] == ["suggest"]:
            return suggest.make_context(f"{info_name} suggest", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(name="topics", cls=TopicsCommand)
@click.argument("name", required=False)
@click.option("--why", is_flag=True, help="With NAME: the reason why each highlight belongs to it.")
@common_options(writes=True)
def command(
    name: str | None,
    why: bool,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """List the topics; with NAME, the highlights of one.

    A topic comes from a rule in your configuration ([[topics.rules]]), from your tags and [[wikilinks]]
    and from hashtags, if enough highlights have them (`threshold` under [topics], 3 by default), and from
    the lead-ins of threads that list resources ("For Calculus: …"). With `meaning = true`, a highlight
    also gets the topics whose highlights it resembles.

    \b
      gleanings topics
      gleanings topics calculus --why
      gleanings topics suggest      proposals for the rest (see its --help)
    """
    from export.topic_names import slugify
    from gleanings.steps.topics import is_below_threshold, prepare_documents
    from store.topics import count_topics, read_reasons

    common = gather(db, config, as_json, verbose, dry_run)
    with opened_store(common, only_reads=True) as store:
        documents, _ = prepare_documents(store, common.config.topics)
        topics = count_topics(store)
        reasons = read_reasons(store, slugify(name)) if name else []
        if name and not reasons:
            is_rare = is_below_threshold(store, documents, slugify(name), common.config.topics)
            raise InputError(_explain_missing(name, is_rare, common.config.topics.threshold))
    if as_json:
        print_json([row._asdict() for row in (reasons or topics)])
    elif reasons:
        for reason in reasons:
            echo(shorten(reason.text, 78, placeholder=" …"))
            score = f" {reason.score:.2f}" if reason.reason.startswith("meaning:") else ""
            because = f"{reason.reason}{score}  ({reason.document})"
            echo(f"    {because if why else reason.document}", dim=True)
    else:
        for topic in topics:
            echo(f"{topic.highlights:>7,}  {topic.name}")
        if not topics:
            echo("No topics yet: tags, [[wikilinks]] and rules create them; see `topics suggest`.")
    return 0


def _explain_missing(name: str, is_rare: bool, threshold: int) -> str:
    """Why there is no topic of this name, and what creates it."""
    if is_rare:
        return (
            f"{name} is not a topic yet: it is used less than {threshold} times (`threshold` under [topics]);"
            " a rule of that name makes it one"
        )
    hint = "; put the options after the word `suggest`" if name == "suggest" else ""
    return f"there is no topic {name}; `gleanings topics` lists them{hint}"
