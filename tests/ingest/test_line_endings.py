"""Carriage returns and spaces at the end of lines change no record, whatever wrote the file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ingest.source import parse_text
from ingest.text import Text

DATA = Path(__file__).parents[1] / "data"
FILES = [
    path
    for folder in ("odd-pages", "odd-sources", "sources", "readwise")
    for path in sorted((DATA / folder).rglob("*"))
    if path.is_file() and path.name != "expected.json"
]
# Blanks may be Markdown for a line break, so these keep them inside a text.
KEPT = {"default.md", "koreader.md", "snipd.md"}


def describe(text: Text) -> tuple[str | None, str]:
    dialect, parsed = parse_text(text)
    return dialect, re.sub(r'(?:[ \t]|\\[rt])+(?=\\n|")', "", json.dumps(asdict(parsed), default=str))


def add_returns(text: str) -> str:
    return text.replace("\r", "").replace("\n", "\r\n")


def add_blanks(text: str) -> str:
    return re.sub(r"(?=\r?$)", "  ", text, flags=re.MULTILINE)


@pytest.mark.parametrize("change", [add_returns, add_blanks])
def test_the_ends_of_lines_change_no_record(change: Callable[[str], str]) -> None:
    for path in FILES:
        if change is add_blanks and (path.suffix == ".csv" or path.name in KEPT):
            continue
        text = Text(path.read_bytes().decode("utf-8-sig"), path.stem, path.suffix)
        assert describe(replace(text, text=change(text.text))) == describe(text), path
