"""One book from four programs is one document, each passage once, and one note."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from pathlib import Path

import pytest

from tests.gleanings.running import query, run
from tests.store.stores import STATES

pytestmark = pytest.mark.slow  # whole runs, again and again

LOCATION = "https://readwise.io/to_kindle?action=open&asin=B00SLOW0&location="

LOGSEQ = f"""title:: The Patient Gardener (highlights)
author:: [[Ada Fern]]
full-title:: "The Patient Gardener"
category:: #books
tags:: #[[garden]]

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
\t- A garden is a *library*
\t  of [[weather]]. ([Location\u00a012]({LOCATION}12))
\t\t- **Tags**: #[[favorite]]
\t- Moss has no hurry. ([Location\u00a080]({LOCATION}80))
\t- Words that only the page has."""

OBSIDIAN = f"""# The Patient Gardener

## Metadata
- Author: [[Ada Fern]]
- Full Title: The Patient Gardener
- Category: #books

## Highlights
- A garden is a library
  of weather. ([Location 12]({LOCATION}12))
    - Note: mine
- Moss has no hurry. ([Location 80]({LOCATION}80))
"""

CSV = """Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,Document tags
A garden is a library of weather.,The Patient Gardener,Ada Fern,,,,weather,,,2022-03-07 22:12:42+00:00,
Moss has no hurry.,The Patient Gardener,Ada Fern,,slowly,,,,,2022-03-07 22:14:42+00:00,
"""  # noqa: E501

CLIPPINGS = """The Patient Gardener (Fern, Ada)
- Your Highlight on page 3 | location 12-13 | Added on Monday, March 7, 2022 10:12:42 PM

A garden is a library of weather.
==========
The Patient Gardener (Fern, Ada)
- Your Highlight on page 9 | location 80-80 | Added on Monday, March 7, 2022 10:14:42 PM

Moss has no hurry.
==========
"""

SOURCES = {"garden.md": LOGSEQ, "vault.md": OBSIDIAN, "readwise.csv": CSV, "My Clippings.txt": CLIPPINGS}


def write(folder: Path, sources: Mapping[str, str] = SOURCES) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in sources.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read(store: Path) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(query(store, statement), key=repr) for name, statement in STATES.items()}


def test_the_same_book_from_four_programs_is_one_document_with_each_passage_once(tmp_path: Path) -> None:
    assert run("import", write(tmp_path / "in"), cwd=tmp_path).code == 0
    store = tmp_path / "gleanings.db"
    assert query(store, "select title, category from documents") == [("The Patient Gardener", "books")]
    rows = query(
        store,
        "select h.uid, h.text, h.note, count(*) from highlights as h"
        " join appearances as a on a.highlight_id = h.id group by h.id order by h.position",
    )
    assert [(uid, count) for uid, _, _, count in rows[:2]] == [
        ("kindle:B00SLOW0:12", 4),
        ("kindle:B00SLOW0:80", 4),
    ]
    assert (len(rows), rows[2][3]) == (3, 1)
    assert rows[0][1:3] == ("A garden is a *library*\nof [[weather]].", "mine")
    assert rows[1][1:3] == ("Moss has no hurry.", "slowly")
    versions = {text for (text,) in query(store, "select text from versions")}
    assert versions == {"A garden is a library\nof weather.", "A garden is a library of weather."}
    assert run("export", "notes", cwd=tmp_path).code == 0
    notes = [path for path in (tmp_path / "notes").rglob("*.md") if "Patient" in path.name]
    assert len(notes) == 1
    assert notes[0].read_text(encoding="utf-8").count("Moss has no hurry") == 1
    assert run("doctor", cwd=tmp_path).code == 0


def test_the_order_of_the_programs_does_not_matter(tmp_path: Path) -> None:
    folder = write(tmp_path / "in")
    run("import", folder, "--db", "whole.db", cwd=tmp_path)
    expected = read(tmp_path / "whole.db")
    orders = list(permutations(SOURCES))
    for order in orders[5::9]:
        (tmp_path / "gleanings.db").unlink(missing_ok=True)
        for name in order:
            assert run("import", folder / name, cwd=tmp_path).code == 0
        assert read(tmp_path / "gleanings.db") == expected


@pytest.mark.parametrize("gone", ["garden.md", "readwise.csv"])
def test_removing_one_program_keeps_the_claims_of_the_others(tmp_path: Path, gone: str) -> None:
    folder = write(tmp_path / "in")
    run("import", folder, cwd=tmp_path)
    before = read(tmp_path / "gleanings.db")
    (folder / gone).unlink()
    assert run("import", folder, cwd=tmp_path).code == 0
    run("import", folder, "--db", "fresh.db", cwd=tmp_path)
    assert read(tmp_path / "gleanings.db") == read(tmp_path / "fresh.db")
    assert run("undo", "--yes", cwd=tmp_path).code == 0
    assert read(tmp_path / "gleanings.db") == before


def test_an_edited_note_keeps_its_path_when_the_book_gets_a_better_name(tmp_path: Path) -> None:
    """The table knows no category; with the page the document goes by another name."""
    folder = write(tmp_path / "in", {"readwise.csv": CSV})
    run("import", folder, cwd=tmp_path)
    run("export", "notes", "--flavour", "markdown", cwd=tmp_path)
    (note,) = [path for path in (tmp_path / "notes").rglob("*.md") if "Patient" in path.name]
    note.write_text(note.read_text(encoding="utf-8") + "\nMy own last word.\n", encoding="utf-8")
    write(folder)
    run("import", folder, cwd=tmp_path)
    assert query(tmp_path / "gleanings.db", "select count(*) from documents") == [(1,)]
    assert run("export", "notes", "--flavour", "markdown", "--force", cwd=tmp_path).code == 0
    notes = [path for path in (tmp_path / "notes").rglob("*.md") if "Patient" in path.name]
    assert notes == [note]
    text = note.read_text(encoding="utf-8")
    assert "My own last word." in text
    assert text.count("Moss has no hurry") == 1
    assert "only the page has" in text


def test_an_edited_remark_is_not_duplicated_when_its_highlight_gets_a_better_uid(tmp_path: Path) -> None:
    """The table calls the passage by its words, the page by its place."""
    folder = write(tmp_path / "in", {"readwise.csv": CSV})
    run("import", folder, cwd=tmp_path)
    run("export", "notes", "--flavour", "markdown", cwd=tmp_path)
    (note,) = [path for path in (tmp_path / "notes").rglob("*.md") if "Patient" in path.name]
    text = note.read_text(encoding="utf-8")
    assert text.count("slowly") == 1
    assert text.count("**Tags:** weather") == 1
    lines = [line for line in text.splitlines() if "**Tags:** weather" not in line]
    note.write_text("\n".join(lines).replace("slowly", "slowly, I mean") + "\n", encoding="utf-8")
    write(folder, {"vault.md": OBSIDIAN.replace("    - Note: mine\n", "")})
    run("import", folder, cwd=tmp_path)
    assert query(tmp_path / "gleanings.db", "select min(uid) like 'kindle:%' from highlights") == [(1,)]
    assert run("export", "notes", "--flavour", "markdown", "--force", cwd=tmp_path).code == 0
    text = note.read_text(encoding="utf-8")
    assert text.count("slowly") == text.count("slowly, I mean") == 1
    assert "**Tags:** weather" not in text
