"""The words of an address, and the words that introduce a link, as its name."""

from __future__ import annotations

import pytest

from export.resource_names import humanize, name_lead, name_resource
from record_types.library import ReadLink


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/notes/how-tides-work-4f2a9c81.html", "How tides work"),
        ("/how_tides+work", "How tides work"),
        ("/high-tides-2021", "High tides"),
        ("/20230405-high-tides", "High tides"),
        ("/high-tides/part-ii.md", "Part ii"),
        ("/high-tides/3", "High tides"),
        ("/high-tides/a/3", ""),
        ("/tides", ""),
        ("/a-b-c", ""),
        ("/high-2", ""),
        ("/high-x2", ""),
        ("/wiki/Tide", "Tide"),
        ("/wiki/Tide/3", ""),
        ("/wiki/T", ""),
        ("/wiki/High_tide", "High tide"),
        ("/h%C3%B6he-der-flut.PHP", "Höhe der flut"),
        ("", ""),
    ],
)
def test_an_address_is_named_by_two_words_of_its_last_parts(path: str, name: str) -> None:
    assert humanize(f"https://www.tides.example{path}") == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/ada/tide-tables/issues/3", "ada/tide-tables"),
        ("https://www.github.com/ada/tides", "ada/tides"),
        ("https://github.com/ada-the-writer", "Ada the writer"),
        ("https://gitlab.com/ada/tide-tables", "Tide tables"),
        ("https://[broken/tide-tables", ""),
    ],
)
def test_a_repository_is_named_by_its_owner_and_name(url: str, name: str) -> None:
    assert humanize(url) == name


@pytest.mark.parametrize(
    ("link", "name"),
    [
        (ReadLink("https://t.co/a", "resolved", True, title="Tides"), "Tides"),
        (ReadLink("https://t.co/abc", "pending", True), "lead"),
        (ReadLink("https://a.example/high-tides", "pending", False), "High tides"),
        (
            ReadLink("https://t.co/a", "resolved", True, final_url="https://a.example/high-tides"),
            "High tides",
        ),
    ],
)
def test_a_link_that_is_not_resolved_is_named_by_its_lead(link: ReadLink, name: str) -> None:
    assert name_resource(link, "lead", "D") == name


@pytest.mark.parametrize(
    ("lead", "place", "name"),
    [
        ("Tides", "D", "Tides"),
        ("April", "D", "D (April)"),
        ("April", "", "April"),
        ("", "D", "D (link)"),
        ("", "", "t.co/abc"),
    ],
)
def test_a_lead_that_says_nothing_is_named_with_its_place(lead: str, place: str, name: str) -> None:
    assert name_resource(ReadLink("https://t.co/abc", "pending", True), lead, place) == name


@pytest.mark.parametrize(
    ("intro", "above", "label", "name"),
    [
        ("The best tide table", "", None, "The best tide table"),
        ("The best tide table (Code)", "", "Code", "The best tide table (Code)"),
        ("Ignore me. The best tide table:", "", None, "The best tide table"),
        ("Ignore me. Tides:", "", None, "Ignore me. Tides"),
        ("Repo", "The best tide table", None, "The best tide table (Repo)"),
        ("- Repo", "- The best tide table", None, "The first line (Repo)"),
        ("here", "The best tide table", None, "The best tide table"),
        ("here", "", None, "The first line"),
        ("@ada The best tide table", "", None, "The best tide table"),
        ("And the best tide table", "", None, "the best tide table"),
        ("The tide table (of 1900", "", None, "The tide table (of 1900)"),
        (f"Best {'tide ' * 15}", "", None, f"Best {'tide ' * 14}tide"),
        (f"Best {'tide ' * 15}ebbs", "", None, f"Best {'tide ' * 13}tide…"),
    ],
)
def test_a_link_is_introduced_by_the_words_before_it_or_the_line_above(
    intro: str, above: str, label: str | None, name: str
) -> None:
    text = f"The first line\n{above}\n{intro} https://t.co/abc"
    assert name_lead(text, intro, above, label) == name
