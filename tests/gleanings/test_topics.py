"""`gleanings topics` from pages on disk: rules, aliases, reasons, proposals, and the config they go to."""

from __future__ import annotations

import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from gleanings.commands.topics_suggest import add_rules, append_rules
from gleanings.config import parse_config
from record_types.errors import InputError
from record_types.rules import TopicRule
from tests.gleanings.running import ROOT, query, run
from tests.topic_texts import BREAD, SLEEP, STARS

needs_extra = pytest.mark.skipif(find_spec("wordllama") is None, reason="the extra `topics` is not installed")
RULES = """\
[[topics.rules]]
name = "Suggest"
phrases = ["telescope"]
parent = "Astronomy"
"""


def write_graph(folder: Path, *, tags: bool = True) -> None:
    """A graph of eight pages of highlights, and two of the reader's own."""
    pages = folder / "pages"
    pages.mkdir(parents=True)
    (folder / "logseq").mkdir()
    (folder / "logseq" / "config.edn").write_text("{}")
    for number, texts in enumerate(zip(SLEEP, BREAD, STARS, strict=True)):
        tag = "\n\t\t- **Tags**: #slumber" if tags and number < 3 else ""
        blocks = "".join(
            f"\t- {text} ([View Highlight](https://read.readwise.io/read/01abc{number}{place}))"
            f"{tag if place == 0 else ''}\n"
            for place, text in enumerate(texts)
        )
        (pages / f"Day {number} (highlights).md").write_text(
            f'title:: Day {number} (highlights)\nauthor:: [[A]]\nfull-title:: "Day {number}"\n'
            "category:: #articles\n\n"
            f"- Highlights first synced by [[Readwise]] [[2022-11-19]]\n{blocks}"
        )
    (pages / "Sleep.md").write_text("alias:: Slumber\n\n- My notes on it\n")
    (pages / "Loaf.md").write_text("- no properties\n")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    write_graph(tmp_path / "graph")
    assert run("import", "graph", cwd=tmp_path).code == 0
    return tmp_path


def test_a_page_alias_names_the_topic_and_the_reason_names_the_tag(shelf: Path) -> None:
    assert run("topics", cwd=shelf).out == "      3  Sleep\n"
    assert run("topics", "sleep", "--why", cwd=shelf).out.count("tag: slumber") == 3
    (shelf / "graph" / "pages" / "Sleep.md").unlink()
    assert run("import", "graph", cwd=shelf).code == 0
    assert run("topics", cwd=shelf).out == "      3  slumber\n"


def test_rules_have_reasons_and_parents_and_a_topic_may_be_called_suggest(shelf: Path) -> None:
    (shelf / "config.toml").write_text(RULES)
    assert run("topics", cwd=shelf).out == "      3  Sleep\n      2  Astronomy\n      2  Suggest\n"
    assert run("topics", "astronomy", "--why", cwd=shelf).out.count("subtopic: Suggest") == 2
    assert run("topics", "--why", "--", "suggest", cwd=shelf).out.count("phrase: telescope") == 2
    before = query(shelf / "gleanings.db", "select * from highlight_topics")
    assert run("topics", cwd=shelf).code == 0
    assert query(shelf / "gleanings.db", "select * from highlight_topics") == before


def test_a_rules_query_finds_what_search_finds(shelf: Path) -> None:
    (shelf / "config.toml").write_text('[[topics.rules]]\nname = "Light"\nquery = "light of distan*"\n')
    assert run("topics", "light", "--why", cwd=shelf).out.count("query: light of distan*") == 1


def test_an_invalid_pattern_is_reported_in_one_line_with_its_location(shelf: Path) -> None:
    (shelf / "config.toml").write_text('[[topics.rules]]\nname = "X"\npatterns = ["("]\n')
    ran = run("topics", cwd=shelf)
    assert ran.code == 2
    assert ran.err.startswith("gleanings: config.toml:3: the pattern `(` is not a regular expression")


@needs_extra
def test_topics_by_meaning_name_the_similar_highlight_and_vectors_are_made_once(shelf: Path) -> None:
    (shelf / "config.toml").write_text("[topics]\nmeaning = true\nmeaning_threshold = 0.25\n")
    out = run("topics", "sleep", "--why", cwd=shelf).out
    assert out.count("tag: slumber") == 3
    assert out.count("meaning: nearest") >= 3
    vectors = query(shelf / "gleanings.db", "select * from highlight_vectors")
    assert len(vectors) == 24
    assert run("topics", "sleep", "--why", cwd=shelf).out == out
    assert query(shelf / "gleanings.db", "select * from highlight_vectors") == vectors


@needs_extra
def test_proposals_are_shown_and_nothing_is_written(shelf: Path) -> None:
    ran = run("topics", "suggest", "--fewest", 4, cwd=shelf)
    assert (ran.code, ran.err) == (0, "")
    assert "Bread: " in ran.out
    assert not (shelf / "config.toml").exists()
    dry = run("topics", "suggest", "--fewest", 4, "--accept", "bread", "--dry-run", cwd=shelf)
    assert 'name = "Bread"' in dry.out
    assert not (shelf / "config.toml").exists()


@needs_extra
def test_an_accepted_proposal_is_appended_to_the_config_as_a_rule(shelf: Path) -> None:
    (shelf / "config.toml").write_text("# mine\n" + RULES)
    ran = run("topics", "suggest", "--fewest", 4, "--accept", "BREAD", cwd=shelf)
    assert ran.out == "config.toml: 1 rule added\n"
    text = (shelf / "config.toml").read_text()
    assert text.startswith("# mine\n" + RULES)
    assert [rule["name"] for rule in tomllib.loads(text)["topics"]["rules"]] == ["Suggest", "Bread"]
    assert "Bread" in run("topics", cwd=shelf).out
    assert run("topics", "suggest", "--fewest", 4, "--accept", "bread", cwd=shelf).code == 2


@needs_extra
def test_a_missing_config_is_created(shelf: Path) -> None:
    assert run("topics", "suggest", "--fewest", 4, "--write", "--limit", 1, "--json", cwd=shelf).json[
        "accepted"
    ]
    assert (shelf / "config.toml").read_text().startswith("[[topics.rules]]\nname = ")


def test_without_the_extra_the_message_says_what_to_install(shelf: Path) -> None:
    (shelf / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'wordllama' else find(name, *rest)\n"
    )

    ran = run("topics", "suggest", cwd=shelf, environment={"PYTHONPATH": f"{ROOT}:{shelf}"})
    assert ran.code == 2
    assert "pipx install 'gleanings[topics]'" in ran.err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[[topics.rules]]\n"),
        ("db = 'x'", "db = 'x'\n\n[[topics.rules]]\n"),
        ("db = 'x'\n", "db = 'x'\n\n[[topics.rules]]\n"),
        ("db = 'x'\r\n", "db = 'x'\r\n\r\n[[topics.rules]]\r\n"),
    ],
)
def test_rules_are_appended_with_the_files_own_line_ends(before: str, after: str) -> None:
    text = add_rules(before, [TopicRule('A "b"\\', phrases=("é\t",))])
    assert text.startswith(after)
    (rule,) = parse_config(text, "c.toml").topics.rules
    assert (rule.name, rule.phrases) == ('A "b"\\', ("é\t",))


def test_a_symlinked_config_stays_a_symlink_and_a_full_one_is_unchanged(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("db = 'x'\n")
    (tmp_path / "link.toml").symlink_to("real.toml")
    append_rules(tmp_path / "link.toml", [TopicRule("A", phrases=("a",))])
    assert (tmp_path / "link.toml").is_symlink()
    assert parse_config((tmp_path / "real.toml").read_text(), "c").topics.rules
    inline = "[topics]\nrules = [{name = 'B'}]\n"
    (tmp_path / "inline.toml").write_text(inline)
    with pytest.raises(InputError, match="nothing was written"):
        append_rules(tmp_path / "inline.toml", [TopicRule("A", phrases=("a",))])
    assert (tmp_path / "inline.toml").read_text() == inline


@needs_extra
def test_search_finds_highlights_with_the_same_meaning(shelf: Path) -> None:
    assert run("search", "slumbering nights", cwd=shelf).out == "Nothing found for slumbering nights.\n"
    related = run("search", "insomnia and tired mornings", "--related", "--json", cwd=shelf).json["related"]
    assert related
    assert {each["snippet"] for each in related} <= set(SLEEP)
    assert run("search", "qqqq", "--related", cwd=shelf).code == 0
    both = run("search", "telescope", "--related", "--json", cwd=shelf).json
    assert not {each["id"] for each in both["highlights"]} & {each["id"] for each in both["related"]}
