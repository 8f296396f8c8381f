"""Edits of the configuration's topics that keep the reader's comments and layout."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from export.note_files import write_note
from export.topic_names import fold_name
from gleanings.config import parse_config
from gleanings.config_file import approve, is_trusted
from gleanings.config_parser import parse_toml
from record_types.errors import BusyError, InputError
from record_types.regular_files import drop_leftover_copies, name_temporary

Table = MutableMapping[str, Any]
_RULE = re.compile(r"^[ \t]*\[\[[ \t]*topics[ \t]*\.[ \t]*rules[ \t]*\]\]", re.MULTILINE)
_TABLE = re.compile(r"(?:\n[ \t]*(?:#[^\n]*)?)*\n[ \t]*\[")
"""The beginning of a table, with the comments and blank lines above it."""

Edit = Callable[[Table], None]
"""Changes a table of TOML in place; the same function edits a plain dict and tomlkit's document."""


def save_edit(path: Path, edit: Edit, added: Iterable[str] = (), *, dry_run: bool = False) -> str:
    """Apply an edit, add a rule for each of the names `added` at the end, and return the file's new text.

    The file is replaced at once or not at all, and created if it is missing. Raises InputError if the result
    does not match the edit.
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
    """The text of a configuration after an edit, with its own line endings.

    Raises InputError if it cannot be edited.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    expected = _parse(text)
    before = _list_rules(expected)
    edit(expected)
    kept = [any(rule is each for each in _list_rules(expected)) for rule in before]
    rules = list(added)
    try:
        document = tomlkit.parse(_cut_rules(text.replace("\r\n", "\n"), kept))
        edit(document)
        edited = tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"the configuration cannot be edited: {error}") from None
    if rules:
        topics = expected.setdefault("topics", {})
        topics.setdefault("rules", []).extend({"name": name} for name in rules)
    for place in (_find_end_of_rules(edited), len(edited)):
        after = _insert_rules(edited, rules, place)
        after = after.replace("\n", "\r\n") if "\r\n" in text else after
        with suppress(InputError):  # the place was inside a value
            if _parse(after) == expected:
                return after
    raise InputError("the configuration's layout leaves no place for the change")


def add_alias(data: Table, name: str, topic: str) -> None:
    """Let `name` stand for `topic`; aliases that led to `name` lead on to `topic`."""
    topics = data.setdefault("topics", {})
    aliases = topics.get("aliases", {})
    for other in list(aliases):
        if fold_name(aliases[other]) == fold_name(name):
            aliases[other] = topic
        if fold_name(other) in (fold_name(topic), fold_name(name)):
            del aliases[other]
    if fold_name(name) == fold_name(topic):
        return
    if "aliases" in topics:
        aliases[name] = topic
    else:  # whole: tomlkit loses what is put later into a new part of a table that is in several places
        topics["aliases"] = {name: topic}


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
    """Remove parents that have become the topic itself."""
    for rule in data.get("topics", {}).get("rules", ()):
        if rule.get("parent") and fold_name(rule["parent"]) == fold_name(rule["name"]):
            del rule["parent"]


def drop_bare_twins(data: Table) -> None:
    """Remove rules that have only a name if another rule has it too."""
    rules = data.get("topics", {}).get("rules", ())
    for number in reversed(range(len(rules))):
        name = fold_name(rules[number].get("name", ""))
        has_twin = sum(fold_name(each.get("name", "")) == name for each in rules) > 1
        if has_twin and set(rules[number]) == {"name"}:
            del rules[number]


def remove_rules(data: Table, name: str) -> None:
    """Remove the rules of a topic, its aliases, and its uses as a parent."""
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
    topics = data.setdefault("topics", {})
    if "stop" not in topics:
        topics["stop"] = [name]
    elif fold_name(name) not in map(fold_name, topics["stop"]):
        topics["stop"].append(name)


def remove_stop(data: Table, name: str) -> None:
    """Let a name become a topic again."""
    stop = data.get("topics", {}).get("stop", [])
    for number in reversed(range(len(stop))):
        if fold_name(stop[number]) == fold_name(name):
            del stop[number]


def _list_rules(data: Table) -> list[Table]:
    return list(data.get("topics", {}).get("rules", ()))


def _cut_rules(text: str, kept: Sequence[bool]) -> str:
    """Cut out the rules that are not kept, but not the comments below them, which tomlkit would remove."""
    begins = list(_RULE.finditer(text))
    if all(kept) or len(begins) != len(kept):
        return text
    after = text
    for begin, is_kept in reversed(list(zip(begins, kept, strict=True))):
        if not is_kept:
            following = _TABLE.search(after, begin.end())
            after = after[: begin.start()] + (after[following.start() + 1 :] if following else "")
    left = [rule for rule, is_kept in zip(_list_rules(_parse(text)), kept, strict=True) if is_kept]
    with suppress(InputError):  # a value that looks like a table
        return after if _list_rules(_parse(after)) == left else text
    return text


def _insert_rules(text: str, names: list[str], place: int) -> str:
    before, behind = text[:place], text[place:]
    added = "".join(f"\n[[topics.rules]]\nname = {_quote(name)}\n" for name in names)
    end = "" if not before or before.endswith("\n") or not added else "\n"
    return before + end + (added if before else added.lstrip("\n")) + behind


def _find_end_of_rules(text: str) -> int:
    """The offset just past the last rule: rules in separate places could not be removed later."""
    rules = list(_RULE.finditer(text))
    following = _TABLE.search(text, rules[-1].end()) if rules else None
    return following.start() + 1 if following else len(text)


def _parse(text: str) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except ValueError as error:
        raise InputError(f"the configuration is not valid TOML: {error}") from None


def _quote(words: str) -> str:
    """A TOML string: the same as in JSON, except for DEL."""
    return json.dumps(words.replace("\x7f", ""), ensure_ascii=False)
