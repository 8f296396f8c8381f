"""`gleanings init`: ask three questions and write a configuration."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.config_file import HERE, approve, find_user_folder
from gleanings.json_report import report_json
from gleanings.options import common_options, find_near
from gleanings.terminal import count_as, echo, echo_text
from record_types.errors import InputError

if TYPE_CHECKING:
    from gleanings.setup.config_template import Answers
    from gleanings.setup.note_folders import NoteFolder

MAX_FOLDERS = 9
"""Graphs and vaults to choose from."""


@click.command(name="init")
@click.option(
    "--graph", "graphs", multiple=True, type=click.Path(path_type=Path), help="What to import; repeatable."
)
@click.option("--notes", type=click.Path(path_type=Path), help="Folder for notes.")
@click.option("--no-notes", is_flag=True, help="Write no notes.")
@click.option("--token-file", type=click.Path(path_type=Path), help="File with Readwise's API token.")
@click.option("--yes", is_flag=True, help="Ask nothing: use what is found and the defaults.")
@common_options(writes=True)
def command(
    graphs: tuple[Path, ...],
    notes: Path | None,
    no_notes: bool,
    token_file: Path | None,
    yes: bool,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Write a configuration: where is the graph, where do notes go, is there an API token?

    It looks for Logseq graphs and Obsidian vaults in the usual places and asks which to use. Options and
    --yes answer questions in advance. An existing configuration is never overwritten. --dry-run prints
    the configuration instead of writing it.

    \b
      gleanings init
      gleanings init --graph ~/Documents/my-graph --notes ~/reading --yes
    """
    from gleanings.setup.config_template import Answers, render_config, write_new

    target = (config or find_target()).expanduser().absolute()
    if target.exists():
        raise InputError(f"{target} already exists: edit it, or name another --config")
    asks = not yes and sys.stdin.isatty()
    if not (yes or asks or graphs):
        raise InputError("no terminal to ask questions on: use --graph and --notes, or --yes")
    chosen = _check_graphs(graphs) if graphs else _choose_graphs(asks=asks)
    folder, flavour = (None, "markdown") if no_notes else _choose_notes(notes, chosen, asks=asks)
    token, secret = _choose_token(token_file, target.parent, asks=asks)
    store = (db.expanduser() if db else find_store()).absolute()
    answers = Answers(store, chosen, folder, flavour, token)
    if dry_run:
        _print_plan(target, answers, as_json=as_json)
        return 0
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        if secret is not None and token is not None:
            write_new(token, secret + "\n", mode=0o600)
        write_new(target, render_config(answers))
    except OSError as error:
        raise InputError(f"{error.filename or target}: {error.strerror}") from None
    if target.name == HERE.name:
        with suppress(InputError):  # which the next command reports, if it needs the approval
            approve(target)
    _print_result(target, answers, as_json=as_json)
    return 0


def find_target() -> Path:
    """The configuration that is found from every folder: $GLEANINGS_CONFIG or the user's own."""
    named = os.environ.get("GLEANINGS_CONFIG")
    return Path(named) if named else find_user_folder() / HERE.name


def find_store() -> Path:
    """The store that is found from every folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir("gleanings", appauthor=False), "gleanings.db")


def _check_graphs(graphs: tuple[Path, ...]) -> tuple[Path, ...]:
    for path in graphs:
        if not path.expanduser().exists():
            near = find_near(path.expanduser().absolute())
            raise InputError(f"{path} does not exist" + (f"; did you mean {near}?" if near else ""))
    return tuple(path.expanduser().absolute() for path in graphs)


def _choose_graphs(*, asks: bool) -> tuple[Path, ...]:
    from gleanings.setup.note_folders import find_note_folders

    folders = find_note_folders(Path.home())[:MAX_FOLDERS]
    if not asks:
        if not folders:
            raise InputError("found no graph and no vault in the usual places: name one with --graph")
        return (folders[0].folder,)
    echo("1. Where is the graph (or vault, or folder)?")
    for number, found in enumerate(folders, 1):
        echo(f"   {number}  {_describe(found)}")
    while True:
        answer = click.prompt("   A number or a path", default="1" if folders else None).strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(folders):
            return (folders[int(answer) - 1].folder,)
        try:
            return _check_graphs((Path(answer),))
        except InputError as error:
            echo(f"   {error}")


def _describe(found: NoteFolder) -> str:
    return f"{found.folder}  ({found.kind}, {count_as(found.pages, 'page')})"


def _choose_notes(notes: Path | None, graphs: tuple[Path, ...], *, asks: bool) -> tuple[Path | None, str]:
    """The folder for notes, and their flavour: that of the graph if the folder is in one."""
    from gleanings.setup.note_folders import detect_kind

    usual = Path.home() / "gleanings-notes"
    if notes is None and asks:
        echo("2. Where do notes go? A separate folder is safest; - for no notes.")
        answer = click.prompt("   A folder", default=str(usual)).strip()
        if answer == "-":
            return None, "markdown"
        notes = Path(answer)
    folder = (notes or usual).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is not a folder")
    around = next((graph for graph in graphs if folder.is_relative_to(graph)), None)
    return folder, (detect_kind(around) if around else None) or "markdown"


def _choose_token(token_file: Path | None, folder: Path, *, asks: bool) -> tuple[Path | None, str | None]:
    """The file with the token, and the token itself if it has yet to be written there."""
    if token_file is not None:
        return token_file.expanduser().absolute(), None
    if not asks or os.environ.get("READWISE_TOKEN"):
        return None, None
    echo("3. A token for Readwise's API (readwise.io/access_token)? Optional: files are enough.")
    secret = click.prompt(
        "   The token, or Enter for none", default="", hide_input=True, show_default=False
    ).strip()
    if not secret:
        return None, None
    return folder / "readwise-token", secret


def _print_plan(target: Path, answers: Answers, *, as_json: bool) -> None:
    from gleanings.setup.config_template import render_config

    if not as_json:
        echo_text(render_config(answers), nl=False)
        return
    report_json(
        dry_run=True,
        config=str(target),
        db=str(answers.db),
        graphs=[str(graph) for graph in answers.graphs],
        notes=str(answers.notes) if answers.notes else None,
        text=render_config(answers),
    )


def _print_result(target: Path, answers: Answers, *, as_json: bool) -> None:
    graphs = [str(graph) for graph in answers.graphs]
    notes = str(answers.notes) if answers.notes else None
    if as_json:
        report_json(config=str(target), db=str(answers.db), graphs=graphs, notes=notes)
        return
    echo(f"Written: {target}")
    echo(f"It reads {', '.join(graphs)}" + (f" and writes notes to {notes}." if notes else "."))
    echo(f"The store is {answers.db}.")
    echo("Next:")
    echo("  gleanings sync --dry-run    see what would be done")
    echo("  gleanings sync              do it")
    echo("  gleanings schedule          run it automatically")
