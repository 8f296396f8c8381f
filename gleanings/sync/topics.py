"""The step `topics`: which highlight belongs to which topic, decided anew where the store changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gleanings.options import count_as, utc_now
from gleanings.steps.export_cache import make_topic_stamp
from gleanings.steps.outcome import Outcome
from store.connection import find_version
from store.written_notes import read_folder_state, save_folder_state

if TYPE_CHECKING:
    from gleanings.sync.pipeline import Session

STANDING = "topics"
"""Under which the stamp of the last decision is kept."""


def run(session: Session) -> Outcome:
    """Assign topics, unless nothing that decides about them has changed."""
    session.version = find_version(session.db)
    stamp = make_topic_stamp(session.db, session.common.config)
    if read_folder_state(session.db, STANDING) == stamp:
        return Outcome("ok", "as before", details={"as_before": True})
    from export.clean import complete_titles
    from gleanings.steps.topics import assign_stored
    from store.note_data import read_documents

    documents = complete_titles(read_documents(session.db))
    assignments = assign_stored(session.db, documents, session.common.config.topics)
    session.prepared = (documents, assignments)
    save_folder_state(session.db, STANDING, stamp, now=utc_now())
    topics = len({each.topic for each in assignments})
    return Outcome("ok", count_as(topics, "topic"), details={"topics": topics, "as_before": False})
