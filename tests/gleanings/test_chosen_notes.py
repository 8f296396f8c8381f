"""Which notes are written, and how notes in the reader's own graph or vault link to the pages there."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from export.escape import unlink_pages
from export.note_files import WRITES
from export.note_places import FLAVOURS, Flavour
from gleanings.config import Config, ExportConfig, parse_config
from gleanings.steps.notes import ExportOptions, NotesOutcome, choose_flavour, export_notes
from gleanings.steps.pages import find_all_sources, import_pages
from markdown_text.note_marks import read_flavour
from record_types.errors import InputError
from store.connection import close_store, open_store
from tests.shared import SHARED

HEAD = 'title:: {title} (highlights)\nauthor:: [[Ida Fell]]\nfull-title:: "{title}"\ncategory:: #articles\n\n'
BLOCK = "6573c0de-0000-4000-8000-00000000abcd"


def write_graph(graph: Path) -> None:
    (graph / "logseq").mkdir(parents=True)
    (graph / "logseq" / "config.edn").write_text("{:file/name-format :triple-lowbar}")
    (graph / "pages").mkdir()
    for title in ("On Lichen", "On Stone"):
        lines = [
            f"\t- [[Rain]] helps [[lichen]] number {n} of {title} to live. "
            f"([View Highlight](https://read.readwise.io/read/01{title[3:].lower()}{n}))"
            "\n\t\t- **Tags**: #[[moss]]"
            for n in range(3)
        ]
        lines[0] = lines[0].replace("\n", f"\n\t  id:: {BLOCK}\n", 1) if title == "On Stone" else lines[0]
        (graph / "pages" / f"{title} (highlights).md").write_text(
            HEAD.format(title=title)
            + "- Highlights first synced by [[Readwise]] [[Jan 9th, 2022]]\n"
            + "\n".join(lines)
        )


def write_vault(vault: Path) -> None:
    (vault / ".obsidian").mkdir(parents=True)
    (vault / "Readwise").mkdir()
    (vault / "Readwise" / "Slow Harbour.md").write_text(
        "# Slow Harbour\n\n## Metadata\n- Author: [[Ida Fell]]\n"
        "- Full Title: Slow Harbour\n- Category: #articles\n\n"
        "## Highlights\n"
        "- Boats wait by the #quay for [[rain]]. "
        "([View Highlight](https://read.readwise.io/read/01quay1)) ^01quay1\n"
        "    - Tags: [[moss]] \n"
        "- Nets dry. ([View Highlight](https://read.readwise.io/read/01quay2))\n    - Tags: [[moss]] \n"
        "- Gulls do not. ([View Highlight](https://read.readwise.io/read/01quay3))\n    - Tags: [[moss]] \n"
    )


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    return open_store(tmp_path / "g.db", create=True)


def export(
    db: sqlite3.Connection, folder: Path, flavour: Flavour, *notes: str, source: Path | None = None
) -> NotesOutcome:
    config = Config(export=ExportConfig(notes=notes, authors=1, settle_seconds=0, ask_above=1.0))
    import_pages(db, find_all_sources([source or folder], repair=True))
    return export_notes(db, folder, config, ExportOptions(flavour=flavour, confirmed=True))


def list_notes(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")}


def test_in_an_imported_graph_there_are_topics_reading_list_and_index_only(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    graph = tmp_path / "graph"
    write_graph(graph)
    before = list_notes(graph)
    export(db, graph, "logseq")
    names = {"moss", "lichen", "Rain", "Reading list", "Index"}
    assert list_notes(graph) - before == {f"pages/{name}.md" for name in names}
    text = (graph / "pages" / "moss.md").read_text()
    assert "[[On Lichen (highlights)]]" in text
    assert "\t- [[On Stone (highlights)]]" in text
    assert f"([on your page]((({BLOCK}))) · [source](" in text
    copied = [line for line in text.split("\n") if "to live." in line]
    assert copied
    assert not any("[[Rain]]" in line or "[[lichen]]" in line for line in copied)
    assert export(db, graph, "logseq").actions["create"] == 0


def test_in_an_imported_vault_topics_link_to_the_readers_page_and_its_block(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    vault = tmp_path / "vault"
    write_vault(vault)
    export(db, vault / "Gleanings", "obsidian", source=vault)
    assert list_notes(vault / "Gleanings") == {"topics/moss.md", "Reading list.md", "Index.md"}
    text = (vault / "Gleanings" / "topics" / "moss.md").read_text()
    assert "### [[Readwise/Slow Harbour|Slow Harbour]]" in text
    assert "[[Readwise/Slow Harbour#^01quay1|on your page]] · [source](" in text
    assert "[[Readwise/Slow Harbour|Slow Harbour]]" in text
    assert "[[rain]]" not in text


def test_elsewhere_there_is_a_note_for_each_document_and_author(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    write_graph(tmp_path / "graph")
    export(db, tmp_path / "notes", "markdown", source=tmp_path / "graph")
    assert {"documents/articles/On Stone.md", "authors/Ida Fell.md"} <= list_notes(tmp_path / "notes")
    assert "[[" not in (tmp_path / "notes" / "topics" / "moss.md").read_text()


def test_a_kind_that_is_switched_off_is_removed_unless_it_was_edited(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    write_graph(tmp_path / "graph")
    notes = tmp_path / "notes"
    export(db, notes, "markdown", source=tmp_path / "graph")
    mine = notes / "documents" / "articles" / "On Stone.md"
    mine.write_text(mine.read_text() + "\nmine\n")
    outcome = export(db, notes, "markdown", "topics", source=tmp_path / "graph")
    assert list_notes(notes) == {
        "topics/moss.md",
        "topics/lichen.md",
        "topics/Rain.md",
        "documents/articles/On Stone.md",
    }
    assert [write.path for write in outcome.writes if write.action == "edited"] == [
        "documents/articles/On Stone.md"
    ]


def test_each_highlight_can_have_a_note(db: sqlite3.Connection, tmp_path: Path) -> None:
    write_graph(tmp_path / "graph")
    export(db, tmp_path / "notes", "obsidian", "highlights", "documents", source=tmp_path / "graph")
    notes = [path for path in list_notes(tmp_path / "notes") if path.startswith("highlights/")]
    assert len(notes) == 6
    text = (tmp_path / "notes" / sorted(notes)[0]).read_text()
    assert re.search(r"^gleanings: highlight/", text, re.M)
    assert "to live." in text
    assert "|note]]" not in text


@pytest.mark.parametrize("kind", ["documents", "topics"])
def test_a_note_of_a_highlight_is_linked_from_those_that_show_it(
    db: sqlite3.Connection, tmp_path: Path, kind: str
) -> None:
    write_graph(tmp_path / "graph")
    export(db, tmp_path / "notes", "obsidian", "highlights", kind, source=tmp_path / "graph")
    notes = list_notes(tmp_path / "notes")
    texts = [(tmp_path / "notes" / path).read_text() for path in notes if path.startswith(kind)]
    linked = set(re.findall(r"— \[\[(highlights/[^|\]]+)\|note\]\] · \[source\]", "".join(texts)))
    assert linked == {path.removesuffix(".md") for path in notes if path.startswith("highlights/")}


def test_an_unknown_kind_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"c.toml:2: `notes` is a list of topics, documents"):
        parse_config('[export]\nnotes = ["topic"]\n', "c.toml")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A [[page]] and #[[a tag]].", "A page and a tag."),
        ("[[Full name|short]]", "short"),
        ("[[x [[y]] z]]", "x y z"),
        ("`[[code]]` and \\[[escaped]]", "`[[code]]` and \\[[escaped]]"),
        ("[label](https://a.example) #tag", "[label](https://a.example) #tag"),
    ],
)
def test_page_references_become_plain_words_outside_code(text: str, plain: str) -> None:
    assert unlink_pages(text) == plain


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "corpus").exists(), reason="no shared corpus")
def test_the_size_of_a_real_graph_does_not_double(db: sqlite3.Connection, tmp_path: Path) -> None:
    graph, source = tmp_path / "graph", SHARED / "corpus" / "logseq-graph"
    (graph / "pages").mkdir(parents=True)
    for page in (source / "pages").iterdir():
        (graph / "pages" / page.name).write_bytes(page.read_bytes())
    before = list_notes(graph)
    export(db, graph, "logseq")
    added = list_notes(graph) - before
    assert 0 < len(added) <= len(before) / 10
    texts = {path: (graph / path).read_text() for path in added}
    sizes = {path: len(text.encode()) for path, text in texts.items() if "kind:: topic" in text}
    assert max(sizes.values()) <= 60_000
    linked = Counter(
        name.lower() for text in texts.values() for name in re.findall(r"\[\[([^\[\]]+)\]\]", text)
    )
    assert all(linked[path.removeprefix("pages/").removesuffix(".md").lower()] for path in added)
    assert linked["dopamine"] == 0
    close_store(db)


def test_the_flavour_is_that_of_the_last_export_or_of_the_folder(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    write_graph(tmp_path / "graph")
    write_vault(tmp_path / "vault")
    assert choose_flavour(db, tmp_path / "graph", "") == "logseq"
    assert choose_flavour(db, tmp_path / "vault" / "Gleanings", "") == "obsidian"
    assert choose_flavour(db, tmp_path / "vault", "markdown") == "markdown"
    notes = tmp_path / "notes"
    assert choose_flavour(db, notes, "") == "markdown"
    for flavour in FLAVOURS:
        export(db, notes, flavour, source=tmp_path / "graph")
        assert choose_flavour(db, notes, "") == flavour


@pytest.mark.parametrize("new", FLAVOURS)
@pytest.mark.parametrize("old", FLAVOURS)
def test_another_flavour_keeps_every_word_of_an_edited_note(
    db: sqlite3.Connection, tmp_path: Path, old: Flavour, new: Flavour
) -> None:
    write_graph(tmp_path / "graph")
    notes = tmp_path / "notes"
    export(db, notes, old, "topics", source=tmp_path / "graph")
    (mine,) = (path for path in notes.rglob("*.md") if path.stem == "moss")
    mine.write_text(mine.read_text() + "\n- mine, once\n")
    export(db, notes, new, "topics", source=tmp_path / "graph")
    assert sum(path.read_text().count("mine, once") for path in notes.rglob("*.md")) == 1
    texts = [path.read_text() for path in notes.rglob("*.md") if path.stem in ("moss", "Rain", "lichen")]
    assert {read_flavour(text) for text in texts} == {new}
    again = export(db, notes, new, "topics", source=tmp_path / "graph")
    assert not set(WRITES) & set(+again.actions)
