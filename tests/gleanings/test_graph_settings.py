"""A graph's `config.edn` changes: what was read by it is read again, once; nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.graph import ReadSettings, is_read_alike
from tests.gleanings.running import query, run

PAGE = """title:: {name} (highlights)
author:: [[Ada]]
full-title:: "{name}"
category:: #articles

- Highlights first synced by [[Readwise]] [[{day}]]
\t- Words of {name} ([View Highlight](https://read.readwise.io/read/01{name}))
"""
OF_DAYS = "select synced_on from highlights order by uid"
TITLES = "select title from documents where id in (select document_id from document_appearances)"
UNKNOWN = "select kind from problems"


def write_graph(folder: Path, *days: str) -> Path:
    (folder / "graph" / "logseq").mkdir(parents=True)
    (folder / "graph" / "pages").mkdir()
    configure(folder, "")
    for number, day in enumerate(days):
        page = folder / "graph" / "pages" / f"page{number} (highlights).md"
        page.write_text(PAGE.format(name=f"p{number}", day=day))
    (folder / "graph" / "pages" / "mine.md").write_text("alias:: My own\n\n- [[03-04-2023]]\n")
    return folder / "graph"


def configure(folder: Path, entries: str) -> None:
    (folder / "graph" / "logseq" / "config.edn").write_text(f"{{:preferred-format :markdown {entries}}}")


def dump(folder: Path) -> list[list[tuple[object, ...]]]:
    """Every row of every table, except the log of runs."""
    path = folder / "gleanings.db"
    names = [name for (name,) in query(path, "select name from sqlite_master where type = 'table'")]
    return [query(path, f'select * from "{name}"') for name in names if name != "runs"]


def read_again(folder: Path, *paths: Path) -> tuple[str, str]:
    """What an import says of files, and what of highlights."""
    ran = run("import", *paths, cwd=folder)
    assert ran.code == 0
    first, *_, last = ran.out.splitlines()
    return first.partition(": ")[2], last


def test_days_are_understood_once_the_graph_states_their_format(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, "03-04-2023", "Nov 19th, 2022")
    run("import", graph, cwd=tmp_path)
    db = tmp_path / "gleanings.db"
    assert (query(db, OF_DAYS), query(db, UNKNOWN)) == ([(None,), ("2022-11-19",)], [("unknown-date",)])
    configure(tmp_path, ':journal/page-title-format "dd-MM-yyyy"')
    files, highlights = read_again(tmp_path, graph)
    assert files == "2 files read, 1 unchanged"  # the reader's own page has no days that are read
    assert highlights == "+ 0 added  ~ 1 changed  = 1 unchanged  - 0 removed"
    assert (query(db, OF_DAYS), query(db, UNKNOWN)) == ([("2023-04-03",), ("2022-11-19",)], [])
    before = dump(tmp_path)
    assert read_again(tmp_path, graph)[0] == "0 files read, 3 unchanged"
    assert dump(tmp_path) == before


def test_misread_days_are_read_again_in_the_new_format_and_back(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, "03-04-2023")
    months = ("dd-MM-yyyy", "2023-04-03"), ("MM-dd-yyyy", "2023-03-04"), ("dd-MM-yyyy", "2023-04-03")
    for day_format, day in months:
        configure(tmp_path, f':journal/page-title-format "{day_format}"')
        run("import", graph, cwd=tmp_path)
        assert query(tmp_path / "gleanings.db", OF_DAYS) == [(day,)]


def test_the_next_import_repeats_an_undone_one(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, "03-04-2023")
    run("import", graph, cwd=tmp_path)
    configure(tmp_path, ':journal/page-title-format "dd-MM-yyyy"')
    run("import", graph, cwd=tmp_path)
    assert run("undo", "--yes", cwd=tmp_path).code == 0
    assert query(tmp_path / "gleanings.db", OF_DAYS) == [(None,)]
    assert read_again(tmp_path, graph)[0] == "1 file read, 1 unchanged"
    assert query(tmp_path / "gleanings.db", OF_DAYS) == [("2023-04-03",)]


def test_pages_are_renamed_when_the_graph_changes_its_file_name_format(tmp_path: Path) -> None:
    graph = write_graph(tmp_path)
    text = PAGE.format(name="p", day="Nov 19th, 2022").replace("title:: p (highlights)\n", "")
    (graph / "pages" / "a.b.md").write_text(text.replace('full-title:: "p"\n', ""))
    names = []
    for entries in ("", ":file/name-format :triple-lowbar"):
        configure(tmp_path, entries)
        run("import", graph, cwd=tmp_path)
        names += query(tmp_path / "gleanings.db", TITLES)
    assert names == [("a/b",), ("a.b",)]
    assert read_again(tmp_path, graph)[0] == "0 files read, 2 unchanged"


@pytest.mark.parametrize("entries", [":feature/x true", ":ui/theme :dark ; words"])
def test_settings_that_no_reader_uses_read_nothing_again(tmp_path: Path, entries: str) -> None:
    graph = write_graph(tmp_path, "Nov 19th, 2022")
    run("import", graph, cwd=tmp_path)
    configure(tmp_path, entries)
    assert read_again(tmp_path, graph)[0] == "0 files read, 2 unchanged"


def test_a_folder_above_the_graph_reads_nothing_again(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, "03-04-2023")
    configure(tmp_path, ':journal/page-title-format "dd-MM-yyyy"')
    run("import", graph, cwd=tmp_path)
    assert read_again(tmp_path, tmp_path)[0] == "0 files read, 2 unchanged"
    page = next((graph / "pages").glob("page*"))
    page.touch()
    assert read_again(tmp_path, tmp_path, graph)[0] == "0 files read, 2 unchanged"
    assert query(tmp_path / "gleanings.db", OF_DAYS) == [("2023-04-03",)]


def test_an_unreadable_page_is_not_read_again_every_time(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, "Nov 19th, 2022")
    deep = "".join("\t" * level + f"- {level}\n" for level in range(1100))
    (graph / "pages" / "deep.md").write_text(PAGE.format(name="deep", day="Nov 19th, 2022") + deep)
    run("import", graph, cwd=tmp_path)
    configure(tmp_path, ':journal/page-title-format "dd-MM-yyyy"')
    assert "2 files read, 1 unchanged" in run("import", graph, cwd=tmp_path).out
    assert "0 files read, 3 unchanged" in run("import", graph, cwd=tmp_path).out


@pytest.mark.parametrize(
    ("before", "now", "is_alike"),
    [
        (ReadSettings(("MMM d",), "legacy"), ReadSettings(("MMM d",), "legacy"), True),
        (ReadSettings(("MMM d",), "legacy"), ReadSettings((), "legacy"), False),
        (ReadSettings((), "legacy"), ReadSettings((), "triple-lowbar"), False),
        (ReadSettings(), ReadSettings((), "legacy"), False),
        (ReadSettings(("MMM d",), "legacy"), ReadSettings(), True),
    ],
)
def test_settings_are_equal_if_date_and_name_formats_are(
    before: ReadSettings, now: ReadSettings, is_alike: bool
) -> None:
    assert is_read_alike(before.describe(), now.describe()) == is_alike
