"""Read and write maps from short to final URLs, so that a link never has to be resolved twice.

CSV and JSON have the columns of `MappedLink`; JSON may also be one object `{"short": "final"}`. The
`tweets.js` and `note-tweet.js` of a Twitter/X archive are `window.YTD.tweets.part0 = [...]`, with each t.co
link beside its target in the entities. A liked tweet has only its text, so `like.js` yields no links.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

from ingest.links.classify import classify_url, find_unsafe_target
from ingest.links.key import clean_url, cut_userinfo
from ingest.links.resource import describe_link, make_resource
from ingest.web.guard import is_local
from ingest.web.redirect_chain import BadURLError, find_host, read_url
from record_types.errors import InputError, UnreadableError
from record_types.foreign_json import parse_json
from record_types.links import Expansion, Link, MappedLink

COLUMNS = tuple(field.name for field in fields(MappedLink))

_KNOWN_COLUMNS = frozenset(COLUMNS) & {"final_url", "status"}
# The files of an X archive are JavaScript that assigns a list: `window.YTD.tweets.part0 = […]`.
_ASSIGNMENT = re.compile(r"\s*window\.YTD\.[\w.]+\s*=")
_STATUSES = frozenset(get_args(Expansion))
_WRAPPERS = ("tweet", "like", "bookmark", "noteTweet", "deletedTweet")
_ENTITY_LISTS = ("urls", "media")


def read_map(path: Path) -> Iterator[MappedLink]:
    """Yield the rows of the map at `path`; its format is detected from its contents.

    Raises UnreadableError, with file and line, if it is not a map. A broken JSON file yields nothing, a
    broken CSV file the rows before the bad one.
    """
    text = _read_text(path)
    begin = text.lstrip()[:1]
    assignment = _ASSIGNMENT.match(text)
    if assignment:
        yield from _read_archive(_parse_json(path, text, assignment.end()))
    elif begin in ("[", "{"):
        yield from _read_json(path, _parse_json(path, text, 0))
    else:
        yield from _read_csv(path, text)


def format_map(rows: Iterable[MappedLink], kind: str) -> str:
    """The text of a `csv` or `json` file that `read_map` reads back to the same rows."""
    table = [{column: getattr(row, column) for column in COLUMNS} for row in rows]
    if kind == "json":
        return json.dumps(table, ensure_ascii=False, indent=1) + "\n"
    if kind != "csv":
        raise InputError(f"links are written as csv or json, not as {kind}")
    out = io.StringIO(newline="")
    # With the default line ending, CRLF (RFC 4180), a lone CR or LF is quoted.
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"{path}:{line}: not UTF-8", line=line) from error


def _parse_json(path: Path, text: str, start: int) -> object:
    try:
        return parse_json(text[start:].rstrip().removesuffix(";"))
    except json.JSONDecodeError as error:
        line = text.count("\n", 0, start) + error.lineno
        raise UnreadableError(f"{path}:{line}: not JSON: {error.msg}", line=line) from error
    except ValueError as error:
        raise UnreadableError(f"{path}: JSON that is not a map") from error


def _read_csv(path: Path, text: str) -> Iterator[MappedLink]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = {"url", "final_url"} - set(reader.fieldnames or ())
        if missing:
            names = " and ".join(sorted(missing))
            raise UnreadableError(f"{path}:1: no column {names}; a map has {', '.join(COLUMNS)}", line=1)
        for row in reader:
            yield _make_row(path, row, reader.line_num)
    except csv.Error as error:
        line = max(1, reader.reader.line_num)
        raise UnreadableError(f"{path}:{line}: not CSV: {error}", line=line) from error


def _read_json(path: Path, data: object) -> Iterator[MappedLink]:
    if isinstance(data, dict):
        for short, final in data.items():
            if not isinstance(final, str):
                found = type(final).__name__
                raise UnreadableError(f"{path}: {short!r} leads to a {found}, not to an address")
            yield _make_row(path, {"url": short, "final_url": final}, None)
        return
    assert isinstance(data, list)  # noqa: S101 - the file begins with [ or {
    for number, row in enumerate(data, 1):
        if not isinstance(row, dict):
            raise UnreadableError(f"{path}: entry {number} is not an object with url and final_url")
        if isinstance(row.get("url"), str) and not _KNOWN_COLUMNS & row.keys():
            raise UnreadableError(
                f"{path}: entry {number} has neither final_url nor status: this is not a map"
            )
        yield _make_row(path, row, None)


def _make_row(path: Path, row: dict[str, object] | dict[str, str], line: int | None) -> MappedLink:
    values: dict[str, str | None] = {}
    for column in COLUMNS:
        value = row.get(column)
        if value is not None and not isinstance(value, str):
            raise UnreadableError(f"{_place(path, line)}: {column} is not text: {value!r}", line=line)
        values[column] = (value or "").strip() or None
    url, final, status = values["url"], values["final_url"], values["status"]
    if url is None:
        raise UnreadableError(f"{_place(path, line)}: a row without a url", line=line)
    return MappedLink(
        url=url,
        final_url=final,
        status=_read_status(status, final, _place(path, line), line),
        title=values["title"],
        checked_at=values["checked_at"],
    )


def _read_status(status: str | None, final: str | None, place: str, line: int | None) -> Expansion:
    if status is None:
        return "pending" if final is None else (classify_url(final) or "resolved")
    for known in get_args(Expansion):
        if status == known:
            return known  # type: ignore[no-any-return]
    raise UnreadableError(
        f"{place}: status {status!r} is not one of {', '.join(sorted(_STATUSES))}", line=line
    )


def _place(path: Path, line: int | None) -> str:
    return f"{path}:{line}" if line else str(path)


def _read_archive(data: object) -> Iterator[MappedLink]:
    """One row for each t.co link, in the order of the file."""
    seen: set[tuple[str, str]] = set()
    for short, final, own in _walk_tweets(data):
        if (short, final) not in seen:
            seen.add((short, final))
            yield MappedLink(short, final, classify_url(final, own) or "resolved")


def _walk_tweets(data: object) -> Iterator[tuple[str, str, frozenset[int]]]:
    for item in data if isinstance(data, list) else []:
        if not isinstance(item, dict):
            continue
        tweet = next((item[name] for name in _WRAPPERS if isinstance(item.get(name), dict)), item)
        tweet_id = str(tweet.get("id_str") or tweet.get("id") or tweet.get("tweetId") or "")
        own = frozenset({int(tweet_id)}) if tweet_id.isascii() and tweet_id.isdigit() else frozenset()
        for short, final in _walk_entities(tweet):
            yield short, final, own


def _walk_entities(tweet: dict[str, object]) -> Iterator[tuple[str, str]]:
    for name in ("entities", "extended_entities", "core"):
        entities = tweet.get(name)
        if not isinstance(entities, dict):
            continue
        for kind in _ENTITY_LISTS:
            listed = entities.get(kind)
            for entity in listed if isinstance(listed, list) else []:
                short = entity.get("url") or entity.get("shortUrl") if isinstance(entity, dict) else None
                final = entity.get("expanded_url") or entity.get("expandedUrl") if short else None
                if isinstance(short, str) and isinstance(final, str) and short and final and short != final:
                    yield short, final


KEPT_STATUSES: frozenset[Expansion] = frozenset({"gone", "loop", "invalid", "self", "unsafe"})
"""Statuses in a map that cannot be derived from the final URL."""


def describe_mapped(rows: Iterable[MappedLink]) -> tuple[list[tuple[Link, str | None]], Counter[str]]:
    """Each row's link with what the map knows and when that was checked; how many rows are refused, and why.

    A row that knows nothing is left out. A map may come from anybody, so links must lead to public web
    addresses, like those that are resolved here.
    """
    known: list[tuple[Link, str | None]] = []
    refused = Counter[str]()
    for row in rows:
        if row.final_url is None and row.status not in KEPT_STATUSES:
            continue
        link = describe_link(row.url)
        if row.status == "invalid":
            row = replace(row, final_url=None)  # nobody follows it: where it led does not matter
            if link.status == "invalid":
                continue
        reason = "not http(s)" if link.status == "invalid" else find_refusal(row.final_url)
        if reason is None:
            known.append((_describe_row(link, row), row.checked_at))
        else:
            refused[reason] += 1
    return known, refused


def find_refusal(target: str | None) -> str | None:
    """Why a link may not lead to `target`, or None; no name is looked up."""
    while target is not None:
        try:
            host = find_host(read_url(target))
        except BadURLError as error:
            return "not http(s)" if error.kind == "refused: scheme" else "not a web address"
        if is_local(host):
            return "not public"
        target = find_unsafe_target(target)  # behind Twitter's warning
    return None


def _describe_row(link: Link, row: MappedLink) -> Link:
    final = None if row.final_url is None else cut_userinfo(row.final_url)
    if final is None or row.status in KEPT_STATUSES - {"unsafe"}:
        return replace(link, status=row.status, final_url=final, resource=None)
    status: Expansion = "unsafe" if row.status == "unsafe" else classify_url(final) or "resolved"
    if status == "unsafe":
        return replace(link, status=status, final_url=find_unsafe_target(final) or final, resource=None)
    if status == "media":
        return replace(link, status=status, final_url=final, resource=None)
    resource = make_resource(final)
    if row.title:
        resource = replace(resource, title=row.title)
    return replace(link, status=status, final_url=clean_url(final), resource=resource)
