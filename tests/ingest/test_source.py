"""One file to one record, whatever is wrong with the file."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from ingest import source
from ingest.folder import stamp_file
from ingest.source import read_source
from ingest.text import HEAD, Text
from record_types.pages import FileStamp, SourceFile

PAGE = (
    'title:: A (highlights)\nfull-title:: "A"\ncategory:: #books\n\n'
    "- Highlights first synced by [[Readwise]] [[2022-11-19]]\n"
)


def read(folder: Path, data: bytes, name: str = "a.md") -> SourceFile:
    (folder / name).write_bytes(data)
    return read_source(stamp_file(str(folder), name))


def list_problems(file: SourceFile) -> list[tuple[str, int | None]]:
    return [(problem.kind, problem.line) for problem in file.problems]


def test_a_page_is_read_with_its_hash_and_dialect(tmp_path: Path) -> None:
    file = read(tmp_path, PAGE.encode())
    assert (file.dialect, file.encoding, file.problems) == ("logseq", "utf-8", ())
    assert file.sha256 == sha256(PAGE.encode()).hexdigest()
    assert file.pages[0].document.title == "A"


def test_a_page_without_a_title_is_named_by_its_file(tmp_path: Path) -> None:
    file = read(tmp_path, b"category:: #books\nauthor:: [[B]]\n", "What%3F (highlights).md")
    assert file.pages[0].document.title == "What?"


@pytest.mark.parametrize("data", [b"", b"\n", b"- my own notes", b"\xef\xbb\xbf"])
def test_other_files_have_no_dialect_and_no_pages(tmp_path: Path, data: bytes) -> None:
    file = read(tmp_path, data)
    assert (file.dialect, file.pages, file.problems) == (None, (), ())
    assert file.sha256 == sha256(data).hexdigest()


def test_a_file_that_is_not_utf8_is_a_problem_in_its_line(tmp_path: Path) -> None:
    file = read(tmp_path, PAGE.encode() + b"\t- caf\xe9\n")
    assert list_problems(file) == [("unreadable", 6)]
    assert file.sha256


def test_nul_bytes_are_removed_and_the_rest_is_read(tmp_path: Path) -> None:
    file = read(tmp_path, PAGE.encode() + b"\t- wo\0rds\n")
    assert list_problems(file) == [("nul-bytes", 6)]
    assert file.pages[0].highlights[0].text == "words"


def test_thousands_of_levels_are_rejected_quickly(tmp_path: Path) -> None:
    levels = "".join("\t" * level + "- x\n" for level in range(3_000))
    file = read(tmp_path, (PAGE + levels).encode())
    assert [kind for kind, _ in list_problems(file)] == ["unreadable"]
    assert file.dialect == "logseq"


@pytest.mark.slow
def test_a_line_of_fifty_megabytes_is_one_highlight(tmp_path: Path) -> None:
    file = read(tmp_path, (PAGE + "\t- " + "word " * 10_000_000).encode())
    assert len(file.pages[0].highlights[0].text) == 49_999_999


def test_a_file_that_is_too_big_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "big.md").open("wb") as handle:
        handle.truncate(source.MAX_BYTES + 1)
    file = read_source(stamp_file(str(tmp_path), "big.md"))
    assert "64 MiB" in file.problems[0].message
    assert file.sha256 == ""


def test_a_missing_file_or_a_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    for name in ("gone.md", "folder.md"):
        file = read_source(FileStamp(str(tmp_path), name, 3, 1))
        assert list_problems(file) == [("unreadable", None)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE)
    (tmp_path / "a.md").chmod(0)
    assert list_problems(read_source(stamp_file(str(tmp_path), "a.md"))) == [("unreadable", None)]


def test_a_file_that_changed_since_it_was_listed_has_the_stamp_of_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("old")
    stamp = stamp_file(str(tmp_path), "a.md")
    (tmp_path / "a.md").write_text(PAGE)
    file = read_source(stamp)
    assert file.stamp == stamp_file(str(tmp_path), "a.md") != stamp
    assert file.sha256 == sha256(PAGE.encode()).hexdigest()


def test_the_head_of_a_text_begins_with_its_first_word_and_is_short() -> None:
    assert Text(" \r\n\ta b").head == "a b"
    assert Text("x" * (HEAD + 1)).head == "x" * HEAD
