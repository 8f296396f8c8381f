"""A language model judges borderline highlights and names suggestions: a fake one, as a plugin of `llm`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from export.model_questions import read_group_names
from export.topic_suggestions import Suggestion
from gleanings.config import TopicsConfig
from gleanings.steps import model_answers
from gleanings.steps.topic_scores import update_topics
from gleanings.steps.topic_suggestions import propose_topics
from gleanings.steps.topics import assign_topics
from record_types.library import TopicRule
from store.connection import open_store
from store.note_data import read_documents
from store.topics import read_assignments
from tests.gleanings.running import run
from tests.gleanings.test_topics import write_graph

llm: Any = pytest.importorskip("llm")

RULES = tuple(TopicRule(name) for name in ("sleep", "cooking", "space", "baking"))
CONFIG = TopicsConfig(rules=RULES, precision=0.8, llm="fake")
"""At this precision two highlights are borderline: one about cooking, one about baking."""


def judge(prompt: str, grade: str) -> str:
    items = json.loads(prompt[prompt.index("[{") :])
    return json.dumps({str(each["number"]): grade for each in items})


class Model(llm.Model):  # type: ignore[misc]  # of a package that may be absent
    """Answers what `reply` makes of a prompt."""

    model_id = "fake"

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.reply: Callable[[str], str] = lambda prompt: judge(prompt, "about")

    def execute(self, prompt: Any, *_: object, **__: object) -> Iterator[str]:
        self.prompts.append(prompt.prompt)
        yield self.reply(prompt.prompt)

    @llm.hookimpl  # type: ignore[untyped-decorator]
    def register_models(self, register: Callable[[object], None]) -> None:
        register(self)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm"))
    from llm.plugins import load_plugins, pm

    load_plugins()  # type: ignore[no-untyped-call]
    fake = Model()
    pm.register(fake)
    yield fake
    pm.unregister(fake)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    write_graph(folder / "graph")
    assert run("import", "graph", cwd=folder).code == 0
    return folder / "gleanings.db"


@pytest.fixture
def db(imported: Path, tmp_path: Path) -> sqlite3.Connection:
    return open_store(Path(copy(imported, tmp_path)))


def list_topics(db: sqlite3.Connection) -> set[tuple[int, str]]:
    return {(each.highlight_id, each.topic) for each in read_assignments(db)}


def test_nothing_is_sent_without_the_key_nor_in_a_dry_run(db: sqlite3.Connection, model: Model) -> None:
    assert assign_topics(db, TopicsConfig(rules=RULES, precision=0.8), may_ask=True).state == "ok"
    assert assign_topics(db, CONFIG, may_ask=False).state == "ok"
    assert propose_topics(db, read_documents(db), CONFIG).problem == ""
    assert model.prompts == []


def test_a_verdict_moves_a_borderline_highlight_into_a_topic_or_out_of_it(
    db: sqlite3.Connection, model: Model
) -> None:
    assign_topics(db, TopicsConfig(rules=RULES, precision=0.8))
    before = list_topics(db)
    assign_topics(db, CONFIG, may_ask=True)
    by_model = {(each.topic, each.reason) for each in read_assignments(db) if "model" in each.reason}
    assert by_model == {("cooking", "model: fake"), ("baking", "model: fake")}
    with_both = list_topics(db)
    assert with_both > before
    db.execute("delete from model_answers")
    db.execute("delete from export_states where key = 'topics'")
    model.reply = lambda prompt: judge(prompt, "mentions")
    assign_topics(db, CONFIG, may_ask=True)
    assert {topic for _, topic in with_both - list_topics(db)} == {"cooking", "baking"}
    assert not list_topics(db) - before


def test_each_pair_is_asked_about_only_once_and_the_result_is_that_from_scratch(
    db: sqlite3.Connection, model: Model
) -> None:
    assign_topics(db, CONFIG, may_ask=True)
    found = read_assignments(db)
    assert len(model.prompts) == 1
    assign_topics(db, CONFIG, may_ask=True)
    db.execute("delete from topic_scores")
    update_topics(db, CONFIG)
    assert sorted(map(repr, read_assignments(db))) == sorted(map(repr, found))
    assert len(model.prompts) == 1
    db.execute("update highlights set text = text || ' Baking.' where text like 'Score the loaf%'")
    db.execute("delete from export_states where key = 'topics'")
    assign_topics(db, CONFIG, may_ask=True)
    assert all("A sourdough starter" not in each for each in model.prompts[1:])


def test_the_budget_holds_and_the_next_sync_asks_the_rest(
    db: sqlite3.Connection, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_answers, "BATCH", 1)
    config = TopicsConfig(rules=RULES, precision=0.8, llm="fake", max_calls=1)
    for calls in (1, 2, 2):
        assign_topics(db, config, may_ask=True)
        assert len(model.prompts) == calls


def test_what_the_model_is_still_to_be_asked_is_counted(
    db: sqlite3.Connection, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_answers, "BATCH", 1)
    config = replace(CONFIG, max_calls=1)
    found = [model_answers.judge_borderline(db, config) for _ in range(3)]
    assert [(each.answered, each.left, each.problem) for each in found] == [
        (1, 1, ""),
        (1, 0, ""),
        (0, 0, ""),
    ]
    assert model_answers.judge_borderline(db, replace(config, llm="other", max_calls=0)).left == 2


@pytest.mark.parametrize(
    "answer",
    [
        "Ignore that. I deleted your notes.",
        "[]",
        "{}",
        '{"1": "about"}',
        '{"1": "about", "2": "about", "3": "about"}',
        '{"1": "about", "2": "yes; drop table topics"}',
        '{"1": true, "2": ["about"]}',
        "[" * 5000,
    ],
)
def test_an_answer_in_another_form_changes_nothing_but_a_message(
    answer: str, db: sqlite3.Connection, model: Model
) -> None:
    assign_topics(db, TopicsConfig(rules=RULES, precision=0.8))
    before = read_assignments(db)
    model.reply = lambda _: answer
    outcome = assign_topics(db, CONFIG, may_ask=True)
    assert outcome.state == "partial"
    assert [each.message for each in outcome.alerts] == [
        "fake: answers not in the requested form, which change nothing: 1"
    ]
    assert read_assignments(db) == before
    assign_topics(db, CONFIG, may_ask=True)
    assert len(model.prompts) == 1


@pytest.mark.parametrize("most", [1, 2])
def test_a_model_that_does_not_understand_is_no_longer_asked(
    db: sqlite3.Connection, model: Model, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(model_answers, "BATCH", 1)
    monkeypatch.setattr(model_answers, "MOST_UNUSABLE", most)
    model.reply = lambda _: "?"
    words = f"fake: answers not in the requested form, which change nothing: {most}"
    assert model_answers.judge_borderline(db, CONFIG) == model_answers.Judged(0, 2 - most, words)
    assert len(model.prompts) == most


def test_names_that_the_model_cannot_give_stay_and_are_asked_for_once(
    db: sqlite3.Connection, model: Model
) -> None:
    def ask(config: TopicsConfig = CONFIG, *, may_ask: bool = True) -> str:
        return model_answers.name_groups(db, suggestions, [], config, may_ask=may_ask)[1]

    suggestions = [Suggestion(name, (), (), 1, 1, ()) for name in ("rest", "slumber")]
    assert [ask(may_ask=False), ask(replace(CONFIG, max_calls=0)), len(model.prompts)] == ["", "", 0]
    assert "there is no model named fa " in ask(replace(CONFIG, llm="fa"))
    model.reply = lambda _: str(1 // 0)
    assert ask() == "fake could not be asked: ZeroDivisionError"
    model.reply = lambda _: "?"
    assert ask() == "fake: the answer was not in the requested form: the names stay"
    assert [ask(), len(model.prompts)] == ["", 2]


def test_a_failing_or_unknown_model_leaves_the_topics_and_shows_no_secret(
    db: sqlite3.Connection, model: Model
) -> None:
    def fail(prompt: str) -> str:
        raise RuntimeError("bad key sk-secret")

    assign_topics(db, TopicsConfig(rules=RULES, precision=0.8))
    before = read_assignments(db)
    model.reply = fail
    outcome = assign_topics(db, CONFIG, may_ask=True)
    assert [each.message for each in outcome.alerts] == ["fake could not be asked: RuntimeError"]
    unknown = TopicsConfig(rules=RULES, precision=0.8, llm="fa")
    assert "there is no model named fa" in assign_topics(db, unknown, may_ask=True).alerts[0].message
    assert read_assignments(db) == before


def test_the_readers_word_is_not_asked_about(db: sqlite3.Connection, model: Model) -> None:
    db.execute(
        "insert into topic_examples select id, 'cooking', 'counter', 'cooking.md', '2024' "
        "from highlights where text like 'A sourdough starter%'"
    )
    db.execute("insert into tags (name) values ('baking')")
    db.execute(
        "insert into highlight_tags (highlight_id, tag_id, position) select h.id, t.id, 9 "
        "from highlights as h, tags as t where h.text like 'Score the loaf%' and t.name = 'baking'"
    )
    assign_topics(db, CONFIG, may_ask=True)
    assert model.prompts == []


def test_a_suggestion_gets_its_name_from_the_model_and_accepting_writes_what_it_shows(
    db: sqlite3.Connection, model: Model
) -> None:
    plain = TopicsConfig(llm="fake")
    names = [each.name for each in propose_topics(db, read_documents(db), plain).suggestions]
    model.reply = lambda _: json.dumps({"names": {"1": "nightly rest"}, "same": []})
    found = propose_topics(db, read_documents(db), plain, may_ask=True)
    first = found.suggestions[0]
    assert (first.name, first.listed_as) == ("nightly rest", names[0])
    accepted = TopicsConfig(rules=(TopicRule(first.name),), aliases={first.listed_as: first.name})
    update_topics(db, accepted)
    members = {id_ for id_, topic in list_topics(db) if topic == first.name}
    assert members == {each.id for each in first.highlights}
    propose_topics(db, read_documents(db), plain, may_ask=True)
    assert len(model.prompts) == 1


@pytest.mark.parametrize("name", ["../../etc", "[[x]]", "a\nb", "#tag", "", "x" * 50, "December", "sleep", 7])
def test_a_name_that_is_not_a_plain_new_name_is_refused(
    name: object, db: sqlite3.Connection, model: Model
) -> None:
    model.reply = lambda _: json.dumps({"names": {"1": name}, "same": []})
    found = propose_topics(db, read_documents(db), TopicsConfig(llm="fake"), may_ask=True)
    assert all(not each.listed_as for each in found.suggestions)


def test_groups_that_are_one_subject_are_read_only_in_the_requested_form() -> None:
    suggestions = [Suggestion(name, (), (), 4, 3, ()) for name in ("sleep", "rest", "space")]
    found = read_group_names('```json\n{"names": {}, "same": [[1, 2]]}\n```', suggestions, [])
    assert found is not None
    assert found.same == [[0, 1]]
    for same in ([[1]], [[1, 1]], [[1, 4]], [[0, 1]], [["1", "2"]], [[True, 2]], "[1, 2]", [1, 2]):
        assert read_group_names(json.dumps({"same": same}), suggestions, []) is None
