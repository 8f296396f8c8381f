"""The kind of folder that contains a path, and page names from file names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.graph import NameFormat, find_graph, name_page, parse_config

CONFIG = """{:meta/version 1
 ;; :journal/page-title-format "yyyy"
 :journal/page-title-format "EEEE, dd-MM-yyyy" ; mine
 :file/name-format :triple-lowbar
 #_:hidden #_["/no"]
 :hidden ["/archived" "private.md"]
 :preferred-format "Markdown"
 %s}"""
EXPECTED = {
    "journal/page-title-format": "EEEE, dd-MM-yyyy",
    "file/name-format": "triple-lowbar",
    "preferred-format": "Markdown",
}


def make_graph(folder: Path, config: str) -> Path:
    (folder / "logseq").mkdir()
    (folder / "logseq" / "config.edn").write_text(config)
    (folder / "pages").mkdir()
    return folder


@pytest.mark.parametrize("odd", ["", ':x #"a\\d+"', ":x #js {:a 1}", ":x {:unfinished"])
def test_the_configuration_is_read_even_if_its_edn_is_unusual(odd: str) -> None:
    config = parse_config(CONFIG % odd)
    assert EXPECTED.items() <= config.items()
    assert "/archived" in config["hidden"]  # type: ignore[operator]


@pytest.mark.parametrize("text", ["", "{}", "[]", "nil", "(((", "\0", '{:a "', "1/0"])
def test_a_configuration_without_the_keys_sets_nothing(text: str) -> None:
    assert not parse_config(text).keys() & EXPECTED.keys()


def test_a_folder_inside_a_graph_has_the_graphs_settings(tmp_path: Path) -> None:
    graph = find_graph(make_graph(tmp_path, CONFIG % "") / "pages")
    assert graph is not None
    assert (graph.folder, graph.kind) == (tmp_path, "logseq")
    assert (graph.settings.day_formats, graph.settings.name_format) == (
        ("EEEE, dd-MM-yyyy",),
        "triple-lowbar",
    )
    assert graph.hidden == ("archived", "private.md")


def test_an_obsidian_vault_is_detected_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / "Readwise").mkdir()
    graph = find_graph(tmp_path / "Readwise")
    assert graph is not None
    assert (graph.kind, graph.folder) == ("obsidian", tmp_path)


def test_any_other_folder_is_not_a_graph(tmp_path: Path) -> None:
    assert find_graph(tmp_path) is None


@pytest.mark.parametrize(
    ("file_name", "name_format", "name"),
    [
        ("1___ There.md", "triple-lowbar", "1/ There"),
        ("Friday T...___.md", "triple-lowbar", "Friday T..."),
        ("Part 1%3A 50%25 %E4%B8%AD.md", "triple-lowbar", "Part 1: 50% 中"),
        ("a%2Fb.md", "legacy", "a/b"),
        ("a.b.md", "legacy", "a/b"),
        ("Dr. No.md", "legacy", "Dr. No"),
        ("100% sure.md", "plain", "100% sure"),
        ("%FF.md", "plain", "%FF"),
        ("v1.2.md", "plain", "v1.2"),
        ("Page", "plain", "Page"),
    ],
)
def test_a_pages_name_is_derived_from_its_files_name(
    file_name: str, name_format: NameFormat, name: str
) -> None:
    assert name_page(file_name, name_format) == name
