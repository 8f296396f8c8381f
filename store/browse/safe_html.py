"""Markdown as safe HTML: no raw HTML, only web and mail links, nothing loaded from other sites."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

MAX_RENDERED_LENGTH = 20_000
"""In characters; longer text is shown as plain text and truncated."""

# With the marks that reverse the direction of text: they can disguise what a link or line says.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_URL = re.compile("[\x00-\x20\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}")
_NAME = re.compile(r"\[\[([^\[\]\n]{1,200})\]\]")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_TRAILING = ".,;:!?'…。，、）)]}*_"


class Target(NamedTuple):
    """Where a link leads, and what is known about it."""

    url: str
    title: str | None
    page: str | None = None
    """The address of the resource's page in the browser."""
    remark: str = ""
    """How often it was shared, and whether it is gone."""
    snapshot: str | None = None


class Picture(NamedTuple):
    """A picture that may be shown inline."""

    source: str


class RenderContext(NamedTuple):
    """What the renderer knows about the links, pictures and topics in a text."""

    links: Mapping[str, Target] = {}
    """URL as found → its target."""
    pictures: Mapping[str, Picture] = {}
    """URL as found → the local copy."""
    remote_pictures: bool = False
    topics: Mapping[str, str] = {}
    """Case-folded topic name → the address of its page."""


def show_controls(text: str) -> str:
    """Spell out control characters; those for writing direction could make a line read as something else."""
    return _CONTROLS.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def is_safe_url(url: str) -> bool:
    """True if a link may lead there: http, https or mailto, without spaces or controls."""
    return bool(_SAFE_LINK.match(url)) and not _NOT_IN_URL.search(url)


def render_markdown(text: str, context: RenderContext | None = None) -> Markup:
    """Render Markdown as HTML; very long text is truncated and shown plain."""
    text = show_controls(text)
    if len(text) > MAX_RENDERED_LENGTH:
        ellipsis = f"… ({len(text):,} characters in total)"
        return Markup('<p class="plain">{}<span class="aside">{}</span></p>').format(
            text[:MAX_RENDERED_LENGTH], ellipsis
        )
    return Markup(_MARKDOWN.render(text, {"context": context or RenderContext()}))  # noqa: S704 - escaped by markdown-it


def render_link(url: str, label: str | None = None) -> Markup:
    """Render a link to `url`, or only its text if the URL is not safe."""
    label = show_controls(label or shorten_url(url))
    if not is_safe_url(url):
        return escape(label)
    return Markup('<a href="{}" title="{}" rel="{}">{}</a>').format(url, show_controls(url), _REL, label)


def render_outgoing_link(target: Target) -> Markup:
    """Render the small link to the resource itself, after the link to its page here, and its state."""
    host = shorten_url(target.url).partition("/")[0]
    pieces = (
        [_OUTGOING_LINK.format(target.url, show_controls(target.url), _REL, host)]
        if is_safe_url(target.url)
        else []
    )
    if target.remark:
        pieces.append(escape(target.remark))
    if target.snapshot and is_safe_url(target.snapshot):
        pieces.append(render_link(target.snapshot, "snapshot"))
    return Markup(' <span class="out">{}</span>').format(Markup(" · ").join(pieces)) if pieces else Markup("")


_OUTGOING_LINK = Markup('<a href="{}" title="{}" rel="{}">{}<span aria-hidden="true">\u00a0↗</span></a>')


def shorten_url(url: str) -> str:
    """Shorten a URL to its host and the beginning of its path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:60]
    if parts.scheme not in ("http", "https"):
        return url[:60]
    short = parts.netloc.removeprefix("www.") + parts.path.rstrip("/")
    return short if len(short) <= 60 else short[:57] + "…"


_REL = "noreferrer noopener nofollow"


def _split_texts(tokens: Sequence[Token]) -> list[Token]:
    """Turn bare URLs in text into links and `[[names]]` into names, except inside a link."""
    found: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and depth == 0:
            for each in _split_names(token.content):
                found.extend(_link_addresses(each.content) if each.type == "text" else [each])
        else:
            found.append(token)
    return found


def _split_names(text: str) -> list[Token]:
    tokens: list[Token] = []
    end = 0
    for match in _NAME.finditer(text):
        tokens.append(Token("text", "", 0, content=text[end : match.start()]))
        tokens.append(Token("name", "", 0, content=match[1]))
        end = match.end()
    return [*tokens, Token("text", "", 0, content=text[end:])]


def _link_addresses(text: str) -> list[Token]:
    tokens: list[Token] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        url = match.group().rstrip(_TRAILING)
        tokens.append(Token("text", "", 0, content=text[end : match.start()]))
        opening = Token("link_open", "a", 1, attrs={"href": url}, info="bare")
        tokens += [opening, Token("text", "", 0, content=url), Token("link_close", "a", -1)]
        end = match.start() + len(url)
    return [*tokens, Token("text", "", 0, content=text[end:])]


class _Renderer(RendererHTML):
    """Renders links with their titles, and pictures as links or from their local copies."""

    def renderInline(  # noqa: N802 - markdown-it's name
        self, tokens: Sequence[Token], options: Any, env: MutableMapping[str, Any]
    ) -> str:
        split = _split_texts(tokens)
        target: Target | None = None
        for place, token in enumerate(split):
            if token.type == "link_open":
                url = str(token.attrs["href"])
                target = env["context"].links.get(url)
                if token.info == "bare":
                    label = (target.title or shorten_url(target.url)) if target else shorten_url(url)
                    split[place + 1].content = show_controls(label)
            elif token.type == "link_close" and target:
                token.meta = {"target": target}
        return super().renderInline(split, options, env)

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        url = str(tokens[idx].attrs["href"])
        target = env["context"].links.get(url)
        if target and target.page:
            return str(Markup('<a class="known" href="{}">').format(target.page))
        url = target.url if target and is_safe_url(target.url) else url
        return str(Markup('<a href="{}" title="{}" rel="{}">').format(url, show_controls(url), _REL))

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        target = tokens[idx].meta.get("target")
        return str(Markup("</a>") + (render_outgoing_link(target) if target and target.page else Markup("")))

    def name(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        topic = tokens[idx].content
        page = env["context"].topics.get(topic.casefold())
        if page is None:
            return str(Markup('<span class="name">{}</span>').format(topic))
        return str(Markup('<a class="name" href="{}">{}</a>').format(page, topic))

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        url = str(tokens[idx].attrs["src"])
        alt = show_controls(tokens[idx].content)
        inside = sum(each.nesting for each in tokens[:idx] if each.type.startswith("link_")) > 0
        return str(render_picture(url, alt, env["context"], bare=inside))


def render_picture(url: str, alt: str, context: RenderContext, *, bare: bool = False) -> Markup:
    """Render a thumbnail that links to the picture; a plain link if there is no local copy."""
    copy = context.pictures.get(url)
    source = copy.source if copy else url if context.remote_pictures else None
    if not is_safe_url(url):
        return escape(alt or url)
    label = alt or "Picture"
    if source is None:
        content = Markup("▣ {}").format(label)
    else:
        content = Markup('<img src="{}" alt="{}" loading="lazy" referrerpolicy="no-referrer">').format(
            source, label
        )
    if bare:
        return content
    return Markup('<a class="picture" href="{}" rel="{}">{}</a>').format(url, _REL, content)


def _make_markdown() -> MarkdownIt:
    options = {"html": False, "breaks": True, "linkify": False, "typographer": False, "maxNesting": 20}
    markdown = MarkdownIt("commonmark", options, renderer_cls=_Renderer)
    markdown.disable(["code", "heading", "lheading", "reference", "html_block", "html_inline"])
    markdown.validateLink = is_safe_url  # type: ignore[method-assign]
    return markdown


_MARKDOWN = _make_markdown()
