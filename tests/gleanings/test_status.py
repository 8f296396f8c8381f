"""What `gleanings status` prints of a store with something of everything."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.gleanings.running import ROOT, run

RUNS = """
insert into runs
    (id, command, started_at, finished_at, status, added, changed, unchanged, removed, skipped, message)
values
    (11, 'sync', '2024-01-01T00:00:00Z', '2024-01-01T00:00:09Z', 'ok', 0, 0, 0, 0, 0, 'import ok, export ok'),
    (12, 'import', '2024-01-02T00:00:00Z', '2024-01-02T00:00:01Z', 'partial', 1, 2, 3, 4, 5, '2 files ok'),
    (13, 'sync', '2024-01-03T00:00:00Z', '2024-01-03T00:00:09Z', 'failed', 0, 0, 0, 0, 0,
        'import failed, expand ok, export skipped'),
    (14, 'undo', '2024-01-04T00:00:00Z', '2024-01-04T00:00:01Z', 'ok', 0, 0, 0, 0, 0, null)
"""
CHANGES = (
    RUNS,
    "delete from runs where id < 11",
    "update highlights set gone_at = '2024-01-01T00:00:00Z' where id in (1, 2, 3)",
    "insert into problems (kind, message) values ('odd', 'x'), ('odd', 'y'), ('even', 'z')",
    "update files set dialect = 'logseq-flat' where id = (select min(file_id) from appearances)",
)
LATER = "update links set due_at = '9999-01-01T00:00:00Z', attempts = 9 where status = 'pending'"
EXPECTED = """\
gleanings.db
          6  documents
         16  highlights
         12  tweets
          2  threads
          4  notes
          4  tags
         11  links
          1  resource
          1  picture
          0  topics
          6  files
pages
          5  logseq: 12 highlights
          1  logseq-flat: 4 highlights
links
          1  resolved
         11  pending: `gleanings expand`, 1 of them only for a title
pictures
          1  failed: tried again later, or given up
  nothing pending
problems
          3  gone highlights
          2  odd
          1  even
sync
  last: 2024-01-03T00:00:09Z  failed: import failed, export skipped
  last success: 2024-01-01T00:00:09Z
last runs
  2024-01-04T00:00:00Z  undo   ok          +0 ~0 =0 -0 !0
  2024-01-03T00:00:00Z  sync   failed      +0 ~0 =0 -0 !0  import failed, export
    skipped
  2024-01-02T00:00:00Z  import partial     +1 ~2 =3 -4 !5  2 files ok
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "example" / "graph", tmp_path / "graph")
    assert run("import", "graph", cwd=tmp_path).code == 0
    return tmp_path


def change(place: Path, *statements: str) -> None:
    with sqlite3.connect(place / "gleanings.db") as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def test_every_part_of_the_status_is_printed(place: Path) -> None:
    change(place, *CHANGES)
    assert run("status", "--runs", "3", cwd=place).out == EXPECTED


def test_a_fresh_store_has_neither_problems_nor_a_sync(place: Path) -> None:
    lines = run("status", cwd=place).out.split("\n")
    assert lines[11:17] == [
        "          6  files",
        "links",
        "          1  resolved",
        "         11  pending: `gleanings expand`, 1 of them only for a title",
        "pictures",
        "          1  pending: set `download = true` under [media] to keep copies",
    ]
    assert (lines[17], len(lines)) == ("last runs", 20)


def test_links_that_lack_only_their_title_and_pictures_that_are_wanted(place: Path) -> None:
    (place / "config.toml").write_text("[media]\ndownload = true\n")
    change(place, LATER)
    lines = run("status", cwd=place).out.split("\n")
    assert lines[12:18] == [
        "links",
        "          1  resolved",
        "         10  failed: tried again later, or given up",
        "          1  pending: `gleanings expand`, only for a title",
        "pictures",
        "          1  pending: `gleanings expand`",
    ]
