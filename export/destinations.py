"""Markdown links that hold whatever their label and address contain."""

from __future__ import annotations

import re

_UNSAFE = re.compile(r"""[\x00-\x20\x7f-\xa0"'()<>\[\]\\^`{|}\u2028\u2029]""")
_LABEL = re.compile(r"[\\`*\[\]<$]|(?<!\w)_|_(?!\w)|~~|(?<!\S)#(?=\S)|\((?=\()|\{(?=\{)|==|%%|&(?=#?\w+;)|!$")
_BLANK = re.compile(r"\s+")


def is_web(url: str | None) -> bool:
    """Whether `url` may become a link: only http and https ever do."""
    return url is not None and url[:8].lower().startswith(("http://", "https://"))


def make_destination(url: str) -> str:
    """The address as it can stand between `](` and `)` in every flavour: what would end it is %-encoded."""
    return _UNSAFE.sub(_encode, url.strip())


def escape_label(text: str) -> str:
    """Plain words on one line, with a backslash before whatever would be markup."""
    line = _BLANK.sub(" ", text).strip() if not text.isalnum() else text
    return line if line.isalnum() else _LABEL.sub(lambda match: "".join("\\" + c for c in match[0]), line)


def write_link(label: str, url: str) -> str:
    """A Markdown link; for an address that is not of the web, the words alone."""
    return f"[{escape_label(label)}]({make_destination(url)})" if is_web(url) else escape_label(label)


def shorten_url(url: str, longest: int = 60) -> str:
    """What to call a link that has no title: host and path, cut with `…`."""
    bare = re.sub(r"^https?://(www\.)?", "", url.strip(), flags=re.IGNORECASE).rstrip("/")
    return bare if len(bare) <= longest else bare[: longest - 1] + "…"


def _encode(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
