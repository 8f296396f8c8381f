"""Kindle clippings in any language: books, notes with their highlights, passages that were marked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.clippings import Meta, parse_meta
from ingest.folder import find_sources
from ingest.kindle import split_title
from ingest.source import parse_text, read_source
from ingest.text import Parsed, Text
from record_types.pages import Note

DATA = Path(__file__).parents[1] / "data" / "vaults"


def parse(*entries: tuple[str, str, str]) -> Parsed:
    text = "".join(f"{title}\n- {meta}\n\n{words}\n==========\n" for title, meta, words in entries)
    dialect, parsed = parse_text(Text(text, "My Clippings", ".txt"))
    assert dialect == "kindle"
    return parsed


def mark(words: str, place: str) -> tuple[str, str, str]:
    return (
        "A Book (Fern, Ada)",
        f"Your Highlight on {place} | Added on Monday, March 7, 2022 10:12:42 PM",
        words,
    )


def list_texts(*entries: tuple[str, str, str]) -> list[str]:
    return [highlight.text for highlight in parse(*entries).pages[0].highlights]


def test_a_file_with_byte_order_marks_and_windows_line_endings_is_read() -> None:
    (stamp,) = (stamp for stamp in find_sources(DATA).stamps if stamp.path.endswith(".txt"))
    file = read_source(stamp)
    assert [page.document.uid for page in file.pages] == [
        "title:books:ada fern:the patient gardener",
        "title:books:ada farn and ole nord:der moosgarten reihe 2",
        "title:books:安:苔藓",
    ]
    garden = file.pages[0]
    (highlight,) = garden.highlights
    assert (highlight.text, highlight.line, highlight.location) == (
        "A garden is a library of weather.",
        6,
        "12",
    )
    assert highlight.notes == (Note("mine", "note", 11),)
    assert garden.notes == (Note("a note on nothing", "note", 31),)
    assert garden.document.properties == (("bookmarks", "1"),)
    assert [(problem.kind, problem.line) for problem in file.problems] == [
        ("cut-text", 36),
        ("bad-clipping", 41),
    ]


@pytest.mark.parametrize(
    ("line", "meta"),
    [
        ("- Your Highlight on page 12 | location 170-172 | Added on Monday, March 7, 2022 10:12:42 PM",
         ("highlight", (170, 172), "12", "2022-03-07T22:12:42")),
        ("- Your Note at location 680 | Added on Tuesday, 30 August 2022 19:31:58",
         ("note", (680, 680), None, "2022-08-30T19:31:58")),
        ("- Highlight Loc. 170-72 | Added on Monday, March 7, 2011, 12:12 AM",
         ("highlight", (170, 172), None, "2011-03-07T00:12:00")),
        ("- Ihre Markierung auf Seite 28 | Position 284-286 | Hinzugefügt am Mi, 8. Oktober 2021 20:06:02",
         ("highlight", (284, 286), "28", "2021-10-08T20:06:02")),
        ("- Ihr Lesezeichen bei Position 1420 | Hinzugefügt am Samstag, 3. Januar 2015 09:14:54",
         ("bookmark", (1420, 1420), None, "2015-01-03T09:14:54")),
        ("- Votre surlignement sur la page 24 | Emplacement 370-378 | Ajouté le sam 16 août 2012 à 22:40:52",
         ("highlight", (370, 378), "24", "2012-08-16T22:40:52")),
        ("- Tu subrayado en la página 7 | posición 89-92 | Añadido el martes, 12 de marzo de 2024 21:30:15",
         ("highlight", (89, 92), "7", "2024-03-12T21:30:15")),
        ("- Sua nota ou posição 334 | Adicionado: sábado, 16 de maio de 2015 13:16:48",
         ("note", (334, 334), None, "2015-05-16T13:16:48")),
        ("- La tua evidenziazione alla posizione 453-454 | Aggiunto in data lunedì 8 marzo 2021 22:52:57",
         ("highlight", (453, 454), None, "2021-03-08T22:52:57")),
        ("- 位置No. 4404-4405のハイライト |作成日: 2023年8月10日木曜日 18:36:08",
         ("highlight", (4404, 4405), None, "2023-08-10T18:36:08")),
        ("- 您在第 128 页（位置 #1951-1954）的标注 | 添加于 2024年4月1日星期一 下午2:30:45",
         ("highlight", (1951, 1954), "128", "2024-04-01T14:30:45")),
        ("- 您在位置 #42的笔记 | 添加于 2024年4月1日星期一 上午12:30:45",
         ("note", (42, 42), None, "2024-04-01T00:30:45")),
        ("- Ваш выделенный отрывок на странице 12 | Место 170–172 | Добавлено: 7 марта 2022 г. в 22:12:42",
         ("highlight", (170, 172), "12", "2022-03-07T22:12:42")),
        ("- Destaque Pos. 170-72  | Adicionado na Segunda, 7 de Março de 2022, 22:12 Horas",
         ("highlight", (170, 172), None, "2022-03-07T22:12:00")),
        ("- 12쪽의 하이라이트 | 위치 170-172 | 추가됨: 2022년 3월 7일 월요일 오후 10:12:42",
         ("highlight", (170, 172), "12", "2022-03-07T22:12:42")),
        ("- Twoje zaznaczenie na stronie 12 | pozycja 170-172 | Dodano: 7 marca 2022 22:12:42",
         ("highlight", (170, 172), None, None)),
        ("- Your Highlight on page xii | Added on someday", ("highlight", None, "xii", None)),
    ],
)  # fmt: skip
def test_the_second_line_is_read_in_the_devices_language(
    line: str, meta: tuple[str, tuple[int, int] | None, str | None, str | None]
) -> None:
    found = parse_meta(line)
    assert isinstance(found, Meta)
    assert found[:4] == meta


@pytest.mark.parametrize(
    "line",
    [
        "",
        "- milk",
        "-",
        "Your Highlight on page 1 | Added on",
        "- [ ] task | x",
        "- task | 2022",
        "- " + "page 1 " * 99,
    ],
)
def test_other_lines_are_not_clippings(line: str) -> None:
    assert parse_meta(line) is None


@pytest.mark.parametrize(
    ("line", "title", "author"),
    [
        ("Moss (Fern, Ada)", "Moss", "Ada Fern"),
        ("Moss (German Edition) (Ada Fern)", "Moss (German Edition)", "Ada Fern"),
        ("Moss (Fern, Ada;North, Ole;South, Bo)", "Moss", "Ada Fern, Ole North, and Bo South"),
        ("Moss (Ada Fern, Ole North)", "Moss", "Ada Fern, Ole North"),
        ("Moss (Smith, Jr.)", "Moss", "Smith, Jr."),
        ("铁道之旅 ((德)希)", "铁道之旅", "(德)希"),
        ("规模（杰弗里）", "规模", "杰弗里"),
    ],
)
def test_the_last_parentheses_contain_the_author(line: str, title: str, author: str) -> None:
    found, person = split_title(line)
    assert (found, person.name if person else None) == (title, author)


@pytest.mark.parametrize("line", ["Moss", "Moss)", "(all of it)", "Moss ()", "Moss (2nd ed.) revised"])
def test_a_title_without_author_stays_whole(line: str) -> None:
    assert split_title(line) == (line, None)


def test_of_passages_marked_again_the_fuller_one_is_kept() -> None:
    short, longer = mark("has no", "location 10-11"), mark("Moss has no roots.", "location 9-12")
    assert list_texts(short, longer) == list_texts(longer, short) == ["Moss has no roots."]
    assert list_texts(longer, longer) == ["Moss has no roots."]


def test_adjacent_and_separate_passages_are_all_kept() -> None:
    assert list_texts(mark("Moss has", "location 1-2"), mark("no roots", "location 2-3")) == [
        "Moss has",
        "no roots",
    ]
    assert list_texts(mark("Yes", "location 1-1"), mark("Yes, no", "location 90-91")) == ["Yes", "Yes, no"]
    assert list_texts(mark("Yes", "page 1"), mark("Yes, no", "page 1")) == ["Yes", "Yes, no"]


def test_a_note_belongs_to_the_highlight_that_ends_at_it() -> None:
    note = (
        "A Book (Fern, Ada)",
        "Your Note on location 14 | Added on Monday, March 7, 2022 10:12:42 PM",
        "mine",
    )
    (page,) = parse(note, mark("wide", "location 2-30"), mark("near", "location 12-14")).pages
    assert [[each.text for each in highlight.notes] for highlight in page.highlights] == [[], ["mine"]]


@pytest.mark.parametrize(
    "text", ["", "a\n==========\n", "Title\n- milk\n==========\n", "Title\n==========\n- eggs | 2\n"]
)
def test_other_texts_are_not_detected(text: str) -> None:
    assert parse_text(Text(text, "list", ".txt")) == (None, Parsed())
