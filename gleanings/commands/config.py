"""`gleanings config`: show, check or approve the configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gleanings.config import Config
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
from gleanings.options import GivenOptions, common_options, gather
from gleanings.terminal import echo, echo_text, escape_json, warn
from record_types.errors import InputError


@click.group(name="config", invoke_without_command=True)
@click.option("--path", "what", flag_value="path", help="Print which file is used.  [default]")
@click.option("--show", "what", flag_value="show", help="Print every key with its value; secrets are hidden.")
@click.option("--check", "what", flag_value="check", help="Check the file and what it names.")
@click.option("--example", "what", flag_value="example", help="Print every key, explained.")
@common_options()
@click.pass_context
def command(context: click.Context, what: str | None, given: GivenOptions) -> int:
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
        return _print_example(as_json=given.as_json)
    if what in (None, "path"):
        return _print_path(given.config, as_json=given.as_json)
    return (_show if what == "show" else _check)(given)


@command.command(name="allow", short_help="Approve the `config.toml` in this folder.")
@common_options()
@click.pass_context
def allow(context: click.Context, given: GivenOptions) -> int:
    """Approve the `config.toml` in the current folder, as it is now.

    Read it first: it decides what is read, where notes and the log are written, and which URLs a sync calls.

    \b
      gleanings config allow
    """
    before = context.parent.params if context.parent else {}
    path = given.config or before.get("config") or HERE
    if not path.is_file():
        raise InputError(f"{locate(path)}: no such configuration file")
    read_config(path)  # a file with a mistake is not approved
    approve(path)
    if given.as_json or before.get("as_json"):
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


def _show(given: GivenOptions) -> int:
    common = gather(given)
    values = list_values(common.config)
    path = str(locate(common.config_path)) if common.config_path else None
    if given.as_json:
        report_json(mode="show", path=path, config=values)
        return 0
    echo(f"# {path or 'no configuration file: the defaults'}")
    echo_text(format_values(values), nl=False)
    return 0


def _check(given: GivenOptions) -> int:
    """Check the file, then what it names; a mistake in the file itself ends the program and names its
    line."""
    from gleanings.environment_checks import check_notes, check_paths, check_permissions, check_token

    common = gather(given)
    checks = (check_paths, check_notes, check_permissions, check_token)
    wrong = [finding for finding in (check(common) for check in checks) if finding.trouble]
    path = str(locate(common.config_path)) if common.config_path else None
    if given.as_json:
        problems = {finding.check: finding.message for finding in wrong}
        report_json(mode="check", path=path, problems=problems)
        return 2 if wrong else 0
    for finding in wrong:
        echo(f"! {finding.check}: {finding.message}")
    if not wrong:
        echo(f"{path or 'no configuration file'}: no problems")
    return 2 if wrong else 0


def _print_example(*, as_json: bool) -> int:
    if as_json:
        report_json(mode="example", text=read_example())
    else:
        echo_text(read_example(), nl=False)
    return 0


# --- a configuration as TOML

NOT_SHOWN = "(set, not shown)"
_USER_IN_URL = re.compile(r"(?<=://)[^/?#\s]*@")


def list_values(config: Config) -> dict[str, Any]:
    """Every key with its value, as in the file; secrets and passwords in URLs are not shown."""
    values = {key.rstrip("_"): value for key, value in asdict(config).items()}
    if values["sync"]["ping"]:
        values["sync"]["ping"] = NOT_SHOWN
    return {key: _hide_users(value) for key, value in values.items()}


def format_values(values: Mapping[str, Any]) -> str:
    """The values as TOML that `parse_config` reads again."""
    return "\n".join(_format_table("", values)).lstrip("\n") + "\n"


def read_example() -> str:
    """`config.example.toml`: in the installed package, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    places = (package / "config.example.toml", package.parent / "config.example.toml")
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def _hide_users(value: Any) -> Any:
    if isinstance(value, str):
        return _USER_IN_URL.sub("…@", value)
    if isinstance(value, dict):
        return {key: _hide_users(each) for key, each in value.items()}
    return [_hide_users(each) for each in value] if isinstance(value, (list, tuple)) else value


def _format_table(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Plain values first: a key below the header of a table belongs to that table."""
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    lists = {
        key: value
        for key, value in values.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    }
    for key, value in values.items():
        if key not in tables and key not in lists:
            yield f"{_format_key(key)} = {_format_value(value)}"
    for key, table in tables.items():
        yield f"\n[{name}{_format_key(key)}]"
        yield from _format_table(f"{name}{_format_key(key)}.", table)
    for key, items in lists.items():
        for item in items:
            yield f"\n[[{name}{_format_key(key)}]]"
            yield from _format_table(f"{name}{_format_key(key)}.", item)


def _format_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _format_value(key)


def _format_value(value: Any) -> str:
    """A TOML value; the escapes in a string are the same as JSON's."""
    if isinstance(value, list):
        return f"[{', '.join(map(_format_value, value))}]"
    if isinstance(value, (bool, str)):
        return escape_json(json.dumps(value, ensure_ascii=False))
    return repr(value)
