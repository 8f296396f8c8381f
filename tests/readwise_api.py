"""A mock of Readwise's API over real HTTP on loopback: strict about what it is asked, wrong when told to be.

Its clock is its own and moves on by a second with each change, so that the local one plays no part.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "zQ8nLw4kTr2vXy6bMc1dFg3hJs5pKa7e"
START = datetime(2024, 3, 1, 12, 0, 0, tzinfo=UTC)
PARAMETERS = {"updatedAfter", "pageCursor", "includeDeleted", "ids"}

Json = dict[str, Any]


@dataclass
class Library:
    """A reader's books as the server keeps them."""

    books: dict[int, Json] = field(default_factory=dict)
    touched: dict[int, datetime] = field(default_factory=dict)
    """When a book itself was changed."""
    now: datetime = START

    def tick(self, seconds: float = 1) -> str:
        """The server's time, a little later than before."""
        self.now += timedelta(seconds=seconds)
        return write_time(self.now)

    def add(self, book: Json) -> Json:
        self.books[book["user_book_id"]] = book
        self.touched[book["user_book_id"]] = self.now
        return book

    def change(self, highlight: Json, **fields: Any) -> None:
        """What an edit in Readwise does."""
        highlight.update(fields, updated_at=self.tick())

    def change_book(self, book: Json, **fields: Any) -> None:
        book.update(fields)
        self.tick()
        self.touched[book["user_book_id"]] = self.now

    def find(self, id_: int) -> Json:
        """The highlight with that id."""
        return next(each for book in self.books.values() for each in book["highlights"] if each["id"] == id_)

    def list_books(self, after: datetime | None, ids: set[int] | None, deleted: bool) -> Iterator[Json]:
        """What an export shows: with `after` only what changed."""
        for id_, book in sorted(self.books.items()):
            if (ids is not None and id_ not in ids) or (book.get("is_deleted") and not deleted):
                continue
            listed = book.get("highlights")
            if not isinstance(listed, list):
                if after is None or self.touched[id_] > after:
                    yield book
                continue
            shown = [each for each in listed if deleted or not each.get("is_deleted")]
            if after is not None:
                shown = [each for each in shown if read_time(each["updated_at"]) > after]
                if not shown and self.touched[id_] <= after:
                    continue
            yield {**book, "highlights": shown}


@dataclass
class Fault:
    """What happens instead of an answer."""

    kind: str
    """`status`, `reset`, `cut`, `body`, `redirect` or `hang`."""
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"


@dataclass
class Api:
    """The server: what it keeps, what it was asked, what goes wrong next."""

    library: Library = field(default_factory=Library)
    page_books: int = 100
    per_minute: int = 240
    faults: deque[Fault | None] = field(default_factory=deque)
    """One for each request to come; None is an answer."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The parameters of every request that was answered or refused."""
    tokens: list[str | None] = field(default_factory=list)
    prepared: dict[tuple[str, int], bytes] | None = None
    """Answers that were made before, by what they answer: for measuring, while nothing changes."""
    on_answer: Callable[[int], None] = lambda _: None
    url: str = ""
    errors: list[str] = field(default_factory=list)
    """What the client did that it must not do."""
    times: deque[float] = field(default_factory=deque)

    def answer(self, params: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body)"""
        while self.times and self.times[0] < time.monotonic() - 60:
            self.times.popleft()
        if len(self.times) >= self.per_minute:
            return 429, {"Retry-After": "1"}, b'{"detail": "throttled"}'
        self.times.append(time.monotonic())
        trouble = self._check(params)
        if trouble:
            self.errors.append(trouble)
            return 400, {}, json.dumps({"detail": trouble}).encode()
        return 200, {}, self._export(params)

    def _check(self, params: dict[str, str]) -> str | None:
        if set(params) - PARAMETERS:
            return f"unknown parameters: {params}"
        if params.get("includeDeleted") != "true":
            return "deletions are not asked for"
        if "ids" in params and not all(each.isdigit() for each in params["ids"].split(",")):
            return "ids"
        if "updatedAfter" in params and read_time(params["updatedAfter"]).tzinfo is None:
            return "updatedAfter without a zone"
        cursor = params.get("pageCursor", "")
        if cursor and cursor.partition("|")[0] != self._subject(params):
            return "a page cursor of another listing"
        return None

    def _subject(self, params: dict[str, str]) -> str:
        return f"{params.get('updatedAfter', '')}&{params.get('ids', '')}"

    def _export(self, params: dict[str, str]) -> bytes:
        start = int(params.get("pageCursor", "|0").partition("|")[2])
        if self.prepared is None:
            return self._make_page(params, start)
        key = (self._subject(params), start)
        if key not in self.prepared:
            self.prepared[key] = self._make_page(params, start)
        return self.prepared[key]

    def _make_page(self, params: dict[str, str], start: int) -> bytes:
        after = read_time(params["updatedAfter"]) if "updatedAfter" in params else None
        ids = {int(each) for each in params["ids"].split(",")} if "ids" in params else None
        books = list(self.library.list_books(after, ids, deleted=True))
        end = start + self.page_books
        following = f"{self._subject(params)}|{end}" if end < len(books) else None
        page = {"count": len(books), "nextPageCursor": following, "results": books[start:end]}
        return json.dumps(page).encode()

    def prepare(self) -> None:
        """Make the pages of the full listing now, and keep every further answer."""
        self.prepared = {}
        for start in range(0, max(len(self.library.books), 1), self.page_books):
            self._export({"pageCursor": f"&|{start}"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    api: Api

    def do_GET(self) -> None:
        api = self.api
        split = urlsplit(self.path)
        params = dict(parse_qsl(split.query, keep_blank_values=True))
        api.tokens.append(self.headers.get("Authorization"))
        api.asked.append(params)
        fault = api.faults.popleft() if api.faults else None
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            self._send(401, {}, json.dumps({"detail": f"no: {self.headers.get('Authorization')}"}).encode())
        elif split.path != "/api/v2/export/":
            self._send(404, {}, b"{}")
        elif fault is not None:
            self._fail(fault, params)
        else:
            self._send(*api.answer(params))
            api.on_answer(len(api.asked))

    def _fail(self, fault: Fault, params: dict[str, str]) -> None:
        if fault.kind in ("status", "redirect", "body"):
            self._send(200 if fault.kind == "body" else fault.status, fault.headers, fault.body)
            return
        if fault.kind == "hang":
            time.sleep(30)
        elif fault.kind == "cut":
            body = self.api.answer(params)[2]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
        self.close_connection = True
        if fault.kind == "reset":
            self.connection.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER: a reset instead of an end
            self.connection.close()

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve(api: Api) -> Iterator[Api]:
    """`api` at `api.url` until the end of the block."""
    handler = type("Handler", (_Handler,), {"api": api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


def write_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def make_book(id_: int, **fields: Any) -> Json:
    """A book as the API gives it, an article where `fields` do not say otherwise."""
    return {
        "user_book_id": id_,
        "is_deleted": False,
        "title": f"Article {id_}: on reading slowly",
        "author": f"Author {id_ % 40}",
        "readable_title": f"Article {id_}",
        "source": "reader",
        "cover_image_url": f"https://img.example/{id_}.png",
        "unique_url": f"https://read.readwise.io/read/book{id_}",
        "book_tags": [],
        "category": "articles",
        "document_note": None,
        "summary": None,
        "readwise_url": f"https://readwise.io/bookreview/{id_}",
        "source_url": f"https://site{id_ % 30}.example/page/{id_}",
        "external_id": None,
        "asin": None,
        "highlights": [],
        **fields,
    }


def make_highlight(id_: int, text: str, updated_at: str, **fields: Any) -> Json:
    """A highlight as the API gives it."""
    return {
        "id": id_,
        "is_deleted": False,
        "text": text,
        "location": None,
        "location_type": "order",
        "note": None,
        "color": "",
        "highlighted_at": "2023-01-05T10:00:00Z",
        "created_at": "2023-01-05T10:01:00Z",
        "updated_at": updated_at,
        "external_id": None,
        "end_location": None,
        "url": None,
        "book_id": None,
        "tags": [],
        "is_favorite": False,
        "is_discard": False,
        "readwise_url": f"https://readwise.io/open/{id_}",
        **fields,
    }


def make_library(books: int, highlights: int, seconds: float = 20) -> Library:
    """`highlights` highlights in `books` books: threads, articles, Kindle books and podcasts by turns.

    One is `seconds` newer than the one before.
    """
    library = Library()
    for number in range(highlights):
        book_id = 1000 + number % books
        book = library.books.get(book_id) or library.add(_make_varied(book_id))
        library.tick(seconds)
        book["highlights"].append(_make_varied_highlight(book, 500_000 + number, number, library))
        library.touched[book_id] = library.now
    return library


def _make_varied(id_: int) -> Json:
    kind = ("tweets", "articles", "books", "podcasts")[id_ % 4]
    if kind == "tweets":
        url = f"https://twitter.com/ada{id_ % 9}/status/{_status(id_, 0)}"
        author = f"@ada{id_ % 9} on Twitter"
        return make_book(id_, category=kind, author=author, source="twitter", source_url=url, unique_url=url)
    if kind == "books":
        return make_book(id_, category=kind, source="kindle", source_url=None, asin=f"B00{id_:07}")
    return make_book(id_, category=kind)


def _make_varied_highlight(book: Json, id_: int, number: int, library: Library) -> Json:
    order = len(book["highlights"])
    at = write_time(library.now)
    words = " ".join(
        ("slow", "garden", "moss", "weather", "letters", "stone")[(number * k) % 6] for k in range(1, 30)
    )
    text = f"Passage {number} says {words}"
    fields: Json = {"book_id": book["user_book_id"], "location": order}
    if book["category"] == "tweets":
        text += f" https://t.co/{number:010} ![](https://pbs.twimg.com/media/{number}.jpg)"
        handle = book["author"].split()[0][1:]
        fields["url"] = f"https://twitter.com/{handle}/status/{_status(book['user_book_id'], order)}"
    elif book["category"] == "books":
        fields |= {"location": order * 7 + 1, "location_type": "location", "color": "yellow"}
    elif book["category"] == "podcasts":
        fields |= {"location": order * 61, "location_type": "time_offset"}
        fields["url"] = f"https://share.snipd.com/snip/{id_:08}-aaaa"
    else:
        fields["url"] = f"https://read.readwise.io/read/01{id_:024}"
    if number % 7 == 0:
        fields |= {"tags": [{"id": number, "name": f"tag {number % 60}"}], "note": f"My thought {number}"}
    return make_highlight(id_, text, at, **fields)


def _status(book_id: int, order: int) -> int:
    return 1_480_000_000_000_000_000 + book_id * 1_000_000_000 + order * 4_194_304_000
