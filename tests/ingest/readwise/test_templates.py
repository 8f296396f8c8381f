"""The same highlights in the shape of every dialect: all are read back, each with its tags and notes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.source import parse_text
from ingest.text import Text
from record_types.pages import Highlight

HOSTILE_LINES = (
    "# no heading", "1. first", "> said so", "key:: value", "(see [this](https://example.org/a_(b)))", "`x",
    "- an item", "$$", "<b>bold", "#+BEGIN_QUOTE", "a\u2028b", "https://t.co/AbCdEf1234", "![](https://example.org/i.jpg)",
    "New highlights added", "**Note**: no note", "Tags", "[[Readwise]] said", "* starred", "改めて。", "",
    "(Page)", ":PROPERTIES:", "^rw", "---x", "|a|b|", "id of it", "== equal ==", "Author: not me",
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """One highlight as its reader made it."""

    lines: tuple[str, ...]
    number: int
    has_view: bool
    tags: tuple[str, ...] = ()
    note: tuple[str, ...] = ()


marks = st.lists(
    st.builds(
        Mark,
        st.tuples(
            st.sampled_from(["First words", "改めて 言う", "“Quoted,” she said", "Numbers 1, 2: three"]),
            st.lists(st.sampled_from(HOSTILE_LINES), max_size=3).map(tuple),
        ).map(lambda parts: (parts[0], *parts[1], "last words")),
        st.integers(0, 99),
        st.booleans(),
        st.lists(st.sampled_from(["one", "two words", "日本"]), max_size=2, unique=True).map(tuple),
        st.sampled_from([(), ("mine",), ("mine,", "and more")]),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda mark: mark.number,
)


def view(mark: Mark) -> str:
    if not mark.has_view:
        return ""
    return f" ([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaa{mark.number:02}))"


def text(mark: Mark) -> tuple[str, ...]:
    """Words that their number makes unique."""
    return (f"{mark.lines[0]} {mark.number}", *mark.lines[1:])


def escaped(mark: Mark) -> list[str]:
    """The words as Readwise writes them for Logseq, where a dash would begin a block."""
    return ["\\" + line if line.startswith("- ") else line for line in text(mark)]


HEAD = 'title:: A Page (highlights)\nauthor:: [[Ada Fern]]\nfull-title:: "A Page"\ncategory:: #articles\n'


def write_blocks(found: list[Mark], indent: str, level: int) -> str:
    """Blocks as Readwise writes them, its own dashes escaped; those of a level below the first deeper."""
    out = ""
    for mark in found:
        margin, child = indent * level, indent * (level + 1)
        words = f"\n{margin}  ".join(escaped(mark))
        out += f"{margin}- {words}{view(mark)}\n"
        if mark.tags:
            out += f"{child}- **Tags**: " + " ".join(f"#[[{tag}]]" for tag in mark.tags) + "\n"
        if mark.note:
            out += f"{child}- **Note**: " + f"\n{child}  ".join(mark.note) + "\n"
    return out


def write_default(found: list[Mark], indent: str = "\t", first: str = "", second: str = "") -> str:
    first = first or "Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]"
    second = second or "New highlights added [[Feb 25th, 2023]] at 5:56 PM"
    half = len(found) // 2
    out = f"{HEAD}\n- {first}\n" + write_blocks(found[: len(found) - half], indent, 1)
    return out + (f"- {second}\n" + write_blocks(found[len(found) - half :], indent, 1) if half else "")


def write_typed(found: list[Mark]) -> str:
    head = "type:: [[Readwise]]\ntitle:: A Page\nauthor:: [[Ada]]\ncategory:: [[articles]]\n"
    return f"{head}\n- [[Readwise]] [[2023-02-07]]\n" + write_blocks(found, "\t", 1)


def write_own_blocks(found: list[Mark]) -> str:
    head = "title:: A Page\nauthor:: [[Ada]]\nmedia:: #articles\nstatus:: done\n"
    page = f"{head}\n- Highlights first synced by [[Readwise]] [[2023-02-07]]\n"
    return page + write_blocks(found, "\t", 1) + "- my own\n\t- thoughts\n"


def write_at_margin(found: list[Mark]) -> str:
    return f"{HEAD}\n" + write_blocks(found, "\t", 0)


def write_flat(found: list[Mark]) -> str:
    out = "title:: Readwise/Highlights/A Page\nauthor:: [[Ada]]\nfull-title:: A Page\ncategory:: #articles\n"
    out += "None\n"
    for mark in found:
        tags = "".join(f" #[[{tag}]]" for tag in mark.tags)
        words = "\n  ".join(escaped(mark))
        out += f"- {words}{view(mark)} #Highlight #[[2024-02-28]]{tags}\n"
        if mark.note:
            out += "\t- **Note**: " + "\n\t  ".join(mark.note) + "\n"
    return out


def write_quoted(found: list[Mark]) -> str:
    out = f"{HEAD}\n"
    for mark in found:
        words = "\n  > ".join(escaped(mark))
        out += f"- > {words}{view(mark)}\n\t- **Date**: [[2024-02-28]]\n"
        if mark.tags:
            out += "\t- **Tags**: " + " ".join(f"#[[{tag}]]" for tag in mark.tags) + "\n"
        if mark.note:
            out += "\t- **Note**: " + "\n\t  ".join(mark.note) + "\n"
    return out


def write_cards(found: list[Mark], indent: str = "\t") -> str:
    out = f"deck:: [[Books::A]]\n{HEAD}\n- Highlights first synced by [[Readwise]] [[2024-02-28]]\n"
    two, three = indent * 2, indent * 3
    for mark in found:
        words = f"\n{two}  ".join(escaped(mark))
        out += f"{indent}- -\n{two}- {words} #flashcard\n"
        if mark.has_view:
            out += f"{three}- {view(mark).strip()}\n"
        if mark.tags:
            out += f"{three}- **Tags**: " + " ".join(f"#[[{tag}]]" for tag in mark.tags) + "\n"
        if mark.note:
            out += f"{three}- **Note**: " + f"\n{three}  ".join(mark.note) + "\n"
        out += f"{indent}- -\n"
    return out


def write_plugin(found: list[Mark]) -> str:
    out = "retrieved:: [[2022-02-01]], 2:42:30 PM\nauthor:: [[Ada]]\ncategory:: [[articles]]\n\n"
    out += "- ## [[Readwise Highlights]]\n"
    for mark in found:
        words = "\n\t  ".join(escaped(mark))
        url = (
            f"https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaa{mark.number:02}"
            if mark.has_view
            else "null"
        )
        tags = ", ".join(f"[[{tag}]]" for tag in mark.tags)
        out += f"\t- {words}\n{' ' * 16}link:: [{url}]({url})\n{' ' * 16}on:: [[2021-12-05]]\n"
        out += f"{' ' * 16}tags:: {tags}\n"
        if mark.note:
            out += "\t\t- **Note**: " + "\n\t\t  ".join(mark.note) + "\n"
    return out


def write_roam(found: list[Mark]) -> str:
    out = "---\ntitle: A Page (highlights)\n---\n\n- Author:: [[Ada]]\n\n- Full Title:: A Page\n\n"
    out += "- Category:: #articles\n\n- Highlights first synced by #Readwise [[May 25th, 2021]]\n"
    for mark in found:
        out += "\t - " + "\n".join(text(mark)) + f"{view(mark)}\n"
        if mark.tags:
            out += "\t\t - **Tags**: " + " ".join(f"#[[{tag}]]" for tag in mark.tags) + "\n"
        if mark.note:
            out += "\t\t - **Note**: " + "\n".join(mark.note) + "\n"
    return out


def write_org(found: list[Mark]) -> str:
    out = ":PROPERTIES:\n:title: A Page (highlights)\n:END:\n\n* metadata\n:PROPERTIES:\n:author: [[Ada]]\n"
    out += ":full-title: A Page\n:category: [[articles]]\n:END:\n"
    out += "* Highlights first synced by [[Readwise]] [[2024-03-19]]\n"
    for mark in found:
        words = "\n".join(line for line in text(mark) if not line.startswith("#+"))
        out += f"** 📌 [[2024-03-18]]\n#+BEGIN_QUOTE\n{words}\n#+END_QUOTE\\\n"
        if mark.tags:
            out += "*** Tags: " + " ".join(f"[[{tag}]]" for tag in mark.tags) + "\n"
        if mark.note:
            out += "*** Note: " + "\n".join(mark.note) + "\n"
    return out


VAULT = (
    "# A Page\n\n![rw-book-cover](https://example.org/c.jpg)\n\n"
    "## Metadata\n- Author: [[Ada]]\n- Full Title: A Page\n"
)


def write_vault(
    found: list[Mark], head: str = VAULT + "- Category: #articles\n\n", child: str = "    ", mark_: str = "-"
) -> str:
    out = head + "## Highlights\n"
    for number, mark in enumerate(found):
        words = "\n  ".join(line for line in text(mark) if line)  # blank lines are dropped
        out += f"{mark_} {words}{view(mark)}\n"
        if mark.tags:
            out += f"{child}- Tags: " + " ".join(f"[[{tag}]]" for tag in mark.tags) + " \n"
        if mark.note:
            out += f"{child}- Note: " + f"\n{child}  ".join(mark.note) + "\n"
        if number == len(found) // 2:
            out += "## New highlights added September 5, 2022 at 10:30 PM\n"
    return out


def write_anchored_vault(found: list[Mark]) -> str:
    head = "---\nauthor: @ada on Twitter\ntags: [a\n---\n"
    head += "> [!info] Metadata\n>Title:: A Page\n>Author:: [[Ada]]\n>Category:: #books\n\n"
    out = head + "## Highlights\n"
    for mark in found:
        words = "\n  ".join(line for line in text(mark) if line)
        out += f"* {words} [Open in Readwise](https://readwise.io/open/{mark.number}) ^rw{mark.number}\n"
        if mark.tags:
            out += "    * Tags: " + " ".join(f"[[{tag}]]" for tag in mark.tags) + "\n"
        if mark.note:
            out += "    * Note: " + "\n      ".join(mark.note) + "\n"
    return out


def write_csv(found: list[Mark], delimiter: str = ",", mark_: str = "") -> str:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
    columns = (
        "Document tags,Book Title,Note,Highlight,Book Author,Extra,Tags,Location Type,Location,Highlighted at"
    )
    writer.writerow(columns.split(","))
    for mark in found:
        row = ["", "A Page", "\n".join(mark.note), "\n".join(text(mark)), "Ada", "x", ", ".join(mark.tags)]
        writer.writerow([*row, "page", mark.number, "2022-03-07 22:12:42+00:00"])
    return mark_ + file.getvalue()


Write = Callable[[list[Mark]], str]
GERMAN = (
    "Zuerst abgeglichen mit [[Readwise]] [[19.11.2022]]",
    "Neue Markierungen vom [[25.02.2023]] um 17:56",
)
TEMPLATES: dict[str, tuple[str, str, Write]] = {
    "default": ("logseq", ".md", write_default),
    "default, two blanks": ("logseq", ".md", lambda found: write_default(found, "  ")),
    "default, four blanks": ("logseq", ".md", lambda found: write_default(found, "    ")),
    "default, Windows": ("logseq", ".md", lambda found: write_default(found).replace("\n", "\r\n")),
    "default, translated": ("logseq", ".md", lambda found: write_default(found, "\t", *GERMAN)),
    "default, one heading": ("logseq", ".md", lambda found: write_default(found[:1], "\t", "## Highlights")),
    "typed": ("logseq", ".md", write_typed),
    "own blocks": ("logseq", ".md", write_own_blocks),
    "at the margin": ("logseq", ".md", write_at_margin),
    "flat": ("logseq-flat", ".md", write_flat),
    "quoted": ("logseq-quoted", ".md", write_quoted),
    "cards": ("logseq-cards", ".md", write_cards),
    "cards, two blanks": ("logseq-cards", ".md", lambda found: write_cards(found, "  ")),
    "plugin": ("logseq-plugin", ".md", write_plugin),
    "Roam": ("logseq-roam", ".md", write_roam),
    "Org": ("logseq-org", ".org", write_org),
    "Org, Windows": ("logseq-org", ".org", lambda found: write_org(found).replace("\n", "\r\n")),
    "vault": ("obsidian", ".md", write_vault),
    "vault, tabs": ("obsidian", ".md", lambda found: write_vault(found, child="\t")),
    "vault, stars": ("obsidian", ".md", lambda found: write_vault(found, mark_="*")),
    "vault, Windows": ("obsidian", ".md", lambda found: write_vault(found).replace("\n", "\r\n")),
    "vault, anchors": ("obsidian", ".md", write_anchored_vault),
    "CSV": ("readwise-csv", ".csv", write_csv),
    "CSV, semicolons": ("readwise-csv", ".csv", lambda found: write_csv(found, ";", "\ufeff")),
    "CSV, Excel": (
        "readwise-csv", ".csv", lambda found: write_csv(found, ";", "sep=;\n").replace("\n", "\r\n")
    ),
}  # fmt: skip


def words(value: str) -> list[str]:
    return re.findall(r"\w+", value)


def describe(highlight: Highlight) -> tuple[list[str], tuple[str, ...], list[list[str]]]:
    tags = tuple(tag for tag in highlight.tags if tag != "flashcard")
    return words(highlight.text), tags, [words(note.text) for note in highlight.notes]


def expect(mark: Mark, name: str) -> tuple[list[str], tuple[str, ...], list[list[str]]]:
    lines = [line for line in text(mark) if not ("Org" in name and line.startswith("#+"))]
    return words("\n".join(lines)), mark.tags, [words("\n".join(mark.note))] if mark.note else []


@pytest.mark.parametrize("name", TEMPLATES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(found=marks)
def test_highlights_written_in_any_template_are_read_back(name: str, found: list[Mark]) -> None:
    dialect, suffix, write = TEMPLATES[name]
    page = write(found)
    known, parsed = parse_text(Text(page, "A Page", suffix))
    assert known == dialect, page
    (read,) = parsed.pages
    written = found[:1] if name == "default, one heading" else found
    assert [describe(each) for each in read.highlights] == [expect(mark, name) for mark in written], page
