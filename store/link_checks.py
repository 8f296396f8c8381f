"""Compare links and resources with what their URLs say, and restore what differs.

The rules about URLs come from the caller. Where two columns contradict each other, a third one decides which
of them is damaged: the claims of files name links by their uid, and links lead to the resource of their final
URL.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from record_types.links import Link, Resource
from store.claims import try_unpack


class LinkRules(NamedTuple):
    """What a URL says without a request."""

    describe: Callable[[str], Link]
    make_resource: Callable[[str], Resource]
    find_owner: Callable[[str], str]
    """The registrable domain of a URL: a page may name another of its owner's as the canonical one."""


class WrongRow(NamedTuple):
    """A row that differs from what its URL says."""

    table: str
    id: int
    values: dict[str, Any]
    """The right values, by column."""


link_rows = """
select l.id, l.url, l.host, l.short, l.uid, l.status, l.final_url, l.hops, r.id, r.uid, r.url, r.status
from links as l left join resources as r on r.id = l.resource_id
"""

resource_rows = "select id, url, site, uid, uid_version from resources"

final_urls = "select final_url from links where resource_id = ? and final_url is not null"

update_row = {
    "links.url": "update links set url = ? where id = ?",
    "links.host": "update links set host = ? where id = ?",
    "links.short": "update links set short = ? where id = ?",
    "links.uid": "update or ignore links set uid = ? where id = ?",
    "links.final_url": "update links set final_url = ? where id = ?",
    "links.resource_id": "update links set resource_id = ? where id = ?",
    "resources.url": "update resources set url = ? where id = ?",
    "resources.site": "update resources set site = ? where id = ?",
    "resources.uid": "update or ignore resources set uid = ? where id = ?",
    "resources.uid_version": "update resources set uid_version = ? where id = ?",
}


def find_wrong_links(db: sqlite3.Connection, rules: LinkRules) -> list[WrongRow]:
    """The links and resources that differ from what their URLs say.

    A resource whose key was made by an earlier version of the rules is right.
    """
    return [*_find_links(db, rules), *_find_resources(db, rules)]


def count_old_keys(db: sqlite3.Connection, rules: LinkRules) -> int:
    """How many resources have a key that later rules would make differently."""
    rows = db.execute("select url, uid, uid_version from resources")
    return sum(_is_old(rules.make_resource(url), uid, version) for url, uid, version in rows)


def fix_links(db: sqlite3.Connection, rules: LinkRules) -> None:
    """Write the right values. Part of a transaction."""
    for _ in range(2):  # the keys of resources are compared with final URLs, which may have been wrong
        for table, id_, values in find_wrong_links(db, rules):
            for column, value in values.items():
                db.execute(update_row[f"{table}.{column}"], (value, id_))


def _find_links(db: sqlite3.Connection, rules: LinkRules) -> list[WrongRow]:
    wrong, claimed = [], None
    resources = {uid: id_ for id_, _, _, uid, _ in db.execute(resource_rows)}
    for id_, url, host, short, uid, status, final, hops, *resource in db.execute(link_rows).fetchall():
        values: dict[str, Any] = {}
        link = rules.describe(url)
        if link.uid != uid:
            claimed = _read_claimed(db) if claimed is None else claimed
            if uid in claimed and link.uid not in claimed:
                values["url"] = f"https://{uid}" if uid.startswith("t.co/") else uid
                link = rules.describe(values["url"])
            else:
                values["uid"] = link.uid
        if link.host != host:
            values["host"] = link.host
        if short not in (0, 1):  # which of the two is right depends on the version that found the link
            values["short"] = int(link.short)
        if resource[0] is not None and status in ("resolved", "tweet"):
            led_to, *rest = resource
            right = _find_final(rules, link, final, hops, *rest)
            other = None if right == final else resources.get(rules.make_resource(final or "").uid)
            if other not in (None, led_to):
                values["resource_id"] = other
            elif right != final:
                values["final_url"] = right
        if values:
            wrong.append(WrongRow("links", id_, values))
    return wrong


def _find_final(
    rules: LinkRules, link: Link, final: str | None, hops: str, uid: str, url: str, status: str
) -> str:
    """Where a link leads: `final`, if anything confirms that, else where the rest says."""
    last = _read_last_hop(hops)
    if final is not None:
        is_fetched = status != "pending"
        if final in (last, link.final_url) or rules.make_resource(final).uid == uid:
            return final
        if is_fetched and rules.find_owner(final) == rules.find_owner(url):
            return final
    for found in (last, link.final_url):
        if found is not None and rules.make_resource(found).uid == uid:
            return found
    return url


def _read_last_hop(hops: str) -> str | None:
    """The URL of the last request, if its answer was the end."""
    try:
        *_, last = json.loads(hops)
        return str(last["url"]) if last["status"] and not last["via"] else None
    except (ValueError, TypeError, KeyError):  # damaged, which the check of values reports; or no hop
        return None


def _find_resources(db: sqlite3.Connection, rules: LinkRules) -> list[WrongRow]:
    wrong = []
    for id_, url, site, uid, version in db.execute(resource_rows).fetchall():
        values: dict[str, Any] = {}
        resource = rules.make_resource(url)
        if resource.uid != uid and not _is_old(resource, uid, version):
            finals = [rules.make_resource(final) for (final,) in db.execute(final_urls, (id_,))]
            right = next((each for each in finals if each.uid == uid), None)
            if right is not None:
                values["url"], resource = right.url, right
            else:
                values["uid"] = resource.uid
        if resource.site != site:
            values["site"] = resource.site
        if version > resource.uid_version:
            values["uid_version"] = resource.uid_version
        if values:
            wrong.append(WrongRow("resources", id_, values))
    return wrong


def _is_old(resource: Resource, uid: str, version: int) -> bool:
    return version < resource.uid_version and uid != resource.uid


def _read_claimed(db: sqlite3.Connection) -> set[str]:
    """The uids of links that files name."""
    found: set[str] = set()
    for (packed,) in db.execute("select claim from appearances"):
        fields = try_unpack(packed)
        try:
            found.update(uid for uid, _ in fields[-2])  # `HighlightClaim.links`
        except (TypeError, ValueError, IndexError):  # a damaged claim
            continue
    return found
