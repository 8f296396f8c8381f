"""The small notations on Readwise's pages: view links, tags, sync headers, times, locations.

    text ([View Tweet](https://…))                          a view link: at most one, at the end of a passage
    #[[two words]] #one, [[a]], b                           tags
    Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
    New highlights added [[Feb 25th, 2023]] at 5:56 PM      sync headers, which open the sections of a page
    [[Readwise]][[2023-03-27]]                              a sync header of a reader's template
    2022-03-07 22:12:42+00:00                               a time, as tables and services write it

What these look like in each dialect is described in docs/formats.md.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import NamedTuple

from ingest.dates import parse_day, parse_time
from markdown_text.escapes import decode_entities

_PLACE = r"(?P<kind>Location|Page|Time)[ \u00a0](?P<place>[^\[\]\s()]{1,40})"
_PLACE_WORDS = {
    "location": r"location|loc\.?|position|posici[oó]n|posi[cç][aã]o|posizione|emplacement|locatie|位置|위치",
    "page": r"page|pg?\.|seite|s\.|p[aá]gina|pagina|страница|页|頁|ページ|페이지",
    "time": r"time|zeit|temps|tiempo|tempo|tijd|время|时间|時間|시간",
}
_ONLY_PLACE = re.compile(
    "(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _PLACE_WORDS.items()) + ")"
    r"(?:[ \u00a0]?(?=[0-9])|[ \u00a0](?=[ivxlcdm]+\Z))(?P<place>[^\[\]\s()]{1,40})",
    re.IGNORECASE,
)
"""A label that is only a place, as templates write it in any language: `Seite 12`, `p. 12`."""
_LABEL = rf"(?:View Tweet|View Highlight|{_PLACE})"
# A URL at the end may contain parentheses, so it extends to the last `))`.
_AT_END = re.compile(rf"\(\[{_LABEL}\]\((?P<url>[^\n]*)\)\)")
# Elsewhere, only balanced parentheses belong to the URL: words may follow the link.
_INSIDE = re.compile(rf"\(\[{_LABEL}\]\((?P<url>(?:[^()\s]|\([^()\s]*\))*)\)\)")
# Roman numerals are page numbers of a foreword.
_BARE_PLACE = re.compile(
    r"\((?P<kind>Location|Page|Time)[ \u00a0](?P<place>[0-9ivxlcdm][0-9ivxlcdm:.,–-]{0,20})\)", re.I
)

# A reader's template may label the link as it likes: then the address identifies it.
_ANY_LABEL = re.compile(
    r"(?P<outer>\()?\[(?P<label>[^\[\]\n]{1,80})\]\((?P<url>https?://"
    r"(?:(?:read\.readwise\.io/|(?:www\.)?readwise\.io/(?:open|to_kindle)|share\.snipd\.com/snip/)[^\s()]*"
    r"|(?:(?:www|mobile)\.)?(?:twitter|x)\.com/\w{1,30}/status/[0-9]+[^\s()]*))\)(?(outer)\))"
)
# A label that begins with "View" is Readwise's, wherever it leads: `([View Article](https://…))`.
_VIEW_OF_ANY = re.compile(r"\(\[(?P<label>View[ \u00a0][^\[\]\n]{1,60})\]\((?P<url>https?://[^\s]*)\)\)")
_VIEW_LABELS = frozenset({"View Tweet", "View Highlight"})
# Every view link begins with one of these, so the patterns start at the last one.
_MARKS = ("([View ", "([Location", "([Page", "([Time")
TAG_KEYS = ("tags", "document-tags")
"""The properties that hold a document's tags."""

# Single brackets occur inside names: `[[[美] Name]]`.
_MARKED = re.compile(r"#?\[\[((?:[^\[\]]|\[(?!\[)|\](?!\]))+)\]\]|#([^\s#,\[\]]+)")
# Headers are short; a limit keeps the patterns from scanning a long paragraph that begins like one.
_LONGEST = 120
_HEADER = re.compile(
    r"(?P<prefix>[*#>\s]*)"
    r"(?:(?:Highlights first synced by|New highlights added)\b[^\[\n]*(?:\[\[Readwise\]\])?|\[\[Readwise\]\])"
    r"\s*\[\[(?P<day>[^\[\]\n]*\d[^\[\]\n]*)\]\](?:\s+(?:at\s+)?(?P<time>\d{1,2}:\d{2}(?:[\s\u202f]*[AP]\.?M\.?)?))?",
    re.IGNORECASE,
)
# Stub pages and vaults write the day without brackets.
_UNMARKED = re.compile(
    r"(?P<prefix>[*#>\s]*)(?:Highlights first synced by (?:\[\[|#)?Readwise(?:\]\])?|New highlights added)"
    r"(?: (?P<day>[^\[\]\n]*?\d[^\[\]\n]*?))?"
    r"(?:\s+at\s+(?P<time>\d{1,2}:\d{2}(?:[\s\u202f]*[AP]\.?M\.?)?))?\s*$",
    re.IGNORECASE,
)


_BARE_MOMENT = re.compile(r"(?P<day>[^\[\]:]*\d)(?:T|,? (?:at )?)(?P<time>\d{1,2}:\d{2}[^\[\]]*)")
_WRITTEN = re.compile(
    r"(?P<day>[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}\.\d{1,2}\.\d{4})"
    r"(?:(?:,| at)? (?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:[ \u202f][AP]M)?))?",
    re.ASCII | re.IGNORECASE,
)
PLACE_KINDS = {"location": "location", "page": "page", "time_offset": "time", "time": "time"}
"""`location_type` → its name in the store; `order`, `offset` and `none` only order highlights."""

_SECONDS = re.compile(r"[0-9]{1,8}", re.ASCII)


class View(NamedTuple):
    """The view link of a highlight."""

    url: str | None
    """Unescaped; None for a bare `(Location 12)`."""
    kind: str | None
    """`location`, `page` or `time`; None for `View Tweet` and `View Highlight`."""
    place: str | None
    """The number or time in its label."""
    label: str | None = None
    """Its label, if that is not one of Readwise's."""


def split_view(text: str) -> tuple[str, View | None, str]:
    """Split `text` at its view link: (before, link, after); `(text, None, "")` without one."""
    if text.endswith(")"):
        start = text.rfind("([")
        if start >= 0 and text.endswith("))"):  # nearly all of them: no regular expression needed
            label, bracket, url = text[start + 2 : -2].partition("](")
            if bracket and label in _VIEW_LABELS and "\n" not in url:
                return text[:start].rstrip(), View(_clean_url(url), None, None), ""
        match = _AT_END.fullmatch(text, start) if start >= 0 else None
        match = match or _match_other_end(text)
        if match:
            return text[: match.start()].rstrip(), _make_view(match), ""
    if "([" in text:
        match = _find_inside(text)
        if match:
            return text[: match.start()].rstrip(), _make_view(match), text[match.end() :].strip()
    return text, None, ""


def _match_other_end(text: str) -> re.Match[str] | None:
    """Match the rarer forms: no address, an address that contains `([`, a label of the reader's own."""
    bare = _BARE_PLACE.fullmatch(text, text.rfind("("))
    if bare:
        return bare
    start = max(map(text.rfind, _MARKS))
    if start >= 0:
        match = _AT_END.fullmatch(text, start)
        if match:
            return match
    start = text.rfind("](")
    start = text.rfind("[", 0, start) if start > 0 else -1
    if start < 0:
        return None
    if start and text[start - 1] == "(":
        return _ANY_LABEL.fullmatch(text, start - 1) or _VIEW_OF_ANY.fullmatch(text, start - 1)
    match = _ANY_LABEL.fullmatch(text, start)
    if match is None or "/status/" not in match["url"]:
        return match
    # A tweet may end in a link to another tweet, which is text; a template's label is a symbol such as 🔗.
    is_own = match["label"] in _VIEW_LABELS or not any(map(str.isalnum, match["label"]))
    return match if is_own else None


def _find_inside(text: str) -> re.Match[str] | None:
    """Match the last view link in `text`, however much follows it."""
    start = max(map(text.rfind, _MARKS))
    return _INSIDE.match(text, start) if start >= 0 else None


def _make_view(match: re.Match[str]) -> View:
    groups = match.groupdict()
    url, kind, label = groups.get("url"), groups.get("kind"), groups.get("label")
    place = groups.get("place")
    if named := _ONLY_PLACE.fullmatch(label or ""):  # `[Page 12](https://…)` without outer parentheses
        kind, place, label = next(filter(named.group, _PLACE_WORDS)), named["place"], None
    return View(
        _clean_url(url or ""),
        kind and kind.lower(),
        place,
        None if label in _VIEW_LABELS else label,
    )


def _clean_url(written: str) -> str | None:
    url = decode_entities(written) if "&amp;" in written else written
    return url.replace("\\-", "-").strip() or None


def parse_tags(value: str) -> tuple[tuple[str, ...], str]:
    """Return the marked tags of `value`, in order without repeats, and the remaining words."""
    value = decode_entities(value)
    tags = dict.fromkeys((match[1] or match[2]).strip() for match in _MARKED.finditer(value))
    rest = _MARKED.sub("", value).strip(" ,，;.\t\n")
    return tuple(tag for tag in tags if tag), rest


def parse_tag_list(value: str) -> tuple[str, ...]:
    """Return the tags of a property: the marked ones, then those only separated by commas."""
    tags, rest = parse_tags(value)
    named = (part.strip() for part in re.split(r"[,，\n]", rest))
    return tuple(dict.fromkeys((*tags, *(name for name in named if name))))


class Header(NamedTuple):
    """A sync header, parsed."""

    heading: str
    """The whole line."""
    day: str | None
    """As written."""
    synced_on: str | None
    """`2022-11-19` or `2023-02-25T17:56`; None if the day cannot be parsed."""
    starred: bool
    """A `*` precedes it; then one precedes each of its highlights too."""
    rest: str
    """Text that the reader added after it."""


def parse_header(line: str, day_formats: tuple[str, ...] = ()) -> Header | None:
    """Parse the first line of a block as a sync header; None for any other line."""
    if "eadwise" not in line and "ew highlights" not in line and "READWISE" not in line:
        return None
    head = line[:_LONGEST].replace("\\-", "-")
    match = _HEADER.match(head) or _UNMARKED.match(head)
    if match is None:
        return None
    rest = (head[match.end() :] + line[_LONGEST:]).strip()
    return Header(
        line,
        match["day"],
        read_timestamp(match["day"], match["time"], day_formats),
        "*" in match["prefix"],
        rest,
    )


def split_day(value: str) -> tuple[str, str | None]:
    """Split `[[2022-02-01]], 2:42:30 PM`, `[[2022-02-01]]` or `2022-02-01 14:42` into day and time."""
    match = _BARE_MOMENT.fullmatch(value.strip()[:_LONGEST])
    if match:
        return match["day"], match["time"]
    day, _, rest = value.strip().removeprefix("[[").partition("]]")
    return day, rest.strip(" ,") or None


def read_timestamp(day: str | None, time: str | None, day_formats: tuple[str, ...]) -> str | None:
    """Return `2022-11-19`, or `2022-11-19T17:56` if the time is readable; None without a readable day."""
    found = parse_day(day, day_formats) if day else None
    if found is None:
        return None
    clock = parse_time(time) if time else None
    if clock is None:
        return found.isoformat()
    return datetime.combine(found, clock).isoformat(timespec="minutes")


def read_utc(text: str) -> datetime | None:
    """Parse `2022-03-07 22:12:42+00:00`; the default zone is UTC, the default time midnight.

    Also `March 7, 2022 10:12 PM` and `07.03.2022 22:12`, as spreadsheets save it. None if the text cannot be
    parsed, and for times that `datetime` cannot express in UTC (year 0 or 10000).
    """
    text = text.strip().removesuffix(" UTC")
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except ValueError:
        return _read_written(text)
    except OverflowError:
        return None


def _read_written(text: str) -> datetime | None:
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    day = parse_day(written["day"])
    clock = parse_time(written["time"]) if written["time"] else time()
    return datetime.combine(day, clock, UTC) if day and clock else None


def write_time(seconds: str) -> str:
    """Format seconds as `h:mm:ss`; any other text stays unchanged."""
    if not _SECONDS.fullmatch(seconds):
        return seconds
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"
