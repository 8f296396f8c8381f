"""`gleanings init`: ask three questions and write a configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from gleanings.config import ReadwiseConfig
from gleanings.config_file import HERE, approve, find_user_folder
from gleanings.json_report import report_json
from gleanings.options import GivenOptions, common_options, find_near
from gleanings.setup.config_template import Answers, render_config, write_new
from gleanings.setup.note_folders import describe_places, detect_kind, find_note_folders
from gleanings.steps.readwise_client import find_token, make_secret
from gleanings.terminal import count_as, echo, echo_text, warn
from ingest.folder import find_sources
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
    given: GivenOptions,
) -> int:
    """Write a configuration: where is the graph, where do notes go, is there an API token?

    It looks for Logseq graphs and Obsidian vaults in the usual places and asks which to use. Options and
    --yes answer questions in advance; every answer is checked. The configuration is written to your own
    configuration folder, or to --config; an existing one is never overwritten. --dry-run prints it instead.

    \b
      gleanings init
      gleanings init --graph ~/Documents/my-graph --notes ~/reading --yes
    """
    target = (given.config or find_target()).expanduser().absolute()
    if target.exists():
        raise InputError(f"{target} already exists: edit it, or name another --config")
    asks = not yes and sys.stdin.isatty()
    if not (yes or asks or graphs):
        raise InputError("no terminal to ask questions on: use --graph and --notes, or --yes")
    if asks:
        echo(f"Three questions for a new configuration, {target}.")
    chosen = graphs or _choose_graphs(asks=asks)
    found = [_check_graph(path) for path in chosen]
    chosen = tuple(each.path for each in found)
    folder, flavour = (None, "markdown") if no_notes else _choose_notes(notes, chosen, asks=asks)
    token, secret = _choose_token(token_file, target.parent, asks=asks)
    store = (given.db.expanduser() if given.db else find_store()).absolute()
    _check_store(store)
    answers = Answers(store, chosen, folder, flavour, token)
    if given.dry_run:
        _print_plan(target, answers, found, as_json=given.as_json)
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
    print_result(target, answers, found, as_json=given.as_json)
    return 0


def find_target() -> Path:
    """The configuration that is found from any folder: $GLEANINGS_CONFIG or the user's own."""
    named = os.environ.get("GLEANINGS_CONFIG")
    return Path(named) if named else find_user_folder() / HERE.name


def find_store() -> Path:
    """The store that is found from any folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir("gleanings", appauthor=False), "gleanings.db")


class Given(NamedTuple):
    """A graph, vault, folder or file to import, which has been checked."""

    path: Path
    """Absolute."""
    kind: str
    """`Logseq graph`, `Obsidian vault`, `folder` or `file`."""
    files: int
    """The files in it that an import would open."""


def _check_graph(path: Path) -> Given:
    """What is at a path. Raises InputError if nothing can be imported from it."""
    from ingest.source import read_source

    given = path.expanduser().absolute()
    if not given.exists():
        near = find_near(given)
        raise InputError(f"{path} does not exist" + (f"; did you mean {near}?" if near else ""))
    sources = find_sources(given)
    if not sources.is_folder and read_source(sources.stamps[0], sources.settings).dialect is None:
        raise InputError(f"{path} is not a page of highlights, nor another program's export that can be read")
    kinds = {"logseq": "Logseq graph", "obsidian": "Obsidian vault", None: "folder"}
    kind = kinds[detect_kind(given)] if sources.is_folder else "file"
    return Given(given, kind, len(sources.stamps))


def _check_store(store: Path) -> None:
    """Raise InputError for an existing file that is not a database: it would only be noticed later."""
    if store.is_dir():
        raise InputError(f"{store} is a folder; --db names a file")
    if store.is_file() and store.stat().st_size:
        with store.open("rb") as file:
            if not file.read(16).startswith(b"SQLite format 3"):
                raise InputError(f"{store} exists and is not a gleanings database")


def _choose_graphs(*, asks: bool) -> tuple[Path, ...]:
    folders = find_note_folders(Path.home())[:MAX_FOLDERS]
    if not folders:
        nothing = f"found no Logseq graph and no Obsidian vault. Looked in {describe_places(Path.home())}"
        if not asks:
            raise InputError(f"{nothing}. Name yours, or a folder of exports: gleanings init --graph FOLDER")
        echo(f"   {nothing[0].upper()}{nothing[1:]}.")
    if not asks:
        return (folders[0].folder,)
    echo("1. Where is the graph (or vault, or folder)?")
    for number, found in enumerate(folders, 1):
        echo(f"   {number}  {_describe(found)}")
    while True:
        answer = click.prompt("   A number or a path", default="1" if folders else None).strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(folders):
            return (folders[int(answer) - 1].folder,)
        try:
            return (_check_graph(Path(answer)).path,)
        except InputError as error:
            echo(f"   {error}")


def _describe(found: NoteFolder) -> str:
    return f"{found.folder}  ({found.kind}, {count_as(found.pages, 'page')})"


def _choose_notes(notes: Path | None, graphs: tuple[Path, ...], *, asks: bool) -> tuple[Path | None, str]:
    """The folder for notes, and their flavour: that of the graph if the folder is in one."""
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
        path = token_file.expanduser().absolute()
        find_token(ReadwiseConfig(token_file=str(path)), {})  # raises InputError if it holds no token
        return path, None
    if os.environ.get("READWISE_TOKEN"):
        return None, None
    kept = folder / "readwise-token"
    with suppress(InputError):  # of an `init` that was killed before it wrote the configuration
        if kept.exists() and find_token(ReadwiseConfig(token_file=str(kept)), {}):
            echo(f"The token for Readwise's API is in {kept}.", err=True)
            return kept, None
    if not asks:
        return None, None
    echo("3. A token for Readwise's API (readwise.io/access_token)? Optional: files are enough.")
    while True:
        secret = click.prompt(
            "   The token, or Enter for none", default="", hide_input=True, show_default=False
        ).strip()
        if not secret:
            return None, None
        try:
            make_secret(secret, "   What you typed")
        except InputError as error:
            echo(str(error))
        else:
            return kept, secret


def _print_plan(target: Path, answers: Answers, found: Sequence[Given], *, as_json: bool) -> None:
    if as_json:
        _report(target, answers, found, dry_run=True, text=render_config(answers))
        return
    warn(f"Would be written: {target}")
    echo_text(render_config(answers), nl=False)


def _report(target: Path, answers: Answers, found: Sequence[Given], **more: object) -> None:
    report_json(
        config=str(target),
        db=str(answers.db),
        graphs=[str(graph) for graph in answers.graphs],
        found=[{"path": str(each.path), "kind": each.kind, "files": each.files} for each in found],
        notes=str(answers.notes) if answers.notes else None,
        **more,
    )


def print_result(target: Path, answers: Answers, found: Sequence[Given], *, as_json: bool) -> None:
    """Print what was written, what it reads, and what to do next."""
    if as_json:
        _report(target, answers, found)
        return
    echo(f"Written: {target}")
    for each in found:
        empty = "" if each.files else ": nothing to import yet"
        echo(f"It reads {each.path} ({each.kind}, {count_as(each.files, 'file')}){empty}.")
    echo(f"It writes notes to {answers.notes}." if answers.notes else "It writes no notes.")
    echo(f"The store is {answers.db}.")
    echo("Next:")
    echo("  gleanings sync --dry-run    see what would be done")
    echo("  gleanings sync              do it")
    echo("  gleanings schedule          run it automatically")
