"""Export repeatedly into a folder that its user edits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from export.note_files import Action, Listing, Write, list_notes
from gleanings.config import Config
from gleanings.steps.note_writer import require_confirmation, skip_edited, write_all_notes
from gleanings.steps.notes import ExportOptions
from record_types.errors import InputError
from store.connection import close_store, open_store
from tests.gleanings.running import ROOT, list_flavours, query, run

GRAPH = ROOT / "example" / "graph"
CONFIG = "[export]\nsettle_seconds = 0\n"
RENAMED = "update highlights set text = replace(text, 'the', 'THE')"


EACH = pytest.mark.parametrize("flavour", list_flavours("markdown"))


@pytest.fixture
def flavour() -> str:
    """Return one flavour, for tests that do not depend on it."""
    return "obsidian"


@pytest.fixture
def folder(tmp_path: Path, flavour: str) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG)
    assert run("import", GRAPH, cwd=tmp_path).code == 0
    assert run("export", "notes", "--flavour", flavour, cwd=tmp_path).code == 0
    return tmp_path


def export(folder: Path, flavour: str, *options: object) -> tuple[int, str, str]:
    return run("export", "notes", "--flavour", flavour, "--yes", *options, cwd=folder)


def read_times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (folder / "notes").rglob("*.md")}


def change_store(folder: Path, statement: str) -> None:
    import sqlite3

    with sqlite3.connect(folder / "gleanings.db") as db:
        db.execute(statement)
    db.close()


def find_note(folder: Path, words: str) -> Path:
    """Return a document's note that contains these words."""
    notes = (folder / "notes").rglob("*.md")
    return next(p for p in sorted(notes) if words in p.read_text() and "Slow" in p.name)


def test_an_export_with_nothing_new_writes_no_file(folder: Path, flavour: str) -> None:
    note = find_note(folder, "the")
    note.write_text(note.read_text() + "\n- my own\n")
    before = read_times(folder)
    code, out, _ = export(folder, flavour)
    assert (code, read_times(folder)) == (0, before)
    assert "+ 0 new  ~ 0 changed" in out


@EACH
def test_an_edited_note_gets_new_text_and_keeps_the_users_words(folder: Path, flavour: str) -> None:
    note = find_note(folder, "the")
    text = note.read_text()
    note.write_text(text + ("\n- my own" if flavour == "logseq" else "\nmy own\n"))
    change_store(folder, RENAMED)
    assert export(folder, flavour)[0] == 0
    assert "my own" in note.read_text()
    assert "THE" in note.read_text()
    before = read_times(folder)
    assert export(folder, flavour)[0] == 0
    assert read_times(folder) == before


def test_a_changed_block_stays_and_its_new_text_is_reported_once(folder: Path, flavour: str) -> None:
    note = find_note(folder, "the")
    line = next(line for line in note.read_text().split("\n") if " the " in line and "](" not in line)
    note.write_text(note.read_text().replace(line, line + " MINE"))
    change_store(folder, RENAMED)
    _, out, err = export(folder, flavour)
    assert f"{line} MINE" in note.read_text()
    assert "you changed this, and there is a newer text" in err
    assert export(folder, flavour)[2] == ""
    assert "changed" in out


@EACH
def test_a_moved_or_renamed_note_is_updated_in_its_new_place(folder: Path, flavour: str) -> None:
    note = find_note(folder, "the")
    moved = note.with_name("My own name for it.md")
    note.rename(moved)
    change_store(folder, RENAMED)
    dry = export(folder, flavour, "--dry-run")
    assert "My own name for it" in dry[1]
    assert export(folder, flavour)[0] == 0
    assert "THE" in moved.read_text()
    assert not note.exists()
    index = next((folder / "notes").rglob("Documents A-Z.md")).read_text()
    assert "My own name for it" in index.replace("%20", " ")
    assert (
        query(
            folder / "gleanings.db",
            "select 1 from written where path = ?",
            note.relative_to(folder / "notes").as_posix(),
        )
        == []
    )


def test_a_deleted_note_stays_deleted(folder: Path, flavour: str) -> None:
    note = find_note(folder, "the")
    note.unlink()
    change_store(folder, RENAMED)
    code, _, err = export(folder, flavour)
    assert (code, note.exists()) == (0, False)
    assert "1 note you deleted was not recreated" in err


def test_a_dry_run_shows_the_merged_text_and_writes_nothing(folder: Path, flavour: str) -> None:
    note = find_note(folder, "the")
    note.write_text(note.read_text().replace("the", "the MINE", 1) + "\n")
    change_store(folder, RENAMED)
    before = read_times(folder)
    out = export(folder, flavour, "--dry-run", "-v")[1]
    assert "THE" in out
    assert not any(line.startswith("-") and "MINE" in line for line in out.split("\n"))
    assert read_times(folder) == before


def test_a_note_that_is_being_edited_waits_for_the_next_export(folder: Path, flavour: str) -> None:
    (folder / "config.toml").write_text("[export]\nsettle_seconds = 900\n")
    note = find_note(folder, "the")
    note.write_text(note.read_text() + "\n- MINE")
    change_store(folder, RENAMED)
    code, _, err = export(folder, flavour)
    assert (code, "THE" in note.read_text()) == (1, False)
    assert "edited just now, left for next time" in err
    assert export(folder, flavour, "--force")[0] == 0
    assert "THE" in note.read_text()
    assert "MINE" in note.read_text()


def test_rewriting_most_notes_requires_confirmation() -> None:
    def plan(**counts: int) -> list[Write]:
        actions: dict[str, Action] = {
            "update": "update",
            "same": "same",
            "create": "create",
            "merge": "merge",
        }
        return [Write("a.md", actions[name]) for name, count in counts.items() for _ in range(count)]

    require_confirmation(plan(update=15, same=15, create=99), 0.5)
    require_confirmation(plan(update=20), 0.5)
    require_confirmation(plan(update=99), 1.0)
    with pytest.raises(InputError, match="16 of 30 notes would be rewritten"):
        require_confirmation(plan(update=15, merge=1, same=14, create=99), 0.5)
    for goes_on in (plan(update=99, merge=9), plan(merge=20), plan(merge=15, same=15)):
        assert skip_edited(goes_on, 0.5) == goes_on
    held = skip_edited(plan(merge=16, update=9, same=5, create=99), 0.5)
    assert [write.action for write in held[:26]] == ["held"] * 16 + ["update"] * 9 + ["same"]


@EACH
def test_a_conflict_is_reported_with_file_and_line(folder: Path, flavour: str) -> None:
    note = find_note(folder, "the")
    line = next(line for line in note.read_text().split("\n") if " the " in line and "](http" not in line)
    note.write_text("\n\n" * (flavour == "markdown") + note.read_text().replace(line, line + " MINE"))
    change_store(folder, RENAMED)
    told = json.loads(export(folder, flavour, "--dry-run", "--json")[1])["kept_aside"]
    _, _, err = export(folder, flavour)
    number = note.read_text().split("\n").index(line + " MINE") + 1
    path = note.relative_to(folder)
    assert f"{path}:{number}: you changed this, and there is a newer text: " in err
    assert [(each["path"], each["line"]) for each in told] == [(str(path.relative_to("notes")), number)]
    assert "THE" in told[0]["text"]


def test_new_blocks_of_a_deleted_section_are_reported(folder: Path, flavour: str) -> None:
    note = folder / "notes" / "Reading list.md"
    text = note.read_text()
    note.write_text(text[: text.index("## Not yet resolved")])
    change_store(
        folder,
        "insert into highlight_links (highlight_id, link_id, position)"
        " select (select min(highlight_id) from highlight_links), id, 99 from links limit 0",
    )
    change_store(folder, "update links set url = replace(url, 'glnCalcul1', 'glnCalcul9')")
    change_store(folder, "update highlights set text = replace(text, 'glnCalcul1', 'glnCalcul9')")
    told = json.loads(export(folder, flavour, "--dry-run", "--json")[1])["withheld"]
    _, _, err = export(folder, flavour)
    assert (
        "Reading list.md: new in a section that you deleted, so not written: - [ ] [Calculus](https://t.co/glnCalcul9)"
        in err
    )
    assert [each["path"] for each in told] == ["Reading list.md"]
    assert "glnCalcul9" not in note.read_text()


def test_the_users_template_is_used_and_an_error_names_its_line(folder: Path) -> None:
    made = run("export", "--write-templates", "mine", cwd=folder)
    assert (made.code, made.out) == (0, "mine: + 33 templates  = 0 kept\n")
    (folder / "config.toml").write_text('[export]\nsettle_seconds = 0\ntemplates = "mine"\n')
    assert "~ 0 changed" in export(folder, "obsidian")[1]
    mine = folder / "mine" / "obsidian" / "citation.jinja"
    mine.write_text("seen {{ date or location or 'once' }}\n")
    assert "= 33 kept" in run("export", "--write-templates", "mine", cwd=folder).out
    assert export(folder, "obsidian")[0] == 0
    assert "— seen location 212" in find_note(folder, "the").read_text()
    mine.write_text("seen\n{{ day }}\n")
    code, out, err = export(folder, "obsidian")
    assert (code, out) == (2, "")
    assert "citation.jinja:2: `day` is not known here; the names are author, location, date, url, cut" in err
    mine.write_text("seen {{ ''.__class__ }}\n")
    assert (export(folder, "obsidian")[0], "__class__" in export(folder, "obsidian")[2]) == (2, True)


@pytest.mark.parametrize(
    ("quotes", "sign"), [("plain", "\n\nSpeed is"), ("quote", "\n\n> Speed is"), ("callout", "\n> Speed is")]
)
def test_highlights_are_quoted_as_configured(folder: Path, quotes: str, sign: str) -> None:
    (folder / "config.toml").write_text(f'[export]\nsettle_seconds = 0\nquotes = "{quotes}"\n')
    assert export(folder, "obsidian")[0] == 0
    text = find_note(folder, "the").read_text()
    assert sign in text
    assert ("> [!quote] [location 212](" in text) == (quotes == "callout")
    assert "\n^kindle-B00EXAMPLE-212\n" in text or " ^kindle-B00EXAMPLE-212\n" in text


def test_authors_get_notes_from_the_configured_number_of_highlights(folder: Path) -> None:
    names = {path.stem for path in (folder / "notes" / "authors").iterdir()}
    assert names == {"Ilse Marrow (@ilsemarrow)", "@statsgarden"}
    (folder / "config.toml").write_text("[export]\nsettle_seconds = 0\nauthors = 3\n")
    assert export(folder, "obsidian")[0] == 0
    assert len(list((folder / "notes" / "authors").iterdir())) > 2
    (folder / "config.toml").write_text("[export]\nauthors = 0\n")
    assert run("export", "others", "--flavour", "obsidian", cwd=folder).code == 0
    assert not (folder / "others" / "authors").exists()


def test_what_another_program_stores_meanwhile_is_exported_next_time(folder: Path) -> None:
    config = Config()
    options = ExportOptions(flavour="markdown", confirmed=True, force=True)
    changed: list[None] = []

    def stop() -> bool:
        """Store something between two notes, as another program would."""
        if not changed:
            change_store(folder, RENAMED)
            changed.append(None)
        return False

    db = open_store(folder / "gleanings.db")
    write_all_notes(
        db, folder / "other", config, options, Listing([], []), now="2022-01-01T00:00:00Z", stop=stop
    )
    close_store(db)
    assert not any("THE" in path.read_text() for path in (folder / "other").rglob("*.md"))
    db = open_store(folder / "gleanings.db")
    listing = list_notes(folder / "other")
    write_all_notes(db, folder / "other", config, options, listing, now="2022-01-01T00:00:00Z")
    close_store(db)
    assert any("THE" in path.read_text() for path in (folder / "other").rglob("*.md"))
