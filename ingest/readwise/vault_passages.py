"""The passages of `vault_plugin`, each with its id at its end, and what follows each of them.

    text, of any lines %% Color: yellow %% ^12347
                                                  what follows belongs to the passage:
    Note: mine

    Tags: #tides, #two-words

    [View Highlight](https://…)
    ---                                           up to a rule, or without one to two blank lines

The words after those begin the next passage, which may contain rules and blank lines of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.readwise.highlights import HighlightDraft, NoteDraft
from ingest.readwise.notation import View, parse_tag_list, split_view
from record_types.pages import BlockProperty, NoteKind, Section

RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})[ \t]*")
HIGHLIGHTS = re.compile(r"^#{1,6}[ \t]+Highlights[ \t\r]*$", re.MULTILINE)
_ID = re.compile(
    r"[ \t]*(?:(?:%%|`)[ \t]*highlight_id:[ \t]*(?P<named>[0-9]{1,20})[ \t]*(?:%%|`)(?P<behind>[^\n]*)"
    r"|(?:(?<=[ \t])|^)\^(?:(?P<anchor>[0-9]{3,20})|ref-(?P<kindle>[0-9A-Za-z-]{1,40}))[ \t]*)$"
)
"""The end of a passage: Readwise's id of it."""

_AT_LOCATION = re.compile(
    r"[—–-] (?P<kind>location|page): "
    r"(?:\[(?P<linked>[0-9ivxlc-]+)\]\((?P<url>[^\s()]+)\)|(?P<place>[0-9ivxlc-]+))\Z"
)
"""Where the Kindle plugin found a passage."""

_COMMENT = re.compile(r"%%[ \t]*(?P<key>[A-Za-z][\w -]{0,30}):[ \t]*(?P<value>[^%\n]*?)[ \t]*%%[ \t]*\Z")
_LABEL = re.compile(r"(?P<bold>\*\*)?(?P<key>Note|Tags):(?P<end>\*\*)?(?:[ \t]+|$)")
_VIEW = re.compile(r"\[View[^\[\]\n]{1,80}\]\([^\s]*\)[ \t]*")
_QUOTED = re.compile(r"\A>[ \t]?")
_NUMBER = re.compile(r"[0-9][0-9.,–-]{0,20}")
# A link to no book, from a template with an empty variable, identifies nothing.
_NO_BOOK = re.compile(r"[?&]asin=(?:null|none|undefined)?(?:&|\Z)", re.IGNORECASE)


def ends_passage(line: str) -> re.Match[str] | None:
    """Match the end of a passage, if the line is its last."""
    start = max(line.rfind("^"), line.rfind("highlight_id:"))
    if start < 0:
        return None
    before = " \t" if line[start] == "^" else " \t%`"
    while start > 0 and line[start - 1] in before:
        start -= 1
    return _ID.match(line, start)


@dataclass(slots=True)
class Passages:
    """Reads the passages below the head."""

    lines: list[str]
    highlights: list[HighlightDraft] = field(default_factory=list)
    notes: list[NoteDraft] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    properties: list[BlockProperty] = field(default_factory=list)

    def read(self, start: int) -> None:
        lines = self.lines
        if start < len(lines) and HIGHLIGHTS.fullmatch(lines[start]):
            self.sections.append(Section(start + 1, lines[start].strip()))
            start += 1
        ends = [(at, mark) for at in range(start, len(lines)) if (mark := ends_passage(lines[at]))]
        for place, (at, mark) in enumerate(ends):
            draft = self._take_passage(start, at, mark)
            next_end = ends[place + 1][0] if place + 1 < len(ends) else len(lines)
            past, start = self._find_tail(at + 1, next_end, is_named=mark["named"] is not None)
            self._take_tail(draft, at + 1, past, "note" if mark["kindle"] else "block")
        rest = [line if not RULE.fullmatch(line) else "" for line in lines[start:]]
        first = next((at for at, line in enumerate(rest) if line.strip()), len(rest))
        self.notes.append(NoteDraft("\n".join(rest).strip(), start + first + 1))

    def _take_passage(self, start: int, end: int, mark: re.Match[str]) -> HighlightDraft:
        words = [*self.lines[start:end], self.lines[end][: mark.start()]]
        first = next((at for at, line in enumerate(words) if line.strip()), len(words) - 1)
        line = start + first + 1
        if mark["kindle"] and all(line.startswith(">") for line in words if line.strip()):
            words = [_QUOTED.sub("", line) for line in words]  # a template of the reader's
        text, comments = _split_comments("\n".join(words).strip())
        behind, more = _split_comments((mark["behind"] or "").strip())
        comments.update(more)
        self.properties += [BlockProperty(line, key, value) for key, value in comments.items()]
        text, view, after = _split_place(text)
        draft = HighlightDraft(text.strip(), line, _read_place(view, comments.get("location")), None)
        if number := mark["named"] or mark["anchor"]:
            draft.named = f"open:{number}"
            self.properties.append(BlockProperty(line, "readwise-id", number))
        else:
            self.properties.append(BlockProperty(line, "anchor", f"ref-{mark['kindle']}"))
            if not draft.text and draft.view is None:  # a highlight must not be empty
                draft.text, draft.is_cut = f"^ref-{mark['kindle']}", True
        for words_behind in (after, behind):
            if words_behind:
                draft.add_after_link(words_behind, line, 1)
        self.highlights.append(draft)
        return draft

    def _find_tail(self, start: int, end: int, *, is_named: bool) -> tuple[int, int]:
        """Return where the lines that belong to the passage above end, and where the next passage begins."""
        lines = self.lines
        rule = next((at for at in range(start, end) if RULE.fullmatch(lines[at])), None)
        gap = next(
            (at for at in range(start, end - 1) if not (lines[at].strip() or lines[at + 1].strip())), None
        )
        if gap is not None and (is_named or rule is None):
            return gap, gap
        if rule is not None:
            return rule, rule + 1
        past = start
        for at in range(start, end):  # paragraphs with a label, up to the first without one
            is_first = lines[at].strip() and (at == start or not lines[at - 1].strip())
            if is_first and not (_LABEL.match(lines[at]) or _VIEW.fullmatch(lines[at])):
                return past, past
            past = at + 1
        return past, past

    def _take_tail(self, draft: HighlightDraft, start: int, end: int, kind: NoteKind) -> None:
        """Read the note, the tags and the link below a passage; other words are a note of this kind."""
        pieces: list[tuple[int, re.Match[str] | None, list[str]]] = []
        for at in range(start, end):
            line = self.lines[at]
            label = _LABEL.match(line)
            if label or _VIEW.fullmatch(line) or not pieces:
                pieces.append((at + 1, label, [line[label.end() :] if label else line]))
            else:
                pieces[-1][2].append(line)
        for number, label, words in pieces:
            text = "\n".join(words).strip()
            if label and label["bold"] and not label["end"]:
                text = text.removesuffix("**").rstrip()
            if label and label["key"] == "Tags":
                draft.tags += parse_tag_list(text)
            elif label:
                draft.add_note(NoteDraft(text, number, kind="note"))
            elif _VIEW.fullmatch(words[0]):
                self._take_view(draft, words[0].strip(), number)
                draft.add_note(NoteDraft("\n".join(words[1:]).strip(), number + 1))
            else:
                draft.add_note(NoteDraft(text, number, kind=kind))

    def _take_view(self, draft: HighlightDraft, link: str, line: int) -> None:
        view = split_view(f"({link})")[1]
        if draft.view is None and view is not None:
            draft.view = view
        elif view is None or view.url is None or draft.view is None:
            draft.add_note(NoteDraft(link, line))
        elif draft.view.url is None:
            draft.view = draft.view._replace(url=view.url)
        elif view.url != draft.view.url:
            self.properties.append(BlockProperty(line, "view-url", view.url))


def _split_place(text: str) -> tuple[str, View | None, str]:
    start = max(text.rfind(" location: "), text.rfind(" page: "))
    place = _AT_LOCATION.match(text, start - 1) if start > 0 else None
    if place is None:
        return split_view(text)
    return text[: place.start()], View(place["url"], place["kind"], place["linked"] or place["place"]), ""


def _split_comments(text: str) -> tuple[str, dict[str, str]]:
    """Split the comments such as `%% Color: yellow %%` off the end of `text`."""
    found: dict[str, str] = {}
    while text.endswith("%%"):
        comment = _COMMENT.search(text, max(text.rfind("%%", 0, -2), 0))
        if comment is None:
            break
        found[comment["key"].strip().lower().replace(" ", "-").replace("_", "-")] = comment["value"]
        text = text[: comment.start()].rstrip()
    return text, found


def _read_place(view: View | None, place: str | None) -> View | None:
    """Return the link with its number as the location: in a book, the number is the link's label."""
    if view is None:
        return View(None, "location", place) if place and _NUMBER.fullmatch(place) else None
    if view.label and _NUMBER.fullmatch(view.label):
        url = None if view.url and _NO_BOOK.search(view.url) else view.url
        return View(url, "location", view.label)
    return view._replace(kind="location", place=place) if place and not view.place else view
