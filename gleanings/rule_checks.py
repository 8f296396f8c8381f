"""What a rule of the configuration must hold beside the right types; mistakes name file and line."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import fields

from gleanings.config_parser import Place
from record_types.errors import InputError
from record_types.rules import TopicRule


def check_rules(rules: Sequence[TopicRule], place: Place) -> None:
    """Raise InputError for the first rule that cannot be used; `place` is that of the section `[topics]`."""
    for number, rule in enumerate(rules):
        _check_rule(rule, place.item("rules", number))
    _check_parents(rules, place)


def _check_rule(rule: TopicRule, place: Place) -> None:
    if not rule.name.strip():
        raise InputError(f"{place.here()}: a rule needs a `name`, the topic's")
    for key in [each.name for each in fields(TopicRule) if each.name not in ("name", "query", "parent")]:
        if any(not value.strip() for value in getattr(rule, key)):
            raise InputError(f"{place.at(key)}: `{key}` holds an empty string")
    for pattern in rule.patterns:
        if trouble := find_trouble(pattern):
            raise InputError(f"{place.at('patterns')}: the pattern `{pattern}` {trouble}")


def find_trouble(pattern: str) -> str | None:
    """What is wrong with a regular expression, None where it can be used."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a later Python may read otherwise is no trouble today
            compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression: {error}"
    return "matches even where there is no text" if compiled.search("") else None


def _check_parents(rules: Sequence[TopicRule], place: Place) -> None:
    parents: dict[str, str] = {}
    for number, rule in enumerate(rules):
        if not rule.parent.strip():
            continue
        name, at = _key(rule.name), place.item("rules", number).at("parent")
        if parents.setdefault(name, _key(rule.parent)) != _key(rule.parent):
            raise InputError(f"{at}: {rule.name} has another `parent` already: {parents[name]}")
        path = [name]
        while path[-1] in parents:
            path.append(parents[path[-1]])
            if path[-1] in path[:-1]:
                raise InputError(f"{at}: `parent` goes in a circle: {' → '.join(path)}")


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
