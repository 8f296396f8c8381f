"""Rows of a table keep their lines, and a misplaced quote spoils its own row."""

from __future__ import annotations

import pytest

from ingest.readwise.csv_rows import Row, find_header, read_header, read_rows
from record_types.pages import Problem


def read(text: str, delimiter: str = ",") -> list[Row | Problem]:
    return list(read_rows(text, delimiter))


@pytest.mark.parametrize(
    ("text", "names", "delimiter"),
    [
        ("A, b ,A,a\n", ["a", "b", "a 3", "a 4"], ","),
        ("a;b;c,d\n", ["a", "b", "c,d"], ";"),
        ("a\tb\tc,d\n", ["a", "b", "c,d"], "\t"),
        ("a,b;c\n", ["a", "b;c"], ","),
        ('\ufeff"A, x", b\r\nc', ["a, x", "b"], ","),
        ("a,b\rc,d", ["a", "b"], ","),
        ("sep=;\na;b\n", ["a", "b"], ";"),
        ("", [], ","),
        (f"{'x' * 1_998},yz\n", ["x" * 1_998, "y"], ","),
    ],
)
def test_a_header_names_the_columns(text: str, names: list[str], delimiter: str) -> None:
    assert read_header(text) == (names, delimiter)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sep=;\n", 1), ("\ufeff\"SEP=\t\" \t\r\n", 1), ("sep=,\n", 1), ("sep=;", 0), ("sep=x\n", 0),
        ("sep=;;\n", 0), ("\nsep=;\n", 0), ("\ufeff\ufeffsep=;\n", 0), ("a\n", 0),
    ],
)  # fmt: skip
def test_the_line_that_names_the_separator_is_not_a_header(text: str, line: int) -> None:
    assert find_header(text) == line


def test_rows_have_the_number_of_their_first_line() -> None:
    assert read('a,b\n1,"x\ny"\n2,z') == [Row(2, ["1", "x\ny"]), Row(4, ["2", "z"])]
    assert read("sep=,\na,b\n1,2\n") == [Row(3, ["1", "2"]), Row(4, [])]
    assert read("a;b\r1;2\r3;4", ";") == [Row(2, ["1", "2"]), Row(3, ["3", "4"])]


def test_a_misplaced_quote_spoils_its_own_row() -> None:
    first, problem, last = read('a,b\n1,2\n"x"y,3\n4,5')
    assert (first, last) == (Row(2, ["1", "2"]), Row(4, ["4", "5"]))
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.line) == ("bad-row", 3)
    assert problem.message.endswith(': "x"y,3')


@pytest.mark.parametrize("count", [1, 8, 9, 10])
def test_rows_below_an_unclosed_quote_are_read_again_eight_times(count: int) -> None:
    lines = [
        f'{number}","' for number in range(count)
    ]  # each closes the quote of the line above, and opens one
    found = read("a,b\n" + "\n".join(lines))
    once = [Problem("bad-row", f"a quote is never closed: {line}", 2 + n) for n, line in enumerate(lines[:8])]
    rest = "\n".join(lines[8:])
    last = Problem("bad-row", f"too many quotes are never closed: {rest}", 10)
    assert found == [*once, *([last] if rest else [])]
    assert read('a,b\n"x\n1,2') == [Problem("bad-row", 'a quote is never closed: "x', 2), Row(3, ["1", "2"])]
