"""The notes teach: what the reader takes out of a topic's note, puts into it or tags there."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.note_lessons import read_lessons
from tests.gleanings.running import query, run
from tests.gleanings.test_topics import write_graph

CONFIG = """\
[topics]
[[topics.rules]]
name = "sleep"
[[topics.rules]]
name = "Bread"
[export]
settle_seconds = 0
"""
FLAVOURS = ("logseq", "obsidian", "markdown")


@pytest.fixture(params=FLAVOURS)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store with notes in a folder of their own."""
    write_graph(tmp_path / "graph", tags=False)
    (tmp_path / "config.toml").write_text(CONFIG)
    assert run("import", "graph", cwd=tmp_path).code == 0
    export(tmp_path, request.param)
    return tmp_path


def export(shelf: Path, flavour: str = "") -> None:
    kept = shelf / "flavour"
    if flavour:
        kept.write_text(flavour)
    flavour = kept.read_text()
    assert run("export", "notes", "--flavour", flavour, "--yes", cwd=shelf).code == 0


def find_note(shelf: Path, name: str) -> Path:
    (path,) = (each for each in (shelf / "notes").rglob("*.md") if each.stem.casefold() == name)
    return path


def cut_block(note: Path, words: str) -> str:
    """Take the paragraph or block with these words out of a note, and return it."""
    gap = "\n" if "graph" in note.parts or "\n\t- " in note.read_text() else "\n\n"
    parts = note.read_text().split(gap)
    (at,) = (number for number, part in enumerate(parts) if words in part)
    last = at + 1
    if gap == "\n\n" and "http" not in parts[at]:
        last += 1  # the citation below it
    taken = parts[at:last]
    note.write_text(gap.join(parts[:at] + parts[last:]))
    return gap.join(taken)


def members(shelf: Path, topic: str) -> set[str]:
    rows = query(
        shelf / "gleanings.db",
        "select h.text from highlights h join highlight_topics ht on ht.highlight_id = h.id "
        f"join topics t on t.id = ht.topic_id where t.name = '{topic}'",
    )
    return {str(text) for (text,) in rows}


def has(shelf: Path, topic: str, words: str) -> bool:
    return any(words in text for text in members(shelf, topic))


def test_a_highlight_taken_out_of_a_note_stays_out_until_it_is_put_back(shelf: Path) -> None:
    assert has(shelf, "sleep", "Napping late")
    note = find_note(shelf, "sleep")
    before = note.read_text()
    cut_block(note, "Napping late")
    for _ in range(2):
        export(shelf)
        assert not has(shelf, "sleep", "Napping late")
        assert "Napping late" not in note.read_text()
    why = run("topics", "sleep", "--why", cwd=shelf).out
    assert "not in the topic: counter-example: you took it out of " in why
    note.write_text(before)
    export(shelf)
    assert has(shelf, "sleep", "Napping late")
    assert note.read_text().count("Napping late") == 1


def test_a_highlight_moved_to_another_topics_note_is_an_example_of_it(shelf: Path) -> None:
    block = cut_block(find_note(shelf, "sleep"), "Napping late")
    bread = find_note(shelf, "bread")
    bread.write_text(
        f"{bread.read_text().rstrip()}\n\n{block}\n"
        if "\n\n" in block
        else f"{bread.read_text().rstrip()}\n{block}\n"
    )
    export(shelf)
    assert has(shelf, "Bread", "Napping late")
    assert not has(shelf, "sleep", "Napping late")
    assert "example: you put it into " in run("topics", "bread", "--why", cwd=shelf).out


def test_an_emptied_or_deleted_note_teaches_nothing(shelf: Path) -> None:
    find_note(shelf, "sleep").write_text("My own words.\n")
    find_note(shelf, "bread").unlink()
    export(shelf)
    assert query(shelf / "gleanings.db", "select * from topic_examples") == []


def test_a_tag_of_the_readers_own_is_never_overruled(shelf: Path) -> None:
    cut_block(find_note(shelf, "sleep"), "Napping late")
    export(shelf)
    page = next(each for each in (shelf / "graph" / "pages").iterdir() if "Napping late" in each.read_text())
    page.write_text(
        page.read_text()
        .replace("read/01abc70)", "read/01abc70)")
        .replace(
            "([View Highlight](https://read.readwise.io/read/01abc70))",
            "([View Highlight](https://read.readwise.io/read/01abc70))\n\t\t- **Tags**: #sleep",
        )
    )
    assert run("import", "graph", cwd=shelf).code == 0
    export(shelf)
    assert has(shelf, "sleep", "Napping late")


def test_a_tag_added_to_a_block_is_a_tag_of_its_highlight() -> None:
    url = "https://read.readwise.io/read/01abc70"
    base = {"intro": "Two highlights.", "readwise:1": f"Napping late. ([Day 7]({url})) #old"}
    text = f"- Two highlights.\n- Napping late. ([Day 7]({url})) #old #[[short naps]] #rest\n- mine #other\n"
    found = read_lessons(text, base, "logseq", {url: "readwise:1"})
    assert found.tags == {("readwise:1", "short naps"), ("readwise:1", "rest")}
    assert (set(found.kept), found.removed | found.added) == ({"readwise:1"}, frozenset())


@pytest.mark.parametrize("change", ["quoted", "other-bullet", "own-words", "shortened"])
def test_a_highlight_pasted_in_another_form_appears_once(shelf: Path, change: str) -> None:
    block = cut_block(find_note(shelf, "sleep"), "Napping late")
    words = "Napping late in the day takes away the pressure to sleep at night."
    pasted = {
        "quoted": block.replace(words, f"> {words}"),
        "other-bullet": block.replace("\n- ", "\n* ").replace("\t- ", "\t* "),
        "own-words": block.replace(words, f"Read this: {words}"),
        "shortened": block.replace(words, "Napping late takes away the pressure."),
    }[change]
    bread = find_note(shelf, "bread")
    gap = "\n\n" if "\n\n" in block or "\t- " not in bread.read_text() else "\n"
    bread.write_text(f"{bread.read_text().rstrip()}{gap}{pasted}\n")
    for _ in range(2):
        export(shelf)
        assert has(shelf, "Bread", "Napping late")
        assert bread.read_text().count("Napping late") == 1


def test_a_note_that_only_cites_a_highlight_gets_the_highlight(shelf: Path) -> None:
    bread = find_note(shelf, "bread")
    own = "Compare what the oven does with our rhythm: https://read.readwise.io/read/01abc70"
    bread.write_text(f"{bread.read_text().rstrip()}\n\n- {own}\n")
    for _ in range(2):
        export(shelf)
        assert bread.read_text().count("Napping late") == 1
        assert bread.read_text().count(own) == 1
