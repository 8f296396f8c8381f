"""Foreign text escaped, so that a note is read back as the tree that was written.

A backslash goes before whatever would change the structure of the note, become raw HTML or a link
that is not of the web (LOGSEQ.md, Writing 9). Code keeps its characters; what is escaped already
stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt

from markdown_text.code import split_fences

_SKIPPED = r"\\[^\n]|(?<!`)(?P<ticks>`+)(?!`)[^`\n]++(?P=ticks)(?!`)"
_FOREIGN_LINK = r"\](?=\(\s*<?(?!https?://|\[\[))"
_DEFINITION = r"\](?=:)"
_HASHTAG = r"(?<![\w&/?=#])#(?=[^\s#.,;:!?\"')\]}\[\\])"
_WIKILINK = r"\[\[(?P<page>[^\[\]\n<]+)\]\]"

_COMMONMARK = re.compile(rf"(?i:{_SKIPPED}|{_WIKILINK}|{_FOREIGN_LINK}|{_DEFINITION}|<|&(?=#?\w+;))")
_OBSIDIAN = re.compile(
    rf"(?i:{_SKIPPED}|https?://[^\s<>)\]]*|{_WIKILINK}|{_FOREIGN_LINK}|{_DEFINITION}|<|{_HASHTAG}|%(?=%)|\$(?=\$)|&(?=#?\w+;))"
)
_LINE_COMMONMARK = re.compile(r"^( {0,3})(?=#{1,6}(?:[ \t]|$)|=+[ \t]*$|-+[ \t]*$)", re.MULTILINE)
_LOGSEQ = re.compile(
    rf"(?i:{_SKIPPED}|https?://[^\s<>)\]]*|{_WIKILINK}|{_FOREIGN_LINK}|<(?=[a-z/!?])|{_HASHTAG}"
    r"|\[(?=\[)|\((?=\()|\{(?=\{))"
)
_LINE_LOGSEQ = re.compile(
    r"^([ \t]*)(?=-(?:[ \t]|$)|\#+(?:[ \t]|$)|>|\$\$|<|\#\+|:[^\s:]+:|\\begin\{|```|~~~)", re.MULTILINE
)
_PROPERTY = re.compile(r"^([ \t]*[^ \t\n:]+:)(?=:(?:[ \t]|$))", re.MULTILINE)
# Cheap tests first: most texts have none of these.
_COMMONMARK_SIGNS = ("<", "[[", "&", "]:")
_OBSIDIAN_SIGNS = ("<", "#", "%%", "$$", "&", "]:")
_LOGSEQ_SIGNS = ("<", "#", "[[", "((", "{{")
_PARSER = MarkdownIt("commonmark")
_PARSER.validateLink = lambda url: True  # type: ignore[method-assign]  # what others would make a link


def escape_commonmark(text: str, show_page: Callable[[str], str]) -> str:
    """A passage that CommonMark reads without headings, raw HTML or links that are not of the web.

    `show_page` gives what stands for `[[name]]`.
    """
    return _escape_page(text, _COMMONMARK, _COMMONMARK_SIGNS, show_page)


def escape_obsidian(text: str) -> str:
    """A passage for Obsidian: as for CommonMark, and no hashtag, comment or formula; `[[links]]` stay."""
    return _escape_page(text, _OBSIDIAN, _OBSIDIAN_SIGNS, None)


def escape_logseq(text: str) -> str:
    """A passage as one Logseq block's text: no line of it is a bullet, heading, property or region.

    A closed fence stays, as Logseq reads it; so do well-formed `[[links]]`, the reader's own.
    """
    text = _plain_ends(text)
    if "```" not in text and "~~~" not in text:
        return _escape_lines(text)
    lines = text.split("\n")
    pieces: list[str] = []
    start = at = 0
    while at < len(lines):
        end = _find_closer(lines, at) if _opens_fence(lines[at]) else None
        if end is None:
            at += 1
            continue
        pieces += [_escape_lines("\n".join(lines[start:at]))] if at > start else []
        pieces.append("\n".join(lines[at : end + 1]))
        start = at = end + 1
    if start < len(lines):
        pieces.append(_escape_lines("\n".join(lines[start:])))
    return "\n".join(pieces)


def _escape_page(
    text: str, inline: re.Pattern[str], signs: tuple[str, ...], show_page: Callable[[str], str] | None
) -> str:
    text = _plain_ends(text)
    if "`" not in text and "~~~" not in text:
        return _escape_free(text, inline, signs, show_page)
    pieces = [
        _close_fence(piece) if is_code else _escape_free(piece, inline, signs, show_page)
        for is_code, piece in split_fences(text)
    ]
    escaped = "\n".join(pieces)
    if ("<" in text or "](" in text) and not _is_harmless(escaped):
        return _escape_free(text.replace("`", "'").replace("~~~", r"\~\~\~"), inline, signs, show_page)
    return escaped


def _escape_free(
    text: str, inline: re.Pattern[str], signs: tuple[str, ...], show_page: Callable[[str], str] | None
) -> str:
    def escape(match: re.Match[str]) -> str:
        found = match[0]
        if match["page"]:
            return show_page(match["page"]) if show_page else found
        return found if found[0] in "\\`" or found[:4].lower() == "http" else "\\" + found

    if _has_sign(text, signs):
        text = inline.sub(escape, text)
    return _LINE_COMMONMARK.sub(r"\1\\", text) if _has_line_start(text, "#=-") else text


def _escape_lines(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        found = match[0]
        return found if match["page"] or found[0] in "\\`" or found[:4].lower() == "http" else "\\" + found

    if _has_sign(text, _LOGSEQ_SIGNS):
        text = _LOGSEQ.sub(escape, text)
    if "::" in text:
        text = _PROPERTY.sub(r"\1\\", text)
    return _LINE_LOGSEQ.sub(r"\1\\", text) if _has_line_start(text, "-#>$<:\\`~") else text


def _plain_ends(text: str) -> str:
    """Lines that end in `\\n`, for CommonMark ends one at `\\r` too."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _has_sign(text: str, signs: tuple[str, ...]) -> bool:
    return any(sign in text for sign in signs) or text.count("](") != text.count("](http")


def _has_line_start(text: str, starts: str) -> bool:
    return any(line and line.lstrip()[:1] in starts for line in text.split("\n"))


def _is_harmless(text: str) -> bool:
    """Whether a CommonMark parser finds no raw HTML in it and no link that is not of the web."""
    for token in _PARSER.parse(text):
        for each in (token, *(token.children or ())):
            if each.type in ("html_block", "html_inline"):
                return False
            address = each.attrGet("href") or each.attrGet("src") or "http://"
            if not str(address).lower().startswith(("http://", "https://")):
                return False
    return True


def _close_fence(code: str) -> str:
    """A fence with its closing line, so that it cannot swallow what follows."""
    lines = code.split("\n")
    fence = re.match(r"`+|~+", lines[0].strip())
    mark = fence[0] if fence else "```"
    last = lines[-1].strip()
    is_code = re.match(r" {0,3}\t| {4}", lines[-1])  # indented so far, it closes nothing (CommonMark 4.5)
    closed = len(lines) > 1 and not is_code and len(last) >= len(mark) and last == mark[0] * len(last)
    return code if closed else f"{code}\n{mark}"


def _opens_fence(line: str) -> bool:
    bare = line.strip(" \t")
    return bare.startswith("~~~") or (bare.startswith("```") and "```" not in bare.lstrip("`"))


def _find_closer(lines: list[str], opener: int) -> int | None:
    """The line that closes a region for Logseq: the next whose text begins with either fence."""
    for at in range(opener + 1, len(lines)):
        bare = lines[at].strip()
        if bare.startswith(("```", "~~~")):
            return at if bare.strip("`~") == "" else None
    return None
