"""Topics: from tags, links, hashtags and lead-ins, and never from what only looks like one."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Any

import pytest

from export.lead_ins import find_lead_in
from export.topic_assignment import TopicSettings
from export.topic_groups import group_topics
from export.topic_names import fold_name, is_stop_name, slugify
from record_types.library import ReadDocument, ReadHighlight, ReadLink, TopicRule
from record_types.pages import Author
from tests.export.samples import ARTICLE, DOCUMENTS, THREAD
from tests.shared import SHARED
from tests.topic_texts import assign_topics


def document(number: int, *highlights: ReadHighlight, tags: tuple[str, ...] = ()) -> ReadDocument:
    return ReadDocument(number, f"d:{number}", "D", "D", "articles", tags=tags, highlights=highlights)


def highlight(
    number: int, text: str = "Words.", *, tags: tuple[str, ...] = (), url: str | None = None
) -> ReadHighlight:
    links = (ReadLink(url, "resolved", False, final_url=url),) if url else ()
    return ReadHighlight(number, f"h:{number}", text, tags=tags, links=links)


def names(*documents: ReadDocument, settings: TopicSettings | None = None) -> set[str]:
    return {each.topic for each in assign_topics(documents, settings or TopicSettings())}


def test_a_resource_thread_names_its_topics() -> None:
    assert [(each.topic, each.reason) for each in assign_topics([THREAD])] == [
        ("Soil Science", "lead-in: For Soil Science"),
        ("Botany", "lead-in: For Botany"),
    ]


def test_a_tag_used_often_enough_is_a_topic() -> None:
    twice = document(1, highlight(1, tags=("moss",)), highlight(2, tags=("moss",)))
    assert names(twice) == set()
    assert names(twice, document(2, highlight(3, "More on [[Moss]] here"))) == {"moss"}
    assert names(twice, settings=TopicSettings(threshold=2)) == {"moss"}


def test_a_highlight_that_repeats_a_name_counts_once() -> None:
    assert names(document(1, highlight(1, "[[Moss]] and [[Moss]] and #moss"))) == set()
    twice = document(2, highlight(2, "[[Moss]]"), highlight(3, "[[Moss]] [[Moss]]"), tags=("moss",))
    assert names(document(1, highlight(1, "[[Moss]] and [[Moss]]")), twice) == {"Moss"}


@pytest.mark.parametrize(
    ("authors", "topics"), [(("ada", "ADA", "ada"), set()), (("ada", "ben", "ada"), {"moss"})]
)
def test_a_hashtag_is_a_topic_if_two_authors_use_it(authors: tuple[str, ...], topics: set[str]) -> None:
    used = [
        replace(document(n, highlight(n, "On #moss")), author=Author(name.capitalize(), name))
        for n, name in enumerate(authors)
    ]
    assert names(*used) == topics


@pytest.mark.parametrize(
    ("more", "score", "reason"),
    [
        ({"tags": ("moss",)}, 1.0, "tag: moss"),
        ({"text": "[[Moss#care|it]]"}, 1.0, "link: [[Moss]]"),
        ({"text": "Moss: care"}, 0.9, "lead-in: Moss"),
        ({"text": "#moss"}, 0.7, "hashtag: #moss"),
        ({}, 0.8, "document tag: moss"),
    ],
)
def test_the_best_reason_decides_the_score(more: dict[str, Any], score: float, reason: str) -> None:
    page = document(1, highlight(1, **more), tags=("moss",))
    bare = page if not more else replace(page, tags=())
    rules = (TopicRule("Moss"),)
    for each in (page, bare):
        (found,) = assign_topics([each], TopicSettings(rules=rules, precision=1.0))
        if each is bare or score > 0.8:
            assert (found.score, found.reason) == (score, reason)


@pytest.mark.parametrize(
    ("rule", "score"),
    [
        (TopicRule("Moss", phrases=("words",)), 0.9),
        (TopicRule("Moss", patterns=("Words",)), 0.9),
        (TopicRule("Moss", query="words"), 0.7),
        (TopicRule("Moss", authors=("Ada",)), 0.6),
        (TopicRule("Moss", sites=("a.example",)), 0.6),
    ],
)
def test_a_rule_is_sure_of_words_and_less_of_authors_and_sites(rule: TopicRule, score: float) -> None:
    page = replace(document(1, highlight(1)), author=Author("Ada"), url="https://a.example/1")
    settings = TopicSettings(rules=(rule,), answers={"words": {1}}, precision=1.0)
    assert [each.score for each in assign_topics([page], settings)] == [score]


def test_what_the_reader_took_out_of_a_note_comes_back_only_by_a_tag() -> None:
    page = document(1, highlight(1, "Moss."), highlight(2, "Moss.", tags=("moss",)), highlight(3))
    rules = (TopicRule("Moss", phrases=("moss",)),)
    examples = {n: [("moss", "counter", "Moss")] for n in (1, 2)} | {3: [("Moss", "example", "Moss")]}
    found = assign_topics([page], TopicSettings(rules=rules, examples=examples))
    assert [(each.highlight_id, each.reason) for each in found] == [
        (2, "tag: moss"), (3, "example: you put it into Moss"),
    ]  # fmt: skip


def test_a_documents_tag_counts_once_and_holds_for_all_its_highlights() -> None:
    tagged = document(1, *(highlight(n) for n in range(5)), tags=("moss",))
    assert names(tagged) == set()
    others = [document(n, highlight(n * 10), tags=("moss",)) for n in (2, 3)]
    assert len(assign_topics([tagged, *others])) == 7


def test_case_plural_and_separators_make_one_topic_with_the_commonest_spelling() -> None:
    spelled = ("Slow Fires", "slow-fire", "Slow Fires", "SlowFire")
    tagged = document(1, *(highlight(n, tags=(tag,)) for n, tag in enumerate(spelled)))
    assert names(tagged) == {"Slow Fires"}


def test_a_lead_in_needs_a_thread_of_resources_or_a_known_topic() -> None:
    alone = document(
        1, highlight(1, "Botany: a science", url="https://a.example/1"), highlight(2, "Also this")
    )
    assert names(alone) == set()
    known = document(2, *(highlight(n, tags=("botany",)) for n in (3, 4, 5)))
    assert ("Botany", "botany")[1] in names(alone, known)
    assert {each.highlight_id for each in assign_topics([alone, known])} == {1, 3, 4, 5}


def test_picture_links_do_not_make_a_thread_of_resources() -> None:
    media = (ReadLink("https://t.co/MMMMMMMMMM", "media", True),)
    shown = [
        replace(highlight(n, f"{word}: look https://t.co/MMMMMMMMMM"), links=media)
        for n, word in enumerate(("Ferns", "Oaks"))
    ]
    assert names(document(1, *shown)) == set()


def test_an_alias_counts_for_its_topic_and_a_stopped_name_for_none() -> None:
    tagged = document(1, *(highlight(n, tags=("ML", "ugly")) for n in range(3)))
    settings = TopicSettings(aliases={"ml": "Machine Learning"}, stop=("Ugly",))
    assert names(tagged, settings=settings) == {"Machine Learning"}


def test_hashtags_in_urls_and_escaped_hashtags_are_ignored() -> None:
    texts = ("see https://a.example/#moss", r"\#moss", "a&#moss; b")
    assert names(document(1, *(highlight(n, text) for n, text in enumerate(texts)))) == set()


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("For Linear Algebra: Topics include vectors", "Linear Algebra"),
        ("Probability: expectation", "Probability"),
        ("For Probability & Statistics: more", "Probability & Statistics"),
        ("**Graph Theory**: paths", "Graph Theory"),
        ("3. Topology: shapes", "Topology"),
        ("Machine Learning:\n\nhttps://t.co/AAAAAAAAAA", "Machine Learning"),
        ("Topology： shapes", "Topology"),
        ("History of the Moss and the Fern on Red Sand: wet", "History of the Moss and the Fern on Red Sand"),
    ],
)
def test_a_subject_is_read_from_a_lead_in(text: str, subject: str) -> None:
    found = find_lead_in(text)
    assert found is not None
    assert found.subject == subject
    assert found.sure


@pytest.mark.parametrize(
    "text",
    [
        "Bonus: one more",
        "Bonus 2: and one",
        "Excuse 1: no time",
        "Pitfall #3: haste",
        "Step 3: wait",
        "Update: it works",
        "TLDR: no",
        "TL;DR: no",
        "Example: this",
        "Prompt: write",
        "Side note: yes",
        "PSA: careful",
        "Remember: breathe",
        "Principle #1: less",
        "How to win: try",
        "For understanding their taste: ask",
        "Me: hi",
        "OH: hi",
        "X : hi",
        "What I learned: nothing",
        "You begin to wonder: why",
        "This is the point: here",
        "At 3:30 pm",
        "https://example.org: here",
        "@someone: hi",
        "#moss: wet",
        "My top 5 tools: these",
        "Understanding Taste: ask",
        "Fun fact: bees",
        "History of the Moss and the Fern on Red Wet Sand: six words that count",
        "Part II: roots",
        "So: no",
        "Two: no",
        "It should answer the question: why",
        "a very long beginning of a sentence that goes on for ever before its colon: so",
    ],
)
def test_text_that_only_looks_like_a_lead_in_is_ignored(text: str) -> None:
    found = find_lead_in(text)
    assert found is None or not found.sure


@pytest.mark.parametrize(
    "name",
    [
        "favorite",
        "Yellow",
        "TODO",
        "readwise",
        "Nov 19th, 2022",
        "2023-01-17",
        "Monday, 31-10-2022",
        "2023\\-07\\-03",
        "@someone on Twitter",
        "@x",
        "2022",
        "h2",
        "c1",
        "A",
        "Feb 2023",
        "https://example.org",
        "On Moss (highlights)",
    ],
)
def test_marks_dates_and_people_are_not_topics(name: str) -> None:
    assert is_stop_name(name)


@pytest.mark.parametrize(
    "name", ["biology", "May Day", "GPT-3", "Ways of Seeing", "march of progress", "R&D", "日本"]
)
def test_the_name_of_a_thing_may_be_a_topic(name: str) -> None:
    assert not is_stop_name(name)


def test_slugs_are_plain_and_never_empty() -> None:
    assert slugify("Linear Algebra") == "linear-algebra"
    assert slugify("Probability & Statistics") == "probability-statistics"
    assert slugify("Économie politique") == "economie-politique"
    assert slugify("C++") != slugify("C") != slugify("C#")
    assert slugify("日本語") == "日本語"
    assert re.fullmatch(r"topic-[0-9a-f]{8}", slugify("🙂"))
    assert slugify("¡Moss & _ferns_!") == "moss-ferns"


def test_names_with_one_slug_are_one_topic() -> None:
    for one, other in (("AI!", "ai"), ("x & y", "x y"), ("R-D", "r/d")):
        assert slugify(one) == slugify(other)
        assert fold_name(one) == fold_name(other)


def test_the_order_of_documents_changes_no_assignment() -> None:
    shuffled = list(DOCUMENTS)
    random.Random(1).shuffle(shuffled)
    assert set(assign_topics(shuffled)) == set(assign_topics(DOCUMENTS)) == set(assign_topics(DOCUMENTS))


def test_topics_hold_their_highlights_by_document() -> None:
    topics = group_topics(DOCUMENTS, assign_topics(DOCUMENTS))
    assert [topic.name for topic in topics] == ["Botany", "Soil Science"]
    assert [[each.id for each in part.highlights] for part in topics[0].documents] == [[102], [201]]
    assert ARTICLE.id in [part.id for part in topics[1].documents]


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the first page is not here")
def test_the_first_page_has_exactly_three_topics() -> None:
    (path,) = (SHARED / "seeds").iterdir()
    parts = re.findall(r"^\t- (.*(?:\n\t  .*)*)", path.read_text("utf-8"), re.MULTILINE)
    found = []
    for number, part in enumerate(parts):
        text = re.sub(r" \(\[View Tweet\]\(.*\)\)", "", part.replace("\n\t  ", "\n"))
        links = tuple(ReadLink(url, "pending", True) for url in re.findall(r"https://t\.co/\w{10}", text))
        found.append(replace(highlight(number, text), links=links))
    assert names(document(1, *found)) == {"Linear Algebra", "Probability & Statistics", "Calculus"}
