"""Single damaged words: repaired if that is certain, otherwise unchanged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ftfy.bad_codecs  # noqa: F401
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.encoding import find_damage, repair_lines
from ingest.folder import find_sources
from ingest.graph import ReadSettings
from ingest.source import read_source
from record_types.pages import Problem
from tests.shared import SHARED


def damage(text: str) -> str:
    return text.encode().decode("sloppy-windows-1252")


@pytest.mark.parametrize(
    "word", ["José", "García", "don’t", "“quoted”", "a—b", "naïve", "Straße", "😇", "x→y", "Ångström"]
)
def test_a_damaged_word_in_an_undamaged_text_is_repaired(word: str) -> None:
    whole = f"中文 – first\nsays {word} here\n"
    repaired, problems = repair_lines(f"中文 – first\nsays {damage(word)} here\n")
    assert repaired == whole
    assert [(problem.kind, problem.line) for problem in problems] == [("repaired-lines", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "中文 café naïve – “quoted” …",
        "IRMÃ” e café”» românâ”»",
        "IRMÃ\xa0de São",
        "T Â\xa0 U",
        "Ã©",
        "see Ã© alone",
        "`JosÃ©`",
        "```\nJosÃ©\n```",
        "https://example.org/JosÃ©",
        "UTF-8 read as latin: JosÃ©",
        "this mojibake, donâ€™t",
        "ﬁne ½ × ２ ligatures",
        "JosÃ©" + "x" * 300,
    ],
)
def test_text_that_may_be_intended_stays_unchanged(text: str) -> None:
    assert repair_lines(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("中\nJosÃ© JosÃ©", 2, "1 line had words that were encoded twice, the first in line 2"),
        ("JosÃ©\n中\nJosÃ©", 1, "2 lines had words that were encoded twice, the first in line 1"),
    ],
)
def test_a_problem_counts_the_repaired_lines(text: str, line: int, message: str) -> None:
    assert repair_lines(text)[1] == (Problem("repaired-lines", message, line),)
    assert find_damage(text) == (Problem("damaged", f"{message}; left as they are", line),)
    assert find_damage("中") == ()
    assert find_damage(damage("José")) == (
        Problem("damaged", "the whole file was encoded twice; left as it is", 1),
    )


@pytest.mark.parametrize(("length", "is_repaired"), [(200, True), (201, False)])
def test_a_word_is_repaired_up_to_a_length(length: int, is_repaired: bool) -> None:
    word = damage("José")
    assert bool(repair_lines("中 " + word + "x" * (length - len(word)))[1]) is is_repaired


@given(st.text(alphabet=st.sampled_from("abÃâÂ€™œðŸ˜‡\x81\xa0©­é中 \n`")))
def test_repair_changes_a_line_only_by_undoing_damage(text: str) -> None:
    repaired, problems = repair_lines(text)
    assert (repaired != text) == bool(problems)
    for before, after in zip(text.split("\n"), repaired.split("\n"), strict=True):
        for old, new in zip(before.split(" "), after.split(" "), strict=True):
            assert old == new or damage(new) == old


def test_all_repair_can_be_turned_off(tmp_path: Path) -> None:
    (tmp_path / "whole.md").write_text("title:: A (highlights)\n\n- " + damage("José"), encoding="utf-8")
    (tmp_path / "words.md").write_text("title:: 中 (highlights)\n\n- " + damage("José"), encoding="utf-8")
    sources = find_sources(tmp_path)
    on = [read_source(stamp, sources.settings) for stamp in sources.stamps]
    off = [read_source(stamp, replace(sources.settings, repair=False)) for stamp in sources.stamps]
    assert [file.pages[0].highlights[0].text for file in on] == ["José", "José"]
    assert [file.pages[0].highlights[0].text for file in off] == [damage("José")] * 2
    assert [file.encoding for file in on] == ["utf-8, repaired", "utf-8"]
    assert [[problem.kind for problem in file.problems] for file in on] == [[], ["repaired-lines"]]
    assert [[problem.kind for problem in file.problems] for file in off] == [["damaged"], ["damaged"]]
    assert ReadSettings().repair


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the real pages are not here")
def test_no_real_page_is_changed() -> None:
    pages = [path.read_bytes().decode() for path in (SHARED / "corpus").rglob("*.md")]
    assert [page[:60] for page in pages if repair_lines(page)[1]] == []
