"""Links between notes: documents, their authors and topics, the index, and Obsidian's base."""

from __future__ import annotations

import yaml

from export.people import choose_people, find_people
from export.render import render_notes
from record_types.library import ReadDocument, ReadHighlight, Topic
from record_types.pages import Author

ADA = Author("ada_fern", "ada_fern", "https://twitter.com/ada_fern")


def make(number: int, title: str, author: Author | None, **more: object) -> ReadDocument:
    highlight = ReadHighlight(
        number, f"h:{number}", f"Passage {number} of it.", synced_on=f"2023-0{number}-09 10:00"
    )
    return ReadDocument(
        number,
        f"d:{number}",
        title,
        title,
        "articles",
        author,
        highlights=(highlight,),
        **more,  # type: ignore[arg-type]
    )


DOCUMENTS = (
    make(1, "Tweets From Ada Fern", ADA),
    make(2, "On Moss", Author("Ada Fern"), cover="https://img.example/moss.png"),
    make(3, "On Boats", Author("Ben Tal")),
    make(4, "3 Knots", None),
)
TOPICS = (Topic("Moss", "moss", (DOCUMENTS[1],)),)


def render(flavour: str) -> dict[str, str]:
    notes = render_notes(DOCUMENTS, TOPICS, flavour, author_min=5)  # type: ignore[arg-type]
    return {note.path: note.text for note in notes}


def test_a_name_and_a_handle_of_one_person_are_one() -> None:
    people = find_people(DOCUMENTS)
    assert people["ada fern"] is people["ada_fern"]
    assert people["ada fern"].author == Author("Ada Fern", "ada_fern", "https://twitter.com/ada_fern")
    assert [each.uid for each in choose_people(people, 5)] == ["author:ada_fern"]


def test_a_name_without_its_spaces_is_the_handle_and_other_names_stay_apart() -> None:
    people = find_people((make(1, "A", Author("miraholt", "MiraHolt")), make(2, "B", Author("Mira Holt"))))
    assert len({person.uid for person in people.values()}) == 1
    apart = find_people((make(1, "A", Author("mira", "mira")), make(2, "B", Author("Mira Holt"))))
    assert len({person.uid for person in apart.values()}) == 2


def test_an_author_needs_two_documents_or_enough_highlights_and_none_is_wanted_for_0() -> None:
    people = find_people(DOCUMENTS)
    assert [each.uid for each in choose_people(people, 1)] == ["author:ada_fern", "author:ben tal"]
    assert choose_people(people, 0) == []


def test_a_document_links_to_its_author_and_topics_in_logseq() -> None:
    page = render("logseq")["pages/On Moss.md"]
    assert "author:: [[Authors/Ada Fern (@ada_fern)]]\n" in page
    assert "topics:: [[Moss]]\n" in page
    assert "cover:: https://img.example/moss.png\n" in page
    assert "author:: Ben Tal\n" in render("logseq")["pages/On Boats.md"]


def test_obsidians_properties_are_typed_and_its_base_names_only_those() -> None:
    notes = render("obsidian")
    front = yaml.safe_load(notes["documents/articles/On Moss.md"].split("---\n")[1])
    assert front["authors"] == ["[[authors/Ada Fern (@ada_fern)|Ada Fern (@ada_fern)]]"]
    assert front["topics"] == ["[[topics/Moss|Moss]]"]
    assert front["created"].isoformat() == "2023-02-09"
    assert front["highlights"] == 1
    base = yaml.safe_load(notes["Documents.base"])
    assert base["filters"] == {"and": ['kind == "document"']}
    assert [view["type"] for view in base["views"]] == ["table", "cards"]
    named = {name for view in base["views"] for name in view["order"]} - {"file.name"}
    assert named <= front.keys() | {"category"}


def test_a_base_without_covers_has_no_cards() -> None:
    notes = render_notes(DOCUMENTS[2:], (), "obsidian")
    (base,) = (note.text for note in notes if note.path == "Documents.base")
    assert [view["type"] for view in yaml.safe_load(base)["views"]] == ["table"]


def test_the_index_is_short_and_links_to_pages_from_a_to_z() -> None:
    notes = render("markdown")
    index = notes["Index.md"]
    assert "- [Moss](topics/Moss.md) · 1 highlight · 2023-02-09" in index
    assert "## New in 2023-04\n\n- [3 Knots](documents/articles/3%20Knots.md) · 1 new highlight" in index
    assert "On Boats" not in index
    pages = notes["Documents A-Z.md"]
    headings = [line for line in pages.split("\n") if line.startswith("## ")]
    assert headings == ["## #", "## O", "## T"] or headings == ["## \\#", "## O", "## T"]
    assert "[Ada Fern (@ada_fern)]" in notes["Authors A-Z.md"]
