"""`gleanings backup`: copy the store while it is in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, gather, opened_store
from gleanings.terminal import count_as, echo, progress_bar
from store.backup import list_names, name_backup
from store.full_backup import drop_old_backups, make_backup


@click.command(name="backup")
@click.argument("target", metavar="[NAME]", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(0), metavar="N", help="Keep the newest N copies.  [default: 5]")
@common_options(writes=True)
def command(target: Path | None, keep: int | None, given: GivenOptions) -> int:
    """Copy the store and its pictures into the folder `backups` beside it, or to NAME.

    NAME is a new or existing folder, or a file such as gleanings-2026.db, whose pictures go into the
    folder gleanings.media beside it. The store may be in use: the copy is consistent, is checked
    (file, full text, each picture's hash), and appears under its name only when it is complete. Nothing
    is overwritten. Without NAME, only the newest copies are kept (`keep` under [backup]; 0 keeps all). A
    new version of gleanings copies the store before it changes the schema.

    `gleanings restore` restores a backup.

    \b
      gleanings backup
      gleanings backup /mnt/disk/gleanings-2026
    """
    common = gather(given)
    store = common.db.absolute()
    named = target.expanduser().absolute() if target else None
    with opened_store(common):
        pass  # fails for a file that is not a store, and migrates an old one
    if given.dry_run:
        names = list_names(name_backup(store))
        planned = named or next(name for name in names if not name.exists())
        report_json(dry_run=True, file=str(planned))
        if not given.as_json:
            echo(f"would be written: {planned}")
        return 0
    with progress_bar("Copying", store.stat().st_size // 4096, quiet=given.as_json) as advance:
        copied = make_backup(store, named, advance=_Steps(advance).move_to)
    kept = common.config.backup.keep if keep is None else keep
    dropped = [] if named else drop_old_backups(store, kept)
    if given.as_json:
        report = {"file": str(copied.path), "bytes": copied.size, "dropped": [str(path) for path in dropped]}
        pictures = {"pictures": copied.pictures, "lost_pictures": copied.lost}
        report_json(**report, **pictures)
    else:
        pictures_too = f", {count_as(copied.pictures, 'picture')}" if copied.pictures else ""
        echo(f"{copied.path}: {copied.size / 1e6:,.1f} MB, checked{pictures_too}")
        for path in dropped:
            echo(f"removed: {path}")
        if copied.lost:
            lost = count_as(copied.lost, "picture")
            echo(f"! {lost} missing or damaged beside the store: `gleanings doctor --fix`", err=True)
    return 1 if copied.lost else 0


class _Steps:
    """Turns progress so far into steps since the last call."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self._done = 0

    def move_to(self, done: int, total: int) -> None:
        steps, self._done = done - self._done, done
        self._advance(steps)
