"""Small pages as records, for tests of the store that need no file."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from record_types.links import Link
from record_types.pages import (
    Author,
    Document,
    FileStamp,
    FoundLink,
    Highlight,
    Note,
    Page,
    Picture,
    Problem,
    SourceFile,
    Tweet,
)

FIRST_ID = 1_480_000_000_000_000_000


def short_link(name: str) -> Link:
    return Link(f"t.co/{name}", f"https://t.co/{name}", "t.co", True, "pending")


def tweet_highlight(
    number: int,
    text: str,
    *,
    line: int = 0,
    notes: tuple[Note, ...] = (),
    tags: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
    incomplete: bool = False,
) -> Highlight:
    """The tweet `FIRST_ID + number`, on line 10 + number."""
    id_ = FIRST_ID + number
    url = f"https://twitter.com/ada/status/{id_}"
    created_at = datetime.fromtimestamp(((id_ >> 22) + 1288834974657) / 1000, UTC)
    return Highlight(
        uid=f"tweet:{id_}",
        text=text,
        line=line or 10 + number,
        position=number,
        view_url=url,
        synced_on="2022-01-09",
        tweet=Tweet(id_, "ada", url, created_at),
        notes=notes,
        tags=tags,
        links=tuple(FoundLink(short_link(name)) for name in links),
        pictures=(Picture("https://pbs.twimg.com/media/A.jpg"),) if "picture" in text else (),
        incomplete=incomplete,
    )


def plain_highlight(uid: str, text: str, *, position: int = 0, document: str = "doc") -> Highlight:
    """A highlight without a URL."""
    return Highlight(
        uid=f"text:{uid}:{document}", text=text, line=10 + position, position=position, synced_on="2022-01-09"
    )


THREAD = Document(
    uid=f"thread:{FIRST_ID}",
    title="A thread",
    full_title="A thread",
    category="tweets",
    author=Author("ada", "ada", "https://twitter.com/ada"),
    url=f"https://twitter.com/ada/status/{FIRST_ID}",
    thread_id=FIRST_ID,
)

PROFILE = Document(
    uid="profile:ada",
    title="Tweets From Ada",
    full_title="Tweets From Ada",
    category="tweets",
    author=Author("ada", "ada", "https://twitter.com/ada"),
    url="https://twitter.com/ada",
)

ARTICLE = Document(
    uid="doc",
    title="An article",
    full_title="An article",
    category="articles",
    author=Author("Grace H."),
    url="https://example.org/a",
    tags=("maths",),
    properties=(("status", "read"),),
)


def source_file(
    path: str,
    *highlights: Highlight,
    document: Document = THREAD,
    notes: tuple[Note, ...] = (),
    problems: tuple[Problem, ...] = (),
) -> SourceFile:
    """A file with one page; its hash tells its content."""
    page = Page(document, highlights, notes)
    digest = sha256(repr((page, problems)).encode()).hexdigest()
    return SourceFile(FileStamp("/graph", path, 100, 1), digest, "readwise", pages=(page,), problems=problems)
