"""Format a configuration as TOML, with every key and without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gleanings.config import Config
from gleanings.terminal import escape_json

NOT_SHOWN = "(set, not shown)"
_USER_IN_URL = re.compile(r"(?<=://)[^/?#\s]*@")


def list_values(config: Config) -> dict[str, Any]:
    """Every key with its value, as in the file; secrets and passwords in URLs are not shown."""
    values = {key.rstrip("_"): value for key, value in asdict(config).items()}
    if values["sync"]["ping"]:
        values["sync"]["ping"] = NOT_SHOWN
    return {key: _hide_users(value) for key, value in values.items()}


def format_values(values: Mapping[str, Any]) -> str:
    """The values as TOML that `parse_config` reads again."""
    return "\n".join(_format_table("", values)).lstrip("\n") + "\n"


def read_example() -> str:
    """`config.example.toml`: in the installed package, or at the top of a checkout."""
    here = Path(__file__).parent
    places = (here / "config.example.toml", here.parent / "config.example.toml")
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def _hide_users(value: Any) -> Any:
    if isinstance(value, str):
        return _USER_IN_URL.sub("…@", value)
    if isinstance(value, dict):
        return {key: _hide_users(each) for key, each in value.items()}
    return [_hide_users(each) for each in value] if isinstance(value, (list, tuple)) else value


def _format_table(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Plain values first: a key below the header of a table belongs to that table."""
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    lists = {key: value for key, value in values.items() if isinstance(value, list) and _holds_tables(value)}
    for key, value in values.items():
        if key not in tables and key not in lists:
            yield f"{_format_key(key)} = {_format_value(value)}"
    for key, table in tables.items():
        yield f"\n[{name}{_format_key(key)}]"
        yield from _format_table(f"{name}{_format_key(key)}.", table)
    for key, items in lists.items():
        for item in items:
            yield f"\n[[{name}{_format_key(key)}]]"
            yield from _format_table(f"{name}{_format_key(key)}.", item)


def _holds_tables(values: list[Any]) -> bool:
    return bool(values) and isinstance(values[0], dict)


def _format_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _format_value(key)


def _format_value(value: Any) -> str:
    """A TOML value; the escapes in a string are the same as JSON's."""
    if isinstance(value, list):
        return f"[{', '.join(map(_format_value, value))}]"
    if isinstance(value, (bool, str)):
        return escape_json(json.dumps(value, ensure_ascii=False))
    return repr(value)
