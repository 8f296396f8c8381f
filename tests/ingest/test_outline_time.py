"""Reading takes linear time, whatever the text.

Each text is read at one size and at four times that; quadratic work would take sixteen times as long. The
bound is in between, with allowance for a busy machine; tiny times always pass.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.outline import parse_outline
from record_types.errors import UnreadableError
from tests.growth import measure_time

REPEATED_LINES = {
    "unclosed blocks": "- a\n  #+BEGIN_X\n",
    "unclosed blocks of many names": "- a\n  #+BEGIN_X{number}\n",
    "unclosed tags": "  <tag{number}\n",
    "one unclosed tag": "  <tag\n",
    "unclosed environments": "- \\begin{x}\n",
    "a row of environment ends": "\\begin{x\\end{",
    "unclosed drawers": "  :NAME:\n",
    "property drawers": "  :PROPERTIES:\n  :a: b\n",
    "fences": "- ```\n",
    "tilde fences": "- ~~~\n",
    "dollars": "- $$\n",
    "an odd row of dollars": "$$$",
    "closers that close nothing": "</b>\n  #+END_X\n",
    "regions one after the other": "- a\n  k:: v\n  <b>\n  - x\n  </b>\n",
    "properties": "  k:: v\n",
    "properties and text in turn": "  k:: v\n  text\n",
    "lists with properties": "  * a\n  k:: v\n",
    "blank lines": " \t\n",
    "blanks": " ",
    "tabs": "\t",
    "carriage returns": "\r",
    "front matter": "key: value\n",
    "colons": ":",
    "hashes": "#",
    "dashes": "- ",
    "a long key": "k",
    "open brackets": "[[",
    "nested brackets": "[[a",
    "closed brackets": "]]",
    "nested then closed": "[[]] [[ [[a]] ",
    "open parentheses": "((",
    "open braces": "{{{{",
    "braces over lines": "{{{{a {{{{b\n",
    "backticks": "`",
    "runs of backticks": "` `` ``` a",
    "backslashes": "\\",
    "a long tag": "#a/b",
    "a long address": "https://a(b",
    "an address in parentheses": "https://a((",
    "quoted values": 'k:: "v\n',
}


def make(unit: str, size: int, before: str = "- a\n") -> str:
    """`size` times the unit, in which `{number}` counts up."""
    if "{number}" in unit:
        return before + "".join(unit.format(number=number) for number in range(size))
    return before + unit.replace("{{", "{").replace("}}", "}") * size


def measure(read: Callable[[str], object], text: str) -> float:
    """Processor time, the best of three, in seconds."""
    return min(measure_time(lambda: read(text)) for _ in range(3))


@pytest.mark.slow
@pytest.mark.parametrize("name", REPEATED_LINES)
@pytest.mark.parametrize("before", ["", "- a\n", "---\n"], ids=["page", "block", "front matter"])
def test_an_outline_is_read_in_linear_time(name: str, before: str) -> None:
    small, large = (make(REPEATED_LINES[name], size, before) for size in (4_000, 16_000))
    assert measure(parse_outline, large) < 10 * measure(parse_outline, small) + 0.05


@pytest.mark.slow
def test_growing_indents_are_read_in_linear_time() -> None:
    texts = ("".join("\t" * (line % 900) + "- x\n\t y\n" for line in range(size)) for size in (4_000, 16_000))
    small, large = texts
    assert measure(parse_outline, large) < 10 * measure(parse_outline, small) + 0.05


def test_an_absurd_depth_is_rejected_at_the_limit() -> None:
    """A thousand levels are read of 100,000: the rest costs no more than being looked at."""
    text = (
        "".join(" " * min(depth, 3_000) + "- x\n" for depth in range(3_000)) + " " * 3_000 + "- x\n" * 97_000
    )
    with pytest.raises(UnreadableError) as caught:
        parse_outline(text)
    assert caught.value.line == 1_001


def test_one_line_of_fifty_megabytes_is_one_block() -> None:
    text = "- " + "word " * 10_000_000
    (block,) = parse_outline(text).blocks
    assert len(block.text) == len(text) - 2
