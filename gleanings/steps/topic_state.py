"""What the last assignment of topics decided for the whole library, to compare the next one with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from hashlib import blake2b
from typing import Any

from export.subjects import PhraseIndex, Subject, load_subjects, split_tokens
from export.topic_assignment import TopicSettings, Use
from export.topic_phrases import Learned
from gleanings.options import utc_now
from gleanings.steps.tweets import digest_program
from record_types.library import ReadDocument
from store.connection import load_json
from store.folder_states import read_folder_state, save_folder_state

KEY = "topic state"

Entries = dict[str, list[Any]]
"""The fields of the subjects that differ from the shipped ones, by name."""


@dataclass(frozen=True, slots=True)
class TopicState:
    """The decisions that concern all documents."""

    program: str = ""
    settings: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """The topics by key."""
    attracting: Sequence[str] = ()
    subjects: Entries = field(default_factory=dict)
    up_to: int = 0
    """The last highlight that topics learn from."""
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The names of the topics that learn."""
    learned: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)


NO_STATE = TopicState()


@dataclass(frozen=True, slots=True)
class Summary:
    """What the topics of other documents depend on."""

    uses: list[Use]
    shown: Mapping[str, Sequence[int]]
    """`count_shown` of the document."""
    early: str
    """Hash of what topics learn from; empty if nothing."""

    def pack(self) -> str:
        return json.dumps([self.uses, self.shown, self.early], ensure_ascii=False, separators=(",", ":"))


def unpack_summary(packed: str) -> Summary:
    uses, shown, early = load_json(packed, "topic_scores.summary")
    return Summary([Use(*use) for use in uses], shown, early)


def read_state(db: sqlite3.Connection) -> TopicState:
    """The state of the last assignment; empty if it is damaged or another version of the program made it."""
    stored = read_folder_state(db, KEY)
    try:
        state = TopicState(**json.loads(stored)) if stored else TopicState()
    except (TypeError, ValueError, RecursionError):
        return TopicState()
    return state if state.program == digest_program() else TopicState()


def save_state(db: sqlite3.Connection, state: TopicState) -> None:
    """Save the state, if it changed."""
    text = json.dumps(asdict(state), ensure_ascii=False)
    if text != read_folder_state(db, KEY):
        save_folder_state(db, KEY, text, now=utc_now())


def digest_settings(settings: TopicSettings) -> str:
    """A hash of the settings; what they say about individual highlights is part of the documents' marks."""
    parts = (
        settings.threshold,
        sorted(settings.stop),
        sorted(settings.aliases.items()),
        sorted(settings.page_aliases),
        settings.rules,
        settings.precision,
        settings.verdicts.digest(),
    )
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def hash_early(document: ReadDocument, up_to: int) -> str:
    """A hash of what topics learn from in a document; empty if nothing."""
    early = [(each.id, each.text) for each in document.highlights if each.id <= up_to]
    parts = repr((document.full_title, early)).encode("utf-8", "surrogatepass")
    return blake2b(parts, digest_size=8).hexdigest() if early else ""


def list_entries(index: PhraseIndex) -> Entries:
    """The subjects that are not as shipped, as JSON has them."""
    shipped = set(load_subjects())
    entries: Entries = {
        name: list(astuple(each)) for name, each in index.subjects.items() if each not in shipped
    }
    return json.loads(json.dumps(entries))  # type: ignore[no-any-return]


def index_changes(before: Entries, after: Entries) -> PhraseIndex | None:
    """The phrases of the subjects that changed, as they were and as they are; None without a change.

    A document without any of them keeps its scores.
    """
    index = PhraseIndex()
    shipped = {each.name: each for each in load_subjects()}
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    for name in sorted(changed):
        for number, entries in enumerate((before, after)):
            entry = _make_subject(entries[name]) if name in entries else shipped.get(name)
            if entry is not None:
                index.add(Subject(f"{name} {number}", (entry.name, *entry.names), entry.phrases, entry.words))
    return index if changed else None


def is_touched(document: ReadDocument, index: PhraseIndex) -> bool:
    """Whether a document has a phrase of the index."""
    texts = (document.full_title, *(each.text for each in document.highlights))
    return any(index.find(split_tokens(text)) for text in texts)


def recall_learned(state: TopicState) -> dict[str, Learned]:
    """What topics learned the last time."""
    return {name: Learned(tuple(phrases), tuple(words)) for name, (phrases, words) in state.learned.items()}


def learns_the_same(
    state: TopicState, up_to: int, early: Iterable[tuple[str, str]], asked: Mapping[str, Sequence[str]]
) -> bool:
    """Whether topics of these names would learn the same again; `early` are hashes, then and now."""
    return not asked or (
        state.up_to == up_to
        and {name: list(each) for name, each in asked.items()} == state.asked
        and all(then == now for then, now in early)
    )


def _make_subject(fields: Sequence[Any]) -> Subject:
    name, names, phrases, words, lift = fields
    return Subject(name, tuple(names), tuple(phrases), tuple(words), lift)
