"""The index, its pages from A to Z, and what it calls new."""

from __future__ import annotations

from export.index_notes import index_topics, make_index
from export.note_tree import Block, Note, NoteLink, Property
from export.obsidian_bases import make_documents_base, make_resources_base
from record_types.library import ReadDocument, ReadHighlight, Topic
from record_types.pages import Author


def make(number: int, title: str, *days: str, author: Author | None = None) -> ReadDocument:
    highlights = tuple(
        ReadHighlight(10 * number + at, f"h{number}.{at}", "x", synced_on=day or None)
        for at, day in enumerate(days)
    )
    return ReadDocument(number, f"d{number}", title, title, "articles", author, highlights=highlights)


def show(note: Note) -> list[str]:
    """The words of a note's blocks, with `-` before the entries of a heading."""
    note = note.fill() if note.fill else note

    def read(block: Block) -> str:
        parts = [
            *block.parts,
            *(part for each in block.fields.values() if isinstance(each, tuple) for part in each),
        ]
        return " ".join(each.label if isinstance(each, NoteLink) else each.text for each in parts)  # type: ignore[union-attr]

    return [
        line
        for block in note.blocks
        for line in (read(block), *(f"- {read(each)}" for each in block.children))
    ]


DOCUMENTS = [
    make(1, "b", "2024-01-31", "2024-02-01", author=Author("Ada")),
    make(2, "A", "2024-02-03", "", "2024-02-02"),
    make(3, "C", "2024-01-01"),
    make(4, "a", "2024-02-03", "2024-02-29"),
]
TOPICS = [Topic("moss", "moss", tuple(DOCUMENTS[:2])), Topic("Ants", "ants", (make(9, "x", ""),))]


def test_the_index_names_topics_and_what_the_last_month_brought() -> None:
    notes = make_index(TOPICS, DOCUMENTS, [Note("author:ada", "author", "Ada")], DOCUMENTS)
    assert [(each.uid, each.title) for each in notes] == [
        ("index", "Index"),
        ("index:documents", "Documents A-Z"),
        ("index:authors", "Authors A-Z"),
    ]
    assert show(notes[0]) == [
        "Reading list  ·  Documents A-Z  ·  Authors A-Z",
        "Topics",
        "- Ants 1 highlight",
        "- moss 5 highlights · 2024-02-03",
        "New in 2024-02",
        "- A 2 new highlights",
        "- a 2 new highlights",
        "- b 1 new highlight",
    ]
    assert show(notes[1]) == [
        "Index",
        "A",
        "- A articles",
        "- a articles",
        "B",
        "- b articles · Ada",
        "C",
        "- C articles",
    ]
    assert show(notes[2]) == ["Index", "A", "- Ada"]
    assert [show(each) for each in make_index((), ())] == [["Reading list"]]


def test_a_page_has_at_most_250_entries_and_a_month_names_at_most_30_documents() -> None:
    for count, pages in (
        (250, ["index", "index:documents"]),
        (251, ["index", "index:documents", "index:documents-2"]),
    ):
        documents = [make(number, f"T{number:03}", "2024-01-01") for number in range(count)]
        notes = make_index((), documents, (), documents)
        assert [each.uid for each in notes] == pages
    assert notes[2].title == "Documents A-Z (2)"
    assert show(notes[2]) == ["Index", "T", "- T250 articles"]
    assert len(show(notes[0])) == 2 + 30


def test_titles_without_a_letter_come_first_and_the_others_by_their_first_letter() -> None:
    titles = ["b", "“B a", "@A", "(1)", "'z", "9", "‘c", "Éa", "é", "?", 'a"', "睡"]
    documents = [make(number, title, "") for number, title in enumerate(titles)]
    assert show(make_index((), (), (), documents)[1])[1:] == [
        "#", "- (1) articles", "- 9 articles", "- ? articles", "A", "- @A articles", "- a\" articles",
        "B", "- b articles", "- “B a articles", "C", "- ‘c articles", "Z", "- 'z articles",
        "É", "- é articles", "- Éa articles", "睡", "- 睡 articles",
    ]  # fmt: skip


def test_a_document_names_the_topics_of_most_of_its_highlights_first() -> None:
    others = [Topic("ab", "ab", (DOCUMENTS[0],)), Topic("zz", "zz", (DOCUMENTS[1],))]
    less = Topic("aa", "aa", (make(2, "A", ""),))
    found = index_topics([TOPICS[0], *others, less])
    assert {id_: [each.uid for each in links] for id_, links in found.items()} == {
        1: ["topic:ab", "topic:moss"],
        2: ["topic:moss", "topic:zz", "topic:aa"],
    }


def describe(kind: str, *names: str) -> Note:
    return Note("n", kind, "N", properties=tuple(Property(name, ()) for name in names))  # type: ignore[arg-type]


def test_the_base_of_documents_has_the_columns_that_notes_have() -> None:
    notes = [describe("document", "category", "created"), describe("topic", "cover", "topics")]
    table = (
        'filters:\n  and:\n    - kind == "document"\nviews:\n  - type: table\n    name: By date\n'
        "    order:\n      - file.name\n      - category\n      - created\n"
        "    sort:\n      - property: created\n        direction: DESC\n"
    )
    assert make_documents_base(notes) == table
    cards = "  - type: cards\n    name: Covers\n    image: note.cover\n    order:\n      - file.name\n"
    with_cover = make_documents_base([*notes, describe("document", "cover")])
    assert with_cover == f"{table}{cards}      - category\n      - created\n"
    every = ("authors", "category", "topics", "highlights", "created")
    assert [make_documents_base([describe("document", *every)]).count(f"- {name}\n") for name in every] == [
        1
    ] * 5
    assert "sort" not in make_documents_base([describe("document", "category")])


def test_the_base_of_the_reading_list_has_three_tables() -> None:
    every = ("read", "type", "site", "people", "shared", "url")
    text = make_resources_base([describe("resource", *every)])
    assert [line for line in text.split("\n") if "name:" in line or "==" in line or "property" in line] == [
        '    - kind == "resource"',
        "    name: To read",
        "        - read == false",
        "      - property: shared",
        "    name: Shared by most",
        "        - read == false",
        "      - property: people",
        "      - property: shared",
        "    name: Read",
        "        - read == true",
        "      - property: shared",
    ]
    assert [text.count(f"      - {name}\n") for name in every] == [3] * 6
