"""The hidden file of an export folder, and the low level of reading and writing notes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from export.folder_file import (
    FILE_NAME,
    FolderFile,
    KnownNote,
    fingerprint,
    make_known,
    read_folder_file,
    short_hash,
    write_folder_file,
)
from export.note_files import (
    Flusher,
    Write,
    find_hidden,
    find_target,
    hide_note,
    is_newer,
    is_special,
    list_notes,
    name_temporary,
    read_note,
    write_note,
)
from export.note_tree import Rendered
from record_types.errors import InputError

KNOWN = FolderFile("u1", {"b.md": KnownNote("m1", "f1", "x"), "a/ä.md": KnownNote("m2", "f2")})


def test_the_file_has_a_line_for_each_note_and_is_read_back(tmp_path: Path) -> None:
    flusher = Flusher()
    write_folder_file(tmp_path, KNOWN, flusher)
    lines = (tmp_path / FILE_NAME).read_text("utf-8").split("\n")
    assert lines[1:] == [
        '"folder": "u1",',
        '"notes": {',
        '"a/ä.md": ["m2", "f2", ""],',
        '"b.md": ["m1", "f1", "x"]',
        "}}",
        "",
    ]
    assert read_folder_file(tmp_path) == KNOWN
    assert flusher.calls == 2
    write_folder_file(tmp_path, KNOWN, flusher)
    assert flusher.calls == 2, "unchanged: nothing to flush"
    assert list(tmp_path.iterdir()) == [tmp_path / FILE_NAME]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"folder": "x"}', '{"notes": {}}', '{"folder": "x", "notes": []}',
             '{"folder": "x", "notes": {"a": []}}', '{"folder": "x", "notes": {"a": 1}}', "\xff"],
)  # fmt: skip
def test_a_damaged_file_counts_as_missing(tmp_path: Path, text: str) -> None:
    assert read_folder_file(tmp_path) is None
    (tmp_path / FILE_NAME).write_bytes(text.encode("latin-1"))
    assert read_folder_file(tmp_path) is None


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    write_folder_file(tmp_path, KNOWN, Flusher())
    (tmp_path / FILE_NAME).rename(other)
    (tmp_path / FILE_NAME).symlink_to(other)
    before = other.read_bytes()
    write_folder_file(tmp_path, FolderFile("u2"), Flusher())
    assert (other.read_bytes(), read_folder_file(tmp_path)) == (before, None)


def test_fingerprints_do_not_depend_on_line_endings_a_bom_or_final_blank_lines() -> None:
    same = {fingerprint(data) for data in (b"a\nb", b"a\r\nb\r\n", b"\xef\xbb\xbfa\nb\n\n")}
    assert len(same) == 1
    assert len({fingerprint(data) for data in (b"a\nb", b"a\n\nb", b"\na\nb", b"a\nb ")}) == 4
    assert len(fingerprint(b"")) == 24


def test_blocks_are_recognised_by_their_hashes() -> None:
    blocks = [Rendered("k1", "one"), Rendered("k2", "two"), Rendered("k3", "three")]
    known = make_known("m", "one\ntwo", blocks)
    assert (known.mark, known.fingerprint) == ("m", fingerprint(b"one\ntwo"))
    assert (len(known.blocks), short_hash("k1")) == (48, known.blocks[:8])
    texts = [("k1", "other"), ("k1", "one"), ("k2", "changed"), ("k9", "x")]
    assert known.read_blocks(texts) == {"k1": "one", "k2": "\0"}
    assert KnownNote("m", "f").read_blocks(texts) == {}
    shown = ["mine", "two", "three"]
    third = f"gone:{short_hash('k3')}"
    assert known.read_blocks(texts, lambda: shown) == {"k1": "one", "k2": "two", third: "three"}


@pytest.mark.parametrize("path", ["", "/a.md", "a\\b.md", "a\0", "../a.md", "a/../b.md", "C:a.md"])
def test_a_path_out_of_the_folder_is_an_error(path: str) -> None:
    with pytest.raises(InputError, match="not a path below the export folder"):
        find_target(Path("x"), path)


def test_paths_below_the_folder(tmp_path: Path) -> None:
    assert find_target(tmp_path, "a/b:c.md") == tmp_path / "a" / "b:c.md"
    temporary = name_temporary("a/b.md")
    assert temporary.startswith("a/.gleanings-")
    assert temporary.endswith(f".{os.getpid()}.tmp")
    assert name_temporary("b.md").startswith(".gleanings-")
    assert temporary != name_temporary("a/b.md")
    assert find_hidden(tmp_path, "a/b.md").parent == tmp_path / "a"
    assert find_hidden(tmp_path, "a.md") == find_hidden(tmp_path, "a.md") != find_hidden(tmp_path, "b.md")


def test_only_visible_files_are_notes(tmp_path: Path) -> None:
    for path in ("b.md", "a/c.md", "a/.d.md", ".e/f.md", "g.txt", "h.MD"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "i.md").symlink_to("b.md")
    (tmp_path / "j").symlink_to("a")
    os.mkfifo(tmp_path / "k.md")
    (tmp_path / "l.md").mkdir()
    (tmp_path / "l.md" / "m.md").touch()
    assert list_notes(tmp_path) == (["a/c.md", "b.md", "l.md/m.md"], ["k.md"])
    assert list_notes(tmp_path / "nowhere") == ([], [])
    special = {name for name in ("b.md", "a", "i.md", "k.md", "nowhere") if is_special(tmp_path / name)}
    assert special == {"k.md"}
    reads = [read_note(tmp_path, path) for path in ("b.md", "l.md", "nowhere", "b.md/x", "k.md")]
    assert reads == [b"", None, None, None, None]


@pytest.mark.parametrize(
    ("modified", "moment", "newer"),
    [(100, 99, True), (100, 100, False), (260, 0, True), (261, 0, False), (200, 199, True)],
)
def test_a_file_with_a_time_in_the_future_is_not_newer(
    tmp_path: Path, modified: float, moment: float, newer: bool
) -> None:
    (tmp_path / "a.md").touch()
    os.utime(tmp_path / "a.md", (modified, modified))
    assert is_newer(tmp_path, Write("a.md", "update"), moment, now=200) is newer
    assert not is_newer(tmp_path, Write("b.md", "update"), 0, now=200)


def test_a_note_is_written_only_over_what_the_plan_saw(tmp_path: Path) -> None:
    assert write_note(tmp_path, "a/b.md", "é", None) is None
    assert write_note(tmp_path, "a/b.md", "é", None) == "same"
    assert write_note(tmp_path, "a/b.md", "new", None) == "changed"
    (tmp_path / "a" / "b.md").chmod(0o640)
    assert write_note(tmp_path, "a/b.md", b"new", "é".encode()) is None
    assert (tmp_path / "a" / "b.md").stat().st_mode & 0o777 == 0o640
    assert write_note(tmp_path, "a/b.md", "x", b"new", temporary="a/.mine.tmp") is None
    (tmp_path / "c").symlink_to("a")
    assert write_note(tmp_path, "c/b.md", "y", b"x") == "refused"
    os.mkfifo(tmp_path / "d.md")
    assert write_note(tmp_path, "d.md", "y", None) == "refused"
    assert [each.read_text() for each in (tmp_path / "a").iterdir()] == ["x"]
    hide_note(tmp_path, "a/b.md")
    assert list_notes(tmp_path).notes == []
    assert find_hidden(tmp_path, "a/b.md").read_text() == "x"


def test_what_is_written_is_the_text_or_the_contents() -> None:
    assert Write("a.md", "update", "é\ud800").data == b"\xc3\xa9?"
    assert Write("a.md", "merge", "a", contents=b"").data == b""


def test_few_files_are_flushed_one_by_one(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.md" for number in range(16)]
    for path in paths:
        path.touch()
    calls = []
    for count in (0, 1, 2, 15, 16):
        flusher = Flusher()
        flusher.flush_files(paths[:count])
        calls.append(flusher.calls)
    assert calls == [0, 1, 2, 15, 1]
    flusher = Flusher()
    flusher.flush_folders([tmp_path, tmp_path])
    assert flusher.calls == 2
    with pytest.raises(FileNotFoundError):
        Flusher().flush_files([tmp_path / "gone.md"])
