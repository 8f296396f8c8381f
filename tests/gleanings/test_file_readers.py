"""Files that several processes read: the same store as with one, and an end to whatever goes wrong."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from multiprocessing import active_children
from pathlib import Path

import pytest

from benchmarks.pages import generate_pages
from gleanings.steps.file_readers import MOST_JOBS, START_METHOD, Reading, count_jobs, read_files
from gleanings.steps.pages import find_all_sources
from gleanings.terminal import count_as
from ingest.graph import ReadSettings
from ingest.source import read_source
from record_types.pages import FileStamp, SourceFile
from store.claims import FileClaims
from tests.gleanings.running import CODE, ROOT, query, run

FEW, MANY = 199, 260
"""Files that are read by one process, and by two."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 350 pages, with two that cannot be read, damaged words, and notes without highlights."""
    folder = tmp_path_factory.mktemp("readers") / "graph"
    folder.mkdir()
    for name, text in generate_pages(1_600, seed=7):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "bad one.md").write_bytes(
        b"title:: \xff\xfe\xfa broken\n- Highlights first synced by [[Readwise]]\n\x00\xff"
    )
    os.mkfifo(folder / "bad pipe.md")
    (folder / "damaged.md").write_text(
        'full-title:: "Donâ€™t"\ncategory:: #books\n\n- Highlights first synced by [[Readwise]]\n\t- Isn\'t\n'
    )
    for number in range(20):
        (folder / f"own note {number}.md").write_text(f"A note of mine\nalias:: other {number}\n")
    return folder


def list_readings(folder: Path, limit: int = MANY) -> list[Reading]:
    (source,) = find_all_sources([folder])
    return [(stamp, source.settings) for stamp in source.stamps[:limit]]


def dump(path: Path) -> list[str]:
    """Every row of a store in its order, with its id; only the time of day is left out."""
    with closing(sqlite3.connect(path)) as db:
        tables = (
            "select name from sqlite_master where type = 'table' and name not like '|_sqlite%' escape '|'"
        )
        return [
            re.sub(r"T\d\d:\d\d:\d\dZ", "", f"{table}: {row}")
            for (table,) in db.execute(tables).fetchall()
            if table != "runs"
            for row in db.execute(f'select * from "{table}"')
        ]


@pytest.mark.parametrize("source", ["generated", "example"])
def test_the_store_and_the_messages_are_the_same_with_any_number_of_processes(
    pages: Path, tmp_path: Path, source: str
) -> None:
    graph = pages if source == "generated" else ROOT / "example" / "graph"
    one, two, three = (
        run("import", graph, "--db", "s.db", "--jobs", n, "-v", cwd=make(tmp_path / n)) for n in "123"
    )
    assert one == two == three
    assert one.code == (1 if source == "generated" else 0)
    assert dump(tmp_path / "1/s.db") == dump(tmp_path / "2/s.db") == dump(tmp_path / "3/s.db")
    if source == "generated":
        assert "bad pipe.md: not a regular file" in one.err
    changed = sorted(graph.glob("**/*.md"))[::2] if source == "generated" else []
    for page in changed:
        if page.is_file():
            os.utime(page, (1, 1))
    again = [run("import", graph, "--db", "s.db", "--jobs", n, "-v", cwd=tmp_path / n) for n in "12"]
    assert again[0] == again[1]
    assert dump(tmp_path / "1/s.db") == dump(tmp_path / "2/s.db")


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.mark.parametrize("start_method", sorted({START_METHOD, "spawn"}))
def test_the_claims_come_in_the_order_of_the_files(pages: Path, start_method: str) -> None:
    files = list_readings(pages)
    with read_files(files) as alone, read_files(files, jobs=2, start_method=start_method) as shared:
        assert len(active_children()) == 2
        assert [strip(each) for each in shared] == [strip(each) for each in alone]
    assert not active_children()


def strip(claims: FileClaims) -> FileClaims:
    """Without the packed form, which only the processes make."""
    return claims._replace(
        highlights=tuple(each._replace(packed=None) for each in claims.highlights),
        documents=tuple(each._replace(packed=None) for each in claims.documents),
    )


def test_few_files_are_read_without_other_processes(pages: Path) -> None:
    with read_files(list_readings(pages, FEW), jobs=8) as files:
        assert sum(1 for _ in files) == FEW
        assert not active_children()


def test_there_is_one_process_for_each_core_but_no_more_than_are_useful() -> None:
    assert 1 <= count_jobs(0) <= MOST_JOBS
    assert count_jobs(9) == 9


def test_a_killed_process_is_replaced_and_nothing_is_lost(pages: Path) -> None:
    files = list_readings(pages)
    with read_files(files) as alone, read_files(files, jobs=2) as shared:
        found = [next(shared)]
        for process in active_children():
            os.kill(process.pid or 0, signal.SIGKILL)
        found += shared
        assert [strip(each) for each in found] == [strip(each) for each in alone]


@pytest.mark.skipif(not hasattr(os, "nice"), reason="no priorities of processes here")
def test_the_process_that_stores_comes_before_those_that_read(pages: Path) -> None:
    with read_files(list_readings(pages), jobs=2) as files:
        next(files)
        mine = os.getpriority(os.PRIO_PROCESS, 0)
        theirs = [os.getpriority(os.PRIO_PROCESS, each.pid or 0) for each in active_children()]
        assert len(theirs) == 2
        assert mine == 19 or min(theirs) > mine


def read_or_die(stamp: FileStamp, settings: ReadSettings) -> SourceFile:
    if stamp.path.startswith("own note 1"):  # 1 and 10 to 19
        os.kill(os.getpid(), signal.SIGKILL)
    return read_source(stamp, settings)


def test_files_that_kill_their_reader_are_one_problem_each_and_the_others_go_on(pages: Path) -> None:
    files = list_readings(pages, 1_000)
    with read_files(files, jobs=2, read=read_or_die) as shared:
        found = list(shared)
    assert [each.source.stamp.path for each in found] == [stamp.path for stamp, _ in files]
    bad = {
        each.source.stamp.path: each.source.problems for each in found if "died" in repr(each.source.problems)
    }
    assert len(bad) == 11
    for path, (problem,) in bad.items():
        assert path.startswith("own note 1")
        assert (problem.kind, problem.message) == ("unreadable", "the process that read it died (SIGKILL)")


def read_with_a_bug(stamp: FileStamp, settings: ReadSettings) -> SourceFile:
    if stamp.path == "own note 3.md":
        raise KeyError("a bug")
    return read_source(stamp, settings)


def test_an_unexpected_error_keeps_its_traceback(pages: Path) -> None:
    with (
        pytest.raises(RuntimeError, match=r"in read_with_a_bug[\s\S]*KeyError: 'a bug'"),
        read_files(list_readings(pages, 1_000), jobs=2, read=read_with_a_bug) as files,
    ):
        list(files)
    assert not active_children()


def test_a_stop_does_not_wait_for_a_process_that_hangs(pages: Path) -> None:
    def hang(stamp: FileStamp, settings: ReadSettings) -> SourceFile:
        time.sleep(600)
        return read_source(stamp, settings)

    began = time.monotonic()
    with read_files(list_readings(pages), jobs=2, read=hang, stop=lambda: True) as files:
        assert list(files) == []
    assert time.monotonic() - began < 30
    assert not active_children()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits memory")
def test_a_page_that_needs_too_much_memory_is_left_out_with_any_number_of_processes(
    pages: Path, tmp_path: Path
) -> None:
    graph = make(tmp_path / "graph")
    for page in pages.glob("*.md"):
        if page.is_file():
            os.link(page, graph / page.name)
    line = "\t- Words of a very large page ([View Tweet](https://twitter.com/ada/status/15000000000{:08}))\n"
    with (graph / "huge.md").open("w") as file:
        file.write("full-title:: Huge\ncategory:: #tweets\n\n- Highlights first synced by [[Readwise]]\n")
        file.writelines(line.format(number) for number in range(300_000))
    limit = ["sh", "-c", 'ulimit -v 500000; exec "$@"', "sh"]
    for jobs in "12":
        ran = run(
            "import", "graph", "--db", f"{jobs}.db", "--jobs", jobs, cwd=tmp_path, through=limit, timeout=240
        )
        assert ran.code == 1
        assert "huge.md: it needs more memory than there is" in ran.err
        assert query(tmp_path / f"{jobs}.db", "select count(*) from highlights")[0][0] > 1_500


# a whole import, stopped or killed


def start_import(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CODE, "import", "graph", "--jobs", "2"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until_stored(store: Path) -> None:
    """Wait until the first batch is in the store."""
    for _ in range(1_200):
        try:
            with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
                if db.execute("select 1 from highlights").fetchone():
                    return
        except sqlite3.Error:
            pass
        time.sleep(0.05)
    raise AssertionError("nothing was stored")


def list_group(group: int) -> list[int]:
    """The live processes of a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of several batches."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "graph").mkdir()
    for name, text in generate_pages(16_000, seed=3):
        (folder / "graph" / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("when", ["early", "late"])
def test_ctrl_c_ends_all_processes_and_says_what_was_stored(large: Path, when: str) -> None:
    store = large / "gleanings.db"
    store.unlink(missing_ok=True)
    process = start_import(large)
    if when == "late":
        wait_until_stored(store)
    else:
        while len(list_group(process.pid)) < 3:  # the other processes have just been started
            time.sleep(0.01)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    assert time.monotonic() - began < 30
    assert list_group(process.pid) == []
    stored, files = (query(store, f"select count(*) from {table}")[0][0] for table in ("highlights", "files"))
    assert f"{count_as(files, 'file')} read" in out
    assert f"+ {stored:,} added" in out
    assert ("interrupted: the next import continues" in out) == (files > 0)
    assert ("interrupted: nothing was stored" in out) == (files == 0)
    assert (files > 0) or when == "early"
    assert run("import", "graph", cwd=large, timeout=240).code == 0
    assert query(store, "select count(*) from highlights") == [(16_000,)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_the_processes_end_when_the_import_is_killed(large: Path) -> None:
    (large / "gleanings.db").unlink(missing_ok=True)
    process = start_import(large)
    wait_until_stored(large / "gleanings.db")
    process.kill()
    process.communicate(timeout=60)
    for _ in range(600):
        if not list_group(process.pid):
            break
        time.sleep(0.05)
    assert list_group(process.pid) == []
