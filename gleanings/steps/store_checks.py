"""Check everything in the store that can be computed again, and fix what differs."""

from __future__ import annotations

import sqlite3

from gleanings.config import TopicsConfig
from gleanings.options import utc_now
from gleanings.steps.topic_scores import find_wrong_topics, fix_topics
from gleanings.steps.tweets import are_rules_new, find_wrong_texts, fix_texts
from gleanings.terminal import count_as
from ingest.links.address import find_registrable, parse_address
from ingest.links.resource import describe_link, make_resource
from store.findings import FIX, Finding
from store.integrity import check_store, repair_store
from store.link_checks import LinkRules
from store.runs import Counts, finish_run, start_run

UNUSABLE = ("integrity", "schema", "values")
"""Findings that leave nothing to compute from."""


def _find_owner(url: str) -> str:
    address = parse_address(url)
    return find_registrable(address.host) if address else url


LINK_RULES = LinkRules(describe_link, make_resource, _find_owner)


def check_all(db: sqlite3.Connection, config: TopicsConfig) -> list[Finding]:
    """Run every check."""
    findings = check_store(db, LINK_RULES)
    if any(each.trouble for each in findings if each.check in UNUSABLE):
        return findings
    texts, topics = len(find_wrong_texts(db)), find_wrong_topics(db, config)
    wrong = f"{count_as(texts, 'document')} with a wrong title, text of a tweet, or role of a link"
    old = "by the rules of another version: the next command that writes recomputes them"
    return [
        *findings,
        Finding("tweets", 0, old) if are_rules_new(db) else _describe("tweets", texts, wrong),
        _describe("topics", topics, f"{count_as(topics, 'assignment')} of a topic to a highlight is wrong"),
    ]


def fix_all(db: sqlite3.Connection, config: TopicsConfig) -> None:
    """Fix what can be fixed without guessing; nothing if the file or its tables are damaged."""
    if repair_store(db, LINK_RULES, now=utc_now()):
        fix_texts(db)
        fix_topics(db, config)
        run_id = start_run(db, "doctor", now=utc_now())  # so that a sync notices the change
        finish_run(db, run_id, Counts(), "ok", now=utc_now(), message="fixed")


def _describe(check: str, wrong: int, message: str) -> Finding:
    return Finding(check, wrong, message, True, FIX) if wrong else Finding(check, 0)
