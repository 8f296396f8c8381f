"""The configuration: one frozen record, parsed once; `config.example.toml` shows every key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from gleanings.config_parser import Place, build_record, check_topics, parse_toml
from record_types.errors import InputError
from record_types.library import TopicRule
from record_types.links import RequestLimits


@dataclass(frozen=True, slots=True)
class ImportConfig:
    """`[import]`"""

    paths: tuple[str, ...] = ()
    allow_empty: bool = False
    repair: bool = True
    jobs: int = 0


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
    precision: float = 0.9
    llm: str = ""
    max_calls: int = 20
    aliases: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[TopicRule, ...] = field(default=(), metadata={"each": TopicRule})


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """`[export]`"""

    folder: str = ""
    flavour: str = ""
    quotes: str = ""
    templates: str = ""
    notes: tuple[str, ...] = ()
    authors: int = 5
    own_pages: str = "below"
    ask_above: float = 0.5
    settle_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """`[sync]`"""

    settle_seconds: float = 2.0
    step_seconds: float = 900.0
    expand_seconds: float = 600.0
    log: str = ""
    log_bytes: int = 1_000_000
    log_files: int = 3
    ping: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class BackupConfig:
    """`[backup]`"""

    keep: int = 5


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """`[watch]`"""

    quiet_seconds: float = 5.0
    longest_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration."""

    db: str = "gleanings.db"
    import_: ImportConfig = ImportConfig()
    readwise: ReadwiseConfig = ReadwiseConfig()
    links: RequestLimits = field(default_factory=RequestLimits)
    media: MediaConfig = MediaConfig()
    topics: TopicsConfig = TopicsConfig()
    export: ExportConfig = ExportConfig()
    sync: SyncConfig = SyncConfig()
    backup: BackupConfig = BackupConfig()
    watch: WatchConfig = WatchConfig()


CHOICES = {
    "flavour": ("", "markdown", "logseq", "obsidian"),
    "quotes": ("", "plain", "quote", "callout"),
    "own_pages": ("below", "leave"),
    "proxy": ("", "environment"),
    "notes": ("topics", "documents", "authors", "reading-list", "index", "highlights", "resources"),
}
"""The keys that take one of a few values, or a list of them."""


def parse_config(text: str, name: str) -> Config:
    """The configuration in `text` (TOML); errors give `name`, the line and the nearest known key."""
    try:
        table = parse_toml(text)
    except ValueError as error:
        raise InputError(_name_line(name, str(error))) from None
    place = Place(name, text, CHOICES)
    config = build_record(Config, table, place)
    assert isinstance(config, Config)  # noqa: S101 - for the type checker
    check_topics(config.topics.precision, config.topics.rules, place.table("topics"))
    rules = tuple(
        replace(rule, name=rule.name.strip(), parent=rule.parent.strip()) for rule in config.topics.rules
    )
    return replace(config, topics=replace(config.topics, rules=rules))


def _name_line(name: str, message: str) -> str:
    """`file:line: message`, from tomllib's `message (at line 3, column 8)`."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", message, re.DOTALL)
    return f"{name}:{found[2]}: {found[1]}" if found else f"{name}: {message}"


def find_place(path: Path | None, section: str, key: str) -> str:
    """`file:line` of `key` in `section`, for messages about its value; only `[section]` without a file."""
    try:
        text = path.read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeDecodeError):
        text = ""
    return Place(str(path), text, CHOICES).table(section).at(key) if text else f"[{section}]"
