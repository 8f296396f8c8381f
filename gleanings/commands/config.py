"""`gleanings config`: show, check or approve the configuration."""

from __future__ import annotations

from pathlib import Path

import click

from gleanings.config_file import (
    HERE,
    approve,
    find_config,
    find_user_folder,
    locate,
    locate_config,
    read_config,
)
from gleanings.json_report import report_json
from gleanings.options import common_options, gather
from gleanings.terminal import echo, echo_text, warn
from record_types.errors import InputError


@click.group(name="config", invoke_without_command=True)
@click.option("--path", "what", flag_value="path", help="Print which file is used.  [default]")
@click.option("--show", "what", flag_value="show", help="Print every key with its value; secrets are hidden.")
@click.option("--check", "what", flag_value="check", help="Check the file and what it names.")
@click.option("--example", "what", flag_value="example", help="Print every key, explained.")
@common_options()
@click.pass_context
def command(
    context: click.Context,
    what: str | None,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
) -> int:
    """Show, check or approve the configuration.

    A `config.toml` in the current folder is only used once you have approved it with `gleanings config
    allow`, and again after each edit: it may come with somebody else's notes. A file named with --config
    or $GLEANINGS_CONFIG, and the one in your own configuration folder, need no approval.

    \b
      gleanings config --show
      gleanings config --example > my-config.toml
      gleanings config allow
    """
    if context.invoked_subcommand is not None:
        return 0
    if what == "example":
        return _print_example(as_json=as_json)
    if what in (None, "path"):
        return _print_path(config, as_json=as_json)
    return (_show if what == "show" else _check)(db, config, as_json=as_json)


@command.command(name="allow")
@common_options()
@click.pass_context
def allow(context: click.Context, db: Path | None, config: Path | None, as_json: bool, verbose: int) -> int:
    """Approve the `config.toml` in the current folder, as it is now.

    Read it first: it decides what is read, where notes and the log are written, and which URLs a sync calls.

    \b
      gleanings config allow
    """
    before = context.parent.params if context.parent else {}
    path = config or before.get("config") or HERE
    if not path.is_file():
        raise InputError(f"{locate(path)}: no such configuration file")
    read_config(path)  # a file with a mistake is not approved
    approve(path)
    if as_json or before.get("as_json"):
        report_json(path=str(locate(path)))
    else:
        echo(f"Approved: {locate(path)}")
    return 0


def _print_path(named: Path | None, *, as_json: bool) -> int:
    path, problem = locate_config(named), None
    try:
        find_config(named)
    except InputError as error:
        problem = str(error)
    shown = str(locate(path)) if path else None
    if as_json:
        report_json(mode="path", path=shown, problem=problem)
    elif shown:
        echo(shown)
    else:
        warn(f"no configuration: `gleanings init` writes {find_user_folder() / HERE.name}")
    if problem and not as_json:
        warn(f"gleanings: {problem}")
    return 2 if problem else 0


def _show(db: Path | None, named: Path | None, *, as_json: bool) -> int:
    from gleanings.config_text import format_values, list_values

    common = gather(db, named, as_json, 0)
    values = list_values(common.config)
    path = str(locate(common.config_path)) if common.config_path else None
    if as_json:
        report_json(mode="show", path=path, config=values)
        return 0
    echo(f"# {path or 'no configuration file: the defaults'}")
    echo_text(format_values(values), nl=False)
    return 0


def _check(db: Path | None, named: Path | None, *, as_json: bool) -> int:
    """Check the file, then what it names; a mistake in the file itself ends the program with its line."""
    from gleanings.environment_checks import check_notes, check_paths, check_permissions, check_token

    common = gather(db, named, as_json, 0)
    checks = (check_paths, check_notes, check_permissions, check_token)
    wrong = [finding for finding in (check(common) for check in checks) if finding.trouble]
    path = str(locate(common.config_path)) if common.config_path else None
    if as_json:
        problems = {finding.check: finding.message for finding in wrong}
        report_json(mode="check", path=path, problems=problems)
        return 2 if wrong else 0
    for finding in wrong:
        echo(f"! {finding.check}: {finding.message}")
    if not wrong:
        echo(f"{path or 'no configuration file'}: no problems")
    return 2 if wrong else 0


def _print_example(*, as_json: bool) -> int:
    from gleanings.config_text import read_example

    if as_json:
        report_json(mode="example", text=read_example())
    else:
        echo_text(read_example(), nl=False)
    return 0
