"""Notes of the other Readwise plugins for Obsidian, in which each highlight is a passage that ends in its id.

Readwise Mirror writes

    %%
    ID: 777
    %%
    ![](https://covers.example/a.jpg)
    # About
    Title: [[Ten Rules]]                          version 1: [[Readwise/Articles/Ten Rules]]
    Authors: [[A]], [[B]]
    Tags: #sea, #two-words
    # Document Note                               its text, up to the next heading
    # Highlights
    text ([117](https://readwise.io/to_kindle?…)) %% Color: yellow %% ^12347

    Note: mine                                    version 1: **Note: mine**

    Tags: #tides, #two-words

    [View Highlight](https://…)
    ---

and the community's plugin

    - **URL:** https://example.org
    - **Author:** Name
    - **Tags:** #articles
    ---

    text %% highlight_id: 184600001 %%
    Note: mine

and the Kindle plugin, below `kindle-sync:` in its front matter,

    text — location: [123](kindle://book?action=open&asin=B000&location=123) ^ref-1111

    a note
    ---

`vault_passages.py` reads the passages.

Source: the default templates of jsonMartin/readwise-mirror, renehernandez/obsidian-readwise and
hadynz/obsidian-kindle-plugin
(docs/formats.md, Other plugins for Obsidian).
"""

from __future__ import annotations

import re

from ingest.readwise.document import make_document, parse_category, recognise_tweets
from ingest.readwise.front_matter import find_body_start, read_front_matter
from ingest.readwise.highlights import NoteDraft, finish_highlights, finish_notes
from ingest.readwise.preamble import LONG_KEYS, Entry, Preamble, parse_preamble
from ingest.readwise.vault_passages import HIGHLIGHTS, RULE, Passages, ends_passage
from ingest.text import NOTE_SUFFIXES, Parsed, Text
from record_types.pages import Page

NAME = "obsidian-plugin"
SUFFIXES = NOTE_SUFFIXES
SIGNS = ("highlight_id:", "Readwise URL:", "Number of Highlights:", "kindle-sync:")

_HEADING = re.compile(r"#{1,6}[ \t]+(?P<title>[^\n]*?)[ \t]*")
_KINDLE = re.compile(r"^kindle-sync:", re.MULTILINE)
_REF = re.compile(r"[ \t]\^ref-[0-9A-Za-z-]+[ \t\r]*$", re.MULTILINE)
_MIRROR = re.compile(r"^(?:Readwise URL:[ \t]*https?://|Number of Highlights:)", re.MULTILINE)
_PAIR = re.compile(r"(?:[-*+][ \t]+)?(?:\*\*)?([^\W\d_][\w -]{0,30}):(?:\*\*)?(?:[ \t]+(.*))?")
_ONLY_LINK = re.compile(r"[-*+] \[[^\[\]\n]{1,80}\]\([^\s]*\)[ \t]*")
# The folders of version 1 are part of a page's name.
_FOLDERS = re.compile(r"\A(?:[^\[\]/]{1,80}/)*(?:articles|books|tweets|podcasts|supplementals)/(?=\S)", re.I)
_WRAPPED = re.compile(r"(?:==|\*)([^=*\n]+)(?:==|\*)")
_KEYS = {"authors": "author", "id": "readwise-book-id", "source-url": "url"}
_TITLES = ("title", "full-title")
_HEADINGS = ("about", "metadata")


def detect(text: Text) -> bool:
    """Whether a passage ends in `highlight_id: N`, or Readwise Mirror's keys are above the highlights."""
    page = text.text
    if "highlight_id:" in page and any(ends_passage(line.rstrip("\r")) for line in page.split("\n")):
        return True
    if _KINDLE.search(page, 0, find_body_start(page)) and _REF.search(page):
        return True
    heading = HIGHLIGHTS.search(page)
    return heading is not None and _MIRROR.search(page, 0, heading.start()) is not None


def parse(text: Text) -> Parsed:
    """Return the text's one page, with every word of it in the records."""
    front = read_front_matter(text.text)
    lines = [line.rstrip("\r") for line in text.text.split("\n")]
    first = text.text.count("\n", 0, front.end) + 1 if front.end else 0
    start = _find_passages(lines, first)
    preamble = parse_preamble("\n".join([*[""] * first, *_translate(lines[first:start])]))
    _add_front_matter(preamble, front.entries)
    reader = Passages(lines)
    reader.read(start)
    document = recognise_tweets(make_document(preamble, text.name), reader.highlights)
    highlights, cuts = finish_highlights(reader.highlights, document)
    loose = [NoteDraft("\n".join(words), line) for line, words in preamble.loose]
    page = Page(
        document,
        highlights,
        finish_notes([*loose, *reader.notes]),
        tuple(reader.sections),
        block_properties=tuple(reader.properties),
    )
    return Parsed((page,), (*front.problems, *cuts))


def _find_passages(lines: list[str], first: int) -> int:
    """Return the index of the heading above the highlights; else just past the head's keys and their rule."""
    for number in range(first, len(lines)):
        if lines[number].startswith("#") and HIGHLIGHTS.fullmatch(lines[number]):
            return number
    number = first
    has_pairs = False
    while number < len(lines):
        is_pair = _PAIR.fullmatch(lines[number]) is not None and ends_passage(lines[number]) is None
        is_title = not has_pairs and (_HEADING.fullmatch(lines[number]) or lines[number].startswith("!["))
        if lines[number].strip() and not (is_pair or is_title):
            break
        has_pairs = has_pairs or is_pair
        number += 1
    if not has_pairs:
        return first
    return number + 1 if number < len(lines) and RULE.fullmatch(lines[number]) else number


def _translate(lines: list[str]) -> list[str]:
    """Rewrite the lines of the head as the properties of a Logseq page, one for one."""
    written: list[str] = []
    in_note = False
    for line in lines:
        heading = _HEADING.fullmatch(line)
        pair = None if in_note else _PAIR.fullmatch(line)
        if heading:
            key = _make_key(heading["title"])
            in_note = key in LONG_KEYS
            is_title = line.startswith("# ") and not any(each.startswith("title::") for each in written)
            words = f"title:: {heading['title']}" if is_title else f"section:: {line}"
            written.append(f"{key}::" if in_note else "" if key in _HEADINGS else words)
        elif pair:
            written.append(_write_property(_make_key(pair[1]), (pair[2] or "").strip()))
        elif not in_note and _ONLY_LINK.fullmatch(line):
            written.append(f"link:: {line[2:].strip()}")
        elif not in_note and (RULE.fullmatch(line) or line.strip() == "%%"):
            written.append("")
        else:
            written.append(line.replace("![]( ", "![](", 1))
    return written


def _make_key(written: str) -> str:
    key = written.strip().lower().replace(" ", "-").replace("_", "-")
    return _KEYS.get(key, key)


def _write_property(key: str, value: str) -> str:
    if key in _TITLES:
        value = _FOLDERS.sub("", value.removeprefix("[[").removesuffix("]]"))
    elif wrapped := _WRAPPED.fullmatch(value):
        value = wrapped[1]
    return f"{key}:: {value}"


def _add_front_matter(preamble: Preamble, entries: tuple[Entry, ...]) -> None:
    """Add what the head does not contain; where nothing else names the category, a tag does."""
    known = {(entry.key, entry.value.strip("[] ")) for entry in preamble.entries}
    for entry in entries:
        entry.key = _KEYS.get(entry.key, entry.key)
        if (entry.key, entry.value.strip("[] ")) not in known:
            preamble.entries.append(entry)
    if any(entry.key == "kindle-sync" for entry in entries):
        preamble.entries.append(Entry("category", ["books"], 1))
    if all(entry.key != "category" for entry in preamble.entries):
        for entry in preamble.entries:
            if entry.key == "tags" and parse_category(entry.value) != "other":
                entry.key = "category"
                break
