"""Make the reading list: what others recommended, by week (the newest first) and kind, with a box to tick.

What the reader ticked leaves the first page for a page of its own. The boxes in the files are read before
each export (`find_ticks`), and what was written last is compared as if it had the same ones (`copy_ticks`):
a tick does not count as an edit of the note. `DOING` and the times that Logseq keeps in a `:LOGBOOK:` stay
with the item (`keep_boxes`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from export.highlight_links import SharedResource
from export.note_blocks import count_noun, find_day, make_heading, make_item
from export.note_tree import Block, Note, NoteLink, Words
from markdown_text.inline_links import make_destination

READING_LIST = "reading-list"
TITLE = "Reading list"
MAX_ITEMS = 150
"""Items on the first page; older ones have a page for each year."""

KINDS = {
    "article": "Articles",
    "paper": "Papers",
    "pdf": "Papers",
    "book": "Books",
    "video": "Videos",
    "podcast": "Podcasts",
    "repository": "Code",
}
"""The headings by kind, in this order; others come last."""
OTHER = "Other"
PENDING = "Not yet resolved"
UNDATED = "Undated"

_OPEN = "TODO|DOING|NOW|LATER|WAITING|WAIT|IN-PROGRESS|STARTED"
_BOX = re.compile(
    rf"^(?P<lead>[ \t]*(?:[-*+][ \t]+)?)(?:\[(?P<tick>[ xX])\]|(?P<open>{_OPEN})|(?P<done>DONE|CANCELL?ED))"
    r"(?P<rest>[ \t]+\[.*?\]\((?P<url>https?://[^\s()]+)\).*)"
    r"(?P<logbook>(?:\n[ \t]*:LOGBOOK:[ \t]*(?:\n[ \t]*+(?!:END:).*){0,200}\n[ \t]*:END:[ \t]*)?)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A box in a file of the reading list."""

    url: str
    """As written: percent-encoded."""
    done: bool


def make_reading_lists(resources: Iterable[SharedResource], read: Collection[str] = ()) -> list[Note]:
    """Make the pages of the reading list; `read` are the keys of the resources that the reader has read."""
    resources = sorted(resources, key=_rank)
    unread = [each for each in resources if each.key not in read]
    done = [each for each in resources if each.key in read]
    first, older = unread[:MAX_ITEMS], unread[MAX_ITEMS:]
    by_year: dict[str, list[SharedResource]] = defaultdict(list)
    for each in older:
        by_year[(find_last_day(each) or UNDATED)[:7].partition("-")[0]].append(each)
    pages = [(f"{READING_LIST}:{year}", f"{TITLE} {year}", items) for year, items in by_year.items()]
    if done:
        pages.append((f"{READING_LIST}:read", f"{TITLE} (read)", done))
    pending = sum(each.link.status == "pending" for each in unread)
    counts = count_noun(len(unread), "resource")
    counts += f", {count_noun(pending, 'link')} not yet resolved." if pending else "."
    blocks = [Block((Words(counts),))]
    if pages:
        links: list[Words | NoteLink] = [Words("More: ")]
        for at, (uid, title, _) in enumerate(pages):
            links += [Words(", "), NoteLink(uid, title)] if at else [NoteLink(uid, title)]
        blocks.append(Block(tuple(links), key="pages"))
    notes = [Note(READING_LIST, "reading-list", TITLE, (*blocks, *_make_sections(first, read)))]
    for uid, title, items in pages:
        back = Block(
            (NoteLink(READING_LIST, TITLE), Words(f" · {count_noun(len(items), 'resource')}")), key="pages"
        )
        notes.append(Note(uid, "reading-list", title, (back, *_make_sections(items, read))))
    return notes


def find_last_day(resource: SharedResource) -> str | None:
    """The day on which a resource was shared last; for a passage without a date, the day of its sync."""
    days = (find_day(each.highlight) or (each.highlight.synced_on or "")[:10] for each in resource.sharings)
    return max((day for day in days if day), default=None)


def find_ticks(text: str) -> list[Tick]:
    """The boxes in a page of the reading list, in order."""
    return [Tick(match["url"], _is_done(match)) for match in _BOX.finditer(text)]


def copy_ticks(base: str, current: str) -> str:
    """What was written last, with the boxes as they are in the file now."""
    boxes = {match["rest"].rstrip(): match for match in _BOX.finditer(current)}

    def copy(match: re.Match[str]) -> str:
        now = boxes.get(match["rest"].rstrip())
        return match[0] if now is None else _write_box(match, now)

    return _BOX.sub(copy, base) if boxes else base


def keep_boxes(text: str, pages: Iterable[str]) -> str:
    """A new page (or block) with the boxes of the reader's pages: an open item that is `DOING` stays so."""
    boxes = {match["url"]: match for page in pages for match in _BOX.finditer(page)}

    def keep(match: re.Match[str]) -> str:
        now = boxes.get(match["url"])
        if (
            now is None
            or _is_done(now) != _is_done(match)
            or (now["tick"] is None) != (match["tick"] is None)
        ):
            return match[0]
        return _write_box(match, now)

    return _BOX.sub(keep, text) if boxes else text


def _write_box(match: re.Match[str], now: re.Match[str]) -> str:
    """An item with the box and the logbook of `now`, indented as the item is."""
    box = f"[{now['tick']}]" if now["tick"] else (now["open"] or now["done"])
    lead = match["lead"]
    indent = lead[: len(lead) - len(lead.lstrip())] + ("  " if lead.strip() else "")
    logbook = "".join(f"\n{indent}{line.strip()}" for line in now["logbook"].split("\n")[1:])
    return f"{lead}{box}{match['rest']}{logbook}"


def find_changed_ticks(text: str, base: str, keys: Mapping[str, str]) -> dict[str, bool]:
    """The resources (by key) whose box differs from `base`, the page written last: whether it is ticked.

    `keys` are the resources' keys by URL.
    """
    was_done = {each.url for each in find_ticks(base) if each.done}
    changed: dict[str, bool] = {}
    for tick in find_ticks(text):
        key = keys.get(tick.url)
        if key is not None and tick.done != (tick.url in was_done):
            changed[key] = tick.done or changed.get(key, False)
    return changed


def index_urls(urls: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keys by URL as written, from pairs (URL, key)."""
    return {make_destination(url): key for url, key in urls}


def _is_done(match: re.Match[str]) -> bool:
    return match["done"] is not None or (match["tick"] or " ") in "xX"


def _rank(resource: SharedResource) -> tuple[int, int, str, str]:
    """The newest week first; in a week, what most people share, then by title."""
    week = _find_week(resource)
    return -week.toordinal() if week else 0, -resource.people, resource.title.casefold(), resource.key


def _find_week(resource: SharedResource) -> date | None:
    """The Monday of the week in which a resource was shared last; None without a date."""
    try:
        day = date.fromisoformat(find_last_day(resource) or "")
    except ValueError:
        return None
    return day - timedelta(days=day.weekday())


def _make_sections(resources: Sequence[SharedResource], read: Collection[str]) -> Iterator[Block]:
    """A section for each week with one for each kind, of resources in the order of `_rank`."""
    for week, shared in groupby(resources, key=_find_week):
        by_kind: dict[str, list[Block]] = defaultdict(list)
        for each in shared:
            is_pending = each.link.status == "pending"
            kind = PENDING if is_pending else KINDS.get(each.link.kind or "", OTHER)
            item = make_item(each)
            if is_pending:  # the heading says so
                item = replace(item, fields={**item.fields, "state": ()})
            by_kind[kind].append(replace(item, box="done" if each.key in read else "open"))
        headings = (*dict.fromkeys(KINDS.values()), OTHER, PENDING)
        sections = [make_heading(kind, by_kind[kind]) for kind in headings if kind in by_kind]
        yield make_heading(f"Week of {week}" if week else UNDATED, sections)
