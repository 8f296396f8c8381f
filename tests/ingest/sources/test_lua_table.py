"""Lua's tables as data: what is read, and that everything else is refused with its line."""

from __future__ import annotations

import pytest

from ingest.sources.lua_table import MAX_DEPTH, read_table
from record_types.errors import UnreadableError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        ("{ 1, 2; 3 }", {1: 1, 2: 2, 3: 3}),
        ("{1,}", {1: 1}),
        ('{ a = 1, ["b c"] = 2, [3] = 4, "d" }', {"a": 1, "b c": 2, 3: 4, 1: "d"}),
        ("{ true, false, nil, truest = 1 }", {1: True, 2: False, 3: None, "truest": 1}),
        ("{ -5, 2.5, 1e3, 0x1F, -0x10 }", {1: -5, 2: 2.5, 3: 1000.0, 4: 31, 5: -16}),
        ("{ -- a comment }\n 1 -- another\n}", {1: 1}),
        ("{ [[long\n]] }", {1: "long\n"}),
        ("{ [==[\na ]] b]==] }", {1: "a ]] b"}),
        ("{ a = { b = { 'c' } } }", {"a": {"b": {1: "c"}}}),
    ],
)
def test_a_table_is_read(text: str, value: object) -> None:
    assert read_table(text, 0) == value
    assert read_table(f"return {text}\n-- the end\n", 7) == value


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"a\n\t\"\'\\", "a\n\t\"'\\"),
        ("a\\\nb", "a\nb"),
        (r"\195\169 \xC3\xA9", "é é"),
        (r"\228\189\160", "你"),
        (r"a\z   b", "ab"),
        (r"\65\066", "AB"),
        (r"\q", "q"),
        (r"\a\b\f\v\r\n\t", "\a\b\f\v\r\n\t"),
        (r"é\65", "éA"),
        (r"\255", "\ufffd"),
    ],
)
def test_escapes_are_decoded(written: str, text: str) -> None:
    assert read_table('{"' + written + '"}', 0) == {1: text}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("1", 1, "a table is missing"),
        ("{}\n{}", 2, "text after the table"),
        ("{\n1 2}", 2, "`,` or `}` is missing"),
        ("{1", 1, "`,` or `}` is missing"),
        ("{\n\n'a}", 3, "a string is never closed"),
        ("{[[a}", 1, "a string is never closed"),
        ("{a 1}", 1, "`=` is missing"),
        ("{[1 = 2}", 1, "`]` is missing"),
        ("{[{}] = 2}", 1, "a table as a key"),
        ("{f()}", 1, "`=` is missing"),
        ("{1 + 1}", 1, "`,` or `}` is missing"),
        ("{12ab}", 1, "a value is missing"),
        ("{a = }", 1, "a value is missing"),
        ("{" * (MAX_DEPTH + 1) + "}" * (MAX_DEPTH + 1), 1, "nested too deeply"),
    ],
)
def test_anything_else_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(UnreadableError, match=f"not a Lua table: {what}") as refused:
        read_table(text, 0)
    assert refused.value.line == line


def test_tables_may_be_nested_as_deep_as_the_limit() -> None:
    value = read_table("{" * 60 + "}" * 60, 0)
    for _ in range(59):
        value = value[1]
    assert value == {}
    with pytest.raises(UnreadableError):
        read_table("{" * 61 + "}" * 61, 0)
