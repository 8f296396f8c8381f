"""Redirects inside a page: the `Refresh` header, meta refresh and JavaScript (docs/links.md, Resolving).

Pages are hostile: every scan is bounded, and no pattern backtracks.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ingest.web.redirect_chain import BadURLError, drop_fragment, read_url, repair_header
from ingest.web.response import HttpResponse

MAX_DELAY = 10
"""Seconds; a page that waits longer is meant to be read."""
# A page this small is not an article, so its script is trusted.
SMALL_PAGE = 4 * 1024
_MAX_TAG = 16 * 1024
_MAX_TAGS = 60
_SCRIPT_PART = 64 * 1024

# HTML's "shared declarative refresh steps": a delay, then perhaps `;` or `,`, perhaps `url=`, perhaps quotes.
_CONTENT = re.compile(
    r"\s*+([0-9]{1,6})(?:\.[0-9]{0,6})?+\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+(.*)", re.IGNORECASE | re.DOTALL
)
# Followed by a space or slash: `<metadata` is another element.
_META = re.compile(r"<meta(?=[\s/])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[\s/]*+(?:([^\s"'<>/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?+)""")
_SCRIPT_START = re.compile(r"<script(?=[\s>/])", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
# Not after a letter or `$`: `mylocation = …` is the page's own variable.
_LOCATION = re.compile(
    r"(?<![\w$])location(?:\.href)?+\s{0,9}+"
    r"(?:=\s{0,9}+|\.(?:replace|assign)\s{0,9}+\(\s{0,9}+)"
    r"""(?:"((?:[^"\\\n]|\\.){1,8192}+)"|'((?:[^'\\\n]|\\.){1,8192}+)')"""
)
_EXIT_MARK = "external_url_click"
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))")


def find_refresh(response: HttpResponse, url: str, *, trusts_scripts: bool) -> tuple[str, str] | None:
    """Where the page at `url` redirects its reader, and how (`Hop.via`); None if it does not.

    Scripts count if `trusts_scripts` (a shortener), or on a page too small to be an article. A target that is
    the page itself, or is not http(s), does not count.
    """
    if response.refresh and (target := _read_content(repair_header(response.refresh), url)):
        return target, "refresh"
    if not response.body:
        return None
    page = drop_comments(response.body.decode("utf-8", "replace"))
    for content in _find_metas(drop_scripts(page)):
        if target := _read_content(content, url):
            return target, "meta"
    if trusts_scripts or len(response.body) < SMALL_PAGE:
        for text in _find_script_targets(page):
            if target := _read_target(text, url):
                return target, "js"
    if trusts_scripts and (target := _find_exit(page, url)):
        return target, "interstitial"
    return None


def _find_exit(page: str, url: str) -> str | None:
    """The one link that leaves LinkedIn's page between a short link and its target."""
    page = drop_scripts(page)
    mark = page.find(_EXIT_MARK)
    start = page.rfind("<a", 0, mark) if mark >= 0 else -1
    if start < 0:
        return None
    attributes = _read_attributes(page[start + 2 : start + _MAX_TAG])
    is_exit = attributes.get("data-tracking-control-name") == _EXIT_MARK
    return _read_target(attributes.get("href", ""), url) if is_exit else None


def drop_comments(page: str) -> str:
    """`page` without `<!-- … -->`; an unterminated comment extends to the end."""
    return "".join(_cut(page, "<!--", "-->"))


def drop_scripts(page: str) -> str:
    """`page` without its scripts: a meta tag inside one is only text."""
    kept, at = [], 0
    while start := _SCRIPT_START.search(page, at):
        kept.append(page[at : start.start()])
        end = _SCRIPT_END.search(page, start.end())
        if end is None:
            return "".join(kept)
        at = end.end()
    return "".join([*kept, page[at:]])


def _cut(text: str, opening: str, closing: str) -> Iterator[str]:
    at = 0
    while (start := text.find(opening, at)) >= 0:
        yield text[at:start]
        end = text.find(closing, start + len(opening))
        if end < 0:
            return
        at = end + len(closing)
    yield text[at:]


def _find_metas(page: str) -> Iterator[str]:
    for count, tag in enumerate(_META.finditer(page)):
        if count == _MAX_TAGS:
            return
        attributes = _read_attributes(page[tag.end() : tag.end() + _MAX_TAG])
        if attributes.get("http-equiv", "").strip().lower() == "refresh":
            yield attributes.get("content", "")


def _read_attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while match := _ATTRIBUTE.match(text, at):
        value = match[2] or ""
        value = value[1:-1] if value[:1] in ("'", '"') else value
        found.setdefault(match[1].lower(), html.unescape(value))
        at = match.end()
    return found


def _read_content(content: str, url: str) -> str | None:
    match = _CONTENT.fullmatch(content)
    if match is None or int(match[1]) > MAX_DELAY:
        return None
    text = match[2].strip()
    if text[:1] in ("'", '"'):
        text = text[1:].partition(text[0])[0]
    return _read_target(text, url)


def _find_script_targets(page: str) -> Iterator[str]:
    for match in _LOCATION.finditer(page[:_SCRIPT_PART]):
        yield _ESCAPE.sub(_unescape, match[1] or match[2])


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else match[3]


def _read_target(text: str, url: str) -> str | None:
    if not text.strip():
        return None
    try:
        target = read_url(text, url)
    except BadURLError:
        return None
    return None if drop_fragment(target) == drop_fragment(url) else target
