"""A region ends with the line that closes it; without a closer there is none."""

from __future__ import annotations

import re

import pytest

from ingest.regions import OPENER, Closers, is_drawer


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("```py\na\n``` b\nc", "```py\na\n``` b"),
        ("```\na\n\t~~~\nc", "```\na\n\t~~~"),
        ("~~~\na ```\nb", None),
        ("``` a```", None),
        ("#+BEGIN_QUOTE\na\n#+end_quote\nb", "#+BEGIN_QUOTE\na\n#+end_quote"),
        ("#+begin_quote\na\n#+END_QUOTE", "#+begin_quote\na\n#+END_QUOTE"),
        ("#+BEGIN_QUOTE\na\n#+END_NOTE\nb", None),
        ("#+BEGIN_QUOTE a #+END_QUOTE", None),
        ("$$a\nb$$ c\nd", "$$a\nb$$ c"),
        ("$$$$ a\nb", "$$$$ a"),
        ("$$\na", None),
        ("<div>a\n</div> b\nc", "<div>a\n</div> b"),
        ("<div>\n<div>\n</div>\nb\n</div>\nc", "<div>\n<div>\n</div>\nb\n</div>"),
        ("<div class='x'>\n<p>\n</div>", "<div class='x'>\n<p>\n</div>"),
        ("<div>\n<div>\n</div>", None),
        ("<div>\n</p>", None),
        ("<div>\n</DIV>", None),
        (r"\begin{a}" "\nb\n" r"\end{a} c", r"\begin{a}" "\nb\n" r"\end{a} c"),
        (r"\begin{a}" "\nb\n" r"\end{b}", None),
        (":LOGBOOK:\na\n:end:\nb", ":LOGBOOK:\na\n:end:"),
        (":LOGBOOK:\na :END:", None),
        (":PROPERTIES:\na\n:END:", None),
        ("```\na\r\n```\r\nb", "```\na\r\n```\r"),
    ],
)
def test_a_region_extends_to_the_end_of_its_closing_line(text: str, region: str | None) -> None:
    opener = re.match(OPENER, text)
    assert opener
    end = Closers("\n" + text).find_end(opener[0], opener.end() + 1)
    assert (None if end is None else text[: end - 1]) == region


def test_each_opener_finds_its_own_closer() -> None:
    text = "\n<div>\n<div>\na\n</div>\n<div>\n</div>\n</div>\n</div>"
    closers = Closers(text)
    ends = [closers.find_end("<div", match.end()) for match in re.finditer("<div(?=>)", text)]
    assert [text[:end].count("\n") for end in ends if end] == [7, 4, 6]


@pytest.mark.parametrize(
    "text", ["``", "~~", "#+ BEGIN_A", "$", "< div>", r"\begin", ":END:", ":end:", ":a b:", ":a: b"]
)
def test_other_lines_open_nothing(text: str) -> None:
    assert re.match(OPENER, text) is None


def test_a_drawer_holds_properties() -> None:
    assert is_drawer(":properties:")
    assert not is_drawer(":LOGBOOK:")
