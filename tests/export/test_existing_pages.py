"""Find notes that the user renamed or moved."""

from __future__ import annotations

import pytest

from export.existing_pages import HEAD_SIZE, find_existing_pages, find_moved, read_names

NOTE = "# Soil\n\nA first line of some length\n\nA second line of some length\n"


def find(text: str, path: str = "mine/Earth.md", missing: str = NOTE) -> dict[str, str]:
    files = {path: text.encode()}
    return find_moved({"topics/Soil.md": missing}, files, files.get)


def test_a_note_under_another_name_is_found_by_its_lines() -> None:
    assert find(NOTE) == {"topics/Soil.md": "mine/Earth.md"}
    assert find("my own\n" + NOTE.replace("second", "2nd")) == {"topics/Soil.md": "mine/Earth.md"}


def test_a_note_with_few_lines_left_is_found_by_its_name_or_title() -> None:
    long = NOTE + "".join(f"\nLine number {n} of this note\n" for n in range(3))
    left = "A first line of some length\n\nAll else is mine\n"
    assert find(left, "mine/soil.md", long) == {"topics/Soil.md": "mine/soil.md"}
    assert find(left, "mine/Earth.md", long) == {}


@pytest.mark.parametrize(
    ("title", "left", "is_found"),
    [
        ("# Soil and roots", "# Soil and roots", True),
        ("title:: Soil and roots", "title:: Soil and roots", True),
        ("# Soil and roots", "# Soil and sands", False),
        ("About soil and roots", "About soil and roots", False),
    ],
)
def test_a_note_with_few_lines_left_is_found_by_a_long_title(title: str, left: str, is_found: bool) -> None:
    lines = [f"Line number {number} of this note" for number in range(5)]
    found = find("\n".join([left, lines[3]]), missing="\n".join([title, *lines]))
    assert found == ({"topics/Soil.md": "mine/Earth.md"} if is_found else {})


def test_a_page_is_found_by_its_name_else_by_an_alias_of_another() -> None:
    late = b"key:: value\n" * (HEAD_SIZE // 12)
    pages = {
        "pages/c.md": b"title:: Soil\n\n- x",
        "pages/b.md": b"\xef\xbb\xbfTitle:: Soil\nalias:: Earth, [[Sand, and clay]]\n",
        "pages/a.md": b"alias:: earth, Ground",
        "pages/Ground.md": b"- title:: no property of the page",
        "pages/d___e.md": b"",
        "pages/late.md": late + b"title:: Too late",
        "journals/2024_01_01.md": None,
        "notes/other.md": b"title:: Other",
    }
    assert find_existing_pages(pages, pages.get) == {
        "soil": "pages/b.md",
        "a": "pages/a.md",
        "ground": "pages/Ground.md",
        "d/e": "pages/d___e.md",
        "late": "pages/late.md",
        "2024_01_01": "journals/2024_01_01.md",
        "earth": "pages/a.md",
        "sand, and clay": "pages/b.md",
    }


@pytest.mark.parametrize(
    ("head", "title", "aliases"),
    [
        (b"title:: A\nalias:: b,[[C, d]] , e", "A", ["b", "C, d", "e"]),
        (b"  ALIAS:: a\xef\xbc\x8cb", "", ["a", "b"]),
        (b"alias::", "", []),
        (b"title: A", "", []),
    ],
)
def test_a_pages_title_and_aliases_are_among_its_properties(
    head: bytes, title: str, aliases: list[str]
) -> None:
    assert read_names(head) == (title, aliases)


def test_a_page_of_the_users_own_with_the_same_title_is_not_taken() -> None:
    assert find("# Soil\n\nWhat I think about soil\n", "mine/Soil.md") == {}
    assert find("", "mine/Soil.md") == {}


def test_a_file_that_cannot_be_read_or_is_too_large_is_skipped() -> None:
    files = {"large.md": NOTE.encode() + b" " * 4_000_000, "mine/Earth.md": NOTE.encode()}
    moved = find_moved({"topics/Soil.md": NOTE}, ["gone.md", *files], files.get)
    assert moved == {"topics/Soil.md": "mine/Earth.md"}


def test_a_file_is_matched_with_one_note() -> None:
    files = {"a.md": NOTE.encode()}
    assert find_moved({"x.md": NOTE, "y.md": NOTE}, files, files.get) == {"x.md": "a.md"}
