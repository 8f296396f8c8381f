"""The configuration: every key shown, every mistake named with its line."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from gleanings.commands.config import format_values, list_values
from gleanings.config import Config, parse_config
from gleanings.config_file import HERE, find_config, locate_config, read_config
from record_types.errors import InputError
from record_types.library import TopicRule
from tests.gleanings.running import ROOT

EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")


def uncomment_rule(text: str) -> str:
    """The example with its rule, which is a comment there: with no rule the key is not there either."""
    before, header, rule = text.partition("# [[topics.rules]]\n")
    lines, blank, after = rule.partition("\n\n")
    return (
        before + header[2:] + "\n".join(line.removeprefix("# ") for line in lines.split("\n")) + blank + after
    )


def test_the_example_is_accepted_and_is_the_default() -> None:
    assert parse_config(EXAMPLE, "config.example.toml") == Config()


def test_the_example_shows_every_key() -> None:
    shown = tomllib.loads(uncomment_rule(EXAMPLE))
    known = {key.rstrip("_"): value for key, value in asdict(Config()).items()}
    assert set(shown) == set(known)
    for key, value in known.items():
        if isinstance(value, dict):
            assert set(shown[key]) == set(value), key
    assert set(shown["topics"]["rules"][0]) == {each.name for each in fields(TopicRule)}


def test_the_examples_rule_is_accepted() -> None:
    (rule,) = parse_config(uncomment_rule(EXAMPLE), "config.example.toml").topics.rules
    assert (rule.name, rule.patterns, rule.parent) == ("Sleep", (r"\bREM\b",), "Health")


def test_every_key_of_the_example_is_explained() -> None:
    lines = EXAMPLE.splitlines()
    sections = [line for number, line in enumerate(lines) if line.startswith("[links.") and lines[number - 1]]
    assert all(section for section in sections)
    blocks = "\n".join(lines).split("\n\n")
    assert all("#" in block for block in blocks if " = " in block)


RULES = "[[topics.rules]]\nname = 'A'\nparent = 'B'\n[[topics.rules]]\nname = 'B'\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("db = " + "[" * 2_000 + "]" * 2_000, "c.toml: nested too deeply"),
        ("dbb = 'x'", "c.toml:1: unknown key `dbb`; did you mean `db`?"),
        ("\n[links]\nworkerz = 3", "c.toml:3: unknown key `workerz`; did you mean `workers`?"),
        ("[links]\nworkers = 'many'", "c.toml:2: `workers` takes a whole number"),
        ("[links]\nworkers = true", "c.toml:2: `workers` takes a whole number"),
        ("[links]\nworkers = -1", "c.toml:2: `workers` cannot be negative"),
        ("[import]\npaths = 'x'", "c.toml:2: `paths` takes a list of strings"),
        ("[export]\nflavour = 'roam'", "c.toml:2: `flavour` is one of markdown, logseq, obsidian"),
        ("links = 3", "c.toml:1: `links` is a section: write [links]"),
        ("[links]\nconnect_to = {a = 1}", "c.toml:2: `connect_to` takes a table of strings"),
        ("[topics]\nrules = 3", "c.toml:2: `rules` takes tables: write [[topics.rules]]"),
        ("[topics]\nrules = ['x']", "c.toml:2: `rules` takes tables: write [[topics.rules]]"),
        ("[topics.rules]\nname = 'x'", "c.toml:1: `rules` takes tables: write [[topics.rules]]"),
        (RULES + "frases = ['x']", "c.toml:6: unknown key `frases`; did you mean `phrases`?"),
        (RULES + "phrases = 'x'", "c.toml:6: `phrases` takes a list of strings"),
        (RULES + "query = ['x']", "c.toml:6: `query` takes a string"),
        (RULES + "tags = [' ']", "c.toml:6: `tags` contains an empty string"),
        (
            RULES + "patterns = ['(a']",
            "c.toml:6: the pattern `(a` is not a regular expression: "
            "missing ), unterminated subpattern at position 0",
        ),
        (RULES + "patterns = ['a*']", "c.toml:6: the pattern `a*` matches an empty text"),
        (
            RULES + "[[topics.rules]]\nphrases = ['x']\n[[topics.rules]]\nname = 'C'",
            "c.toml:6: a rule needs a `name`, that of its topic",
        ),
        (RULES + "parent = 'a'", "c.toml:6: `parent` is circular: b → a → b"),
        (
            "[topics]\nrules = [{name = 'a', tagz = []}]",
            "c.toml:2: unknown key `tagz`; did you mean `tags`?",
        ),
        (
            RULES + "parent = 'c'\n[[topics.rules]]\nname = 'B'\nparent = 'D'",
            "c.toml:9: B already has another `parent`: c",
        ),
    ],
)
def test_a_mistake_is_reported_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_config(text, "c.toml")
    assert str(caught.value) == message


def test_invalid_toml_is_reported_with_its_line() -> None:
    with pytest.raises(InputError, match=r"^c\.toml:2: Invalid value$"):
        parse_config("a = 1\nb = \nc = 2\n", "c.toml")


def test_an_integer_is_accepted_for_a_float() -> None:
    assert parse_config("[links]\nread_timeout = 3", "c.toml").links.read_timeout == 3.0


def test_a_named_file_takes_precedence_over_the_environment(tmp_path: Path) -> None:
    named, other = tmp_path / "named.toml", tmp_path / "other.toml"
    named.write_text("")
    other.write_text("")
    assert find_config(named, {"GLEANINGS_CONFIG": str(other)}) == named
    assert find_config(None, {"GLEANINGS_CONFIG": str(other)}) == other


def test_a_missing_named_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such configuration"):
        find_config(tmp_path / "none.toml", {})


def test_a_folder_and_a_file_that_is_not_utf8_are_reported_as_such(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder, not a configuration file"):
        find_config(tmp_path, {})
    (tmp_path / "c.toml").write_bytes(b'db = "x"\n# caf\xe9\n')
    with pytest.raises(InputError, match=r"c\.toml:2: not UTF-8: save the file as UTF-8"):
        read_config(tmp_path / "c.toml")


def test_the_file_in_the_current_folder_comes_before_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    (tmp_path / "own" / "gleanings").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert locate_config(None, {}) is None
    own = tmp_path / "own" / "gleanings" / "config.toml"
    own.touch()
    assert locate_config(None, {}) == own
    HERE.touch()
    assert locate_config(None, {}) == HERE == Path("config.toml")
    assert locate_config(None, {"GLEANINGS_CONFIG": str(own)}) == own
    for name, what in (("none", "no such configuration file"), (".", "a folder, not a configuration file")):
        with pytest.raises(InputError, match=what):
            locate_config(Path(name), {})


def test_no_file_means_the_defaults() -> None:
    assert read_config(None) == Config()


SHOWN = """\
db = "a\\"b.db"
[links.connect_to]
"t.co:443" = "127.0.0.1:9"
[topics.aliases]
"to sleep" = "rest"
[[topics.rules]]
name = "rest"
phrases = ["a", "b"]
[[topics.rules]]
name = "b"
parent = "rest"
"""


def test_the_configuration_is_shown_as_toml_that_reads_the_same_without_its_secrets() -> None:
    config = parse_config(SHOWN, "c")
    shown = format_values(list_values(config))
    assert parse_config(shown, "c") == config
    assert shown.startswith('db = "a\\"b.db"\n\n[')
    assert (shown.count("[[topics.rules]]\n"), '"to sleep" = "rest"' in shown) == (2, True)
    text = (
        'db = "http://me:word@host:1/a"\n[import]\npaths = ["x://y@z"]\n[sync]\nping = "https://hc.test/1"\n'
    )
    values = list_values(parse_config(text, "c"))
    assert (values["db"], values["import"]["paths"]) == ("http://…@host:1/a", ["x://…@z"])
    assert values["sync"]["ping"] == "(set, not shown)"


def test_spaces_around_a_topics_name_do_not_count() -> None:
    (rule,) = parse_config('[[topics.rules]]\nname = "  sleep "\n', "config.toml").topics.rules
    assert rule.name == "sleep"
