"""`gleanings topics`: list the topics, and why highlights belong to one."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import click

from export.clean import complete_titles
from export.topic_names import slugify
from gleanings.commands.topics_edit import EDITS
from gleanings.commands.topics_suggest import suggest
from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, gather, opened_store
from gleanings.steps.model_answers import Judged, judge_borderline
from gleanings.steps.scored_library import is_below_threshold, score_library
from gleanings.steps.topic_reasons import explain_members, find_borderline
from gleanings.steps.topic_scores import save_library
from gleanings.terminal import echo, warn
from record_types.errors import InputError
from store.note_data import read_documents
from store.topics import count_topics

SUBCOMMANDS: dict[str, click.Command] = {"suggest": suggest, **EDITS}


class TopicsCommand(click.Command):
    """`topics NAME`, and `topics suggest`, `topics add` …, which are commands of their own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """A context of the subcommand that the first word names; put `--` before a topic of that name."""
        if args and args[0] in SUBCOMMANDS:
            return SUBCOMMANDS[args[0]].make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(name="topics", cls=TopicsCommand)
@click.argument("name", required=False)
@click.option("--why", is_flag=True, help="With NAME: list the most certain highlights first, with reasons.")
@click.option("--borderline", is_flag=True, help="With NAME: list the highlights near the threshold.")
@common_options(writes=True)
def command(name: str | None, why: bool, borderline: bool, given: GivenOptions) -> int:
    """List the topics, and show why highlights belong to them.

    A topic comes from the rules of your configuration ([[topics.rules]]), from your tags and [[wikilinks]]
    and from hashtags, where they are used often enough (`threshold` under [topics], 3 unless set), and from
    the lead-ins of threads that list resources ("For Calculus: …"). It also gets the highlights that are
    about it; `precision` sets how certain that must be. With NAME, its highlights are listed. If `llm` under
    [topics] names a language model, `gleanings topics` and each sync ask it about borderline highlights;
    otherwise nothing is sent anywhere.

    \b
      gleanings topics
      gleanings topics calculus --why
      gleanings topics suggest               suggest topics for the rest
      gleanings topics add sleep             add a topic; aliases may follow
      gleanings topics accept NAME …         turn suggestions into topics
      gleanings topics merge gpt LLMs        merge several topics into one
      gleanings topics drop | rename         see their --help
    """
    for option, is_given in (("--why", why), ("--borderline", borderline)):
        if is_given and not name:
            raise InputError(f"{option} needs the NAME of a topic: gleanings topics NAME {option}")
    common = gather(given)
    asks = bool(common.config.topics.llm) and not (name or given.dry_run)
    with opened_store(common, only_reads=not asks) as store:
        judged = judge_borderline(store, common.config.topics) if asks else Judged()
        library = score_library(store, complete_titles(read_documents(store)), common.config.topics)
        assignments = library.assign()
        save_library(store, library, assignments)
        topics = count_topics(store)
        slug = slugify(name or "")
        find = find_borderline if borderline else explain_members
        members = find(library, assignments, slug) if name else []
        is_missing = bool(name) and slug not in {each.slug for each in topics}
        is_seldom = is_missing and is_below_threshold(store, library.documents, slug, common.config.topics)
    if judged.problem:
        warn(judged.problem)
    if name and is_missing:
        is_empty = slug in {slugify(rule.name) for rule in common.config.topics.rules}
        raise InputError(_explain_missing(name, is_seldom, common.config.topics.threshold, is_empty=is_empty))
    if given.as_json:
        report_json(
            topic=name,
            topics=[] if name else [topic._asdict() for topic in topics],
            members=[member._asdict() for member in members],
            dry_run=common.dry_run,
        )
    elif name:
        for member in members:
            echo(shorten(member.text, 78, placeholder=" …"))
            mark = "" if member.is_member else "not in the topic: "
            because = f"{mark}{'; '.join(member.reasons)} {member.score:.2f}  ({member.document})"
            echo(f"    {because if why or borderline else member.document}", dim=True)
    else:
        for topic in topics:
            echo(f"{topic.highlights:>7,}  {topic.name}")
        if not topics:
            echo("No topics yet: tags, [[wikilinks]] and rules make them; see `topics suggest`.")
    return 0


def _explain_missing(name: str, is_seldom: bool, threshold: int, *, is_empty: bool) -> str:
    """Why there is no topic with this name, and how to make one."""
    if is_empty:
        return f"{name} has no highlights yet: none is about it or has its tag"
    if is_seldom:
        return (
            f"{name} is not a topic yet: it is used less than {threshold} times (`threshold` under [topics]);"
            f" `gleanings topics add` makes it one"
        )
    hint = f"; its options follow the word `{name}`" if name in SUBCOMMANDS else ""
    return f"there is no topic named {name}; `gleanings topics` lists them{hint}"
