"""Kindle clippings: the second line of each, repeated passages, and the highlight that a note belongs to.

The second line is in the device's language and gives the kind, the place and the time:

    - Your Highlight on page 12 | location 170-172 | Added on Monday, March 7, 2022 10:12:42 PM
    - Ihre Markierung bei Position 1446-1447 | Hinzugefügt am Sonntag, 7. Mai 2017 22:26:04
    - 您在第 128 页（位置 #1951-1954）的标注 | 添加于 2024年4月1日星期一 下午2:30:45
    - an unknown language: what precedes a bar and a time is the place of a highlight
    - Highlight Loc. 170-72 | Added on …            before 2012: the end lacks its first digits

Repeats and notes are matched with a few neighbours by location only, so that a book of any length takes
linear time.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import NamedTuple
from unicodedata import normalize

from ingest.readwise.notation import read_utc

HIGHLIGHT, NOTE, BOOKMARK = "highlight", "note", "bookmark"

# A limit, so that long prose that begins with a dash is rejected quickly.
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
# Roman numerals number the pages before the first chapter; East Asian languages put the unit after the
# number.
_PAGE = re.compile(
    r"(?:\bpage|\bseite|\bp[aá]gina|\bpagine|\bpág\.|странице|페이지)[ \u00a0]"
    r"(?P<page>[0-9]{1,7}|[ivxlcdm]{1,12})\b"
    r"|(?P<before>[0-9]{1,7})(?:-[0-9]{1,7})?[ \u00a0]?(?:页|頁|ページ|페이지|쪽)"
)
# `10:12:42 pm`, `10.12`, in French `22 h 10 min 05 s`, in Chinese `下午10时12分`.
_TIME = re.compile(
    r"(?P<before>上午|下午|午前|午後|오전|오후)?[ ]?"
    r"(?P<hour>[0-9]{1,2})(?:[:.](?=[0-9]{2})|[\s\u202f]?[时時h][\s\u202f]?)(?P<minute>[0-9]{1,2})"
    r"(?:(?:[:.分]|[\s\u202f]?min[\s\u202f]?)(?P<second>[0-9]{1,2}))?"
    r"(?:[\s\u202f]?(?P<after>[ap])\.?[\s\u202f]?m\b)?"
)
_ZONE = re.compile(r"\b(?:gmt|utc)(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?")
_CJK_DAY = re.compile(r"(?P<year>[0-9]{4})[年년] ?(?P<month>[0-9]{1,2})[月월] ?(?P<day>[0-9]{1,2})[日일]")
_DOTTED_DAY = re.compile(
    r"(?<![0-9.])(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})(?![0-9.])"
)
# For lines in an unknown language: numbers alone must show the place and the day.
_RANGE = re.compile(r"(?<![0-9])([0-9]{1,9}) ?[-–] ?([0-9]{1,9})(?![0-9])")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_DAY = re.compile(r"(?<![0-9])[0-9]{1,2}(?![0-9])")
# In lower case and without accents, the form in which the words of a line are compared.
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
_MONTH_OF: dict[str, int] = {}
_ABBREVIATED: dict[str, int] = {}
for _number, _names in enumerate(_MONTHS, 1):
    _MONTH_OF |= dict.fromkeys(_names.split()[:-1], _number)
    _ABBREVIATED[_names[:3]] = _number  # in English
_WORD = re.compile(r"[^\W\d_]+")
# Repeats are close in location; comparing all pairs of a book would take quadratic time.
_NEIGHBOURS = 12
_SEVERAL_WORDS = 12
"""The least number of letters in a passage that was certainly marked again."""


class Meta(NamedTuple):
    """The second line of a clipping, parsed."""

    kind: str
    location: tuple[int, int] | None = None
    """First and last Kindle location."""
    page: str | None = None
    taken_on: str | None = None
    """ISO 8601, with a time zone only if the line gives one."""
    written: str = ""
    """The part that should contain the time."""


def parse_meta(line: str) -> Meta | None:
    """Parse the second line of a clipping; None for any other line."""
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
        location = _find_last_range(place)  # an unknown language
    number = (page["page"] or page["before"]) if page else None
    return Meta(
        kind or HIGHLIGHT,
        location,
        number,
        read_written(written),
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


def read_written(written: str) -> str | None:
    """Return the day or time that a device wrote in its language, in ISO 8601; None without a day."""
    written = normalize("NFC", written).casefold()
    zone = _ZONE.search(written)
    if zone:
        written = written[: zone.start()]
    numbers = _CJK_DAY.search(written) or _DOTTED_DAY.search(written)
    if numbers:
        written = f"{written[: numbers.start()]} {written[numbers.end() :]}"
    time = _TIME.search(written)
    rest = written[: time.start()] + written[time.end() :] if time else written
    day = (int(numbers["year"]), int(numbers["month"]), int(numbers["day"])) if numbers else _find_day(rest)
    if day is None:
        return None
    hour, minute, second = (
        (int(time[name] or 0) for name in ("hour", "minute", "second")) if time else (0, 0, 0)
    )
    half = (time["after"] or time["before"] or "") if time else ""
    if half and hour <= 12:
        hour = hour % 12 + (12 if half in ("p", "下午", "午後", "오후") else 0)
    try:
        return datetime(
            *day, hour, minute, second, tzinfo=_make_zone(zone) if zone and time else None
        ).isoformat()
    except ValueError:
        return None


def _make_zone(zone: re.Match[str]) -> timezone:
    offset = timedelta(hours=int(zone["hours"]), minutes=int(zone["minutes"] or 0))
    return timezone(-offset if zone["sign"] == "-" else offset)


def _find_day(text: str) -> tuple[int, int, int] | None:
    year, day = _YEAR.search(text), _DAY.search(text)
    bare = "".join(
        sign for sign in normalize("NFD", text) if sign not in "\u0301\u0300\u0302\u0308\u0327\u0303"
    )
    words = _WORD.findall(bare)
    months = [names[word] for names in (_MONTH_OF, _ABBREVIATED) for word in words if word in names]
    month = months[0] if months else None
    if not year and month and (short := _DAY.findall(text)) and len(short) == 2:
        return 2000 + int(short[1]), month, int(short[0])  # Kindle 4: `29 April 17`
    return (int(year[0]), month, int(day[0])) if year and day and month else None


@dataclass(slots=True)
class Clipping:
    """A clipping with text."""

    text: str
    line: int
    meta: Meta
    letters: str = field(init=False)
    """Its letters and digits, for comparison."""

    def __post_init__(self) -> None:
        self.letters = "".join(filter(str.isalnum, self.text.casefold())) or self.text


def drop_overlaps(clippings: list[Clipping]) -> list[Clipping]:
    """Remove clippings whose words another clipping at the same place contains: the fuller text remains.

    The order is kept. Of two equal clippings, the first remains.
    """
    placed = sorted(range(len(clippings)), key=lambda index: _place(clippings[index]))
    dropped: set[int] = set()
    recent: list[int] = []
    for index in placed:
        for other in list(recent):
            fuller = _find_fuller(clippings, other, index)
            if fuller is None:
                continue
            shorter = index if fuller == other else other
            dropped.add(shorter)
            if shorter == index:
                break
            recent.remove(other)
        if index not in dropped:
            recent = [*recent[1 - _NEIGHBOURS :], index]
    return [clipping for index, clipping in enumerate(clippings) if index not in dropped]


def attach_notes(notes: list[Clipping], highlights: list[Clipping]) -> list[tuple[Clipping, int | None]]:
    """Pair each note with the index of the highlight at its location; None if there is none."""
    placed = sorted(
        (index for index, highlight in enumerate(highlights) if highlight.meta.location),
        key=lambda index: _place(highlights[index]),
    )
    starts = [_place(highlights[index])[0] for index in placed]
    pages: dict[str, list[int]] = {}
    for index, highlight in enumerate(highlights):
        if highlight.meta.page:
            pages.setdefault(highlight.meta.page, []).append(index)
    return [(note, _find_owner(note, highlights, placed, starts, pages)) for note in notes]


def _find_owner(
    note: Clipping,
    highlights: list[Clipping],
    placed: list[int],
    starts: list[int],
    pages: dict[str, list[int]],
) -> int | None:
    if note.meta.location is None:
        on_page = pages.get(note.meta.page or "", [])
        past = bisect_right(on_page, note.line, key=lambda index: highlights[index].line)
        near = on_page[max(past - 1, 0) : past + 1]
        return min(near, key=lambda index: not _have_same_time(note, highlights[index]), default=None)
    place = note.meta.location[0]
    past = bisect_right(starts, place)
    near = placed[max(past - _NEIGHBOURS, 0) : past]
    holding = [index for index in near if _place(highlights[index])[1] >= place]

    def rank(index: int) -> tuple[int, bool, bool, int]:
        owner = highlights[index]
        distance = note.line - owner.line
        return (
            _place(owner)[1] - place, not _have_same_time(note, owner), distance < 0, abs(distance)
        )  # fmt: skip

    # Kindle gives a note the last location of its highlight; if several have that location, it is the one
    # made at the same time, else the one just above in the file.
    return min(holding, key=rank, default=None)


def _have_same_time(note: Clipping, highlight: Clipping) -> bool:
    return note.meta.taken_on is not None and note.meta.taken_on == highlight.meta.taken_on


def _find_fuller(clippings: list[Clipping], first: int, second: int) -> int | None:
    """Return the one of two overlapping clippings that contains all words of the other."""
    one, two = clippings[first], clippings[second]
    if _place(one)[1] < _place(two)[0] or _place(two)[1] < _place(one)[0]:
        return None
    if one.letters == two.letters:
        return min(first, second)
    if (one.meta.location is None or two.meta.location is None) and not _is_resized(one, two):
        return None  # on one page, `Yes.` is not part of `Yes, and …`
    if two.letters in one.letters:
        return first
    return second if one.letters in two.letters else None


def _is_resized(one: Clipping, two: Clipping) -> bool:
    """Whether one may be the other with its start or end moved: several words, marked within a minute."""
    if min(len(one.letters), len(two.letters)) < _SEVERAL_WORDS:
        return False
    moments = [read_utc(each.meta.taken_on) for each in (one, two) if each.meta.taken_on]
    known = [moment for moment in moments if moment]
    return len(known) == 2 and abs((known[0] - known[1]).total_seconds()) <= 60


def _place(clipping: Clipping) -> tuple[int, int]:
    """Return the range of locations; pages get negative numbers, and a clipping without a place gets a number
    of its own."""
    if clipping.meta.location:
        return clipping.meta.location
    page = clipping.meta.page
    number = -int(page) - 1 if page and page.isdecimal() else -(10**9)
    return number, number
