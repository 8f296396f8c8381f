"""Tags as Readwise and its readers write them: `#[[two words]] #[[one]]`, `[[a]], [[b]]`, `#a #b`, `a, b`."""

from __future__ import annotations

import re

TAG_KEYS = ("tags", "document-tags")
"""The properties that hold a document's tags."""

_MARKED = re.compile(r"#?\[\[((?:[^\[\]]|\[(?!\[)|\](?!\]))+)\]\]|#([^\s#,\[\]]+)")


def parse_tags(value: str) -> tuple[tuple[str, ...], str]:
    """The marked tags of `value`, each once and in order, and the words that are no tag."""
    tags = dict.fromkeys((match[1] or match[2]).strip() for match in _MARKED.finditer(value))
    rest = _MARKED.sub("", value).strip(" ,，;.\t\n")
    return tuple(tag for tag in tags if tag), rest


def parse_tag_list(value: str) -> tuple[str, ...]:
    """The tags of a property: the marked ones, then those that only commas part."""
    tags, rest = parse_tags(value)
    named = (part.strip() for part in re.split(r"[,，\n]", rest))
    return tuple(dict.fromkeys((*tags, *(name for name in named if name))))
