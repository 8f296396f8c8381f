"""Meaning for `search --related`: with the real word vectors, and without a network."""

from __future__ import annotations

import socket
import subprocess
import sys
from importlib.util import find_spec

import pytest

from export.meaning import SIZE, Embedder, find_model, load_embedder, rank_by_meaning, strip_marks
from tests.gleanings.running import ROOT
from tests.topic_texts import BREAD, SLEEP, STARS

pytestmark = pytest.mark.skipif(find_spec("wordllama") is None, reason="the extra `topics` is not installed")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(find_model())


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
        "import sys; from export.meaning import *; load_embedder(find_model()).embed(['x'])\n"
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


def test_ranking_by_meaning_finds_the_same_subject_and_nothing_for_no_words(embedder: Embedder) -> None:
    texts = [*SLEEP, *BREAD, *STARS]
    ranked = rank_by_meaning(embedder.embed(["insomnia and tired mornings", *texts]), min_similarity=0.3)
    assert ranked
    assert {texts[number] for number, _ in ranked} <= set(SLEEP)
    assert rank_by_meaning(embedder.embed(["", *texts]), min_similarity=0.3) == []
