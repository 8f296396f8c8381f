"""Pages whose template makes each highlight a flashcard between two rules.

    deck:: [[Books::A Title]]                     the deck of the cards; not on every page

    - Highlights first synced by [[Readwise]] [[Monday, 31-10-2022]]
    →- A chapter                                  groups, at any depth
    →→- -                                         a rule opens the card
    →→→- what the reader marked #flashcard
    →→→··id:: 34cf231e-…
    →→→→- an answer, or the reader's question
    →→→- (Page⍽12)                                or ([View Highlight](…)), or tags:: [[a]]
    →→- -                                         a rule closes it

The card's blocks stand below the opening rule, or beside the rules; then the link stands below the highlight.
What stands between cards and has some below it is a heading. `#flashcard` becomes a tag, so that the
highlight's words are those of any other page.

Source: real graphs of 2022 and 2023 (FORMAT: cards).
"""

from __future__ import annotations

import re

from ingest.readwise.blocks import Blocks, BlockText, Shape, find_groups, is_rule
from ingest.readwise.logseq import has_properties, parse_page
from ingest.readwise.notation import parse_tags
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq-cards"

_RULE_LINE = re.compile(r"^[ \t]+- -[ \t\r]*$", re.MULTILINE)
_CARD = re.compile(r"(?:\A|\s)#(?:flashcard|card)(?:[ \t]+#(?:\[\[[^\[\]\n]+\]\]|[^\s#\[\]]+))*\Z")


def detect(text: Text) -> bool:
    """True for a page of Readwise's with cards or a deck and rules between its blocks."""
    page = text.text
    if ("\t- -" not in page and " - -" not in page) or text.suffix not in MARKDOWN_SUFFIXES:
        return False
    has_cards = "#flashcard" in page or "#card" in page or "deck::" in page
    return has_cards and _RULE_LINE.search(page) is not None and has_properties(page)


def parse(text: Text) -> Parsed:
    """The one page in a text. Raises UnreadableError where it is nested too deep."""
    return parse_page(text, _SHAPE)


def _arrange(blocks: Blocks, texts: list[BlockText]) -> tuple[Blocks, set[int]]:
    """The blocks with everything of a card below its highlight; the headings."""
    rules = {index for index, block in enumerate(blocks) if block.parent >= 0 and texts[index].text == "-"}
    framed = _find_ancestors(blocks, rules)
    groups = find_groups(blocks, texts) | (framed - rules)
    highlight_of: dict[int, int] = {}  # by the rule that the card hangs below
    last_of: dict[int, int] = {}  # the sibling before, by parent
    arranged = []
    for index, block in enumerate(blocks):
        parent, text = block.parent, texts[index]
        is_sure = text.view is not None or _CARD.search(text.text) is not None
        if parent in rules:
            if not (text.text and (is_sure or parent not in highlight_of)):
                block = block._replace(parent=highlight_of.get(parent, parent))
            elif not is_rule(text.text):
                highlight_of[parent] = index
                texts[index] = _take_mark(text)
        elif parent in framed and index not in groups and not is_rule(text.text):
            if is_sure or last_of.get(parent) in rules:
                texts[index] = _take_mark(text)
            else:
                groups.add(index)
        last_of[parent] = index
        arranged.append(block)
    return tuple(arranged), groups


def _find_ancestors(blocks: Blocks, rules: set[int]) -> set[int]:
    """The blocks that have one of `rules` somewhere below them."""
    found: set[int] = set()
    for index in rules:
        parent = blocks[index].parent
        while parent >= 0 and parent not in found:
            found.add(parent)
            parent = blocks[parent].parent
    return found


def _take_mark(text: BlockText) -> BlockText:
    """A highlight without the rule before it, the mark at its end as a tag."""
    words = text.text.removeprefix("- ").strip()
    match = _CARD.search(words)
    if match is None or not match.start():
        return text._replace(text=words)
    return text._replace(text=words[: match.start()].rstrip(), tags=(*text.tags, *parse_tags(match[0])[0]))


_SHAPE = Shape(arrange=_arrange)
