"""JSON of other programs: every value with its line, and nothing of a record lost."""

from __future__ import annotations

import pytest

from ingest.sources.json_records import Item, Record, clean, read_array, read_lines, read_object
from record_types.errors import UnreadableError
from record_types.pages import Problem


def test_each_value_of_a_list_has_a_line_of_its_own() -> None:
    text = '[\n {"a": 1},\n\n 2, 3,\n "x"\n];\n'
    assert list(read_array(text)) == [Item(2, {"a": 1}), Item(4, 2), Item(5, 3), Item(6, "x")]
    assert list(read_array("x = [1, 2]", 4)) == [Item(1, 1), Item(2, 2)]
    assert list(read_array(" [ ]")) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n{}", 2),
        ("", 1),
        ("[1\n2]", 2),
        ("[1,\n2", 2),
        ("[1,\n]", 2),
        ("[1,\n2,", 2),
        ("[\n\n{]", 3),
        ("[1]\n2", 1),
        ("[1,\n" + "[" * 100_000, 2),
        ("[\n" + "1" * 5000 + "]", 2),
    ],
)
def test_a_broken_list_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(UnreadableError) as error:
        list(read_array(text))
    assert error.value.line == line


def test_an_object_is_the_whole_text() -> None:
    assert read_object(' {"a": 1} \n') == {"a": 1}
    for text, line in (("[]", 1), ('{"a":\n1} x', 2), ('{"a":\n', 2)):
        with pytest.raises(UnreadableError) as error:
            read_object(text)
        assert error.value.line == line


def test_a_broken_line_costs_only_itself() -> None:
    assert list(read_lines('{"a": 1}\n\n {"b" \n3 4\n5')) == [
        Item(1, {"a": 1}),
        Problem("bad-record", "not JSON: Expecting ':' delimiter: {\"b\"", 3),
        Problem("bad-record", "text after the record: 3 4", 4),
        Item(5, 5),
    ]


def test_text_is_cleaned_of_what_a_store_cannot_hold() -> None:
    assert clean("a\r\nb\rc\0d é \ud800") == "a\nb\ncd é ?"


RAW = {
    "text": " a ",
    "also": "b",
    "number": 1.5,
    "true": True,
    "empty": " ",
    "list": ["x", {"name": "y"}, 2, True, None, {"z": 1}, "x"],
    "mixed": [{"a": "1"}, 3],
    "objects": [{"a": "1"}],
    "deep": {"er": {"est": "c"}},
    "none": None,
    "false": False,
}


def test_a_value_of_the_wrong_type_counts_as_missing() -> None:
    record = Record(RAW)
    assert record.text("true", "none", "text", "also") == "a"
    assert record.text("empty", "number") == "1.5"
    assert record.text("list", "missing") == ""
    assert record.texts("list", "text") == ("x", "y", "2", "true", '{"z": 1}')
    odd = Record(
        {"odd": [" ", " a ", {"name": " b "}, {"name": " "}, 0, 1.5, False, None, "", {"name": True}, "a"]}
    )
    assert odd.texts("odd") == ("a", "b", '{"name": " "}', "0", "1.5", '{"name": true}')
    assert [each.text("a") for each in record.records("mixed")] == ["1"]
    assert record.records("text") == []
    assert record.record("deep", "er").text("est") == "c"
    assert not record.record("deep", "text")
    assert not record.record("text")
    assert not Record([1])


def test_what_nobody_read_is_the_rest() -> None:
    record = Record(RAW)
    assert [key for key, _ in record.rest()] == [
        "text", "also", "number", "true", "empty", "list", "mixed", "objects", "deep",
    ]  # fmt: skip
    record.text("text", "also", "true")
    record.texts("list", "also")
    record.records("mixed")
    record.records("objects")
    record.record("deep", "missing")
    left = [("number", "1.5"), ("true", "true"), ("empty", " "), ("mixed", '[{"a": "1"}, 3]')]
    assert record.rest() == [*left, ("deep", '{"er": {"est": "c"}}')]
    record.record("deep")
    assert record.rest(frozenset({"true"})) == [left[0], *left[2:]]
