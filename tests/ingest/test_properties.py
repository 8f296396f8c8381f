"""Properties of blocks and pages, front matter, drawers."""

from __future__ import annotations

import pytest

from ingest.outline import parse_outline
from ingest.properties import compare_key, split_values


def block_properties(*lines: str) -> tuple[tuple[str, str], ...]:
    return parse_outline("- a\n" + "".join(f"  {line}\n" for line in lines)).blocks[0].properties


@pytest.mark.parametrize(
    ("line", "pair"),
    [
        ("key:: value", ("key", "value")),
        ("key::   value  ", ("key", "value")),
        ("    key:: value", ("key", "value")),
        ("empty::", ("empty", "")),
        ("empty::  \t", ("empty", "")),
        ("document_note:: x", ("document-note", "x")),
        ("Full-Title:: x", ("full-title", "x")),
        ("logseq.order-list-type:: number", ("logseq.order-list-type", "number")),
        ("url:: https://a.example/b::c", ("url", "https://a.example/b::c")),
        ("字:: 值", ("字", "值")),
        ('quoted:: "[[x]]"', ("quoted", '"[[x]]"')),
    ],
)
def test_a_property_is_a_key_without_spaces_and_its_value(line: str, pair: tuple[str, str]) -> None:
    assert block_properties(line) == (pair,)


@pytest.mark.parametrize(
    "line",
    [
        "Key Name:: v",
        "key::v",
        "key:: v".replace(" ", "\t") + "x",
        "std::fs",
        "https://a.example",
        "key: v",
        ":: v",
        "a:b:: v",
        "key:\\: v",
        "text before key:: v",
        "* key:: v",
        "> key:: v",
        "`key:: v",
    ],
)
def test_text_that_only_looks_like_a_property_stays_text(line: str) -> None:
    expected = (("`key", "v"),) if line.startswith("`") else ()
    assert block_properties(line) == expected


def test_properties_may_be_anywhere_in_a_block_and_blank_lines_may_separate_them() -> None:
    assert block_properties("text", "a:: 1", "", "b:: 2", "text") == (("a", "1"), ("b", "2"))


def test_a_second_run_is_text_and_gets_a_warning() -> None:
    outline = parse_outline("x:: y\n\n- a\n  k:: v\n  text\n  k2:: v2\n  k3:: v3\n  text\n  k4:: v4\n")
    assert outline.blocks[0].properties == (("k", "v"),)
    assert [(problem.kind, problem.line) for problem in outline.warnings] == [("stray-property", 6)]


def test_a_second_run_in_the_preamble_gets_a_warning() -> None:
    outline = parse_outline("title:: X\ndocument_note:: a\n\nmore of it\ntags:: t\n\n- a\n")
    assert outline.properties == (("title", "X"), ("document-note", "a"))
    assert [problem.line for problem in outline.warnings] == [5]


@pytest.mark.parametrize("page", ["a:: 1\n\nb:: 2\n\n- x\n", "a:: 1\nb:: 2\n- x\n  text\n  c:: 3\n  d:: 4\n"])
def test_a_single_run_gets_no_warning(page: str) -> None:
    outline = parse_outline(page)
    assert outline.properties == (("a", "1"), ("b", "2"))
    assert outline.warnings == ()


def test_a_key_may_repeat() -> None:
    assert block_properties("tags:: a", "tags:: b") == (("tags", "a"), ("tags", "b"))


@pytest.mark.parametrize("item", ["* x", "+ x", "1. x", "12. x"])
def test_a_list_contains_no_properties(item: str) -> None:
    assert block_properties(item, "k:: v") == ()
    assert block_properties(item, "text", "k:: v") == ()
    assert block_properties(item, "", "k:: v") == (("k", "v"),)
    assert parse_outline(f"- a\n  {item}\nk:: v\n").blocks[0].properties == (("k", "v"),)


@pytest.mark.parametrize("line", ["*x*", "+1", "1.5 x", "**Note**: x", "1) x"])
def test_text_that_is_not_a_list_hides_no_property(line: str) -> None:
    assert block_properties(line, "k:: v") == (("k", "v"),)


def test_a_quote_contains_no_properties() -> None:
    assert block_properties("> x", "k:: v") == ()
    assert block_properties("> x", "", "k:: v") == (("k", "v"),)
    assert parse_outline("> x:: y\nk:: v\n- a").properties == ()


def test_a_property_after_a_region_is_read() -> None:
    assert block_properties("```", "x:: y", "```", "k:: v") == (("k", "v"),)


def test_an_org_drawer_contains_properties() -> None:
    assert block_properties(":PROPERTIES:", ":id: 1", ":Full_Title: a: b", ":tags:[[x]]", ":END:") == (
        ("id", "1"),
        ("full-title", "a: b"),
        ("tags", "[[x]]"),
    )
    assert parse_outline(":properties:\n:title: X\n:end:\n\n- a\n").properties == (("title", "X"),)


@pytest.mark.parametrize(
    "lines",
    [
        (":PROPERTIES:", ":id: 1"),
        (":PROPERTIES:", ":id: 1", "text", ":END:"),
        (":PROPERTIES:", ":PROPERTIES:"),
        ("PROPERTIES:", ":id: 1", ":END:"),
        (":LOGBOOK:", ":id: 1", ":END:"),
        (":id: 1", ":END:"),
    ],
)
def test_an_invalid_drawer_contains_no_properties(lines: tuple[str, ...]) -> None:
    assert block_properties(*lines) == ()


def test_front_matter_contains_page_properties() -> None:
    outline = parse_outline("---\ntitle: X: Y\r\nFull Title: Z\nempty:\n---\nprose\n- a\n")
    assert outline.properties == (("title", "X: Y"), ("full-title", "Z"), ("empty", ""))
    assert outline.blocks[0].line == 7


def test_properties_below_front_matter_get_a_warning() -> None:
    outline = parse_outline("---\ntitle: X\n---\n\nother:: y\n- a\n")
    assert outline.properties == (("title", "X"),)
    assert [problem.line for problem in outline.warnings] == [5]


@pytest.mark.parametrize(
    "page",
    [
        "\n---\ntitle: X\n---\n- a\n",
        " ---\ntitle: X\n---\n- a\n",
        "---\ntitle: X\n- a\n",
        "---\nno colon\n---\n- a\n",
        "----\ntitle: X\n---\n- a\n",
        "- a\n---\ntitle: X\n---\n",
    ],
)
def test_text_that_is_not_front_matter_stays_text(page: str) -> None:
    outline = parse_outline(page)
    assert outline.properties == ()
    assert len(outline.blocks) == 1


def test_keys_compare_lower_case_with_dashes() -> None:
    assert compare_key("Document_Note") == compare_key("document note") == "document-note"


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("a, b，c", ("a", "b", "c")),
        ("[[a, b]], c", ("[[a, b]]", "c")),
        ("#[[a]] #[[b]]", ("#[[a]] #[[b]]",)),
        ("[[x [[y, z]] w, v]], u", ("[[x [[y, z]] w, v]]", "u")),
        ("a]], b", ("a]]", "b")),
        (" , ,", ()),
        ("", ()),
    ],
)
def test_values_are_split_outside_brackets(value: str, parts: tuple[str, ...]) -> None:
    assert split_values(value) == parts
