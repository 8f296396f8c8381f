"""`gleanings topics`: which topics there are and why."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten

import click

from gleanings.errors import InputError
from gleanings.options import common_options, gather, opened_store, say_json


@click.command(name="topics")
@click.argument("name", required=False)
@click.option("--why", is_flag=True, help="With NAME: each highlight with the reason it belongs there.")
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
    """Show which topics there are and why.

    A topic comes from your tags and [[wikilinks]] and from hashtags, where they are used often enough
    (`threshold` under [topics], 3 unless set), and from the lead-ins of threads that list resources
    ("For Calculus: …"). With NAME, its highlights.

    \b
      gleanings topics
      gleanings topics calculus --why
    """
    from export.topic_names import slugify
    from gleanings.assigning import assign_stored
    from store.readings import read_documents
    from store.topics import count_topics, read_reasons

    common = gather(db, config, as_json, verbose, dry_run)
    with opened_store(common) as store:
        assign_stored(store, read_documents(store), common.config.topics)
        topics = count_topics(store)
        reasons = read_reasons(store, slugify(name)) if name else []
    if name and not reasons:
        raise InputError(f"no topic is called {name}; `gleanings topics` lists them")
    if as_json:
        say_json([row._asdict() for row in (reasons or topics)])
    elif reasons:
        for reason in reasons:
            click.echo(shorten(reason.text, 78, placeholder=" …"))
            click.secho(
                f"    {reason.reason}  ({reason.document})" if why else f"    {reason.document}", dim=True
            )
    else:
        for topic in topics:
            click.echo(f"{topic.highlights:>7,}  {topic.name}")
        if not topics:
            click.echo("No topics yet: tags, [[wikilinks]] and lead-ins make them.")
    return 0
