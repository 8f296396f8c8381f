"""Render the answers to `gleanings init` as a configuration with comments."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass
from pathlib import Path

from record_types.regular_files import drop_leftover_copies, flush, name_temporary
from store.backup import publish

TEMPLATE = """\
# Configuration of gleanings, written by `gleanings init`. `gleanings config --example` prints every key.

# The SQLite file that holds everything.
db = {db}

[import]
# Graphs, vaults, folders or files to read.
paths = [{paths}]
"""
READWISE = """
[readwise]
# A file that contains only the token for Readwise's API, and that only you can read.
token_file = {token_file}
"""
EXPORT = """
[export]
# Where notes are written.
folder = {folder}
# markdown, logseq or obsidian.
flavour = {flavour}
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to the questions of `gleanings init`; every path is absolute."""

    db: Path
    graphs: tuple[Path, ...]
    notes: Path | None
    """None: no notes are written."""
    flavour: str = "markdown"
    token_file: Path | None = None


def render_config(answers: Answers) -> str:
    """The text of `config.toml`."""
    text = TEMPLATE.format(db=quote(answers.db), paths=", ".join(quote(graph) for graph in answers.graphs))
    if answers.token_file is not None:
        text += READWISE.format(token_file=quote(answers.token_file))
    if answers.notes is not None:
        text += EXPORT.format(folder=quote(answers.notes), flavour=json.dumps(answers.flavour))
    return text


def quote(path: Path) -> str:
    """A path as a TOML string, whose escapes are the same as JSON's."""
    return json.dumps(str(path), ensure_ascii=False).replace("\x7f", "\\u007f")


def write_new(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write a new file, whole or not at all. Raises FileExistsError if it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    drop_leftover_copies(path.parent)
    temporary = name_temporary(path)
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(text.encode())
        flush(temporary)
        if path.exists() or path.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        publish(temporary, path)
        flush(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
