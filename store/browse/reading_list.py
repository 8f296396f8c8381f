"""The reading list: what highlights recommend, and how much of it the reader has read.

Ticking is the only thing that these pages change, so it is offered only where nobody but the reader can do
it: to requests from this machine, and not where the store cannot be written. The form carries a token that
Datasette signs, made from a cookie that other sites cannot set.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from store.browse.databases import read_settings
from store.browse.highlight_rows import Row, fetch, read_counts
from store.browse.item_pages import PAGE, Arguments, read_page_number
from store.browse.page_list import choose, make_rest
from store.connection import close_store, open_store, translated_errors
from store.links import save_read
from store.search import build_query

MOST_FOUND = 5_000
"""Resources that the search field searches."""

SORTS = {"most": "most shared", "newest": "shared last", "oldest": "waiting longest"}

unread_list = """
select r.id, r.title, r.url, s.kind, s.site, r.author, r.published_on, s.status, s.shared, s.authors,
    s.last_shared_at, null as read_at
from shared_resources as s join resources as r on r.id = s.resource_id
where s.recommended = 1 and s.kind not in ('media', 'tweet')
    and :kind in ('', s.kind) and :site in ('', s.site) and :status in ('', s.status)
    and :query = ''
    and r.read_at is null
    and not exists (select 1 from links as l where l.resource_id = s.resource_id and l.read_at is not null)
order by s.shared desc, s.resource_id desc
limit :limit offset :offset
"""

read_list = """
select r.id, r.title, r.url, r.kind, r.site, r.author, r.published_on, r.status,
    coalesce(s.shared, 0) as shared, coalesce(s.authors, 0) as authors, s.last_shared_at,
    coalesce(r.read_at, (select max(read_at) from links where resource_id = r.id)) as read_at
from resources as r left join shared_resources as s on s.resource_id = r.id
where r.id in (
        select id from resources where read_at is not null
        union select resource_id from links where read_at is not null
    )
    and :kind in ('', r.kind) and :site in ('', r.site) and :status in ('', r.status)
    and :query = ''
order by 12 desc, r.id desc
limit :limit offset :offset
"""

found = "r.id in (select rowid from resources_fts where resources_fts match :query limit :most)"

ORDERS = {
    "newest": "s.last_shared_at desc, s.resource_id desc",
    "oldest": "s.last_shared_at, s.resource_id",
}

count_read = """
select count(*) from (
    select id from resources where read_at is not null
    union select resource_id from links where read_at is not null and resource_id is not null
)
"""


def read_reading_list(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """Read what is to be read, or with `show=read` what was; by kind, site or status, or with words."""
    chosen = choose(arguments, sort=tuple(SORTS), show=("read",))
    chosen |= {name: arguments.get(name, "") for name in ("kind", "site", "status")}
    query = build_query(chosen["q"])
    sql = read_list if chosen["show"] else unread_list
    if query:
        sql = sql.replace(":query = ''", found)
    for name in ("kind", "site", "status"):
        if chosen[name]:  # so that SQLite uses the index
            sql = sql.replace(f":{name} in ('', s.{name})", f"s.{name} = :{name}")
    if chosen["sort"] in ORDERS:
        sql = sql.replace("s.shared desc, s.resource_id desc", ORDERS[chosen["sort"]])
    page = read_page_number(arguments)
    parameters = {**chosen, "query": query, "most": MOST_FOUND}
    rows = fetch(db, sql, **parameters, limit=PAGE + 1, offset=(page - 1) * PAGE)
    is_narrowed = any(chosen[name] for name in ("q", "kind", "site", "status"))
    return {
        "rows": rows[:PAGE],
        "offset": (page - 1) * PAGE,
        "chosen": chosen,
        "is_narrowed": is_narrowed,
        "read_count": db.execute(count_read).fetchone()[0],
        "sorts": SORTS,
        "kinds": [kind for kind in read_counts(db, "kind") if kind not in ("media", "tweet")],
        "states": list(read_counts(db, "resource")),
        "sites": list(read_counts(db, "site"))[:60],
        "rest": make_rest(chosen),
        "place": {
            **chosen,
            "sort": chosen["sort"] if chosen["sort"] in ORDERS else "",
            "page": str(page) if page > 1 else "",
        },
        "earlier": page - 1 if page > 1 else None,
        "later": page + 1 if len(rows) > PAGE else None,
    }


# --- the box that marks a resource as read

COOKIE = "gleanings-form"
_NAMESPACE = "gleanings-tick"
_HERE = ("127.0.0.1", "::1", "localhost")

BACK = ("q", "page", "kind", "site", "status", "sort", "show")
"""Arguments of the reading list that the answer to a tick leads back to."""


def may_tick(datasette: Any, database: Any, request: Any) -> bool:
    """True if the request comes from this machine, and the store can be written."""
    client = (request.scope.get("client") or ("",))[0]
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if client not in _HERE or host not in _HERE or read_settings(datasette).get("ticks") is False:
        return False
    path = Path(database.path) if database.path else None
    if path is None or not database.is_mutable:
        return False
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def is_own_form(request: Any) -> bool:
    """True if the browser says that a page of this site sent the form; false if it says nothing."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        return False
    is_same = origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
    return site in (None, "same-origin") and is_same


def make_form(datasette: Any, request: Any) -> dict[str, str]:
    """The fields of the form, and as `secret` the value of its cookie."""
    secret = request.cookies.get(COOKIE, "")
    if not (len(secret) == 43 and secret.isascii()):
        secret = secrets.token_urlsafe(32)
    own = request.scope.get("csrftoken")  # Datasette 0.65 looks for its own token as well
    return {
        "secret": secret,
        "token": datasette.sign(secret, _NAMESPACE),
        "csrftoken": own() if own else "",
    }


def is_signed(datasette: Any, request: Any, token: str) -> bool:
    """True if the token was made for the browser's cookie."""
    secret = request.cookies.get(COOKIE, "")
    try:
        signed = datasette.unsign(token, _NAMESPACE)
    except Exception:  # noqa: BLE001 - a forged token may fail in any way
        return False
    return bool(secret) and isinstance(signed, str) and hmac.compare_digest(signed, secret)


async def tick(datasette: Any, database: Any, request: Any) -> tuple[int, str]:
    """Mark a resource as read or unread: (303, the page to continue with) or another status and the
    reason."""
    if request.method != "POST":
        return 405, "Only the button of the reading list marks anything as read."
    if not may_tick(datasette, database, request):
        return 403, "Boxes can only be ticked on the machine that has the store, if it can be written."
    if not is_own_form(request):
        return 403, "Refused: another website sent this form."
    try:
        fields = await request.post_vars()
    except ValueError:
        return 400, "This form cannot be read."
    if not is_signed(datasette, request, fields.get("token", "")):
        return 403, "This form is too old. Load the page again."
    given, value = next(((n, fields[n]) for n in ("read", "unread") if n in fields), ("", ""))
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        return 400, "This form names no resource."
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    saved = await asyncio.to_thread(save_tick, Path(database.path), int(value), given == "read", now)
    if not saved:
        return 404, "There is no such resource."
    return 303, find_way_back(fields, int(value))


def save_tick(path: Path, resource: int, is_read: bool, now: str) -> bool:
    """Store whether the reader has read a resource, as an export stores the boxes; false if there is none."""
    with translated_errors(path):
        db = open_store(path)
        try:
            row = db.execute("select uid from resources where id = ?", (resource,)).fetchone()
            if row is not None:
                save_read(db, {row[0]: is_read}, now=now)
        finally:
            close_store(db)
    return row is not None


def find_way_back(fields: Mapping[str, str], resource: int) -> str:
    """The page after `/-/` that the form was on; the answer leads nowhere else."""
    if fields.get("from") == "resource":
        return f"resource/{resource}"
    given = {name: fields[name][:200] for name in BACK if fields.get(name)}
    return "reading" + (f"?{urlencode(given)}" if given else "")
