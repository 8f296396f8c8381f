"""Notes read back by the programs that they are for: Logseq's own parser, YAML and CommonMark.

Logseq's parser is the npm package `mldoc`: `npm install mldoc` in a folder that $NODE_PATH names, with its
`node_modules`. Without it, its test is skipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from ingest.outline import parse_outline
from tests.gleanings.running import ROOT, query, run

GRAPHS = {
    "example": (ROOT / "example" / "graph", ROOT / "example" / "links.csv"),
    "test": (ROOT / "tests" / "data" / "graph", ROOT / "tests" / "data" / "graph-links.csv"),
}
FLAVOURS = ("logseq", "obsidian", "markdown")
KINDS = ("topics", "documents", "authors", "reading-list", "index", "highlights", "resources")
COMMONMARK = MarkdownIt("commonmark").enable("table")
NO_TEXT = (
    "Latex_Fragment",
    "Displayed_Math",
    "Latex_Environment",
    "Raw_Html",
    "Inline_Html",
    "Hiccup",
    "Drawer",
)
"""What Logseq would show instead of words."""


@pytest.fixture(scope="module", params=GRAPHS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph imported, its links resolved, and its notes of all kinds in three flavours."""
    graph, links = GRAPHS[request.param]
    folder = tmp_path_factory.mktemp("read")
    (folder / "config.toml").write_text(f"[export]\nnotes = {json.dumps(KINDS)}\n")
    assert run("import", graph, cwd=folder).code == 0
    assert run("links", "import", links, cwd=folder).code == 0
    for flavour in FLAVOURS:
        ran = run("export", folder / flavour, "--flavour", flavour, cwd=folder)
        assert (ran.code, ran.err) == (0, "")
    return folder


def list_notes(folder: Path, flavour: str) -> list[Path]:
    notes = sorted((folder / flavour).rglob("*.md"))
    assert len(notes) > 40
    return notes


def read_with_mldoc(paths: list[Path]) -> list[list[Any]]:
    script = Path(__file__).with_name("read_with_mldoc.js")
    if shutil.which("node") is None:
        pytest.skip("there is no node")
    given = "\n".join(map(str, paths))
    done = subprocess.run(
        ["node", script], input=given, capture_output=True, text=True, timeout=120, check=False
    )
    if "Cannot find module 'mldoc'" in done.stderr:
        pytest.skip("mldoc is not installed where $NODE_PATH says")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def list_kinds(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        if node and isinstance(node[0], str):
            yield node[0]
        for each in node:
            yield from list_kinds(each)
    elif isinstance(node, dict):
        for each in node.values():
            yield from list_kinds(each)


def test_logseqs_own_parser_reads_the_same_blocks_properties_and_tasks(folder: Path) -> None:
    paths = list_notes(folder, "logseq")
    pages = read_with_mldoc(paths)
    assert len(pages) == len(paths)
    for path, page in zip(paths, pages, strict=True):
        text = path.read_text(encoding="utf-8")
        outline, data = parse_outline(text), text.encode()
        heads = [(node[1], place["start_pos"]) for node, place in page if node[0] == "Heading"]
        ends = [start for _, start in heads[1:]] + [len(data)]
        theirs = [
            (head["level"], data[start:end].decode().strip(), head.get("marker"))
            for (head, start), end in zip(heads, ends, strict=True)
        ]
        assert theirs == [
            (
                block.level,
                text[block.start : block.end].strip(),
                block.text[:4]
                if path.name.startswith("Reading list") and block.text[:5] == "TODO "
                else None,
            )
            for block in outline.blocks
        ], path
        drawers = [node[1] for node, _ in page if node[0] == "Property_Drawer"]
        assert [(key, value) for drawer in drawers for key, value, *_ in drawer] == list(
            outline.properties
        ), path
        formulas = ("Latex_Fragment", "Displayed_Math") if "$$x$$" in text else ()
        assert not set(NO_TEXT) & set(list_kinds(page)) - set(formulas), path


def test_the_properties_of_a_vault_are_yaml_of_few_types(folder: Path) -> None:
    for path in list_notes(folder, "obsidian"):
        head, properties, _ = path.read_text(encoding="utf-8").split("---\n", 2)
        assert head == ""
        for key, value in yaml.safe_load(properties).items():
            values = value if isinstance(value, list) else [value]
            assert values, (path, key)
            assert all(isinstance(each, str | bool | int | date) and each != "" for each in values), (
                path,
                key,
            )


def outline_tokens(text: str) -> list[tuple[str, str, str]]:
    return [(token.type, token.tag, token.content) for token in COMMONMARK.parse(text)]


@pytest.mark.parametrize("flavour", ["obsidian", "markdown"])
def test_a_note_reads_as_its_blocks_one_after_the_other(folder: Path, flavour: str) -> None:
    """No block swallows the next, and none continues the one before."""
    for path in list_notes(folder, flavour):
        text = path.read_text(encoding="utf-8")
        body = text.split("---\n", 2)[2] if flavour == "obsidian" else text
        blocks = [
            block
            for key, block in query(
                folder / "gleanings.db",
                "select block_key, base_text from written join export_folders on id = folder_id "
                "where export_folders.path || '/' || written.path = ? and block_key <> '' order by position",
                str(path),
            )
            if not key.startswith("property:")
        ]
        assert blocks, path
        joined = [blocks[0]]
        for block in blocks[1:]:
            if block.startswith("- ") and f"{joined[-1]}\n{block}" in body:
                joined[-1] += f"\n{block}"
            else:
                joined.append(block)
        apart = [token for block in joined for token in outline_tokens(block)]
        assert outline_tokens(body) == apart, path
