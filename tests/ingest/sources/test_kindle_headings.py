"""Headings of Kindle's annotations in many languages."""

from __future__ import annotations

import pytest

from ingest.sources.kindle_headings import find_color, find_place, is_bookmark, is_note

HIGHLIGHTS = (
    "highlight markierung surlignement subrayado destaque evidenziazione markering выделенный"
    " ハイライト 标注 標註 하이라이트"
)
NOTES = "note notiz nota anotação メモ 笔记 筆記 notitie заметка 메모"
BOOKMARKS = (
    "bookmark lesezeichen signet marcador segnalibro bladwijzer закладка ブックマーク 书签 書籤 북마크"
)


@pytest.mark.parametrize(
    ("text", "page", "location"),
    [
        ("Page 4 · Location 274", "4", "274"),
        ("Page iv · Location 1,274", "iv", "1274"),
        ("Page · Location 9", "", "9"),
        ("page xiv5", "", "5"),
        ("Seite 12 · Position 170", "12", "170"),
        ("pagina 3 · posizione 5", "3", "5"),
        ("página 3 · posición 5", "3", "5"),
        ("página 3 · posição 5", "3", "5"),
        ("pagina 3 · posicion 5", "3", "5"),
        ("Página 3 · posicao 5", "3", "5"),
        ("emplacement 7", "", "7"),
        ("pagina 3 · locatie 7", "3", "7"),
        ("страница 3 · место 7", "3", "7"),
        ("페이지 3 · 위치 7", "3", "7"),
        ("3ページ·位置No. 7", "3", "7"),
        ("第 3 页 · 位置 #7", "3", "7"),
        ("3 頁", "3", ""),
        ("3쪽", "3", ""),
        ("(पीला) - पृष्ठ 12 · स्थान 1,170", "12", "1170"),
        ("नोट 5 - स्थान 7", "", "7"),
        ("no number", "", ""),
    ],
)
def test_a_heading_names_page_and_location(text: str, page: str, location: str) -> None:
    assert find_place(text) == (page, location)


@pytest.mark.parametrize("word", NOTES.split())
def test_a_note_has_these_names(word: str) -> None:
    assert is_note(f"{word.title()} (Yellow) - 5")
    assert not is_bookmark(word)


@pytest.mark.parametrize("word", HIGHLIGHTS.split())
def test_a_highlight_has_these_names(word: str) -> None:
    assert not is_note(f"{word.title()} - 5")


@pytest.mark.parametrize("word", BOOKMARKS.split())
def test_a_bookmark_has_these_names(word: str) -> None:
    assert is_bookmark(f"{word.title()} - 5")


def test_in_another_language_a_note_has_no_colour() -> None:
    assert is_note("नोट - 5")
    assert not is_note("हाइलाइट (पीला) - 5")
    assert not is_note("noted (x)")
    assert find_color("हाइलाइट ( पीला ) - 5") == "पीला"
    assert find_color("हाइलाइट - 5") == ""
