"""`gleanings import`: what it reads, what it says, and what it never does."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from benchmarks.pages import generate_pages
from gleanings.commands.import_ import MAX_PROBLEMS, print_problems
from gleanings.config import Config
from gleanings.options import Common
from gleanings.steps import pages
from gleanings.steps.pages import find_all_sources, import_pages
from record_types.pages import Problem
from store.connection import close_store, open_store
from tests.gleanings.running import ROOT, list_flavours, query, run

EXAMPLE = ROOT / "example" / "graph"
PAGE = """title:: A page (highlights)
author:: [[Ada]]
full-title:: "A page"
category:: #articles
url:: https://example.org/{name}

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
\t- Words of {name} ([View Highlight](https://read.readwise.io/read/01{name}))
"""


def write_pages(folder: Path, count: int = 3) -> Path:
    pages = folder / "graph" / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (pages / f"page {number:02} (highlights).md").write_text(PAGE.format(name=f"p{number:02}"))
    return folder / "graph"


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, except the log of runs."""
    names = [name for (name,) in query(path, "select name from sqlite_master where type = 'table'")]
    return {name: query(path, f'select * from "{name}"') for name in names if name != "runs"}


def test_the_example_graph_is_read_whole(tmp_path: Path) -> None:
    ran = run("import", EXAMPLE, cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "+ 19 added  ~ 0 changed  = 0 unchanged  - 0 removed"


def test_a_second_import_changes_no_row_and_opens_no_file(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    before = dump(tmp_path / "gleanings.db")
    for page in (graph / "pages").iterdir():
        os.utime(
            page, ns=(1, page.stat().st_mtime_ns)
        )  # read times: changed by any reading on strict systems
    ran = run("import", graph, cwd=tmp_path)
    assert ran.out.splitlines()[-1] == "+ 0 added  ~ 0 changed  = 3 unchanged  - 0 removed"
    assert dump(tmp_path / "gleanings.db") == before


def test_a_touched_file_is_compared_by_its_content(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    os.utime(graph / "pages" / "page 00 (highlights).md", ns=(5, 5))
    ran = run("import", graph, "--json", cwd=tmp_path)
    assert ran.json["files"] == {"read": 0, "unchanged": 3, "gone": 0, "not_highlights": 0, "repaired": 0}


def test_a_changed_file_updates_and_keeps_the_old_text(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    page = graph / "pages" / "page 01 (highlights).md"
    page.write_text(page.read_text().replace("Words of", "The [[words]] of"))
    ran = run("import", graph, cwd=tmp_path)
    assert ran.out.splitlines()[-1] == "+ 0 added  ~ 1 changed  = 2 unchanged  - 0 removed"
    assert query(tmp_path / "gleanings.db", "select text from versions") == [("Words of p01",)]


def test_a_deleted_file_leaves_its_highlights_marked(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    (graph / "pages" / "page 01 (highlights).md").unlink()
    ran = run("import", graph, cwd=tmp_path)
    assert ran.out.splitlines()[-1] == "+ 0 added  ~ 0 changed  = 2 unchanged  - 1 removed"
    rows = query(tmp_path / "gleanings.db", "select text from highlights where gone_at is not null")
    assert rows == [("Words of p01",)]


def test_a_renamed_file_keeps_its_rows(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    ids = query(tmp_path / "gleanings.db", "select id, uid from highlights")
    page = graph / "pages" / "page 01 (highlights).md"
    page.rename(page.with_name("another name.md"))
    ran = run("import", graph, cwd=tmp_path)
    assert "- 0 removed" in ran.out
    assert query(tmp_path / "gleanings.db", "select id, uid from highlights where gone_at is null") == ids


def test_a_dry_run_creates_no_store(tmp_path: Path) -> None:
    ran = run("import", write_pages(tmp_path), "--dry-run", cwd=tmp_path)
    assert ran.out.splitlines()[-1].startswith("would be + 3 added")
    assert not (tmp_path / "gleanings.db").exists()


def test_a_dry_run_on_a_store_changes_nothing(tmp_path: Path) -> None:
    run("import", write_pages(tmp_path), cwd=tmp_path)
    before = dump(tmp_path / "gleanings.db")
    ran = run("import", write_pages(tmp_path, 5), "--dry-run", cwd=tmp_path)
    assert ran.out.splitlines()[-1].startswith("would be + 2 added")
    assert dump(tmp_path / "gleanings.db") == before


def test_the_same_page_through_another_folder_is_the_same_file(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    ran = run("import", graph / "pages", cwd=tmp_path)
    assert "3 unchanged" in ran.out
    assert query(tmp_path / "gleanings.db", "select count(*) from files") == [(3,)]


def test_a_suddenly_empty_graph_stops_the_run(tmp_path: Path) -> None:
    graph = write_pages(tmp_path, 25)
    run("import", graph, cwd=tmp_path)
    shutil.rmtree(graph / "pages")
    ran = run("import", graph, cwd=tmp_path)
    assert ran.code == 2
    assert "--allow-empty" in ran.err
    assert query(tmp_path / "gleanings.db", "select count(*) from highlights where gone_at is null") == [
        (25,)
    ]
    ran = run("import", graph, "--allow-empty", cwd=tmp_path)
    assert "- 25 removed" in ran.out


def test_a_damaged_page_gives_the_same_rows_as_the_whole_one(tmp_path: Path) -> None:
    text = PAGE.format(name="x").replace("Words", "Words “quoted” — naïve 👇 for")
    rows = []
    for name, data in {"whole": text.encode(), "damaged": damage(text)}.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "page.md").write_bytes(data)
        run("import", "page.md", cwd=folder)
        rows.append(query(folder / "gleanings.db", "select uid, text, document_id from highlights"))
    assert rows[0] == rows[1]
    assert query(tmp_path / "damaged" / "gleanings.db", "select encoding from files") == [
        ("utf-8, repaired",)
    ]


def test_without_repair_a_damaged_page_is_stored_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_bytes(damage(PAGE.format(name="x").replace("Words", "Words 👇 for")))
    run("import", "page.md", "--no-repair", cwd=tmp_path)
    assert query(tmp_path / "gleanings.db", "select encoding from files") == [("utf-8",)]
    assert "ðŸ" in query(tmp_path / "gleanings.db", "select text from highlights")[0][0]


@pytest.mark.parametrize("is_whole", [True, False], ids=["the whole file", "one word"])
def test_a_changed_repair_setting_reads_the_affected_files_again(tmp_path: Path, is_whole: bool) -> None:
    graph = write_pages(tmp_path)
    text = PAGE.format(name="x").replace("Words", "Words José for")
    word = damage("José").decode()
    whole = damage(text) if is_whole else text.replace("José", f"中 {word}").encode()
    (graph / "pages" / "damaged.md").write_bytes(whole)
    run("import", graph, cwd=tmp_path)
    repaired = dump(tmp_path / "gleanings.db")
    (tmp_path / "config.toml").write_text("[import]\nrepair = false\n")
    off = run("import", graph, cwd=tmp_path)
    assert ("1 file read, 3 unchanged" in off.out, "~ 1 changed" in off.out) == (True, True)
    assert "kept as they are" in off.err
    assert query(tmp_path / "gleanings.db", "select text from highlights where text glob ?", f"*{word}*")
    assert "0 files read, 4 unchanged" in run("import", graph, "--no-repair", cwd=tmp_path).out
    (tmp_path / "config.toml").unlink()
    assert "1 file read, 3 unchanged" in run("import", graph, cwd=tmp_path).out
    assert "0 files read, 4 unchanged" in run("import", graph, cwd=tmp_path).out
    back = dump(tmp_path / "gleanings.db")
    for table in ("highlights", "documents", "appearances"):
        assert back[table] == repaired[table]


def damage(text: str) -> bytes:
    """UTF-8 that was once decoded as Windows-1252 and encoded again."""
    characters = []
    for byte in text.encode():
        try:
            characters.append(bytes([byte]).decode("cp1252"))
        except UnicodeDecodeError:
            characters.append(chr(byte))
    return "".join(characters).encode()


@pytest.mark.parametrize("flavour", list_flavours("markdown"))
def test_exported_notes_are_not_imported(tmp_path: Path, flavour: str) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    run("export", graph, "--flavour", flavour, cwd=tmp_path)
    ran = run("import", graph, cwd=tmp_path)
    assert ran.out.splitlines() == [
        "gleanings.db: 0 files read, 3 unchanged",
        "+ 0 added  ~ 0 changed  = 3 unchanged  - 0 removed",
    ]


@pytest.mark.parametrize("flavour", list_flavours("markdown"))
def test_exported_notes_are_not_imported_into_another_store(tmp_path: Path, flavour: str) -> None:
    graph = write_pages(tmp_path)
    (tmp_path / "config.toml").write_text('[export]\nnotes = ["documents", "reading-list", "index"]\n')
    run("import", graph, cwd=tmp_path)
    run("export", graph, "--flavour", flavour, cwd=tmp_path)
    notes = [path for path in graph.rglob("*.md") if "(highlights)" not in path.name]
    for note in notes:
        note.write_text(note.read_text().replace("Words of", "What I say of") + "\n- my own words\n")
    ran = run("import", graph, "--db", "other.db", "--json", cwd=tmp_path)
    assert (ran.json["added"], ran.json["files"]["not_highlights"]) == (3, len(notes))
    assert len(notes) >= 5  # three documents, the list and the index


@pytest.mark.parametrize("flavour", list_flavours("markdown"))
def test_an_exported_note_without_its_mark_is_recognised_by_its_path(tmp_path: Path, flavour: str) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    run("export", graph, "--flavour", flavour, cwd=tmp_path)
    for note in [path for path in graph.rglob("*.md") if "(highlights)" not in path.name]:
        lines = note.read_text().splitlines(keepends=True)
        note.write_text("".join(line for line in lines if "generated" not in line))
    assert "0 files read, 3 unchanged" in run("import", graph, cwd=tmp_path).out
    run("export", graph, "--flavour", flavour, "--force", cwd=tmp_path)
    assert "0 files read, 3 unchanged" in run("import", graph, cwd=tmp_path).out
    assert not [path for path in graph.rglob("*.md") if "generated" in path.read_text()]


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("latin.md", b"title:: x\n- caf\xe9\n", 2),
        (
            "deep.md",
            b"title:: x (highlights)\n\n- New highlights added [[Jan 1st, 2022]] at 1:00 PM\n"
            + b"".join(b"\t" * n + b"- x\n" for n in range(3000)),
            None,
        ),
    ],
)
def test_an_unreadable_file_is_reported_and_the_rest_is_imported(
    tmp_path: Path, name: str, data: bytes, line: int | None
) -> None:
    graph = write_pages(tmp_path)
    (graph / "pages" / name).write_bytes(data)
    ran = run("import", graph, cwd=tmp_path)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    (message,) = ran.err.splitlines()
    assert message.startswith(str(graph / "pages" / name) + (f":{line}: " if line else ":"))
    assert ran.out.splitlines()[-1] == "+ 3 added  ~ 0 changed  = 0 unchanged  - 0 removed  ! 1 skipped"
    again = run("import", graph, cwd=tmp_path)
    assert "= 3 unchanged" in again.out


def test_a_page_that_becomes_unreadable_keeps_what_was_read(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    run("import", graph, cwd=tmp_path)
    page = graph / "pages" / "page 01 (highlights).md"
    page.write_bytes(page.read_bytes() + b"\t- caf\xe9\n")
    ran = run("import", graph, cwd=tmp_path)
    assert ran.code == 1
    assert "- 0 removed  ! 1 skipped" in ran.out
    assert query(tmp_path / "gleanings.db", "select kind from problems") == [("unreadable",)]
    page.write_text(PAGE.format(name="p01"))
    assert run("import", graph, cwd=tmp_path).code == 0
    assert query(tmp_path / "gleanings.db", "select kind from problems") == []


def test_odd_things_in_a_folder_are_ignored(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    pages = graph / "pages"
    (pages / "folder.md").mkdir()
    (pages / "empty.md").write_bytes(b"")
    (pages / "loop").symlink_to(pages)
    (pages / "broken.md").symlink_to(pages / "nowhere.md")
    (pages / "nul.md").write_text(PAGE.format(name="nul").replace("Words", "Wo\0rds"))
    (pages / "long.md").write_text(PAGE.format(name="long").replace("Words", "word " * 1_000_000))
    (pages / "sub").mkdir()
    Path(os.fsdecode(os.fsencode(pages) + b"/sub/caf\xe9.md")).write_text(PAGE.format(name="badname"))
    ran = run("import", graph, cwd=tmp_path)
    assert "Traceback" not in ran.err
    assert ran.code in (0, 1)
    assert query(tmp_path / "gleanings.db", "select count(*) from highlights") == [(5,)]


def test_a_page_behind_a_broken_link_is_reported_by_every_import(tmp_path: Path) -> None:
    graph = write_pages(tmp_path)
    (graph / "pages" / "broken.md").symlink_to(graph / "nowhere.md")
    (graph / "pages" / "assets").symlink_to(graph / "nowhere")
    for _ in range(2):
        ran = run("import", graph, cwd=tmp_path)
        assert (ran.code, "! 1 skipped" in ran.out) == (1, True)
        assert "broken.md: a symbolic link that is broken or leads to itself" in ran.err


def test_a_wrong_path_is_reported(tmp_path: Path) -> None:
    ran = run("import", "nowhere", cwd=tmp_path)
    assert ran.code == 2
    assert ran.err == "gleanings: nowhere: No such file or directory\n"
    assert not (tmp_path / "gleanings.db").exists()


def test_without_anything_to_read_the_message_says_what_to_do(tmp_path: Path) -> None:
    ran = run("import", cwd=tmp_path)
    assert ran.code == 2
    assert "name a file or folder" in ran.err


@pytest.mark.parametrize("content", [b"", b"no database" * 100])
def test_a_foreign_database_is_unchanged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.db").write_bytes(content)
    ran = run("import", write_pages(tmp_path), "--db", "other.db", cwd=tmp_path)
    if content:
        assert (ran.code, (tmp_path / "other.db").read_bytes()) == (2, content)
        assert ran.err.count("\n") == 1
    else:
        assert ran.code == 0


def test_paths_come_from_the_configuration(tmp_path: Path) -> None:
    write_pages(tmp_path)
    (tmp_path / "config.toml").write_text('db = "mine.db"\n[import]\npaths = ["graph"]\n')
    assert run("import", cwd=tmp_path).code == 0
    assert (tmp_path / "mine.db").exists()


def test_no_tweet_is_stored_without_its_cleaned_text(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    for name, text in generate_pages(40):
        (tmp_path / "graph" / name).write_text(text, encoding="utf-8")
    db = open_store(tmp_path / "gleanings.db", create=True)
    seen: list[tuple[int, int]] = []

    def look(statement: str) -> None:
        if statement == "begin immediate":  # what others see between two transactions
            counts = "select count(*), count(*) filter (where text is null) from tweets"
            seen.append(query(tmp_path / "gleanings.db", counts)[0])

    db.set_trace_callback(look)
    import_pages(db, find_all_sources([tmp_path / "graph"]))
    db.set_trace_callback(None)
    close_store(db)
    assert seen[-1][0] > 10
    assert [stale for _, stale in seen if stale] == []


# what an import leaves for the next one


@pytest.mark.parametrize("left", ["an unsettled file", "an early stop"])
def test_nothing_is_marked_gone_while_a_file_is_left_for_the_next_import(tmp_path: Path, left: str) -> None:
    graph = tmp_path / "graph"
    graph.mkdir()
    page = "category:: #articles\n\n- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
    moved = "\t- Moved words ([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaaaa))\n"
    (graph / "old.md").write_text(page + moved)
    db = open_store(tmp_path / "gleanings.db", create=True)
    import_pages(db, find_all_sources([graph]))
    (graph / "old.md").unlink()
    (graph / "new.md").write_text(page + moved)  # the highlight is now in a file that is not read yet
    if left == "an unsettled file":
        outcome = import_pages(db, find_all_sources([graph]), settle_seconds=900)
    else:
        os.utime(graph / "new.md", (1, 1))
        outcome = import_pages(db, find_all_sources([graph]), stop=lambda: True)
    gone = "select count(*) from highlights where gone_at is not null"
    assert (outcome.report.files_gone, db.execute(gone).fetchone()) == (0, (0,))
    outcome = import_pages(db, find_all_sources([graph]))
    assert (outcome.report.files_gone, db.execute(gone).fetchone()) == (1, (0,))
    close_store(db)


def test_a_highlight_that_a_later_batch_changes_leaves_no_negative_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "BATCH_BYTES", 1)
    page = "category:: #articles\n\n- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
    link = "([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaaaa))\n"
    for name, words in (("a", "Words"), ("b", "Words and more of them")):
        (tmp_path / f"{name}.md").write_text(f"{page}\t- {words} {link}")
    db = open_store(tmp_path / "gleanings.db", create=True)
    counts = import_pages(db, find_all_sources([tmp_path])).report.counts
    close_store(db)
    assert (counts.added, counts.changed, counts.unchanged) == (1, 1, 0)


def test_a_file_that_kept_its_size_and_time_is_read_by_a_full_check(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example" / "graph", tmp_path / "graph")
    run("import", "graph", cwd=tmp_path)
    page = next(
        path for path in sorted((tmp_path / "graph/pages").glob("*.md")) if " the " in path.read_text()
    )
    before = page.stat()
    page.write_text(page.read_text().replace(" the ", " THE "))
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "0 files read" in run("import", "graph", cwd=tmp_path).out
    assert "~ 0 changed" not in run("import", "graph", "--verify", cwd=tmp_path).out
    assert "0 files read" in run("import", "graph", cwd=tmp_path).out
    page.write_text(page.read_text().replace(" THE ", " tHE "))
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    db = open_store(tmp_path / "gleanings.db")
    db.execute("update export_states set text = '2020-01-01T00:00:00Z' where key like 'checked %'")
    close_store(db)
    assert "~ 0 changed" not in run("import", "graph", cwd=tmp_path).out
    assert "0 files read" in run("import", "graph", cwd=tmp_path).out


def test_a_named_file_that_is_not_understood_is_named_every_time(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "table.csv").write_text(
        "Title,URL\nWells,https://wells.example\n", encoding="utf-8"
    )
    (tmp_path / "notes" / "own.md").write_text("- my own words\n", encoding="utf-8")
    for name in ("table.csv", "own.md", "own.md"):
        ran = run("import", tmp_path / "notes" / name, cwd=tmp_path)
        assert ran.code == 1
        assert f"{name}: " in ran.err
        assert "it was not read" in ran.err
    assert run("import", tmp_path / "notes", cwd=tmp_path).code == 0


def test_the_figures_of_each_format_agree_with_a_count_of_view_links(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    tweet = "text {0} ([View Tweet](https://twitter.com/ada/status/150000000000000000{0}))\n"
    synced = "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
    head = "title:: {0} (highlights)\nauthor:: [[ada]]\nfull-title:: {0}\ncategory:: #tweets\n\n"
    vault = "# {}\n\n## Metadata\n- Author: [[ada]]\n- Category: #tweets\n\n## Highlights\n"
    written = {
        "a.md": head.format("A") + synced + "".join("\t- " + tweet.format(number) for number in range(3)),
        "b.md": head.format("B") + synced + "".join("\t- " + tweet.format(number) for number in range(2, 6)),
        "c.md": vault.format("C") + "".join("- " + tweet.format(number) for number in (6, 7)),
        "d.md": "title:: D\n\n- > " + tweet.format(8),
        "e.md": "one of mine\n\n> " + tweet.format(9),
    }
    for name, text in written.items():
        (notes / name).write_text(text, encoding="utf-8")
    counted = {name: set(re.findall(r"/status/\d+", text)) for name, text in written.items()}
    ran = run("import", notes, "--json", cwd=tmp_path).json
    found = {each["dialect"]: (each["pages"], each["highlights"]) for each in ran["pages"]["by_dialect"]}
    # A highlight on two pages of one format is one.
    assert found == {
        "logseq": (2, len(counted["a.md"] | counted["b.md"])),
        "obsidian": (1, len(counted["c.md"])),
        "logseq-quoted": (1, len(counted["d.md"])),
    }
    assert ran["pages"] == run("status", "--json", cwd=tmp_path).json["pages"]
    assert ran["pages"]["not_read"]["not_read"] == 1


def test_pages_that_were_not_read_and_why_agree_with_a_count_of_the_files(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    link = "([View Highlight](https://readwise.io/open/{}))"
    for number in range(3):
        (notes / f"copied {number}.md").write_text(
            f"mine\n\n> theirs {link.format(number)}\nmore\n", encoding="utf-8"
        )
        (notes / f"export {number}.md").write_text(
            f"- Well {number} {link.format(number + 10)}\n", encoding="utf-8"
        )
    (notes / "own.md").write_text("nothing of Readwise's\n", encoding="utf-8")
    ran = run("import", notes, "--json", cwd=tmp_path)
    expected = {
        "by_dialect": [{"dialect": "logseq-database", "pages": 3, "highlights": 3}],
        "not_read": {"not_read": 3, "unreadable": 0},
    }
    assert ran.json["pages"] == expected == run("status", "--json", cwd=tmp_path).json["pages"]
    assert ran.json["files"]["not_highlights"] == 4
    (finding,) = [
        each for each in run("doctor", "--json", cwd=tmp_path).json["findings"] if each["check"] == "not read"
    ]
    assert finding["trouble"] == 3


@pytest.mark.parametrize(
    ("count", "verbose", "last"),
    [
        (MAX_PROBLEMS, 0, "a.md:3: lost"),
        (MAX_PROBLEMS + 1, 0, "… and 1 more: use -v, or see the table `problems`"),
        (MAX_PROBLEMS + 1, 1, "a.md:3: lost"),
    ],
)
def test_problems_beyond_the_first_are_counted(
    capsys: pytest.CaptureFixture[str], count: int, verbose: int, last: str
) -> None:
    common = Common(Path("gleanings.db"), Config(), False, verbose, False)
    print_problems(common, [("a.md", Problem("stray-text", "lost", 3))] * count)
    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[-1]) == (MAX_PROBLEMS + 1 - (count == MAX_PROBLEMS), last)


def test_harmless_problems_are_counted_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    common = Common(Path("gleanings.db"), Config(), False, 0, False)
    cut = ("a.md", Problem("cut-text", "the text ends", None))
    print_problems(common, [cut, cut], cut=1)
    assert capsys.readouterr().err.startswith("1 ")
    print_problems(common, [cut, cut])
    assert capsys.readouterr().err.startswith("2 ")
