"""How notes are written: the flavour, how highlights are set, the reader's own templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from export.note_places import Flavour

if TYPE_CHECKING:
    from export.templates import Templates

Quotes = Literal["plain", "quote", "callout"]
"""A highlight as text of the page, as a quotation, or in one of Obsidian's boxes."""
QUOTES: tuple[Quotes, ...] = ("plain", "quote", "callout")
_USUAL: dict[Flavour, Quotes] = {"markdown": "plain", "logseq": "plain", "obsidian": "quote"}


@dataclass(frozen=True, slots=True)
class Style:
    """What decides, beside the records, how a note looks."""

    flavour: Flavour
    quotes: Quotes = "plain"
    templates: Templates | None = None
    """None: as gleanings has it, without Jinja."""


def make_style(flavour: Flavour, quotes: str = "", templates: Templates | None = None) -> Style:
    """The style for what the configuration says; where it is silent, as is usual in that flavour.

    Logseq has neither quotations that are blocks nor boxes for this: there a highlight is a block.
    """
    chosen = next((each for each in QUOTES if each == quotes), _USUAL[flavour])
    if flavour == "logseq":
        chosen = "plain"
    elif flavour == "markdown" and chosen == "callout":
        chosen = "quote"
    return Style(flavour, chosen, templates)
