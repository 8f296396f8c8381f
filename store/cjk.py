"""Pairs of CJK characters: the words of texts that have no blanks between words (STORE.md, FTS5)."""

from __future__ import annotations

import re

_CJK = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd]+"
)


def pair_characters(text: str) -> str:
    """Every two neighbours of a run of CJK characters, with blanks between; empty without any.

    A run of one character stands for itself.
    """
    if text.isascii():
        return ""
    return " ".join(pair for run in _CJK.findall(text) for pair in ([run] if len(run) == 1 else _pairs(run)))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]
