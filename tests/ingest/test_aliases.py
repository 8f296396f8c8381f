"""Aliases of the reader's own pages: where they are written, and what only looks like them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.aliases import HEAD, read_aliases
from ingest.folder import stamp_file
from ingest.source import read_source
from ingest.text import Text


@pytest.mark.parametrize(
    ("text", "name", "aliases"),
    [
        ("alias:: ML, [[Machine learning]]\n\n- Notes", "Page", ("ML", "Machine learning")),
        ("title:: Real Name\ntags:: x\nalias:: #ml", "Real Name", ("ml",)),
        ("- alias:: a, [[b, c]]\n  title:: T\n- more", "T", ("a", "b, c")),
        ("\n\nAlias:: once, once", "Page", ("once",)),
        ('---\naliases: [ML, "Learning, by machines"]\n---\nText', "Page", ("ML", "Learning, by machines")),
        ("---\nalias: ML, AI\ntags: [x]\n---\n", "Page", ("ML", "AI")),
        ("---\naliases:\n  - ML\n- 'it''s'\ntags:\n  - x\n---\n", "Page", ("ML", "it's")),
        ("---\r\naliases:\r\n- ML\r\n---\r\n", "Page", ("ML",)),
    ],
)
def test_aliases_are_read_from_the_head_of_a_page(text: str, name: str, aliases: tuple[str, ...]) -> None:
    assert read_aliases(Text(text, "Page")) == (name, aliases)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Some words.\nalias:: no",
        "- A block\n- alias:: no",
        "- alias: no",
        "---\naliases: [no]\n",
        "---\ntags:\n- aliases\n---\n- an alias: no",
        "alias::",
        "alias:: Page",
        "x " * HEAD + "\nalias:: no",
    ],
)
def test_text_that_only_looks_like_an_alias_is_not_one(text: str) -> None:
    assert read_aliases(Text(text, "Page"))[1] == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("alias:: " + "a" * 200, 1),
        ("alias:: " + "a" * 201, 0),
        ("alias:: " + ", ".join(map(str, range(100))), 100),
        ("alias:: " + ", ".join(map(str, range(101))), 100),
        ("\n" * (HEAD - 11) + "alias:: one", 1),
        ("\n" * (HEAD - 5) + "alias:: one", 0),
    ],
)
def test_aliases_are_read_up_to_each_limit(text: str, count: int) -> None:
    assert len(read_aliases(Text(text, "Page"))[1]) == count


def test_aliases_are_read_from_the_readers_pages_but_not_from_highlight_pages(tmp_path: Path) -> None:
    (tmp_path / "Sleep.md").write_text("alias:: Slumber\n\n- my notes\n")
    (tmp_path / "Book.md").write_text("title:: B (highlights)\ncategory:: #books\nalias:: no\n")
    (tmp_path / "Note.md").write_text("alias:: no\ngenerated-by:: gleanings\n\n- what was exported\n")
    own, book, note = (
        read_source(stamp_file(str(tmp_path), name)) for name in ("Sleep.md", "Book.md", "Note.md")
    )
    assert (own.dialect, own.page, own.aliases) == (None, "Sleep", ("Slumber",))
    assert book.dialect is not None
    assert book.aliases == note.aliases == ()


@given(
    st.text(max_size=300), st.sampled_from(["alias:: ", "---\naliases: ", "---\naliases:\n- ", "- alias:: "])
)
def test_any_text_is_read(text: str, start: str) -> None:
    for written in (start + text, start + text + "\n---\n", text + start):
        _, aliases = read_aliases(Text(written, "Page"))
        assert all(alias == alias.strip() != "" for alias in aliases)


@pytest.mark.parametrize(
    "text",
    [
        "---\naliases: " + '"\\' * HEAD,
        "alias:: " + "[[" * HEAD,
        "\n" * HEAD + "alias:",
        "---\naliases: " + "'" * HEAD,
    ],
)
def test_a_hostile_head_takes_no_longer_than_any_other(text: str) -> None:
    started = time.perf_counter()
    read_aliases(Text(text + "\n---\n", "Page"))
    assert time.perf_counter() - started < 0.5
