"""The second line of a Kindle's clipping, in the device's language → kind, place and moment.

- Your Highlight on page 12 | location 170-172 | Added on Monday, March 7, 2022 10:12:42 PM
- Ihre Markierung bei Position 1446-1447 | Hinzugefügt am Sonntag, 7. Mai 2017 22:26:04
- 您在第 128 页（位置 #1951-1954）的标注 | 添加于 2024年4月1日星期一 下午2:30:45
- a language that is not known here: whatever stands before a bar and a moment is a highlight's place
- Highlight Loc. 170-72 | Added on …            before 2012: the end without its first digits
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from unicodedata import normalize

HIGHLIGHT, NOTE, BOOKMARK = "highlight", "note", "bookmark"

_LONGEST = 400
_BOOKMARKS = (
    "bookmark", "lesezeichen", "signet", "marcador", "segnalibro", "bladwijzer", "закладка",
    "ブックマーク", "书签", "書籤", "북마크",
)  # fmt: skip
_HIGHLIGHTS = (
    "highlight", "clip", "markierung", "surlign", "passage", "subrayado", "destaque", "evidenziazione",
    "markering", "выделен", "отрывок", "ハイライト", "标注", "標註", "标记", "하이라이트",
)  # fmt: skip
_NOTES = (
    "note", "notiz", "nota", "anotação", "メモ", "笔记", "筆記", "備註", "notitie", "заметка", "메모",
)  # fmt: skip
_LOCATION = re.compile(
    r"(?:\bloc(?:ation)?\.?|\bposition|\bposici[oó]n|\bubicaci[oó]n|\bposi[cç][aã]o|\bposizione|emplacement"
    r"|locatie|местоположени\w|позиции|место|месте|\bpos\.|位置(?:no\.?)?|위치)"
    r"[ \u00a0]?(?:n[.º°]|no\.?)?[ \u00a0]?[#:]?[ \u00a0]?"
    r"(?P<start>[0-9]{1,9})(?:[ ]?[-–][ ]?(?P<end>[0-9]{1,9}))?"
)
_PAGE = re.compile(
    r"(?:\bpage|\bseite|\bp[aá]gina|\bpagine|\bpág\.|странице|페이지)[ \u00a0]"
    r"(?P<page>[0-9]{1,7}|[ivxlcdm]{1,12})\b"
    r"|(?P<before>[0-9]{1,7})(?:-[0-9]{1,7})?[ \u00a0]?(?:页|頁|ページ|페이지|쪽)"
)
_TIME = re.compile(
    r"(?P<before>上午|下午|午前|午後|오전|오후)?[ ]?"
    r"(?P<hour>[0-9]{1,2})[:.时時](?P<minute>[0-9]{2})(?:[:.分](?P<second>[0-9]{2}))?"
    r"(?:[\s\u202f]?(?P<after>[ap])\.?[\s\u202f]?m\b)?"
)
_CJK_DAY = re.compile(r"(?P<year>[0-9]{4})[年년] ?(?P<month>[0-9]{1,2})[月월] ?(?P<day>[0-9]{1,2})[日일]")
_RANGE = re.compile(r"(?<![0-9])([0-9]{1,9}) ?[-–] ?([0-9]{1,9})(?![0-9])")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_DAY = re.compile(r"(?<![0-9])[0-9]{1,2}(?![0-9])")
_MONTHS = (
    "january januar janvier enero janeiro gennaio januari января 1",
    "february februar fevrier febrero fevereiro febbraio februari февраля 2",
    "march marz mars marzo marco maart марта 3",
    "april avril abril aprile апреля 4",
    "may mai mayo maio maggio mei мая 5",
    "june juni juin junio junho giugno июня 6",
    "july juli juillet julio julho luglio июля 7",
    "august aout agosto augustus августа 8",
    "september septembre septiembre setiembre setembro settembre сентября 9",
    "october oktober octobre octubre outubro ottobre октября 10",
    "november novembre noviembre novembro ноября 11",
    "december dezember decembre diciembre dezembro dicembre декабря 12",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()[:-1]}
_WORD = re.compile(r"[^\W\d_]+")


class Meta(NamedTuple):
    """What the second line tells."""

    kind: str
    location: tuple[int, int] | None = None
    """First and last, in Kindle locations."""
    page: str | None = None
    taken_on: str | None = None
    """ISO 8601 without a zone."""
    written: str = ""
    """The part that should tell the moment."""


def parse_meta(line: str) -> Meta | None:
    """What `line` tells; None where it is no clipping's second line."""
    plain = normalize("NFC", line[:_LONGEST].strip("\ufeff \t\r")).casefold()
    if not plain.startswith(("-", "–")) or len(line) > _LONGEST:
        return None
    place, bar, written = plain[1:].strip().rpartition("|")
    if not bar:
        place, written = written, ""
    kind = _find_kind(place)
    location, page = _find_location(place), _PAGE.search(place)
    if location is None and page is None and not (kind and written):
        if not (bar and _YEAR.search(written) and _TIME.search(written)):
            return None
        location = _find_last_range(place)  # a language that is none of those above
    number = (page["page"] or page["before"]) if page else None
    return Meta(
        kind or HIGHLIGHT,
        location,
        number,
        _read_moment(written),
        line.rpartition("|")[2].strip() if bar else "",
    )


def _find_kind(place: str) -> str | None:
    for kind, words in ((BOOKMARK, _BOOKMARKS), (HIGHLIGHT, _HIGHLIGHTS), (NOTE, _NOTES)):
        if any(word in place for word in words):
            return kind
    return None


def _find_location(place: str) -> tuple[int, int] | None:
    match = _LOCATION.search(place)
    if match is None:
        return None
    start, end = match["start"], match["end"] or match["start"]
    if len(end) < len(start):  # 170-72
        end = start[: len(start) - len(end)] + end
    return int(start), max(int(start), int(end))


def _find_last_range(place: str) -> tuple[int, int] | None:
    ranges = _RANGE.findall(place)
    return (int(ranges[-1][0]), max(int(ranges[-1][0]), int(ranges[-1][1]))) if ranges else None


def _read_moment(written: str) -> str | None:
    time = _TIME.search(written)
    rest = written[: time.start()] + written[time.end() :] if time else written
    day = _find_day(rest)
    if day is None:
        return None
    hour, minute, second = (
        (int(time[name] or 0) for name in ("hour", "minute", "second")) if time else (0, 0, 0)
    )
    half = (time["after"] or time["before"] or "") if time else ""
    if half and hour <= 12:
        hour = hour % 12 + (12 if half in ("p", "下午", "午後", "오후") else 0)
    try:
        return datetime(*day, hour, minute, second).isoformat()
    except ValueError:
        return None


def _find_day(text: str) -> tuple[int, int, int] | None:
    cjk = _CJK_DAY.search(text)
    if cjk:
        return int(cjk["year"]), int(cjk["month"]), int(cjk["day"])
    year, day = _YEAR.search(text), _DAY.search(text)
    bare = "".join(
        sign for sign in normalize("NFD", text) if sign not in "\u0301\u0300\u0302\u0308\u0327\u0303"
    )
    month = next((_MONTH_OF[word] for word in _WORD.findall(bare) if word in _MONTH_OF), None)
    return (int(year[0]), month, int(day[0])) if year and day and month else None
