"""Dates and kinds in words, for the pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from store.browse.charts import MONTHS, draw_share
from store.browse.databases import find_copy
from store.browse.safe_html import Picture, Shown, Target, is_safe, render_link, render_passage, show_controls

_DAY = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(?:-([0-9]{2}))?(?:[T ]([0-9]{2}:[0-9]{2}))?", re.ASCII)

CATEGORY_NAMES = {
    "tweets": "Tweets",
    "articles": "Article",
    "books": "Book",
    "podcasts": "Podcast",
    "supplementals": "Supplemental",
    "other": "Document",
}


def say_day(text: str | None) -> str:
    """`2022-07-03T10:00:00Z` as `3 Jul 2022`; what is no date as it is."""
    match = _DAY.match(text or "")
    if match is None or match[3] is None:
        return text or ""
    return f"{int(match[3])} {MONTHS[int(match[2]) - 1]} {match[1]}"


def say_time(text: str | None) -> str:
    """The same with the time of day."""
    match = _DAY.match(text or "")
    return f"{say_day(text)}, {match[4]}" if match and match[4] else say_day(text)


def name_category(category: str) -> str:
    """What one document of the category is called."""
    return CATEGORY_NAMES.get(category, category)


def render_row(
    row: dict[str, Any], text: str | None = None, *, root: str, folder: Path | None, remote: bool
) -> Markup:
    """A highlight's text (or a note's `text` beside it), its links with titles, its pictures from copies."""
    pictures = {
        each["url"]: Picture(f"{root}/-/picture/{each['id']}")
        for each in row["pictures"]
        if find_copy(folder, each["path"], each["content_type"])
    }
    topics = {each["name"].casefold(): f"{root}/-/topic/{each['id']}" for each in row["topics"]}
    links = {link["url"]: find_target(link, root) for link in row["links"] if find_address(link)}
    shown = Shown(links, pictures, remote, topics)
    return render_passage(row["text"] if text is None else text, shown)


def find_address(link: dict[str, Any]) -> str | None:
    """Where a link of the store leads; None while nobody knows."""
    return link["resource_url"] or link["final_url"] or None


def find_target(link: dict[str, Any], root: str) -> Target:
    """What a page shows of a link of the store."""
    if link["resource_id"] is None:
        return Target(link["final_url"], link["title"])
    shared = f"shared {link['shared']:,} times" if link["shared"] and link["shared"] > 1 else ""
    gone = "gone" if link["fetch"] in ("gone", "dns", "archived") else ""
    return Target(
        link["resource_url"],
        link["title"],
        f"{root}/-/resource/{link['resource_id']}",
        " · ".join(filter(None, (shared, gone))),
        link["archive_url"],
    )


def mark_found(snippet: str) -> Markup:
    """A snippet with the words found marked."""
    escaped = str(Markup.escape(show_controls(snippet)))
    opened = escaped.count("⟦")
    if opened != escaped.count("⟧"):
        return Markup(escaped)  # noqa: S704 - escaped above
    return Markup(escaped.replace("⟦", "<mark>").replace("⟧", "</mark>"))  # noqa: S704 - escaped above


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return (
            show_controls(value) if len(value) <= LONGEST_NAME else show_controls(value[:LONGEST_NAME]) + "…"
        )
    return "" if value is None else value


LONGEST_NAME = 5_000
"""Characters of a title or name that a page shows; the table has all of it."""


def _make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("store.browse"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {"link": render_link, "found": mark_found, "markdown": render_passage}
    environment.filters |= {"day": say_day, "time": say_time, "share": draw_share, "category": name_category}
    environment.tests["safe_address"] = is_safe
    return environment


ENVIRONMENT = _make_environment()
