"""Topics by meaning and groups of what has none: with the real word vectors, and without a network."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.embedder import SIZE, Embedder, find_model, load_embedder, strip_marks
from export.topic_assignment import TopicSettings, assign_named
from record_types.library import ReadDocument, ReadHighlight
from tests.gleanings.running import ROOT
from tests.topic_texts import BREAD, SLEEP, STARS, write_documents

pytestmark = pytest.mark.skipif(find_spec("wordllama") is None, reason="the extra `topics` is not installed")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(find_model())


def list_highlights(documents: list[ReadDocument]) -> list[ReadHighlight]:
    return [each for document in documents for each in document.highlights]


def find(embedder: Embedder, documents: list[ReadDocument], threshold: float) -> dict[int, tuple[str, str]]:
    from export.similarity import find_by_meaning

    highlights = list_highlights(documents)
    vectors = embedder.embed([each.text for each in highlights])
    named = assign_named(documents, TopicSettings(threshold=2))
    found = find_by_meaning(highlights, vectors, named, threshold=threshold)
    return {each.highlight_id: (each.topic, each.reason) for each in found}


def test_vectors_come_from_the_installed_wheel_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    rows = load_embedder(find_model()).embed(["A word", ""])
    assert rows.shape == (2, SIZE)
    assert rows[0].any()
    assert not rows[1].any()


def test_nothing_that_could_ask_a_hub_is_imported() -> None:
    code = (
        "import sys; from export.embedder import *; load_embedder(find_model()).embed(['x'])\n"
        "names = ('wordllama', 'requests', 'huggingface_hub', 'httpx')\n"
        "print([name for name in names if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_texts_vector_does_not_depend_on_other_texts(embedder: Embedder) -> None:
    texts = ["Sleep well.", "", "x " * 9000, *STARS, "\ud800", "睡眠は大切です", "a" * 5000]
    together = embedder.embed(texts)
    for number, text in enumerate(texts):
        assert (embedder.embed([text])[0] == together[number]).all()


def test_marks_and_urls_do_not_affect_vectors() -> None:
    assert (
        strip_marks("**Sleep** [well](https://a.example/bread), `deep`\n> #night")
        == "Sleep well , deep night"
    )


def test_highlights_get_the_topic_of_the_highlight_they_resemble_and_name_it(embedder: Embedder) -> None:
    documents = write_documents(
        tagged={10: "sleep", 20: "sleep", 30: "sleep", 11: "bread", 21: "bread", 31: "bread"}
    )
    found = find(embedder, documents, 0.3)
    assert {id_ % 10 for id_, (topic, _) in found.items() if topic == "sleep"} == {0}
    assert {id_ % 10 for id_, (topic, _) in found.items() if topic == "bread"} == {1}
    assert len(found) >= 8
    assert all(reason.startswith('meaning: nearest "') for _, reason in found.values())
    assert not any(id_ in found for id_ in (10, 20, 30, 11, 21, 31)), "they have the topic already"


def test_dissimilar_or_short_highlights_get_no_topic(embedder: Embedder) -> None:
    documents = write_documents(tagged={10: "sleep", 20: "sleep", 30: "sleep"})
    assert find(embedder, documents, 0.99) == {}
    assert not any(id_ % 10 == 3 for id_ in find(embedder, documents, 0.0))
    assert find(embedder, write_documents(), 0.0) == {}
    assert find(embedder, write_documents(tagged={10: "sleep"}), 0.0) == {}, "one example is none"


def test_the_order_of_documents_changes_nothing(embedder: Embedder) -> None:
    from export.similarity import remove_common
    from export.topic_groups import find_groups

    documents = write_documents(tagged={10: "sleep", 20: "sleep", 11: "bread", 21: "bread"})
    expected, groups = find(embedder, documents, 0.25), []
    for seed in range(3):
        random.Random(seed).shuffle(documents)
        assert find(embedder, documents, 0.25) == expected
        highlights = list_highlights(documents)
        places = remove_common(embedder.embed([each.text for each in highlights]))
        groups.append(find_groups(highlights, places, set(), min_size=3))
    assert groups[0] == groups[1] == groups[2] != []


def test_groups_of_highlights_without_topic_are_named_from_their_words(embedder: Embedder) -> None:
    from export.similarity import remove_common
    from export.topic_groups import find_groups

    highlights = list_highlights(write_documents())
    places = remove_common(embedder.embed([each.text for each in highlights]))
    groups = find_groups(highlights, places, set(), ["Bread"], min_size=4)
    texts = {group.name: {each.text for each in group.highlights} for group in groups}
    assert "Sleep" in texts
    assert texts["Sleep"] <= set(SLEEP)
    assert "Bread" not in texts, "there is a topic of that name"
    assert all(group.documents > 1 and len(group.highlights) >= 4 for group in groups)
    assert all(
        set(found) <= set(subject)
        for found in texts.values()
        for subject in (SLEEP, BREAD, STARS)
        if found & set(subject)
    )
    taken = {each.id for each in highlights if each.text in SLEEP}
    assert "Sleep" not in [group.name for group in find_groups(highlights, places, taken, min_size=4)]
    assert find_groups(highlights, places, {each.id for each in highlights}) == []


@given(st.lists(st.text(max_size=80), min_size=1, max_size=12), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_any_texts_get_vectors_topics_and_groups(embedder: Embedder, texts: list[str], tagged: int) -> None:
    from export.similarity import remove_common
    from export.topic_groups import find_groups

    highlights = tuple(
        ReadHighlight(n, f"h:{n}", n % 2, text, n, tags=("moss",) if n < tagged else ())
        for n, text in enumerate(texts)
    )
    documents = [ReadDocument(1, "d:1", "D", "D", "articles", highlights=highlights)]
    found = find(embedder, documents, 0.0)
    assert set(found) <= {each.id for each in highlights[tagged:]}
    places = remove_common(embedder.embed(texts))
    assert all(group.name for group in find_groups(highlights, places, set(), min_size=2))
