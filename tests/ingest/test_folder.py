"""Finding files under a path: which are read, which are skipped, and what is reported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.folder import find_sources
from record_types.errors import InputError

PAGE = "title:: {} (highlights)\n"


def write(root: Path, *names: str, text: str = "words") -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def list_paths(root: Path) -> list[str]:
    return [stamp.path for stamp in find_sources(root).stamps]


def list_problems(root: Path) -> dict[str, str]:
    return {path: problem.kind for path, problem in find_sources(root).problems}


def test_pages_are_sorted_and_have_their_size_and_time(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a/z.markdown", "a/y.org", "c.csv", "d.txt", "E.MD", "no.png", "no.edn")
    sources = find_sources(tmp_path)
    assert [stamp.path for stamp in sources.stamps] == [
        "E.MD",
        "a/y.org",
        "a/z.markdown",
        "b.md",
        "c.csv",
        "d.txt",
    ]
    found = (tmp_path / "E.MD").stat()
    first = sources.stamps[0]
    assert (first.root, first.size, first.mtime_ns) == (str(tmp_path), found.st_size, found.st_mtime_ns)
    assert (sources.is_folder, sources.problems) == (True, ())


def test_a_file_that_the_user_names_is_read_whatever_its_suffix(tmp_path: Path) -> None:
    write(tmp_path, "page.text")
    sources = find_sources(tmp_path / "page.text")
    assert ([stamp.path for stamp in sources.stamps], sources.root) == (["page.text"], str(tmp_path))
    assert not sources.is_folder


def test_logseqs_own_files_are_not_read(tmp_path: Path) -> None:
    write(
        tmp_path, "logseq/config.edn", text='{:hidden ["/archived"] :journal/page-title-format "yyyy-MM-dd"}'
    )
    write(
        tmp_path,
        "pages/a.md",
        "journals/2022_11_19.md",
        "logseq/bak/a.md",
        "logseq/.recycle/a.md",
        ".git/a.md",
    )
    write(
        tmp_path,
        "logseq/version-files/a.md",
        "mirror/a.md",
        "archived/a.md",
        "pages/._a.md",
        "pages/.#a.md",
        "pages/Readwise.md",
    )
    assert list_paths(tmp_path) == ["pages/a.md"]
    assert find_sources(tmp_path / "pages").settings.day_formats == ("yyyy-MM-dd",)
    assert list_problems(tmp_path) == {}


def test_a_folder_with_such_a_name_is_read_outside_a_graph(tmp_path: Path) -> None:
    write(tmp_path, "journals/a.md", "mirror/b.md")
    assert list_paths(tmp_path) == ["journals/a.md", "mirror/b.md"]


def test_a_folder_that_the_user_names_is_read_even_if_the_graph_hides_it(tmp_path: Path) -> None:
    write(tmp_path, "logseq/config.edn", text='{:hidden ["/archived"]}')
    write(tmp_path, "archived/a.md")
    assert list_paths(tmp_path / "archived") == ["a.md"]


def test_sync_copies_are_skipped_and_reported(tmp_path: Path) -> None:
    write(
        tmp_path,
        "a.md",
        "a 2.md",
        "a(1).md",
        "a.sync-conflict-20230101-120000-ABCDEFG.md",
        text=PAGE.format("a"),
    )
    assert list_paths(tmp_path) == ["a.md"]
    assert set(list_problems(tmp_path).values()) == {"sync-copy"}
    assert len(list_problems(tmp_path)) == 3


def test_pages_that_only_look_like_copies_are_read(tmp_path: Path) -> None:
    write(tmp_path, "Chapter 2.md", "Notes(1).md")
    write(tmp_path, "Rust.md", text=PAGE.format("Rust"))
    write(tmp_path, "Rust 2.md", text=PAGE.format("Rust 2"))
    assert len(list_paths(tmp_path)) == 4
    assert list_problems(tmp_path) == {}


def test_links_out_of_the_folder_and_in_circles_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "root/a.md", "outside/b.md")
    root = tmp_path / "root"
    (root / "out.md").symlink_to(tmp_path / "outside" / "b.md")
    (root / "outdir").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root)
    (root / "self.MD").symlink_to(root / "self.MD")
    (root / "same.md").symlink_to(root / "a.md")
    assert list_paths(root) == ["a.md"]
    assert list_problems(root) == {"out.md": "skipped", "outdir": "skipped", "self.MD": "unreadable"}


def test_a_folder_named_like_a_page_is_read_and_reported(tmp_path: Path) -> None:
    write(tmp_path, "x.md/inner.md")
    assert list_paths(tmp_path) == ["x.md/inner.md"]
    assert list_problems(tmp_path) == {"x.md": "skipped"}


def test_a_name_that_is_not_utf8_is_skipped_and_can_be_printed(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("words")
    except OSError:
        pytest.skip("this file system has only UTF-8 names")
    assert list_paths(tmp_path) == []
    assert list_problems(tmp_path) == {"caf\\xe9.md": "unreadable"}


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert list_problems(tmp_path) == {"pipe.md": "unreadable"}
    with pytest.raises(InputError):
        find_sources(tmp_path / "pipe.md")


@pytest.mark.parametrize("name", ["missing", "a.md/b.md", "nul\0name"])
def test_a_missing_path_is_an_input_error(tmp_path: Path, name: str) -> None:
    write(tmp_path, "a.md")
    with pytest.raises(InputError):
        find_sources(tmp_path / name)


def test_a_database_graph_is_rejected_with_a_hint_to_export_markdown(tmp_path: Path) -> None:
    write(tmp_path, "db.sqlite")
    for path in (tmp_path, tmp_path / "db.sqlite"):
        with pytest.raises(InputError, match="export it as Markdown"):
            find_sources(path)
    write(tmp_path, "pages/a.md")
    assert list_paths(tmp_path) == ["pages/a.md"]
    assert list_problems(tmp_path) == {"db.sqlite": "skipped"}


def test_an_empty_folder_has_nothing_to_read(tmp_path: Path) -> None:
    assert find_sources(tmp_path).stamps == ()


def test_the_markdown_mirror_of_a_database_graph_is_read_without_its_journals(tmp_path: Path) -> None:
    write(tmp_path, "db.sqlite", "mirror/markdown/pages/a.md", "mirror/markdown/journals/2024_01_01.md")
    assert list_paths(tmp_path) == ["mirror/markdown/pages/a.md"]
    assert list_problems(tmp_path) == {}
    assert list_paths(tmp_path / "mirror" / "markdown") == ["journals/2024_01_01.md", "pages/a.md"]
