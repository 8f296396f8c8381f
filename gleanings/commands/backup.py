"""`gleanings backup`: a copy of the store, taken while it is in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from gleanings.options import common_options, gather, opened_store, say_json


@click.command(name="backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(0), metavar="N", help="Keep N copies of this kind.  [default: 5]")
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

    It may be in use meanwhile: the copy is of one moment, is checked, and is put in its place at once.
    Nothing is overwritten. Of the copies without a FILE the newest are kept (`keep` under [backup], 0
    keeps all). Before a newer gleanings changes the schema it makes such a copy by itself.

    To restore: end whatever uses the store, delete gleanings.db-wal and gleanings.db-shm if they are
    there, and put the copy in the place of gleanings.db.

    \b
      gleanings backup
      gleanings backup /mnt/disk/gleanings-2026.db
    """
    from gleanings.output import progress_bar
    from store.backup import back_up, back_up_beside, drop_oldest, list_names, name_backup

    common = gather(db, config, as_json, verbose, dry_run)
    target = file.expanduser().absolute() if file else None
    with opened_store(common):
        pass  # it is ours, and its schema is today's
    if dry_run:
        names = list_names(name_backup(common.db.absolute()))
        click.echo(f"would be written: {target or next(name for name in names if not name.exists())}")
        return 0
    with progress_bar("Copying", common.db.stat().st_size // 4096, quiet=as_json) as advance:
        tell = _Steps(advance).move_to
        if target is None:
            target, size = back_up_beside(common.db.absolute(), advance=tell)
        else:
            size = back_up(common.db, target, advance=tell)
    kept = common.config.backup.keep if keep is None else keep
    dropped = [] if file else drop_oldest(common.db, kept)
    if as_json:
        report = {"file": str(target), "bytes": size, "dropped": [str(path) for path in dropped]}
        say_json({"command": "backup", **report})
    else:
        click.echo(f"{target}: {size / 1e6:,.1f} MB, checked")
        for path in dropped:
            click.echo(f"removed: {path}")
    return 0


class _Steps:
    """Turns how far it is into how much further."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self._done = 0

    def move_to(self, done: int, total: int) -> None:
        further, self._done = done - self._done, done
        self._advance(further)
