"""Logseq pages whose template makes each highlight a flashcard between two rules.

    deck:: [[Books::A Title]]                     the deck of the cards; not on every page

    - Highlights first synced by [[Readwise]] [[Monday, 31-10-2022]]
    →- A chapter                                  a heading, at any depth
    →→- -                                         a rule opens the card
    →→→- the passage #flashcard
    →→→··id:: 34cf231e-…
    →→→→- an answer, or the reader's question
    →→→- (Page⍽12)                                or ([View Highlight](…)), or tags:: [[a]]
    →→- -                                         a rule closes it

The card's blocks are children of the opening rule, or siblings of the rules; then the link is a child of the
highlight. A block between cards that contains cards is a heading. `#flashcard` becomes a tag, so that the
highlight has the same words as on any other page.

Source: real graphs of 2022 and 2023 (docs/formats.md, Cards).
"""

from __future__ import annotations

import re

from ingest.readwise.blocks import Blocks, BlockText, Shape, find_groups, is_rule
from ingest.readwise.logseq import has_properties, parse_page
from ingest.readwise.notation import parse_tags
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq-cards"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = ("\t- -", " - -")

_RULE_LINE = re.compile(r"^[ \t]+- -[ \t\r]*$", re.MULTILINE)
# More tags may follow the mark.
_CARD = re.compile(r"(?:\A|\s)#(?:flashcard|card)(?:[ \t]+#(?:\[\[[^\[\]\n]+\]\]|[^\s#\[\]]+))*\Z")


def detect(text: Text) -> bool:
    """Whether it is a Readwise page with cards or a deck, and with rules between its blocks."""
    page = text.text
    has_cards = "#flashcard" in page or "#card" in page or "deck::" in page
    return has_cards and _RULE_LINE.search(page) is not None and has_properties(page)


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    return parse_page(text, _SHAPE)


def _arrange(blocks: Blocks, texts: list[BlockText]) -> tuple[Blocks, set[int]]:
    """Return the blocks, each card's under its highlight, and the indices of the headings."""
    rules = {index for index, block in enumerate(blocks) if block.parent >= 0 and texts[index].text == "-"}
    framed = _find_ancestors(blocks, rules)
    groups = find_groups(blocks, texts) | (framed - rules)
    highlight_of: dict[int, int] = {}  # by the rule that the card is below
    last_of: dict[int, int] = {}  # the preceding sibling, by parent
    arranged = []
    # The template marks every passage; one without the mark was cut at a line that began with `- `. On a
    # page with as many unmarked cards, the template or the reader left them so, unless the text breaks off.
    marked = sum(_CARD.search(text.text) is not None for text in texts)
    unmarked = []
    for index, block in enumerate(blocks):
        parent, text = block.parent, texts[index]
        is_sure = text.view is not None or _CARD.search(text.text) is not None
        if parent in rules:
            if not (text.text and (is_sure or parent not in highlight_of)):
                block = block._replace(parent=highlight_of.get(parent, parent))
            elif not is_rule(text.text):
                highlight_of[parent] = index
                texts[index] = _strip_mark(text)
                if text.view is None and not _CARD.search(text.text):
                    unmarked.append(index)
        elif parent in framed and index not in groups and not is_rule(text.text):
            if is_sure or last_of.get(parent) in rules:
                texts[index] = _strip_mark(text)
            else:
                groups.add(index)
        last_of[parent] = index
        arranged.append(block)
    for index in unmarked:
        is_broken_off = texts[index].text.endswith((":", "："))
        texts[index] = texts[index]._replace(is_cut=len(unmarked) < marked or (marked > 0 and is_broken_off))
    return tuple(arranged), groups


def _find_ancestors(blocks: Blocks, rules: set[int]) -> set[int]:
    """Return the blocks that have one of `rules` anywhere below them."""
    found: set[int] = set()
    for index in rules:
        parent = blocks[index].parent
        while parent >= 0 and parent not in found:
            found.add(parent)
            parent = blocks[parent].parent
    return found


def _strip_mark(text: BlockText) -> BlockText:
    """Return a highlight without the rule before it, with the mark at its end as a tag."""
    words = text.text.removeprefix("- ").strip()
    match = _CARD.search(words)
    if match is None or not match.start():
        return text._replace(text=words)
    return text._replace(text=words[: match.start()].rstrip(), tags=(*text.tags, *parse_tags(match[0])[0]))


_SHAPE = Shape(arrange=_arrange)
