"""File names: any title on any system, no two alike where case and Unicode form do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from hashlib import blake2b

LONGEST = 240
"""Bytes of a name in UTF-8 with its ending; file systems take 255, and a sync tool's copy adds some."""

_INVISIBLE = re.compile(
    r"[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_SPOKEN = (
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
_FOR_LINKS = str.maketrans({"#": "", "^": "", "[": "(", "]": ")"})
_PERCENT = re.compile(r'[<>:"\\|?*#%]')
_FINAL = ". "


def fold_name(name: str) -> str:
    """What two names are compared by: macOS and Windows keep neither case nor Unicode form apart."""
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
    """A name for `title`, with `ending`, that is not among `taken` (folded names, with ending).

    Where the plain name is taken, the first hint that helps (author, day …) stands behind it in
    parentheses, else `short_id`, made of the title where there is none.
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
    """A title as the name of a Logseq page: on one line, without what a `[[link]]` cannot hold."""
    name = " ".join(_drop_invisible(title).split()).translate(str.maketrans("", "", "[]#^"))
    return name.strip("/ ") or "Untitled"


def short_hash(text: str) -> str:
    """Six characters that stay the same for the same text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()


def _make_stem(title: str, hint: str, ending: str) -> str:
    stem, aside = _plain(title), _plain(hint)
    if _DEVICE.match(stem):
        stem += "_"
    return _fit(stem.lstrip(". ") or "Untitled", f" ({aside})" if aside else "", ending)


def _plain(title: str) -> str:
    name = " ".join(_drop_invisible(title).split())
    if not name.isalnum():
        for mark, spoken in _SPOKEN:
            name = name.replace(mark, spoken)
        name = " ".join(name.translate(_FOR_LINKS).split())
    return name.rstrip(_FINAL)


def _make_logseq_stem(title: str, hint: str, ending: str) -> str:
    """Logseq's triple-lowbar form: `/` as `___`, reserved characters as %XX, `___` behind a bad ending."""
    name = page_name(title) + (f" ({page_name(hint)})" if hint else "")
    name = _PERCENT.sub(lambda match: f"%{ord(match[0]):02X}", name).replace("/", "___")
    if name.startswith("."):
        name = "%2E" + name[1:]
    stem = _fit(name, "", ending)
    return stem + "___" if stem.endswith(".") or _DEVICE.match(stem) else stem


def _fit(stem: str, aside: str, ending: str) -> str:
    room = LONGEST - 3 - len(ending.encode())
    aside = aside if len(aside.encode()) <= room // 2 else _cut(aside, room // 2 - 1) + ")"
    return _cut(stem, room - len(aside.encode())) + aside


def _cut(name: str, room: int) -> str:
    """As much of a name as fits `room` bytes, no character, accent or joined sign cut in two."""
    data = name.encode()
    if len(data) <= room:
        return name
    cut = data[:room].decode("utf-8", "ignore")
    following = name[len(cut) :][:1]
    while cut and (following == "\u200d" or cut[-1] == "\u200d" or unicodedata.combining(following or " ")):
        cut, following = cut[:-1], cut[-1]
    return re.sub(r"%[0-9A-F]?$", "", cut).rstrip(_FINAL)


def _drop_invisible(title: str) -> str:
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", title) if not title.isascii() else title)
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Zs", "Zl", "Zp") else sign for sign in text)
