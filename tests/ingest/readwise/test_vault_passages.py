"""Passages that end in an id: where one ends, and what is below it."""

from __future__ import annotations

import pytest

from ingest.readwise.vault_passages import Passages, ends_passage


@pytest.mark.parametrize(
    ("line", "words", "id_"),
    [
        ("a %% highlight_id: 12 %%", "a", "12"), ("a `highlight_id:12` more", "a", "12"),
        ("^123 ", "", "123"), ("a ^123", "a", "123"), ("\t ^123", "", "123"), ("a ^ref-A-b1", "a", "A-b1"),
        (f"a ^{'1' * 20}", "a", "1" * 20), (f"a ^ref-{'a' * 40}", "a", "a" * 40),
        (f"%%highlight_id: {'1' * 20}%%", "", "1" * 20), ("a^123", "", None), ("a ^12", "", None),
        ("a ^123 b", "", None), (f"a ^{'1' * 21}", "", None), (f"a ^ref-{'a' * 41}", "", None),
        ("a highlight_id: 12", "", None), ("a %% highlight_id: x %%", "", None),
        (f"%%highlight_id: {'1' * 21}%%", "", None), ("a", "", None),
    ],
)  # fmt: skip
def test_a_passage_ends_in_its_id(line: str, words: str, id_: str | None) -> None:
    mark = ends_passage(line)
    assert (mark and (mark["named"] or mark["anchor"] or mark["kindle"])) == id_
    assert mark is None or line[: mark.start()] == words


def describe(text: str) -> list[str]:
    """What is read of these lines, which are separated by `|`; empty notes are left out."""
    read = Passages(text.split("|"))
    read.read(0)
    found = [f"{each.line} section {each.heading}" for each in read.sections]
    for each in read.highlights:
        view = each.view and tuple(filter(None, each.view))
        found.append(
            f"{each.line} {each.text} {each.named} {view} {each.tags}{' cut' if each.is_cut else ''}"
        )
        found += [f"{note.line} {note.kind} {note.text}" for note in each.notes if note.text]
    found += [f"{note.line} own {note.text}" for note in read.notes if note.text]
    found += [f"{each.line} {each.key}={each.value}" for each in read.properties]
    return [each.replace("\n", "|") for each in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("## Highlights ", ["1 section ## Highlights"]),
        ("x|", ["1 own x"]),
        (
            "## Highlights||a ^123|Note: n|m||own",
            ["1 section ## Highlights", "3 a open:123 None []", "4 note n|m", "7 own own",
             "3 readwise-id=123"],
        ),
        (
            "a — page: [xii](https://a.example) ^ref-1|mine||---|b ^ref-2",
            [
                "1 a None ('https://a.example', 'page', 'xii') []", "2 note mine", "5 b None None []",
                "1 anchor=ref-1", "5 anchor=ref-2",
            ],
        ),
        (
            "a %% Color: red %% %% Location: 12 %% ^123|**Tags:** #x, #y||**Note:** n|"
            "[View it](https://b.example)|w",
            [
                "1 a open:123 ('https://b.example', 'location', '12') ['x', 'y']", "4 note n", "6 block w",
                "1 location=12", "1 color=red", "1 readwise-id=123",
            ],
        ),
        (
            "> a|> b — location: 5 ^ref-7",
            ["1 a|b None ('location', '5') []", "1 anchor=ref-7"],
        ),
        ("^ref-9", ["1 ^ref-9 None None [] cut", "1 anchor=ref-9"]),
        (
            "a ^123||Note: n||own words||b",
            ["1 a open:123 None []", "3 note n", "5 own own words||b", "1 readwise-id=123"],
        ),
        (
            "a ([View Highlight](https://c.example)) ^123|[View it](https://b.example)",
            ["1 a open:123 ('https://c.example',) []", "1 readwise-id=123", "2 view-url=https://b.example"],
        ),
        ("a %%highlight_id: 5%% %% Color: red %%||b", [
            "1 a open:5 None []", "3 own b", "1 color=red", "1 readwise-id=5",
        ]),
    ],
)  # fmt: skip
def test_a_passage_has_what_is_below_it(text: str, found: list[str]) -> None:
    assert describe(text) == found
