"""Fit the weights of `export.topic_model` to judged highlights, and report how well they do.

    python -m benchmarks.topic_model STORE.db JUDGED.tsv

`JUDGED.tsv` has the columns subject, words (a hash of the highlight's) and grade: 2 is about the subject, 1
mentions it, 0 is not. Large subjects are split in two halves; each half is scored with weights fitted to the
other. Needs numpy (extra `topics`). Prints the weights for `export/topic_model.py`, fitted to all subjects.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from export.subjects import PhraseIndex, index_names, load_subjects, split_tokens
from export.topic_model import WEIGHTS, DocumentEvidence, split_document
from export.topic_names import fold_name
from record_types.library import ReadDocument
from store.connection import open_store
from store.note_data import read_documents

LARGE = 40
"""A subject with this many highlights of grade 2 is fitted to; the others are only reported."""
UNJUDGED, BORDERLINE = 0.3, 0.3
"""The weight of a highlight that nobody judged (most often it is not about the subject) and of a grade 1."""
RIDGE = 20.0
"""Keeps the weights small: 1 / C of scikit-learn's logistic regression with C = 0.05."""

NO_EVIDENCE = tuple(5.0 if name == "rank" else 0.0 for name in WEIGHTS)
"""The features of a highlight whose document has no phrase of the subject."""

Floats = NDArray[np.float64]


def main() -> None:
    """Read the store and the judgements, cross-validate, print the weights."""
    db = open_store(Path(sys.argv[1]))
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    with Path(sys.argv[2]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            grades[row["subject"]][row["words"]] = int(row["grade"])
    documents = read_documents(db)
    rows = {subject: _make_rows(documents, subject, of_subject) for subject, of_subject in grades.items()}
    large = [
        subject for subject, each in grades.items() if sum(grade == 2 for grade in each.values()) >= LARGE
    ]
    halves = large[::2], large[1::2]
    scored: dict[str, Floats] = {}
    for fitted, reported in (halves, halves[::-1]):
        weights = _fit(rows[subject] for subject in fitted)
        scored |= {subject: _predict(weights, rows[subject][0]) for subject in reported}
    weights = _fit(rows[subject] for subject in large)
    scored |= {subject: _predict(weights, rows[subject][0]) for subject in rows if subject not in large}
    for threshold in (0.25, 0.3, 0.35, 0.4, 0.5):
        for name, subjects in (("large", large), ("small", [each for each in rows if each not in large])):
            _report(threshold, name, [(scored[each] >= threshold, rows[each][1]) for each in subjects])
    weights = _fit(rows.values())
    print(f"INTERCEPT = {weights[0]:.4f}")
    for name, weight in zip(WEIGHTS, weights[1:], strict=True):
        print(f'    "{name}": {weight:.4f},')


def _make_rows(
    documents: Iterable[ReadDocument], subject: str, grades: dict[str, int]
) -> tuple[Floats, NDArray[np.int64]]:
    """Features of every highlight for one subject, and its grade; -1 where nobody judged it."""
    index = PhraseIndex()
    for each in load_subjects():
        index.add(each)
    name = index_names()[fold_name(subject)].name
    features, found = [], []
    for document in (part for each in documents for part in split_document(each)):
        counts = [index.find(split_tokens(highlight.text)) for highlight in document.highlights]
        evidence = DocumentEvidence(counts, index.find(split_tokens(document.full_title)), index)
        for at, highlight in enumerate(document.highlights):
            known = name in evidence.document
            features.append(evidence.features(at, name) if known else NO_EVIDENCE)
            found.append(grades.get(_hash_words(highlight.text), -1))
    return np.array(features), np.array(found)


def _hash_words(text: str) -> str:
    """Twelve hex digits of the text's letters and digits in one case, as the judgements have them."""
    return sha256("".join(filter(str.isalnum, text.casefold())).encode()).hexdigest()[:12]


def _fit(rows: Iterable[tuple[Floats, NDArray[np.int64]]]) -> Floats:
    """Logistic regression by Newton's method on standardised features; the intercept first."""
    pairs = list(rows)
    features = np.concatenate([each[0] for each in pairs])
    grades = np.concatenate([each[1] for each in pairs])
    certainty = np.where(grades == -1, UNJUDGED, np.where(grades == 1, BORDERLINE, 1.0))
    mean, scale = features.mean(0), features.std(0) + 1e-9
    design = np.concatenate([np.ones((len(features), 1)), (features - mean) / scale], axis=1)
    penalty = np.diag([0.0, *[RIDGE] * len(mean)])
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        predicted = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (certainty * (predicted - (grades == 2))) + penalty @ weights
        curvature = (design * (certainty * predicted * (1 - predicted))[:, None]).T @ design + penalty
        weights -= np.linalg.solve(curvature, gradient)
    raw = weights[1:] / scale
    return np.concatenate([[weights[0] - raw @ mean], raw])


def _predict(weights: Floats, features: Floats) -> Floats:
    probability: Floats = 1 / (1 + np.exp(-weights[0] - features @ weights[1:]))
    return probability


def _report(threshold: float, name: str, results: list[tuple[NDArray[np.bool_], NDArray[np.int64]]]) -> None:
    members = sum(int(chosen.sum()) for chosen, _ in results)
    judged = sum(int((chosen & (grades >= 0)).sum()) for chosen, grades in results)
    right = sum(int((chosen & (grades >= 1)).sum()) for chosen, grades in results)
    strict = sum(int((chosen & (grades == 2)).sum()) for chosen, grades in results)
    relevant = sum(int((grades == 2).sum()) for _, grades in results)
    print(
        f"{threshold:.2f} {name:<6} recall {strict / relevant:.2f}  precision {right / judged:.2f}  "
        f"strict {strict / judged:.2f}  with unjudged as wrong {right / members:.2f}"
    )


if __name__ == "__main__":
    main()
