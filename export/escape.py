"""Escape foreign text, so that it cannot change the structure of the note that quotes it.

A backslash precedes everything that would begin a block, become raw HTML, or link to something other than
the web (docs/logseq.md). Code and text that is already escaped are unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from markdown_it import MarkdownIt

from export.file_names import fold_name
from markdown_text.code import split_fences

_SKIPPED = r"\\[^\n]|(?<!`)(?P<ticks>`+)(?!`)[^`\n]++(?P=ticks)(?!`)"
_URL = r"https?://(?:[^\s<>)\]\\]|\\[^\s<>])*"
_FOREIGN_LINK = r"\](?=\(\s*<?(?!https?://|\[\[))"
_DEFINITION = r"\](?=:)"
_HASHTAG = r"(?<![\w&/?=#])#(?=[^\s#.,;:!?\"')\]}\[\\])"
_WIKILINK = r"\[\[(?P<page>[^\[\]\n<]+)\]\]"

# `$x^2$` is a formula that its writer intended; `HK$7 … HK$8` and `($SNX) … ($SUSD)` are not.
_FORMULA = (
    r"(?<![\w$])\$(?![\s$])(?:[a-z]|(?:(?!\[\[|\(\(|\{\{)[^$\n#<%])*?[\\^_={}](?:(?!\[\[|\(\(|\{\{)[^$\n#<%])*?)"
    r"(?<!\s)\$(?![\w$])"
)
_SINGLE_DOLLAR = r"(?<!\$)\$(?!\$)"

_UNLINKED = re.compile(rf"{_SKIPPED}|#?{_WIKILINK}")

_COMMONMARK = re.compile(rf"(?i:{_SKIPPED}|{_WIKILINK}|{_FOREIGN_LINK}|{_DEFINITION}|<|&(?=#?\w+;))")
_OBSIDIAN = re.compile(
    rf"(?i:{_SKIPPED}|{_FORMULA}|{_URL}|{_WIKILINK}|{_FOREIGN_LINK}|{_DEFINITION}|<|{_HASHTAG}|%(?=%)|\$(?=\$)|{_SINGLE_DOLLAR}|&(?=#?\w+;))"
)
_LINE_COMMONMARK = re.compile(r"^( {0,3})(?=#{1,6}(?:[ \t]|$)|=+[ \t]*$|-+[ \t]*$)", re.MULTILINE)
_LOGSEQ = re.compile(
    rf"(?i:{_SKIPPED}|{_FORMULA}|{_URL}|{_WIKILINK}|{_FOREIGN_LINK}|<(?=[a-z/!?]|\d\d\d\d-\d\d)|@(?=@)|{_HASHTAG}|{_SINGLE_DOLLAR}"
    r"|\[(?=\[)|\((?=\()|\{(?=\{))"
)
_LINE_LOGSEQ = re.compile(
    r"^([ \t]*)(?=-(?:[ \t]|$)|\#+(?:[ \t]|$)|>|\$\$|<|\#\+|:[^\s:]+:|\\begin\{|```|~~~)", re.MULTILINE
)
# What makes a block a task, unless a backslash precedes it.
_TASK = re.compile(
    r"(?:TODO|DOING|DONE|NOW|LATER|WAITING|WAIT|STARTED|IN-PROGRESS|CANCELED|CANCELLED)(?=\s|\Z)"
)
_CHECKBOX = re.compile(r"^([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)(?=\[.\][ \t])", re.MULTILINE)
_BRACKETS = re.compile(rf"{_SKIPPED}|\[(?P<label>(?:[^\[\]\\\n]|\\.)*)\](?=\(https?://)", re.IGNORECASE)
_PROPERTY = re.compile(r"^([ \t]*[^ \t\n:]+:)(?=:(?:[ \t]|$))", re.MULTILINE)
# Searching for these first saves time: most texts contain none of them.
_COMMONMARK_SIGNS = ("<", "[[", "&", "]:")
_OBSIDIAN_SIGNS = ("<", "#", "%%", "$", "&", "]:")
_LOGSEQ_SIGNS = ("<", "#", "[[", "((", "{{", "$", "@@")
_PARSER = MarkdownIt("commonmark")
_PARSER.validateLink = lambda url: True  # type: ignore[method-assign]  # other parsers accept any


def unlink_pages(text: str, names: Collection[str] | None = None) -> str:
    """Turn `[[name]]`, `[[name|label]]` and `#[[name]]` outside code into plain words.

    `names`: the folded names of the pages whose links are converted; None for all.
    """

    def unlink(match: re.Match[str]) -> str:
        if not match["page"]:
            return match[0]
        is_meant = names is None or fold_name(match["page"].partition("|")[0]) in names
        return match["page"].rpartition("|")[2] if is_meant else match[0]

    while "[[" in text:
        plain = _UNLINKED.sub(unlink, text)
        if plain == text:  # after a nested link, the outer one remains
            break
        text = plain
    return text


def escape_commonmark(text: str, show_page: Callable[[str], str]) -> str:
    """Escape a passage for CommonMark: no headings, no raw HTML, no links except to the web.

    `show_page` gives the replacement for `[[name]]`.
    """
    return _escape_page(text, _COMMONMARK, _COMMONMARK_SIGNS, show_page)


def escape_obsidian(text: str) -> str:
    """Escape a passage for Obsidian: as for CommonMark, and also hashtags, comments and formulas.

    The reader's `[[links]]` are unchanged.
    """
    return _escape_page(text, _OBSIDIAN, _OBSIDIAN_SIGNS, None)


def escape_logseq(text: str) -> str:
    """Escape a passage as the text of one Logseq block: no line is a bullet, heading, property or region.

    A fence that Logseq reads as closed is unchanged, and so are well-formed `[[links]]`.
    """
    text = _normalize_newlines(text)
    if _TASK.match(text):
        text = "\\" + text
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


def plain_brackets(text: str) -> str:
    """Write escaped brackets differently: for Logseq, `\\[ … \\]` and `\\( … \\)` are formulas.

    A label keeps pairs of brackets without a backslash, and has a space before a first one (`[[` is a link to
    a page); brackets without a partner become parentheses.
    """
    if "\\[" not in text and "\\(" not in text:
        return text

    def write(match: re.Match[str]) -> str:
        label = match["label"]
        if label is None:
            return match[0][1:] if match[0] in (r"\]", r"\(", r"\)") else match[0]
        plain = re.sub(r"\\([\[\]()])", r"\1", label)
        if not _is_balanced(plain) or "[[" in plain or "]]" in plain:
            plain = plain.replace("[", "(").replace("]", ")")
        return f"[{' ' if plain.startswith('[') else ''}{plain}]"

    return _BRACKETS.sub(write, text)


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "[") - (sign == "]")
        if depth < 0:
            return False
    return depth == 0


def _escape_page(
    text: str, inline: re.Pattern[str], signs: tuple[str, ...], show_page: Callable[[str], str] | None
) -> str:
    text = _normalize_newlines(text)
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
        is_formula = found[0] == "$" and len(found) > 1
        return found if is_formula or found[0] in "\\`" or found[:4].lower() == "http" else "\\" + found

    if _has_sign(text, signs):
        text = inline.sub(escape, text)
    if "[" in text:
        text = _CHECKBOX.sub(r"\1\\", text)
    return _LINE_COMMONMARK.sub(r"\1\\", text) if _has_line_start(text, "#=-") else text


def _escape_lines(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        found = match[0]
        if (
            match["page"]
            or found[0] in "\\`"
            or found[:4].lower() == "http"
            or (found[0] == "$" and len(found) > 1)
        ):
            return found
        return "\\" + found

    text = plain_brackets(text)
    if "[" in text:
        text = _CHECKBOX.sub(r"\1\\", text)
    if _has_sign(text, _LOGSEQ_SIGNS):
        text = _LOGSEQ.sub(escape, text)
    if "::" in text:
        text = _PROPERTY.sub(r"\1\\", text)
    return _LINE_LOGSEQ.sub(r"\1\\", text) if _has_line_start(text, "-#>$<:\\`~") else text


def _normalize_newlines(text: str) -> str:
    """Turn `\\r\\n` and `\\r` into `\\n`, because CommonMark ends a line at `\\r` as well."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _has_sign(text: str, signs: tuple[str, ...]) -> bool:
    return any(sign in text for sign in signs) or text.count("](") != text.count("](http")


def _has_line_start(text: str, starts: str) -> bool:
    return any(line and line.lstrip()[:1] in starts for line in text.split("\n"))


def _is_harmless(text: str) -> bool:
    """Whether a CommonMark parser finds no raw HTML in a text and no links except to the web."""
    for token in _PARSER.parse(text):
        for each in (token, *(token.children or ())):
            if each.type in ("html_block", "html_inline"):
                return False
            address = each.attrGet("href") or each.attrGet("src") or "http://"
            if not str(address).lower().startswith(("http://", "https://")):
                return False
    return True


def _close_fence(code: str) -> str:
    """Close a fence, so that it cannot swallow what follows."""
    lines = code.split("\n")
    fence = re.match(r"`+|~+", lines[0].strip())
    mark = fence[0] if fence else "```"
    last = lines[-1].strip()
    is_code = re.match(r" {0,3}\t| {4}", lines[-1])  # too deep to close a fence (CommonMark 4.5)
    closed = len(lines) > 1 and not is_code and len(last) >= len(mark) and last == mark[0] * len(last)
    return code if closed else f"{code}\n{mark}"


def _opens_fence(line: str) -> bool:
    bare = line.strip(" \t")
    return bare.startswith("~~~") or (bare.startswith("```") and "```" not in bare.lstrip("`"))


def _find_closer(lines: list[str], opener: int) -> int | None:
    """The line that closes a region for Logseq: the next one that begins with a fence of either kind."""
    for at in range(opener + 1, len(lines)):
        bare = lines[at].strip()
        if bare.startswith(("```", "~~~")):
            return at if bare.strip("`~") == "" else None
    return None
