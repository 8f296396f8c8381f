"""Make file names that are valid on any system, from any title."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.file_names import file_name, fold_name, page_name
from export.note_places import place_notes, read_page_name
from export.note_tree import Note

DEVICES = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Soil: a story", "Soil - a story.md"),
        ("AC/DC", "AC-DC.md"),
        ('He said "no"?', "He said 'no'.md"),
        ("  What...  ", "What.md"),
        ("CON", "CON_.md"),
        ("aux.txt", "aux_.txt.md"),
        ("NUL.txt", "NUL_.txt.md"),
        ("NUL.tar.gz", "NUL_.tar.gz.md"),
        (".hidden", "hidden.md"),
        ("", "Untitled.md"),
        ("???", "Untitled.md"),
        ("a\u202egnp.exe\x00\n", "agnp.exe.md"),
        ("C# [notes]", "C (notes).md"),
    ],
)
def test_a_title_becomes_a_name_that_every_system_accepts(title: str, name: str) -> None:
    assert file_name(title) == name


@pytest.mark.parametrize(
    "title", ["Ten Rules", "Überall – und nirgends", "日本語のメモ", "what's next, doc (2)", "100% & more"]
)
def test_a_valid_title_is_not_changed(title: str) -> None:
    assert file_name(title) == f"{title}.md"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (".hidden", "%2Ehidden.md"),
        ("con", "con___.md"),
        ("con.txt", "%63on.txt.md"),
        ("a/b", "a___b.md"),
        ("100%", "100%25.md"),
        ("e" * 118, "e" * 114 + ".md"),
        ("e" * 112 + "q\u0301\u0323", "e" * 112 + ".md"),
        ("e" * 112 + "%", "e" * 112 + ".md"),
        ("e" * 111 + "%", "e" * 111 + "%25.md"),
    ],
)
def test_logseq_reads_a_title_back_from_the_name_of_its_file(title: str, name: str) -> None:
    assert file_name(title, logseq=True) == name


@given(st.text(max_size=400))
def test_no_title_becomes_a_name_that_some_system_rejects(title: str) -> None:
    for logseq in (False, True):
        name = file_name(title, logseq=logseq)
        stem = name.removesuffix(".md")
        assert len(name.encode()) <= 255
        assert not set(name) & set('<>:"/\\|?*')
        assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Cs", "Zl", "Zp"}
        assert stem
        assert stem == stem.strip()
        assert stem[0] != "." != stem[-1]
        assert stem.partition(".")[0].casefold() not in DEVICES
        assert unicodedata.normalize("NFC", name) == name


def test_a_long_name_is_cut_between_characters() -> None:
    name = file_name("é" * 300)
    assert len(name.encode()) <= 255
    assert set(name.removesuffix(".md")) == {"é"}


def test_a_taken_name_gets_author_then_day_then_an_id() -> None:
    taken = {fold_name("Soil.md")}
    assert file_name("SOIL", taken, hints=("Ada", "2021-03-29")) == "SOIL (Ada).md"
    taken.add(fold_name("Soil (ada).md"))
    assert file_name("Soil", taken, hints=("Ada", "2021-03-29")) == "Soil (2021-03-29).md"
    assert file_name("Soil", taken, hints=(None, None), short_id="ab12") == "Soil (ab12).md"


def note(number: int, title: str, author: str | None = None) -> Note:
    return Note(f"document:{number}", "document", title, folder="articles", author=author)


def test_documents_with_the_same_title_get_the_same_names_in_any_order() -> None:
    notes = [
        note(1, "Soil", "Ada"),
        note(2, "soil", "Ben"),
        note(3, "Café"),
        note(4, "Cafe\u0301"),
        note(5, "Moss"),
    ]
    places = place_notes(notes, "markdown").by_uid
    assert places == place_notes(notes[::-1], "markdown").by_uid
    assert places["document:1"].path == "documents/articles/Soil (Ada).md"
    assert places["document:2"].path == "documents/articles/soil (Ben).md"
    assert places["document:5"].path == "documents/articles/Moss.md"
    assert len({fold_name(place.path) for place in places.values()}) == 5


def test_a_written_note_keeps_its_path() -> None:
    kept = {"document:1": "documents/articles/Soil.md"}
    places = place_notes([note(1, "Soil", "Ada"), note(2, "soil", "Ben")], "markdown", kept).by_uid
    assert places["document:1"].path == "documents/articles/Soil.md"
    assert places["document:2"].path == "documents/articles/soil (Ben).md"


def test_a_name_does_not_depend_on_which_notes_a_killed_export_had_written() -> None:
    notes = [note(1, "Soil", "Ada"), note(2, "soil", "Ben"), note(3, "Soil", "Ben"), note(4, "Moss")]
    whole = place_notes(notes, "markdown").by_uid
    for written in (["1"], ["2"], ["3"], ["1", "3"], ["2", "4"]):
        kept = {uid: whole[uid].path for uid in (f"document:{number}" for number in written)}
        assert place_notes(notes, "markdown", kept).by_uid == whole


def test_a_path_of_another_flavour_is_not_kept() -> None:
    kept = {"document:1": "documents/articles/Soil.md"}
    assert place_notes([note(1, "Soil")], "logseq", kept).by_uid["document:1"].path == "pages/Soil.md"


@pytest.mark.parametrize("title", ["AC/DC", "What? Why: so", "50% of it", "Ends with...", "con", "plain"])
def test_logseq_reads_the_page_name_from_the_file_name(title: str) -> None:
    stem = file_name(title, logseq=True).removesuffix(".md")
    assert read_page_name(stem) == page_name(title)


@pytest.mark.parametrize("logseq", [True, False])
@pytest.mark.parametrize("title", ["灯台の本と海の長い話" * 9, "%" * 300, "a" * 400])
def test_similar_long_titles_get_different_names(title: str, logseq: bool) -> None:
    taken: set[str] = set()
    for _ in range(4):
        name = file_name(title, taken, hints=("Ann",), logseq=logseq)
        assert len(name.encode()) <= 255
        taken.add(fold_name(name))
    assert len(taken) == 4
