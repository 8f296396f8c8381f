"""Options that the commands share, and what they lead to: configuration, store, paths to import."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from gleanings.config import Config, find_place
from gleanings.config_file import find_config, read_config
from gleanings.steps.tweets import are_rules_new, clean_tweets
from record_types.errors import InputError
from record_types.regular_files import drop_leftover_copies
from store.backup import FOLDER
from store.connection import close_store, open_memory, open_store, translated_errors
from store.runs import is_derived_stale, is_other_run_alive, renew_counts
from store.snapshots import is_writable, open_snapshot

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Common:
    """The values of the common options, with the configuration."""

    db: Path
    config: Config
    as_json: bool
    verbose: int
    dry_run: bool
    config_path: Path | None = None
    """The file with the configuration; None if there is none."""


@dataclass(frozen=True, slots=True)
class GivenOptions:
    """The common options as given."""

    db: Path | None
    config: Path | None
    as_json: bool
    verbose: int
    dry_run: bool = False


class GivenPath(click.Path):
    """A path that is not empty: `"$UNSET"` would otherwise mean the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises InputError if it is empty."""
        if value == "":
            raise InputError("a path is empty: is a variable unset? The current folder is `.`")
        return super().convert(value, param, ctx)


def limit_option(default: int, *, most: int) -> Callable[[Command], Command]:
    """--limit: how many results a command shows, at most `most`."""
    return click.option(
        "--limit",
        default=default,
        show_default=True,
        type=click.IntRange(1, most),
        metavar="N",
        help="Show at most N.",
    )


def common_options(*, writes: bool = False) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """--db, --config, --json, -v and, for a command that writes, --dry-run, all as one parameter `given`."""
    options = [
        click.option("--db", type=click.Path(path_type=Path), help="The store.  [default: gleanings.db]"),
        click.option(
            "--config",
            type=click.Path(path_type=Path, readable=False),
            help="Configuration file.  [default: config.toml]",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
        click.option("-v", "--verbose", count=True, help="Show more."),
    ]
    if writes:
        options.append(
            click.option("--dry-run", is_flag=True, help="Show what would be done without doing it.")
        )
    names = [field.name for field in fields(GivenOptions)]

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def run(*arguments: Any, **values: Any) -> int:
            given = GivenOptions(**{name: values.pop(name) for name in names if name in values})
            return command(*arguments, given=given, **values)

        for option in reversed(options):
            run = option(run)
        return run

    return decorate


def gather(given: GivenOptions) -> Common:
    """The common options, with the configuration that they lead to."""
    path = find_config(given.config)
    settings = read_config(path)
    db = given.db or Path(settings.db).expanduser()
    return Common(db, settings, given.as_json, given.verbose, given.dry_run, path)


def find_import_paths(common: Common) -> tuple[Path, ...]:
    """The files and folders to import; raises InputError with file and line for one that does not exist."""
    paths = tuple(Path(path).expanduser() for path in common.config.import_.paths)
    for path in paths:
        if not path.exists():
            near = find_near(path)
            hint = f"; did you mean {near}?" if near else ""
            place = find_place(common.config_path, "import", "paths")
            raise InputError(f"{place}: `paths` names {path}, which does not exist{hint}")
    return paths


def find_notes_folder(common: Common) -> Path:
    """The folder for notes in the configuration, absolute."""
    return Path(common.config.export.folder).expanduser().absolute()


def show_path(path: Path) -> str:
    """The path relative to the current folder if it is below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def find_near(path: Path) -> Path | None:
    """The existing neighbour of a missing path with the most similar name, if any."""
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return None
    from difflib import get_close_matches

    near = get_close_matches(path.name, names, 1)
    return path.parent / near[0] if near else None


def utc_now() -> str:
    """The time as the store keeps it: ISO 8601 in UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def opened_store(
    common: Common, *, create: bool = False, only_reads: bool = False, renew: bool = True
) -> Iterator[sqlite3.Connection]:
    """The store, closed at the end. A dry run's changes are rolled back and never reach the disk.

    A command that `only_reads`, or a dry run, gets a snapshot if the store cannot be written.
    """
    with translated_errors(common.db):
        db = _open(common, create=create, only_reads=only_reads or common.dry_run)
        try:
            if common.dry_run and not db.in_transaction:
                db.execute("begin immediate")
            if renew and not (only_reads or common.dry_run):
                folder = common.db.resolve().parent
                drop_leftover_copies(folder)
                drop_leftover_copies(folder / FOLDER)
                _renew(db)
            yield db
        finally:
            if db.in_transaction:
                db.execute("rollback")
            if common.dry_run:
                db.close()  # `close_store` would refresh statistics, which writes
            else:
                close_store(db)


def _renew(db: sqlite3.Connection) -> None:
    if (is_derived_stale(db) or are_rules_new(db)) and not is_other_run_alive(db):
        clean_tweets(db)
        renew_counts(db)


def _open(common: Common, *, create: bool, only_reads: bool) -> sqlite3.Connection:
    if common.dry_run and create and not common.db.exists():
        return open_memory()
    if only_reads and common.db.is_file() and not is_writable(common.db):
        return open_snapshot(common.db)
    return open_store(common.db, create=create, dry=common.dry_run)
