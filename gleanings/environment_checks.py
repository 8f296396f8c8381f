"""Check what surrounds the store: configuration, folders, permissions, clock, disk, schedule."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gleanings.options import Common, find_import_paths, find_notes_folder
from gleanings.schedule.install import find_installed
from gleanings.schedule.plan import find_program
from gleanings.steps.readwise_client import TOKEN_PAGE, TOKEN_VARIABLE, find_token
from ingest.web.proxy import Proxies, read_proxies
from record_types.errors import InputError
from store.findings import Finding
from store.snapshots import connect_to_read

MAX_CLOCK_SKEW = timedelta(minutes=10)
"""If a run began this far in the future, the clock is wrong, or was."""
OVERDUE = timedelta(days=3)
"""A schedule without a successful sync for this long does not work."""
MIN_FREE = 200 << 20
"""Bytes that should be free where the store is; more if twice the store's size is more."""
PROBE = ("t.co", 443)


def check_environment(common: Common, *, network: bool, now: datetime | None = None) -> list[Finding]:
    """Every check outside the store, in the order in which to fix things."""
    now = now or datetime.now(UTC)
    checks: list[Callable[[], Finding]] = [
        lambda: check_config(common),
        lambda: check_paths(common),
        lambda: check_notes(common),
        lambda: check_permissions(common),
        lambda: check_token(common),
        lambda: check_disk(common.db),
        check_full_text,
        lambda: check_clock(common.db, now),
        check_schedule,
        lambda: check_success(common, now),
    ]
    if network:
        checks.append(lambda: check_network(common.config.links.proxy))
    return [check() for check in checks]


def check_config(common: Common) -> Finding:
    """Is there a configuration? (An unreadable one has already ended the program.)"""
    if common.config_path is None:
        return Finding("config", 0, "none", advice="`gleanings init` writes one")
    return Finding("config", 0, str(common.config_path))


def check_paths(common: Common) -> Finding:
    """Do the folders to import exist, and can they be read?"""
    try:
        paths = find_import_paths(common)
    except InputError as error:
        return Finding("paths", 1, str(error), advice="correct `paths`, or connect the disk")
    closed = [str(path) for path in paths if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))]
    if closed:
        advice = "let your user read them (chmod, chown), or remove them from `paths`"
        return Finding("paths", len(closed), f"cannot be read: {', '.join(closed)}", advice=advice)
    return Finding("paths", 0, f"{len(paths)} to read")


def check_notes(common: Common) -> Finding:
    """Can notes be written to their folder?"""
    if not common.config.export.folder:
        return Finding("notes", 0, "none are written")
    folder = find_notes_folder(common)
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        advice = "let your user write there, or change `folder` under [export]"
        return Finding("notes", 1, f"{there} cannot be written to", advice=advice)
    return Finding("notes", 0, str(folder))


def check_permissions(common: Common) -> Finding:
    """Can the store be written, and are secrets hidden from other users?"""
    folder = common.db.absolute().parent
    wanted = [path for path in (common.db, folder) if path.exists()]
    closed = [str(path) for path in wanted if not os.access(path, os.W_OK)]
    if closed:
        advice = "let your user write there (chmod, chown), or name another `db`"
        return Finding("permissions", len(closed), f"cannot be written: {', '.join(closed)}", advice=advice)
    if common.config.sync.ping and common.config_path and is_open_to_others(common.config_path):
        advice = f"chmod 600 {common.config_path}"
        return Finding("permissions", 1, "other users can read the ping URL", advice=advice)
    return Finding("permissions", 0)


def check_token(common: Common) -> Finding:
    """Is Readwise's token where the configuration says, and hidden from other users? It is not shown."""
    config = common.config.readwise
    try:
        token = find_token(config) if config.enabled else None
    except InputError as error:
        return Finding("token", 1, str(error), advice=f"{TOKEN_PAGE} shows the token; see [readwise]")
    place = TOKEN_VARIABLE if os.environ.get(TOKEN_VARIABLE) else config.token_file or "the keyring"
    if token is not None and place == TOKEN_VARIABLE:
        advice = "use a token_file for a scheduled sync, which does not have this variable"
        return Finding("token", 0, f"in ${TOKEN_VARIABLE}", advice=advice)
    return Finding("token", 0, f"in {place}" if token is not None else "none: Readwise's API is not used")


def is_open_to_others(path: Path) -> bool:
    """Whether other users of this machine can read a file."""
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def check_disk(store: Path) -> Finding:
    """Is there room for the store to grow and for a copy of it?"""
    folder = next(each for each in store.absolute().parents if each.exists())
    free = shutil.disk_usage(folder).free
    wanted = max(MIN_FREE, 2 * store.stat().st_size if store.exists() else 0)
    if free < wanted:
        message = f"{free >> 20} MiB free at {folder}, {wanted >> 20} MiB needed"
        return Finding("disk", 1, message, advice="free some space, or name a `db` on another disk")
    return Finding("disk", 0, f"{free >> 30} GiB free")


def check_full_text() -> Finding:
    """Does this Python's SQLite have FTS5?"""
    with closing(sqlite3.connect(":memory:")) as db:
        try:
            db.execute("create virtual table t using fts5(text)")
        except sqlite3.OperationalError:
            advice = "install gleanings with another Python (python.org's and uv's have it)"
            return Finding("full text", 1, "this Python's SQLite has no FTS5", advice=advice)
    return Finding("full text", 0, f"SQLite {sqlite3.sqlite_version}")


def check_clock(store: Path, now: datetime) -> Finding:
    """Does the log of runs come from the future?"""
    last = _read_time(store, "select max(started_at) from runs")
    if last is not None and last > now + MAX_CLOCK_SKEW:
        message = f"the last run began {last:%Y-%m-%d %H:%M} UTC, in the future"
        return Finding("clock", 1, message, advice="set this machine's clock; if it is right, just wait")
    return Finding("clock", 0)


def check_schedule() -> Finding:
    """Is a schedule installed, only once, and does it call this program?"""
    found = find_installed("gleanings")
    if not found:
        advice = "`gleanings schedule --install` runs sync automatically"
        return Finding("schedule", 0, "none", advice=advice)
    if len(found) > 1:
        advice = f"`gleanings schedule --remove --kind {next(iter(found))}` removes one"
        return Finding("schedule", 1, f"there are several: {', '.join(found)}", advice=advice)
    kind, what = next(iter(found.items()))
    text = (
        what if kind == "cron" else "".join(path.read_text("utf-8", "replace") for path in _units(Path(what)))
    )
    program = find_program()[0]
    if program not in text:
        message = f"{kind} calls a program other than {program}"
        return Finding("schedule", 1, message, advice="`gleanings schedule --install` corrects it")
    return Finding("schedule", 0, f"{kind}: {what}")


def _units(path: Path) -> Iterator[Path]:
    yield path
    service = path.with_suffix(".service")
    if service != path and service.exists():
        yield service


def check_success(common: Common, now: datetime) -> Finding:
    """When did a sync last succeed? A problem only if a schedule is installed."""
    query = "select max(finished_at) from runs where command = 'sync' and status in ('ok', 'partial')"
    last = _read_time(common.db, query)
    when = f"{last:%Y-%m-%d %H:%M} UTC" if last else "never"
    if find_installed("gleanings") and (last is None or now - last > OVERDUE):
        return Finding("last success", 1, when, advice="run `gleanings sync` to see what is wrong")
    return Finding("last success", 0, when)


def check_network(proxy: str, environment: Mapping[str, str] = os.environ) -> Finding:
    """Can the host of most short links be reached, or the proxy that requests go through? Nothing is sent."""
    advice = "check the connection; nothing is lost until it is back"
    proxies = read_proxies(environment) if proxy else Proxies()
    if proxies.by_scheme:
        if not proxies.has_way_out():
            return Finding("network", 1, "the proxy cannot be reached", advice=advice)
        return Finding("network", 0)
    try:
        socket.create_connection(PROBE, timeout=5).close()
    except OSError as error:
        message = f"{PROBE[0]} cannot be reached: {error.strerror or error}"
        return Finding("network", 1, message, advice=advice)
    return Finding("network", 0)


def _read_time(store: Path, query: str) -> datetime | None:
    """The time that a query on the store returns; None without a readable store."""
    if not store.is_file():
        return None
    with closing(connect_to_read(store)) as db:
        try:
            text = db.execute(query).fetchone()[0]
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except (sqlite3.Error, TypeError, ValueError):
            return None
