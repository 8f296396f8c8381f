"""`gleanings doctor` recomputes what is derived; a store without bytes is an error that says what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gleanings.config import TopicsConfig
from gleanings.steps.topic_scores import find_wrong_topics, fix_topics, update_topics
from gleanings.steps.tweets import are_rules_new, clean_tweets, find_wrong_texts, fix_texts
from record_types.errors import StoreError
from store.connection import close_store, open_memory, open_store
from store.topics import read_assignments
from store.tweets import read_derived_values
from tests.gleanings.running import run
from tests.gleanings.test_resource_notes import PAGE
from tests.records import source_file, tweet_highlight
from tests.store.stores import one, save


@pytest.mark.parametrize("column", ["documents set shown_title = 'X'", "highlight_links set offer = 'never'"])
def test_titles_and_roles_of_links_that_the_disk_changed_are_found_and_computed_again(column: str) -> None:
    db = open_memory()
    tweets = [
        tweet_highlight(
            number, f"{number + 1}/ Soil https://t.co/AbCdEf123{number}", links=(f"AbCdEf123{number}",)
        )
        for number in range(3)
    ]
    save(db, source_file("a.md", *tweets))
    clean_tweets(db)
    before = read_derived_values(db)
    assert {what for _, what, *_ in before} == {"text", "title", "offer"}
    assert find_wrong_texts(db) == []
    db.execute(f"update {column}")
    assert find_wrong_texts(db) == [1]
    fix_texts(db)
    assert find_wrong_texts(db) == []
    assert read_derived_values(db) == before


def test_a_cleaned_text_that_the_disk_changed_is_found_and_cleaned_again() -> None:
    db = open_memory()
    save(db, source_file("a.md", *(tweet_highlight(number, f"Tweet {number}") for number in range(3))))
    assert find_wrong_texts(db) == []  # none is cleaned yet
    clean_tweets(db)
    assert find_wrong_texts(db) == []
    text = one(db, "select text from tweets limit 1")
    db.execute("update tweets set text = replace(text, 'T', 'X') where text = ?", (text,))
    assert len(find_wrong_texts(db)) == 1
    fix_texts(db)
    assert find_wrong_texts(db) == []
    assert one(db, "select text from tweets limit 1") == text


def test_what_another_version_computed_is_not_damage_and_is_computed_again_by_the_next_command(
    tmp_path: Path,
) -> None:
    store = tmp_path / "gleanings.db"
    db = open_store(store, create=True)
    save(db, source_file("a.md", *(tweet_highlight(number, f"{number + 1}/ Soil") for number in range(3))))
    clean_tweets(db)
    before = read_derived_values(db)
    db.execute("update runs set status = 'ok'")
    db.execute("update tweets set text = text || ' as it was'")
    db.execute("update export_states set text = 'another' where key = 'derived'")
    close_store(db)
    ran = run("doctor", "-v", cwd=tmp_path)
    assert ran.code == 0
    assert "recomputes them" in " ".join(ran.out.split())
    (tmp_path / "map.csv").write_text("url,final_url\n")
    assert run("links", "import", "map.csv", cwd=tmp_path).code == 0
    db = open_store(store)
    assert read_derived_values(db) == before
    assert not are_rules_new(db)
    close_store(db)


ROTS = {
    "a reason": "update highlight_topics set reason = 'tag: soXl'",
    "a topic's name": "update topics set name = 'sQil'",
    "a topic's slug": "update topics set slug = 'sQil'",
    "a score": "update highlight_topics set score = 0.25",
    "a topic": "insert into highlight_topics select 2, topic_id, reason, 1 from highlight_topics",
}


@pytest.mark.parametrize("rot", ROTS)
def test_topics_that_the_disk_changed_are_found_and_assigned_again(rot: str) -> None:
    db, config = open_memory(), TopicsConfig(threshold=1)
    save(db, source_file("a.md", tweet_highlight(0, "Tilling", tags=("soil",)), tweet_highlight(1, "Other")))
    assert find_wrong_topics(db, config) == 0  # none is assigned yet
    update_topics(db, config)
    before = read_assignments(db)
    assert [each.topic for each in before] == ["soil"]
    assert find_wrong_topics(db, config) == 0
    db.execute(ROTS[rot])
    if rot == "a topic":  # else it is a change, and the next command assigns them again
        db.execute(
            "update topic_scores set members = (select count(*) || ' ' ||"
            " sum(highlight_id * 7919 + topic_id) from highlight_topics)"
        )
    assert find_wrong_topics(db, config) > 0
    fix_topics(db, config)
    assert find_wrong_topics(db, config) == 0
    assert read_assignments(db) == before


def test_a_store_of_zero_bytes_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    store = tmp_path / "gleanings.db"
    store.touch()
    with pytest.raises(StoreError, match=r"is empty \(0 bytes\).*`gleanings restore`"):
        open_store(store)
    assert list(tmp_path.iterdir()) == [store]
    assert store.stat().st_size == 0
    close_store(open_store(store, create=True))  # as `import` does
    close_store(open_store(store))


def test_the_command_names_what_is_wrong_fixes_it_and_records_the_run(tmp_path: Path) -> None:
    page = tmp_path / "graph" / "Slow Water (highlights).md"
    page.parent.mkdir()
    page.write_text(PAGE)
    assert run("import", "graph", cwd=tmp_path).code == 0
    db = sqlite3.connect(tmp_path / "gleanings.db")
    db.execute("update documents set shown_title = 'X'")
    db.commit()
    ran = run("doctor", cwd=tmp_path)
    assert ran.code == 1
    assert "! tweets: 1 document with a wrong title" in ran.out
    assert run("doctor", "--fix", cwd=tmp_path).code == 0
    assert db.execute("select command, status, message from runs order by id desc").fetchone() == (
        "doctor", "ok", "fixed",
    )  # fmt: skip
    found = run("doctor", "--json", cwd=tmp_path)
    assert (
        found.code,
        {each["trouble"] for each in found.json["findings"] if each["check"] != "config"},
    ) == (0, {0})
