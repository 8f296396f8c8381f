"""Copies of pictures: the folder they go to, and links from notes to them instead of to the web.

Logseq keeps pictures in `assets/` and links to them as `../assets/<name>`. Obsidian's setting is
`attachmentFolderPath` in `.obsidian/app.json`: a folder of the vault, `/` for the vault itself, or `./…`
for a folder beside each note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from export.note_places import Flavour
from markdown_text.code import can_shield, shield_code, unshield_code
from record_types.errors import InputError
from record_types.regular_files import read_regular

FOLDERS: Mapping[Flavour, str] = {"logseq": "assets", "obsidian": "attachments", "markdown": "media"}

_PICTURE = re.compile(
    r"(?<!\\)(!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*+\]\()([^()\s]*+(?:\([^()\s]*\)[^()\s]*)*+)(?=[\s)])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_NAME = re.compile(r"(?:[0-9a-f]{64}|[0-9a-f]{16})\.[a-z]{3,4}")


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Where the pictures of an export go."""

    root: Path
    """The export folder, or the vault that contains it; nothing is written outside."""
    path: str
    """Below the root, with `/`."""
    shown: str
    """The same relative to the export folder; it may begin with `../`."""


def find_picture_folder(target: Path, flavour: Flavour, chosen: str = "") -> PictureFolder:
    """Find the picture folder of an export to `target` (absolute): `chosen` below it, or a default.

    The default depends on the flavour; in a vault it is Obsidian's own folder for attachments, if all
    notes share one.
    Raises InputError if `chosen` is not below the export folder.
    """
    if chosen:
        path = _read_path(chosen)
        if path is None:
            raise InputError(f"[media] folder: {chosen!r} is not a folder below the export folder")
        return PictureFolder(target, path, path)
    vault = _find_vault(target) if flavour == "obsidian" else None
    attachments = _read_path(_read_attachments(vault)) if vault else None
    if vault is None or attachments is None:
        return PictureFolder(target, FOLDERS[flavour], FOLDERS[flavour])
    up = "../" * len(target.relative_to(vault).parts)
    return PictureFolder(vault, attachments, up + attachments)


def climb(folder: str) -> str:
    """The path from a folder back up to the export folder: `../` for each of its parts."""
    return "../" * (folder.count("/") + 1) if folder else ""


def point_at_copies(text: str, pictures: Mapping[str, str], up: str) -> str:
    """Replace the address of each picture that has a copy with the path to the copy.

    `pictures`: address → path relative to the export folder; `up` leads there from the note. Code and
    pictures without a copy are unchanged.
    """
    if not pictures or "![" not in text or not can_shield(text):
        return text

    def point(match: re.Match[str]) -> str:
        path = pictures.get(match[2]) or pictures.get(_ESCAPE.sub(r"\1", unescape(match[2])))
        return match[0] if path is None else match[1] + quote(up + path)

    prose, code = shield_code(text)
    return unshield_code(_PICTURE.sub(point, prose), code)


def find_names(texts: Iterable[str]) -> set[str]:
    """Find the file names of copies that these texts may show."""
    return {name for text in texts if "![" in text for name in _NAME.findall(text)}


def _find_vault(folder: Path) -> Path | None:
    """The vault that a folder is or is part of."""
    return next((each for each in (folder, *folder.parents) if (each / ".obsidian").is_dir()), None)


def _read_attachments(vault: Path) -> str:
    """The vault's setting for attachments; empty if it is unset, unreadable or relative to each note."""
    try:
        settings = json.loads(read_regular(vault / ".obsidian" / "app.json"))
    except (OSError, ValueError):
        return ""
    found = settings.get("attachmentFolderPath") if isinstance(settings, dict) else None
    return found if isinstance(found, str) and not found.startswith("./") else ""


def _read_path(text: str) -> str | None:
    """Normalize the path of a subfolder, with `/`; None if it is not below its parent."""
    parts = PurePosixPath(text.strip()).parts
    if not parts or text.strip().startswith("/") or ".." in parts or "\\" in text or "\0" in text:
        return None
    return None if ":" in parts[0] else "/".join(parts)
