"""Text of pages as safe HTML: Markdown with raw HTML off, only web and mail links, nothing from afar."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

LONGEST_RENDERED = 20_000
"""Characters; what is longer is shown as plain text, and cut."""

_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NO_ADDRESS = re.compile("[\x00-\x20\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}")
_NAME = re.compile(r"\[\[([^\[\]\n]{1,200})\]\]")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_TRAILING = ".,;:!?'…。，、）)]}*_"


class Target(NamedTuple):
    """Where a link of the text leads."""

    url: str
    title: str | None
    page: str | None = None
    """The address of the resource's own page in the library."""
    words: str = ""
    """What else there is to say: how often it was shared, that it is gone."""
    snapshot: str | None = None


class Picture(NamedTuple):
    """A picture that may be shown in place."""

    source: str


class Shown(NamedTuple):
    """What the text's links and pictures become."""

    links: Mapping[str, Target] = {}
    """URL as found → where it leads."""
    pictures: Mapping[str, Picture] = {}
    """URL as found → the local copy."""
    remote_pictures: bool = False
    topics: Mapping[str, str] = {}
    """Name of a topic in lower case → the address of its page."""


def show_controls(text: str) -> str:
    """Marks that turn the direction of what follows, spelled out: a line could read as another."""
    return _CONTROLS.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def is_safe(url: str) -> bool:
    """Whether a reader may be led there: http, https or mailto."""
    return bool(_SAFE_LINK.match(url)) and not _NO_ADDRESS.search(url)


def render_passage(text: str, shown: Shown | None = None) -> Markup:
    """`text` (Markdown) as HTML; plain and cut where it is very long."""
    text = show_controls(text)
    if len(text) > LONGEST_RENDERED:
        words = f"… ({len(text):,} characters in all)"
        return Markup('<p class="plain">{}<span class="aside">{}</span></p>').format(
            text[:LONGEST_RENDERED], words
        )
    return Markup(_MARKDOWN.render(text, {"shown": shown or Shown()}))  # noqa: S704 - escaped by markdown-it


def render_link(url: str, words: str | None = None) -> Markup:
    """A link to `url`, or only its text where it is not safe."""
    words = show_controls(words or shorten_address(url))
    if not is_safe(url):
        return escape(words)
    return Markup('<a href="{}" title="{}" rel="{}">{}</a>').format(url, show_controls(url), _REL, words)


def render_way_out(target: Target) -> Markup:
    """After a link to a resource's page: the small one that leads to the resource itself, and its state."""
    host = shorten_address(target.url).partition("/")[0]
    pieces = (
        [_WAY_OUT.format(target.url, show_controls(target.url), _REL, host)] if is_safe(target.url) else []
    )
    if target.words:
        pieces.append(escape(target.words))
    if target.snapshot and is_safe(target.snapshot):
        pieces.append(render_link(target.snapshot, "snapshot"))
    return Markup(' <span class="out">{}</span>').format(Markup(" · ").join(pieces)) if pieces else Markup("")


_WAY_OUT = Markup('<a href="{}" title="{}" rel="{}">{}<span aria-hidden="true">\u00a0↗</span></a>')


def shorten_address(url: str) -> str:
    """The host and the beginning of the path: what a reader wants to know of an address."""
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
    """Bare addresses in text made links and `[[names]]` names; those inside a link are left alone."""
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
    """Links with titles; pictures as links, or as what lies in the store's own folder."""

    def renderInline(  # noqa: N802 - markdown-it's name
        self, tokens: Sequence[Token], options: Any, env: MutableMapping[str, Any]
    ) -> str:
        split = _split_texts(tokens)
        target: Target | None = None
        for place, token in enumerate(split):
            if token.type == "link_open":
                url = str(token.attrs["href"])
                target = env["shown"].links.get(url)
                if token.info == "bare":
                    words = (target.title or shorten_address(target.url)) if target else shorten_address(url)
                    split[place + 1].content = show_controls(words)
            elif token.type == "link_close" and target:
                token.meta = {"target": target}
        return super().renderInline(split, options, env)

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        url = str(tokens[idx].attrs["href"])
        target = env["shown"].links.get(url)
        if target and target.page:
            return str(Markup('<a class="known" href="{}">').format(target.page))
        url = target.url if target and is_safe(target.url) else url
        return str(Markup('<a href="{}" title="{}" rel="{}">').format(url, show_controls(url), _REL))

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        target = tokens[idx].meta.get("target")
        return str(Markup("</a>") + (render_way_out(target) if target and target.page else Markup("")))

    def name(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        words = tokens[idx].content
        page = env["shown"].topics.get(words.casefold())
        if page is None:
            return str(Markup('<span class="name">{}</span>').format(words))
        return str(Markup('<a class="name" href="{}">{}</a>').format(page, words))

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        url = str(tokens[idx].attrs["src"])
        alt = show_controls(tokens[idx].content)
        inside = sum(each.nesting for each in tokens[:idx] if each.type.startswith("link_")) > 0
        return str(render_picture(url, alt, env["shown"], bare=inside))


def render_picture(url: str, alt: str, shown: Shown, *, bare: bool = False) -> Markup:
    """A thumbnail that leads to the picture; a plain link where there is no copy of it here."""
    copy = shown.pictures.get(url)
    source = copy.source if copy else url if shown.remote_pictures else None
    if not is_safe(url):
        return escape(alt or url)
    words = alt or "Picture"
    if source is None:
        content = Markup("▣ {}").format(words)
    else:
        content = Markup('<img src="{}" alt="{}" loading="lazy" referrerpolicy="no-referrer">').format(
            source, words
        )
    if bare:
        return content
    return Markup('<a class="picture" href="{}" rel="{}">{}</a>').format(url, _REL, content)


def _make_markdown() -> MarkdownIt:
    options = {"html": False, "breaks": True, "linkify": False, "typographer": False, "maxNesting": 20}
    markdown = MarkdownIt("commonmark", options, renderer_cls=_Renderer)
    markdown.disable(["code", "heading", "lheading", "reference", "html_block", "html_inline"])
    markdown.validateLink = is_safe  # type: ignore[method-assign]
    return markdown


_MARKDOWN = _make_markdown()
