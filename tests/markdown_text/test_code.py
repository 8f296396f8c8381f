"""Code in Markdown text: found for readers, set aside for writers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markdown_text.code import (
    BLOCK,
    END,
    SPAN,
    blank,
    can_shield,
    find_code,
    shield_code,
    split_fences,
    unshield_code,
)

PIECES = st.sampled_from(["`", "``", "```", "~~~", "\n", "\n\n", "\\", " ", "    ", "a", "é"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no code", []),
        ("a `b` c", ["`b`"]),
        ("`a` `b`", ["`a`", "`b`"]),
        ("a ``b ` c`` d", ["``b ` c``"]),
        ("a `b `` c` d", ["`b `` c`"]),
        ("a `b", []),
        ("a ``b` c `d`", ["` c `"]),
        (r"\`a` b`", ["` b`"]),
        ("`a\nb`", ["`a\nb`"]),
        ("`a\n\nb`", []),
        ("`a\n \t\nb `c`", ["`c`"]),
    ],
)
def test_a_code_span_ends_at_the_next_run_of_its_length_in_its_paragraph(text: str, code: list[str]) -> None:
    assert [text[start:end] for start, end in find_code(text)] == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```py\n\na\n```", ["```py\n\na\n```"]),
        ("~~~\n\na\n~~~", ["~~~\n\na\n~~~"]),
        ("~~~ a`b\n\nc\n~~~", ["~~~ a`b\n\nc\n~~~"]),
        ("\t```\n\na\n  ```\nb", ["\t```\n\na\n  ```"]),
        ("```\n\na\n````\nb", ["```\n\na\n````"]),
        ("````\n```\n\na\n```\n````", ["````\n```\n\na\n```\n````"]),
        ("`a`\n```\n\n`b`\n```\n`c` d", ["`a`", "```\n\n`b`\n```", "`c`"]),
        ("```\n\na\n```\n```\n\nb\n```", ["```\n\na\n```", "```\n\nb\n```"]),
        ("```\n\n`a` b", ["`a`"]),
        ("````\n\n`a`\n```", ["`a`"]),
        ("```\n\n`a`\n~~~", ["`a`"]),
        ("```\n\n`a`\n``` b", ["`a`"]),
        ("``` a`b\n\n`c`\n```", ["`c`"]),
        ("``\n\na\n``", []),
        ("~~~\n\na `b`", ["`b`"]),
    ],
)
def test_a_fence_is_code_only_if_it_is_closed(text: str, code: list[str]) -> None:
    assert [text[start:end] for start, end in find_code(text)] == code


def test_blanking_keeps_every_offset() -> None:
    assert blank("abcdef", [(1, 3), (4, 5)]) == "a  d f"
    assert blank("abc", [(0, 3)], "x") == "xxx"
    assert blank("abc", []) == "abc"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a `b` c `d`", ["`b`", "`d`"]),
        ("a ``b`` c", ["``b``"]),
        ("a `` b`c `` `d`", ["`` b`c ``", "`d`"]),
        ("a `` b\n`` `c`", ["`c`"]),
        ("\\`a` b`", ["` b`"]),
        ("a ``` b", []),
        ("`a\nb`", []),
        (r"\`a` b", []),
        ("a\n```\n`b`\n```\n`c`", ["```\n`b`\n```", "`c`"]),
        ("```\n`a`", ["```\n`a`"]),
        ("~~~ a`b\n`c`", ["~~~ a`b\n`c`"]),
        ("``` a`b\n`c`", ["`c`"]),
        ("   ```\na\n```\nb", ["   ```\na\n```"]),
        ("    ```\n`a`", ["`a`"]),
        ("````\na\n```\n`b`", ["````\na\n```\n`b`"]),
        ("```\na\n~~~\n`b`", ["```\na\n~~~\n`b`"]),
        ("```\na\n``` b\n`c`", ["```\na\n``` b\n`c`"]),
        ("```\na\n````  \n`b`", ["```\na\n````  ", "`b`"]),
    ],
)
def test_a_writer_sets_aside_an_open_fence_to_its_end_and_spans_of_one_line(
    text: str, kept: list[str]
) -> None:
    shielded, code = shield_code(text)
    assert code == kept
    for number, piece in enumerate(kept):
        kind = BLOCK if "\n" in piece else SPAN
        assert f"{kind}{number}{END}" in shielded


@given(st.lists(PIECES, max_size=30).map("".join))
def test_code_set_aside_comes_back_and_no_text_is_lost(text: str) -> None:
    shielded, kept = shield_code(text)
    assert unshield_code(shielded, kept) == text
    assert "\n".join(piece for _, piece in split_fences(text)) == text
    spans = find_code(text)
    assert len(blank(text, spans)) == len(text)
    assert [end for _, end in spans[:-1]] <= [start for start, _ in spans[1:]]


def test_a_text_with_a_reserved_mark_cannot_be_shielded() -> None:
    assert can_shield("plain")
    assert can_shield("é")
    assert not any(can_shield(f"é{mark}") for mark in (BLOCK, SPAN, END))
