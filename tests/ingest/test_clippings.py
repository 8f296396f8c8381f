"""Kindle's clippings: their second line in many languages, overlapping passages, and notes on them."""

from __future__ import annotations

import pytest

from ingest.clippings import Clipping, Meta, attach_notes, drop_overlaps, parse_meta, read_written


@pytest.mark.parametrize(
    ("line", "meta"),
    [
        (
            "- Your Highlight on page 12 | Location 170-72 | Added on Sunday, March 7, 2021 10:12:42 PM",
            Meta(
                "highlight",
                (170, 172),
                "12",
                "2021-03-07T22:12:42",
                "Added on Sunday, March 7, 2021 10:12:42 PM",
            ),
        ),
        (
            "- Your Note at location 99 | Added on Sunday, 7 March 2021 00:12",
            Meta("note", (99, 99), None, "2021-03-07T00:12:00", "Added on Sunday, 7 March 2021 00:12"),
        ),
        (
            "- Your Bookmark on Location 30-20 | Added on 7 March 2021",
            Meta("bookmark", (30, 30), None, "2021-03-07T00:00:00", "Added on 7 March 2021"),
        ),
        ("\ufeff–Page iv", Meta("highlight", None, "iv")),
        ("- xyz 5-7 of 12-15 | 2021 10:12", Meta("highlight", (12, 15), None, None, "2021 10:12")),
        ("- xyz 5-7 | 2021 10:12", Meta("highlight", (5, 7), None, None, "2021 10:12")),
        ("- xyz | 2021 10:12", Meta("highlight", None, None, None, "2021 10:12")),
    ],
)  # fmt: skip
def test_a_second_line_says_what_where_and_when(line: str, meta: Meta) -> None:
    assert parse_meta(line) == meta


@pytest.mark.parametrize(
    "line",
    [
        "words",
        "- words",
        "- words | 2021",
        "- words | 10:12",
        "Your Highlight on page 12",
        "- page 12" + " " * 400,
    ],
)
def test_any_other_line_gives_none(line: str) -> None:
    assert parse_meta(line) is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Sunday, March 7, 2021 12:12:42 AM", "2021-03-07T00:12:42"),
        ("Sunday, March 7, 2021 12:12 PM", "2021-03-07T12:12:00"),
        ("Sunday, March 7, 2021 13:12 PM", "2021-03-07T13:12:00"),
        ("Sonntag, 7. März 2021 um 10:12:42 Uhr", "2021-03-07T10:12:42"),
        ("dimanche 7 août 2021 10:12:42", "2021-08-07T10:12:42"),
        ("2021年3月7日星期日 下午10:12:42", "2021-03-07T22:12:42"),
        ("7.3.2021 10:12", "2021-03-07T10:12:00"),
        ("29 April 17", "2017-04-29T00:00:00"),
        ("7 Sep 2021", "2021-09-07T00:00:00"),
        ("Sunday, March 7, 2021 10:12 GMT+02:00", "2021-03-07T10:12:00+02:00"),
        ("Sunday, March 7, 2021 10:12 GMT+0230", "2021-03-07T10:12:00+02:30"),
        ("Sunday, March 7, 2021 10:12 UTC-3", "2021-03-07T10:12:00-03:00"),
        ("Sunday, March 7, 2021 10:12 xgmt+2", "2021-03-07T10:12:00"),
        ("31 February 2021", None),
        ("March 2021", None),
        ("7 2021", None),
        ("", None),
    ],
)
def test_a_moment_is_read_in_many_languages(written: str, moment: str | None) -> None:
    assert read_written(written) == moment


def clip(
    text: str,
    place: tuple[int, int] | None = None,
    line: int = 1,
    page: str | None = None,
    at: str | None = None,
) -> Clipping:
    return Clipping(text, line, Meta("highlight", place, page, at))


@pytest.mark.parametrize(
    ("clippings", "kept"),
    [
        ([clip("a b", (5, 9)), clip("a b c", (5, 9))], ["a b c"]),
        ([clip("a b c", (5, 9)), clip("A, B!", (9, 12))], ["a b c"]),
        ([clip("a b", (5, 8)), clip("a b c", (9, 12))], ["a b", "a b c"]),
        ([clip("a b", (5, 9)), clip("A b", (5, 9))], ["a b"]),
        ([clip("a", (1, 3)), clip("b", (2, 4)), clip("a b", (3, 5))], ["a b"]),
        ([clip("x", (1, 9)), clip("a", (2, 3)), clip("xa", (2, 3))], ["xa"]),
        ([clip("Yes", page="5"), clip("Yes, and no", page="5")], ["Yes", "Yes, and no"]),
        ([clip("Yes", page="5"), clip("Yes!", page="5")], ["Yes"]),
        ([clip("Yes", page="5"), clip("Yes!", page="6")], ["Yes", "Yes!"]),
        ([clip("Yes", page="x"), clip("Yes!", page="y")], ["Yes"]),
    ],
)
def test_of_overlapping_clippings_the_fullest_remains(clippings: list[Clipping], kept: list[str]) -> None:
    assert [each.text for each in drop_overlaps(clippings)] == kept


@pytest.mark.parametrize(
    ("short", "first", "second", "count"),
    [
        ("abcdefghijkl", "2021-03-07T10:12:00", "2021-03-07T10:13:00", 1),
        ("abcdefghijkl", "2021-03-07T10:12:00", "2021-03-07T10:13:01", 2),
        ("abcdefghijkl", "2021-03-07T10:13:00", "2021-03-07T10:12:00", 1),
        ("abcdefghijkl", "2021-03-07T10:12:00", None, 2),
        ("abcdefghijk", "2021-03-07T10:12:00", "2021-03-07T10:12:00", 2),
    ],
)
def test_on_a_page_a_passage_is_marked_again_within_a_minute(
    short: str, first: str, second: str | None, count: int
) -> None:
    clippings = [clip(short, page="5", at=first), clip(short + "m", page="5", at=second)]
    assert len(drop_overlaps(clippings)) == count


@pytest.mark.parametrize(("between", "count"), [(11, 1), (12, 2)])
def test_only_neighbours_are_compared(between: int, count: int) -> None:
    fillers = [clip(f"filler {number:02}", (2, 9)) for number in range(between)]
    kept = drop_overlaps([clip("a b", (1, 9)), *fillers, clip("a b c", (3, 9))])
    assert len(kept) - between == count


NOON, ONE = "2021-03-07T12:00:00", "2021-03-07T13:00:00"


@pytest.mark.parametrize(
    ("note", "highlights", "owner"),
    [
        (clip("n", (9, 9)), [clip("a", (1, 5)), clip("b", (5, 9)), clip("c", (10, 12))], 1),
        (clip("n", (9, 9)), [clip("a", (1, 5)), clip("c", (10, 12))], None),
        (clip("n", (9, 9)), [clip("a", (1, 20)), clip("b", (1, 10))], 1),
        (clip("n", (9, 9), at=NOON), [clip("a", (1, 9), at=ONE), clip("b", (1, 9), at=NOON)], 1),
        (clip("n", (9, 9), 5), [clip("a", (1, 9), 1), clip("b", (1, 9), 4), clip("c", (1, 9), 6)], 1),
        (clip("n", (9, 9), 5), [clip("c", (1, 9), 7), clip("d", (1, 9), 6)], 1),
        (clip("n", page="5", line=5), [clip("a", page="5", line=1), clip("b", page="5", line=4)], 1),
        (clip("n", page="5", line=5), [clip("a", page="5", line=1), clip("b", page="6", line=4)], 0),
        (
            clip("n", page="5", line=5, at=NOON),
            [clip("a", page="5", line=4, at=ONE), clip("b", page="5", line=6, at=NOON)],
            1,
        ),
        (clip("n", page="7", line=5), [clip("a", page="5", line=1)], None),
        (clip("n", line=5), [clip("a", line=1)], None),
    ],
)
def test_a_note_belongs_to_the_highlight_at_its_place(
    note: Clipping, highlights: list[Clipping], owner: int | None
) -> None:
    assert attach_notes([note], highlights) == [(note, owner)]


@pytest.mark.parametrize(("between", "owner"), [(11, 0), (12, None)])
def test_a_note_is_paired_with_a_near_highlight_only(between: int, owner: int | None) -> None:
    fillers = [clip(f"filler {number}", (2, 3)) for number in range(between)]
    note = clip("n", (9, 9))
    assert attach_notes([note], [clip("a", (1, 9)), *fillers]) == [(note, owner)]


KINDS = {
    "bookmark": "bookmark lesezeichen signet marcador segnalibro bladwijzer закладка"
    " ブックマーク 书签 書籤 북마크",
    "highlight": "highlight clip markierung surlign passage subrayado destaque evidenziazione markering"
    " выделен отрывок ハイライト 标注 標註 标记 하이라이트",
    "note": "note notiz nota anotação メモ 笔记 筆記 備註 notitie заметка 메모",
}


@pytest.mark.parametrize(
    ("kind", "word"), [(kind, word) for kind, words in KINDS.items() for word in words.split()]
)
def test_a_kind_has_a_name_in_each_language(kind: str, word: str) -> None:
    meta = parse_meta(f"- X{word.upper()}x | then")
    assert meta
    assert meta.kind == kind
    assert parse_meta(f"- {word[:-1]} | then") is None or word[:-1] in ("not", "passag", "anotaçã")


@pytest.mark.parametrize(
    "word",
    [
        "loc", "loc.", "Location", "Position", "posicion", "posición", "ubicacion", "ubicación",
        "posicao", "posição", "posizione", "emplacement", "locatie", "местоположении", "позиции", "место",
        "месте", "pos.",
        "位置", "위치", "位置No.", "位置no", "Position n.", "posición nº", "emplacement n°", "loc. #",
        "Location:",
        "loc\u00a0:",
    ],
)  # fmt: skip
def test_a_location_is_named_in_each_language(word: str) -> None:
    for gap in ("", " "):
        meta = parse_meta(f"- Highlight x {word}{gap}170-72")
        assert meta
        assert (meta.location, meta.page) == ((170, 172), None)
    apart = parse_meta(f"- Highlight {word} x 170 | then")
    assert apart
    assert apart.location is None


@pytest.mark.parametrize(
    ("place", "page"),
    [
        *[(f"{word} 12", "12") for word in
          ("page", "Seite", "pagina", "página", "pagine", "pág.", "странице", "페이지")],
        *[(f"12{word}", "12") for word in ("页", "頁", "ページ", "페이지", "쪽")],
        ("page\u00a0xiv", "xiv"), ("page 1234567", "1234567"), ("12-13\u00a0页", "12"), ("page 12a", None),
        ("xpage 12", None), ("page12", None), ("page 12345678", None), ("page xivxlcdmivxlc", None),
    ],
)  # fmt: skip
def test_a_page_is_named_in_each_language(place: str, page: str | None) -> None:
    meta = parse_meta(f"- Highlight {place} | then")
    assert meta
    assert (meta.page, meta.location) == (page, None)


MONTHS = """
    january januar janvier enero janeiro gennaio januari января
    february februar février febrero fevereiro febbraio februari февраля
    march märz mars marzo março maart марта
    april avril abril aprile апреля
    may mai mayo maio maggio mei мая
    june juni juin junio junho giugno июня
    july juli juillet julio julho luglio июля
    august août agosto augustus августа
    september septembre septiembre setiembre setembro settembre сентября
    october oktober octobre octubre outubro ottobre октября
    november novembre noviembre novembro ноября
    december dezember décembre diciembre dezembro dicembre декабря
"""


@pytest.mark.parametrize("number", range(1, 13))
def test_a_month_is_named_in_each_language(number: int) -> None:
    names = MONTHS.split("\n")[number].split()
    for name in [*names, names[0][:3]]:
        assert read_written(f"7 {name.upper()} 2021") == f"2021-{number:02}-07T00:00:00"
        assert read_written(f"7 x{name} 2021") is None


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        ("10:12:42", "10:12:42"), ("10.12", "10:12:00"), ("22 h 10 min 05 s", "22:10:05"),
        ("下午10时12分", "22:12:00"), ("上午10時12分05", "10:12:05"), ("午前 1:02", "01:02:00"),
        ("午後1:02", "13:02:00"), ("오전 1:02", "01:02:00"), ("오후 12:02", "12:02:00"),
        ("오전 12:02", "00:02:00"), ("1:02 p.m.", "13:02:00"), ("1:02\u202fPM", "13:02:00"),
        ("1:02 pmx", "01:02:00"), ("1:02 a. m", "01:02:00"), ("24:00", None), ("1:60", None),
        ("1:2", "00:00:00"), ("22h10", "22:10:00"), ("1:02:60", None),
    ],
)  # fmt: skip
def test_a_time_is_read_in_each_language(time: str, hour: str | None) -> None:
    assert read_written(f"7 March 2021 {time}") == (hour and f"2021-03-07T{hour}")
