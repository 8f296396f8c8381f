"""Any order of imports, and any earlier state of the files, ends in the same rows in all tables, by uid."""

# ruff: noqa: E501 - pages are easier to read in long lines

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gleanings.steps.pages import find_all_sources, import_pages
from store.connection import close_store, open_store
from tests.store.stores import dump

TWEET = "https://twitter.com/{}/status/15000000000000001{:02}"
READ = "https://read.readwise.io/read/01hzzzzzzzzzzzzzzzzzzzzz{:02}"


def make_page(title: str, author: str, category: str, url: str, highlights: Sequence[str]) -> str:
    head = f'title:: {title} (highlights)\nauthor:: [[{author}]]\nfull-title:: "{title}"\ncategory:: #{category}\nurl:: {url}\n'
    lines = "".join(f"\t- {each}\n" for each in highlights)
    return f"{head}\n- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n{lines}"


def show_tweets(handle: str, *texts: str) -> list[str]:
    return [f"{text} ([View Tweet]({TWEET.format(handle, at)}))" for at, text in enumerate(texts)]


SOUPS = show_tweets("Oli", "Three soups https://t.co/AbCdEf1234", "1. Peas", "2. Leeks", "3. Beans")
STATES: tuple[Mapping[str, str], ...] = (
    {  # what the files are in the end
        "soups.md": make_page("Three Soups...", "@oli on Twitter", "tweets", TWEET.format("oli", 0), SOUPS),
        "copies.md": make_page(
            "Tweets From Oliver", "@OLI on Twitter", "tweets", "https://twitter.com/oli", [SOUPS[1], SOUPS[3]]
        ),
        "article.md": make_page(
            "Three Soups", "Oli", "articles", TWEET.format("oli", 0), [f"Salt &amp; pepper ([View Highlight]({READ.format(1)}))"]
        ),
        "ink.md": make_page("On Ink", "Sol Parker", "articles", "https://ink.example/a", ["Ink dries.", "Pens leak."]),
        "ink.csv": "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,Document tags\n"
        "Ink dries.,On Ink,Sol Parker,,mine,,wet,order,1,2023-01-01 00:00:00+00:00,\n",
        "book.md": make_page("On Rope", "Nia Birch", "books", "", ["Ropes hold.", "Knots too. (Page 3)"]),
        "vault.md": "# On Ink\n\n## Metadata\n- Author: [[Sol Parker]]\n- Full Title: On Ink\n- Category: #articles\n"
        f"- URL: https://ink.example/a\n\n## Highlights\n- Pens leak ([View Highlight]({READ.format(2)})) ^rw77\n    - Tags: [[pens]]\n",
        "mirror.md": "# About\nTitle: [[On Ink]]\nAuthors: [[Sol Parker]]\nCategory: #articles\nNumber of Highlights: ==1==\n"
        "Source URL: https://ink.example/a\n\n# Highlights\nPens leak. ^77\n\nNote: as ever\n\n---\n",
        "My Clippings.txt": "On Ink (Parker, Sol)\n- Your Highlight on page 3 | Added on Monday, March 7, 2022 10:12:42 PM\n\n"
        "Ink dries.\n==========\n",
    },
    {  # and what some of them were
        "soups.md": make_page("Three Soups...", "Oliver Cook", "tweets", TWEET.format("OLI", 0), show_tweets("OLI", "Three", "Peas")),
        "copies.md": make_page("Tweets From Oliver Cook", "@Oli on Twitter", "tweets", "https://twitter.com/oli", show_tweets("oLi", "1. Peas")),
        "ink.md": make_page("On Ink", "Sol Park", "articles", "https://ink.example/a", ["Ink dries"]),
        "book.md": make_page("On Rope", "Nia Berch", "books", "", ["Ropes hold.", "Knots too. (Page 3)"]),
        "vault.md": "an empty note\n",
    },
)  # fmt: skip
NAMES = tuple(STATES[0])


def import_in_order(batches: Sequence[tuple[int, Sequence[str]]]) -> dict[str, list[Any]]:
    """The rows after these imports: each of some files in one of the states."""
    with TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        notes.mkdir()
        db = open_store(Path(folder) / "g.db", create=True)
        for state, names in batches:
            for name in names:
                if name in STATES[state]:
                    (notes / name).write_text(STATES[state][name], encoding="utf-8")
            paths = [notes / name for name in names if (notes / name).exists()]
            import_pages(db, find_all_sources(paths), verify=True)
        try:
            return dump(db)
        finally:
            close_store(db)


FRESH = import_in_order([(0, NAMES)])


@settings(max_examples=6, deadline=None)
@given(st.permutations(NAMES), st.permutations(NAMES), st.integers(0, len(NAMES)), st.booleans())
def test_any_order_of_imports_ends_in_the_same_rows(
    order: list[str], earlier: list[str], at: int, has_history: bool
) -> None:
    history = [(1, earlier[:at]), (1, earlier[at:])] if has_history else []
    found = import_in_order([*history, *((0, [name]) for name in order[:at]), (0, order[at:])])
    gone = {name: [row for row in rows if not row.get("gone_at")] for name, rows in found.items()}
    for table, rows in FRESH.items():
        assert gone[table] == rows, table
