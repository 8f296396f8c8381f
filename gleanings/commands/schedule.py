"""`gleanings schedule`: print, install or remove the schedule that runs `sync` automatically."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.json_report import report_json
from gleanings.options import Common, GivenOptions, common_options, gather
from gleanings.schedule.cron import CRONTAB
from gleanings.schedule.install import find_changes, find_installed, find_removable, install, remove, render
from gleanings.schedule.plan import check_name, guess_kind, make_plan
from gleanings.sync.log import find_log
from gleanings.terminal import echo, echo_text, warn
from record_types.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gleanings.schedule.plan import Kind, Plan


@click.command(name="schedule")
@click.option("--print", "only_print", is_flag=True, help="Only print it.  [default]")
@click.option("--install", "is_install", is_flag=True, help="Install and start it.")
@click.option("--remove", "is_remove", is_flag=True, help="Remove what --install wrote.")
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
    given: GivenOptions,
) -> int:
    """Run `gleanings sync` automatically.

    Without an option it changes nothing: it prints the files to install, with the full paths of this
    installation and of the current configuration. --install may be repeated; --remove only removes what
    --install wrote. With --dry-run, they show what they would write or remove.

    \b
      gleanings schedule
      gleanings schedule --every 30m --install
      gleanings schedule --kind cron --every daily
      gleanings schedule --remove --dry-run
    """
    if only_print + is_install + is_remove > 1:
        raise InputError("use only one of --print, --install and --remove")
    chosen: Kind = kind or guess_kind()  # type: ignore[assignment]
    if is_remove:  # needs no configuration, which may be broken or gone
        return _remove(name, chosen, as_json=given.as_json, dry_run=given.dry_run)
    common = gather(given)
    plan, errors = _plan(common, name, every, given.db)
    return (_install if is_install else _print)(common, plan, chosen, errors)


def _plan(common: Common, name: str, every: str, db: Path | None) -> tuple[Plan, Path]:
    """The schedule, and the file for launchd to write stderr to."""
    plan = make_plan(name, every, db, common.config, common.config_path, Path.cwd())
    log = find_log(common.config.sync)
    return plan, (log.parent if log else Path.home()) / f"{name}.errors.log"


def _print(common: Common, plan: Plan, kind: Kind, errors: Path) -> int:
    files = render(plan, kind, errors=errors)
    if common.as_json:
        report_json(mode="print", kind=kind, files=_as_list(files))
        return 0
    _print_files(files)
    warn("Nothing was changed: use --install to install it.")
    return 0


def _install(common: Common, plan: Plan, kind: Kind, errors: Path) -> int:
    if not common.config.import_.paths:
        raise InputError("`sync` would have nothing to read: run `gleanings init` first")
    if common.dry_run:
        changes = find_changes(plan, kind, errors=errors)
        if not common.as_json:
            _print_files(changes)
    else:
        changes = dict.fromkeys(install(plan, kind, errors=errors), "")
    if common.as_json:
        return _print_as_json("install", kind, changes, dry_run=common.dry_run)
    _print_changes("written", changes, dry_run=common.dry_run)
    if not changes:
        echo("Already installed.")
    elif kind == "systemd" and not common.dry_run:
        echo("To run while you are not logged in: loginctl enable-linger")
    return 0


def _remove(name: str, kind: Kind, *, as_json: bool, dry_run: bool) -> int:
    check_name(name)
    there = find_removable(name, kind) if dry_run else {}
    changes = list(there) if dry_run else remove(name, kind)
    if as_json:
        return _print_as_json("remove", kind, there or dict.fromkeys(changes, ""), dry_run=dry_run)
    if CRONTAB in there:  # the name alone would not show the lines
        _print_files(there)
    _print_changes("removed", changes, dry_run=dry_run)
    if not changes:
        others = [f"--kind {other}" for other in find_installed(name) if other != kind]
        hint = f" Other kinds are installed: {', '.join(others)}." if others else ""
        echo(f"Nothing to remove.{hint}")
    return 0


def _print_files(files: Mapping[str, str]) -> None:
    for path, text in files.items():
        if path != CRONTAB:
            echo(f"# {path}", bold=True)
        echo_text(text, nl=not text.endswith("\n"))


def _print_changes(what: str, changes: Iterable[str], *, dry_run: bool) -> None:
    for path in changes:
        echo(f"{'would be ' if dry_run else ''}{what}: {path}")


def _print_as_json(mode: str, kind: Kind, changes: Mapping[str, str], *, dry_run: bool) -> int:
    files = _as_list(changes) if dry_run else []
    report_json(mode=mode, kind=kind, dry_run=dry_run, files=files, changed=list(changes))
    return 0


def _as_list(files: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"path": path, "text": text} for path, text in files.items()]
