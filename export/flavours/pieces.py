"""A note's pieces as text: by the reader's template where there is one, else as the flavour has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from export.flavours.parts import PartWriter
from export.notes import Block, Many, Part
from export.styles import Style

STARTS_APART = re.compile(r" {0,3}(?:[-*+>|]\s|\d{1,3}[.)]\s|```|~~~)| {4}|\t")
ENDS_APART = re.compile(r"(?:```|~~~|\|)[^\n]*\Z")


@dataclass(frozen=True, slots=True)
class PieceWriter:
    """Writes the blocks of one note."""

    parts: PartWriter
    style: Style

    def write(self, parts: Sequence[Part]) -> str:
        """Parts one after the other."""
        return self.parts.write(parts)

    def cite(self, block: Block) -> str:
        """Where a highlight stands; empty for nothing."""
        templates = self.style.templates
        if templates is None or block.piece != "highlight" or "citation" not in templates:
            return self.write(block.citation)
        values = self._make_values(block)
        return templates.render("citation", values)

    def fill(self, key: str, block: Block) -> str | None:
        """What the template of the block's piece makes of it; None where there is none."""
        templates = self.style.templates
        if templates is None or not block.piece or block.piece not in templates:
            return None
        values = self._make_values(block)
        if block.piece == "highlight":
            values |= {"citation": self.cite(block), "id": self.parts.block_id(key)}
        return templates.render(block.piece, values)

    def _make_values(self, block: Block) -> dict[str, str | Sequence[str]]:
        values: dict[str, str | Sequence[str]] = {}
        for name, parts in block.fields.items():
            if isinstance(parts, Many):
                values[name] = [self.write(each) for each in parts.each]
            else:
                values[name] = self.write(parts)
        text = values.get("text")
        if isinstance(text, str):
            values["starts_apart"] = "yes" if STARTS_APART.match(text) else ""
            values["ends_apart"] = "yes" if ends_apart(text) else ""
            values["where"] = [
                str(values[name]) for name in ("author", "location", "date") if values.get(name)
            ]
        return values


def ends_apart(text: str) -> bool:
    """Whether nothing can stand behind the text on its last line."""
    return ENDS_APART.match(text.rpartition("\n")[2].strip()) is not None
