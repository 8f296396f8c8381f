"""Words that were decoded once too often in a text that is otherwise whole (FORMAT: encoding damage).

The whole file is `ingest.encoding`'s matter. Here single words are repaired, by ftfy's encoding repair alone,
and only where nothing else can be meant:

- the word's damage, done again to what comes out, gives the word as it stood;
- it holds a sequence that no writing has: punctuation, a symbol or an emoji (`donâ€™t`, `ðŸ˜‡`), or a letter
  beside a small one (`JosÃ©`, but not `IRMÔ` or `café”»`, where a quotation ends);
- it stands in no code and no address, and in no line that speaks of encodings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.encoding import repair
from markdown_text.code import find_code
from record_types.pages import Problem

_HIGH = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
"""What the bytes 80 to BF became."""

_SIGN = re.compile(rf"â[€‚ƒ„†‡ˆ‰š˜œž][{_HIGH}]|ð[Ÿ\x9f][{_HIGH}]{{2}}|ï¸\x8f")
_SECOND = "[\xa1-\xaa\xac-\xba\xbc-\xbfƒˆ‰ŠŒŽ˜šœžŸ\x81\x8d\x8f\x90\x9d€]"
_LETTER = re.compile(rf"[a-z][Ã-ß]{_SECOND}|[Ã-ß]{_SECOND}[a-z]")
_SUSPECT = re.compile(rf"[Â-ô][{_HIGH}]")
_WORD = re.compile(r"[^ \t\n\r]+")
_LONGEST_WORD = 200
_ON_ENCODINGS = re.compile(
    r"mojibake|encod|unicode|utf-?8|latin-?1|iso-?8859|(?:cp|windows-?)125|charset|ftfy", re.I
)


@dataclass(slots=True)
class _Count:
    lines: int = 0
    first: int = 0


def repair_lines(text: str) -> tuple[str, tuple[Problem, ...]]:
    """`text` with those words repaired that are certainly damaged; a `repaired-lines` problem if any was."""
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
    message = f"{lines_had} words that were decoded once too often, the first in line {count.first}"
    return "\n".join(lines), (Problem("repaired-lines", message, count.first),)


def find_damage(text: str) -> tuple[Problem, ...]:
    """A `damaged` problem where the file or words of it would be repaired, if that were wanted."""
    if repair(text) is not None:
        return (Problem("damaged", "decoded once too often, all of it; left as it is", 1),)
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
    import ftfy  # slow to import, seldom needed

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
    """The indices of the lines that code stands in."""
    found: set[int] = set()
    place = line = 0
    for start, end in find_code(text):
        line += text.count("\n", place, start)
        last = line + text.count("\n", start, end)
        found.update(range(line, last + 1))
        place, line = end, last
    return found
