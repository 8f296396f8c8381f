"""`gleanings schedule`: prints, installs or removes what lets `sync` run by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.errors import InputError
from gleanings.options import Common, common_options, gather, say_json, warn

if TYPE_CHECKING:
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

    Without --install nothing is changed: it prints what would go where, with the full paths of this
    installation and of the configuration that is found now. --install twice is the same as once;
    --remove takes away only what --install put there.

    \b
      gleanings schedule
      gleanings schedule --every 30m --install
      gleanings schedule --kind cron --every daily
      gleanings schedule --remove
    """
    from gleanings.schedule.install import install, remove
    from gleanings.schedule.plan import guess_kind, make_plan
    from gleanings.sync.journal import find_log

    if only_print + is_install + is_remove > 1:
        raise InputError("--print, --install and --remove: one of them")
    mode = "print" if dry_run else "install" if is_install else "remove" if is_remove else "print"
    common = gather(db, config, as_json, verbose)
    chosen: Kind = kind or guess_kind()  # type: ignore[assignment]
    plan = make_plan(name, every, db, common.config, common.config_path, Path.cwd())
    log = find_log(common.config.sync)
    errors = (log.parent if log else Path.home()) / f"{name}.errors.log"
    if mode == "print":
        return _print(common, plan, chosen, errors)
    if mode == "install":
        _warn_of_nothing_to_do(common)
    changed = install(plan, chosen, errors=errors) if mode == "install" else remove(name, chosen)
    if as_json:
        say_json({"command": "schedule", "mode": mode, "kind": chosen, "changed": changed})
        return 0
    for path in changed:
        click.echo(f"{'written' if mode == 'install' else 'removed'}: {path}")
    if not changed:
        click.echo("It is there already." if mode == "install" else "Nothing of ours is there.")
    elif mode == "install" and chosen == "systemd":
        click.echo("To run while you are not logged in: loginctl enable-linger")
    return 0


def _print(common: Common, plan: Plan, kind: Kind, errors: Path) -> int:
    from gleanings.schedule.install import render

    files = render(plan, kind, errors=errors)
    if common.as_json:
        say_json({"command": "schedule", "mode": "print", "kind": kind, "files": files})
        return 0
    for path, text in files.items():
        if kind != "cron":
            click.secho(f"# {path}", bold=True)
        click.echo(text, nl=not text.endswith("\n"))
    warn("Nothing was changed: --install puts it in its place.")
    return 0


def _warn_of_nothing_to_do(common: Common) -> None:
    if not common.config.import_.paths:
        raise InputError("`sync` would have nothing to read: `gleanings init` writes a configuration first")
