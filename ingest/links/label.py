"""What a text calls a link: `[Advanced](https://…)`, `(Advanced) https://…`."""

from __future__ import annotations

import re

_LONGEST = 40
_BEFORE = re.compile(r"(?<![\w\])])\(([^()\[\]\n\0]{1,40})\)[ \t]*[:：→👉]?[ \t]*<?\Z")
_THREAD_MARK = re.compile(
    r"(?:[\W\d_]|(?:part|tweet|thread|pt|continued|contd|cont|end|fin|of)(?![^\W\d_])|[ivx]+(?![^\W\d_])|[a-z](?![^\W\d_]))+$",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"(?:h/t|via|cc|by|ht|rt|credits?|source)\b|@", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)\s]*\)")
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,24}(?![\w.])", re.IGNORECASE)


def find_label_before(text: str, start: int) -> str | None:
    """The word or short phrase in parentheses right before the URL at `start`, on its line."""
    earliest = max(0, start - _LONGEST - 8)
    if text.rfind(")", earliest, start) < 0:
        return None
    match = _BEFORE.search(text, earliest, start)
    label = match[1].strip() if match else ""
    if not label or label.endswith((".", "!", "?", "…")) or "://" in label:
        return None
    return None if _THREAD_MARK.match(label) or _CREDIT.match(label) else label


def read_label(label: str, url: str) -> str | None:
    """A Markdown link's label, without emphasis and pictures; None where it only repeats the URL."""
    if "![" in label:
        label = _IMAGE.sub("", label)
    label = _strip_emphasis(tidy_label(label))
    return None if not label or _is_rendering(label, url) else label


def _strip_emphasis(label: str) -> str:
    while len(label) > 2 and label[0] == label[-1] and label[0] in "*_~`":
        label = label[1:-1].strip()
    return label


def tidy_label(label: str) -> str:
    """`label` on one line."""
    return " ".join(label.split())


def _is_rendering(label: str, url: str) -> bool:
    """Whether `label` is the URL itself or, as Twitter shows it, its beginning or that of its target."""
    if " " in label:
        return False
    bare = _SCHEME.sub("", label).removesuffix("…").removesuffix("...").rstrip("/").lower()
    if label.lower().startswith(("http://", "https://")):
        return True
    address = _SCHEME.sub("", url).lower()
    if not _DOMAIN.match(bare):
        return False
    if bare == address.rstrip("/") or address.startswith((bare + "/", bare + "?")):
        return True
    return "/" in bare or label.endswith(("…", "..."))
