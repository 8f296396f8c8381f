"""Where in its document a highlight stands, as Readwise's tables and API say it."""

from __future__ import annotations

import re

PLACE_KINDS = {"location": "location", "page": "page", "time_offset": "time", "time": "time"}
"""`location_type` → what the store calls it; `order`, `offset` and `none` only put highlights in order."""

_SECONDS = re.compile(r"[0-9]{1,8}", re.ASCII)


def write_time(seconds: str) -> str:
    """`h:mm:ss`; what is no count of seconds stays as it is."""
    if not _SECONDS.fullmatch(seconds):
        return seconds
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"
