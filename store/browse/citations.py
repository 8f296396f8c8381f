"""Citations of documents and resources for reference managers: BibTeX and CSL JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

FORMATS = {
    "bib": "application/x-bibtex; charset=utf-8",
    "csl": "application/vnd.citationstyles.csl+json; charset=utf-8",
}
"""The ending of an address → the content type of the answer."""

CITED = ("document", "resource")
"""The pages that can be cited."""

_TYPES = {
    "books": ("book", "book"), "book": ("book", "book"), "paper": ("article", "article-journal"),
    "pdf": ("misc", "document"), "articles": ("misc", "webpage"), "article": ("misc", "webpage"),
    "tweets": ("misc", "post"), "tweet": ("misc", "post"), "podcasts": ("misc", "broadcast"),
    "video": ("misc", "motion_picture"),
}  # fmt: skip
"""Category or kind → the types of BibTeX and CSL."""

_SPECIAL = re.compile(r"([&%$#_{}])")


def write_citation(subject: Mapping[str, Any], ending: str) -> str:
    """A document or resource, as its row contains it, in one of FORMATS."""
    kind = str(subject.get("category") or subject.get("kind"))
    entry, csl = _TYPES.get(kind, ("misc", "webpage"))
    title = (
        subject.get("shown_title")
        or subject.get("full_title")
        or subject.get("title")
        or subject.get("url")
        or ""
    )
    authors = split_authors(subject.get("author") or "")
    year = (subject.get("published_on") or "")[:4]
    key = re.sub(r"[^a-z0-9]", "", ((authors or [""])[0].split() or [""])[-1].lower()) or "source"
    key += year + re.sub(r"[^a-z0-9]", "", title.lower())[:12]
    if ending == "csl":
        value = {"id": key, "type": csl, "title": title, "URL": subject.get("url"),
                 "author": [{"literal": author} for author in authors],
                 "issued": {"date-parts": [[int(year)]]} if year.isdigit() else None}  # fmt: skip
        return json.dumps(
            [{name: each for name, each in value.items() if each}], ensure_ascii=False, indent=1
        )
    fields = {
        "title": title,
        "author": " and ".join(authors),
        "year": year if year.isdigit() else "",
        "url": str(subject.get("url") or ""),
    }
    lines = [f"  {name} = {{{_escape(value, name)}}}," for name, value in fields.items() if value]
    return f"@{entry}{{{key},\n" + "\n".join(lines) + "\n}\n"


def split_authors(names: str) -> list[str]:
    """`A, B, and C` as three names; a name without a comma stays whole."""
    return [name for name in re.split(r",\s*(?:and\s+)?|\s+and\s+", " ".join(names.split())) if name]


def _escape(text: str, field: str) -> str:
    plain = " ".join(text.replace("\\", "").split())
    return re.sub(r"[{}\s]", "", plain) if field == "url" else _SPECIAL.sub(r"\\\1", plain)
