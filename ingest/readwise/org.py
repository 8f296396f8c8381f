"""Readwise's pages in a Logseq graph that uses Org mode.

    :PROPERTIES:
    :title: A Title (highlights)
    :END:

    * metadata
    :PROPERTIES:
    :author: [[h on Twitter]]
    :full-title: "A Title"
    :category: [[tweets]]
    :url: https://…
    :tags:[[a]],[[b]],
    :END:
    * Highlights first synced by [[Readwise]] [[2024-03-19]]
    ** 📌 [[2024-03-18]]                          the highlight's day
    #+BEGIN_QUOTE
    text, not indented
    * a line of the text
    #+END_QUOTE\\
    *** Note: my words
    *** Tags: [[a]]

There are no view links, so a page's only highlight gets its tweet from the page's URL. A highlight without a
quote consists of its headline and the text below it, as on the default page; text around a quote is the
reader's.

Source: real graphs (docs/formats.md, Org mode).
"""

from __future__ import annotations

import re

from ingest.identity import find_tweet_id
from ingest.org_outline import parse_org
from ingest.outline import Block
from ingest.readwise.blocks import HIDDEN, Blocks, BlockText, Shape, read_block
from ingest.readwise.body import Body, read_body
from ingest.readwise.document import parse_category
from ingest.readwise.logseq import make_page
from ingest.readwise.notation import View, split_view
from ingest.readwise.preamble import Preamble, parse_preamble
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text
from record_types.pages import Section

NAME = "logseq-org"
SUFFIXES = (*MARKDOWN_SUFFIXES, ".org")
SIGNS = (":PROPERTIES:", ":properties:", ":full-title:", "#+", "* ", "*\t")

_HEADLINE = re.compile(
    r"^\*[ \t]+(?:Highlights first synced by|New highlights added|\[\[Readwise\]\])", re.MULTILINE
)
_KEY = re.compile(r"^[ \t]*(?::|#\+)full-title:", re.MULTILINE | re.IGNORECASE)
_ABOUT = frozenset({"author", "full-title", "category", "url"})
# A line of a drawer, or `#+key:`, as files without drawers write their properties.
_PAIR = re.compile(r"[ \t]*(?::([^:\s]+):|#\+(\w[\w-]*):)(?!:)[ \t]*(.*)")
_LINK = re.compile(r"\[\[(https?://[^\[\]\s]+)\]\[((?:View|Location|Page|Time)[ \u00a0][^\[\]\n]{1,40})\]\]")
_DAY = re.compile(r"[^\w\[\]]{0,8}\[\[([^\[\]\n]*\d[^\[\]\n]*)\]\][ \t]*")
_QUOTE = re.compile(r"[ \t]*#\+(BEGIN|END)_QUOTE\b\\?(.*)", re.IGNORECASE | re.DOTALL)


def detect(text: Text) -> bool:
    """Whether it is an Org page with Readwise's properties in a drawer or its sync headers as headlines."""
    page = text.text
    if text.suffix != ".org":
        if not page[:64].lstrip().startswith((":", "*", "#+")):
            return False
        if ":PROPERTIES:" not in page and ":properties:" not in page:
            return False
    return _KEY.search(page) is not None or _HEADLINE.search(page) is not None


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    outline = parse_org(text.text.replace(HIDDEN, ""))
    place = next((index for index, block in enumerate(outline.blocks) if _is_about(block)), None)
    about = None if place is None else outline.blocks[place]
    preamble = parse_preamble(_write_head(outline.preamble, about), text.day_formats)
    above = preamble.headers[-1][1] if preamble.headers else None
    body = read_body([*_drop(outline.blocks, place)], 1, text.day_formats, above, _SHAPE)
    _link_only_tweet(preamble, body)
    if about is not None:
        body.sections.insert(0, Section(about.line, about.text.partition("\n")[0]))
    return make_page(text, preamble, body)


def _link_only_tweet(preamble: Preamble, body: Body) -> None:
    """Link the only highlight of a page of tweets to the tweet that the page's URL names."""
    values = {entry.key: entry.value for entry in preamble.entries}
    url = values.get("url", "")
    if len(body.highlights) != 1 or parse_category(values.get("category", "")) != "tweets":
        return
    draft = body.highlights[0]
    if draft.view is None and find_tweet_id(url):
        draft.view = View(url, None, None)


def _is_about(block: Block) -> bool:
    """Whether it is the headline whose drawer holds the document's properties."""
    return block.parent < 0 and any(key in _ABOUT for key, _ in block.properties)


def _write_head(top: str, about: Block | None) -> str:
    """Return the page's properties as in a Markdown page, each on its own line of the file."""
    lines = top.split("\n") if top else []
    if about is not None:
        lines += [""] * (about.line - len(lines)) + about.text.split("\n")[1:]
    return "\n".join(map(_write_property, lines))


def _write_property(line: str) -> str:
    match = _PAIR.fullmatch(line.rstrip("\r"))
    if match is None:
        return line
    key = match[1] or match[2]
    return "" if key.upper() in ("PROPERTIES", "END") else f"{key}:: {match[3]}"


def _drop(blocks: Blocks, place: int | None) -> Blocks:
    """Return the blocks without the one at `place`; its children become roots."""
    if place is None:
        return blocks
    return tuple(
        block._replace(parent=-1 if block.parent == place else block.parent - (block.parent > place))
        for index, block in enumerate(blocks)
        if index != place
    )


def _read_block(block: Block) -> BlockText:
    if "][" in block.text:
        block = block._replace(text=_LINK.sub(r"[\2](\1)", block.text))
    text = read_block(block)
    if block.parent < 0:
        return text
    title, _, rest = text.text.partition("\n")
    day = _DAY.fullmatch(title)
    words, around = _split_quotes(rest)
    if not words:
        if day is None or not rest.strip():
            return text
        words, around = rest.strip(), ""
    elif day is None:
        around = f"{title}\n{around}".strip()
    words, view, behind = split_view(words)
    past = "\n".join(line for line in text.behind.split("\n") if not _QUOTE.match(line))
    return text._replace(
        text=words,
        view=view or text.view,
        behind="\n".join(part for part in (behind, past, around) if part),
        day=day[1] if day else "",
        state=(*text.state, ("day", title)) if day else text.state,
    )


def _split_quotes(text: str) -> tuple[str, str]:
    """Return the text in a block's quotes, and the text around them."""
    if "#+" not in text:
        return "", text.strip()
    inside: list[str] = []
    outside: list[str] = []
    part = outside
    for line in text.split("\n"):
        mark = _QUOTE.match(line)
        if mark is None or (mark[1].upper() == "BEGIN") != (part is outside):
            part.append(line)
            continue
        part = inside if part is outside else outside
        if mark[2].strip():
            outside.append(mark[2])
    return "\n".join(inside).strip(), "\n".join(outside).strip()


_SHAPE = Shape(_read_block)
