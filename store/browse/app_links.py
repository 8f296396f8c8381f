"""Links that open a document's page in Logseq or Obsidian, on the machine that has the files."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

files_of_document = """
select f.root, f.path from document_appearances as da join files as f on f.id = da.file_id
where da.document_id = :id and f.gone_at is null order by f.id limit 5
"""


class AppLink(NamedTuple):
    """A link to a page in the reader's own notes."""

    app: str
    url: str


def find_app_links(db: sqlite3.Connection, document: int) -> list[AppLink]:
    """The pages of a document in the graphs and vaults that exist on this machine, one for each app."""
    found: dict[str, AppLink] = {}
    for root, path in db.execute(files_of_document, {"id": document}):
        if "\0" not in root + path and len(root + path) < 4_000:
            link = make_app_link(Path(root) / path)
            if link:
                found.setdefault(link.app, link)
    return list(found.values())


def make_app_link(file: Path) -> AppLink | None:
    """The link that opens `file`; None if it is gone or in no graph and no vault."""
    try:
        if file.suffix != ".md" or not file.is_file():
            return None
        for folder in file.parents:
            if (folder / ".obsidian").is_dir():
                name = file.relative_to(folder).with_suffix("").as_posix()
                return AppLink("Obsidian", f"obsidian://open?vault={_part(folder.name)}&file={_part(name)}")
            if (folder / "logseq").is_dir():
                page = unquote(file.stem.replace("___", "/"))
                return AppLink("Logseq", f"logseq://graph/{_part(folder.name)}?page={_part(page)}")
    except OSError:
        return None
    return None


def _part(text: str) -> str:
    return quote(text, safe="")
