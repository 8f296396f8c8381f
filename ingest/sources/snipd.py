"""Snipd's Markdown export: one or more podcast episodes with their snips.

    # EPISODE
    ## Episode metadata
    - Show: …
    - Episode link: [open in Snipd](https://share.snipd.com/episode/…)
    ## Snips
    ### [04:36] TITLE
    🎧 [Play snip - 1min (04:36 - 05:43)](https://share.snipd.com/snip/<uuid>)
    what was said, summaries, quotes

The address of a snip is that of Readwise's links, so both have one uid. Its text is its title with everything
below; `📝 Note` and `My notes` begin the listener's own words. Source: snipd.com, Export to Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.readwise.front_matter import find_body_start, read_front_matter
from ingest.readwise.vault_passages import RULE
from ingest.sources.html_fields import read_fields
from ingest.sources.shelf import Entry, Shelf, make_author
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text
from record_types.pages import Problem

NAME = "snipd"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = ("share.snipd.com/snip/",)

_TITLE = re.compile(r"# (?P<title>[^\n]+)")
_SNIPS = re.compile(r"^#{1,3} (?:Snips|Episode metadata|Episode Metadata)\b", re.MULTILINE)
_LINK = re.compile(r"https://share\.snipd\.com/snip/(?P<id>[0-9A-Za-z-]{1,64})")
_EPISODE = re.compile(r"https://share\.snipd\.com/episode/[0-9A-Za-z-]{1,64}")
_LINK_LINE = re.compile(
    r"[^\w\n]{0,20}(?:Audio link[^\w\n]{0,9})?\[[^\[\]\n]{0,120}\]\(https://share\.snipd\.com/snip/[^()\s]{1,99}\)\W{0,9}"
)
_TIME = re.compile(r"\[?(?P<time>\d{1,2}:\d\d(?::\d\d)?)\]?")
_PROPERTY = re.compile(r"[-*] (?:\*\*)?(?P<key>[A-Z][\w /()]{1,40}?)(?:\*\*)?:(?:\*\*)? ?(?P<value>.*)")
_NOTE = re.compile(
    r"(?:#{3,6} |[-*] |\*\*)?(?:📝 ?)?(?:\*\*)?(?:My notes?|Notes?)(?:\*\*)?:?(?:\*\*)?[ \t]*(?P<words>.*)",
    re.I,
)
_SUMMARY = re.compile(r"<summary>[^<>]{0,99}</summary>")
"""The label of a collapsed part."""


@dataclass(slots=True)
class _Snip:
    line: int
    title: str
    time: str
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Episode:
    title: str
    line: int
    properties: list[tuple[str, str]] = field(default_factory=list)
    summary: list[str] = field(default_factory=list)
    snips: list[_Snip] = field(default_factory=list)


def detect(text: Text) -> bool:
    """Whether it has an episode's title, its sections and a link to a snip."""
    head = text.head
    return head[find_body_start(head) :].lstrip().startswith("# ") and _SNIPS.search(head) is not None


def parse(text: Text) -> Parsed:
    """Return one page per episode."""
    shelf = Shelf()
    episode: _Episode | None = None
    plain = text.text
    start = find_body_start(plain)
    front = read_front_matter(plain)
    for number, raw in enumerate(plain[start:].split("\n"), plain.count("\n", 0, start) + 1):
        line = raw.rstrip("\r")
        title = _TITLE.fullmatch(line)
        if title:
            if episode:
                _add_episode(episode, shelf)
            episode = _Episode(title["title"].strip(), number)
            episode.properties += [(entry.key, entry.value) for entry in front.entries]
        elif episode is None:
            if line.strip():
                shelf.problems.append(
                    Problem("stray-text", f"text before the first episode: {line.strip()}", number)
                )
        elif line.startswith("### "):
            words = line[4:]
            time = _TIME.match(words)
            words = words[time.end() :] if time else words
            episode.snips.append(_Snip(number, words.strip(), time["time"] if time else ""))
        elif line.startswith("## "):
            if line[3:].strip().lower() not in ("episode metadata", "snips"):
                (episode.snips[-1].lines if episode.snips else episode.summary).append(line[3:].strip())
        elif episode.snips:
            episode.snips[-1].lines.append(line)
        elif found := _PROPERTY.fullmatch(line):
            episode.properties.append((found["key"].strip().lower(), found["value"].strip()))
        else:
            episode.summary.append(line)
    if episode:
        _add_episode(episode, shelf)
    return shelf.finish()


def _add_episode(episode: _Episode, shelf: Shelf) -> None:
    values = dict(reversed(episode.properties))
    title = values.get("episode title") or episode.title
    show = values.get("show") or values.get("podcast") or ""
    link = next((found[0] for _, value in episode.properties if (found := _EPISODE.search(value))), None)
    entry = shelf.find(
        episode.line, _plain(title), author=make_author(_plain(show)), category="podcasts", url=link
    )
    entry.summary = _plain("\n".join(episode.summary))
    entry.add_properties(
        (key, value) for key, value in episode.properties if key not in ("show", "episode title")
    )
    if _plain(episode.title) != entry.title:
        entry.add_properties([("heading", episode.title)])
    for snip in episode.snips:
        _add_snip(snip, entry)


def _add_snip(snip: _Snip, entry: Entry) -> None:
    link = next((found for line in (snip.title, *snip.lines) if (found := _LINK.search(line))), None)
    words, notes = [snip.title] if snip.title else [], []
    in_note = False
    for line in snip.lines:
        if _LINK_LINE.fullmatch(line):
            in_note = False
            continue
        if note := _NOTE.fullmatch(line):
            in_note = True
            notes.append(note["words"])
            continue
        if line.startswith("#"):
            in_note = False
        if RULE.fullmatch(line):  # what separates it from the next snip
            continue
        (notes if in_note else words).append(line.lstrip("#").strip() if line.startswith("#") else line)
    entry.add_highlight(
        _plain("\n".join(words)),
        snip.line,
        note=_plain("\n".join(notes)),
        place=("time", snip.time if snip.time.count(":") == 2 else f"0:{snip.time}" if snip.time else ""),
        url=link[0] if link else None,
    )


def _plain(text: str) -> str:
    """Return Markdown without the HTML that Snipd puts around transcripts."""
    text = text.strip()
    if "<" not in text:
        return re.sub(r"\n{3,}", "\n\n", text)
    fields = read_fields(_SUMMARY.sub("", text), lambda _tag: None, keep_breaks=True)
    return "\n".join(each.text for each in fields).strip()
