"""What a trail's end means for its link: the record that the store keeps (LINKS.md, Two states, not one)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.links.retry import plan_try
from ingest.links.trail import Ending, Trail
from record_types.links import Expansion, Fetch, Resolution, Resource

Describe = Callable[[str, str | None, bytes, Fetch], Resource]
"""(landed URL, content type, body, fetch) → the resource, `blocked` where `ok` was a soft wall."""

_DESCRIBED: frozenset[Expansion] = frozenset({"resolved", "tweet"})
_TRIED_AGAIN: frozenset[Expansion] = frozenset({"pending", "resolved"})
_LEFT_OFF = timedelta(days=1)


def resolve(trail: Trail, *, describe: Describe, now: datetime, random: Callable[[], float]) -> Resolution:
    """The outcome of a trail that has ended, with its next try."""
    ending = _settle(trail)
    resource = _describe(ending, describe)
    if resource is not None and ending.fetch == "ok" and resource.status == "blocked":
        ending = replace(ending, fetch="blocked", error="wall")
    answer, link = ending.answer, trail.link
    found = Resolution(
        link_id=link.id,
        status=ending.status,
        fetch=ending.fetch,
        final_url=ending.url,
        resource=resource,
        hops=tuple(trail.hops),
        http_status=answer.status if answer else None,
        checked_at=now,
        error=ending.error,
    )
    if ending.error is None or ending.status not in _TRIED_AGAIN:
        return found
    return _plan_next(trail, found, ending.error, now, random)


def leave_off(trail: Trail, reason: str, *, known: bool, describe: Describe, now: datetime) -> Resolution:
    """The outcome of a trail that is not followed to its end in this run; no try is counted.

    What it leads to is kept where that is `known`. Otherwise nothing is: `checked_at` is None.
    """
    link, url = trail.link, trail.best_url
    if not known or url is None or link.fetch_only:
        status: Expansion = "resolved" if link.fetch_only else "pending"
        return Resolution(link.id, status, "pending", attempts=link.attempts, error=reason)
    return Resolution(
        link_id=link.id,
        status="resolved",
        fetch="pending",
        final_url=url,
        resource=describe(url, None, b"", "pending"),
        hops=tuple(trail.hops),
        attempts=link.attempts,
        checked_at=now,
        due_at=now + _LEFT_OFF,
        error=link.error,
    )


def forget_failure(found: Resolution, trail: Trail, reason: str) -> Resolution:
    """`found` as a try that taught nothing: the link's row is to stay as it is."""
    status: Expansion = "resolved" if trail.link.fetch_only else "pending"
    return Resolution(found.link_id, status, "pending", attempts=trail.link.attempts, error=reason)


def _settle(trail: Trail) -> Ending:
    """The trail's ending; a link whose expansion was known does not go back."""
    ending = trail.ending
    if ending is None:
        raise ValueError("the trail has not ended")
    if trail.link.fetch_only and ending.status in ("pending", "gone", "loop", "invalid"):
        return replace(ending, status="resolved", url=ending.url or trail.first_url or trail.link.url)
    return ending


def _describe(ending: Ending, describe: Describe) -> Resource | None:
    if ending.url is None or ending.status not in _DESCRIBED:
        return None
    answer, ok = ending.answer, ending.fetch == "ok"
    content_type = answer.content_type if answer and ok else None
    return describe(ending.url, content_type, answer.body if answer and ok else b"", ending.fetch)


def _plan_next(
    trail: Trail, found: Resolution, error: str, now: datetime, random: Callable[[], float]
) -> Resolution:
    answer, link = trail.ending.answer if trail.ending else None, trail.link
    retry_after = answer.retry_after if answer else None
    plan, kept = plan_try(error, link.attempts, link.error, retry_after, now, random)
    found = replace(found, attempts=plan.attempts, due_at=plan.due_at, error=kept)
    return found if plan.due_at is not None else _give_up(found, plan.final)


def _give_up(found: Resolution, final: Fetch | None) -> Resolution:
    if found.error == "refused: private address":
        return found if found.status == "resolved" else replace(found, status="invalid")
    fetch = final or found.fetch
    resource = replace(found.resource, status=fetch) if found.resource else None
    # never pending without a next try: a shortener that keeps silent is as gone as one that denies
    status: Expansion = "gone" if found.status == "pending" else found.status
    return replace(found, status=status, fetch=fetch, resource=resource)
