"""How a note's text points at copies of pictures, and where they go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.note_places import climb, find_names, find_picture_folder, point_at_copies
from record_types.errors import InputError
from tests.growth import assert_linear

COPIES = {
    "https://img.test/a.png": "media/0123456789abcdef.png",
    "https://img.test/b?x=1&y=2": "media/my files/b.jpg",
    "https://img.test/w_(c).png": "media/c.png",
    "https://img.test/d?x=1&copy=2": "media/d.png",
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("![](https://img.test/a.png)", "![](../media/0123456789abcdef.png)"),
        (
            "A tree\n![its *leaf*](https://img.test/a.png) here",
            "A tree\n![its *leaf*](../media/0123456789abcdef.png) here",
        ),
        ("![](https://img.test/b?x=1&y=2)", "![](../media/my%20files/b.jpg)"),
        ("![](https://img.test/b?x=1&amp;y=2)", "![](../media/my%20files/b.jpg)"),
        (r"![](https://img.test/b?x=1\&y=2)", "![](../media/my%20files/b.jpg)"),
        ("![](https://img.test/w_(c).png)", "![](../media/c.png)"),
        ("![](https://img.test/d?x=1&copy=2)", "![](../media/d.png)"),
        (
            "[![](https://img.test/a.png)](https://x.test)",
            "[![](../media/0123456789abcdef.png)](https://x.test)",
        ),
        ('![](https://img.test/a.png "A title")', '![](../media/0123456789abcdef.png "A title")'),
        (
            "![](https://img.test/a.png) ![](https://img.test/none.png)",
            "![](../media/0123456789abcdef.png) ![](https://img.test/none.png)",
        ),
    ],
)
def test_a_picture_with_a_copy_is_shown_from_the_copy(before: str, after: str) -> None:
    assert point_at_copies(before, COPIES, "../") == after


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No picture, only https://img.test/a.png",
        "[a link](https://img.test/a.png)",
        r"\![](https://img.test/a.png)",
        r"!\[](https://img.test/a.png)",
        "`![](https://img.test/a.png)`",
        "```\n![](https://img.test/a.png)\n```",
        "![](https://img.test/a.png?other)",
        "![](../assets/mine.png)",
        "![](https://img.test/a.png",
    ],
)
def test_other_text_is_unchanged(text: str) -> None:
    assert point_at_copies(text, COPIES, "../") == text


@given(st.text(alphabet="![]()\\`~ \na", max_size=60))
def test_without_a_copy_the_text_is_unchanged(text: str) -> None:
    assert point_at_copies(text, COPIES, "../") == text


@pytest.mark.parametrize(
    "piece", ["![", "![a](", "![](https://img.test/a.png) ", "![[[", "![](((", "![](a(b)"]
)
def test_replacing_pictures_takes_linear_time(piece: str) -> None:
    assert_linear(lambda size: point_at_copies(piece * size, COPIES, ""), 10_000, 80_000)


def test_a_relative_path_goes_up_once_per_folder() -> None:
    assert [climb(folder) for folder in ("", "topics", "documents/tweets")] == ["", "../", "../../"]


def test_names_of_copies_are_found_in_pictures() -> None:
    assert find_names(["![](../media/0123456789abcdef.png)", "0123456789abcdef.jpg in words"]) == {
        "0123456789abcdef.png"
    }


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ({"attachmentFolderPath": "Files"}, "../../Files"),
        ({"attachmentFolderPath": "a/b/"}, "../../a/b"),
        ({"attachmentFolderPath": "/"}, "attachments"),
        ({"attachmentFolderPath": "./"}, "attachments"),
        ({"attachmentFolderPath": "./beside"}, "attachments"),
        ({"attachmentFolderPath": "../outside"}, "attachments"),
        ({"attachmentFolderPath": "/etc"}, "attachments"),
        ({"attachmentFolderPath": 3}, "attachments"),
        ({}, "attachments"),
        ([], "attachments"),
        ("no settings", "attachments"),
    ],
)
def test_obsidians_attachment_folder_is_used(tmp_path: Path, setting: object, shown: str) -> None:
    settings = tmp_path / ".obsidian"
    settings.mkdir()
    text = setting if isinstance(setting, str) else json.dumps(setting)
    (settings / "app.json").write_text(text)
    target = tmp_path / "notes" / "gleanings"
    assert find_picture_folder(target, "obsidian").shown == shown
    assert find_picture_folder(target, "logseq").shown == "assets"
    assert find_picture_folder(target, "obsidian", "own").shown == "own"


@pytest.mark.parametrize("chosen", ["..", "a/../..", "/etc", "C:/x", "a\\b", "a\0b", " ", "."])
def test_a_folder_outside_the_vault_is_refused(tmp_path: Path, chosen: str) -> None:
    with pytest.raises(InputError, match="not a folder below the export folder"):
        find_picture_folder(tmp_path, "markdown", chosen)
