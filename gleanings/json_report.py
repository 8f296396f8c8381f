"""What `--json` prints: one object per command, with all of its keys each time (docs/json.md)."""

from __future__ import annotations

import codecs
import copy
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from gleanings.terminal import echo_text, escape_json

_COUNTS = {"added": 0, "changed": 0, "unchanged": 0, "removed": 0, "skipped": 0}
_LINK_RESULTS = {
    **dict.fromkeys(("resolved", "media", "self", "tweet", "unsafe", "gone", "loop", "invalid"), 0),
    **dict.fromkeys(("failed", "not_asked"), 0),
}
_PICTURE_RESULTS = dict.fromkeys(("fetched", "gone", "refused", "given_up", "failed", "not_asked"), 0)
_NOTE_ACTIONS = dict.fromkeys(
    (
        *("create", "update", "merge", "move", "remove", "same", "adopt"),
        *("edited", "deleted", "foreign", "changed", "unsettled", "refused", "held"),
    ),
    0,
)
_PAGES: dict[str, Any] = {"by_dialect": [], "not_read": {"not_read": 0, "unreadable": 0}}
_TOPICS_EDIT: dict[str, Any] = {
    "config": None,
    "dry_run": False,
    "into": None,
    "added": [],
    "merged": [],
    "dropped": [],
    "renamed": [],
}
_UNDO = {"undone": False, "dry_run": False, "run": None, **_COUNTS, "backup": None, "message": None}

EMPTY: dict[str, dict[str, Any]] = {
    "init": {
        "dry_run": False,
        "config": None,
        "db": None,
        "graphs": [],
        "found": [],
        "notes": None,
        "text": None,
    },
    "config": {"mode": None, "path": None, "config": None, "problem": None, "problems": [], "text": None},
    "config allow": {"path": None},
    "import": {
        "source": None,
        "status": None,
        "dry_run": False,
        **_COUNTS,
        "files": {"read": 0, "unchanged": 0, "gone": 0, "not_highlights": 0, "repaired": 0},
        "books": {"read": 0, "unchanged": 0, "gone": 0},
        "pages": _PAGES,
        "problems": 0,
    },
    "expand": {
        "dry_run": False,
        "due": 0,
        "interrupted": False,
        "outcomes": _LINK_RESULTS,
        "hosts": [],
        "pictures": {"due": 0, "outcomes": _PICTURE_RESULTS, "hosts": []},
        "healed": 0,
    },
    "links export": {"file": None, "links": 0, "dry_run": False},
    "links import": {"file": None, "rows": 0, "added": 0, "resolved": 0, "refused": [], "dry_run": False},
    "links rebuild-keys": {"resources": 0, "changed": 0, "united": 0, "dry_run": False},
    "topics": {"topic": None, "topics": [], "members": [], "dry_run": False},
    "topics suggest": {
        "suggestions": [],
        "merges": [],
        "members": [],
        "without_topic": 0,
        "without_topic_if_accepted": 0,
    },
    **{f"topics {edit}": _TOPICS_EDIT for edit in ("add", "accept", "merge", "drop", "rename")},
    "export": {
        "dry_run": False,
        "folder": None,
        "templates": None,
        "parquet": None,
        "library": None,
        "tables": [],
        "files": _NOTE_ACTIONS,
        "removed": [],
        "restored": [],
        "left_alone": [],
        "kept_aside": [],
        "withheld": [],
    },
    "search": {"query": None, "highlights": [], "resources": [], "related": []},
    "sync": {"db": None, "dry_run": False, "seconds": 0.0, "steps": []},
    "watch": {"db": None, "runs": 0},
    "schedule": {"mode": None, "kind": None, "dry_run": False, "files": [], "changed": []},
    "versions": {"versions": []},
    "undo": _UNDO,
    "redo": _UNDO,
    "serve": {"url": None},
    "mcp": {},
    "backup": {
        "dry_run": False,
        "file": None,
        "bytes": 0,
        "pictures": 0,
        "lost_pictures": 0,
        "dropped": [],
    },
    "restore": {
        "dry_run": False,
        "backup": None,
        "db": None,
        "kept": None,
        "bytes": 0,
        "pictures": 0,
        "lost_pictures": 0,
    },
    "status": {
        "db": None,
        "counts": {},
        "links": dict.fromkeys(
            ("pending", "resolved", "media", "self", "tweet", "unsafe", "gone", "loop", "invalid"), 0
        ),
        "due": 0,
        "pictures": dict.fromkeys(
            ("pending", "ok", "skipped", "blocked", "gone", "dns", "tls", "timeout", "error"), 0
        ),
        "pictures_due": 0,
        "pages": _PAGES,
        "trouble": {},
        "problems": [],
        "runs": [],
        "sync": {"last": None, "last_done": None},
    },
    "doctor": {"db": None, "findings": []},
}
"""Command → its keys, each with the value that it has when there is nothing to report."""

_PRINTED = "printed"


def report_json(**values: Any) -> None:
    """Keep what `--json` prints when the command ends: only then is its exit code known."""
    click.get_current_context().obj.update(values)


def print_now(**values: Any) -> None:
    """Print the object of a command that keeps running, such as `serve`."""
    _print(complete(name_command(sys.argv[1:]), values, exit_code=0))
    click.get_current_context().obj[_PRINTED] = True


def print_report(
    values: Mapping[str, Any], arguments: Sequence[str], *, exit_code: int, error: str | None
) -> None:
    """Print the object of a command that has ended, if `--json` was given and it was not printed before."""
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    name = name_command(words)
    if "--json" not in words or _PRINTED in values:
        return
    if name == "mcp" and error is None:  # standard output belonged to the protocol
        return
    _print(complete(name, values, exit_code=exit_code, error=error))


def complete(
    name: str, values: Mapping[str, Any], *, exit_code: int, error: str | None = None
) -> dict[str, Any]:
    """All keys of a command, in order and empty where `values` has none; then `error` and `exit`."""
    filled = _fill(EMPTY.get(name, {}), values)
    return {"command": name, **filled, "error": error, "exit": exit_code}


def name_command(arguments: Sequence[str]) -> str:
    """The command that the arguments call, such as `topics add`; empty if they call none."""
    first, *rest = [word for word in arguments if not word.startswith("-")] or [""]
    return next((f"{first} {word}" for word in rest if f"{first} {word}" in EMPTY), first)


def _fill(empty: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    given = {key.replace(" ", "_").replace("-", "_"): value for key, value in values.items()}
    filled = {
        key: _fill(value, given[key]) if isinstance(value, dict) and key in given else given.get(key, value)
        for key, value in copy.deepcopy(dict(empty)).items()
    }
    return filled | {key: value for key, value in given.items() if key not in filled}


def _print(value: Mapping[str, Any]) -> None:
    # In an encoding other than UTF-8, characters that it lacks would be replaced by something that is not
    # JSON.
    is_utf8 = codecs.lookup(sys.stdout.encoding or "ascii").name.startswith("utf-8")
    echo_text(escape_json(json.dumps(value, ensure_ascii=not is_utf8, indent=2)))
