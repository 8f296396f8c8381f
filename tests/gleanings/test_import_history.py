"""What an import stores depends on the files as they are now, not on what they contained before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.gleanings.running import run

THREAD = "https://twitter.com/oli/status/15000000000000001"
HEAD = 'title:: Soups (highlights)\nauthor:: [[{}]]\nfull-title:: "Soups"\ncategory:: #tweets\nurl:: {}\n\n'
SYNCED = "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"


def write(folder: Path, name: str, *, author: str, tweets: int, passages: int = 0) -> None:
    lines = [f"\t- Soups ([View Tweet]({THREAD}00))\n\t\t- **Note**: Thread\n\t\t- **Tags**: #[[{author}]]\n"]
    lines += [f"\t- {n}. Soup {n} ([View Tweet]({THREAD}0{n}))\n" for n in range(1, tweets + 1)]
    lines += [f"\t- Passage {n}\n" for n in range(passages)]
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(HEAD.format(author, f"{THREAD}00") + SYNCED + "".join(lines), encoding="utf-8")


def read_tables(db: Path) -> list[object]:
    with closing(sqlite3.connect(db)) as store:
        return [
            store.execute(f"select {columns} from {table} order by 1").fetchall()
            for table, columns in (("tweets", "id, text"), ("authors", "uid, name"), ("tags", "name"))
        ]


def test_a_store_of_two_imports_equals_one_of_the_last_state(tmp_path: Path) -> None:
    graph, db, fresh = tmp_path / "graph", tmp_path / "a.db", tmp_path / "b.db"
    write(graph, "Soups.md", author="Sol Park", tweets=2)
    run("import", graph, "--db", db, cwd=tmp_path)
    write(graph, "Soups.md", author="Sol Parker", tweets=3)
    write(graph, "More.md", author="Sol Parker", tweets=0, passages=9)
    run("import", graph, "--db", db, cwd=tmp_path)
    run("import", graph, "--db", fresh, cwd=tmp_path)
    assert read_tables(db) == read_tables(fresh)
    (texts, authors, tags) = read_tables(db)
    assert [text for _, text in texts] == ["Soups", "Soup 1", "Soup 2", "Soup 3"]  # type: ignore[attr-defined]
    assert ("Sol Park", "Sol Park") not in authors  # type: ignore[operator]
    assert ("Sol Park",) not in tags  # type: ignore[operator]
