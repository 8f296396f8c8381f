"""A note's mark says which note it is, in every flavour and after programs rewrote the page's head."""

from __future__ import annotations

import pytest

from markdown_text.note_marks import UNNAMED, make_mark, read_mark


@pytest.mark.parametrize(
    ("uid", "mark"),
    [
        ("topic:soil-science", "topic/soil-science"),
        ("topic:记忆", "topic/记忆"),
        ("index", "index"),
        ("reading-list", "reading-list"),
    ],
)
def test_a_name_that_a_property_can_hold_is_the_mark(uid: str, mark: str) -> None:
    assert make_mark(uid) == mark


@pytest.mark.parametrize("uid", ["document:https://x.com/a/status/1", "author:Ada Fern", "topic:" + "a" * 90])
def test_any_other_name_is_hashed(uid: str) -> None:
    kind, _, name = make_mark(uid).partition("/")
    assert kind == uid.partition(":")[0]
    assert len(name) == 16
    assert make_mark(uid) != make_mark(f"{uid}1")


@pytest.mark.parametrize("uid", ["topic:soil-science", "document:https://x.com/a", "author:Ada", "index"])
def test_a_mark_is_read_from_each_flavour(uid: str) -> None:
    mark = make_mark(uid)
    pages = (
        f"title:: x\ngleanings:: {mark}\n\n- words",
        f"---\nkind: topic\ngleanings: {mark}\n---\n# x\n",
        f"# x\n\n[//]: # (gleanings: {mark})\n\nwords\n",
    )
    assert [read_mark(page) for page in pages] == [mark] * 3
    assert [read_mark(page.replace("\n", "\r\n")) for page in pages] == [mark] * 3


def test_an_old_mark_has_no_name() -> None:
    assert read_mark("generated-by:: gleanings\n\n- words") == UNNAMED


@pytest.mark.parametrize(
    "page",
    [
        "",
        "- words\n- more\n  gleanings:: topic/soil",
        "# About gleanings: topic/soil\n",
        "words\n---\ngleanings: topic/soil\n---\n",
        "gleanings:: my own/notes and more\n\n- words",
    ],
)
def test_a_page_without_a_mark_in_its_head_is_not_ours(page: str) -> None:
    assert read_mark(page) is None
