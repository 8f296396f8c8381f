"""`gleanings topics` from pages on disk: rules, aliases, reasons, proposals, and the config they go to."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner

from export.topic_suggestions import Merge, Suggestion
from gleanings.commands.topics_edit import accept_suggestions
from gleanings.commands.topics_suggest import ask_about, describe_suggestion, print_rest
from gleanings.config import parse_config
from gleanings.config_edit import (
    Table,
    add_alias,
    add_stop,
    drop_bare_twins,
    edit_text,
    remove_rules,
    rename_rules,
    save_edit,
)
from gleanings.steps.topic_suggestions import Proposals
from record_types.errors import InputError
from record_types.library import ReadHighlight
from tests.gleanings.running import query, run
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
    assert run("topics", cwd=shelf).out == "      8  Sleep\n"
    assert run("topics", "sleep", "--why", cwd=shelf).out.count("tag: slumber") == 3
    (shelf / "graph" / "pages" / "Sleep.md").unlink()
    assert run("import", "graph", cwd=shelf).code == 0
    assert run("topics", cwd=shelf).out == "      3  slumber\n"


def test_rules_have_reasons_and_parents_and_a_topic_may_be_called_suggest(shelf: Path) -> None:
    (shelf / "config.toml").write_text(RULES)
    assert run("topics", cwd=shelf).out == "      8  Sleep\n      2  Astronomy\n      2  Suggest\n"
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


def test_a_topic_gets_what_is_about_it_and_says_why(shelf: Path) -> None:
    (shelf / "config.toml").write_text('[[topics.rules]]\nname = "sleep"\n')
    out = run("topics", "sleep", "--why", cwd=shelf).out
    assert out.count("tag: slumber") == 3
    assert out.count("about: sleep") >= 3
    assert out.index("tag: slumber") < out.index("about: sleep"), "the surest first"
    assert "bread" not in out
    scores = query(shelf / "gleanings.db", "select * from topic_scores")
    assert len(scores) == 8
    assert run("topics", "sleep", "--why", cwd=shelf).out == out
    assert query(shelf / "gleanings.db", "select * from topic_scores") == scores


@pytest.mark.parametrize("option", ["--why", "--borderline"])
def test_a_question_about_a_topic_needs_its_name(option: str, shelf: Path) -> None:
    ran = run("topics", option, cwd=shelf)
    assert ran.code == 2
    assert f"{option} needs the NAME of a topic" in ran.err


def test_precision_one_assigns_only_what_the_reader_names(shelf: Path) -> None:
    (shelf / "config.toml").write_text('[topics]\nprecision = 1\n[[topics.rules]]\nname = "sleep"\n')
    assert run("topics", cwd=shelf).out == "      3  sleep\n"


def test_borderline_shows_what_is_near_the_threshold(shelf: Path) -> None:
    (shelf / "config.toml").write_text('[topics]\nprecision = 0.95\n[[topics.rules]]\nname = "sleep"\n')
    found = run("topics", "sleep", "--borderline", "--json", cwd=shelf).json["members"]
    assert all(abs(each["score"] - 0.5) <= 0.151 for each in found)
    assert all(each["is_member"] == (each["score"] >= 0.5) for each in found)
    assert run("topics", "--borderline", cwd=shelf).code == 2


@pytest.mark.parametrize("key", ["meaning = true", "meaning_threshold = 0.3"])
def test_a_key_of_an_earlier_version_says_what_to_do(shelf: Path, key: str) -> None:
    (shelf / "config.toml").write_text(f"[topics]\n{key}\n")
    ran = run("topics", cwd=shelf)
    assert ran.code == 2
    assert "no longer exists" in ran.err
    assert "config.toml:2" in ran.err


def test_suggestions_show_exactly_what_accepting_assigns(tmp_path: Path) -> None:
    write_graph(tmp_path / "graph", tags=False)
    assert run("import", "graph", cwd=tmp_path).code == 0
    shown = run("topics", "suggest", "--json", cwd=tmp_path).json
    names = {each["name"]: each["highlights"] for each in shown["suggestions"]}
    assert "sleep" in names
    assert not (tmp_path / "config.toml").exists(), "suggesting writes nothing"
    assert run("topics", "accept", "--all", "--json", cwd=tmp_path).json["added"] == list(names)
    assert {
        each["name"]: each["highlights"] for each in run("topics", "--json", cwd=tmp_path).json["topics"]
    } == names
    assert run("topics", "suggest", "--json", cwd=tmp_path).json["suggestions"] == []


@pytest.mark.parametrize(
    ("answers", "accepted"), [("y\nn\ny\n", ["a", "c"]), ("y\nq\n", ["a"]), ("\n\n\n", []), ("q\n", [])]
)
def test_suggestions_are_accepted_one_by_one_until_the_reader_stops(
    answers: str, accepted: list[str]
) -> None:
    suggestions = [Suggestion(name, (), (), 1, 1, (("other", 2),)) for name in "abc"]
    with CliRunner().isolation(input=answers):
        assert [each.name for each in ask_about(suggestions)] == accepted


@pytest.mark.parametrize(
    ("overlaps", "shared"), [((), ""), ((("rest", 1200), ("b", 2)), "    shared with rest (1,200), b (2)\n")]
)
def test_a_suggestion_shows_its_size_names_examples_and_overlaps(
    overlaps: tuple[tuple[str, int], ...], shared: str
) -> None:
    highlights = tuple(ReadHighlight(n, f"h{n}", f"Sleep {n} {'x ' * 60}") for n in range(6))
    with CliRunner().isolation(input="n\n") as (out, *_):
        ask_about([Suggestion("sleep", tuple("abcde"), highlights, 3, 2, overlaps)])
        shown = out.getvalue().decode()
    examples = "".join(f"    Sleep {n} {'x ' * 32}…\n" for n in range(5))
    assert shown.startswith(f"sleep: 6 highlights in 3 documents (also a, b, c, d)\n{examples}{shared}  Make")


def test_an_accepted_suggestion_is_a_rule_and_its_name_in_the_list_leads_to_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    suggestions = [
        Suggestion("Rest", (), (), 1, 1, (), listed_as="sleep"),
        Suggestion("Quilts", (), (), 1, 1, ()),
    ]
    accept_suggestions(path, suggestions, dry_run=True)
    assert not path.exists()
    accept_suggestions(path, suggestions)
    topics = parse_config(path.read_text(), "c").topics
    assert ([rule.name for rule in topics.rules], topics.aliases) == (["Rest", "Quilts"], {"sleep": "Rest"})


def test_a_suggestion_is_an_object_for_programs() -> None:
    highlights = tuple(ReadHighlight(n, f"h{n}", f"text {n}") for n in range(6))
    assert describe_suggestion(Suggestion("sleep", ("rest",), highlights, 3, 2, (("naps", 4),))) == {
        "name": "sleep", "aliases": ["rest"], "highlights": 6, "documents": 3, "authors": 2,
        "examples": [f"text {n}" for n in range(5)], "overlaps": [{"topic": "naps", "highlights": 4}],
    }  # fmt: skip


def test_the_rest_is_merges_members_and_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    highlights = [ReadHighlight(n, f"h{n}", f"Sleep {n} {'x ' * 60}") for n in range(3)]
    nearly = {f"topic {number}": highlights[: number % 4] for number in range(1, 8)}
    print_rest(Proposals([], [Merge("Sleep", ("to sleep", "naps"))], 1, 0, nearly=nearly), [])
    examples = [f"    Sleep {n} {'x ' * 32}…" for n in range(2)]
    assert capsys.readouterr().out.splitlines() == [
        "One subject: Sleep, to sleep, naps",
        "    gleanings topics merge 'to sleep' naps Sleep",
        "topic 1 nearly has 1 more highlight:",
        examples[0],
        "topic 2 nearly has 2 more highlights:",
        *examples,
        "topic 3 nearly has 3 more highlights:",
        *examples,
        "topic 4 nearly has 0 more highlights:",
        "topic 5 nearly has 1 more highlight:",
        examples[0],
        "    Tag what belongs there, or put it into the topic's note; --borderline lists all of a topic.",
        "Nothing to suggest; 1 highlight without a topic.",
    ]
    suggestions = [Suggestion(name, (), (), 1, 1, ()) for name in "ab"]
    for shown, more in ((suggestions, ""), (suggestions[:1], ", 1 shown")):
        print_rest(Proposals(suggestions, [], 1200, 1000), shown)
        assert capsys.readouterr().out == (
            f"\n2 suggestions{more}: they leave 1,000 of 1,200 highlights without a topic.\n"
            "Accept them with `gleanings topics accept NAME …` or `--all`.\n"
        )


def test_an_unknown_suggestion_is_an_error_and_a_dry_run_writes_nothing(shelf: Path) -> None:
    assert run("topics", "accept", "quilting", cwd=shelf).code == 2
    assert run("topics", "accept", cwd=shelf).code == 2
    assert "would be added" in run("topics", "add", "quilting", "--dry-run", cwd=shelf).out
    assert not (shelf / "config.toml").exists()


def test_topics_are_added_renamed_merged_and_dropped_and_comments_stay(shelf: Path) -> None:
    (shelf / "config.toml").write_text("# mine\n" + RULES)
    assert run("topics", "add", "Quilts", "patchwork", cwd=shelf).out == "config.toml: Quilts added\n"
    taken = run("topics", "rename", "sleep", "suggest", cwd=shelf)
    assert (taken.code, taken.err) == (
        2, "gleanings: there is a topic Suggest already: use `gleanings topics merge`\n",
    )  # fmt: skip
    assert run("topics", "rename", "sleep", "Rest", cwd=shelf).code == 0
    assert run("topics", "Rest", "--why", cwd=shelf).out.count("tag: slumber") == 3
    assert run("topics", "merge", "Suggest", "Rest", cwd=shelf).code == 0
    assert run("topics", "Rest", "--why", cwd=shelf).out.count("phrase: telescope") == 2
    assert run("topics", "drop", "rest", cwd=shelf).code == 0
    assert "Rest" not in run("topics", cwd=shelf).out
    text = (shelf / "config.toml").read_text()
    assert text.startswith("# mine\n")
    assert [rule.name for rule in parse_config(text, "c").topics.rules] == ["Quilts"]
    assert run("topics", "merge", "nothing", "Quilts", cwd=shelf).code == 2
    assert run("topics", "drop", "nothing", cwd=shelf).code == 2
    assert (shelf / "config.toml").read_text() == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[[topics.rules]]\n"),
        ("db = 'x'", "db = 'x'\n\n[[topics.rules]]\n"),
        ("db = 'x'\n", "db = 'x'\n\n[[topics.rules]]\n"),
        ("db = 'x'\r\n", "db = 'x'\r\n\r\n[[topics.rules]]\r\n"),
    ],
)
def test_rules_are_appended_with_the_files_own_line_endings(before: str, after: str) -> None:
    text = edit_text(before, lambda data: None, ['A "b"\\'])
    assert text.startswith(after)
    (rule,) = parse_config(text, "c.toml").topics.rules
    assert rule.name == 'A "b"\\'


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_edit_changes_only_its_own_lines(newline: str) -> None:
    text = (
        "# head\n[topics] # ours\nthreshold = 2\nstop = [ 'x' ] # never\n\n"
        "[topics.aliases]\nML = 'AI' # short\n\n"
        "[export]\nfolder = ''\n\n# sleep\n[[topics.rules]]\nname = 'Sleep' # kept\nphrases = ['nap*']\n"
    ).replace("\n", newline)
    edited = edit_text(text, lambda data: add_alias(data, "GPT", "LLMs"))
    assert [line for line in edited.split(newline) if line not in text.split(newline)] == ['GPT = "LLMs"']
    assert edit_text(text, lambda data: None) == text
    dropped = edit_text(text, lambda data: remove_rules(data, "sleep"))
    assert "nap*" not in dropped
    assert "# never" in dropped


def test_a_topic_of_the_configuration_without_highlights_says_so(tmp_path: Path) -> None:
    write_graph(tmp_path / "graph")
    assert run("import", "graph", cwd=tmp_path).code == 0
    assert run("topics", "add", "Glaciers", cwd=tmp_path).code == 0
    ran = run("topics", "glaciers", "--why", cwd=tmp_path)
    assert (ran.code, ran.err) == (
        2,
        "gleanings: glaciers has no highlights yet: none is about it or has its tag\n",
    )


TABLES = (
    "# ours\n[topics] # t\nprecision = 0.9\n",
    "# about the export\n[export] # e\nsettle_seconds = 0\n",
    '# mine\n[[topics.rules]]\nname = "sleep" # s\nphrases = [\n  "nap",\n]\n',
    '[[topics.rules]]\nname = "memory"\n',
)


def drop_topic(data: Table) -> None:
    remove_rules(data, "memory")
    add_stop(data, "memory")


def rename_topic(data: Table) -> None:
    rename_rules(data, "memory", "remembering")
    add_alias(data, "memory", "remembering")


def merge_topics(data: Table) -> None:
    rename_rules(data, "memory", "sleep")
    add_alias(data, "memory", "sleep")
    drop_bare_twins(data)


@pytest.mark.parametrize("edit", [drop_topic, rename_topic, merge_topics])
@pytest.mark.parametrize("tables", list(permutations(TABLES)))
def test_an_edit_works_and_keeps_comments_in_any_order_of_tables(
    tables: tuple[str, ...], edit: Callable[[Table], None]
) -> None:
    text = "\n".join(tables)
    edited = edit_text(text, edit, ["added"])
    topics = parse_config(edited, "c").topics
    names = {"drop_topic": ["sleep"], "rename_topic": ["sleep", "remembering"], "merge_topics": ["sleep"]}
    assert {rule.name for rule in topics.rules} == {*names[edit.__name__], "added"}
    assert ("memory" in topics.stop) == (edit is drop_topic)
    assert ("memory" in topics.aliases) == (edit is not drop_topic)
    for comment in ("# ours", "# t", "# about the export", "# e", "# mine", "# s"):
        assert comment in edited


def test_a_rule_is_added_beside_the_others_and_above_the_comment_of_the_next_table() -> None:
    text = "\n".join(TABLES[each] for each in (0, 2, 1))
    edited = edit_text(text, lambda data: None, ["memory"])
    assert edited == "\n".join(TABLES[each] for each in (0, 2, 3, 1))


def test_a_symlinked_config_stays_a_symlink_and_a_full_one_is_unchanged(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("db = 'x'\n")
    (tmp_path / "link.toml").symlink_to("real.toml")
    save_edit(tmp_path / "link.toml", lambda data: None, ["A"])
    assert (tmp_path / "link.toml").is_symlink()
    assert parse_config((tmp_path / "real.toml").read_text(), "c").topics.rules
    inline = "[topics]\nrules = [{name = 'B'}]\n"
    (tmp_path / "inline.toml").write_text(inline)
    with pytest.raises(InputError, match="nothing was written"):
        save_edit(tmp_path / "inline.toml", lambda data: None, ["A"])
    assert (tmp_path / "inline.toml").read_text() == inline


@needs_extra
def test_search_finds_highlights_with_the_same_meaning(shelf: Path) -> None:
    assert run("search", "slumbering", cwd=shelf).out == "Nothing found for slumbering.\n"
    related = run("search", "insomnia and tired mornings", "--related", "--json", cwd=shelf).json["related"]
    assert related
    assert {each["snippet"] for each in related} <= set(SLEEP)
    assert run("search", "qqqq", "--related", cwd=shelf).code == 0
    both = run("search", "telescope", "--related", "--json", cwd=shelf).json
    assert not {each["id"] for each in both["highlights"]} & {each["id"] for each in both["related"]}


def test_a_suggestion_from_titles_shows_what_accepting_it_writes(tmp_path: Path) -> None:
    pages = tmp_path / "graph" / "pages"
    pages.mkdir(parents=True)
    for number in range(24):
        texts = (
            "Beekeeping begins with clean frames.",
            "The bees rest, and so does beekeeping.",
            "So it goes.",
        )
        blocks = "".join(
            f"\t- {text} ([View Highlight](https://read.readwise.io/read/01abd{number}{at}))\n"
            for at, text in enumerate(texts if number < 4 else ("Nothing has a name.", f"On day {number}."))
        )
        title = f"Beekeeping {number}" if number < 4 else f"Day {number}"
        (pages / f"{title} (highlights).md").write_text(
            f'title:: {title} (highlights)\nauthor:: [[A{number % 3}]]\nfull-title:: "{title}"\n'
            f"category:: #articles\n\n- Highlights first synced by [[Readwise]] [[2022-11-19]]\n{blocks}"
        )
    assert run("import", "graph", cwd=tmp_path).code == 0
    (suggestion,) = run("topics", "suggest", "--json", cwd=tmp_path).json["suggestions"]
    assert suggestion["name"] == "Beekeeping"
    assert run("topics", "accept", "beekeeping", cwd=tmp_path).code == 0
    assert run("topics", cwd=tmp_path).out == f"{suggestion['highlights']:>7}  Beekeeping\n"


def test_suggest_proposes_members_that_existing_topics_nearly_have(shelf: Path) -> None:
    (shelf / "config.toml").write_text(
        '[topics]\nprecision = 0.8\n[[topics.rules]]\nname = "cooking"\n[[topics.rules]]\nname = "baking"\n'
    )
    members = run("topics", "suggest", "--json", cwd=shelf).json["members"]
    nearly = next(each for each in members if each["topic"] == "baking")
    assert nearly["highlights"] == 1
    assert nearly["examples"][0].startswith("Score the loaf before baking")
    assert "baking nearly has 1 more highlight:" in run("topics", "suggest", cwd=shelf).out
