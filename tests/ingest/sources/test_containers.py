"""Zip files and databases of other programs: what is in them is read, and a hostile one does no harm."""

from __future__ import annotations

import io
import sqlite3
import struct
import zipfile
from codecs import BOM_UTF8
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.folder import find_sources
from ingest.identity import hash_text, text_uid
from ingest.source import read_source
from ingest.sources import archive, registry
from ingest.text import Data
from record_types.errors import UnreadableError
from record_types.pages import BlockProperty, Document, Highlight, Note, Page, Section, SourceFile
from tests.ingest.sources.describe import describe_file

DATA = Path(__file__).parents[2] / "data" / "sources"


def read(path: Path) -> SourceFile:
    (stamp,) = find_sources(path).stamps
    return read_source(stamp)


def list_texts(file: SourceFile) -> list[str]:
    return [each.text for page in file.pages for each in page.highlights]


def make_zip(path: Path, members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def list_samples(folder: str) -> dict[str, bytes]:
    files = [path for path in (DATA / folder).rglob("*") if path.is_file()]
    return {str(path.relative_to(DATA / folder)): path.read_bytes() for path in files}


# --- zip files


@pytest.mark.parametrize("folder", ["x-archive", "omnivore"])
def test_a_zip_file_gives_what_its_unpacked_folder_gives(folder: str, tmp_path: Path) -> None:
    zipped = read(make_zip(tmp_path / "export.zip", list_samples(folder)))
    stamps = find_sources(DATA / folder).stamps
    unpacked = [each for stamp in stamps for each in read_source(stamp).pages]
    assert zipped.dialect == "zip"
    assert [each.document for each in zipped.pages] == [each.document for each in unpacked]
    assert list_texts(zipped) == [each.text for page in unpacked for each in page.highlights]
    assert [problem.kind for problem in zipped.problems] == ["skipped"]


def test_pages_of_two_members_have_lines_of_their_own(tmp_path: Path) -> None:
    file = read(make_zip(tmp_path / "export.zip", list_samples("x-archive")))
    lines = [page.line for page in file.pages]
    assert len(set(lines)) == len(lines)


def test_in_a_folder_only_a_zip_file_with_an_export_is_read(tmp_path: Path) -> None:
    make_zip(tmp_path / "backup.zip", {"notes.md": b"# mine"})
    make_zip(tmp_path / "twitter-2024.zip", list_samples("x-archive"))
    (tmp_path / "package.json").write_text('[{"id": 1}]', encoding="utf-8")
    (tmp_path / "page.html").write_text("<html><p>mine</p></html>", encoding="utf-8")
    assert [stamp.path for stamp in find_sources(tmp_path).stamps] == ["twitter-2024.zip"]


@pytest.mark.parametrize(
    ("suffix", "sample"),
    [
        (".json", "koreader.json"),
        (".jsonl", "bookmarks.jsonl"),
        (".ndjson", "bookmarks.jsonl"),
        (".js", "x-archive/data/like.js"),
        (".html", "kindle-notebook.html"),
        (".html", "apple-books.html"),
        (".HTM", "kindle-notebook.html"),
        (".htm", "apple-books.html"),
        (".lua", "metadata.epub.lua"),
        (".md", "clipped.md"),
        (".markdown", "snipd.md"),
        (".TXT", "koreader.md"),
        (".csv", "instapaper.csv"),
        (".txt", "kindle-notebook.csv"),
        (".txt", "hypothesis.csv"),
        (".txt", "twitter-bookmarks.csv"),
        (".org", "../readwise/org/Small Boats.org"),
    ],
)
def test_a_file_with_the_suffix_of_a_source_is_read_in_a_folder_and_in_a_zip_file(
    suffix: str, sample: str, tmp_path: Path
) -> None:
    data = (DATA / sample).read_bytes()
    (tmp_path / f"x{suffix}").write_bytes(BOM_UTF8 + data)
    assert read(tmp_path).pages
    (tmp_path / f"x{suffix}").unlink()
    assert read(make_zip(tmp_path / "x.zip", {f"x{suffix}": data})).pages


@pytest.mark.parametrize(
    ("name", "is_found"),
    [
        ("data/tweets.js", True),
        ("twitter/data/tweet.js", True),
        ("data/like.js", True),
        ("data/note-tweet.js", True),
        ("metadata_0_to_20.json", True),
        ("data/account.js", False),
        ("x/metadata_0_to_20.json", False),
    ],
)
def test_a_zip_file_is_a_source_by_the_name_of_a_member(name: str, is_found: bool, tmp_path: Path) -> None:
    make_zip(tmp_path / "x.zip", {name: b""})
    assert bool(find_sources(tmp_path).stamps) == is_found


def test_a_members_name_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "account.js").write_bytes((DATA / "x-archive/data/account.js").read_bytes())
    tweets = (DATA / "x-archive/data/tweets.js").read_bytes()
    inside = tmp_path / "inside"
    inside.mkdir()
    path = make_zip(inside / "x.zip", {"../../../data/tweets.js": tweets, "/etc/passwd.csv": b"a,b\n"})
    before = sorted(tmp_path.rglob("*"))
    file = read(path)
    assert len(list_texts(file)) == 3
    assert [page.document.author for page in file.pages] == [None]  # the account outside is not seen
    assert sorted(tmp_path.rglob("*")) == before


def test_a_member_that_unpacks_to_too_much_is_a_problem_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 100_000)
    members = {"a/instapaper.csv": (DATA / "instapaper.csv").read_bytes(), "bomb.csv": b" " * 5_000_000}
    file = read(make_zip(tmp_path / "x.zip", members))
    assert list_texts(file) == ["A lighthouse is a slow letter."]
    assert [problem.message.partition(":")[0] for problem in file.problems] == ["bomb.csv"]


def test_a_large_member_that_is_not_an_export_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 100_000)
    messages = b"window.YTD.direct_messages.part0 = [" + b" " * 5_000_000 + b"]"
    file = read(make_zip(tmp_path / "x.zip", {**list_samples("x-archive"), "data/messages.js": messages}))
    assert len(list_texts(file)) == 6
    assert [problem.kind for problem in file.problems] == ["skipped"]


def test_a_member_that_declares_less_than_it_unpacks_to_is_a_problem(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"bomb.csv": b" " * 5_000_000})
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 10)))
    file = read(path)
    assert not file.pages
    assert [problem.kind for problem in file.problems] == ["unreadable"]


def test_a_zip_file_with_too_long_a_list_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"a.csv": b"x"})
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\5\6")
    data[end + 12 : end + 16] = struct.pack("<L", 1 << 30)
    path.write_bytes(data)
    assert [problem.kind for problem in read(path).problems] == ["unreadable"]


def test_the_order_of_its_members_changes_nothing(tmp_path: Path) -> None:
    samples = list_samples("x-archive")
    one, other = (
        read(make_zip(tmp_path / f"{order}.zip", dict(sorted(samples.items(), reverse=order == "z"))))
        for order in "az"
    )
    changed = read(make_zip(tmp_path / "c.zip", {**samples, "data/other.js": b"x"}))
    assert (one.pages, one.problems, one.sha256) == (other.pages, other.problems, other.sha256)
    assert one.sha256 != changed.sha256


@pytest.mark.parametrize(
    ("count", "shown"),
    [(5, "0.png, 1.png, 2.png, 3.png, 4.png"), (6, "0.png, 1.png, 2.png, 3.png, 4.png …")],
)
def test_five_of_the_members_that_are_not_read_are_named(count: int, shown: str, tmp_path: Path) -> None:
    unread = {f"{number}.png": b"" for number in range(count)}
    file = read(make_zip(tmp_path / "x.zip", {**unread, "a.csv": (DATA / "instapaper.csv").read_bytes()}))
    assert [each.message for each in file.problems] == [f"{count} other files in it are not read: {shown}"]
    assert not read(make_zip(tmp_path / "y.zip", unread)).problems


SIZE = len((DATA / "instapaper.csv").read_bytes())
LISTED = 2 * (46 + len("a.csv"))  # a central directory header, APPNOTE 4.3.12


@pytest.mark.parametrize(
    ("limit", "largest", "beyond"),
    [("MAX_BYTES", SIZE, 0), ("MAX_TOTAL", 2 * SIZE, 2), ("MAX_MEMBERS", 2, 0), ("MAX_DIRECTORY", LISTED, 0)],
)
def test_a_zip_file_is_read_up_to_each_limit(
    limit: str, largest: int, beyond: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (DATA / "instapaper.csv").read_bytes()
    path = make_zip(tmp_path / "x.zip", {"a.csv": data, "b.csv": data})
    monkeypatch.setattr(archive, limit, largest)
    assert (len(read(path).pages), len(read(path).problems)) == (4, 0)
    monkeypatch.setattr(archive, limit, largest - 1)
    assert len(read(path).pages) == beyond
    assert read(path).problems


def test_the_length_of_the_list_is_also_read_from_a_zip64_record(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"a.csv": (DATA / "instapaper.csv").read_bytes()})
    data = path.read_bytes()
    end = data.rfind(b"PK\5\6")
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 1 << 30, 0)
    path.write_bytes(data[:end] + record + data[end:])
    assert [each.message for each in read(path).problems] == ["a zip file with too long a list of members"]


def test_a_page_is_moved_with_everything_that_has_a_line() -> None:
    page = Page(
        Document("d", "t", "t", "books"),
        highlights=(Highlight("h", "text", line=2, position=0, notes=(Note("n", line=3),)),),
        notes=(Note("n", line=4),),
        sections=(Section(5, "s"),),
        line=1,
        block_properties=(BlockProperty(6, "k", "v"),),
    )
    moved = archive.shift_lines(page, 10)
    (highlight,) = moved.highlights
    assert (moved.line, highlight.line, highlight.notes[0].line) == (11, 12, 13)
    assert (moved.notes[0].line, moved.sections[0].line, moved.block_properties[0].line) == (14, 15, 16)
    assert archive.shift_lines(page, 0) is page


LISTING = b"PK\1\2"


@pytest.mark.parametrize(
    ("method", "edits", "message"),
    [
        (zipfile.ZIP_DEFLATED, [(LISTING, 16, "<L", 1)], "a.csv: damaged"),  # checksum
        (zipfile.ZIP_DEFLATED, [(b"PK\3\4", 35, "<L", 0xFFFFFFFF)], "a.csv: damaged"),
        (zipfile.ZIP_LZMA, [(b"PK\3\4", 49, "<L", 0xFFFFFFFF)], "a.csv: damaged"),
        (zipfile.ZIP_STORED, [(LISTING, 20, "<LL", 1 << 20, 1 << 20)], "a.csv: damaged"),  # length
        (zipfile.ZIP_STORED, [(LISTING, 10, "<H", 99)], "a.csv: damaged"),  # compression
        (zipfile.ZIP_STORED, [(LISTING, 8, "<H", 1)], "a.csv: encrypted"),
        (
            zipfile.ZIP_STORED,
            [(LISTING, 42, "<L", 0xFFFFFFFF), (LISTING, 51, "<HHQ", 1, 8, 1 << 63)],
            "a.csv: damaged",  # place beyond 2⁶³
        ),
        (
            zipfile.ZIP_STORED,
            [(LISTING, 8, "<H", 0x800), (LISTING, 46, "B", 255)],
            "a damaged zip file",
        ),  # name
    ],
)
def test_each_kind_of_damage_is_a_problem(
    method: int, edits: list[tuple[Any, ...]], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("a.csv", (DATA / "instapaper.csv").read_bytes())
        file.getinfo("a.csv").extra = bytes(12)
    data = bytearray(path.read_bytes())
    for sign, offset, layout, *values in edits:
        struct.pack_into(layout, data, data.rfind(sign) + offset, *values)
    path.write_bytes(data)
    (problem,) = read(path).problems
    assert problem.kind == "unreadable"
    assert problem.message.startswith(message)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_zip_file_gives_records_or_a_problem(data: st.DataObject) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data/like.js", (DATA / "x-archive/data/like.js").read_bytes())
    raw = bytearray(packed.getvalue())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = Path(TEMPORARY) / "damaged.zip"
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    read_source(find_sources(path).stamps[0])


# --- databases


def make_kobo(path: Path, *, wal: bool = False) -> Path:
    with sqlite3.connect(path) as db:
        if wal:
            db.execute("pragma journal_mode = wal")
        db.executescript("""
create table content (ContentID text, ContentType int, Title text, BookTitle text, Attribution text,
    ISBN text, Publisher text, Series text);
create table Bookmark (BookmarkID text, VolumeID text, ContentID text, Text text, Annotation text,
    DateCreated text, ChapterProgress real, Type text, Hidden bit, Color int);
insert into content values ('file:///b.epub', 6, 'The Slow Sea', null, 'Ada North, Ben South', '978',
    'Sea House', 'Tides');
insert into content values ('file:///b.epub#(3)one.xhtml-1', 899, 'One', 'The Slow Sea', null, null,
    null, null);
insert into Bookmark values ('1', 'file:///b.epub', 'file:///b.epub#(3)one.xhtml',
    'The tide keeps no appointments.', 'for the talk', '2022-03-07T22:12:41.000', 0.1, 'note', 'false', 0);
insert into Bookmark values ('2', 'file:///b.epub', 'x', 'gone', null, '2022-03-07T22:12:42', 0, 'note',
    'true', 0);
insert into Bookmark values ('3', 'file:///b.epub', 'x', null, null, '2022-03-07T22:12:42', 0, 'dogear',
    'false', 0);
insert into Bookmark values ('4', 'file:///mnt/My%20Book.kepub.epub', 'x', 'Loose', null, 'x', 0,
    'highlight', 'false', 1);
""")
    db.close()
    return path


def make_apple(folder: Path, *, library: bool = True) -> Path:
    (folder / "AEAnnotation").mkdir()
    path = folder / "AEAnnotation" / "AEAnnotation_v10312011_1727_local.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript("""
create table ZAEANNOTATION (Z_PK integer primary key, ZANNOTATIONASSETID text, ZANNOTATIONSELECTEDTEXT text,
    ZANNOTATIONNOTE text, ZANNOTATIONCREATIONDATE real, ZANNOTATIONDELETED int, ZFUTUREPROOFING5 text,
    ZANNOTATIONSTYLE int);
insert into ZAEANNOTATION values (1, 'A1', 'The tide keeps no appointments.', 'for the talk', 668383962.5, 0,
    'One', 3);
insert into ZAEANNOTATION values (2, 'A1', 'gone', null, 668383962, 1, null, 3);
insert into ZAEANNOTATION values (3, 'A1', null, null, 668383962, 0, null, 0);
""")
    db.close()
    if library:
        (folder / "BKLibrary").mkdir()
        with sqlite3.connect(folder / "BKLibrary" / "BKLibrary-1-091020131601.sqlite") as db:
            db.executescript("""
create table ZBKLIBRARYASSET (ZASSETID text, ZTITLE text, ZAUTHOR text);
insert into ZBKLIBRARYASSET values ('A1', 'The Slow Sea', 'Ada North');
""")
        db.close()
    return path


def test_a_database_in_a_zip_file_is_read(tmp_path: Path) -> None:
    kobo = make_kobo(tmp_path / "KoboReader.sqlite")
    zipped = make_zip(tmp_path / "x.zip", {kobo.name: kobo.read_bytes()})
    make_kobo(tmp_path / "other.sqlite")
    assert list_texts(read(zipped)) == list_texts(read(kobo)) != []
    assert [stamp.path for stamp in find_sources(tmp_path).stamps] == ["KoboReader.sqlite"]


@pytest.mark.parametrize("wal", [False, True])
def test_a_kobos_database_gives_books_with_highlights_notes_and_chapters(tmp_path: Path, wal: bool) -> None:
    path = make_kobo(tmp_path / "KoboReader.sqlite", wal=wal)
    before = path.read_bytes()
    described = describe_file(read(path))
    loose = text_uid(":my book", hash_text("Loose"))
    assert described == (
        "=== KoboReader.sqlite (kobo)\n"
        "document title:books:ada north and ben south:the slow sea, line 1: The Slow Sea\n"
        "  books, by Ada North and Ben South (@None)\n"
        "  isbn: 978\n"
        "  publisher: Sea House\n"
        "  series: Tides\n"
        "  highlight text:7589d66cdbbe71cb:25776247c7b11bb6, line 1, None None, 2022-03-07T22:12:41+00:00\n"
        "    The tide keeps no appointments.\n"
        "    note: for the talk\n"
        "  line 1, chapter: One\n"
        "  line 1, color: 0\n"
        "document title:books::my book, line 4: My Book\n"
        "  books, by None (@None)\n"
        f"  highlight {loose}, line 4, None None, None\n"
        "    Loose\n"
        "  line 4, color: 1\n"
        "problem unknown-date, line 4: no date in “x”\n"
    )
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["KoboReader.sqlite"]


NEW_KOBO = """
create table content (ContentID text, ContentType text, Title text, BookTitle text, Attribution text);
create table Bookmark (BookmarkID text, VolumeID text, ContentID text, Text text, Annotation text,
    DateCreated text, Hidden bool, Type text);
insert into content values ('1a-2b', '6', 'The Slow Sea', null, 'Ada North');
insert into content values ('1a-2b!OEBPS!three.xhtml', '9', 'OEBPS/three.xhtml', 'The Slow Sea', null);
insert into content values ('1a-2b!OEBPS!three.xhtml#top-1', '899', 'Three', 'The Slow Sea', null);
insert into content values ('1a-2b!OEBPS!four.xhtml', '9', 'OEBPS/four.xhtml', 'The Slow Sea', null);
insert into content values ('https://sea.example/a', '6', 'On Salt', null, null);
insert into Bookmark values ('1', '1a-2b', '1a-2b!OEBPS!three.xhtml', 'Tides.', null, '2024-03-07T22:12:41Z',
    'false', 'highlight');
insert into Bookmark values ('2', '1a-2b', '1a-2b!OEBPS!four.xhtml', 'Moons.', null, '2024-03-07T22:12:42Z',
    'false', 'highlight');
insert into Bookmark values ('3', 'https://sea.example/a', 'https://sea.example/a', 'Salt.', null,
    '2024-03-07T22:12:43Z', 'false', 'highlight');
"""


@pytest.mark.parametrize(
    ("title", "is_file"),
    [
        ("file:///mnt/a", True),
        ("a.html", True),
        ("a.XHTML#b", True),
        ("a.htm", True),
        ("a file://", False),
        ("a.htmx", False),
    ],
)
def test_the_name_of_a_file_is_no_title_of_a_chapter(title: str, is_file: bool, tmp_path: Path) -> None:
    path = tmp_path / "KoboReader.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(NEW_KOBO.replace("Three", title))
    db.close()
    assert [each.value for each in read(path).pages[0].block_properties] == [title] * (not is_file)


def test_a_kobos_chapters_are_titles_and_no_files_and_an_article_has_its_address(tmp_path: Path) -> None:
    path = tmp_path / "KoboReader.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(NEW_KOBO)
    db.close()
    book, article = read(path).pages
    assert [each.text for each in book.highlights] == ["Tides.", "Moons."]
    assert [(each.key, each.value) for each in book.block_properties] == [("chapter", "Three")]
    document = article.document
    assert (document.category, document.url, document.title) == (
        "articles", "https://sea.example/a", "On Salt",
    )  # fmt: skip


def test_a_kobo_of_2012_has_neither_kinds_nor_colours(tmp_path: Path) -> None:
    path = tmp_path / "KoboReader.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript("""
create table content (ContentID text, ContentType text, Title text, Attribution text);
create table Bookmark (VolumeID text, ContentID text, Text text, Annotation text, DateCreated text,
    Hidden bool);
insert into content values ('file:///b.epub', '6', 'The Slow Sea', 'Ada North');
insert into Bookmark values ('file:///b.epub', 'file:///b.epub#(3)three.html', 'Tides.', 'mine',
    '2012-03-07T22:12:41', 'false');
insert into Bookmark values ('file:///b.epub', '', null, null, '2012-03-07T22:12:42', 'false');
""")
    db.close()
    file = read(path)
    ((highlight,),) = [page.highlights for page in file.pages]
    assert (highlight.text, [note.text for note in highlight.notes], file.problems) == (
        "Tides.",
        ["mine"],
        (),
    )


def test_a_book_that_left_the_library_is_named_by_its_id_in_a_problem(tmp_path: Path) -> None:
    path = make_apple(tmp_path)
    with sqlite3.connect(path) as db:
        db.execute("insert into ZAEANNOTATION values (4, 'B2', 'Lent to a friend.', null, 0, 0, null, 0)")
    db.close()
    file = read(path)
    assert [page.document.full_title for page in file.pages] == ["The Slow Sea", "B2"]
    assert [(each.kind, "B2" in each.message) for each in file.problems] == [("unknown-titles", True)]


def test_apple_books_database_takes_titles_from_the_library_beside_it(tmp_path: Path) -> None:
    file = read(make_apple(tmp_path))
    (page,) = file.pages
    assert (page.document.full_title, page.document.author and page.document.author.name) == (
        "The Slow Sea", "Ada North",
    )  # fmt: skip
    assert list_texts(file) == ["The tide keeps no appointments."]
    assert str(page.highlights[0].taken_at) == "2022-03-07 22:12:42+00:00"
    assert not file.problems


def test_without_the_library_the_unknown_titles_are_a_problem(tmp_path: Path) -> None:
    file = read(make_apple(tmp_path, library=False))
    assert [page.document.full_title for page in file.pages] == ["A1"]
    assert [problem.kind for problem in file.problems] == ["unknown-titles"]


HOSTILE = [
    "create view Bookmark as with recursive n(x) as (select 1 union all select x + 1 from n)"
    "select x as Text from n;"
    "create table content (ContentID text);",
    "create table Bookmark (Text text generated always as (hex(zeroblob(100000000))), VolumeID text);"
    "create table content (ContentID text); insert into Bookmark (VolumeID) values ('x');",
    "create virtual table Bookmark using fts5(Text); create table content (ContentID text);",
    "create table Bookmark (Other text); create table content (Title blob);",
]


@pytest.mark.parametrize("script", HOSTILE)
def test_a_hostile_database_gives_no_records_and_ends(script: str, tmp_path: Path) -> None:
    path = tmp_path / "KoboReader.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(script)
    db.close()
    assert list_texts(read(path)) == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_database_gives_records_or_a_problem(data: st.DataObject) -> None:
    raw = bytearray(KOBO)
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    damaged = Data(bytes(raw[: data.draw(st.integers(0, len(raw)))]), "KoboReader.sqlite")
    with suppress(UnreadableError):
        registry.parse_database(damaged)


TEMPORARY = ""
KOBO = b""


@pytest.fixture(scope="module", autouse=True)
def _files(tmp_path_factory: pytest.TempPathFactory) -> None:
    global KOBO, TEMPORARY
    TEMPORARY = str(tmp_path_factory.mktemp("damaged"))
    KOBO = make_kobo(Path(TEMPORARY) / "KoboReader.sqlite").read_bytes()


def test_a_note_of_apple_books_has_its_colour_and_the_text_around_a_place_without_one(tmp_path: Path) -> None:
    path = make_apple(tmp_path)
    with sqlite3.connect(path) as db:
        db.execute("alter table ZAEANNOTATION add column ZANNOTATIONREPRESENTATIVETEXT text")
        row = """insert into ZAEANNOTATION (ZANNOTATIONASSETID, ZANNOTATIONSELECTEDTEXT,
            ZANNOTATIONREPRESENTATIVETEXT, ZANNOTATIONNOTE, ZANNOTATIONSTYLE) values ('A1', ?, ?, ?, ?)"""
        db.execute("delete from ZAEANNOTATION")
        rows = [(f"text {style}", "around", None, style) for style in range(7)]
        db.executemany(
            row, [*rows, (None, "around", None, None), (None, None, "a note", None), (None, None, None, 1)]
        )
    db.close()
    (page,) = read(path).pages
    assert [each.text for each in page.highlights] == [*(f"text {style}" for style in range(7)), "around"]
    assert [note.text for note in page.notes] == ["a note"]
    colors = [(each.line, each.value) for each in page.block_properties if each.key == "color"]
    names = ("underline", "green", "blue", "yellow", "pink", "purple")
    assert colors == list(enumerate(names, 1))
