"""An export in a different flavour keeps the reader's edits."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from export.note_places import FLAVOURS, Flavour
from markdown_text.note_marks import read_flavour, read_mark
from tests.gleanings.note_library import Library
from tests.gleanings.running import run

PAGE = """\
author:: [[Mira Holt]]
full-title:: Slow Harbour
category:: #articles
url:: https://example.org/harbour

- Highlights first synced by [[Readwise]] [[2024-03-01]]
{highlights}
"""
HIGHLIGHTS = "\n".join(
    f"\t- The {word} tide carries {number} boats past the wall. ([View Highlight](https://read.readwise.io/read/0{number}))"
    + (f"\n\t\t- **Note:** remark {word}" if number % 2 else "")
    for number, word in enumerate(("early", "middle", "late", "spring", "neap"), start=100)
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one document."""
    folder = tmp_path_factory.mktemp("imported")
    pages = folder / "graph" / "pages"
    pages.mkdir(parents=True)
    (folder / "graph" / "logseq").mkdir()
    (pages / "Slow Harbour (highlights).md").write_text(PAGE.format(highlights=HIGHLIGHTS), encoding="utf-8")
    run("import", folder / "graph", cwd=folder)
    return folder / "gleanings.db"


def find(here: Library) -> Path:
    (path,) = (path for path, text in here.read().items() if (read_mark(text) or "").startswith("document/"))
    return here.notes / path


EDITS = {
    "markdown": ("\n\nmy first word\n\n- my list\n  - my child\n", "<!-- mine -->\n"),
    "obsidian": ("\n\nmy first word\n\n- my list\n  - my child\n", "%% mine %%\n"),
    "logseq": ("\n- my first word\n- my list\n\t- my child", "\n- mine"),
}


@pytest.mark.parametrize(("old", "new"), list(permutations(FLAVOURS, 2)))
def test_an_edited_note_is_converted_and_moved(
    tmp_path: Path, imported: Path, old: Flavour, new: Flavour
) -> None:
    here = Library(tmp_path, imported, old)
    here.export()
    note = find(here)
    count = len(here.read())
    text = note.read_text(encoding="utf-8").replace("middle tide", "middle TIDE of mine")
    text = re.sub(r"\n[^\n]*remark late[^\n]*", "", text)
    note.write_text(text.rstrip("\n") + EDITS[old][0], encoding="utf-8")
    here.flavour = new
    here.settle()
    text = find(here).read_text(encoding="utf-8")
    assert read_flavour(text) == new
    assert len(here.read()) == count
    assert find(here).parent.name == ("pages" if new == "logseq" else "articles")
    for words in ("middle TIDE of mine", "my first word", "my list", "my child", "late tide", "neap tide"):
        assert text.count(words) == 1
    assert "middle tide" not in text
    assert "remark late" not in text
    here.change("update highlights set text = replace(text, 'boats', 'ships')")
    here.settle()
    text = find(here).read_text(encoding="utf-8")
    assert len(re.findall("ships", text)) == 4  # the fifth is the reader's
    assert text.count("boats") == 1


@pytest.mark.parametrize("old", FLAVOURS)
def test_a_deleted_note_stays_deleted_in_another_flavour(
    tmp_path: Path, imported: Path, old: Flavour
) -> None:
    here = Library(tmp_path, imported, old)
    here.export()
    find(here).unlink()
    for flavour in (*FLAVOURS, *FLAVOURS[::-1]):
        here.flavour = flavour
        here.settle()
        assert not [text for text in here.read().values() if (read_mark(text) or "").startswith("document/")]


def test_a_block_keeps_its_id_on_the_way_to_a_vault_and_back(tmp_path: Path, imported: Path) -> None:
    here = Library(tmp_path, imported, "logseq")
    here.export()
    text = find(here).read_text(encoding="utf-8")
    at = re.search(r"- The late tide.*", text)
    assert at
    edited = f"{text[: at.end()]}\n  id:: 6605c7a1-0000-4000-8000-000000000001{text[at.end() :]}"
    find(here).write_text(edited.replace("\nkind::", "\nrating:: five [[stars]]\nkind::"), encoding="utf-8")
    before = find(here).read_text(encoding="utf-8")
    for flavour in ("obsidian", "markdown", "obsidian", "logseq"):
        here.flavour = flavour
        here.settle()
    after = find(here).read_text(encoding="utf-8")
    assert sorted(after.split("\n")) == sorted(before.split("\n"))


@pytest.mark.parametrize("seed", range(12))
def test_no_word_is_lost_and_nothing_comes_back_in_any_order_of_flavours(
    tmp_path: Path, imported: Path, seed: int
) -> None:
    chance = random.Random(seed)
    here = Library(tmp_path, imported, chance.choice(FLAVOURS))
    here.export()
    words: list[str] = []
    deleted: set[str] = set()

    def write() -> str:
        words.append(f"readerword{len(words)}x")
        return words[-1]

    for _ in range(5):
        note = find(here)
        lines = note.read_text(encoding="utf-8").split("\n")
        for _ in range(3):
            edit_note(lines, here.flavour, chance, write, deleted)
        note.write_text("\n".join(lines), encoding="utf-8")
        if chance.random() < 0.3:
            here.change("update highlights set text = text || ' More.'")
        here.flavour = chance.choice([each for each in FLAVOURS if each != here.flavour])
        here.settle()
        text = find(here).read_text(encoding="utf-8")
        assert Counter(re.findall(r"readerword\d+x", text)) == Counter(words)
        assert not [each for each in deleted if each in text]


def edit_note(
    lines: list[str], flavour: Flavour, chance: random.Random, write: Callable[[], str], deleted: set[str]
) -> None:
    """Make one random edit to the lines of a note."""
    body = [at for at, line in enumerate(lines) if "tide" in line or "readerword" in line]
    at = chance.choice(body)
    kind = chance.choice(("word", "below", "child", "delete", "heading", "code", "paragraph", "property"))
    indent = re.match(r"\s*", lines[at])[0]  # type: ignore[index]
    if kind == "word" and "](" not in lines[at].partition("tide")[0]:
        lines[at] += f" {write()}" if flavour != "obsidian" or "^" not in lines[at] else ""
        if flavour == "obsidian" and "^" in lines[at]:
            lines[at] = f"{write()} {lines[at]}"
    elif kind == "below":
        lines.insert(at + 1, f"{indent}- {write()}")
    elif kind == "child":
        step = "\t" if flavour == "logseq" else "  "
        lines.insert(at + 1, f"{indent}{step}- {write()}")
    elif kind == "paragraph":
        lines[at + 1 : at + 1] = [f"{indent}  {write()}"] if flavour == "logseq" else ["", write(), ""]
    elif kind == "heading":
        lines[at + 1 : at + 1] = [f"- ## {write()}"] if flavour == "logseq" else ["", f"## {write()}", ""]
    elif kind == "code":
        code = ["```", write(), "", "- x", "```"]
        outlined = [f"{indent}- {code[0]}", *(f"{indent}  {line}" for line in code[1:])]
        lines[at + 1 : at + 1] = outlined if flavour == "logseq" else ["", *code, ""]
    elif kind == "property" and flavour == "logseq":
        lines.insert(0, f"p{len(lines)}:: {write()}")
    elif kind == "property" and flavour == "obsidian":
        lines.insert(1, f"p{len(lines)}: {write()}")
    elif (
        kind == "delete"
        and (found := re.search(r"The (\w+) tide", lines[at]))
        and "readerword" not in lines[at]
    ):
        deleted.add(found[0])
        del lines[at]
