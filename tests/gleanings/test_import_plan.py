"""Which files an import reads, and which it skips: decided from stamps alone."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gleanings.steps.import_plan import (
    MAX_CLOCK_SKEW,
    READER_VERSION,
    SUSPICIOUS_LOSS,
    has_same_content,
    is_settled,
    is_unchanged,
    may_store,
    plan_import,
)
from ingest.folder import Sources, stamp_file
from ingest.graph import ReadSettings
from record_types.errors import InputError
from record_types.pages import FileStamp, Problem, SourceFile
from store.files import KnownFile

STAMP = FileStamp("/g", "a.md", 10, 1_000)
SETTINGS = ReadSettings(("yyyy-MM-dd",), "triple-lowbar")
KNOWN = KnownFile(
    id=1,
    root="/g",
    path="a.md",
    size=10,
    mtime_ns=1_000,
    sha256="f0",
    reader=READER_VERSION,
    repair="",
    read_as=SETTINGS.describe(),
    gone=False,
)
FILE = SourceFile(STAMP, "f0", "logseq", read_as=SETTINGS.describe())


def source(*names: str, root: str = "/g", is_folder: bool = True) -> Sources:
    stamps = tuple(replace(STAMP, root=root, path=name) for name in names)
    return Sources(root, SETTINGS, stamps, is_folder=is_folder)


def test_a_file_with_the_same_size_and_time_is_not_read() -> None:
    plan = plan_import({"/g/a.md": KNOWN}, [source("a.md")])
    assert (plan.read, plan.unchanged, plan.gone) == ((), 1, ())


def test_a_full_check_reads_it_anyway() -> None:
    plan = plan_import({"/g/a.md": KNOWN}, [source("a.md")], verify=True)
    assert ([stamp for stamp, _ in plan.read], plan.unchanged) == ([STAMP], 0)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 11},
        {"mtime_ns": 1_001},
        {"reader": READER_VERSION - 1},
        {"gone": True},
        {"sha256": ""},
        {"repair": "left"},
        {"read_as": "another graph's formats"},
    ],
)
def test_a_file_that_would_now_be_read_differently_is_read_again(change: dict[str, object]) -> None:
    assert is_unchanged(KNOWN, STAMP, SETTINGS)
    assert not is_unchanged(KNOWN._replace(**change), STAMP, SETTINGS)  # type: ignore[arg-type]


def test_repaired_text_is_read_again_only_without_repair() -> None:
    repaired = KNOWN._replace(repair="done")
    assert is_unchanged(repaired, STAMP, SETTINGS)
    unrepaired = replace(SETTINGS, repair=False)
    assert not is_unchanged(repaired._replace(read_as=unrepaired.describe()), STAMP, unrepaired)


def test_a_file_in_two_sources_is_read_once_and_an_exported_note_never() -> None:
    plan = plan_import({}, [source("a.md", "note.md"), source("a.md")], written={"/g/note.md"})
    assert [stamp.path for stamp, _ in plan.read] == ["a.md"]


def test_a_file_that_was_read_under_another_root_keeps_its_row() -> None:
    known = KNOWN._replace(root="/", path="g/a.md", size=9)
    (stamp, _), *_ = plan_import({"/g/a.md": known}, [source("a.md")]).read
    assert (stamp.root, stamp.path, stamp.size) == ("/", "g/a.md", 10)


def test_files_that_are_no_longer_below_a_folder_are_gone() -> None:
    known = {
        "/g/a.md": KNOWN,
        "/g/b.md": KNOWN._replace(id=2, path="b.md"),
        "/g/c.md": KNOWN._replace(id=3, path="c.md", gone=True),
        "/g2/d.md": KNOWN._replace(id=4, root="/g2", path="d.md"),
    }
    assert [file.id for file in plan_import(known, [source("a.md")]).gone] == [2]
    assert plan_import(known, [source("a.md", root="/g", is_folder=False)]).gone == ()


@pytest.mark.parametrize(("count", "stops"), [(SUSPICIOUS_LOSS, True), (SUSPICIOUS_LOSS - 1, False)])
def test_a_folder_that_lost_many_pages_at_once_stops_the_import(count: int, stops: bool) -> None:
    known = {f"/g/{n}.md": KNOWN._replace(id=n, path=f"{n}.md") for n in range(count)}
    assert len(plan_import(known, [source()], allow_empty=True).gone) == count
    assert len(plan_import(known, [source("0.md")]).gone) == count - 1
    if stops:
        with pytest.raises(InputError, match=f"had {count} pages"):
            plan_import(known, [source()])
    else:
        assert len(plan_import(known, [source()]).gone) == count


def test_problems_have_absolute_paths() -> None:
    problem = Problem("skipped", "a folder named like a page", None)
    found = plan_import({}, [Sources("/g", SETTINGS, problems=(("x.md", problem),))])
    assert found.problems == (("/g/x.md", problem),)


def aged(seconds: float) -> FileStamp:
    return replace(STAMP, mtime_ns=int((time.time() - seconds) * 1e9))


@pytest.mark.parametrize(
    ("age", "settled"),
    [(60, True), (11, True), (9, False), (0, False), (-2, False), (-MAX_CLOCK_SKEW - 2, True)],
)
def test_a_file_is_settled_after_a_while_or_if_its_time_is_far_in_the_future(
    age: float, settled: bool
) -> None:
    assert is_settled(aged(age), 10) == settled


def test_an_unreadable_file_is_judged_by_its_time_now(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    unreadable = replace(FILE, stamp=replace(aged(60), root=str(tmp_path)), sha256="")
    assert not may_store(unreadable, 10), "it was written to since"
    assert may_store(unreadable, 0)
    os.utime(tmp_path / "a.md", (1, 1))
    assert may_store(replace(unreadable, stamp=stamp_file(str(tmp_path), "a.md")), 10)
    (tmp_path / "a.md").unlink()
    assert not may_store(unreadable, 10), "it was renamed"
    assert may_store(replace(FILE, stamp=aged(60)), 10)
    assert not may_store(replace(FILE, stamp=aged(5)), 10)


@pytest.mark.parametrize(
    "change",
    [{"sha256": "f1"}, {"reader": READER_VERSION - 1}, {"repair": "done"}, {"read_as": "x"}, {"gone": True}],
)
def test_contents_are_the_same_only_if_they_were_read_in_the_same_way(change: dict[str, object]) -> None:
    assert has_same_content(KNOWN, FILE)
    assert not has_same_content(KNOWN._replace(**change), FILE)  # type: ignore[arg-type]
    assert not has_same_content(None, FILE)
    assert not has_same_content(KNOWN._replace(sha256=""), replace(FILE, sha256=""))


def test_the_repair_of_a_file_is_part_of_how_it_was_read() -> None:
    whole = replace(FILE, encoding="utf-8, repaired")
    words = replace(FILE, problems=(Problem("repaired-lines", "two words", 1),))
    damaged = replace(FILE, problems=(Problem("damaged", "two words; left as they are", 1),))
    for file, repair in ((whole, "done"), (words, "done"), (damaged, "left")):
        assert has_same_content(KNOWN._replace(repair=repair), file)
        assert not has_same_content(KNOWN, file)
