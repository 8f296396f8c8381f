"""The command line: commands that are loaded when they are called, and errors as exit codes."""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from io import StringIO
from typing import Any

import click

from gleanings.terminal import echo, secure_output, wants_color
from record_types.errors import GleaningsError

COMMANDS = {
    "init": ("init", "Answer three questions to write a configuration."),
    "config": ("config", "Show, check or approve the configuration."),
    "import": ("import_", "Import pages of highlights into the store."),
    "expand": ("expand", "Find out where the short links lead."),
    "links": ("links", "Export or import the map from short links to where they lead."),
    "topics": ("topics", "List the topics and why highlights belong to them."),
    "export": ("export", "Write topic notes, document notes and a reading list."),
    "search": ("search", "Search highlights, notes and resources."),
    "sync": ("sync", "Run everything in the configuration, unattended."),
    "watch": ("watch", "Import and export when the graph changes."),
    "schedule": ("schedule", "Run sync automatically: systemd, launchd or cron."),
    "versions": ("versions", "Show the earlier texts of highlights."),
    "undo": ("undo", "Undo the last import."),
    "redo": ("redo", "Redo an import that was undone."),
    "serve": ("serve", "Browse the store in a web browser."),
    "mcp": ("mcp", "Let agents search and quote the store."),
    "backup": ("backup", "Copy the store and its pictures."),
    "restore": ("restore", "Restore the store from a backup."),
    "status": ("status", "Show what is in the store, pending, or wrong."),
    "doctor": ("doctor", "Check the store and its environment, and fix problems."),
}
"""Name → (module in `gleanings.commands`, its line in `--help`), in the order of use.

The modules are imported only when they are called: `--help` must not wait for any library.
"""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"gleanings.commands.{COMMANDS[cmd_name][0]}").command
        assert isinstance(command, click.Command)  # noqa: S101 - for the type checker
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f"Did you mean '{near[0]}'?" if near else "See 'gleanings --help'."
            ctx.fail(f"No such command '{args[0]}'. {hint}")
        return super().resolve_command(ctx, args)


_DISK_ERRORS = {
    errno.EACCES: 2,
    errno.EPERM: 2,
    errno.EROFS: 2,
    errno.EIO: 75,
    errno.ENOSPC: 75,
    errno.EDQUOT: 75,
    errno.EFBIG: 75,
}
"""Disk errors → exit code: 2 needs the user's attention, 75 may work later."""


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(package_name="gleanings", message="gleanings %(version)s")
def cli() -> None:
    """Your reading highlights as a database you can query and notes you can keep.

    \b
    Start with:
      gleanings import ~/my-graph   import a Logseq graph, a folder or a file
      gleanings expand              find out where its short links lead
      gleanings export notes        write topic notes and a reading list
      gleanings serve               browse everything in a web browser

    Exit codes: 0: done; 1: done, but something was skipped (it says what); 2: needs your
    attention; 75: try again later.
    """


def _name_place(filename: str | bytes | None) -> str:
    """The file with the error; for a temporary file, whose name means nothing to the user, its folder."""
    if filename is None:
        return "the disk"
    name = os.fsdecode(filename)
    folder, file = os.path.split(name)
    return folder or "." if file.startswith(".") and file.endswith(".tmp") else name


RARE_COLLECTIONS = (200_000, 20, 20)
"""Records have no reference cycles; searching for cycles took a tenth of an export, a fifth of an import."""


def main() -> None:
    """Run the command line: the only place where errors become exit codes and, with --json, an object."""
    secure_output()
    gc.set_threshold(*RARE_COLLECTIONS)
    arguments = sys.argv[1:]
    report: dict[str, Any] = {}  # what the command reports for --json
    try:
        code, error = _call(arguments, report)
    except Exception as bug:
        _print_report(report, arguments, 1, f"{type(bug).__name__}: {bug}")
        raise
    try:
        _print_report(report, arguments, code, error)
    except BrokenPipeError:  # `gleanings search … | head`
        sys.stderr.close()
        code = 0
    sys.exit(code)


def _call(arguments: list[str], report: dict[str, Any]) -> tuple[int, str | None]:
    """Run a command, which fills `report`; return its exit code and the error, which is printed."""
    color = None if wants_color() else False  # None: click decides from the stream
    try:
        code = cli.main(
            list(arguments), prog_name="gleanings", standalone_mode=False, obj=report, color=color
        )
    except GleaningsError as error:
        return _fail(str(error), error.exit_code)
    except click.exceptions.Abort:
        return _fail(INTERRUPTED, 1)
    except RuntimeError as error:
        # Python before 3.12 wraps what is raised while a class is made: Ctrl-C while a module is imported.
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        return _fail(INTERRUPTED, 1)
    except click.ClickException as error:
        message = StringIO()
        error.show(message)  # usage, hint and message
        for line in message.getvalue().splitlines():
            echo(line, err=True)
        return error.exit_code, error.format_message()
    except SystemExit:  # so click ends a command whose output nobody reads: `gleanings search … | head`
        return 0, None
    except OSError as error:
        if error.errno not in _DISK_ERRORS:
            raise
        return _fail(f"{_name_place(error.filename)}: {error.strerror}", _DISK_ERRORS[error.errno])
    return code if isinstance(code, int) else 0, None


INTERRUPTED = "interrupted; what was stored stays"


def _fail(error: str, code: int) -> tuple[int, str]:
    echo(f"gleanings: {error}", err=True)
    return code, error


def _print_report(report: dict[str, Any], arguments: list[str], code: int, error: str | None) -> None:
    if "--json" in arguments:
        from gleanings.json_report import print_report

        print_report(report, arguments, exit_code=code, error=error)
