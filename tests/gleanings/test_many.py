"""docs/many.md: its programs, run on twenty generated libraries, with a worker and a replicator killed."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from benchmarks.pages import generate_pages
from gleanings.commands.export_parquet import write_parquet
from gleanings.config import Config
from gleanings.options import Common
from gleanings.steps.libraries import import_library
from record_types.errors import InputError
from store.backup import find_damage
from store.connection import open_store
from store.parquet import count_rows
from store.runs import PROCESS
from tests.gleanings.running import ROOT, query, run
from tests.store.browse.requirements import need_file, need_module

PAGE = (ROOT / "docs" / "many.md").read_text(encoding="utf-8")
LIBRARIES = 20
LARGE, LARGE_SIZE, SIZE = "library-05", 3_000, 40
"""The library whose worker is killed, with its highlights, and the highlights of the others."""


class Many(NamedTuple):
    """What `many.py` left behind."""

    folder: Path
    lines: list[str]
    log: str


def read_block(mark: str) -> str:
    """The code block below a comment of the page."""
    found = re.search(rf"<!-- {re.escape(mark)} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, mark
    return found[1]


def write_graphs(folder: Path) -> None:
    for number in range(LIBRARIES):
        graph = folder / f"library-{number:02}"
        graph.mkdir(parents=True)
        size = LARGE_SIZE if graph.name == LARGE else SIZE + number
        for name, text in generate_pages(size, seed=number):
            (graph / name).write_text(text, encoding="utf-8")


def wait_for(what: Callable[[], Any], seconds: float = 60) -> Any:
    """What the function returns as soon as it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def find_importing_process(store: Path) -> int | None:
    """The process whose import into the store has begun, as the table `runs` names it."""
    try:
        rows = query(store, "select message from runs where status = 'running'")
    except sqlite3.Error:  # not yet a store
        return None
    return int(rows[0][0].removeprefix(PROCESS)) if rows else None


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Many:
    """Twenty graphs imported by the example of the page, while one of its two workers is killed."""
    for name in ("dask.dataframe", "distributed", "duckdb", "pyarrow"):
        need_module(name)
    folder = tmp_path_factory.mktemp("many")
    write_graphs(folder / "graphs")
    (folder / "many.py").write_text(read_block("example: many.py"), encoding="utf-8")
    log = folder / "log"
    with (
        log.open("w") as file,
        subprocess.Popen(
            [sys.executable, "many.py", "graphs", "stores", "dataset"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
        ) as process,
    ):
        try:
            os.kill(
                wait_for(lambda: find_importing_process(folder / "stores" / f"{LARGE}.db")), signal.SIGKILL
            )
            out, _ = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 0, out + log.read_text()
    return Many(folder, out.splitlines(), log.read_text())


@pytest.mark.slow
def test_twenty_graphs_are_imported_although_a_worker_is_killed_in_the_middle(many: Many) -> None:
    assert many.log.count("distributed.scheduler - WARNING - Removing worker") == 1
    assert sorted(line.split(":")[0] for line in many.lines) == [f"library-{n:02}" for n in range(LIBRARIES)]
    statuses = query(many.folder / "stores" / f"{LARGE}.db", "select status from runs order by id")
    assert statuses == [("interrupted",), ("ok",)]
    for number in range(LIBRARIES):
        name = f"library-{number:02}"
        alone = many.folder / "alone.db"
        import_library(str(alone), [str(many.folder / "graphs" / name)])
        uids = "select uid, text, gone_at is null from highlights order by uid"
        assert query(many.folder / "stores" / f"{name}.db", uids) == query(alone, uids)
        alone.unlink()


@pytest.mark.slow
def test_duckdb_and_dask_give_the_same_answer_to_the_question_on_the_page(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    monkeypatch.chdir(many.folder)
    expected: dict[str, list[int]] = {}
    for store in Path("stores").glob("*.db"):
        per_author = (
            "select a.name, count(*) from authors a join highlights h on h.author_id = a.id group by 1"
        )
        for name, count in query(store, per_author):
            libraries = expected.setdefault(name, [0, 0])
            libraries[0] += 1
            libraries[1] += count
    rows = sorted(((-n, -sum_, name) for name, (n, sum_) in expected.items()))[:10]
    names: dict[str, Any] = {}
    exec(read_block("dask"), names)
    in_duckdb = duckdb.sql(read_block("duckdb").strip().rstrip(";")).fetchall()
    in_dask = names["answer"].itertuples(index=False, name=None)
    assert [(name, n, sum_) for name, n, sum_ in in_duckdb] == [(name, -n, -sum_) for n, sum_, name in rows]
    assert [(name, int(n), int(sum_)) for name, n, sum_ in in_dask] == in_duckdb
    assert in_duckdb[0][1] > 1  # more than one library has the author


@pytest.fixture
def replicator(many: Many, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts Litestream with the shipped configuration on copies of the twenty stores."""
    program = need_file(Path(sys.executable).with_name("litestream"), "litestream")
    shutil.copytree(many.folder / "stores", tmp_path / "stores")
    places = {"GLEANINGS_STORES": str(tmp_path / "stores"), "GLEANINGS_REPLICA": str(tmp_path / "replica")}
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        config = str(ROOT / "packaging" / "litestream.yml")
        command = [str(program), "replicate", "-config", config]
        with (tmp_path / "log").open("w") as log:
            started.append(
                subprocess.Popen(command, env={**os.environ, **places}, stdout=log, stderr=subprocess.STDOUT)
            )
        return started[0]

    yield start
    for process in started:
        process.kill()
        process.wait()


def restore(replica: Path, target: Path) -> None:
    program = Path(sys.executable).with_name("litestream")
    subprocess.run([program, "restore", "-o", target, f"file://{replica}"], check=True, capture_output=True)


@pytest.mark.slow
def test_three_of_twenty_stores_are_restored_whole_after_a_kill(
    replicator: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    stores, replica = tmp_path / "stores", tmp_path / "replica"
    process = replicator()
    wait_for(lambda: len(list(replica.glob("*/ltx/9/*.ltx"))) == LIBRARIES)
    page = next(generate_pages(40, seed=99))
    (tmp_path / page[0]).write_text(page[1], encoding="utf-8")
    changed = "library-03"
    assert run("import", tmp_path / page[0], "--db", stores / f"{changed}.db", cwd=tmp_path).code == 0
    wait_for(lambda: len(list((replica / f"{changed}.db" / "ltx" / "0").glob("*.ltx"))) > 1)
    # Killed while it copies another change: what is restored is the store before or after that.
    large = stores / f"{LARGE}.db"
    before = query(large, "select count(*) from highlights")
    assert run("import", tmp_path / page[0], "--db", large, cwd=tmp_path).code == 0
    after = query(large, "select count(*) from highlights")
    process.send_signal(signal.SIGKILL)
    process.wait()
    stores.rename(tmp_path / "lost")
    for name in (changed, LARGE, "library-19"):
        restored = tmp_path / f"{name}.db"
        restore(replica / f"{name}.db", restored)
        with sqlite3.connect(restored) as db:
            assert find_damage(db) == ""
        db.close()
        assert "no problems" in run("doctor", "--db", restored, cwd=tmp_path).out
        for rows in ("select * from highlights order by id", "select * from appearances order by 1, 3, 4"):
            if name != LARGE:
                assert query(restored, rows) == query(tmp_path / "lost" / f"{name}.db", rows)
    assert before != after
    assert query(tmp_path / f"{LARGE}.db", "select count(*) from highlights") in (before, after)


def test_the_steps_for_workers_take_and_return_what_can_be_sent_to_another_process(tmp_path: Path) -> None:
    store, graph = str(tmp_path / "a.db"), str(ROOT / "example" / "graph")
    outcome = pickle.loads(pickle.dumps(import_library))(store, [graph])
    assert pickle.loads(pickle.dumps(outcome)) == outcome
    assert outcome.counts.added == 19
    assert import_library(store, [graph]).counts.added == 0
    with pytest.raises(InputError) as failed:
        import_library(store, [str(tmp_path / "nowhere")])
    assert str(pickle.loads(pickle.dumps(failed.value))) == str(failed.value)


@pytest.mark.slow
def test_a_dataset_has_every_row_with_its_type_and_the_name_of_the_library(tmp_path: Path) -> None:
    parquet = need_module("pyarrow.parquet")
    run("import", ROOT / "example" / "graph", "--db", "a.db", cwd=tmp_path)
    ran = run("export", "--parquet", "set", "--library", "a/b c=ü", "--db", "a.db", "--json", cwd=tmp_path)
    assert (ran.code, ran.json["library"], ran.json["error"]) == (0, "a/b c=ü", None)
    rows = {each["table"]: each["rows"] for each in ran.json["tables"]}
    assert rows["highlights"] == 19
    assert "appearances" not in rows
    for table, count in rows.items():
        read = parquet.read_table(tmp_path / "set" / table)
        columns = [read[name].to_pylist() for name in read.column_names if name != "library"]
        stored = query(tmp_path / "a.db", f"select * from {table}")
        assert count == len(stored)
        assert sorted(map(repr, zip(*columns, strict=True))) == sorted(map(repr, stored))
        assert set(read["library"].to_pylist()) <= {"a/b c=ü"}


@pytest.mark.slow
def test_a_dataset_keeps_what_another_store_or_program_wrote(tmp_path: Path) -> None:
    need_module("pyarrow")
    for name in ("a", "b"):
        run("import", ROOT / "example" / "graph", "--db", f"{name}.db", cwd=tmp_path)
    assert run("export", "--parquet", "set", "--db", "a.db", "--dry-run", cwd=tmp_path).code == 0
    assert not (tmp_path / "set").exists()
    assert run("export", "--parquet", "set", "--db", "a.db", cwd=tmp_path).code == 0
    again = run("export", "--parquet", "set", "--db", "a.db", cwd=tmp_path)
    assert (again.code, again.err) == (0, "")
    files = {path: path.read_bytes() for path in (tmp_path / "set").rglob("*.parquet")}
    for dry in ((), ("--dry-run",)):
        other = run("export", "--parquet", "set", "--db", "b.db", "--library", "a", *dry, cwd=tmp_path)
        assert (other.code, "choose another name with --library" in other.err) == (2, True)
    part = tmp_path / "set" / "tags" / "library=a" / "gleanings.parquet"
    part.write_text("mine")
    foreign = run("export", "--parquet", "set", "--db", "a.db", cwd=tmp_path)
    assert (foreign.code, "was not written by gleanings" in foreign.err) == (2, True)
    part.write_bytes(files[part])
    assert {path: path.read_bytes() for path in (tmp_path / "set").rglob("*") if path.is_file()} == files


def test_an_export_of_tables_says_what_is_missing_or_does_not_fit(tmp_path: Path) -> None:
    run("import", ROOT / "example" / "graph", "--db", "a.db", cwd=tmp_path)
    for arguments, message in (
        (("--library", "x", "notes"), "--library needs --parquet"),
        (("--parquet", "set", "notes"), "--parquet takes no second FOLDER"),
        (("--parquet", "set", "--remove"), "no option for exporting notes"),
        (("--parquet", "a.db"), "a.db is not a folder"),
    ):
        ran = run("export", *arguments, "--db", "a.db", cwd=tmp_path)
        assert (ran.code, message in ran.err) == (2, True), ran.err


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(("dry_run", "library"), [(True, None), (True, "b"), (False, None), (False, "b")])
def test_an_export_of_tables_counts_the_rows_that_it_writes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    dry_run: bool,
    library: str | None,
    as_json: bool,
) -> None:
    if find_spec("pyarrow") is None:
        if not dry_run:
            pytest.skip("no PyArrow")
        (tmp_path / "pyarrow").mkdir()  # a dry run only asks whether there is one
        monkeypatch.syspath_prepend(tmp_path)
    with closing(open_store(tmp_path / "a.db", create=True)) as db:
        db.execute("insert into topics (name, slug) values ('calm', 'calm')")
        tables = len(count_rows(db))
    common = Common(tmp_path / "a.db", Config(), as_json, 0, dry_run)
    folder = tmp_path / "set"
    with click.Context(click.Command("export"), obj={}) as context:
        assert write_parquet(common, folder, library, others=False) == 0
    name = library or "a"
    out, err = capsys.readouterr()
    assert err == ""
    if as_json:
        counts = {each["table"]: each["rows"] for each in context.obj.pop("tables")}
        assert (out, len(counts), sum(counts.values()), counts["topics"]) == ("", tables, 1, 1)
        assert context.obj == {"dry_run": dry_run, "parquet": str(folder), "library": name}
    else:
        would = "would be written: " if dry_run else ""
        assert out == f"{folder}: {would}library {name}, {tables} tables, 1 row\n"
    parts = {path.parent.name for path in folder.glob("*/*/*.parquet")}
    assert parts == (set() if dry_run else {f"library={name}"})
    if not dry_run:
        other = replace(common, db=tmp_path / "b.db", dry_run=True)
        open_store(other.db, create=True).close()
        with pytest.raises(InputError, match="choose another name with --library"):
            write_parquet(other, folder, name, others=False)
