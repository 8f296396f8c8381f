"""Options and output that the commands share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gleanings.config import Config, find_config, find_place, read_config
from record_types.errors import InputError

if TYPE_CHECKING:
    from store.runs import Counts

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Common:
    """What every command is told."""

    db: Path
    config: Config
    as_json: bool
    verbose: int
    dry_run: bool
    config_path: Path | None = None
    """Where the configuration was read; None where there is none."""


class GivenPath(click.Path):
    """A path that is not empty: `"$UNSET"` would otherwise be the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises InputError where it is empty."""
        if value == "":
            raise InputError("a path is empty: is a variable not set? `.` is the current folder")
        return super().convert(value, param, ctx)


def limit_option(default: int, *, most: int) -> Callable[[Command], Command]:
    """--limit: how many results a command shows, at most `most`."""
    return click.option(
        "--limit",
        default=default,
        show_default=True,
        type=click.IntRange(1, most),
        metavar="N",
        help="Most to show.",
    )


def common_options(*, writes: bool = False) -> Callable[[Command], Command]:
    """--db, --config, --json, -v and, for a command that writes, --dry-run; read them with `gather`."""

    def decorate(command: Command) -> Command:
        if writes:
            command = click.option(
                "--dry-run", is_flag=True, help="Say what would be done, and do none of it."
            )(command)
        command = click.option("-v", "--verbose", count=True, help="Say more.")(command)
        command = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")(
            command
        )
        command = click.option(
            "--config",
            type=click.Path(path_type=Path, readable=False),
            help="Configuration file.  [default: config.toml]",
        )(command)
        return click.option(
            "--db", type=click.Path(path_type=Path), help="The store.  [default: gleanings.db]"
        )(command)

    return decorate


def gather(
    db: Path | None, config: Path | None, as_json: bool, verbose: int, dry_run: bool = False
) -> Common:
    """The common options with the configuration behind them."""
    path = find_config(config)
    settings = read_config(path)
    return Common(db or Path(settings.db).expanduser(), settings, as_json, verbose, dry_run, path)


def find_import_paths(common: Common) -> tuple[Path, ...]:
    """The folders and files that the configuration names; one that is not there is an error with its line."""
    paths = tuple(Path(path).expanduser() for path in common.config.import_.paths)
    for path in paths:
        if not path.exists():
            near = find_near(path)
            hint = f"; did you mean {near}?" if near else ""
            place = find_place(common.config_path, "import", "paths")
            raise InputError(f"{place}: `paths` names {path}, which is not there{hint}")
    return paths


def find_near(path: Path) -> Path | None:
    """What is there beside a missing path and has nearly its name."""
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
    common: Common, *, create: bool = False, only_reads: bool = False
) -> Iterator[sqlite3.Connection]:
    """The store, closed at the end; for a dry run its changes are rolled back, and none is made on disk.

    A command that `only_reads`, or pretends to write, gets a snapshot where the store may not be written.
    """
    from store.connection import close_store, translated_errors

    with translated_errors(common.db):
        db = _open(common, create=create, only_reads=only_reads or common.dry_run)
        try:
            if common.dry_run and not db.in_transaction:
                db.execute("begin immediate")
            yield db
        finally:
            if db.in_transaction:
                db.execute("rollback")
            if common.dry_run:
                db.close()  # not even its statistics are refreshed
            else:
                close_store(db)


def _open(common: Common, *, create: bool, only_reads: bool) -> sqlite3.Connection:
    from store.connection import open_memory, open_store

    if common.dry_run and create and not common.db.exists():
        return open_memory()
    if only_reads and common.db.is_file():
        from store.snapshots import is_writable, open_snapshot

        if not is_writable(common.db):
            return open_snapshot(common.db)
    return open_store(common.db, create=create, dry=common.dry_run)


def count_as(number: int, noun: str) -> str:
    """`1 link`, `1,234 links`; for nouns that only take an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_due(number: int, noun: str) -> str:
    """`1 link is due`, `2 links are due`, `no link is due`."""
    return f"{count_as(number, noun) if number else f'no {noun}'} {'are' if number > 1 else 'is'} due"


def format_counts(counts: Counts) -> str:
    """`+ 12 added  ~ 1 changed  = 340 unchanged  - 0 removed  ! 2 skipped`"""
    parts = [
        f"+ {counts.added:,} added",
        f"~ {counts.changed:,} changed",
        f"= {counts.unchanged:,} unchanged",
    ]
    parts.append(f"- {counts.removed:,} removed")
    if counts.skipped:
        parts.append(f"! {counts.skipped:,} skipped")
    return "  ".join(parts)


def counts_as_dict(counts: Counts) -> dict[str, int]:
    """The counts under the names that `--json` and the table `runs` use."""
    return asdict(counts)


def say_json(value: Any) -> None:
    """Print one JSON object on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def warn(message: str) -> None:
    """Print one line of trouble on stderr."""
    click.echo(message, err=True)
