"""The library's pages as Markdown, JSON and Atom feeds, made of the same items that agents get."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

from store.browse.safe_html import render_markdown
from store.items import Item, read_items, show_hidden

FORMATS = {
    "md": "text/markdown; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}
"""The ending of an address → the content type of the answer."""

FEEDS = ("home", "search", "topic", "tag", "author", "resource", "highlights")
"""Pages that can get new highlights, so that a feed makes sense; all pages are available as Markdown and
JSON."""

FEED_SIZE = 100


class PageText(NamedTuple):
    """The contents of a page, in any format."""

    title: str
    facts: dict[str, Any]
    items: list[Item]
    rows: list[dict[str, Any]]
    """Of a list: name, page, count and facts."""
    stamps: dict[int, tuple[str, str]]
    """Highlight → its identity and when it arrived."""
    later: int | None
    """The number of the next page."""


identities = """
select id, uid, coalesce(synced_on, taken_at, '') from highlights
where id in (select value from json_each(:ids))
"""


def read_page_text(db: sqlite3.Connection, page: str, context: Mapping[str, Any]) -> PageText:
    """Read what a page shows, from the rows for its template."""
    ids = context.get("ids", [])
    stamps = {id_: (uid, at) for id_, uid, at in db.execute(identities, {"ids": json.dumps(ids)})}
    rows = [
        {
            "page": row.get("page") or f"resource/{row['id']}",
            "name": show_hidden(row.get("name") or row.get("title") or row["url"]),
            "count": row.get("count", row.get("shared")),
            "facts": [show_hidden(fact) for fact in row.get("facts", ()) if fact],
            **({"url": show_hidden(row["url"])} if row.get("url") else {}),
        }
        for row in context.get("rows", ())
    ]
    title, facts = describe_page(page, context)
    return PageText(title, facts, read_items(db, ids), rows, stamps, context.get("later"))


NAMES = {"home": "New highlights", "reading": "Reading list"}
_FACTS = (
    "author",
    "url",
    "category",
    "kind",
    "site",
    "published_on",
    "status",
    "archive_url",
    "summary",
    "note",
)


def describe_page(page: str, context: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The title of a page, and what it says about its document, resource, author, topic or tag."""
    if page == "search":
        return f"Search: {show_hidden(context['q'])}", {}
    subject = next((context[name] for name in ("document", "resource", "author", "topic", "tag")
                    if isinstance(context.get(name), dict)), None)  # fmt: skip
    if subject is None:
        return NAMES.get(page, str(context.get("title", page.capitalize()))), {}
    names = ("shown_title", "full_title", "title", "name", "url")
    title = next(filter(None, (subject.get(name) for name in names)), "")
    facts = {name: show_hidden(str(subject[name])) for name in _FACTS if subject.get(name)}
    return show_hidden(("#" if page == "tag" else "") + str(title)), facts


def write_json(text: PageText, root: str, next_page: str | None) -> str:
    """The page as one JSON object; `root` is the address of the library's pages."""
    value = {
        "title": text.title,
        **text.facts,
        "items": [{**item, "page": f"{root}/highlight/{item['id']}"} for item in text.items],
        "rows": [{**row, "page": f"{root}/{row['page']}"} for row in text.rows],
        "next": next_page,
    }
    return json.dumps(value, ensure_ascii=False, indent=1)


def write_markdown(text: PageText, root: str, next_page: str | None) -> str:
    """The page as Markdown: quotations, each with its note and where it is from."""
    parts = [f"# {_line(text.title)}"]
    if text.facts:
        parts.append(
            "\n".join(f"- {name.replace('_', ' ')}: {_line(value)}" for name, value in text.facts.items())
        )
    for item in text.items:
        parts.append("\n".join(f"> {line}".rstrip() for line in item["text"].splitlines()))
        labels = [*item.get("topics", ()), *(f"#{tag}" for tag in item.get("tags", ()))]
        parts.append(f"— {_line(item['cite'])}" + (f" ({_line(', '.join(labels))})" if labels else ""))
        if item.get("note"):
            parts.append(f"Note: {item['note']}")
    if text.rows:
        lines = [f"- [{_label(row['name'])}]({root}/{row['page']}), {row['count'] or 0}" for row in text.rows]
        parts.append("\n".join(lines))
    if next_page:
        parts.append(f"[Next page]({next_page})")
    return "\n\n".join(parts) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _label(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", _line(text))


_ENTRY = Markup(
    "<entry><id>{id}</id><title>{title}</title><updated>{updated}</updated>"
    "<author><name>{author}</name></author>{link}<content type='html'>{content}</content></entry>\n"
)
_LINK = Markup('<link rel="{}" href="{}"/>')


def write_feed(text: PageText, root: str, address: str) -> str:
    """The page as an Atom feed; `root` and `address` are absolute."""
    entries = []
    newest = sorted(text.items, key=lambda item: text.stamps[item["id"]][1], reverse=True)
    for item in newest[:FEED_SIZE]:
        uid, at = text.stamps[item["id"]]
        content = render_markdown(item["text"]) + (
            render_markdown(item["note"]) if item.get("note") else Markup("")
        )
        entries.append(
            _ENTRY.format(
                id=f"urn:gleanings:{quote(uid, safe=':')}",
                title=_shorten(f"{item['author']}: {item['text']}" if item["author"] else item["text"]),
                updated=format_instant(at),
                author=item["author"] or "unknown",
                link=_LINK.format("alternate", f"{root}/highlight/{item['id']}"),
                content=escape(str(content)),
            )
        )
    updated = max((format_instant(at) for _, at in text.stamps.values()), default=format_instant(""))
    head = Markup("<id>{}</id><title>{}</title><updated>{}</updated>{}\n").format(
        address, f"{text.title} – gleanings", updated, _LINK.format("self", address)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"{head}{Markup('').join(entries)}</feed>\n"
    )


def _shorten(text: str) -> str:
    words = _line(text)
    return words if len(words) <= 100 else words[:99] + "…"


_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?)?", re.ASCII)


def format_instant(text: str) -> str:
    """A stored day or time as RFC 3339 wants it; the beginning of time for anything else."""
    match = _INSTANT.match(text)
    if match is None:
        return "1970-01-01T00:00:00Z"
    return f"{match[1]}T{match[2] or '00:00'}{match[3] or ':00'}Z"


def list_formats(page: str, address: str, query: str) -> list[tuple[str, str, str]]:
    """(name, content type, address) of the other formats of a page."""
    names = {"md": "Markdown", "json": "JSON", **({"atom": "Atom feed"} if page in FEEDS else {})}
    suffix = f"?{query}" if query else ""
    return [
        (name, FORMATS[ending].partition(";")[0], f"{address}.{ending}{suffix}")
        for ending, name in names.items()
    ]
