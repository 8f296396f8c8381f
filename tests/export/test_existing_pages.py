"""Find notes that the user renamed or moved."""

from __future__ import annotations

from export.existing_pages import find_moved

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


def test_a_page_of_the_users_own_with_the_same_title_is_not_taken() -> None:
    assert find("# Soil\n\nWhat I think about soil\n", "mine/Soil.md") == {}
    assert find("", "mine/Soil.md") == {}


def test_a_file_that_cannot_be_read_or_is_too_large_is_passed_over() -> None:
    files = {"large.md": NOTE.encode() + b" " * 4_000_000, "mine/Earth.md": NOTE.encode()}
    moved = find_moved({"topics/Soil.md": NOTE}, ["gone.md", *files], files.get)
    assert moved == {"topics/Soil.md": "mine/Earth.md"}


def test_a_file_is_matched_with_one_note() -> None:
    files = {"a.md": NOTE.encode()}
    assert find_moved({"x.md": NOTE, "y.md": NOTE}, files, files.get) == {"x.md": "a.md"}
