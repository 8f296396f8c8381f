"""The configuration: one frozen record, parsed once; `config.example.toml` shows every key."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gleanings.errors import InputError


@dataclass(frozen=True, slots=True)
class ImportConfig:
    """`[import]`"""

    paths: tuple[str, ...] = ()
    allow_empty: bool = False
    repair: bool = True


@dataclass(frozen=True, slots=True)
class LinksConfig:
    """`[links]`"""

    workers: int = 48
    per_host: int = 2
    host_gap: float = 0.2
    tco_in_flight: int = 4
    tco_gap: float = 0.15
    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    total_timeout: float = 20.0
    max_hops: int = 10
    wayback: bool = False
    connect_to: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadwiseConfig:
    """`[readwise]`"""

    enabled: bool = True
    token_file: str = ""
    keyring: bool = False
    url: str = "https://readwise.io"


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """`[media]`"""

    download: bool = False
    folder: str = ""
    max_megabytes: float = 20.0
    total_timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class TopicsConfig:
    """`[topics]`"""

    threshold: int = 3
    stop: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """`[export]`"""

    folder: str = ""
    flavour: str = "markdown"
    quotes: str = ""
    templates: str = ""
    authors: int = 5
    own_pages: str = "below"
    ask_above: float = 0.5
    settle_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Config:
    """All of it."""

    db: str = "gleanings.db"
    import_: ImportConfig = ImportConfig()
    readwise: ReadwiseConfig = ReadwiseConfig()
    links: LinksConfig = LinksConfig()
    media: MediaConfig = MediaConfig()
    topics: TopicsConfig = TopicsConfig()
    export: ExportConfig = ExportConfig()


CHOICES = {
    "flavour": ("markdown", "logseq", "obsidian"),
    "quotes": ("", "plain", "quote", "callout"),
    "own_pages": ("below", "leave"),
}
"""The keys that take one of a few words."""


def find_config(named: Path | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file to read: `--config`, `$GLEANINGS_CONFIG`, `./config.toml`, the user's own; or None."""
    explicit = named or (
        Path(environment["GLEANINGS_CONFIG"]) if environment.get("GLEANINGS_CONFIG") else None
    )
    if explicit is not None:
        if not explicit.is_file():
            raise InputError(f"{explicit}: no such configuration file")
        return explicit
    here = Path("config.toml")
    if here.is_file():
        return here
    import platformdirs

    own = Path(platformdirs.user_config_dir("gleanings", appauthor=False)) / "config.toml"
    return own if own.is_file() else None


def read_config(path: Path | None) -> Config:
    """The configuration in `path`, defaults where it is silent; all defaults for None."""
    if path is None:
        return Config()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    return parse_config(text, str(path))


def parse_config(text: str, name: str) -> Config:
    """The configuration that `text` (TOML) gives; errors name `name`, the line and the nearest known key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}: {error}") from None
    config = _build(Config, table, _Place(name, text, ""))
    assert isinstance(config, Config)  # noqa: S101 - for the type checker
    return config


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file a table stands, for messages."""

    name: str
    text: str
    section: str

    def at(self, key: str) -> str:
        """`file:line` of `key` in this section."""
        start = self.text.find(f"[{self.section}]") if self.section else 0
        match = re.compile(rf"^[ \t]*\[?[\"']?{re.escape(key)}\b", re.MULTILINE).search(
            self.text, max(start, 0)
        )
        line = self.text.count("\n", 0, match.start()) + 1 if match else 1
        return f"{self.name}:{line}"


def _build(kind: type[Any], table: Mapping[str, Any], place: _Place) -> Any:
    known = {each.name.rstrip("_"): each for each in fields(kind)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
            raise InputError(f"{place.at(key)}: unknown key `{key}`; {hint}")
        default = _default_of(known[key])
        if is_dataclass(default):
            if not isinstance(value, dict):
                raise InputError(f"{place.at(key)}: `{key}` is a section: write [{key}]")
            values[known[key].name] = _build(type(default), value, _Place(place.name, place.text, key))
        else:
            values[known[key].name] = _check_value(key, value, default, place)
    return kind(**values)


def _default_of(each: Any) -> Any:
    return each.default_factory() if callable(each.default_factory) else each.default


def _check_value(key: str, value: Any, default: Any, place: _Place) -> Any:
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        raise InputError(f"{place.at(key)}: `{key}` takes a list of strings")
    if isinstance(default, dict):
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return value
        raise InputError(f"{place.at(key)}: `{key}` takes a table of strings")
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(default):
        words = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
        raise InputError(f"{place.at(key)}: `{key}` takes {words[type(default)]}")
    if not isinstance(value, (bool, str)) and value < 0:
        raise InputError(f"{place.at(key)}: `{key}` cannot be negative")
    if key in CHOICES and value not in CHOICES[key]:
        raise InputError(f"{place.at(key)}: `{key}` is one of {', '.join(CHOICES[key])}")
    return value
