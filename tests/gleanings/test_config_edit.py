"""Edits of the configuration's topics: rules, aliases and stopped names, on plain tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gleanings.config import parse_config
from gleanings.config_edit import (
    Table,
    add_alias,
    add_stop,
    drop_bare_twins,
    drop_self_parents,
    edit_text,
    remove_rules,
    remove_stop,
    rename_rules,
    save_edit,
)
from record_types.errors import BusyError, InputError


def rule(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


@pytest.mark.parametrize(
    ("before", "name", "topic", "after"),
    [
        ({}, "nap", "Sleep", {"nap": "Sleep"}),
        ({"x": "Y"}, "nap", "Sleep", {"x": "Y", "nap": "Sleep"}),
        ({"doze": "Nap", "x": "Y"}, "nap", "Sleep", {"doze": "Sleep", "x": "Y", "nap": "Sleep"}),
        ({"Naps": "rest"}, "nap", "Sleep", {"nap": "Sleep"}),
        ({"sleep": "Nap"}, "nap", "Sleep", {"nap": "Sleep"}),
        ({"sleep": "x"}, "SLEEP", "Sleep", {}),
        ({"x": "sleep"}, "SLEEP", "Sleep", {"x": "Sleep"}),
    ],
)
def test_aliases_of_aliases_lead_to_the_topic(
    before: dict[str, str], name: str, topic: str, after: dict[str, str]
) -> None:
    data = {"topics": {"aliases": dict(before)}}
    add_alias(data, name, topic)
    assert data == {"topics": {"aliases": after}}


def test_the_first_alias_makes_its_table() -> None:
    data: dict[str, Any] = {}
    add_alias(data, "nap", "Nap")
    assert data == {"topics": {}}
    add_alias(data, "nap", "Sleep")
    assert data == {"topics": {"aliases": {"nap": "Sleep"}}}


def test_rules_are_renamed_with_the_parents_of_others() -> None:
    data = {"topics": {"rules": [rule("nap"), rule("Doze", parent="Naps"), rule("x", parent="")]}}
    assert rename_rules(data, "naps", "Rest")
    assert data["topics"]["rules"] == [rule("Rest"), rule("Doze", parent="Rest"), rule("x", parent="")]
    assert not rename_rules({"topics": {"rules": [rule("a", parent="nap")]}}, "nap", "Rest")
    assert not rename_rules({}, "nap", "Rest")
    assert not rename_rules({"topics": {"rules": [{"phrases": ["x"]}]}}, "", "Rest")


def test_no_topic_is_its_own_parent_and_no_bare_rule_is_written_twice() -> None:
    data = {"topics": {"rules": [rule("a", parent="A"), rule("b", parent="a"), rule("c")]}}
    drop_self_parents(data)
    assert data["topics"]["rules"] == [rule("a"), rule("b", parent="a"), rule("c")]
    data = {"topics": {"rules": [rule("a"), rule("A", phrases=["x"]), rule("b"), rule("B"), rule("c")]}}
    drop_bare_twins(data)
    assert data["topics"]["rules"] == [rule("A", phrases=["x"]), rule("b"), rule("c")]
    for function in (drop_self_parents, drop_bare_twins):
        empty: dict[str, Any] = {}
        function(empty)
        assert empty == {}


def test_a_removed_topic_is_not_a_parent_and_nothing_leads_to_it() -> None:
    data: dict[str, Any] = {
        "topics": {
            "rules": [
                rule("nap"),
                rule("Naps", phrases=["x"]),
                rule("a", parent="nap"),
                rule("b", parent="c"),
                rule("d"),
            ],
            "aliases": {"x": "Nap", "y": "z"},
        }
    }
    remove_rules(data, "nap")
    assert data["topics"] == {"rules": [rule("a"), rule("b", parent="c"), rule("d")], "aliases": {"y": "z"}}
    data = {"topics": {"rules": [rule("nap")]}}
    remove_rules(data, "nap")
    assert data == {"topics": {}}
    remove_rules(data, "nap")
    assert data == {"topics": {}}


def test_names_are_stopped_once_and_allowed_again() -> None:
    data: dict[str, Any] = {}
    for name in ("a", "b", "A", "b"):
        add_stop(data, name)
    assert data == {"topics": {"stop": ["a", "b"]}}
    data["topics"]["stop"].append("B")
    remove_stop(data, "b")
    assert data == {"topics": {"stop": ["a"]}}
    remove_stop({}, "b")


@pytest.mark.parametrize(
    ("text", "added", "after"),
    [
        ("", ["a"], '[[topics.rules]]\nname = "a"\n'),
        ("x = 1", ["a"], 'x = 1\n\n[[topics.rules]]\nname = "a"\n'),
        ("", ["a", 'b"é'], '[[topics.rules]]\nname = "a"\n\n[[topics.rules]]\nname = "b\\"é"\n'),
        (
            '[[topics.rules]]\nname = "z"\n[export]\nx = 1\n', ["a"],
            '[[topics.rules]]\nname = "z"\n\n[[topics.rules]]\nname = "a"\n[export]\nx = 1\n',
        ),
        ("x = 1\r\n", ["a"], 'x = 1\r\n\r\n[[topics.rules]]\r\nname = "a"\r\n'),
        ("x = 1", [], "x = 1"),
    ],
)  # fmt: skip
def test_rules_are_added_after_the_others(text: str, added: list[str], after: str) -> None:
    assert edit_text(text, lambda data: None, added) == after


def test_a_configuration_that_cannot_be_edited_is_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not valid TOML"):
        edit_text("x = ", lambda data: None)
    with pytest.raises(InputError, match="no place for the change"):
        edit_text("[topics]\nrules = [{name = 'a'}]\n", lambda data: None, ["b"])
    path = tmp_path / "config.toml"
    path.write_bytes(b"x = '\xff'\n")
    with pytest.raises(InputError, match=r"config\.toml: cannot be written: "):
        save_edit(path, lambda data: None)
    path.write_text("[topics]\nprecision = 9\n")
    with pytest.raises(InputError, match="nothing was written; edit the file yourself"):
        save_edit(path, lambda data: add_stop(data, "a"))
    path.write_text("[topics]\n")
    after = save_edit(path, lambda data: add_stop(data, "a"), dry_run=True)
    assert parse_config(after, "c").topics.stop == ("a",)
    assert path.read_text() == "[topics]\n"
    assert save_edit(path, lambda data: add_stop(data, "a")) == after == path.read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["config.toml"]
    new = tmp_path / "new.toml"
    save_edit(new, lambda data: None, ["moss"])
    assert new.read_text() == '[[topics.rules]]\nname = "moss"\n'


def test_a_configuration_that_changes_during_an_edit_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('db = "a.db"\n')

    def edit(data: Table) -> None:
        path.write_text('db = "b.db"\n')
        data["db"] = "c.db"

    with pytest.raises(BusyError, match="was changed by something else"):
        save_edit(path, edit)
    assert path.read_text() == 'db = "b.db"\n'
