"""Parse the tables of a configuration into records; errors name file, line and the nearest known key."""

from __future__ import annotations

import re
import tomllib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from typing import Any

from record_types.errors import InputError
from record_types.library import TopicRule

_NO_MEANING = "topics find highlights without it; delete the line (`precision` sets how certain they must be)"
GONE = {"meaning": _NO_MEANING, "meaning_threshold": _NO_MEANING}
"""Keys of earlier versions, with what to do about them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file a table is, for messages."""

    name: str
    text: str
    choices: Mapping[str, tuple[str, ...]]
    """The keys that take one of a few values."""
    start: int = 0
    """Offset of the table's header; 0 for the whole file."""
    section: str = ""

    def at(self, key: str) -> str:
        """`file:line` of `key` in this section."""
        return self._from(key).here()

    def _from(self, key: str) -> Place:
        match = re.compile(rf"^[ \t]*\[?[\"']?{re.escape(key)}\b", re.MULTILINE).search(self.text, self.start)
        return replace(self, start=match.start()) if match else self

    def here(self) -> str:
        """`file:line` of this table."""
        return f"{self.name}:{self.text.count(chr(10), 0, self.start) + 1}"

    def table(self, key: str) -> Place:
        """The place of the section `[key]`."""
        return replace(self, start=max(self.text.find(f"[{key}]"), 0), section=key)

    def item(self, key: str, number: int) -> Place:
        """The place of the `number`th (from 0) `[[section.key]]`; that of `key` if the tables are inline."""
        header = rf"^[ \t]*\[\[[ \t]*{re.escape(self.section)}[ \t]*\.[ \t]*{re.escape(key)}[ \t]*\]\]"
        starts = [match.start() for match in re.finditer(header, self.text, re.MULTILINE)]
        return replace(self, start=starts[number]) if number < len(starts) else self._from(key)


def parse_toml(text: str) -> dict[str, Any]:
    """The tables in `text`. Raises ValueError if it is not TOML or is nested too deeply."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def build_record(kind: type[Any], table: Mapping[str, Any], place: Place) -> Any:
    """A record of `kind` with the values of `table`, and defaults for the rest. Raises InputError.

    A field with a record as `each` in its metadata takes a list of tables.
    """
    known = {each.name.rstrip("_"): each for each in fields(kind)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            if key in GONE:
                raise InputError(f"{place.at(key)}: `{key}` no longer exists: {GONE[key]}")
            hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
            raise InputError(f"{place.at(key)}: unknown key `{key}`; {hint}")
        make = known[key].default_factory
        default = make() if callable(make) else known[key].default
        if is_dataclass(default):
            if not isinstance(value, dict):
                raise InputError(f"{place.at(key)}: `{key}` is a section: write [{key}]")
            values[known[key].name] = build_record(type(default), value, place.table(key))
        elif "each" in known[key].metadata:
            values[known[key].name] = _build_list(known[key].metadata["each"], key, value, place)
        else:
            values[known[key].name] = _check_value(key, value, default, place)
    return kind(**values)


def _build_list(kind: type[Any], key: str, value: Any, place: Place) -> tuple[Any, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InputError(f"{place.at(key)}: `{key}` takes tables: write [[{place.section}.{key}]]")
    return tuple(build_record(kind, each, place.item(key, number)) for number, each in enumerate(value))


def _check_value(key: str, value: Any, default: Any, place: Place) -> Any:
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            unknown = [each for each in value if each not in place.choices.get(key, value)]
            if unknown:
                raise InputError(f"{place.at(key)}: `{key}` is a list of {', '.join(place.choices[key])}")
            return tuple(value)
        raise InputError(f"{place.at(key)}: `{key}` takes a list of strings")
    if isinstance(default, dict):
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return value
        raise InputError(f"{place.at(key)}: `{key}` takes a table of strings")
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(default):
        words = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
        raise InputError(f"{place.at(key)}: `{key}` takes {words[type(default)]}")
    if not isinstance(value, (bool, str)) and value < 0:
        raise InputError(f"{place.at(key)}: `{key}` cannot be negative")
    if key in place.choices and value not in place.choices[key]:
        raise InputError(f"{place.at(key)}: `{key}` is one of {', '.join(filter(None, place.choices[key]))}")
    return value


def check_topics(precision: float, rules: Sequence[TopicRule], place: Place) -> None:
    """Raise InputError for the first value that cannot be used; `place` is that of the section `[topics]`."""
    if not 0.8 <= precision <= 1:
        raise InputError(f"{place.at('precision')}: `precision` must be between 0.8 and 1")
    for number, rule in enumerate(rules):
        _check_rule(rule, place.item("rules", number))
    _check_parents(rules, place)


def _check_rule(rule: TopicRule, place: Place) -> None:
    if not rule.name.strip():
        raise InputError(f"{place.here()}: a rule needs a `name`, that of its topic")
    for key in [each.name for each in fields(TopicRule) if each.name not in ("name", "query", "parent")]:
        if any(not value.strip() for value in getattr(rule, key)):
            raise InputError(f"{place.at(key)}: `{key}` contains an empty string")
    for pattern in rule.patterns:
        if error := check_pattern(pattern):
            raise InputError(f"{place.at('patterns')}: the pattern `{pattern}` {error}")


def check_pattern(pattern: str) -> str | None:
    """What is wrong with a regular expression; None if it can be used."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a change of syntax in a later Python is not an error today
            compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression: {error}"
    return "matches an empty text" if compiled.search("") else None


def _check_parents(rules: Sequence[TopicRule], place: Place) -> None:
    parents: dict[str, str] = {}
    for number, rule in enumerate(rules):
        if not rule.parent.strip():
            continue
        name, at = _fold(rule.name), place.item("rules", number).at("parent")
        if parents.setdefault(name, _fold(rule.parent)) != _fold(rule.parent):
            raise InputError(f"{at}: {rule.name} already has another `parent`: {parents[name]}")
        path = [name]
        while path[-1] in parents:
            path.append(parents[path[-1]])
            if path[-1] in path[:-1]:
                raise InputError(f"{at}: `parent` is circular: {' → '.join(path)}")


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
