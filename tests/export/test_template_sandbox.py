"""The limits of the sandbox of templates, each on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2.exceptions import SecurityError

from export.template_sandbox import MAX_LENGTH, compile_template, join_parts, quote
from record_types.errors import InputError

NAMES = ("text", "other", "tags")


def render(source: str, **values: object) -> str:
    template, _ = compile_template(source, Path("x.jinja"), NAMES)
    return template.render({"text": "abc", "other": "", "tags": ["b", "a", "b"], **values})


def refuse(source: str) -> str:
    with pytest.raises(InputError) as caught:
        compile_template(source, Path("x.jinja"), NAMES)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 'aB c' | capitalize }}", "Ab c"),
        ("{{ other | d('x') }}{{ other | d('x', true) }}", "x"),
        ("{{ other | default('y', true) }}", "y"),
        ("{{ tags | first }}{{ tags | last }}{{ tags | length }}", "bb3"),
        ("{{ 'aB' | lower }}{{ 'aB' | upper }}{{ 'a b' | title }}", "abABA B"),
        ("{{ ['', 'x'] | select | join }}", "x"),
        ("{{ tags | sort | join('-') }}", "a-b-b"),
        ("{{ tags | unique | join(', ') }}", "b, a"),
        ("{{ ' a ' | trim }}|{{ 'abcdefghijkl' | truncate(5, true, '', 0) }}", "a|abcde"),
        ("{{ 'a\n\nb' | quote }}", "> a\n>\n> b"),
        ("{{ text | replace('b', 'xx') }}", "axxc"),
        ("{{ 3 + 4 - 2 }}{{ 7 // 2 }}{{ 7 % 4 }}", "533"),
        ("{{ 'a' ~ 1 }}{{ 'a' + 'b' }}", "a1ab"),
        ("{{ text[0] }}{{ text[1:] }}", "abc"),
        ("  {% if text %}\nx{% endif %}", "x"),
        (
            "{% for a in tags %}{{ loop.first }}{{ loop.last }}{{ loop.index }}{{ loop.index0 }}"
            "{{ loop.length }} {% endfor %}",
            "TrueFalse103 FalseFalse213 FalseTrue323 ",
        ),
        (
            "{% for a in tags %}{% for b in tags %}{{ a }}{{ b }}{% endfor %}{% endfor %}",
            "bbbabbabaaabbbbabb",
        ),
        ("{% for a, b in [['x', 'y']] %}{{ b }}{{ a }}{% endfor %}", "yx"),
        ("{{ '<b>' }}", "<b>"),
    ],
)
def test_what_a_template_can_do(source: str, text: str) -> None:
    assert render(source) == text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ text() }}", "`call` is not allowed"),
        ("{% macro f() %}{% endmacro %}", "`macro` is not allowed"),
        ("{% call text() %}{% endcall %}", "`callblock` is not allowed"),
        ("{% include 'x' %}", "`include` is not allowed"),
        ("{% import 'x' as text %}", "`import` is not allowed"),
        ("{% from 'x' import text %}", "`fromimport` is not allowed"),
        ("{% extends 'x' %}", "`extends` is not allowed"),
        ("{% block x %}{% endblock %}", "`block` is not allowed"),
        ("{% set text = 1 %}", "`assign` is not allowed"),
        ("{% set text %}x{% endset %}", "`assignblock` is not allowed"),
        ("{% with %}{% endwith %}", "`with` is not allowed"),
        ("{% filter upper %}x{% endfilter %}", "`filterblock` is not allowed"),
        ("{{ 2 ** 2 }}", "`pow` is not allowed"),
        ("{{ 2 * 2 }}", "`mul` is not allowed"),
        ("a\n{{ text.x }}", "x.jinja:2: `.x`: values have no attributes here"),
        ("{{ loop.x }}{{ texts }}", "`texts` is not known here; the names are text, other, tags"),
        ("{% for a in tags recursive %}{% endfor %}", "loops are nested too deep"),
        (
            "{% for a in tags %}{% for b in tags %}{% if a %}{% for c in tags %}{% endfor %}{% endif %}"
            "{% endfor %}{% endfor %}",
            "loops are nested too deep",
        ),
        ("{{ 1e999999999999999999999999_ }}", "x.jinja:1: "),
    ],
)
def test_what_a_template_cannot_do(source: str, message: str) -> None:
    assert message in refuse(source)


@pytest.mark.parametrize("source", ["{{ 'a' % 1 }}", "{{ text % 1 }}", "{{ 1 % text }}"])
def test_remainders_are_for_numbers(source: str) -> None:
    with pytest.raises(SecurityError, match="`%` is for numbers only"):
        render(source)


def test_the_names_that_a_template_uses_are_returned() -> None:
    source = "{{ text }}{% for a in tags %}{{ a }}{{ loop.index }}{% endfor %}"
    assert compile_template(source, Path("x.jinja"), NAMES)[1] == {"text", "tags"}


def test_a_loop_goes_over_at_most_1000_items() -> None:
    source = "{% for a in tags %}x{% endfor %}"
    assert len(render(source, tags=["a"] * 1000)) == 1000
    assert render(source, tags=("a", "b")) == "xx"
    for items in (["a"] * 1001, "abc", {"a": 1}):
        with pytest.raises(SecurityError, match="a loop goes over a list of at most 1,000"):
            render(source, tags=items)


def test_joined_parts_have_at_most_200_000_characters() -> None:
    assert MAX_LENGTH == 200_000
    assert len(join_parts(["a" * 99_998, "b" * 99_998], "--")) == 199_998
    with pytest.raises(SecurityError, match="made more than 200,000 characters"):
        join_parts(["a" * 99_999, "b" * 99_998], "--")
    assert len(join_parts(["a" * MAX_LENGTH])) == MAX_LENGTH
    assert join_parts([1, "b"], ", ") == "1, b"


def test_a_replacement_makes_at_most_200_000_characters() -> None:
    source = "{{ text | replace('b', other) }}"
    assert len(render(source, text="ab" * 40_000, other="123")) == 160_000
    with pytest.raises(SecurityError, match="made more than 200,000 characters"):
        render(source, text="ab" * 40_000, other="1234")
    assert render(source, text="b" * 10, other="") == ""


def test_each_line_of_a_quotation_has_its_mark() -> None:
    assert quote("a\n \nb") == "> a\n>\n> b"
