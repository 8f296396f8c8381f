"""All sources together: one passage is one row whatever the order, and the command reads each of them."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from random import Random

import pytest

from gleanings.steps.pages import find_all_sources, import_pages
from ingest.folder import find_sources
from ingest.source import read_source
from record_types.pages import SourceFile
from store.connection import open_memory
from tests.gleanings.running import run
from tests.store.stores import dump, save

DATA = Path(__file__).parents[1] / "data" / "sources"
TWEETS = """\
title:: Tweets From Crumb Coach (highlights)
author:: [[@crumbcoach on Twitter]]
full-title:: "Tweets From Crumb Coach"
category:: #tweets
url:: https://twitter.com/crumbcoach

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
\t- Bread is four ingredients & a clock https://t.co/BreadBread ([View Tweet](https://twitter.com/crumbcoach/status/1410000000000000001))
\t\t- **Note**: bake
"""
ARTICLE = """\
title:: On Harbour Lights (highlights)
author:: [[Ada North]]
full-title:: "On Harbour Lights"
category:: #articles
url:: https://harbour.example/lights

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
\t- A lighthouse is a slow letter. ([View Highlight](https://read.readwise.io/read/01gabcdefghjkmnpqrstvwxyz0))
"""
BOOK = """\
Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,Document tags
The tide keeps no appointments.,The Slow Sea,Ada North and Ben South,B000SLOWSE,,,calm,location,170,2022-03-07 22:12:42+00:00,
"""  # noqa: E501


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources") / "all"
    shutil.copytree(DATA, folder)
    for name, text in (("tweets.md", TWEETS), ("article.md", ARTICLE), ("book.csv", BOOK)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def files(folder: Path) -> list[SourceFile]:
    sources = find_sources(folder)
    return [read_source(stamp, sources.settings) for stamp in sources.stamps]


def test_any_order_of_all_sources_ends_in_the_same_rows_of_all_tables(folder: Path) -> None:
    paths = [folder / stamp.path for stamp in find_sources(folder).stamps]
    states = []
    for seed in range(4):
        order = list(paths)
        Random(seed).shuffle(order)
        cut = Random(seed).randrange(len(order))
        db = open_memory()
        for batch in ([path] for path in order[:cut]):
            import_pages(db, find_all_sources(batch))
        import_pages(db, find_all_sources(order[cut:]))
        states.append(dump(db))
    assert {"highlights", "documents", "tweets", "links", "resources", "notes"} <= states[0].keys()
    for state in states[1:]:
        for table, rows in states[0].items():
            assert state[table] == rows, table


@pytest.mark.parametrize(
    ("words", "uid", "files_with_it"),
    [
        ("Bread is four ingredients%", "tweet:1410000000000000001", 3),
        ("A lighthouse is a slow letter.", "readwise:01gabcdefghjkmnpqrstvwxyz0", 7),
        ("The tide keeps%", "kindle:B000SLOWSE:170", 8),
        ("@tidewatch The harbour master%", "tweet:1400000000000000002", 2),
    ],
)
def test_one_passage_from_many_sources_is_one_row(
    words: str, uid: str, files_with_it: int, files: list[SourceFile]
) -> None:
    db = open_memory()
    for file in files:
        save(db, file)
    query = "select uid, (select count(*) from appearances a where a.highlight_id = h.id) from highlights h"
    found = db.execute(f"{query} where text like ? and gone_at is null", (words,)).fetchall()
    assert found == [(uid, files_with_it)]


def test_an_export_resolves_the_short_links_of_readwises_pages(files: list[SourceFile]) -> None:
    query = "select status, final_url from links where url = 'https://t.co/BreadBread'"
    page = next(file for file in files if file.stamp.path == "tweets.md")
    export = next(file for file in files if file.stamp.path == "twitter-bookmarks.json")
    for order in ([page, export], [export, page]):
        db = open_memory()
        for file in order:
            save(db, file)
        assert db.execute(query).fetchall() == [("resolved", "https://bread.example/clock")]


@pytest.mark.parametrize("form", ["folder", "zip", "file"])
def test_import_reads_an_archive_as_folder_zip_and_file(form: str, tmp_path: Path) -> None:
    path = DATA / "x-archive"
    if form == "zip":
        path = tmp_path / "twitter-2024.zip"
        with zipfile.ZipFile(path, "w") as file:
            for member in (DATA / "x-archive").rglob("*.js"):
                file.write(member, str(member.relative_to(DATA / "x-archive")))
    elif form == "file":
        path = DATA / "x-archive" / "data" / "tweets.js"
    first, again = (run("import", path, "--db", "x.db", "--json", cwd=tmp_path).json for _ in range(2))
    assert first["added"] == (3 if form == "file" else 5)
    assert (again["added"], again["changed"], again["files"]["read"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("list.csv", "Title;URL\nx;y\n", "a table without the columns of a known export"),
        ("page.html", "<html><body>words</body></html>", "not a page of highlights in a known form"),
        ("data.json", '{"a": [1', "not a page of highlights in a known form"),
    ],
)
def test_a_named_file_that_no_reader_understands_is_named_each_time(
    name: str, text: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "mine.md").write_text("- a page of my own\n")
    for _ in range(2):
        ran = run("import", name, cwd=tmp_path)
        assert (ran.code, ran.err) == (1, f"{tmp_path / name}: {reason}; it was not read\n")
    ran = run("import", ".", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
