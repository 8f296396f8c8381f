"""`gleanings restore`: replace the store with a backup."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, gather, opened_store, utc_now
from gleanings.terminal import count_as, echo, show_controls
from record_types.errors import InputError
from store.full_backup import find_backup, restore_backup
from store.runs import Counts, finish_run, start_run


@click.command(name="restore")
@click.argument("backup", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Replace a store without asking.")
@common_options(writes=True)
def command(backup: Path, yes: bool, given: GivenOptions) -> int:
    """Replace the store with BACKUP, a file or folder that `gleanings backup` wrote.

    The backup is checked first; a damaged one changes nothing. An existing store is replaced only after
    confirmation, and kept in the folder `backups` beside it, or under another name if it is damaged. The
    store may be in use at the same time. Its pictures are restored, too.

    \b
      gleanings restore backups/gleanings-20261128T234500Z.db
      gleanings restore /mnt/disk/gleanings-2026 --db new.db
    """
    common = gather(given)
    source, target = find_backup(backup.expanduser()), common.db.absolute()
    if given.dry_run:
        report_json(dry_run=True, backup=str(source), db=str(target))
        if not given.as_json:
            echo(f"would be restored: {source} to {target}")
        return 0
    if target.exists() and not yes:
        words = f"{target} exists and would be replaced by {source}"
        if not sys.stdin.isatty():
            raise InputError(f"{words}. Repeat with --yes to confirm")
        click.confirm(show_controls(f"{words}; it is kept as a backup. Continue?"), abort=True, err=True)
    copied = restore_backup(source, target)
    with opened_store(common) as store:  # migrates an older backup
        run_id = start_run(store, "restore", now=utc_now())  # so that a sync notices the change
        finish_run(store, run_id, Counts(), "ok", now=utc_now(), message=source.name)
    if given.as_json:
        report_json(
            backup=str(source),
            db=str(target),
            kept=str(copied.kept) if copied.kept else None,
            bytes=copied.size,
            pictures=copied.pictures,
            lost_pictures=copied.lost,
        )
    else:
        echo(f"{target}: restored from {source}, checked, {count_as(copied.pictures, 'picture')}")
        if copied.kept:
            echo(f"the store that it replaced: {copied.kept}")
        if copied.lost:
            echo(f"! {count_as(copied.lost, 'picture')} missing or damaged in the backup")
    return 1 if copied.lost else 0
