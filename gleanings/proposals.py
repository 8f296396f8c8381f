"""Proposals for what has no topic yet, and the rules that accepted ones become in the configuration."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from export.note_files import write_note
from gleanings.config import TopicsConfig, parse_config
from gleanings.steps.highlight_vectors import vectors_of
from gleanings.steps.topics import assign_stored
from record_types.errors import BusyError, InputError
from record_types.rules import TopicRule
from store.note_data import read_documents

if TYPE_CHECKING:
    from export.topic_groups import Group


def propose_groups(db: sqlite3.Connection, config: TopicsConfig, *, fewest: int) -> tuple[list[Group], int]:
    """Groups of what has no topic, and how many highlights have none.

    Raises InputError where the extra `topics` is not installed.
    """
    documents = read_documents(db)
    highlights = [each for document in documents for each in document.highlights]
    assignments = assign_stored(db, documents, config)
    vectors = vectors_of(db, {each.id: each.text for each in highlights})
    from export.similarity import remove_common
    from export.topic_groups import find_groups

    taken = {each.highlight_id for each in assignments}
    known = [*{each.topic for each in assignments}, *(rule.name for rule in config.rules), *config.stop]
    groups = find_groups(highlights, remove_common(vectors), taken, known, min_size=fewest)
    return groups, len(highlights) - len(taken)


def format_rules(rules: Sequence[TopicRule]) -> str:
    """The rules as `[[topics.rules]]`, each with a blank line above."""
    return "".join(
        f"\n[[topics.rules]]\nname = {_quote(rule.name)}\nphrases = [{phrases}]\n"
        for rule in rules
        if (phrases := ", ".join(map(_quote, rule.phrases)))
    )


def append_rules(path: Path, rules: Sequence[TopicRule]) -> None:
    """Add rules at the end of a configuration, whose text stays as it is; the file is made where none is.

    It is replaced at once or not at all. Raises InputError where the rules do not fit what stands there.
    """
    target = path.resolve()  # where a link leads, so that the link stays
    try:
        before = target.read_bytes() if target.exists() else None
        text = (before or b"").decode("utf-8")
        after = add_rules(text, rules)
        parse_config(after, str(path))
        done = write_note(target.parent, target.name, after, before)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be written: {error}") from None
    except InputError as error:
        raise InputError(
            f"{error}: nothing was written; add the rules yourself (--dry-run shows them)"
        ) from None
    if done is not None:
        raise BusyError(f"{path} was changed by something else: try again")


def add_rules(text: str, rules: Sequence[TopicRule]) -> str:
    """The configuration's text with the rules behind it, in its own line ends."""
    added = format_rules(rules)
    added = added if text else added.lstrip("\n")
    end = "" if not text or text.endswith("\n") else "\n"
    return text + (end + added if "\r\n" not in text else (end + added).replace("\n", "\r\n"))


def _quote(words: str) -> str:
    """A string of TOML: JSON's, where it holds no DEL."""
    return json.dumps(words.replace("\x7f", ""), ensure_ascii=False)
