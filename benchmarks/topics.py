"""How well topics find what is about them, on judged highlights, and how long it takes.

Imports the graph of the measurement data twice, with the judged subjects as rules, by name only, and with
all suggestions accepted; and 32,000 generated highlights with 150 topics for the time. The figures are those
of that data's own `score.py`. `benchmarks.topic_model` prints the cross-validated ones of the model.

    python -m benchmarks.topics
"""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.pages import generate_pages
from export.clean import complete_titles
from export.subjects import load_subjects
from gleanings.config import TopicsConfig
from gleanings.steps.import_plan import plan_import
from gleanings.steps.pages import find_all_sources, run_import
from gleanings.steps.topic_scores import prepare_documents, update_topics
from gleanings.steps.topic_suggestions import propose_topics
from record_types.library import TopicRule
from store.connection import open_store
from store.note_data import read_documents

SHARED = Path(os.environ.get("GLEANINGS_SHARED", Path(__file__).resolve().parents[2] / "shared"))
GRAPH, JUDGED = SHARED / "corpus" / "logseq-graph", SHARED / "topics"
TOPICS, HIGHLIGHTS = 150, 32_000


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        if GRAPH.is_dir() and JUDGED.is_dir():
            print("== named subjects, by their names only")
            named = import_folders(Path(scratch) / "named.db", [GRAPH])
            assign(named, [TopicRule(name) for name in read_subjects()])
            show_score(Path(scratch) / "named.db")
            print("== all suggestions accepted")
            measure_suggestions(Path(scratch) / "suggested.db")
        pages = Path(scratch) / "pages"
        pages.mkdir()
        for name, text in generate_pages(HIGHLIGHTS):
            (pages / name).write_text(text, encoding="utf-8")
        measure_time(import_folders(Path(scratch) / "pages.db", [pages]))


def import_folders(path: Path, folders: Sequence[Path]) -> sqlite3.Connection:
    db = open_store(path, create=True)
    plan = plan_import({}, find_all_sources(folders))
    db.execute("insert into runs (id, command, started_at, status) values (1, 'import', '', 'ok')")
    run_import(db, plan, {}, run_id=1, now="2022-02-01T00:00:00Z")
    return db


def read_subjects() -> list[str]:
    with (JUDGED / "subjects.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row["subject"] for row in rows if row["role"] != "unasked"]


def assign(db: sqlite3.Connection, rules: Sequence[TopicRule]) -> None:
    prepare_documents(db, TopicsConfig(rules=tuple(rules)))


def show_score(path: Path) -> None:
    subprocess.run([sys.executable, JUDGED / "score.py", path], check=True)


def measure_suggestions(path: Path) -> None:
    db = import_folders(path, [GRAPH])
    documents = complete_titles(read_documents(db))
    found = propose_topics(db, documents, TopicsConfig())
    assign(db, [TopicRule(each.name) for each in found.suggestions])
    total = sum(len(document.highlights) for document in documents)
    narrow = sum(each.documents == 1 for each in found.suggestions)
    print(
        f"{len(found.suggestions)} suggestions, one per {total / len(found.suggestions):.0f} highlights, "
        f"{narrow} from one document; {found.left:,} of {total:,} highlights left without a topic"
    )
    show_score(path)


change_ten = """
update highlights set text = text || ' Insomnia and sleep.'
where id in (select id from highlights order by id desc limit 10)
"""


def measure_time(db: sqlite3.Connection) -> None:
    config = TopicsConfig(rules=tuple(TopicRule(each.name) for each in load_subjects()[:TOPICS]))
    for label in ("first", "unchanged", "ten changed"):
        if label == "ten changed":
            db.execute(change_ten)
            db.commit()
        started, used = time.perf_counter(), time.process_time()
        update_topics(db, config)
        seconds = time.perf_counter() - started
        sizes = f"{HIGHLIGHTS:,} highlights, {TOPICS} topics"
        print(f"{label}: {sizes}: {seconds:.2f} s, {time.process_time() - used:.2f} s of one core")


if __name__ == "__main__":
    main()
