"""The page that the project began with, from its file to notes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.outline import parse_outline
from tests.gleanings.running import query, run
from tests.shared import SHARED

SEEDS = SHARED / "seeds"

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed page is not here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seed")
    assert run("import", SEEDS, cwd=folder).code == 0
    assert run("export", "notes", cwd=folder).code == 0
    return folder


def test_the_seed_is_one_document(folder: Path) -> None:
    rows = query(
        folder / "gleanings.db",
        "select d.title, d.category, a.handle from documents d join authors a on a.id = d.author_id",
    )
    assert rows == [("To Get the Intuition Beh...", "tweets", "MLsummaries")]


def test_its_seven_tweets_are_one_thread_in_order(folder: Path) -> None:
    rows = query(
        folder / "gleanings.db", "select id, thread_id, position, created_at from tweets order by id"
    )
    assert len(rows) == 7
    assert {row[1] for row in rows} == {rows[0][0]}
    assert [row[2] for row in rows] == list(range(7))
    assert rows[0][3] == "2021-03-29T20:23:45Z"


def test_its_ten_short_links_keep_their_labels(folder: Path) -> None:
    rows = query(
        folder / "gleanings.db",
        "select l.host, l.short, l.status, hl.label"
        " from highlight_links hl join links l on l.id = hl.link_id",
    )
    assert [row[:3] for row in rows] == [("t.co", 1, "pending")] * 10
    assert sorted(row[3] for row in rows if row[3]) == ["Advanced"] * 3


def test_it_has_one_picture_and_no_notes_of_the_reader(folder: Path) -> None:
    assert query(folder / "gleanings.db", "select count(*) from media") == [(1,)]
    assert query(folder / "gleanings.db", "select kind, text from notes") == [("mark", "Thread")]
    assert query(folder / "gleanings.db", "select distinct note from highlights") == [("",)]


def test_its_encoding_is_repaired(folder: Path) -> None:
    assert query(folder / "gleanings.db", "select encoding from files") == [("utf-8, repaired",)]
    text = "".join(row[0] for row in query(folder / "gleanings.db", "select text from highlights"))
    assert all(sign in text for sign in "👇’😇")
    assert "ðŸ" not in text
    assert "â€" not in text


def find_links_of(subject: str) -> list[str]:
    """The short links in the seed's block that begins with `For <subject>:`, read by other means."""
    (page,) = SEEDS.iterdir()
    block = page.read_text(encoding="utf-8").split(f"- For {subject}:")[1].split("\n\t- ")[0]
    return re.findall(r"https://t\.co/[A-Za-z0-9]{10}", block)


def test_it_makes_three_topic_notes_with_their_links(folder: Path) -> None:
    notes = {path.stem: path.read_text() for path in (folder / "notes" / "topics").iterdir()}
    assert sorted(notes) == ["Calculus", "Linear Algebra", "Probability & Statistics"]
    for name, note in notes.items():
        links = find_links_of(name)
        assert links
        assert all(link in note for link in links), name


def test_the_invitation_to_follow_is_stored_but_in_no_topic_note(folder: Path) -> None:
    assert query(
        folder / "gleanings.db", "select count(*) from highlights where text like '%follow us%'"
    ) == [(1,)]
    topics = "".join(path.read_text() for path in (folder / "notes" / "topics").iterdir())
    assert "follow us" not in topics


def test_with_a_map_the_topic_notes_have_real_links_and_titles(tmp_path: Path) -> None:
    run("import", SEEDS, cwd=tmp_path)
    ids = [url for (url,) in query(tmp_path / "gleanings.db", "select url from links order by id")]
    rows = [f"{url},https://maths.example/course/{n},resolved,Course {n}," for n, url in enumerate(ids)]
    (tmp_path / "map.csv").write_text("url,final_url,status,title,checked_at\n" + "\n".join(rows) + "\n")
    assert run("links", "import", "map.csv", cwd=tmp_path).code == 0
    run("export", "notes", cwd=tmp_path)
    notes = "".join(path.read_text() for path in (tmp_path / "notes").rglob("*.md"))
    assert all(f"[Course {n}](https://maths.example/course/{n})" in notes for n in range(10))
    assert "t.co" not in notes
    assert "[Course 1](https://maths.example/course/1) (Advanced)" in notes


def test_without_map_or_network_the_short_links_are_marked(folder: Path) -> None:
    started = run("expand", "--offline", cwd=folder)
    assert started.code == 0
    assert "10" in started.out
    note = (folder / "notes" / "topics" / "Calculus.md").read_text()
    assert all(f"{link} ⏳" in note for link in find_links_of("Calculus"))


@pytest.mark.parametrize("flavour", ["markdown", "logseq", "obsidian"])
def test_it_makes_a_thread_note_and_its_topics_in_every_flavour(tmp_path: Path, flavour: str) -> None:
    run("import", SEEDS, cwd=tmp_path)
    ids = [url for (url,) in query(tmp_path / "gleanings.db", "select url from links order by id")]
    rows = [f"{url},https://maths.example/course/{n},resolved,Course {n}," for n, url in enumerate(ids)]
    (tmp_path / "map.csv").write_text("url,final_url,status,title,checked_at\n" + "\n".join(rows) + "\n")
    run("links", "import", "map.csv", cwd=tmp_path)
    assert run("export", "notes", "--flavour", flavour, cwd=tmp_path).code == 0
    notes = {path.stem: path.read_text() for path in (tmp_path / "notes").rglob("*.md")}
    for topic in ("Calculus", "Linear Algebra", "Probability & Statistics"):
        assert "1 highlight, 1 document" in notes[topic]
        assert "](https://maths.example/course/" in notes[topic]
    (title,) = (name for name in notes if name.startswith("To get the intuition"))
    assert not title.endswith("...")
    cited = re.findall(r"\[\d{4}-\d\d-\d\d\]\(https://twitter\.com/\w+/status/(\d+)\)", notes[title])
    tweets = query(tmp_path / "gleanings.db", "select id from tweets order by id")
    assert cited == [str(id_) for (id_,) in tweets]
    assert "t.co" not in "".join(notes.values())
    if flavour == "logseq":
        (page,) = (path for path in (tmp_path / "notes").rglob("To get*.md"))
        blocks = parse_outline(page.read_text()).blocks
        assert [block.level for block in blocks].count(1) == 7
