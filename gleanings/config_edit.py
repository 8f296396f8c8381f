"""Edits of the configuration's topics that keep the reader's comments and layout."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from export.note_files import write_note
from export.topic_names import fold_name
from gleanings.config import parse_config
from gleanings.config_file import approve, is_trusted
from record_types.errors import BusyError, InputError
from store.backup import drop_leftover_copies, name_temporary

Table = MutableMapping[str, Any]
Edit = Callable[[Table], None]
"""Changes a table of TOML in place; the same function edits a plain dict and tomlkit's document."""


def save_edit(path: Path, edit: Edit, added: Iterable[str] = (), *, dry_run: bool = False) -> str:
    """Apply an edit, add a rule for each of the names `added` at the end, and return the file's new text.

    The file is replaced at once or not at all, and created if it is missing. Raises InputError if the result
    would not say what the edit says.
    """
    target = path.resolve()  # where a link leads, so that the link stays
    try:
        before = target.read_bytes() if target.exists() else None
        after = edit_text((before or b"").decode("utf-8"), edit, added)
        parse_config(after, str(path))
        if dry_run:
            return after
        approves = before is None or is_trusted(path)
        drop_leftover_copies(target.parent)  # of edits that were killed
        temporary = name_temporary(target).name
        done = write_note(target.parent, target.name, after, before, temporary=temporary)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be written: {error}") from None
    except InputError as error:
        raise InputError(f"{error}: nothing was written; edit the file yourself") from None
    if done not in (None, "same"):
        raise BusyError(f"{path} was changed by something else: try again")
    if approves:
        with suppress(InputError):  # which the next command reports
            approve(path)
    return after


def edit_text(text: str, edit: Edit, added: Iterable[str] = ()) -> str:
    """The text of a configuration after an edit, in its own line ends.

    Raises InputError if it cannot be edited.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    expected = _parse(text)
    edit(expected)
    rules = list(added)
    try:
        document = tomlkit.parse(text.replace("\r\n", "\n"))
        edit(document)
        after = _append_rules(tomlkit.dumps(document), rules)
    except (TOMLKitError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"the configuration cannot be edited: {error}") from None
    if rules:
        topics = expected.setdefault("topics", {})
        topics.setdefault("rules", []).extend({"name": name} for name in rules)
    after = after.replace("\n", "\r\n") if "\r\n" in text else after
    if _parse(after) != expected:
        raise InputError("the configuration's layout leaves no place for the change")
    return after


def add_alias(data: Table, name: str, topic: str) -> None:
    """Let `name` stand for `topic`; aliases that led to `name` lead on to `topic`."""
    aliases = data.setdefault("topics", {}).setdefault("aliases", {})
    for other in list(aliases):
        if fold_name(aliases[other]) == fold_name(name):
            aliases[other] = topic
        if fold_name(other) in (fold_name(topic), fold_name(name)):
            del aliases[other]
    if fold_name(name) != fold_name(topic):
        aliases[name] = topic


def rename_rules(data: Table, name: str, topic: str) -> bool:
    """Give the rules of `name` to `topic`; whether there were any."""
    found = False
    for rule in data.get("topics", {}).get("rules", ()):
        for key in ("name", "parent"):
            if fold_name(rule.get(key, "")) == fold_name(name) and rule.get(key):
                rule[key] = topic
                found = found or key == "name"
    return found


def drop_self_parents(data: Table) -> None:
    """Take off parents that have become the topic itself."""
    for rule in data.get("topics", {}).get("rules", ()):
        if rule.get("parent") and fold_name(rule["parent"]) == fold_name(rule["name"]):
            del rule["parent"]


def remove_rules(data: Table, name: str) -> None:
    """Remove the rules of a topic, what leads to it, and itself as a parent."""
    topics = data.get("topics", {})
    rules = topics.get("rules", ())
    for number in reversed(range(len(rules))):
        if fold_name(rules[number].get("name", "")) == fold_name(name):
            del rules[number]
        elif fold_name(rules[number].get("parent", "") or "-") == fold_name(name):
            del rules[number]["parent"]
    if "rules" in topics and not rules:
        del topics["rules"]
    aliases = topics.get("aliases", {})
    for other in [each for each in aliases if fold_name(aliases[each]) == fold_name(name)]:
        del aliases[other]


def add_stop(data: Table, name: str) -> None:
    """Add a name to those that never become a topic."""
    stop = data.setdefault("topics", {}).setdefault("stop", [])
    if fold_name(name) not in map(fold_name, stop):
        stop.append(name)


def remove_stop(data: Table, name: str) -> None:
    """Let a name become a topic again."""
    stop = data.get("topics", {}).get("stop", [])
    for number in reversed(range(len(stop))):
        if fold_name(stop[number]) == fold_name(name):
            del stop[number]


def _append_rules(text: str, names: list[str]) -> str:
    added = "".join(f"\n[[topics.rules]]\nname = {_quote(name)}\n" for name in names)
    end = "" if not text or text.endswith("\n") or not added else "\n"
    return text + end + (added if text else added.lstrip("\n"))


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the configuration is not valid TOML: {error}") from None


def _quote(words: str) -> str:
    """A string of TOML: JSON's, where it holds no DEL."""
    return json.dumps(words.replace("\x7f", ""), ensure_ascii=False)
