"""Full-text search takes the reader's words as words, never as FTS5 syntax."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from benchmarks.search import GRAPHS, count_hits, read_paraphrases
from store.match_ranking import choose_rare
from store.search import build_query, search_highlights, spread_documents
from tests.gleanings.running import run
from tests.records import ARTICLE, plain_highlight, source_file
from tests.store.stores import save

TEXTS = (
    "Walking is thinking with the feet",
    "The café at the corner",
    "重要なのは、実際の問題を解決することです",
    "A well-known state-of-the-art model",
)


@pytest.fixture
def filled(db: sqlite3.Connection) -> sqlite3.Connection:
    highlights = [plain_highlight(f"h{i}", text, position=i) for i, text in enumerate(TEXTS)]
    save(db, source_file("a.md", *highlights, document=ARTICLE))
    return db


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("walk", 0),
        ("THINKING walks", 0),
        ('"with the feet"', 0),
        ("cafe", 1),
        ("問題", 2),
        ("解決する", 2),
        ("state-of-the-art", 3),
        ("mod*", 3),
    ],
)
def test_a_search_finds_words(filled: sqlite3.Connection, words: str, found: int) -> None:
    assert [
        hit.snippet.replace("⟦", "").replace("⟧", "") for hit in search_highlights(filled, words, limit=5)
    ] == [TEXTS[found]]


@pytest.mark.parametrize(
    "words", ["", '"', "'", "*", "NEAR(", "AND", "a:b", "(", ")", "-", "^x", "问", "\0", "''\""]
)
def test_any_text_is_a_valid_search(filled: sqlite3.Connection, words: str) -> None:
    search_highlights(filled, words, limit=5)


def test_fts5_operators_are_searched_as_words() -> None:
    assert build_query("this OR that") == '"this" "OR" "that"'


def test_a_highlight_that_is_gone_is_not_found(filled: sqlite3.Connection) -> None:
    save(filled, source_file("a.md", document=ARTICLE))
    assert search_highlights(filled, "walking", limit=5) == []
    assert search_highlights(filled, "問題", limit=5) == []


def test_an_edited_text_is_found_by_its_new_words_only(filled: sqlite3.Connection) -> None:
    save(filled, source_file("a.md", plain_highlight("h0", "Running instead"), document=ARTICLE))
    assert search_highlights(filled, "walking", limit=5) == []
    assert len(search_highlights(filled, "running", limit=5)) == 1


def find_texts(db: sqlite3.Connection, words: str) -> list[str]:
    return [hit.snippet.replace("⟦", "").replace("⟧", "") for hit in search_highlights(db, words, limit=9)]


def test_a_sentence_finds_highlights_with_some_of_its_words(filled: sqlite3.Connection) -> None:
    assert find_texts(filled, "why is thinking easier while your feet move")[0] == TEXTS[0]


def test_exact_phrases_and_all_words_come_before_some_of_the_words(db: sqlite3.Connection) -> None:
    texts = ("habits habits", "hard habits form slowly to break", "how habits form", "form how the habits")
    for number, text in enumerate(texts):
        save(db, source_file(f"{number}.md", plain_highlight(f"h{number}", text), document=ARTICLE))
    assert find_texts(db, "how habits form")[:2] == ["how habits form", "form how the habits"]


def test_common_words_alone_do_not_widen_a_search(filled: sqlite3.Connection) -> None:
    assert find_texts(filled, "what is the zzzz") == []


def test_at_most_two_of_a_document_come_before_other_documents() -> None:
    assert spread_documents([(1, 1), (2, 1), (3, 1), (4, 2), (5, 1)]) == [1, 2, 4, 3, 5]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("author:nobody", []),
        ("category:article after:1900 cafe", [TEXTS[1]]),
        ("category:books cafe", []),
        ("before:1900 cafe", []),
        ("is:cut", []),
        ("has:note", []),
        ("tag:none walking", []),
        ("topic:none walking", []),
        ("site:none.test walking", []),
        ("@nobody walking", []),
        ("after:9999 問題", []),
    ],
)
def test_filters_narrow_a_search(filled: sqlite3.Connection, words: str, found: list[str]) -> None:
    filled.execute("update highlights set taken_at = '2022-01-01T00:00:00Z'")
    assert find_texts(filled, words) == found


def test_filters_select_by_author_tag_and_note(filled: sqlite3.Connection) -> None:
    filled.execute("insert into authors (id, name, handle, uid) values (77, 'Ada L', 'ada', '@ada77')")
    filled.execute(
        "update highlights set author_id = 77, note = 'mine', incomplete = 1 where text = ?", TEXTS[:1]
    )
    filled.execute("insert into tags (id, name) values (77, 'Favorite')")
    filled.execute("insert into highlight_tags select id, 77, 0 from highlights where text = ?", TEXTS[:1])
    for words in (
        "@ada",
        "author:ada",
        'author:"ada l"',
        "is:favorite",
        "tag:favorite",
        "has:note",
        "is:cut",
    ):
        assert find_texts(filled, words) == [TEXTS[0]], words
        assert find_texts(filled, f"{words} walking") == [TEXTS[0]], words
        assert find_texts(filled, f"{words} corner") == [], words


def test_the_best_match_of_many_comes_first_however_old_it_is(db: sqlite3.Connection) -> None:
    texts = ["harbour harbour harbour", *(f"a harbour and other words, number {n}" for n in range(2_500))]
    document = save_document(db)
    db.executemany(
        "insert into highlights (text, document_id, position, category, uid, content_hash)"
        " values (?, ?, ?, 'articles', ?, 0)",
        [(text, document, number, f"test:{number}") for number, text in enumerate(texts)],
    )
    assert find_texts(db, "harbour")[0] == "harbour harbour harbour"


def fill_randomly(db: sqlite3.Connection) -> list[tuple[int, str, str | None, str | None, str | None]]:
    """Highlights of all kinds of days and categories: (id, category, taken_at, synced_on, gone_at)."""
    chance, document = random.Random(7), save_document(db)
    rows = []
    for number in range(100, 400):
        day = f"2021-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        dated, gone = chance.random() < 0.6, chance.random() < 0.1
        category = chance.choice(("tweets", "articles", "articles", "books"))
        times = (f"{day}T09:00:00Z" if dated else None, None if chance.random() < 0.3 else day)
        rows.append((number, category, *times, "2022-01-01T00:00:00Z" if gone else None))
    db.executemany(
        "insert into highlights"
        " (id, category, taken_at, synced_on, gone_at, text, document_id, position, uid, content_hash)"
        f" values (?, ?, ?, ?, ?, 'a lantern', {document}, 0, random(), 0)",
        rows,
    )
    return rows


@pytest.mark.parametrize("most_in_set", [0, 40, 100_000])
@pytest.mark.parametrize("words", ["", "lantern"])
@pytest.mark.parametrize(
    ("filters", "category", "after", "before"),
    [
        ("before:2021-03", "", "", "2021-03"),
        ("after:2021-11-10", "", "2021-11-10", "a"),
        ("after:2021-04-01 before:2021-04-20", "", "2021-04-01", "2021-04-20"),
        ("category:book", "books", "", "a"),
        ("category:articles before:2021-06", "articles", "", "2021-06"),
        ("category:tweet after:2021-12", "tweets", "2021-12", "a"),
        ("category:podcast", "podcasts", "", "a"),
    ],
)
def test_filters_of_few_and_of_many_highlights_find_the_same(
    db: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    filters: str,
    category: str,
    after: str,
    before: str,
    words: str,
    most_in_set: int,
) -> None:
    monkeypatch.setattr("store.match_ranking.MOST_IN_SET", most_in_set)
    days = {id_: (taken or synced or "", id_) for id_, _, taken, synced, _ in fill_randomly(db)}
    live = "select id, category from highlights where gone_at is null and id >= 100"
    expected = sorted(
        days[id_]
        for id_, kind in db.execute(live)
        if category in ("", kind) and after <= days[id_][0] < before and (days[id_][0] or ":2" not in filters)
    )
    found = [hit.id for hit in search_highlights(db, f"{filters} {words}", limit=1_000) if hit.id >= 100]
    if words:
        assert sorted(found) == sorted(id_ for _, id_ in expected)
    else:
        assert found == [id_ for _, id_ in reversed(expected)]
    assert found or category == "podcasts"


def save_document(db: sqlite3.Connection) -> int:
    save(db, source_file("a.md", plain_highlight("h0", "Something else"), document=ARTICLE))
    return int(db.execute("select id from documents").fetchone()[0])


def test_the_rarest_words_of_a_sentence_are_enough(
    filled: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert choose_rare(filled, ["walking", "corner"]) == ["walking", "corner"]
    monkeypatch.setattr("store.match_ranking.MOST_FOR_ANY", 2)
    assert choose_rare(filled, ["the", "corner", "missing"]) == ["corner", "missing"]
    assert choose_rare(filled, ["the"]) == ["the"]
    assert choose_rare(filled, []) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("実際の問題の解決", [TEXTS[2]]),  # not in this order
        ("問題を考える", [TEXTS[2]]),  # only some of it
        ("問題 category:articles", [TEXTS[2]]),
        ("問題 category:books", []),
        ("電車", []),
    ],
)
def test_text_without_spaces_is_found_by_parts_and_within_filters(
    filled: sqlite3.Connection, words: str, found: list[str]
) -> None:
    assert find_texts(filled, words) == found


def test_other_words_beside_text_without_spaces_come_first(db: sqlite3.Connection) -> None:
    texts = ("問題と解決", "問題と解決 with Python", "nothing")
    highlights = [plain_highlight(f"h{i}", text, position=i) for i, text in enumerate(texts)]
    save(db, source_file("a.md", *highlights, document=ARTICLE))
    assert find_texts(db, "問題 python") == [texts[1], texts[0]]


def test_paraphrases_find_the_highlight_that_they_are_about(tmp_path: Path) -> None:
    """The hand-written benchmark (`benchmarks/search.py`), with its measured figures as the floor."""
    path = tmp_path / "gleanings.db"
    for graph in GRAPHS:
        assert run("import", graph, "--db", path, cwd=tmp_path).code in (0, 1)
    db = sqlite3.connect(path)
    queries = read_paraphrases(db)
    first, tenth, _ = count_hits(db, queries, "select id, id from highlights")
    db.close()
    assert len(queries) == 40
    assert first >= 38
    assert tenth == 40
