"""A whole graph through the real commands, its notes beside the expected ones; then read back by others."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import frontmatter
import pytest
from markdown_it import MarkdownIt

from ingest.outline import parse_outline
from tests.gleanings.running import ROOT, query, run

DATA = ROOT / "tests" / "data"
GOLDEN = DATA / "export" / "golden" / "graph"
FLAVOURS = ("logseq", "obsidian", "markdown")
COMMONMARK = MarkdownIt("commonmark")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the graph, imported, its links resolved by a map, exported: for Logseq into itself."""
    folder = tmp_path_factory.mktemp("golden")
    shutil.copytree(DATA / "graph", folder / "graph")
    (folder / "config.toml").write_text(
        '[export]\nsettle_seconds = 0\nnotes = ["topics", "documents", "authors", "reading-list", "index"]\n'
    )
    assert run("import", "graph", cwd=folder).code == 0
    assert run("links", "import", DATA / "graph-links.csv", cwd=folder).code == 0
    for flavour, target in targets(folder).items():
        ran = run("export", target, "--flavour", flavour, cwd=folder)
        assert (ran.code, ran.err) == (0, "")
    return folder


def targets(folder: Path) -> dict[str, Path]:
    return {"logseq": folder / "graph", "obsidian": folder / "vault", "markdown": folder / "notes"}


def read_notes(folder: Path, flavour: str) -> dict[str, str]:
    """The files that an export wrote or changed, by path."""
    target = targets(folder)[flavour]
    found = {path.relative_to(target).as_posix(): path.read_bytes() for path in sorted(target.rglob("*.md"))}
    graph = DATA / "graph"
    return {
        path: data.decode()
        for path, data in found.items()
        if flavour != "logseq" or not (graph / path).exists() or (graph / path).read_bytes() != data
    }


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_notes_are_as_expected(
    folder: Path, flavour: str, check_golden: Callable[[Path, str], None]
) -> None:
    notes = read_notes(folder, flavour)
    for path, text in notes.items():
        check_golden(GOLDEN / flavour / path, text)
    expected = {path.relative_to(GOLDEN / flavour).as_posix() for path in (GOLDEN / flavour).rglob("*.md")}
    assert expected == notes.keys()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_second_run_writes_nothing_and_imports_no_note(folder: Path, flavour: str) -> None:
    target = targets(folder)[flavour]
    before = {path: path.stat().st_mtime_ns for path in target.rglob("*.md")}
    highlights = query(folder / "gleanings.db", "select id, uid, text from highlights")
    assert "+ 0 added  ~ 0 changed" in run("import", "graph", cwd=folder).out
    assert query(folder / "gleanings.db", "select id, uid, text from highlights") == highlights
    assert "+ 0 new  ~ 0 changed" in run("export", target, "--flavour", flavour, cwd=folder).out
    assert {path: path.stat().st_mtime_ns for path in target.rglob("*.md")} == before


def test_no_page_of_highlights_is_modified(folder: Path) -> None:
    changed = [
        path.relative_to(DATA / "graph").as_posix()
        for path in (DATA / "graph").rglob("*.*")
        if path.is_file()
        and (folder / "graph" / path.relative_to(DATA / "graph")).read_bytes() != path.read_bytes()
    ]
    assert sorted(changed) == ["pages/Gardening.md", "pages/Rivers.md"]


@pytest.mark.parametrize(("page", "topic"), [("Rivers", "rivers"), ("Gardening", "gardens")])
def test_a_topic_with_an_existing_page_is_added_below_the_readers_text(
    folder: Path, page: str, topic: str
) -> None:
    mine = (DATA / "graph" / "pages" / f"{page}.md").read_text()
    now = (folder / "graph" / "pages" / f"{page}.md").read_text()
    assert now.startswith(mine)
    assert "\n- ## From gleanings\n\t- " in now
    assert not (folder / "graph" / "pages" / f"{topic}.md").exists()


def test_a_note_has_the_same_highlights_in_all_flavours(folder: Path) -> None:
    addresses = {
        flavour: sorted(
            address
            for text in read_notes(folder, flavour).values()
            for address in re.findall(r"\]\((https://(?:twitter\.com|read\.readwise)[^)]*)\)", text)
        )
        for flavour in FLAVOURS
    }
    assert len(addresses["logseq"]) > 100
    assert set(addresses["logseq"]) <= set(addresses["markdown"])
    # Obsidian's properties show an address without a link, Logseq's too: CommonMark's facts are links.
    assert set(addresses["markdown"]) - set(addresses["obsidian"]) <= {
        url
        for (url,) in query(
            folder / "gleanings.db", "select url from documents union select url from authors"
        )
    }


def test_logseq_reads_back_every_block_that_was_written(folder: Path) -> None:
    for path, text in read_notes(folder, "logseq").items():
        outline = parse_outline(text)
        blocks = query(
            folder / "gleanings.db",
            "select block_key, base_text from written where path = ? and block_key <> '' order by position",
            path.removeprefix("logseq/"),
        )
        ours = [words for key, words in blocks if not key.startswith("property:")]
        assert ours, path
        read = [strip(block.text) for block in outline.blocks]
        assert read[len(read) - len(ours) :] == [strip(words) for words in ours], path
        assert all(block.properties == () for block in outline.blocks), path


def strip(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def test_markdown_is_commonmark_without_raw_html(folder: Path) -> None:
    for path, text in read_notes(folder, "markdown").items():
        for token in COMMONMARK.parse(text):
            for each in (token, *(token.children or ())):
                assert each.type not in ("html_block", "html_inline"), path
                address = str(each.attrGet("href") or each.attrGet("src") or "")
                assert not re.match(r"(?!https?:)[a-z]+:", address), path


@pytest.mark.parametrize("flavour", ["markdown", "obsidian"])
def test_every_link_to_a_note_leads_to_a_file(folder: Path, flavour: str) -> None:
    notes = read_notes(folder, flavour)
    linked = 0
    for path, text in notes.items():
        relative = re.findall(r"\]\((?!https?:)([^)]*\.md)\)", text)
        named = re.findall(r"\[\[((?:topics|authors|documents)/[^|\]]+)", text)
        for address in (
            [normpath(join(dirname(path), unquote(each))) for each in relative]
            if flavour == "markdown"
            else [f"{name}.md" for name in named]
        ):
            assert address in notes, (path, address)
            linked += 1
    assert linked > 100


def test_every_link_to_a_page_in_logseq_leads_to_one(folder: Path) -> None:
    """Else Logseq would make an empty page of that name."""
    notes = read_notes(folder, "logseq")
    names = {path.removeprefix("pages/").removesuffix(".md") for path in notes}
    titles = {unquote(name.removesuffix("___").replace("___", "/")).lower() for name in names}
    index = notes["pages/Index.md"]
    linked = {name.lower() for name in re.findall(r"\[\[([^\[\]]+)\]\]", index)}
    assert linked - titles - {"gardens"} == set()


def test_obsidians_properties_have_the_types_that_it_expects(folder: Path) -> None:
    for path, text in read_notes(folder, "obsidian").items():
        page = frontmatter.loads(text)
        for key in ("tags", "aliases"):
            values = page.get(key, [])
            assert isinstance(values, list), path
            assert all(isinstance(each, str) and each for each in values), path
            assert key == "aliases" or all(re.fullmatch(r"[\w/-]*[^\W\d][\w/-]*", tag) for tag in values)
        assert isinstance(page.get("highlights", 0), int), path
        assert all(isinstance(page[key], date) for key in ("date", "until") if key in page), path
        assert all(isinstance(page[key], str) for key in ("author", "category", "url", "kind") if key in page)
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path


def test_obsidian_can_link_to_every_highlight(folder: Path) -> None:
    for path, text in read_notes(folder, "obsidian").items():
        identities = re.findall(r"(?<=\n\n)\^([A-Za-z0-9-]+)(?=\n(?:\n|\Z)|\Z)", text)
        assert len(identities) == len(set(identities)), path
        if path.startswith("documents/"):
            assert len(identities) == frontmatter.loads(text).get("highlights", 0), path


def test_missing_and_pending_targets_are_marked(folder: Path) -> None:
    notes = read_notes(folder, "markdown")
    text = "".join(notes.values())
    assert "https://t.co/crumbFerm1 *(no longer there)*" in text
    assert "https://t.co/riverPend1 ⏳" in text
    assert "https://t.co/almanUns01 *(unsafe link)*" in text
    assert "https://t.co/crumbSour1" not in text
