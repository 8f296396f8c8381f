"""Where a redirect points to, as one clean URL (LINKS.md, Resolving; WHATWG URL parsing by ada).

WHATWG's parser is what browsers use: blanks, UTF-8 and `//host/p` mean the same here as there, a host written
as 0x7f.1 or 2130706433 becomes the address that it stands for, and one in IDN comes out in ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import ada_url

MAX_URL = 8 * 1024
_AUTHORITY = re.compile(r"https?://(\[[^\]]*\]|[^/?#]*)")


class BadURLError(Exception):
    """A URL that cannot be followed; `kind` is `bad url`, `url too long` or `refused: scheme`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def read_url(text: str, base: str | None = None) -> str:
    """`text` as an absolute http(s) URL without user name and password; raises `BadURLError`.

    With `base` it may be relative, and takes over the base's fragment where it has none of its own.
    """
    if len(text) > MAX_URL:
        raise BadURLError("url too long")
    try:
        url = ada_url.URL(text, base=base)
    except (ValueError, UnicodeError) as error:
        raise BadURLError("bad url") from error
    if url.protocol not in ("http:", "https:"):
        raise BadURLError("refused: scheme")
    url.username = url.password = ""
    if base is not None and not url.hash:
        url.hash = ada_url.URL(base).hash
    found = str(url.href)
    if len(found) > MAX_URL:
        raise BadURLError("url too long")
    return found


def read_location(values: Sequence[str], base: str) -> str | None:
    """Where the first `Location` of a redirect from `base` leads, None without one; raises `BadURLError`.

    http.client hands header bytes over as latin-1; what is UTF-8 underneath becomes so again.
    """
    value = next((value.strip() for value in values if value.strip()), None)
    return None if value is None else read_url(repair_header(value), base)


def repair_header(value: str) -> str:
    """A header's value with UTF-8 bytes read as such; unchanged where they are not UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def drop_fragment(url: str) -> str:
    """`url` as a server sees it."""
    return url.partition("#")[0]


def find_host(url: str) -> str:
    """The host of a URL that `read_url` gave, without port."""
    authority = _AUTHORITY.match(url)
    host = authority[1] if authority else ""
    return host if host.endswith("]") else host.partition(":")[0]
