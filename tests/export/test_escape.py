"""Foreign text as each flavour writes it: no tasks, no formulas, no brackets that mean something else."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from export.escape import escape_commonmark, escape_logseq, escape_obsidian, plain_brackets
from markdown_text.inline_links import escape_label


@pytest.mark.parametrize("word", ["TODO", "DOING", "DONE", "NOW", "LATER", "WAITING", "CANCELLED"])
def test_no_block_becomes_a_task_in_logseq(word: str) -> None:
    assert escape_logseq(f"{word} the oven. {word}") == f"\\{word} the oven. {word}"
    assert escape_logseq(word) == f"\\{word}"


@pytest.mark.parametrize("text", ["TODOS are long", "Now is the time", "NOW: the time", "The TODO list"])
def test_other_words_stay_as_they_are_in_logseq(text: str) -> None:
    assert escape_logseq(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DEADLINE: <2024-01-01 Mon> at noon", "DEADLINE: \\<2024-01-01 Mon> at noon"),
        ("@@html: tide@@", "\\@@html: tide\\@@"),
        ("a < 2024, b <3, ada@bay.example", "a < 2024, b <3, ada@bay.example"),
    ],
)
def test_no_text_becomes_a_date_in_the_agenda_or_is_hidden_in_logseq(text: str, shown: str) -> None:
    assert escape_logseq(text) == shown


def test_a_box_in_a_list_does_not_become_a_task() -> None:
    assert escape_obsidian("- [ ] bread\n- [x] salt") == "- \\[ ] bread\n- \\[x] salt"
    assert escape_commonmark("1. [ ] bread", str) == "1. \\[ ] bread"
    assert escape_logseq("* [ ] bread") == "* \\[ ] bread"
    assert escape_logseq("* [bread](https://bread.example)") == "* [bread](https://bread.example)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("HK$7.75 here, HK$7.85 there", "HK\\$7.75 here, HK\\$7.85 there"),
        ("($TEA) and ($SALT)", "(\\$TEA) and (\\$SALT)"),
        ("between $5 and $6", "between \\$5 and \\$6"),
        ("$x^2$ costs $5", "$x^2$ costs \\$5"),
        ("the angle $a$ of $b$", "the angle $a$ of $b$"),
        ("`$1 and $2`", "`$1 and $2`"),
    ],
)
def test_money_is_not_a_formula_and_a_formula_stays_one(text: str, shown: str) -> None:
    assert escape_logseq(text) == shown
    assert escape_obsidian(text) == shown
    assert escape_commonmark(text, str) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"see \[1\] and \[2\]", r"see \[1] and \[2]"),
        (r"\(1\) water", "(1) water"),
        (r"[Soil \[2nd ed.\]](https://a.example)", "[Soil [2nd ed.]](https://a.example)"),
        (r"[\[1\]](https://a.example)", "[ [1]](https://a.example)"),
        (r"[a \[b](https://a.example)", "[a (b](https://a.example)"),
        (r"[a\] b \[c](https://a.example)", "[a) b (c](https://a.example)"),
        (r"`\[1\]`", r"`\[1\]`"),
        (r"two\\[1\\]", r"two\\[1\\]"),
        ("[a [b]](https://a.example)", "[a [b]](https://a.example)"),
    ],
)
def test_escaped_brackets_are_not_formulas_in_logseq(text: str, shown: str) -> None:
    assert plain_brackets(text) == shown
    assert plain_brackets(shown) == shown


def test_code_that_lets_html_or_other_addresses_through_is_not_code() -> None:
    assert escape_commonmark("a ` <b> c", str) == "a ` \\<b> c"
    assert escape_commonmark("`a` <b>", str) == "`a` \\<b>"
    assert escape_commonmark("```\n<b>\n```\n\nx", str) == "```\n<b>\n```\n\nx"
    odd = "`` a ` [x](javascript:1) ```\n<script>\n~~~ `b"
    assert "script:" not in "".join(find_addresses(escape_commonmark(odd, str)))


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("```\na\n```", True), ("```\na\n   ```", True), ("```\na\n````", True), ("~~~\na\n~~~", True),
        ("```\na\n    ```", False), ("```\na\n\t```", False), ("````\na\n```", False), ("```", False),
        ("```\na\n``` b", False), ("```\na\n~~~", False),
    ],
)  # fmt: skip
def test_a_fence_that_nothing_closes_is_closed(text: str, closed: bool) -> None:
    mark = text[: len(text) - len(text.lstrip("`~"))]
    assert escape_commonmark(text, str) == (text if closed else f"{text}\n{mark}")


def find_addresses(text: str) -> list[str]:
    tokens = [child for token in MarkdownIt("commonmark").parse(text) for child in token.children or ()]
    return [str(each.attrGet("href")) for each in tokens if each.type == "link_open"] + [
        each.content for each in tokens if each.type == "html_inline"
    ]


def test_an_underscore_at_the_end_of_a_name_needs_no_backslash() -> None:
    assert escape_label("@crumb_") == "@crumb_"
    assert escape_label("@_crumb") == "@_crumb"
    assert escape_label("_crumb_ and a_b") == "\\_crumb\\_ and a_b"
