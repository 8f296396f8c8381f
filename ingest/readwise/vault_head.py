"""Read the head of a note in a vault as the preamble of a Logseq page (docs/formats.md, Obsidian).

    # Ten Rules                                     title
    ![rw-book-cover](https://…)
    ## Metadata
    - Author: [[Name]]                              `* `, `**Author:**`, `[[Tags]]:` too
    - Document Tags: [[a]] [[b]] - Document Note: …
    >Author:: [[Name]]                              in a callout
    ## Summary                                      a key's value as a separate section

Each line is rewritten as a property of the preamble (`author:: [[Name]]`), whose reader then reads all of it.
"""

from __future__ import annotations

import re

from ingest.readwise.front_matter import FrontMatter, read_front_matter
from ingest.readwise.labels import HIGHLIGHTS, find_languages
from ingest.readwise.preamble import LONG_KEYS, Entry, Preamble, parse_preamble

SECTION = re.compile(
    r"^#{1,6}[ \t]+[^\w\n]{0,8}(?:Highlights|(?:New )?highlights (?:added|synced|first synced)\b[^\n]{0,120}"
    rf"|{HIGHLIGHTS})[ \t:\r]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A heading above highlights; the first one may be in any known language."""

_KEY = r"(?:\[\[)?(?P<{}>[^\W\d_][\w -]{{0,30}})(?:\]\])?"
_END = r"(?:[ \t]+|(?=\r?$))"
META = re.compile(
    rf"^[-*+][ \t]+\*\*{_KEY.format('bold')}(?::{{1,2}}\*\*|\*\*:{{1,2}}){_END}"
    rf"|^[-*+][ \t]+{_KEY.format('key')}:{{1,2}}{_END}"
    rf"|^>[ \t]*{_KEY.format('quoted')}::{_END}",
    re.MULTILINE,
)
"""The start of a line of metadata."""

_BULLET_OR_HEADING = re.compile(r"^(?:[-*+][ \t]|#{2,6}[ \t]+(?P<title>[^\n]*))", re.MULTILINE)
_FRONT_KEY = re.compile(r"^([^\W\d_][\w -]{0,30}):[ \t]", re.MULTILINE)
_OF_HEAD = LONG_KEYS | {"metadata", "note", "notes", "tags", "document-tags", "description", "about"}
_MOST_LINES = 6
"""Lines of one title or author; no real one has more."""
_PLAIN = re.compile(r"(?![-*+>#|!<]|\d+\.[ \t])\S")
_HEADING = re.compile(r"(?P<hashes>#{1,6})[ \t](?P<title>.*)")
_CALLOUT = re.compile(r">[ \t]*\[![\w-]+\][-+]?[ \t]*(.*)")
_NO_WORDS = re.compile(r"(?:<br[ /]*>|-{3,}|\*{3,})\s*", re.IGNORECASE)
_TAG = r"#(?:\[\[[^\[\]\n]+\]\]|[^\[\]#,\n]+)"
_SPACED_TAGS = re.compile(rf"{_TAG}(?:(?:,[ \t]*|[ \t]{{2,}}){_TAG})*")
_BETWEEN_TAGS = re.compile(r"(?:,[ \t]*|[ \t]{2,})(?=#)")
_NOTE_BEHIND_TAGS = re.compile(r"(?:^|\s)-[ \t]Document Note:")
_ALIASES = {
    "schlagwörter": "tags", "étiquettes": "tags", "mots-clés": "tags", "etiquetas": "tags",
    "etichette": "tags", "trefwoorden": "tags", "теги": "tags", "метки": "tags",
    "标签": "tags", "標籤": "tags", "タグ": "tags", "태그": "tags", "tagged": "tags",
    "note": "document-note", "notes": "document-note",
    "autor": "author", "auteur": "author", "autore": "author", "автор": "author", "作者": "author",
    "kategorie": "category", "categoría": "category", "categoria": "category", "catégorie": "category",
    "categorie": "category", "类别": "category", "分类": "category", "カテゴリー": "category",
    "titel": "title", "título": "title", "titre": "title", "titolo": "title", "标题": "title",
    "voller-titel": "full-title", "título-completo": "full-title", "titre-complet": "full-title",
    "titolo-completo": "full-title", "volledige-titel": "full-title", "完整标题": "full-title",
}  # fmt: skip
"""Other names of properties → Readwise's."""


def find_highlights(text: str, start: int) -> int:
    """Return the offset of the heading above the highlights; else of the first bullet besides metadata."""
    section = SECTION.search(text, start)
    if section:
        return section.start()
    known = META.search(text, start)
    for place in _BULLET_OR_HEADING.finditer(text, start):
        if place["title"] is None:
            if not META.match(text, place.start()):
                return place.start()
        elif known and place.start() > known.start() and _make_key(place["title"]) not in _OF_HEAD:
            return place.start()  # the heading above the highlights, in another language
    return len(text)


def read_head(text: str) -> tuple[Preamble, FrontMatter, int]:
    """Read the head of `text`: the preamble (with the front matter's entries), the front matter, its end."""
    front = read_front_matter(text)
    start = find_highlights(text, front.end)
    lines = text[:start].split("\n")
    above = text.count("\n", 0, front.end)
    if front.end:
        lines[: above + 1] = [""] * (above + 1)
    preamble = parse_preamble("\n".join(_translate(_join_values(lines))))
    _split_tags(preamble.entries)
    preamble.entries[:] = _drop_repeated([*preamble.entries, *front.entries])
    _find_url(preamble.entries)
    return preamble, front, start


def find_languages_of_head(text: str, start: int) -> frozenset[str]:
    """Return the languages, except English, of the keys and headings down to the heading at `start`."""
    end = text.find("\n", start)
    head = text[: end if end >= 0 else len(text)]
    keys = [match["bold"] or match["key"] or match["quoted"] for match in META.finditer(head)]
    keys += [match[1] for match in _FRONT_KEY.finditer(head)]
    titles = [place["title"].strip() for place in _BULLET_OR_HEADING.finditer(head) if place["title"]]
    return find_languages([*keys, *titles], titles)


def _drop_repeated(entries: list[Entry]) -> list[Entry]:
    """Drop repeated entries; a template's `type` that holds Readwise's category becomes `category`."""
    if not any(entry.key == "category" for entry in entries):
        for entry in entries:
            if entry.key == "type" and "category/" in entry.value:
                entry.key = "category"
    return list({(entry.key, entry.value): entry for entry in reversed(entries)}.values())[::-1]


def _find_url(entries: list[Entry]) -> None:
    """Take the address in `source` or `reference`, as templates name it, if nothing else is the URL."""
    if not any(entry.key in ("url", "source-url") for entry in entries):
        for entry in entries:
            if entry.key in ("source", "reference") and entry.value.startswith(("http://", "https://")):
                entry.key = "url"
                return


def _join_values(lines: list[str]) -> list[str]:
    """Join titles and authors that contain line breaks; the lines that they continued on become blank.

    A line below `Full Title` continues it. A line below the heading does so only if the full title has the
    same words, and one below an author if its brackets are still open.
    """
    joined = list(lines)
    titles = set()
    for number, line in enumerate(lines):
        match = META.match(line)
        key = _make_key(match["key"] or match["bold"] or match["quoted"]) if match else ""
        if key not in ("title", "full-title", "author"):
            continue
        end = number + 1
        depth = line.count("[[") - line.count("]]")
        while end < min(len(lines), number + _MOST_LINES) and _PLAIN.match(lines[end]):
            if key == "author" and depth <= 0:
                break
            depth += lines[end].count("[[") - lines[end].count("]]")
            end += 1
        if end > number + 1:
            _join(joined, number, end)
            titles.add(joined[number][match.end() if match else 0 :].strip())
    for number, line in enumerate(lines):
        if line.startswith("# "):
            for end in range(number + 2, min(len(lines), number + _MOST_LINES) + 1):
                if " ".join(map(str.strip, lines[number:end]))[2:].strip() in titles:
                    _join(joined, number, end)
            break
    return joined


def _join(lines: list[str], start: int, end: int) -> None:
    lines[start:end] = [" ".join(map(str.strip, lines[start:end])), *[""] * (end - start - 1)]


def _translate(lines: list[str]) -> list[str]:
    """Rewrite the lines of the head in the preamble's form, one for one."""
    written: list[str] = []
    has_title = False
    for number, line in enumerate(lines):
        heading = _HEADING.match(line)
        if heading:
            title = heading["title"].strip()
            if not has_title and heading["hashes"] == "#":
                has_title = True
                written.append(f"title:: {title}")
            else:
                written.append(_translate_section(title, line))
        elif _NO_WORDS.fullmatch(line):
            written.append("")
        elif title := _find_callout(line, lines[number + 1 : number + 2]):
            written.append("" if _make_key(title[1]) in ("", "metadata") else f"callout:: {title[1]}")
        else:
            written.append(_translate_key(line))
    return written


def _translate_section(title: str, line: str) -> str:
    key = _make_key(title)
    if key == "metadata":
        return ""
    # a heading of the reader's ends the summary or note before it
    return f"{key}::" if key in LONG_KEYS else f"section:: {line.strip()}"


def _translate_key(line: str) -> str:
    match = META.match(line)
    if match is None:
        return line
    key = _make_key(match["key"] or match["bold"] or match["quoted"])
    return f"{_ALIASES.get(key, key)}:: {line[match.end() :]}"


def _make_key(written: str) -> str:
    return written.strip().lower().replace(" ", "-").replace("_", "-")


def _find_callout(line: str, following: list[str]) -> re.Match[str] | None:
    """Match the first line of the callout that holds the metadata; group 1 is its title."""
    match = _CALLOUT.match(line) if line.startswith(">") else None
    return match if match and following and META.match(following[0]) else None


def _split_tags(entries: list[Entry]) -> None:
    """Move a document's note out of the line with its tags."""
    for entry in list(entries):
        if entry.key != "document-tags":
            continue
        tags, *note = _NOTE_BEHIND_TAGS.split(entry.value, maxsplit=1)
        if _SPACED_TAGS.fullmatch(tags.strip()):  # two spaces separate tags, one is part of a tag
            named = (each.strip("#[] \t") for each in _BETWEEN_TAGS.split(tags.strip()))
            tags = " ".join(f"#[[{each}]]" for each in named if each)
            entry.parts[:] = [tags]
        if note:
            entry.parts[:] = [tags]
            entries.append(Entry("document-note", note, entry.line))
