"""Whatever the disk, the clock or another program does meanwhile: a line, an exit code, and nothing lost."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from gleanings.steps.import_plan import plan_import
from gleanings.steps.pages import find_all_sources, run_import
from ingest.folder import stamp_file
from ingest.source import read_source
from store.connection import close_store, open_store
from store.files import read_known_files
from store.runs import finish_run, start_run
from tests.gleanings.running import CODE, ROOT, query, run
from tests.gleanings.test_living_graph import state, write_graph

pytestmark = pytest.mark.slow  # whole runs, again and again

READ_ONLY = Path("/proc")
"""A folder that not even root may write into."""

PAGE = """title:: A page (highlights)
author:: [[Ada]]
category:: #articles

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
"""
HIGHLIGHT = "\t- Words {0} ([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaa{0:04}))\n"

needs_proc = pytest.mark.skipif(not READ_ONLY.is_dir(), reason="no folder here refuses everybody")


# --- the disk


@needs_proc
def test_a_store_in_a_read_only_folder_is_reported_in_one_line(tmp_path: Path) -> None:
    ran = run("import", write_graph(tmp_path, 20), "--db", READ_ONLY / "gleanings.db", cwd=tmp_path)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "cannot be written" in ran.err


@needs_proc
def test_an_export_into_a_read_only_folder_is_reported_in_one_line(tmp_path: Path) -> None:
    run("import", write_graph(tmp_path, 20), cwd=tmp_path)
    ran = run("export", READ_ONLY / "notes", cwd=tmp_path)
    assert (ran.code, ran.err.count("\n"), "Traceback" in ran.err) == (2, 1, False)


def test_a_read_only_graph_is_imported_unchanged(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 20)
    folders = [graph, graph / "pages"]
    before = sorted((path, path.stat().st_mtime_ns) for path in graph.rglob("*"))
    for folder in folders:
        folder.chmod(0o555)
    try:
        ran = run("import", graph, cwd=tmp_path)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert (ran.code, ran.err) == (0, "")
    assert sorted((path, path.stat().st_mtime_ns) for path in graph.rglob("*")) == before


@pytest.mark.parametrize("room", [4, 300])
def test_a_full_disk_is_reported_in_one_line_and_the_next_import_continues(tmp_path: Path, room: int) -> None:
    graph = write_graph(tmp_path, 600)
    run("import", graph, "--db", "whole.db", cwd=tmp_path)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room << 10, room << 10))

    ran = subprocess.run(
        [sys.executable, "-c", CODE, "import", str(graph)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )
    assert (ran.returncode, ran.stderr.count("\n"), "Traceback" in ran.stderr) == (75, 1, False)
    assert "full" in ran.stderr
    assert query(tmp_path / "gleanings.db", "pragma integrity_check") == [("ok",)]
    assert run("import", graph, cwd=tmp_path).code == 0
    assert state(tmp_path / "gleanings.db") == state(tmp_path / "whole.db")


def test_a_map_of_links_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    rows = [
        f"https://t.co/{at:010},https://site.example/{at},resolved,,2022-01-01T00:00:00Z" for at in range(900)
    ]
    (tmp_path / "many.csv").write_text("\n".join(["url,final_url,status,title,checked_at", *rows]) + "\n")
    run("links", "import", "many.csv", cwd=tmp_path)
    (tmp_path / "real.csv").write_text("as it was\n")
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "map.csv").symlink_to("real.csv")
    (tmp_path / f".map.csv.{2**22 + 1}.tmp").write_text("of a process that was killed")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40 << 10, 40 << 10))  # SQLite needs 32 KB beside the store

    ran = subprocess.run(
        [sys.executable, "-c", CODE, "links", "export", "map.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (2, "gleanings: map.csv: File too large\n")
    assert (tmp_path / "real.csv").read_text() == "as it was\n"
    assert list(tmp_path.glob(".*.tmp")) == []
    assert run("links", "export", "map.csv", cwd=tmp_path).code == 0
    assert (tmp_path / "real.csv").read_text().count("site.example") == 900
    assert (tmp_path / "real.csv").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "map.csv").is_symlink()
    os.mkfifo(tmp_path / "pipe.json")
    refused = run("links", "export", "pipe.json", cwd=tmp_path, timeout=10)
    assert (refused.code, refused.err) == (2, "gleanings: pipe.json is not a regular file\n")


# --- files that change


def test_a_growing_file_is_read_as_of_one_moment_or_not_at_all(
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    stop = threading.Event()

    def grow() -> None:
        with page.open("a") as file:
            for number in range(1_000):
                if stop.is_set():
                    break
                file.write(HIGHLIGHT.format(number))
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    files = [read_source(stamp_file(str(tmp_path), "page.md")) for _ in range(15)]
    stop.set()
    writer.join()
    data = page.read_bytes()
    for file in files:
        if file.pages:
            assert file.sha256 == sha256(data[: file.stamp.size]).hexdigest()
            assert len(file.pages[0].highlights) == data[: file.stamp.size].count(b"\t- ")
        else:
            assert [(problem.kind, file.sha256) for problem in file.problems] == [("unreadable", "")]
    whole = read_source(stamp_file(str(tmp_path), "page.md"))
    assert len(whole.pages[0].highlights) == data.count(b"\t- ")


def test_a_file_being_written_is_read_next_time(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    page = tmp_path / "graph" / "page.md"
    page.write_text(PAGE + HIGHLIGHT.format(1))
    db = open_store(tmp_path / "gleanings.db", create=True)
    sources = find_all_sources([tmp_path / "graph"])
    page.unlink()  # between the listing and the reading
    plan = plan_import({}, sources)
    report = run_import(db, plan, {}, run_id=start_run(db, "import", now="2024-01-01"), now="2024-01-01")
    assert [problem.kind for _, problem in report.problems] == ["unreadable"]
    page.write_text(PAGE + HIGHLIGHT.format(1))
    close_store(db)
    assert "+ 1 added" in run("import", "graph", cwd=tmp_path).out


# --- the clock


def test_a_file_older_than_the_last_import_is_still_read(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 20)
    run("import", graph, cwd=tmp_path)
    page = sorted((graph / "pages").glob("*.md"))[0]
    page.write_text(page.read_text().rstrip("\n") + "\n" + HIGHLIGHT.format(7))
    os.utime(page, (1, 1))  # restored from a copy with its old time
    assert "+ 1 added" in run("import", graph, cwd=tmp_path).out
    os.utime(page, (4_000_000_000, 4_000_000_000))
    assert "= 21 unchanged" in run("import", graph, cwd=tmp_path).out


def test_a_clock_set_back_keeps_the_order_of_runs(tmp_path: Path) -> None:
    graph = write_graph(tmp_path, 20)
    page = sorted((graph / "pages").glob("*.md"))[0]
    db = open_store(tmp_path / "gleanings.db", create=True)
    for now in ("2030-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "2000-01-01T00:00:00Z"):
        known = read_known_files(db)
        plan = plan_import(known, find_all_sources([graph]))
        run_id = start_run(db, "import", now=now)
        report = run_import(db, plan, known, run_id=run_id, now=now)
        finish_run(db, run_id, report.counts, "ok", now=now)
        page.write_text(page.read_text().rstrip("\n") + "\n" + HIGHLIGHT.format(int(now[2:4])))
    close_store(db)
    assert query(tmp_path / "gleanings.db", "select count(*) from highlights where gone_at is null") == [
        (22,)
    ]
    before = state(tmp_path / "gleanings.db")
    run("import", graph, cwd=tmp_path)
    assert run("undo", "--yes", cwd=tmp_path).code == 0
    assert state(tmp_path / "gleanings.db") == before
    assert run("doctor", cwd=tmp_path).out.count("damaged") == 0
