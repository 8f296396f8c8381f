"""Real graphs, whole: no page is refused and no word is lost on the way into the store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.gleanings.running import query, run
from tests.ingest.readwise.test_corpus import count_highlights
from tests.shared import SHARED

CORPUS = SHARED / "corpus"
GRAPHS = ("logseq-graph", "logseq-default", "logseq-typed", "obsidian-vault")

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")

WORD = re.compile(r"[^\W_]+")

# Readwise's own words of structure, which stand in columns' names and values instead.
STRUCTURE = re.compile(
    r"(?m)^(?:\s*)(?:title|author|full-title|category|url|document[_-]note|summary|tags|type|media)::"
    r"|^- (?:Author|Full Title|Category|URL|Summary|Document Tags|Document Note):"
    r"|^## (?:Metadata|Highlights)$"
    r"|!\[rw-book-cover\]|^    - (?:Tags|Note):"
    r"|\(\[(?:View Tweet|View Highlight|Location|Page|Time)|\*\*(?:Tags|Note)\*\*|\(highlights\)"
    r"| on Twitter\]\]"
)


def count_in_vault(text: str) -> int:
    """Counted by lines alone: the bullets at the margin below the first heading for highlights."""
    body = text.partition("\n## Highlights\n")[2]
    return sum(line.startswith("- ") for line in body.split("\n"))


STORED = """
select text from highlights union all select view_url from highlights
union all select location from highlights
union all select title || ' ' || full_title from documents union all select url from documents
union all select summary from documents union all select note from documents
union all select properties from documents union all select category from documents
union all select name || ' ' || coalesce(handle, '') from authors union all select text from notes
union all select name from tags union all select heading from sections union all select url from media
union all select value from block_properties union all select message from problems
union all select text from versions
"""


@pytest.fixture(scope="module", params=GRAPHS)
def graph(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp(request.param)
    ran = run("import", CORPUS / request.param, cwd=folder)
    assert ran.code == 0
    return CORPUS / request.param, folder / "gleanings.db"


def test_every_page_is_read(graph: tuple[Path, Path]) -> None:
    pages, store = graph
    expected = len(list(pages.rglob("*.md")))
    assert query(store, "select count(*) from files where dialect is not null") == [(expected,)]
    assert query(store, "select count(*) from problems where kind = 'unreadable'") == [(0,)]


def test_every_word_of_every_page_is_in_the_store(graph: tuple[Path, Path]) -> None:
    pages, store = graph
    stored = {word for (text,) in query(store, STORED) if text for word in WORD.findall(text)}
    missing = {}
    for page in pages.rglob("*.md"):
        text = STRUCTURE.sub(" ", page.read_text(encoding="utf-8").replace("\\-", "-"))
        lost = [word for word in WORD.findall(text) if word not in stored]
        if lost:
            missing[page.name] = lost[:10]
    assert missing == {}


def test_every_file_has_as_many_highlights_as_its_lines_show(graph: tuple[Path, Path]) -> None:
    pages, store = graph
    stored = dict(
        query(
            store,
            "select f.path, count(a.line) from files as f left join appearances as a on a.file_id = f.id"
            " group by f.id",
        )
    )
    count = count_in_vault if pages.name == "obsidian-vault" else count_highlights
    counted = {
        page.relative_to(pages).as_posix(): count(page.read_bytes().decode()) for page in pages.rglob("*.md")
    }
    assert stored == counted


def test_these_are_all_the_files_of_the_corpus() -> None:
    files = {path for path in CORPUS.rglob("*") if path.is_file()}
    assert files - {CORPUS / "README.md"} == {
        path for name in GRAPHS for path in (CORPUS / name).rglob("*.md")
    }


@pytest.mark.slow
def test_importing_an_exported_graph_adds_nothing(graph: tuple[Path, Path]) -> None:
    _, store = graph
    first = run("export", "notes", cwd=store.parent)
    assert first.code == 0
    times = {path: path.stat().st_mtime_ns for path in (store.parent / "notes").rglob("*.md")}
    second = run("export", "notes", cwd=store.parent)
    assert f"= {len(times):,} unchanged" in second.out
    assert {path: path.stat().st_mtime_ns for path in times} == times
