"""The headings of Kindle's annotations: what is annotated, its colour and its place, in any language.

Highlight(yellow) - Page 4 · Location 274               English
标注(黄色) - 第 12 页 · 位置 170                          Chinese
हाइलाइट (पीला) - पृष्ठ 12 · स्थान 170                    any other: a note is what has no colour, and of two
                                                        numbers the first is the page
"""

from __future__ import annotations

import re

_LOCATION = re.compile(
    r"(?:location|position|posici[oó]n|posi[cç][aã]o|posizione|emplacement|locatie|место|위치|位置)"
    r"[^0-9]{0,6}([0-9][0-9,. ]{0,12})",
    re.I,
)
# Roman numerals number the pages before the first chapter; East Asian languages put the unit after the
# number.
_PAGE = re.compile(
    r"([0-9]{1,7}) ?(?:ページ|页|頁|쪽)"
    r"|(?:page|seite|p[aá]gina|pagina|страница|페이지)[^0-9a-z·・]{0,6}([0-9]{1,7}|[ivxlcdm]{1,12}\b)",
    re.I,
)
_NOTE = re.compile(r"(?:note|notiz|nota|anotação|メモ|笔记|筆記|notitie|заметка|메모)\b", re.I)
_HIGHLIGHT = re.compile(
    r"(?:highlight|markierung|surlignement|subrayado|destaque|evidenziazione|markering|выдел|ハイライト"
    r"|标注|標註|하이라이트)",
    re.I,
)
_BOOKMARK = re.compile(
    r"(?:bookmark|lesezeichen|signet|marcador|segnalibro|bladwijzer|закладка|ブックマーク|书签|書籤|북마크)",
    re.I,
)
_COLOR = re.compile(r"\(([^()]{1,40})\)")
_NUMBER = re.compile(r"[0-9][0-9,.]{0,12}")


def find_place(text: str) -> tuple[str, str]:
    """Return page and location; "" for what the text does not give."""
    location, page = _LOCATION.search(text), _PAGE.search(text)
    if location or page:
        return (page[1] or page[2] if page else "", keep_digits(location[1]) if location else "")
    *above, last = _NUMBER.findall(text.rpartition(" - ")[2]) or [""]  # in another language
    return (above[-1] if above else "", keep_digits(last))


def is_note(heading: str) -> bool:
    """Whether a heading is a note's: in another language, it is one without a colour."""
    return _NOTE.match(heading) is not None or not (_HIGHLIGHT.match(heading) or _COLOR.search(heading))


def keep_digits(text: str) -> str:
    """Return the digits of a number such as `1,170`."""
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())[:9]


def is_bookmark(heading: str) -> bool:
    """Whether a heading is a bookmark's, which has no text."""
    return _BOOKMARK.match(heading) is not None


def find_color(heading: str) -> str:
    """Return the colour in brackets; "" if there is none."""
    color = _COLOR.search(heading)
    return color[1].strip() if color else ""
