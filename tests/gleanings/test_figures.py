"""A figure is the same wherever it is shown: pending links, cut highlights, tweets of a thread."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.gleanings.running import query, run

THREAD = "https://twitter.com/ada/status/1479861505225654278"
PAGE = """\
author:: [[ada]]
full-title:: {title}
category:: [[tweets]]
url:: {thread}

- Highlights first synced by [[Readwise]] [[2022-01-09]]
	- First ([View Tweet](https://twitter.com/ada/status/1479861505225654278))
	- Second https://t.co/AbCdEf1234 ([View Tweet](https://twitter.com/ada/status/1479861506000000000))
	- Third https://t.co/GhIjKl5678 ([View Tweet](https://twitter.com/ada/status/1479861507000000000))
	- Three things to read:
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thread that two pages contain, with a cut tweet; one of its links failed and waits."""
    folder = tmp_path_factory.mktemp("figures")
    for name in ("a", "b"):
        page = PAGE.format(title="A thread", thread=THREAD)
        (folder / "graph").mkdir(exist_ok=True)
        (folder / "graph" / f"{name}.md").write_text(page, encoding="utf-8")
    assert run("import", "graph", cwd=folder).code == 0
    return folder


def change(folder: Path, statement: str) -> None:
    import sqlite3

    with sqlite3.connect(folder / "gleanings.db") as db:
        db.execute(statement)
    db.close()


def test_pending_links_are_the_same_in_status_and_expand(library: Path) -> None:
    change(
        library,
        "update links set checked_at = '2026-01-01T00:00:00Z', due_at = '2999-01-01T00:00:00Z'"
        " where url like '%GhIjKl%'",
    )
    status = run("status", "--json", cwd=library).json
    expand = run("expand", "--offline", "--json", cwd=library).json
    assert (status["due"], expand["due"], status["links"]["pending"]) == (1, 1, 2)
    shown = run("status", cwd=library).out
    assert re.findall(r"(\d+)  (pending: `gleanings expand`|failed)", shown) == [
        ("1", "failed"),
        ("1", "pending: `gleanings expand`"),
    ]
    assert run("expand", "--offline", cwd=library).out.startswith("1 pending link;")


def test_cut_highlights_are_the_same_everywhere(library: Path) -> None:
    (library / "graph" / "c.md").write_bytes((library / "graph" / "a.md").read_bytes())
    (said,) = re.findall(r"(\d+) highlights? \w+ cut off", run("import", "graph", cwd=library).err)
    status = run("status", "--json", cwd=library).json["trouble"]["cut_highlights"]
    (view,) = query(library / "gleanings.db", "select count(*) from cut_highlights")[0]
    found = len(run("search", "is:cut", "--json", cwd=library).json["highlights"])
    doctor = next(
        each for each in run("doctor", "--json", cwd=library).json["findings"] if each["check"] == "cut texts"
    )
    assert {int(said), status, view, found, doctor["trouble"]} == {1}


def test_a_thread_has_as_many_tweets_as_its_page_shows(library: Path) -> None:
    pytest.importorskip("datasette")
    change(library, "update highlights set gone_at = '2026-01-01T00:00:00Z' where text like 'Third%'")
    from gleanings.commands.serve import make_datasette

    ((thread, tweets),) = query(library / "gleanings.db", "select thread_id, tweets from threads")
    browser = make_datasette(library / "gleanings.db")
    page = asyncio.run(browser.client.get(f"/gleanings/-/thread/{thread}")).text
    assert tweets == 2
    assert f"{tweets} highlights" in page
    assert page.count('class="passage"') in (0, tweets)
    assert run("status", "--json", cwd=library).json["counts"]["threads"] == 1


def test_what_is_pending_only_for_a_title_is_reported(library: Path) -> None:
    change(
        library,
        "insert into resources (id, url, kind, site, status, uid)"
        " values (9, 'https://a.example/x', 'article', 'a.example', 'pending', 'a.example/x')",
    )
    resolved = "update links set status = 'resolved', final_url = url, resource_id = 9, due_at = null"
    change(library, f"{resolved}, checked_at = null")
    assert find_pending(library) == ["1  pending: `gleanings expand`, only for a title"]
    change(library, "update links set status = 'pending', resource_id = null where url like '%GhIjKl%'")
    assert find_pending(library) == ["2  pending: `gleanings expand`, 1 of them only for a title"]


def find_pending(folder: Path) -> list[str]:
    return re.findall(r"\d+  pending: .*", run("status", cwd=folder).out)
