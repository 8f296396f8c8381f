"""`gleanings backup`: a copy of the store, taken while it is in use."""

from __future__ import annotations

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
    from gleanings.progress import progress_bar
    from store.backup import back_up, drop_oldest, name_backup

    common = gather(db, config, as_json, verbose, dry_run)
    target = (file.expanduser() if file else name_backup(common.db)).absolute()
    with opened_store(common):
        pass  # it is ours, and its schema is today's
    if dry_run:
        click.echo(f"would be written: {target}")
        return 0
    with progress_bar("Copying", common.db.stat().st_size // 4096, quiet=as_json) as advance:
        steps = _Steps()
        size = back_up(common.db, target, advance=lambda done, total: advance(steps.move_to(done)))
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

    def __init__(self) -> None:
        self._done = 0

    def move_to(self, done: int) -> int:
        further, self._done = done - self._done, done
        return further
