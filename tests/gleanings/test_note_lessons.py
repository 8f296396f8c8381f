"""The notes teach: what the reader takes out of a topic's note, puts into it or tags there."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.note_lessons import read_lessons
from gleanings.steps.note_lessons import learn_from_notes
from record_types.library import EMBEDDED_SECTION
from store.note_journal import JournalEntry, save_journal
from store.topic_examples import read_examples
from store.written_notes import ExportFolder, WrittenNote, save_export_folder, save_written
from tests.gleanings.running import list_flavours, query, run
from tests.gleanings.test_topics import write_graph
from tests.store.long_library import make_long_library
from tests.store.stores import NOW

CONFIG = """\
[topics]
[[topics.rules]]
name = "sleep"
[[topics.rules]]
name = "Bread"
[export]
settle_seconds = 0
"""


@pytest.fixture(params=list_flavours("logseq"))
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


def test_every_edited_note_teaches_but_not_one_that_is_gone_or_that_a_killed_export_changed(
    tmp_path: Path,
) -> None:
    db, folder = make_long_library(), str(tmp_path)
    db.execute("update highlights set view_url = 'https://a.example/' || id")
    rows = db.execute("select view_url, uid from highlights limit 3").fetchall()
    (first, one), (second, two), (third, three) = rows
    words = "Boats wait better than people", "The tide has no memory"
    blocks = {one: f"{words[0]}. ([2021]({first}))", two: f"{words[1]}. ([2021]({second}))"}
    text = "".join(f"- {block}\n" for block in blocks.values())
    left = f"- {blocks[one]}\n- see {third}\n"
    pages = {  # by uid: what the file holds now
        "topic:a": left,  # of a killed export
        "topic:b": text.replace("\n", "\r\n"),
        "topic:c": None,
        "topic:d": left,
        "topic:e": left,  # a section in the reader's own page
        "topic:f": left,
        "topic:f.2": f"- {blocks[two]}\n",
        "topic:x": left,  # no topic any more
    }
    save_export_folder(db, ExportFolder("u", folder, 1))
    written = [
        WrittenNote(f"{uid[6:]}.md", uid, text, blocks | ({EMBEDDED_SECTION: "-"} if uid[-1] == "e" else {}))
        for uid in pages
    ]
    save_written(db, folder, written, now=NOW)
    save_journal(db, folder, [JournalEntry("a.2.md", "topic:a.2", ".t.tmp", "", "", {})])
    for uid, now in pages.items():
        if now is not None:
            (tmp_path / f"{uid[6:]}.md").write_bytes(now.encode())
    db.executemany(
        "insert into topics (name, slug) values (upper(:slug), :slug)", [(slug,) for slug in "abcdef"]
    )
    assert learn_from_notes(db, tmp_path, "logseq", now=NOW) == 4
    assert {tuple(each) for found in read_examples(db).values() for each in found} == {
        (two, "D", "counter", "d.md"),
        (three, "D", "example", "d.md"),
        (two, "E", "counter", "e.md"),
        (three, "F", "example", "f.md"),
    }
    assert learn_from_notes(db, tmp_path, "logseq", now=NOW) == 0
