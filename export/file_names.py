"""Make file names from titles: valid on any system, and unique even if case and Unicode form are ignored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from hashlib import blake2b

MAX_BYTES = 120
"""The size of a name in UTF-8 with its ending. File systems allow 255; Windows only 260 for a whole path."""

_INVISIBLE = re.compile(
    r"[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_REPLACEMENTS = (
    (": ", " - "),
    (":", "-"),
    ("/", "-"),
    ("\\", "-"),
    ("|", "-"),
    ('"', "'"),
    ("*", ""),
    ("?", ""),
    ("<", ""),
    (">", ""),
)
_UNLINKABLE = str.maketrans({"#": "", "^": "", "[": "(", "]": ")"})
_PERCENT = re.compile(r'[<>:"\\|?*#%]')
_INVALID_AT_END = ". "


def fold_name(name: str) -> str:
    """Return a key to compare names by: macOS and Windows ignore case and Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def file_name(
    title: str,
    taken: Container[str] = (),
    *,
    hints: tuple[str | None, ...] = (),
    short_id: str = "",
    ending: str = ".md",
    logseq: bool = False,
) -> str:
    """Return a name for `title`, with `ending`, that is not in `taken` (folded names, with ending).

    If the plain name is taken, the first hint that makes it unique (author, day …) is appended in
    parentheses; if none does, `short_id` or a hash of the title.
    """
    make = _make_logseq_stem if logseq else _make_stem
    name = make(title, "", ending) + ending
    for hint in (*hints, short_id or short_hash(title)):
        if fold_name(name) not in taken:
            return name
        if hint:
            name = make(title, hint, ending) + ending
    number = 2
    while fold_name(name) in taken:
        name = make(title, f"{short_id or short_hash(title)}-{number}", ending) + ending
        number += 1
    return name


def page_name(title: str) -> str:
    """Return a title as the name of a Logseq page: on one line, without what a `[[link]]` cannot contain."""
    name = " ".join(_drop_invisible(title).split()).translate(str.maketrans("", "", "[]#^"))
    return name.strip("/ ") or "Untitled"


def short_hash(text: str) -> str:
    """Return six characters that are always the same for the same text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()


def _make_stem(title: str, hint: str, ending: str) -> str:
    stem, suffix = _replace_reserved(title), _replace_reserved(hint)
    if device := _DEVICE.match(stem):  # Windows looks at what precedes the first dot
        stem = f"{device[0]}_{stem[device.end() :]}"
    return _fit(stem.lstrip(". ") or "Untitled", f" ({suffix})" if suffix else "", ending)


def _replace_reserved(title: str) -> str:
    name = " ".join(_drop_invisible(title).split())
    if not name.isalnum():
        for mark, replacement in _REPLACEMENTS:
            name = name.replace(mark, replacement)
        name = " ".join(name.translate(_UNLINKABLE).split())
    return name.rstrip(_INVALID_AT_END)


def _make_logseq_stem(title: str, hint: str, ending: str) -> str:
    """Return Logseq's triple-lowbar form: `___` for `/`, %XX for reserved characters, `___` after an ending
    that is not allowed."""
    name = _escape_logseq(page_name(title))
    if name.startswith("."):
        name = "%2E" + name[1:]
    stem = _fit(name, _escape_logseq(f" ({page_name(hint)})") if hint else "", ending)
    if _DEVICE.match(stem):  # Windows looks at what precedes the first dot
        if "." not in stem:
            return stem + "___"
        stem = f"%{ord(stem[0]):02X}{stem[1:]}"
    return stem + "___" if stem.endswith(".") else stem


def _escape_logseq(name: str) -> str:
    return _PERCENT.sub(lambda match: f"%{ord(match[0]):02X}", name).replace("/", "___")


def _fit(stem: str, suffix: str, ending: str) -> str:
    room = MAX_BYTES - 3 - len(ending.encode())
    suffix = suffix if len(suffix.encode()) <= room // 2 else _cut(suffix, room // 2 - 1) + ")"
    return _cut(stem, room - len(suffix.encode())) + suffix


def _cut(name: str, room: int) -> str:
    """Return as much of a name as fits `room` bytes, without splitting a character from its accents."""
    data = name.encode()
    if len(data) <= room:
        return name
    cut = data[:room].decode("utf-8", "ignore")
    following = name[len(cut) :][:1]
    while cut and unicodedata.combining(following or " "):
        cut, following = cut[:-1], cut[-1]
    return re.sub(r"%[0-9A-F]?$", "", cut).rstrip(_INVALID_AT_END)


def _drop_invisible(title: str) -> str:
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", title) if not title.isascii() else title)
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Zs", "Zl", "Zp") else sign for sign in text)
