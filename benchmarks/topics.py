"""How often topics by meaning are right: the reader's tags are hidden from a fifth of the highlights.

A highlight's tags, and those of its document, are what is to be found; the others' tags, links and hashtags
are what there is to go by. Once the hidden highlights are drawn one by one, once with all others of their
documents, which is harder: there is no neighbour to copy from. Beside it the plain full-text baseline over
the same highlights: FTS5 asked for the words of a topic's name, and for the words that stand out in its
highlights. `given` is the share of the highlights without any tag that would get a topic: nobody can say how
many of those are right, so fewer is safer. Then the time that 35,000 highlights take.

    python -m benchmarks.topics
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path

from benchmarks.pages import generate_pages
from export.embedder import strip_marks
from export.similarity import find_by_meaning
from export.topic_assignment import TopicSettings, assign_named
from gleanings.steps.highlight_vectors import load_vectors
from gleanings.steps.import_plan import plan_import
from gleanings.steps.pages import find_all_sources, run_import
from record_types.library import Assignment, ReadDocument, ReadHighlight
from store.connection import open_store
from store.note_data import read_documents

CORPUS = Path(os.environ.get("GLEANINGS_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "corpus"
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
DRAWS = 6
WORDS = 5
"""That stand out, for the full-text baseline."""

Pairs = set[tuple[int, str]]


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        if CORPUS.is_dir():
            folders = [path for path in sorted(CORPUS.iterdir()) if path.is_dir()]
            measure_guesses(import_folders(Path(scratch) / "corpus.db", folders))
        pages = Path(scratch) / "pages"
        pages.mkdir()
        for name, text in generate_pages(35_000):
            (pages / name).write_text(text, encoding="utf-8")
        measure_time(import_folders(Path(scratch) / "pages.db", [pages]))


def import_folders(path: Path, folders: Sequence[Path]) -> sqlite3.Connection:
    db = open_store(path, create=True)
    plan = plan_import({}, find_all_sources(folders))
    db.execute("insert into runs (id, command, started_at, status) values (1, 'import', '', 'ok')")
    run_import(db, plan, {}, run_id=1, now="2022-02-01T00:00:00Z")
    return db


def measure_guesses(db: sqlite3.Connection) -> None:
    documents = read_documents(db)
    highlights = [each for document in documents for each in document.highlights]
    vectors = load_vectors(db, {each.id: each.text for each in highlights})
    named = assign_named(documents, TopicSettings(lead_ins=False))
    truth = {(a.highlight_id, a.topic) for a in named if a.reason.startswith(("tag:", "document tag:"))}
    print(f"{len(highlights):,} highlights, {len({topic for _, topic in truth})} topics by {len(truth)} tags")
    for whole, label in ((False, "highlights hidden one by one"), (True, "whole documents hidden")):
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        given: Counter[str] = Counter()
        for draw in range(DRAWS):
            hidden = hide_fifth(documents, {id_ for id_, _ in truth}, draw, whole=whole)
            known = [each for each in named if each.highlight_id not in hidden]
            wanted = {pair for pair in truth if pair[0] in hidden}
            tagged = {each.highlight_id for each in named}
            guesses = {
                f"meaning, {threshold}": guess(highlights, vectors, known, threshold)
                for threshold in THRESHOLDS
            }
            guesses["full text, name"] = ask_names(db, known)
            guesses["full text, best words"] = ask_words(db, highlights, known)
            for way, pairs in guesses.items():
                found = {pair for pair in pairs if pair[0] in hidden}
                sums[way] = [
                    a + b
                    for a, b in zip(sums[way], (len(found & wanted), len(found), len(wanted)), strict=True)
                ]
                given[way] += len({id_ for id_, _ in pairs} - tagged)
        print(f"{label:<32}{'precision':>10}{'recall':>8}{'given':>8}")
        for way, (right, found_, all_) in sums.items():
            share = given[way] / DRAWS / (len(highlights) - len({id_ for id_, _ in truth}))
            print(f"  {way:<30}{right / max(found_, 1):>10.2f}{right / all_:>8.2f}{share:>8.1%}")


def hide_fifth(documents: Iterable[ReadDocument], tagged: set[int], seed: int, *, whole: bool) -> set[int]:
    """The ids of a fifth of the tagged highlights, drawn by themselves or with their documents."""
    units = [
        unit
        for document in documents
        for unit in ([document.highlights] if whole else [(each,) for each in document.highlights])
        if any(each.id in tagged for each in unit)
    ]
    drawn = random.Random(seed).sample(units, len(units) // 5)
    return {each.id for unit in drawn for each in unit if each.id in tagged}


def guess(
    highlights: Sequence[ReadHighlight], vectors: object, known: Sequence[Assignment], threshold: float
) -> Pairs:
    found = find_by_meaning(highlights, vectors, known, threshold=threshold)  # type: ignore[arg-type]
    return {(each.highlight_id, each.topic) for each in found}


def ask_names(db: sqlite3.Connection, known: Sequence[Assignment]) -> Pairs:
    """Highlights in which all words of the topic's name stand."""
    return {
        (id_, topic)
        for topic in {each.topic for each in known}
        for id_ in ask(db, " ".join(f'"{word}"' for word in re.findall(r"\w+", topic)))
    }


def ask_words(
    db: sqlite3.Connection, highlights: Sequence[ReadHighlight], known: Sequence[Assignment]
) -> Pairs:
    """For each highlight the topic whose outstanding words it matches best (bm25)."""
    words_of = {each.id: set(re.findall(r"\w{3,}", strip_marks(each.text).casefold())) for each in highlights}
    common = Counter(word for words in words_of.values() for word in words)
    topics: dict[str, Counter[str]] = defaultdict(Counter)
    for each in known:
        topics[each.topic].update(words_of[each.highlight_id])
    best: dict[int, tuple[float, str]] = {}
    for topic, counts in sorted(topics.items()):
        top = sorted(counts, key=lambda word: (-counts[word] * log(len(highlights) / common[word]), word))[
            :WORDS
        ]
        for id_, score in ask(db, " OR ".join(f'"{word}"' for word in top)).items():
            best[id_] = min(best.get(id_, (0.0, "")), (score, topic))
    return {(id_, topic) for id_, (_, topic) in best.items()}


def ask(db: sqlite3.Connection, query: str) -> dict[int, float]:
    statement = "select rowid, bm25(highlights_fts) from highlights_fts where highlights_fts match ?"
    return dict(db.execute(statement, (query,)).fetchall()) if query else {}


def measure_time(db: sqlite3.Connection) -> None:
    documents = read_documents(db)
    highlights = [each for document in documents for each in document.highlights]
    examples = [Assignment(each.id, f"topic {each.id % 300}", "tag: x") for each in highlights[::10]]
    times = []
    for _ in range(2):
        started = time.perf_counter()
        vectors = load_vectors(db, {each.id: each.text for each in highlights})
        times.append(time.perf_counter() - started)
    started = time.perf_counter()
    find_by_meaning(highlights, vectors, examples, threshold=0.3)
    print(
        f"{len(highlights):,} highlights: vectors {times[0]:.1f} s, from the store {times[1]:.1f} s, "
        f"300 topics by meaning {time.perf_counter() - started:.1f} s"
    )


if __name__ == "__main__":
    main()
