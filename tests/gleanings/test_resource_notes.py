"""A note for each resource, and the base that lists them in Obsidian."""

from __future__ import annotations

import re
from pathlib import Path

import frontmatter
import pytest
import yaml

from export.note_places import Flavour
from tests.gleanings.running import list_flavours, query, run

PAGE = """\
title:: Slow Water (highlights)
author:: [[@harbour on Twitter]]
full-title:: "Slow water has no hurry"
category:: #tweets
url:: https://twitter.com/harbour/status/1456916766520246275

- Highlights first synced by [[Readwise]] [[Nov 8th, 2021]]
\t- Slow water has no hurry. The paper: https://t.co/slowWater1 ([View Tweet](https://twitter.com/harbour/status/1456916766520246275))
\t- Tide tables: https://tides.example/how-tides-work ([View Tweet](https://twitter.com/harbour/status/1456916938486710282))
"""
SETTINGS = '[export]\nsettle_seconds = 0\nnotes = ["documents", "reading-list", "resources"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(SETTINGS)
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "Slow Water (highlights).md").write_text(PAGE)
    assert run("import", "graph", cwd=tmp_path).code == 0
    return tmp_path


def export(folder: Path, flavour: str = "obsidian") -> str:
    ran = run("export", "notes", "--flavour", flavour, "--yes", cwd=folder)
    assert ran.code == 0, ran.err
    return ran.out


def test_every_property_that_a_base_names_is_in_the_notes(folder: Path) -> None:
    export(folder)
    notes = folder / "notes"
    kinds = {"document": "Documents.base", "resource": "Reading list.base"}
    for kind, name in kinds.items():
        fronts = [frontmatter.loads(path.read_text()).metadata for path in notes.rglob("*.md")]
        there = {key for front in fronts if front["kind"] == kind for key in front}
        base = yaml.safe_load((notes / name).read_text())
        assert base["filters"] == {"and": [f'kind == "{kind}"']}
        for view in base["views"]:
            named = [*view["order"], *(each["property"] for each in view.get("sort", ()))]
            named += [re.split(r"\W+", each)[0] for each in view.get("filters", {}).get("and", ())]
            assert set(named) - {"file.name"} <= there, view["name"]


def test_a_note_has_typed_properties_and_is_linked_from_the_reading_list(folder: Path) -> None:
    export(folder)
    path = folder / "notes" / "resources" / "How tides work.md"
    front = frontmatter.loads(path.read_text()).metadata
    assert (front["url"], front["read"], front["people"]) == (
        "https://tides.example/how-tides-work",
        False,
        1,
    )
    assert "[[resources/How tides work|note]]" in (folder / "notes" / "Reading list.md").read_text()
    assert "[[documents/tweets/Slow water has no hurry|Slow water has no hurry]]" in path.read_text()


@pytest.mark.parametrize("flavour", list_flavours("markdown"))
def test_a_property_that_the_reader_ticks_is_stored_and_may_be_removed(
    folder: Path, flavour: Flavour
) -> None:
    export(folder, flavour)
    (path,) = (folder / "notes").rglob("How tides work.md")
    (first,) = (folder / "notes").rglob("Reading list.md")
    unread = path.read_text()
    path.write_text(re.sub(r"(?m)^(read::?|- Read:) false$", r"\1 true", unread))
    assert path.read_text() != unread
    export(folder, flavour)
    assert query(folder / "gleanings.db", "select count(*) from resources where read_at is not null") == [
        (1,)
    ]
    assert "[How tides work]" not in first.read_text()
    assert "~ 0 changed" in export(folder, flavour)
    path.write_text(unread)
    export(folder, flavour)
    assert "[How tides work]" in first.read_text()
    assert path.read_text() == unread


def test_the_bases_are_recognised_with_the_database_lost(folder: Path) -> None:
    export(folder)
    bases = sorted((folder / "notes").glob("*.base"))
    assert len(bases) == 2
    bases[0].write_text(bases[0].read_text().replace("By date", "Mine"))
    mine = bases[0].read_text()
    for path in folder.glob("gleanings.db*"):
        path.unlink()
    assert run("import", "graph", cwd=folder).code == 0
    assert "+ 0 new  ~ 0 changed" in export(folder)
    assert bases[0].read_text() == mine
    for path in folder.glob("gleanings.db*"):
        path.unlink()
    bases[1].unlink()
    assert run("import", "graph", cwd=folder).code == 0
    export(folder)
    assert not bases[1].exists()
