"""Decode a page's text, refuse what would stall the parser, and tidy its titles (docs/links.md, Resources).

Encoding: byte order mark, then HTTP header, then the document's own label, as in
https://html.spec.whatwg.org/#determining-the-character-encoding (labels by Python's codecs).

Stalling: libxml2 compares each attribute of a tag with all others: one tag of 512 KB takes nine seconds.
"""

from __future__ import annotations

import codecs
import re
from itertools import chain

from markdown_text.escapes import decode_all_entities

_SEPARATOR = re.compile(r"\s+[|\-–—·•»:]\s+|\s*\|\s*")
_NOT_LETTERS = re.compile(r"[\W_]+")
# Soft hyphens, zero-width and direction marks, and control characters: nobody sees them in a title.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
# Whole titles of soft walls; the site's name may follow after a separator.
_WALLS = (
    r"just a moment",
    r"attention required!?",
    r"please wait",
    r"one more step",
    r"javascript is (?:not available|disabled|required)",
    r"(?:please )?enable (?:javascript|js|cookies)(?: and cookies)?(?: to continue)?",
    r"sign in(?: to (?:continue|your account|your .{1,30} account))?",
    r"sign in to [\w.]{1,30}",
    r"(?:log ?in|sign up|log in or sign up|sign up or log in|log in to continue)",
    r"log ?in to [\w.]{1,30}",
    r"linkedin(?: login.{0,30}|: log in or sign up)",
    r"(?:error:? )?access(?: to this (?:page|site) (?:has been|is))? denied",
    r"(?:error )?(?:401|403|429)(?: error)?",
    r"(?:401|403|429) ?[:-]? ?(?:forbidden|unauthorized|access denied|too many requests)",
    r"(?:forbidden|unauthorized|too many requests|request (?:blocked|rejected))",
    r"are you (?:a )?(?:robot|human|not a robot)",
    r"(?:bot|human) verification",
    r"robot check",
    r"security check(?:point)?(?: required)?",
    r"vercel security checkpoint",
    r"(?:verify(?:ing)?|confirm) (?:that )?you are (?:a )?human",
    r"checking your browser(?: before accessing .{1,60})?",
    r"ddos-guard",
    r"client challenge",
    r"pardon our interruption",
    r"before you continue(?: to [\w. ]{1,30})?",
    r"you have been blocked",
    r"captcha",
)
_WALL = re.compile(rf"(?:{'|'.join(_WALLS)})[\s.…!?]*(?:\s[|·•:–—-]\s.{{1,40}})?", re.IGNORECASE)
_LONGEST_WALL = 120


def tidy_text(text: str | None) -> str | None:
    """`text` on one line, with doubly escaped entities decoded; None if nothing remains."""
    if not text:
        return None
    return " ".join(_UNSEEN.sub("", decode_all_entities(text)).split()) or None


def tidy_title(title: str | None, site: str | None, host: str) -> str | None:
    """`title` without the site's name at either end, if `site` or `host` confirms the name."""
    if title is None:
        return None
    names = {_squeeze(name) for name in (site or "", host, *_host_names(host))} - {""}
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    last, first = cuts[-1], cuts[0]
    if last.start() > 0 and _squeeze(title[last.end() :]) in names:
        return title[: last.start()].strip()
    if title[first.end() :] and _squeeze(title[: first.start()]) in names:
        return title[first.end() :].strip()
    return title


def is_wall_title(title: str, host: str) -> bool:
    """Whether a page with this title is a soft wall in front of the requested page.

    Only whole titles count: an article may well be called "Access denied: a history of paywalls".
    """
    if len(title) > _LONGEST_WALL:
        return False
    return _WALL.fullmatch(title) is not None or (
        host in ("x.com", "twitter.com") and title in ("X", "Twitter")
    )


def _squeeze(name: str) -> str:
    return _NOT_LETTERS.sub("", name).lower().removeprefix("the")


def _host_names(host: str) -> list[str]:
    """Likely names of a host: `nytimes.com` -> nytimes; `blog.example.co.uk` -> blog.example, example."""
    labels = host.split(".")[:-1]
    return [".".join(labels), *(label for label in labels if len(label) > 2)]


_HEADER_LABEL = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_DOCUMENT_LABEL = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{1,40})|<\?xml[^>]{0,100}?encoding=[\"']([A-Za-z0-9_.:-]{1,40})",
    re.IGNORECASE,
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Browsers read these labels as their supersets.
_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_SUPERSETS |= {"shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254"}
_LOOKED_AT = 4096


def decode_page(body: bytes, content_type: str | None) -> str:
    """Decode a page; bytes that its encoding does not have become U+FFFD."""
    for mark, name in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    header = _HEADER_LABEL.search(content_type or "")
    for label in (header[1] if header else None, _find_document_label(body)):
        codec = _find_codec(label)
        if codec:
            return _decode(body, codec)
    return _decode(body, "utf-8")


def _decode(body: bytes, codec: str) -> str:
    # Wrong labels are common, and bytes beyond ASCII do not form valid UTF-8 throughout by chance.
    for name in ("utf-8", codec):
        try:
            return body.decode(name)
        except UnicodeDecodeError as error:
            if name == "utf-8" and error.start >= len(body) - 3 and error.end == len(body):
                return body.decode("utf-8", "ignore")  # the body was cut inside a character
    return body.decode("cp1252" if codec == "utf-8" and _is_latin(body) else codec, "replace")


def _is_latin(body: bytes) -> bool:
    """Whether most of the bytes beyond ASCII cannot be UTF-8."""
    text = body.decode("utf-8", "replace")
    high = sum(byte > 0x7F for byte in body)
    return text.count("\ufffd") * 2 > high


def _find_document_label(body: bytes) -> str | None:
    match = _DOCUMENT_LABEL.search(body, 0, _LOOKED_AT)
    return (match[1] or match[2]).decode("ascii") if match else None


def _find_codec(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # some names belong to codecs that are not text encodings
    except (LookupError, ValueError, TypeError):
        return None
    if name.startswith(("utf-16", "utf-32")) or name in ("idna", "punycode", "undefined"):
        return "utf-8"  # like browsers: a label that could be read is ASCII
    return _SUPERSETS.get(name, name)


# lxml takes 9 seconds for 512 KB of such attributes (docs/links.md, Safety).
_TAG_SIZE = 16 * 1024
_MANY_ATTRIBUTES = 2000
# The inside of a tag, in which a quoted `>` does not count; possessive, so that it never backtracks.
_INSIDE = r"""(?:[^>"'=]++|=\s*+(?:"[^"]*+"?+|'[^']*+'?+)?+|["'])*+"""
_PIECE = re.compile(
    r"<!--(?:[^-]++|-(?!->))*+"
    rf"|(?P<raw><(?P<name>script|style|textarea|title)\b{_INSIDE})>(?:[^<]++|<(?!/(?P=name)\b))*+"
    rf"|(?P<tag><[A-Za-z]{_INSIDE})",
    re.IGNORECASE,
)
# Tags again, but without regard to quotes, so that an unbalanced one cannot hide a tag.
_STRETCH = re.compile(rf"<[A-Za-z][^<>]{{{_TAG_SIZE},}}")
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"?+|'[^']*+'?+)""")
_BETWEEN = re.compile(r"[\s/]+")


def is_heavy(text: str) -> bool:
    """Whether `text` has a tag of over 16 KB with more than 2,000 attributes."""
    if len(text) <= _TAG_SIZE:
        return False
    tags = (match["raw"] or match["tag"] or "" for match in _PIECE.finditer(text))
    stretches = (match[0] for match in _STRETCH.finditer(text))
    return any(_has_many_attributes(tag) for tag in chain(tags, stretches) if len(tag) > _TAG_SIZE)


def _has_many_attributes(tag: str) -> bool:
    names = _VALUE.sub(" ", tag)
    return len(_BETWEEN.findall(names)) > _MANY_ATTRIBUTES or names.count("=") > _MANY_ATTRIBUTES
