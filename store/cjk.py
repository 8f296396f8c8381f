"""Pairs of CJK characters: the index entries for text without spaces between words."""

from __future__ import annotations

import re
import sqlite3

_CJK = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd]+"
)


def pair_characters(text: str) -> str:
    """Every two adjacent characters of each run of CJK characters, separated by spaces; empty if there are
    none.

    A run of a single character is its own entry.
    """
    return " ".join(pair for run in _CJK.findall(text) for pair in ([run] if len(run) == 1 else _pairs(run)))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def build_pairs_query(words: str) -> str:
    """An FTS5 query for the CJK characters in `words`; empty if there are none."""
    pairs = pair_characters(words).split()
    return " ".join(f'"{pair}"*' if len(pair) == 1 else f'"{pair}"' for pair in pairs)


def build_any_pairs_query(words: str) -> str:
    """An FTS5 query for any of the pairs in `words`; empty for fewer than two."""
    pairs = list(dict.fromkeys(pair_characters(words).split()))
    return " OR ".join(f'"{pair}"' for pair in pairs) if len(pairs) > 1 else ""


def drop_cjk(words: str) -> str:
    """The words without CJK characters."""
    return _CJK.sub(" ", words)


def count_wrong_pairs(db: sqlite3.Connection) -> int:
    """How many rows of the index differ from the highlights' texts and notes."""
    stored: dict[int, str] = dict(db.execute("select rowid, pairs from highlights_cjk").fetchall())
    wanted = _find_pairs(db)
    return len(stored.keys() ^ wanted.keys()) + sum(
        stored[id_] != wanted[id_] for id_ in stored.keys() & wanted
    )


def rebuild_pairs(db: sqlite3.Connection) -> None:
    """Fill the index again from the highlights' texts and notes."""
    db.execute("delete from highlights_cjk")
    db.executemany("insert into highlights_cjk (rowid, pairs) values (?, ?)", list(_find_pairs(db).items()))


notes_of_highlights = """
select highlight_id, text from notes where highlight_id is not null order by highlight_id, position
"""


def _find_pairs(db: sqlite3.Connection) -> dict[int, str]:
    notes: dict[int, str] = {}
    for id_, text in db.execute(notes_of_highlights):
        notes[id_] = notes.get(id_, "") + " " + text
    rows = db.execute("select id, text from highlights")
    return {id_: pairs for id_, text in rows if (pairs := pair_characters(text + notes.get(id_, "")))}
