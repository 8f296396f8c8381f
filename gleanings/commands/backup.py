"""`gleanings backup`: copy the store while it is in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from gleanings.options import common_options, gather, opened_store
from gleanings.output import print_json
from gleanings.terminal import echo


@click.command(name="backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(0), metavar="N", help="Keep the newest N copies.  [default: 5]")
@common_options(writes=True)
def command(
    file: Path | None,
    keep: int | None,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Copy the store to FILE, or into the folder `backups` beside it.

    The store may be in use: the copy shows one moment, is checked, and appears under its name only when
    it is complete. Nothing is overwritten. Without FILE, only the newest copies are kept (`keep` under
    [backup]; 0 keeps all). A new version of gleanings makes such a copy before it changes the schema.

    To restore: stop every program that uses the store, delete gleanings.db-wal and gleanings.db-shm if
    they exist, and replace gleanings.db with the copy.

    \b
      gleanings backup
      gleanings backup /mnt/disk/gleanings-2026.db
    """
    from gleanings.output import progress_bar
    from store.backup import back_up, back_up_beside, drop_oldest, list_names, name_backup

    common = gather(db, config, as_json, verbose, dry_run)
    target = file.expanduser().absolute() if file else None
    with opened_store(common):
        pass  # fails for a file that is not a store, and migrates an old one
    if dry_run:
        names = list_names(name_backup(common.db.absolute()))
        echo(f"would be written: {target or next(name for name in names if not name.exists())}")
        return 0
    with progress_bar("Copying", common.db.stat().st_size // 4096, quiet=as_json) as advance:
        move_to = _Steps(advance).move_to
        if target is None:
            target, size = back_up_beside(common.db.absolute(), advance=move_to)
        else:
            size = back_up(common.db, target, advance=move_to)
    kept = common.config.backup.keep if keep is None else keep
    dropped = [] if file else drop_oldest(common.db, kept)
    if as_json:
        report = {"file": str(target), "bytes": size, "dropped": [str(path) for path in dropped]}
        print_json({"command": "backup", **report})
    else:
        echo(f"{target}: {size / 1e6:,.1f} MB, checked")
        for path in dropped:
            echo(f"removed: {path}")
    return 0


class _Steps:
    """Turns progress so far into steps since the last call."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self._done = 0

    def move_to(self, done: int, total: int) -> None:
        steps, self._done = done - self._done, done
        self._advance(steps)
