"""Tags in one cell of a table are read however they are written."""

from __future__ import annotations

import pytest

from ingest.sources.table_records import read_tag_list


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
