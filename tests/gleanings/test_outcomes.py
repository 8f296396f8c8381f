"""What each step reports and its command prints, word for word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from export.note_files import Action, Write
from export.note_merge import Conflict
from gleanings.commands.expand import print_outcomes, print_pending
from gleanings.commands.export import print_outcome
from gleanings.commands.export_remove import print_removal
from gleanings.commands.import_ import print_files, print_readwise
from gleanings.config import Config, ExportConfig
from gleanings.options import Common
from gleanings.steps import notes, pages, readwise
from gleanings.steps.links import RequestsOutcome
from gleanings.steps.note_removal import Removal
from gleanings.steps.outcome import Alert, State
from record_types.errors import BusyError, StoreError
from record_types.links import DueLink, DuePicture
from record_types.pages import Problem
from store.connection import open_store
from store.runs import Counts

COMMON = Common(Path("a.db"), Config(), as_json=False, verbose=0, dry_run=False)
FOLDER = Path("/n")


def print_json(act: Callable[[], object]) -> dict[str, Any]:
    """What a function reports for `--json`."""
    with click.Context(click.Command("x"), obj={}) as context:
        act()
    return dict(context.obj)


# imports


def test_an_import_of_files_is_one_line(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.db", create=True) as db:
        report = pages.ImportReport(Counts(1, 2, 3, 4), 1200, 1300, 2)
        made = pages.make_outcome(db, report)
        line = "1,200 files read, 1,300 unchanged  + 1 added  ~ 2 changed  = 3 unchanged  - 4 removed"
        assert (made.state, made.line, made.alerts, made.run_status) == ("ok", line, (), "ok")
        assert (made.counts, made.report) == (report.counts, report)
        assert made.details == {"files": {"read": 1200, "unchanged": 1300, "gone": 2}}
        report.files_unsettled = 1
        made = pages.make_outcome(db, report)
        assert (made.state, made.line, made.run_status) == (
            "ok", f"{line}  1 just modified, left for next time", "partial",
        )  # fmt: skip
        report.files_unsettled, report.counts = 0, Counts(skipped=1)
        assert pages.make_outcome(db, report).run_status == "partial"
        report.is_cut_short = True
        made = pages.make_outcome(db, report)
        assert (made.state, made.run_status) == ("interrupted", "interrupted")
        assert made.line.endswith("  ! 1 skipped; the rest next time")
        report.is_cut_short = False
        for kind, state in (("odd", "ok"), ("cut-text", "ok"), ("unreadable", "partial")):
            db.execute("insert into problems (kind, message) values (?, ?)", (kind, f"/g/{kind}.md: lost"))
            assert pages.make_outcome(db, report).state == state
        made = pages.make_outcome(db, report)
    assert made.alerts == (
        Alert("/g/odd.md: lost", "odd: /g/odd.md"),
        Alert("/g/unreadable.md: lost", "unreadable: /g/unreadable.md"),
    )


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({}, ""),
        ({"repaired": 1000}, ", 1,000 repaired"),
        ({"not_highlights": 2000}, ", 2,000 without highlights"),
        ({"is_cut_short": True}, ", interrupted: the next import continues"),
        ({"is_cut_short": True, "files_read": 0}, ", interrupted: the next import continues"),
        ({"is_cut_short": True, "files_read": 0, "files_unchanged": 0}, ", interrupted: nothing was stored"),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_an_import_of_files_is_printed(
    capsys: pytest.CaptureFixture[str], change: dict[str, int], parts: str, dry_run: bool
) -> None:
    report = replace(pages.ImportReport(files_read=1, files_unchanged=1200), **change)  # type: ignore[arg-type]
    outcome = pages.PagesOutcome("ok", "", report=report, run_status="ok")
    print_files(replace(COMMON, dry_run=dry_run), outcome)
    count = f"{report.files_read} file" + ("" if report.files_read == 1 else "s")
    would = "would be " if dry_run else ""
    assert capsys.readouterr().out == (
        f"a.db: {count} read, {report.files_unchanged:,} unchanged{parts}\n"
        f"{would}+ 0 added  ~ 0 changed  = 0 unchanged  - 0 removed\n"
    )


def test_an_import_of_files_is_an_object_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    report = pages.ImportReport(Counts(1, 2, 3, 4, 5), 6, 7, 8, not_highlights=9, repaired=10)
    report.problems = [("a", Problem("odd", "x"))] * 2
    outcome = pages.PagesOutcome("ok", "", report=report, run_status="partial")
    assert print_json(lambda: print_files(replace(COMMON, as_json=True), outcome, {"a": 1})) == {
        "source": "files", "status": "partial", "dry_run": False,
        "added": 1, "changed": 2, "unchanged": 3, "removed": 4, "skipped": 5,
        "files": {"read": 6, "unchanged": 7, "gone": 8, "not_highlights": 9, "repaired": 10},
        "pages": {"a": 1}, "problems": 2,
    }  # fmt: skip
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("change", "state", "status", "line"),
    [
        ({}, "ok", "ok", "1,200 books read  + 1 added  ~ 0 changed  = 0 unchanged  - 0 removed"),
        ({"counts": Counts(skipped=1), "books_read": 1}, "partial", "partial",
         "1 book read  + 0 added  ~ 0 changed  = 0 unchanged  - 0 removed  ! 1 skipped"),
        ({"interrupted": True}, "interrupted", "interrupted",
         "1,200 books read  + 1 added  ~ 0 changed  = 0 unchanged  - 0 removed; the rest next time"),
        ({"error": BusyError("no network")}, "later", "failed", "no network"),
        ({"error": StoreError("no store"), "interrupted": True}, "failed", "interrupted", "no store"),
    ],
)  # fmt: skip
def test_an_import_of_books_is_one_line(change: dict[str, Any], state: State, status: str, line: str) -> None:
    report = replace(readwise.FetchReport(Counts(1), 1200, 3, 4), **change)
    made = readwise.make_outcome(report)
    assert (made.state, made.line, report.status) == (state, line, status)
    assert (made.counts, made.report) == (report.counts, report)
    assert [alert.message for alert in made.alerts] == ([line] if report.error else [])
    assert made.details == {"books": {"read": report.books_read, "gone": 4}}


def test_an_import_of_books_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    report = readwise.FetchReport(Counts(1, 2, 3, 4, 5), 1200, 7, 0)
    counts = "+ 1 added  ~ 2 changed  = 3 unchanged  - 4 removed  ! 5 skipped\n"
    print_readwise(COMMON, readwise.make_outcome(report))
    assert capsys.readouterr().out == f"a.db: 1,200 books read from Readwise\n{counts}"
    report.books_gone, report.interrupted = 2000, True
    print_readwise(replace(COMMON, dry_run=True), readwise.make_outcome(report))
    more = ", 2,000 gone, interrupted: the next import continues"
    assert capsys.readouterr().out == f"a.db: 1,200 books read from Readwise{more}\nwould be {counts}"
    outcome = readwise.make_outcome(report)
    assert print_json(lambda: print_readwise(replace(COMMON, as_json=True), outcome)) == {
        "source": "readwise", "status": "interrupted", "dry_run": False,
        "added": 1, "changed": 2, "unchanged": 3, "removed": 4, "skipped": 5,
        "books": {"read": 1200, "unchanged": 7, "gone": 2000}, "problems": 0,
    }  # fmt: skip
    assert capsys.readouterr().out == ""


# links and pictures


def test_what_is_pending_is_counted_by_host(capsys: pytest.CaptureFixture[str]) -> None:
    links = [DueLink(number, "u", f"h{number}") for number in range(11)] + [DueLink(12, "u", "t.co")] * 1200
    pictures = [DuePicture(1, "https://b.test/1.png")]
    assert print_pending(COMMON, links, pictures) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1,211 pending links; nothing was requested.",
        "    1,200  t.co",
        *(f"        1  h{number}" for number in range(9)),
        "1 pending picture; nothing was requested.",
        "        1  b.test",
    ]
    print_pending(COMMON, [], None)
    assert capsys.readouterr().out == "No pending links.\n"
    found = print_json(lambda: print_pending(replace(COMMON, as_json=True), links[10:12], pictures))
    hosts = [{"host": host, "count": 1} for host in ("h10", "t.co")]
    assert found == {
        "dry_run": False, "due": 2, "hosts": hosts,
        "pictures": {"due": 1, "hosts": [{"host": "b.test", "count": 1}]},
    }  # fmt: skip
    found = print_json(lambda: print_pending(replace(COMMON, as_json=True), [], None))
    assert found == {"dry_run": False, "due": 0, "hosts": [], "pictures": {}}


def requested(state: State = "ok", **results: int) -> RequestsOutcome:
    return RequestsOutcome(
        state,
        f"line {state}",
        results=Counter({name.replace("_", " "): count for name, count in results.items()}),
    )


LINKS, PICTURES = [DueLink(1, "u", "h")], [DuePicture(1, "u")]


def test_the_results_of_requests_are_printed_and_decide_the_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def act(*outcomes: RequestsOutcome, pictures: list[DuePicture] | None = PICTURES) -> tuple[int, str]:
        named = dict(zip(("link", "picture"), outcomes, strict=False))
        return print_outcomes(COMMON, LINKS, pictures, named, 0), capsys.readouterr().out

    assert act(requested(resolved=1), requested(fetched=1)) == (0, "line ok\nline ok\n")
    assert act(requested(failed=1), requested()) == (1, "line ok\nline ok\n")
    assert act(requested(), requested(failed=1))[0] == 1
    assert act(requested(not_asked=1), requested())[0] == 1
    assert act(requested("interrupted")) == (
        1, "line interrupted\n1 pending picture: all left for the next run\n",
    )  # fmt: skip
    assert act(requested("later"), requested()) == (0, "line later\nline ok\n")
    assert act(requested(), pictures=None) == (0, "line ok\n")
    assert act(requested(), pictures=[]) == (0, "line ok\nNo pending pictures.\n")
    with pytest.raises(BusyError, match="is the network down"):
        act(requested("later"))


def test_the_results_of_requests_are_an_object_for_programs() -> None:
    outcomes = {"link": requested("interrupted", resolved=2)}
    common = replace(COMMON, as_json=True)
    assert print_json(lambda: print_outcomes(common, LINKS, PICTURES, outcomes, 3)) == {
        "due": 1, "interrupted": True, "outcomes": {"resolved": 2},
        "pictures": {"due": 1, "outcomes": {}}, "healed": 3,
    }  # fmt: skip
    assert print_json(lambda: print_outcomes(common, [], None, {}, 0)) == {
        "due": 0, "interrupted": False, "outcomes": {}, "pictures": {"due": 0, "outcomes": {}}, "healed": 0,
    }  # fmt: skip


# notes


def write(action: Action, path: str = "a.md", **more: Any) -> Write:
    return Write(path, action, reason=f"it is {action}", **more)


def test_an_export_is_one_line_with_an_alert_for_each_note_that_is_blocked() -> None:
    actions: dict[Action, int] = {
        "create": 1200, "update": 2, "merge": 3, "same": 4, "adopt": 5, "deleted": 6, "edited": 7,
    }  # fmt: skip
    writes = [write(action) for action, count in actions.items() for _ in range(count)]
    made = notes.make_outcome(FOLDER, writes)
    line = "/n: + 1,200 new  ~ 5 changed  = 9 unchanged"
    assert (made.state, made.line, made.alerts, made.is_unsettled) == ("ok", line, (), False)
    assert (made.actions, made.writes) == (Counter(actions), writes)
    assert made.details == {"folder": "/n", "files": actions}
    assert list(made.details["files"]) == sorted(actions)  # type: ignore[call-overload]
    again = notes.make_outcome(FOLDER, notes.CachedPlan(Counter(actions), writes[:1]))
    assert (again.line, again.writes) == (line, writes[:1])
    more = [
        write(action) for action in ("remove", "changed", "unsettled", "foreign", "refused", "held", "held")
    ]
    made = notes.make_outcome(FOLDER, more, interrupted=True)
    assert (made.state, made.is_unsettled) == ("interrupted", True)
    assert made.line == (
        "/n: + 0 new  ~ 0 changed  = 0 unchanged  - 1 removed  2 being edited, left for next time"
        "  ! 4 skipped  the rest next time"
    )
    assert made.alerts == (
        Alert("/n/a.md: skipped, it is foreign", "foreign: /n/a.md"),
        Alert("/n/a.md: skipped, it is refused", "refused: /n/a.md"),
        Alert("/n: 2 notes that you edited were not updated: each is it is held", "held: /n"),
    )
    assert notes.make_outcome(FOLDER, more[3:4]).state == "partial"


def test_skipped_notes_are_named_once_and_deleted_ones_counted(capsys: pytest.CaptureFixture[str]) -> None:
    def act(*writes: Write, news: tuple[str, ...] = (), **options: Any) -> tuple[int, str, str]:
        outcome = notes.make_outcome(FOLDER, list(writes))
        code = print_outcome(replace(COMMON, **options), FOLDER, outcome, news)
        return code, *capsys.readouterr()

    line = "+ 0 new  ~ 0 changed  = 0 unchanged"
    for action in ("refused", "changed", "unsettled", "foreign"):
        assert act(write(action), news=("a.md",)) == (
            1, f"/n: {line}  ! 1 skipped\n", f"/n/a.md: skipped, it is {action}\n",
        )  # fmt: skip
    assert act(write("edited"), write("held"), dry_run=True) == (
        0, f"/n: would be {line}  ! 2 skipped\n", "2 notes skipped as before (-v lists them)\n",
    )  # fmt: skip
    assert act(write("deleted"), news=("a.md",))[2] == (
        "1 note you deleted was not recreated (use --restore to bring it back)\n"
    )
    assert act(*[write("deleted")] * 1200)[2] == (
        "1,200 notes you deleted were not recreated (use --restore to bring them back)\n"
    )
    assert act(write("deleted"), write("edited"), verbose=1)[2] == (
        "/n/a.md: skipped, it is deleted\n/n/a.md: skipped, it is edited\n"
    )
    many = [write("held")] * 21
    assert act(*many, news=("a.md",))[2].count("\n") == 20
    assert act(*many, news=("a.md",), verbose=1)[2].count("\n") == 21


def test_newer_texts_that_are_not_in_a_note_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    conflicts = (Conflict("k1", "word " * 20, 3),)
    withheld = (Conflict("k2", "new"),)
    both = write("merge", contents=b"b\n", before=b"a\n", conflicts=conflicts, withheld=withheld)
    outcome = notes.make_outcome(FOLDER, [both])
    for verbose, text in ((0, "word " * 11 + "…"), (1, "word " * 20)):
        assert print_outcome(replace(COMMON, verbose=verbose), FOLDER, outcome, ()) == 0
        assert capsys.readouterr()[:] == (
            "/n: + 0 new  ~ 1 changed  = 0 unchanged\n",
            f"/n/a.md:3: you changed this, and there is a newer text: {text}\n"
            "/n/a.md: new in a section that you deleted, so not written: new\n",
        )
    for verbose, out in ((0, "merge  a.md\n"), (1, "--- a.md\n+++ a.md\n@@ -1 +1 @@\n-a\n+b\n")):
        print_outcome(replace(COMMON, verbose=verbose, dry_run=True), FOLDER, outcome, ())
        assert capsys.readouterr().out == f"{out}/n: would be + 0 new  ~ 1 changed  = 0 unchanged\n"
    print_outcome(replace(COMMON, dry_run=True), FOLDER, notes.make_outcome(FOLDER, [write("same")]), ())
    assert capsys.readouterr().out == "/n: would be + 0 new  ~ 0 changed  = 1 unchanged\n"
    for count, lines, last in ((20, 20, ": new"), (21, 21, "… and 1 more; -v or --json lists them all")):
        outcome = notes.make_outcome(FOLDER, [write("merge", withheld=withheld * count)])
        print_outcome(COMMON, FOLDER, outcome, ())
        err = capsys.readouterr().err.splitlines()
        assert (len(err), err[-1].endswith(last)) == (lines, True)
    outcome = notes.make_outcome(FOLDER, [both, write("edited", "b.md")])
    assert print_json(lambda: print_outcome(replace(COMMON, as_json=True), FOLDER, outcome, ())) == {
        "dry_run": False, "folder": "/n", "files": {"merge": 1, "edited": 1},
        "left_alone": [{"path": "b.md", "reason": "it is edited"}],
        "kept_aside": [{"path": "a.md", "line": 3, "block": "k1", "text": "word " * 20}],
        "withheld": [{"path": "a.md", "block": "k2", "text": "new"}],
    }  # fmt: skip


def test_a_removal_is_printed_with_what_stays(capsys: pytest.CaptureFixture[str]) -> None:
    def act(done: Removal, **options: Any) -> tuple[int, str, str]:
        code = print_removal(replace(COMMON, **options), FOLDER, done)
        return code, *capsys.readouterr()

    files = [FOLDER / ".gleanings.json", FOLDER / "assets" / "1.png"]
    gone = [write("remove"), write("remove", "b.md"), write("merge", "c.md"), write("same", "d.md")]
    assert act(Removal([])) == (0, "/n: removed: nothing\n", "")
    assert act(Removal([], files[:1])) == (0, "/n: removed: nothing\n", "")
    assert act(Removal(gone, files)) == (0, "/n: removed: 2 notes, 1 section, 1 picture\n", "")
    assert act(Removal(gone[1:3], files), dry_run=True) == (
        0, "remove  b.md\nrestore  c.md\n/n: would be removed: 1 note, 1 section, 1 picture\n", "",
    )  # fmt: skip
    stays = "/n/a.md: kept, it is edited\n"
    assert act(Removal([write("edited")])) == (1, "/n: removed: nothing; 1 you edited stay\n", stays)
    assert act(Removal(gone[:1], interrupted=True)) == (
        1, "/n: removed: 1 note\n", "interrupted: run it again for the rest\n",
    )  # fmt: skip
    hint = "The next sync would write them again: remove `folder` under [export], or the schedule.\n"
    for folder, dry_run, words in (("/n", False, hint), ("/n", True, ""), ("/m", False, ""), ("", False, "")):
        config = Config(export=ExportConfig(folder))
        assert act(Removal([]), config=config, dry_run=dry_run)[1].partition("nothing\n")[2] == words
    done = Removal([*gone, write("edited", "e.md")], files)
    assert print_json(lambda: print_removal(replace(COMMON, as_json=True), FOLDER, done)) == {
        "dry_run": False, "folder": "/n", "files": {"remove": 2, "merge": 1, "same": 1, "edited": 1},
        "removed": ["a.md", "b.md", ".gleanings.json", "assets/1.png"], "restored": ["c.md"],
        "left_alone": [{"path": "e.md", "reason": "it is edited"}],
    }  # fmt: skip


def test_a_skipped_note_is_reported_once_and_again_for_another_reason(tmp_path: Path) -> None:
    def find(*writes: Write, dry_run: bool = False) -> set[str]:
        return notes.find_unreported(db, FOLDER, writes, dry_run=dry_run)

    with open_store(tmp_path / "a.db", create=True) as db:
        assert find(write("held"), write("same", "b.md"), dry_run=True) == {"a.md"}
        assert find(write("held"), write("same", "b.md")) == {"a.md"}
        assert find(write("held"), write("foreign", "b.md")) == {"b.md"}
        assert find(write("edited"), write("foreign", "b.md")) == {"a.md"}
        assert find(write("edited"), dry_run=True) == {"a.md"}
        assert find(write("edited"), write("foreign", "b.md")) == set()
        assert find() == set()
        assert find(write("edited")) == {"a.md"}
