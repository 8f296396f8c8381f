"""`gleanings schedule`: prints, installs or removes what lets `sync` run by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.options import Common, common_options, gather, say_json, warn
from gleanings.schedule.cron import CRONTAB
from record_types.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gleanings.schedule.plan import Kind, Plan


@click.command(name="schedule")
@click.option("--print", "only_print", is_flag=True, help="Only print it.  [default]")
@click.option("--install", "is_install", is_flag=True, help="Put it in its place and begin.")
@click.option("--remove", "is_remove", is_flag=True, help="Take away what --install put there.")
@click.option(
    "--kind",
    type=click.Choice(["systemd", "launchd", "cron"]),
    help="A systemd user timer, a launchd agent or a crontab line.  [default: this system's]",
)
@click.option("--every", default="1h", show_default=True, metavar="TIME", help="30m, 1h, 6h, daily …")
@click.option("--name", default="gleanings", show_default=True, metavar="NAME", help="For a second schedule.")
@common_options(writes=True)
def command(
    only_print: bool,
    is_install: bool,
    is_remove: bool,
    kind: str | None,
    every: str,
    name: str,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Let `gleanings sync` run by itself.

    By itself it changes nothing: it prints what would go where, with the full paths of this installation
    and of the configuration that is found now. --install twice is the same as once; --remove takes away
    only what --install put there. With --dry-run they say what they would write or remove of that.

    \b
      gleanings schedule
      gleanings schedule --every 30m --install
      gleanings schedule --kind cron --every daily
      gleanings schedule --remove --dry-run
    """
    from gleanings.schedule.plan import guess_kind

    if only_print + is_install + is_remove > 1:
        raise InputError("--print, --install and --remove: one of them")
    chosen: Kind = kind or guess_kind()  # type: ignore[assignment]
    if is_remove:  # whatever the configuration is like by now
        return _remove(name, chosen, as_json=as_json, dry_run=dry_run)
    common = gather(db, config, as_json, verbose, dry_run)
    plan, errors = _plan(common, name, every, db)
    return (_install if is_install else _print)(common, plan, chosen, errors)


def _plan(common: Common, name: str, every: str, db: Path | None) -> tuple[Plan, Path]:
    """The schedule, and where launchd is to put what it says on stderr."""
    from gleanings.schedule.plan import make_plan
    from gleanings.sync.log import find_log

    plan = make_plan(name, every, db, common.config, common.config_path, Path.cwd())
    log = find_log(common.config.sync)
    return plan, (log.parent if log else Path.home()) / f"{name}.errors.log"


def _print(common: Common, plan: Plan, kind: Kind, errors: Path) -> int:
    from gleanings.schedule.install import render

    files = render(plan, kind, errors=errors)
    if common.as_json:
        say_json({"command": "schedule", "mode": "print", "kind": kind, "files": files})
        return 0
    _show(files)
    warn("Nothing was changed: --install puts it in its place.")
    return 0


def _install(common: Common, plan: Plan, kind: Kind, errors: Path) -> int:
    from gleanings.schedule.install import find_changes, install

    if not common.config.import_.paths:
        raise InputError("`sync` would have nothing to read: `gleanings init` writes a configuration first")
    if common.dry_run:
        changes = find_changes(plan, kind, errors=errors)
        if not common.as_json:
            _show(changes)
    else:
        changes = dict.fromkeys(install(plan, kind, errors=errors), "")
    if common.as_json:
        return _say_as_json("install", kind, list(changes), dry_run=common.dry_run)
    _say_changes("written", changes, dry_run=common.dry_run)
    if not changes:
        click.echo("It is there already.")
    elif kind == "systemd" and not common.dry_run:
        click.echo("To run while you are not logged in: loginctl enable-linger")
    return 0


def _remove(name: str, kind: Kind, *, as_json: bool, dry_run: bool) -> int:
    from gleanings.schedule.install import find_installed, find_removable, remove
    from gleanings.schedule.plan import check_name

    check_name(name)
    there = find_removable(name, kind) if dry_run else {}
    changes = list(there) if dry_run else remove(name, kind)
    if as_json:
        return _say_as_json("remove", kind, changes, dry_run=dry_run)
    if CRONTAB in there:  # the name alone would say nothing of the lines
        _show(there)
    _say_changes("removed", changes, dry_run=dry_run)
    if not changes:
        others = [f"--kind {other}" for other in find_installed(name) if other != kind]
        hint = f" Elsewhere there is something: {', '.join(others)}." if others else ""
        click.echo(f"Nothing of ours is there.{hint}")
    return 0


def _show(files: Mapping[str, str]) -> None:
    for path, text in files.items():
        if path != CRONTAB:
            click.secho(f"# {path}", bold=True)
        click.echo(text, nl=not text.endswith("\n"))


def _say_changes(what: str, changes: Iterable[str], *, dry_run: bool) -> None:
    for path in changes:
        click.echo(f"{'would be ' if dry_run else ''}{what}: {path}")


def _say_as_json(mode: str, kind: Kind, changed: list[str], *, dry_run: bool) -> int:
    report = {"mode": mode, "kind": kind, "changed": changed, "dry_run": dry_run}
    say_json({"command": "schedule", **report})
    return 0
