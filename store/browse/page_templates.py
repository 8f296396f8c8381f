"""The Jinja environment of the pages, and the filters that render highlights, links and dates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from store.browse.charts import MONTHS, draw_share
from store.browse.databases import find_picture_copy
from store.browse.safe_html import (
    Picture,
    RenderContext,
    Target,
    is_safe_url,
    render_link,
    render_markdown,
    show_controls,
)

_DAY = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(?:-([0-9]{2}))?(?:[T ]([0-9]{2}:[0-9]{2}))?", re.ASCII)

CATEGORY_NAMES = {
    "tweets": "Tweets",
    "articles": "Article",
    "books": "Book",
    "podcasts": "Podcast",
    "supplementals": "Supplemental",
    "other": "Document",
}


WORDS = {
    "pending": "not followed yet", "resolved": "followed", "media": "pictures", "self": "to the tweet itself",
    "tweet": "to other tweets", "unsafe": "refused as unsafe", "gone": "dead", "loop": "lead in circles",
    "invalid": "not an address", "unreadable": "files that cannot be read",
    "cut-text": "texts that were cut off", "unknown-date": "dates that cannot be read",
}  # fmt: skip
"""Statuses of links and kinds of problems in plain words."""

FETCHES = {
    "pending": "not looked at yet", "skipped": "title not requested", "ok": "with a title",
    "blocked": "refuse robots", "gone": "dead", "dns": "dead: the site is gone", "tls": "broken encryption",
    "timeout": "did not answer in time", "error": "answered with an error",
    "archived": "dead, with an archived copy",
}  # fmt: skip
"""Statuses of resources in plain words."""


def format_day(text: str | None) -> str:
    """Format `2022-07-03T10:00:00Z` as `3 Jul 2022`; return what is not a date unchanged."""
    match = _DAY.match(text or "")
    if match is None or match[3] is None:
        return text or ""
    return f"{int(match[3])} {MONTHS[int(match[2]) - 1]} {match[1]}"


def format_time(text: str | None) -> str:
    """Format a timestamp like `format_day`, with the time of day."""
    match = _DAY.match(text or "")
    return f"{format_day(text)}, {match[4]}" if match and match[4] else format_day(text)


def name_category(category: str) -> str:
    """The name of one document of the category."""
    return CATEGORY_NAMES.get(category, category)


def render_highlight(
    row: dict[str, Any], text: str | None = None, *, root: str, folder: Path | None, remote: bool
) -> Markup:
    """Render a highlight, or a note's `text` on it, with link titles and the local copies of pictures."""
    pictures = {
        each["url"]: Picture(f"{root}/-/picture/{each['id']}")
        for each in row["pictures"]
        if find_picture_copy(folder, each["path"], each["content_type"])
    }
    topics = {each["name"].casefold(): f"{root}/-/topic/{each['id']}" for each in row["topics"]}
    links = {link["url"]: make_target(link, root) for link in row["links"] if find_destination(link)}
    context = RenderContext(links, pictures, remote, topics)
    return render_markdown(row["text"] if text is None else text, context)


def find_destination(link: dict[str, Any]) -> str | None:
    """The URL that a stored link leads to; None while it is unknown."""
    return link["resource_url"] or link["final_url"] or None


def make_target(link: dict[str, Any], root: str) -> Target:
    """The link target that a page shows for a stored link."""
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


def mark_matches(snippet: str) -> Markup:
    """Render a search snippet with the matching words marked."""
    escaped = str(Markup.escape(show_controls(snippet)))
    opened = escaped.count("⟦")
    if opened != escaped.count("⟧"):
        return Markup(escaped)  # noqa: S704 - escaped above
    return Markup(escaped.replace("⟦", "<mark>").replace("⟧", "</mark>"))  # noqa: S704 - escaped above


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return (
            show_controls(value)
            if len(value) <= MAX_NAME_LENGTH
            else show_controls(value[:MAX_NAME_LENGTH]) + "…"
        )
    return "" if value is None else value


MAX_NAME_LENGTH = 5_000
"""Characters of a title or name that a page shows; the tables show all of it."""


def _make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("store.browse"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {"link": render_link, "found": mark_matches, "markdown": render_markdown}
    environment.filters |= {
        "day": format_day,
        "time": format_time,
        "share": draw_share,
        "category": name_category,
        "words": lambda status: WORDS.get(status, status),
        "fetched": lambda status: FETCHES.get(status, status),
    }
    environment.tests["safe_address"] = is_safe_url
    return environment


ENVIRONMENT = _make_environment()
