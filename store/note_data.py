"""The data that notes show: documents with their highlights and all that belongs to them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from record_types.library import ReadDocument, ReadHighlight, ReadLink
from record_types.pages import Author, Picture

_COVER = re.compile(r"(?:\A|\]\()(https?://[^\s)]+)")

live_documents = """
select d.id, d.uid, d.title, d.full_title, d.category, au.name, au.handle, au.url, d.url, d.summary, d.note,
    json_extract(d.properties, '$.cover') as cover,
    exists (
        select 1 from highlights as h join tweets as t on t.highlight_id = h.id
        where h.document_id = d.id and t.thread_id is not null
    ) as is_thread
from documents as d left join authors as au on au.id = d.author_id
where d.gone_at is null and d.id in (select id from temp.chosen_documents)
order by d.title, d.uid
"""

live_highlights = """
select h.id, h.uid, h.document_id, h.text, h.view_url, h.location, h.location_kind, h.taken_at,
    h.synced_on, t.id, au.name, au.handle, au.url, h.incomplete
from highlights as h
left join tweets as t on t.highlight_id = h.id
left join authors as au on au.id = t.author_id
where h.gone_at is null and h.document_id in (select id from temp.chosen_documents)
-- tweets by status id; a highlight without one (a cut tweet, a passage) follows its predecessor on the page
order by h.document_id,
    iif(
        t.id is null or h.category <> 'tweets' and t.thread_id is null,
        max(iif(h.category <> 'tweets' and t.thread_id is null, null, t.id))
            over (partition by h.document_id order by h.position),
        t.id
    ),
    t.id is null or h.category <> 'tweets' and t.thread_id is null, h.position, h.uid
"""

links_of_highlights = """
select hl.highlight_id, l.url, l.status, l.short, hl.label, l.final_url, r.uid, r.url, r.title, r.kind,
    r.site, r.status
from highlight_links as hl
join links as l on l.id = hl.link_id
left join resources as r on r.id = l.resource_id
where hl.highlight_id in (select id from temp.chosen_highlights)
order by hl.highlight_id, hl.position
"""

notes_of_highlights = """
select highlight_id, text from notes
where highlight_id in (select id from temp.chosen_highlights) and kind <> 'mark'
order by highlight_id, position
"""

tags_of_highlights = """
select ht.highlight_id, g.name from highlight_tags as ht join tags as g on g.id = ht.tag_id
where ht.highlight_id in (select id from temp.chosen_highlights)
order by ht.highlight_id, ht.position
"""

pictures_of_highlights = """
select hm.highlight_id, m.url, hm.alt, m.path from highlight_media as hm join media as m on m.id = hm.media_id
where hm.highlight_id in (select id from temp.chosen_highlights)
order by hm.highlight_id, hm.position
"""

tags_of_documents = """
select dt.document_id, g.name from document_tags as dt join tags as g on g.id = dt.tag_id
where dt.document_id in (select id from temp.chosen_documents)
order by dt.document_id, dt.position
"""

blocks_of_documents = """
select document_id, text from notes
where highlight_id is null and kind <> 'text' and document_id in (select id from temp.chosen_documents)
order by document_id, position
"""


choices = (
    "create temp table if not exists chosen_documents (id integer primary key)",
    "create temp table if not exists chosen_highlights (id integer primary key)",
    "delete from temp.chosen_documents",
    "delete from temp.chosen_highlights",
)

choose_highlights = """
insert into temp.chosen_highlights (id)
select h.id from highlights as h
where h.gone_at is null and h.document_id in (select id from temp.chosen_documents)
"""


def read_documents(db: sqlite3.Connection, only: Iterable[int] | None = None) -> list[ReadDocument]:
    """Read the documents that are not gone, by title, with their highlights that are not gone.

    Highlights are in reading order, tweets by status id. `only` limits the documents to these ids.
    """
    _choose(db, only)
    highlights = _read_highlights(db)
    tags = _group(db.execute(tags_of_documents))
    blocks = _group(db.execute(blocks_of_documents))
    return [
        _make_document(
            row,
            highlights,
            tags=tuple(tag for (tag,) in tags.get(row[0], ())),
            blocks=tuple(text for (text,) in blocks.get(row[0], ())),
            is_thread=bool(is_thread),
        )
        for *row, is_thread in db.execute(live_documents)
    ]


def _make_document(
    row: Sequence[Any],
    highlights: Mapping[int, Sequence[ReadHighlight]],
    *,
    tags: tuple[str, ...] = (),
    blocks: tuple[str, ...] = (),
    is_thread: bool = False,
) -> ReadDocument:
    """Make a document from the columns that `live_documents` and `outline_documents` share."""
    id_, uid, title, full_title, category, name, handle, author_url, url, summary, note, cover = row
    return ReadDocument(
        id=id_,
        uid=uid,
        title=title,
        full_title=full_title,
        category=category,
        author=_author(name, handle, author_url),
        url=url,
        summary=summary,
        note=note,
        tags=tags,
        blocks=blocks,
        is_thread=is_thread,
        cover=_find_cover(cover),
        highlights=tuple(highlights.get(id_, ())),
    )


def _choose(db: sqlite3.Connection, only: Iterable[int] | None) -> None:
    for statement in choices:
        db.execute(statement)
    if only is None:
        db.execute("insert into temp.chosen_documents (id) select id from documents where gone_at is null")
    else:
        db.executemany(
            "insert or ignore into temp.chosen_documents (id) values (?)", [(id_,) for id_ in only]
        )
    db.execute(choose_highlights)


def _read_highlights(db: sqlite3.Connection) -> dict[int, list[ReadHighlight]]:
    links = _group(db.execute(links_of_highlights))
    notes = _group(db.execute(notes_of_highlights))
    tags = _group(db.execute(tags_of_highlights))
    pictures = _group(db.execute(pictures_of_highlights))
    documents: dict[int, list[ReadHighlight]] = {}
    for row in db.execute(live_highlights):
        (
            id_, uid, document_id, text, view_url, location, location_kind, taken_at, synced_on,
            tweet_id, name, handle, author_url, incomplete
        ) = row  # fmt: skip
        highlight = ReadHighlight(
            id=id_,
            uid=uid,
            text=text,
            view_url=view_url,
            location=location,
            location_kind=location_kind,
            taken_at=taken_at,
            synced_on=synced_on,
            tweet_id=tweet_id,
            author=_author(name, handle, author_url),
            notes=tuple(words for (words,) in notes.get(id_, ())),
            tags=tuple(tag for (tag,) in tags.get(id_, ())),
            links=tuple(_link(link) for link in links.get(id_, ())),
            pictures=tuple(Picture(*picture) for picture in pictures.get(id_, ())),
            incomplete=bool(incomplete),
        )
        documents.setdefault(document_id, []).append(highlight)
    return documents


def _link(row: tuple[Any, ...]) -> ReadLink:
    url, status, short, label, final_url, uid, resource_url, title, kind, site, fetch = row
    return ReadLink(
        url=url,
        status=status,
        short=bool(short),
        label=label,
        final_url=final_url,
        resource_uid=uid,
        resource_url=resource_url,
        title=title,
        kind=kind,
        site=site,
        fetch=fetch,
    )


def _find_cover(value: object) -> str | None:
    """The URL in a page's cover, which is an image if it has a text of its own; None for anything else."""
    match = _COVER.search(value) if isinstance(value, str) else None
    return match[1] if match else None


def _author(name: str | None, handle: str | None, url: str | None) -> Author | None:
    return Author(name, handle, url) if name is not None else None


def _group(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    """Group rows by their first column, and remove it."""
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row[1:])
    return groups


outline_documents = """
select d.id, d.uid, d.title, d.full_title, d.category, au.name, au.handle, au.url, d.url, d.summary, d.note,
    json_extract(d.properties, '$.cover'),
    exists (
        select 1 from notes as n where n.document_id = d.id and n.highlight_id is null and n.kind <> 'text'
    )
from documents as d left join authors as au on au.id = d.author_id
where d.gone_at is null
order by d.title, d.uid
"""

outline_highlights = """
select h.document_id, h.id, h.uid, h.taken_at, h.synced_on
from highlights as h where h.gone_at is null
order by h.document_id, h.position
"""


def read_outlines(db: sqlite3.Connection) -> list[ReadDocument]:
    """All documents as `read_documents` returns them, but without texts, links and tags."""
    highlights: dict[int, list[ReadHighlight]] = {}
    for document_id, id_, uid, taken_at, synced_on in db.execute(outline_highlights):
        highlights.setdefault(document_id, []).append(
            ReadHighlight(id_, uid, "", taken_at=taken_at, synced_on=synced_on)
        )
    return [
        _make_document(row, highlights, blocks=("",) if has_blocks else ())
        for *row, has_blocks in db.execute(outline_documents)
    ]


def read_full_titles(db: sqlite3.Connection) -> dict[int, str]:
    """The full titles of documents, by id, as they are stored."""
    return dict(db.execute("select id, full_title from documents where gone_at is null").fetchall())


tag_uses = """
select g.name, count(*) from (
    select ht.tag_id as id from highlight_tags as ht join highlights as h on h.id = ht.highlight_id
    join documents as d on d.id = h.document_id where h.gone_at is null and d.gone_at is null
    union all
    select dt.tag_id from document_tags as dt join documents as d on d.id = dt.document_id
    where d.gone_at is null
) as used join tags as g on g.id = used.id
group by g.name
"""


def count_tags(db: sqlite3.Connection) -> dict[str, int]:
    """How many highlights and documents have each tag."""
    return dict(db.execute(tag_uses).fetchall())


# A superset: what several people share or somebody offers, by the key of `export.highlight_links`.
documents_recommending = """
with shared as (
    select h.document_id, hl.highlight_id, coalesce(r.uid, l.final_url, l.url) as key,
        hl.offer is not 'inline' as is_offered
    from highlight_links as hl join highlights as h on h.id = hl.highlight_id
    join links as l on l.id = hl.link_id left join resources as r on r.id = l.resource_id
    where h.gone_at is null and hl.offer is not 'never'
)
select distinct document_id from shared where key in (
    select key from shared group by key having count(distinct highlight_id) > 1 or max(is_offered)
)
"""


def find_recommending(db: sqlite3.Connection) -> set[int]:
    """The documents (ids) that may add to the reading list."""
    return {id_ for (id_,) in db.execute(documents_recommending)}
