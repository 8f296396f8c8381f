"""Read what a page says about itself in its head: title, site, author, date (docs/links.md, Resources).

Sources, most trusted first: Open Graph (https://ogp.me), Twitter cards, Highwire's `citation_*` and Dublin
Core, JSON-LD (https://schema.org), `<title>`, the first `<h1>`. Nothing here raises, whatever the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree, html

from ingest.links.address import parse_address
from ingest.links.page_text import decode_page, is_heavy, is_wall_title, tidy_text, tidy_title
from record_types.foreign_json import parse_json

_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?!\d)")
_TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title")
_SITES = ("og:site_name", "application-name", "citation_journal_title", "dc.publisher")
_AUTHORS = ("article:author", "author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author")
_DATES = (
    "article:published_time",
    "og:article:published_time",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "dc.date",
    "dcterms.date",
    "dcterms.issued",
    "datepublished",
    "book:release_date",
    "video:release_date",
    "parsely-pub-date",
    "date",
)
_DESCRIPTIONS = ("og:description", "twitter:description", "description", "dc.description")
_LONGEST = {"title": 500, "author": 300, "description": 2000, "site": 200}


@dataclass(frozen=True, slots=True)
class PageHead:
    """What a page says about itself; each text on one line, None if the page does not say."""

    title: str | None = None
    site: str | None = None
    author: str | None = None
    """Names joined by `, `."""
    published_on: str | None = None
    """ISO 8601 day, month or year."""
    description: str | None = None
    canonical: str | None = None
    """Absolute; only a hint."""
    kind_hint: str | None = None
    """`paper` if the page has citation tags, otherwise its og:type or JSON-LD type in lower case."""
    is_wall: bool = False
    """It is a soft wall in front of the page: a challenge, a sign-in, a browser check. It has no title."""


def read_head(body: bytes, content_type: str | None, url: str) -> PageHead:
    """Read the head of the page `body`, landed at `url`; an empty head if it is not HTML."""
    text = decode_page(body, content_type)
    if is_heavy(text):
        return PageHead()
    tree = _parse(text)
    if tree is None:
        return PageHead()
    metas = _read_metas(tree)
    facts = read_json_ld(tree)
    address = parse_address(url)
    host = address.site if address else ""
    site = _clip("site", _first(metas, _SITES) or facts.site)
    titles = [tidy_title(title, site, host) for title in _find_titles(tree, metas, facts)]
    page_title = tidy_text(_find_title_element(tree))
    if any(is_wall_title(title, host) for title in [page_title, *titles[:1]] if title):
        return PageHead(site=site, is_wall=True)
    return PageHead(
        title=_clip("title", next(filter(None, titles), None)),
        site=site,
        author=_clip("author", _find_author(metas) or facts.author),
        published_on=_find_date(metas, facts),
        description=_clip("description", _first(metas, _DESCRIPTIONS) or facts.description),
        canonical=_find_canonical(tree, metas, url),
        kind_hint=_find_kind_hint(metas, facts),
    )


def _parse(text: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    data = text.replace("\0", "").encode("utf-8", "replace")
    try:
        return html.document_fromstring(data, parser=parser) if data.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _read_metas(tree: html.HtmlElement) -> dict[str, list[str]]:
    """The contents of `<meta>` tags in order, by lower-case name."""
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = tidy_text(meta.get("content"))
        for key in ("property", "name", "itemprop"):
            name = (meta.get(key) or "").strip().lower()
            if name and content:
                metas.setdefault(name, []).append(content)
                break
    return metas


def _find_titles(tree: html.HtmlElement, metas: dict[str, list[str]], facts: Facts) -> Iterable[str | None]:
    yield from (metas[name][0] for name in _TITLES if name in metas)
    yield facts.title
    yield tidy_text(_find_title_element(tree))
    heading = tree.find(".//h1")
    yield None if heading is None else tidy_text("".join(heading.itertext()))


def _find_title_element(tree: html.HtmlElement) -> str | None:
    """The text of the page's `<title>`, not of an SVG's."""
    titles = (title for title in tree.iter("title") if title.getparent().tag in ("head", "html", "body"))
    return next((title.text_content() for title in titles), None)


def _first(metas: dict[str, list[str]], names: Iterable[str]) -> str | None:
    return next((metas[name][0] for name in names if name in metas), None)


def _find_author(metas: dict[str, list[str]]) -> str | None:
    for name in _AUTHORS:
        people = [
            person for person in metas.get(name, ()) if not person.startswith(("http://", "https://", "@"))
        ]
        if people:
            return ", ".join(dict.fromkeys(people[:20]))
    return None


def _find_date(metas: dict[str, list[str]], facts: Facts) -> str | None:
    dates = [metas[name][0] for name in _DATES if name in metas]
    return next(filter(None, map(read_day, [*dates, facts.published_on or ""])), None)


def read_day(text: str) -> str | None:
    """The day, month or year at the start of `text`, in ISO 8601; None if it is not a plausible date."""
    match = _DAY.match(text.strip())
    if match is None or not 1000 <= int(match[1]) <= 2100:
        return None
    parts = [match[1]]
    for part, most in ((match[2], 12), (match[3], 31)):
        if part is None or not 1 <= int(part) <= most:
            break
        parts.append(f"{int(part):02}")
    return "-".join(parts)


def _find_canonical(tree: html.HtmlElement, metas: dict[str, list[str]], url: str) -> str | None:
    links = (
        link.get("href")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    )
    target = (next(filter(None, links), None) or _first(metas, ("og:url",)) or "").strip()
    if not target:
        return None
    try:
        absolute = urljoin(url, target)
    except ValueError:
        return None
    return absolute if parse_address(absolute) else None


def _find_kind_hint(metas: dict[str, list[str]], facts: Facts) -> str | None:
    if "citation_title" in metas:
        return "paper"
    page_type = (_first(metas, ("og:type",)) or "").lower()
    general = page_type in ("", "website", "article", "object")
    return (facts.kind if general else None) or page_type or None


def _clip(field: str, text: str | None) -> str | None:
    longest = _LONGEST[field]
    return text if text is None or len(text) <= longest else text[: longest - 1].rstrip() + "…"


# Bounds, since a hostile page may hold JSON of any size and depth.
_LONGEST_SCRIPT = 256 * 1024
_DEEPEST = 4
# Besides itself, a page may describe its site, its navigation and the works of others.
_words = str.split
_PAGE_TYPES = frozenset(
    _words("""
        article newsarticle blogposting techarticle scholarlyarticle report socialmediaposting webpage book
        course podcastepisode podcastseries videoobject softwaresourcecode softwareapplication recipe review
        qapage howto
    """)
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the JSON-LD says; None for each fact it does not."""

    title: str | None = None
    author: str | None = None
    published_on: str | None = None
    description: str | None = None
    site: str | None = None
    kind: str | None = None
    """The schema.org type in lower case."""


def read_json_ld(tree: html.HtmlElement) -> Facts:
    """The facts about the first node of the page's JSON-LD that is a page; no facts if there is none."""
    nodes = [node for script in tree.iter("script") for node in _read_script(script)]
    best = min(nodes, key=lambda node: _kind_of(node) == "webpage", default=None)
    if best is None:
        return Facts()
    return Facts(
        title=_read_text(best.get("headline")) or _read_text(best.get("name")),
        author=_read_names(best.get("author")),
        published_on=_read_text(best.get("datePublished")),
        description=_read_text(best.get("description")),
        site=_read_names(best.get("publisher")),
        kind=_kind_of(best),
    )


def _read_script(script: html.HtmlElement) -> Iterator[dict[str, object]]:
    if (script.get("type") or "").strip().lower() != "application/ld+json":
        return
    text = script.text or ""
    if len(text) > _LONGEST_SCRIPT:
        return
    try:
        data = parse_json(text)
    except ValueError:
        return
    yield from _walk(data, 0)


def _walk(data: object, depth: int) -> Iterator[dict[str, object]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for item in data:
            yield from _walk(item, depth + 1)
    elif isinstance(data, dict):
        if _kind_of(data) in _PAGE_TYPES:
            yield data
        yield from _walk(data.get("@graph"), depth + 1)
        yield from _walk(data.get("mainEntity"), depth + 1)


def _kind_of(node: dict[str, object]) -> str | None:
    kinds = node.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and kind.lower() in _PAGE_TYPES:
            return kind.lower()
    return None


def _read_text(value: object) -> str | None:
    return tidy_text(value) if isinstance(value, str) else None


def _read_names(value: object) -> str | None:
    names = []
    for item in value if isinstance(value, list) else [value]:
        name = _read_text(item.get("name") if isinstance(item, dict) else item)
        if name and not name.startswith(("http://", "https://", "#")):
            names.append(name)
    return ", ".join(dict.fromkeys(names[:20])) or None
