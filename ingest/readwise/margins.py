"""A note that is indented as a whole → the same note at the margin.

    ····# A Title                                 every line begins with the same blanks or tabs
    ····## Highlights
    ····- text                                    what is indented further stays so, in a code fence too
    ········- Note: mine

That is how a note looks that was pasted into a list, or that an indented template wrote. YAML front matter
is only such at the margin: it counts apart.
"""

from __future__ import annotations

from os.path import commonprefix

from ingest.readwise.front_matter import find_note


def outdent_note(text: str) -> str:
    """The note, its lines as many, without the indentation that all of them have; most have none."""
    start = find_note(text)
    if text[start:].lstrip("\r\n")[:1] not in (" ", "\t"):
        return text
    lines = text[start:].split("\n")
    width = len(_find_indent(lines))
    if not width:
        return text
    return text[:start] + "\n".join([line[width:] if line.strip() else line for line in lines])


def _find_indent(lines: list[str]) -> str:
    """The blanks and tabs that each line with any text begins with."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    return commonprefix(indents)  # noqa: RUF071 - letter by letter is what is meant: no paths
