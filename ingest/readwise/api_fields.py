"""Fields of a JSON object that its server may leave out, set to null or get wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Fields:
    """Reads one object; what has the wrong type counts as not there, and is named in `odd`."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.odd: list[str] = []

    def read(self, key: str) -> str:
        """The words of `key`, stripped, with plain line ends; a number as it is written; "" without any."""
        value = self.raw.get(key)
        if value is None or value is False:
            return ""
        if isinstance(value, str):
            return (value.replace("\r\n", "\n") if "\r" in value else value).strip()
        if isinstance(value, (int, float)) and value is not True:
            return str(value)
        self._mark(f"`{key}` is no text: {str(value)[:200]}")
        return ""

    def read_tags(self, key: str) -> tuple[str, ...]:
        """The names in `[{"id": 1, "name": "a"}, …]` or `["a", …]`, each once and in order."""
        value = self.raw.get(key)
        if value is None or value == []:
            return ()
        if not isinstance(value, list):
            self._mark(f"`{key}` is no list: {str(value)[:200]}")
            return ()
        found: dict[str, None] = {}
        for each in value:
            name = each.get("name") if isinstance(each, dict) else each
            if isinstance(name, str) and name.strip():
                found[name.strip()] = None
            else:
                self._mark(f"`{key}` has a tag without a name: {str(each)[:200]}")
        return tuple(found)

    def _mark(self, words: str) -> None:
        if words not in self.odd:
            self.odd.append(words)
