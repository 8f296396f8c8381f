"""Decode the bytes of a page, with encoding damage undone (docs/formats.md, Encoding damage).

The damage: UTF-8 that was decoded as Windows-1252 and encoded again, as downloads and careless scripts do.
It is undone for the whole file if that is certain. Otherwise individual words are repaired, by ftfy's
encoding repair alone, and only if nothing else can be meant:

- damaging the result again gives the word as it was;
- the word contains a sequence that occurs in no language: punctuation, a symbol or an emoji (`donâ€™t`,
  `ðŸ˜‡`), or a letter next to a lower-case one (`JosÃ©`, but not `IRMÔ` or `café”»`, where a quotation ends);
- it is not in code or an address, and its line does not discuss encodings.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from markdown_text.code import find_code
from record_types.errors import UnreadableError
from record_types.pages import Problem

REPAIRED = "utf-8, repaired"

_NOT_ASCII = re.compile(r"[^\x00-\x7f\ufffd]")  # the codec decodes byte 0x1A, which is ASCII, as U+FFFD

_WIDE_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
"""The characters that the bytes 80 to BF became."""

_SIGN = re.compile(rf"â[€‚ƒ„†‡ˆ‰š˜œž][{_HIGH}]|ð[Ÿ\x9f][{_HIGH}]{{2}}|ï¸\x8f")
_SECOND = "[\xa1-\xaa\xac-\xba\xbc-\xbfƒˆ‰ŠŒŽ˜šœžŸ\x81\x8d\x8f\x90\x9d€]"
_LETTER = re.compile(rf"[a-z][Ã-ß]{_SECOND}|[Ã-ß]{_SECOND}[a-z]")
_SUSPECT = re.compile(rf"[Â-ô][{_HIGH}]")
_WORD = re.compile(r"[^ \t\n\r]+")
# Longer ones are data and not words.
_LONGEST_WORD = 200
_ON_ENCODINGS = re.compile(
    r"mojibake|encod|unicode|utf-?8|latin-?1|iso-?8859|(?:cp|windows-?)125|charset|ftfy", re.I
)


def decode(data: bytes, *, repair_whole: bool = True) -> tuple[str, str]:
    """Decode a file; return its text and encoding: `utf-8`, `utf-8, repaired`, `utf-16` or `utf-32`.

    A byte order mark is dropped, line endings are kept; without `repair_whole`, damage is kept too. Raises
    UnreadableError with the line of the first invalid byte.
    """
    if data.isascii():
        _refuse_bare_utf16(data)
        return data.decode("ascii"), "utf-8"
    for bom, encoding in _WIDE_BOMS:
        if data.startswith(bom):
            return _decode_wide(data, encoding), encoding
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start) from None
    repaired = repair(text) if repair_whole else None
    if repaired is not None:
        return repaired.removeprefix("\ufeff"), REPAIRED
    return text.removeprefix("\ufeff"), "utf-8"


def repair(text: str) -> str | None:
    """Return `text` as it was before it was decoded as Windows-1252; None if that is not certain.

    It is certain if the text has non-ASCII characters, all of it encodes to "sloppy" Windows-1252 (in which
    the five unassigned bytes map to themselves), and the result is strict UTF-8. Measured on 16,720 real
    pages: the rule restores every damaged one byte for byte and changes no clean one.
    """
    first = _NOT_ASCII.search(text)
    if first is None or not "\xc2" <= first[0] <= "\xf4":  # the range of UTF-8 lead bytes
        return None
    import ftfy.bad_codecs  # noqa: F401  (registers "sloppy-windows-1252"; slow to import, rarely needed)

    try:
        return text.replace("\x1a", "\ufffd").encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        return None


def _decode_wide(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise UnreadableError(f"not valid {encoding.upper()}: save the file as UTF-8", line=line) from None


def _not_utf8(data: bytes, start: int) -> UnreadableError:
    line = data.count(b"\n", 0, start) + 1
    return UnreadableError(
        f"not UTF-8: byte 0x{data[start]:02X} in line {line}; save the file as UTF-8", line=line
    )


def _refuse_bare_utf16(data: bytes) -> None:
    """Reject UTF-16 without its mark: it is valid ASCII full of NUL bytes, and its words would be garbled."""
    if 0 < len(data) <= 3 * data.count(0):
        raise UnreadableError("looks like UTF-16 without a byte order mark: save the file as UTF-8", line=1)


@dataclass(slots=True)
class _Count:
    lines: int = 0
    first: int = 0


def repair_lines(text: str) -> tuple[str, tuple[Problem, ...]]:
    """Repair the words of `text` that are certainly damaged; if there are any, return a problem too."""
    if _SUSPECT.search(text) is None:
        return text, ()
    lines = text.split("\n")
    code = _find_code_lines(text)
    count = _Count()
    for index, line in enumerate(lines):
        if index in code or _SUSPECT.search(line) is None or _ON_ENCODINGS.search(line):
            continue
        repaired = _WORD.sub(_repair_word, line)
        if repaired != line:
            lines[index] = repaired
            count.lines += 1
            count.first = count.first or index + 1
    if not count.lines:
        return text, ()
    lines_had = "1 line had" if count.lines == 1 else f"{count.lines:,} lines had"
    message = f"{lines_had} words that were encoded twice, the first in line {count.first}"
    return "\n".join(lines), (Problem("repaired-lines", message, count.first),)


def find_damage(text: str) -> tuple[Problem, ...]:
    """Return a `damaged` problem if the file or some of its words would be repaired with `repair` on."""
    if repair(text) is not None:
        return (Problem("damaged", "the whole file was encoded twice; left as it is", 1),)
    return tuple(
        Problem("damaged", f"{problem.message}; left as they are", problem.line)
        for problem in repair_lines(text)[1]
    )


def _repair_word(match: re.Match[str]) -> str:
    word = match[0]
    if word.isascii() or len(word) > _LONGEST_WORD or "://" in word or not _is_damaged(word):
        return word
    repaired = _fix_encoding(word)
    try:
        is_same = repaired.encode().decode("sloppy-windows-1252") == word
    except UnicodeError:
        return word
    return repaired if is_same else word


def _fix_encoding(word: str) -> str:
    import ftfy  # slow to import, rarely needed

    settings = ftfy.TextFixerConfig(
        unescape_html=False,
        restore_byte_a0=False,
        replace_lossy_sequences=False,
        decode_inconsistent_utf8=False,
        fix_c1_controls=False,
    )
    return ftfy.fix_encoding(word, settings)


def _is_damaged(word: str) -> bool:
    return _SIGN.search(word) is not None or _LETTER.search(word) is not None


def _find_code_lines(text: str) -> set[int]:
    """Return the indices of the lines that contain code."""
    found: set[int] = set()
    place = line = 0
    for start, end in find_code(text):
        line += text.count("\n", place, start)
        last = line + text.count("\n", start, end)
        found.update(range(line, last + 1))
        place, line = end, last
    return found
