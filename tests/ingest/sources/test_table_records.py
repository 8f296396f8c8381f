"""Tables are recognised by their columns, and tags in one cell are read however they are written."""

from __future__ import annotations

import pytest

from ingest.source import DIALECTS, is_written_in
from ingest.sources.table_records import read_tag_list
from ingest.text import Text


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("", []), (" ", []), ("[]", []), ("[ ]", []), ("a", ["a"]), ("a, b ;c,,a", ["a", "b", "c"]),
        ('["a", "b, c", "a"]', ["a", "b, c"]), ("['a', \"b\"]", ["a", "b"]), (" ['a'] ", ["a"]),
        (r"['it\'s', '\\', ' ']", ["it's", "\\"]), (r'["a\"b"]', ['a"b']), ("['it", ["['it"]), ("a]", ["a]"]),
        ("['it', x", ["['it'", "x"]), ("'it', x]", ["'it'", "x]"]), ("[a, b]", ["a", "b"]), ("['']", ["''"]),
        (f"['{'x' * 200}']", ["x" * 200]), (f"['{'x' * 201}']", [f"'{'x' * 201}'"]),
    ],
)  # fmt: skip
def test_a_list_of_tags_is_read(cell: str, tags: list[str]) -> None:
    assert read_tag_list(cell) == tags


@pytest.mark.parametrize(
    ("name", "columns", "other"),
    [
        ("instapaper", "URL,Title,Selection,Folder", "Tags"),
        ("matter", "Title,Author,Publisher,URL,Tags", "Last Interaction Date"),
        ("matter", "Title,Author,Publisher,URL,Tags", "Last_Interaction_Date"),
        ("readwise-reader", "Title,URL,ID,Document tags,Saved date", "Seen"),
        ("x-exporter", "id,created_at,full_text,screen_name", "url"),
        ("hypothesis", "URL,Annotation/Reply Type,Quote,Body", "Group"),
    ],
)
def test_a_table_is_recognised_by_its_columns_in_any_order(name: str, columns: str, other: str) -> None:
    (dialect,) = (each for each in DIALECTS if name == each.NAME)
    needed = columns.split(",")
    assert is_written_in(dialect, Text(",".join([other, *reversed(needed)]), "x", ".csv"))
    for missing in needed:
        left = [each for each in needed if each != missing]
        assert not is_written_in(dialect, Text(",".join([other, *left]), "x", ".csv")), missing
