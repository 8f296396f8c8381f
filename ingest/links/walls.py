"""URLs that carry their target in themselves: wrappers, walls and warnings (LINKS.md, Resolving, 1).

A wrapper only counts the click, so its target is followed. A wall would ask the reader to sign in or consent,
so its target is where the link leads and nobody is asked. A warning's target is kept and never asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class _Form:
    """One site's form of such a URL: host, path, and the query keys that may hold the target."""

    host: re.Pattern[str]
    path: re.Pattern[str]
    keys: tuple[str, ...]


def _make_form(host: str, path: str, *keys: str) -> _Form:
    return _Form(re.compile(host), re.compile(path), keys)


_GOOGLE = r"(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}"
_WRAPPERS = (
    _make_form(_GOOGLE, r"/url", "q", "url"),
    _make_form(r"(?:l|lm)\.facebook\.com", r"/l\.php", "u"),
    _make_form(r"l\.instagram\.com", r"/?", "u"),
    _make_form(r"(?:[a-z]{2,3}\.)?linkedin\.com", r"/redir(?:/.*)?", "url"),
    _make_form(r"(?:www\.|m\.)?youtube\.com", r"/redirect", "q"),
)
_WALLS = (
    _make_form(
        r"(?:[a-z0-9-]+\.)*medium\.com", r"/m/(?:global-identity(?:-2)?|signin)", "redirectUrl", "redirect"
    ),
    _make_form(r"(?:[a-z]{2,3}\.)?linkedin\.com", r"/authwall", "sessionRedirect"),
    _make_form(r"consent\.(?:youtube|google)\.[a-z.]+", r"/.*", "continue"),
    _make_form(r"myaccount\.nytimes\.com", r"/.*", "redirect_uri", "URI"),
)
_WARNINGS = (_make_form(r"bit(?:ly\.com|\.ly)", r"/a/warning", "url"),)
_AMP_CACHE = re.compile(r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org|" + _GOOGLE)
_AMP_PATH = re.compile(r"/(?:amp|[acv])/(s/)?([^/]+\.[^/]+/.*)", re.DOTALL)


def find_wrapped(url: str) -> str | None:
    """The target that a wrapper carries, None for any other URL."""
    return _find_target(url, _WRAPPERS) or _find_amp_target(url)


def is_wall(url: str) -> bool:
    """Whether `url` is a page that asks to sign in or to consent before anything is shown."""
    return _match(url, _WALLS) is not None


def find_walled(url: str) -> str | None:
    """The target behind a wall, None for any other URL and for a wall that does not name it."""
    return _find_target(url, _WALLS)


def find_warned(url: str) -> str | None:
    """The address that a shortener warns of, None for any other URL."""
    return _find_target(url, _WARNINGS)


def _match(url: str, forms: tuple[_Form, ...]) -> _Form | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    return next(
        (form for form in forms if form.host.fullmatch(host) and form.path.fullmatch(parts.path)), None
    )


def _find_target(url: str, forms: tuple[_Form, ...]) -> str | None:
    form = _match(url, forms)
    if form is None:
        return None
    query = parse_qs(urlsplit(url).query)
    targets = (query[key][0] for key in form.keys if key in query)
    return next((target for target in targets if target.startswith(("http://", "https://"))), None)


def _find_amp_target(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    match = _AMP_PATH.fullmatch(parts.path) if _AMP_CACHE.fullmatch(host) else None
    if match is None or (host.endswith("ampproject.org") == match[0].startswith("/amp/")):
        return None  # the cache has /c/, /v/ and /a/; google.com has /amp/ and its own /a/ and /c/
    query = f"?{parts.query}" if parts.query else ""
    return f"{'https' if match[1] else 'http'}://{match[2]}{query}"
