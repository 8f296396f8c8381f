"""Pictures in the browser: thumbnails of local copies, and no other file of the disk."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from store.connection import close_store, open_store
from store.pictures import find_media_folder, keep_copy
from tests.ingest.pictures.samples import GIF, PNG
from tests.store.browse.library import Library

URL = "https://img.test/a.png"
TEXT = f"A walk\n![the *gate*]({URL})\n![](https://img.test/none.png)"


@pytest.fixture(scope="module")
def store(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's store with a picture that has a copy in the first tweet."""
    path = Path(shutil.copy(example, tmp_path_factory.mktemp("pictures")))
    db = open_store(path)
    media = find_media_folder(db)
    assert media is not None
    copy = keep_copy(media, PNG, "image/png")
    [(tweet,)] = db.execute("select highlight_id from tweets where position = 0 limit 1")
    db.execute("update highlights set text = ? where id = ?", (TEXT, tweet))
    for id_, url, path_of in ((901, URL, copy.path), (902, "https://img.test/none.png", None)):
        row = (id_, url, "ok" if path_of else "gone", path_of, "image/png", tweet)
        db.execute("insert into media (id, url, status, path, content_type) values (?, ?, ?, ?, ?)", row[:5])
        db.execute(
            "insert into highlight_media (highlight_id, media_id, position) values (?, ?, ?)",
            (tweet, id_, id_),
        )
    close_store(db)
    return path


@pytest.fixture(scope="module")
def pictured(store: Path, library: Library) -> Library:
    assert library
    return Library(store)


def change(store: Path, path: str, content_type: str = "image/png") -> None:
    db = sqlite3.connect(store)
    with db:
        db.execute(
            "update media set status = 'ok', path = ?, content_type = ? where id = 902", (path, content_type)
        )
    db.close()


def find_sources(page: str) -> list[str]:
    return re.findall(r'<img src="([^"]*)"', page)


def test_a_local_copy_is_served_with_its_content_type(pictured: Library) -> None:
    response = pictured.get("/gleanings/-/picture/901")
    assert (response.status_code, response.content) == (200, PNG)
    assert response.headers["content-type"] == "image/png"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_pages_show_thumbnails_of_copies_and_link_to_other_pictures(pictured: Library, store: Path) -> None:
    db = sqlite3.connect(store)
    [(thread,)] = db.execute(
        "select t.thread_id from tweets t join highlight_media using (highlight_id) limit 1"
    )
    db.close()
    response = pictured.get(f"/gleanings/-/thread/{thread}")
    assert find_sources(response.text) == ["/gleanings/-/picture/901"]
    assert '<a class="picture" href="https://img.test/none.png"' in response.text
    assert "img-src 'self';" in response.headers["content-security-policy"]


@pytest.mark.parametrize("address", ["media?id=901", "highlights?text__contains=img.test", "media/901"])
def test_tables_show_thumbnails_of_copies(pictured: Library, address: str) -> None:
    assert find_sources(pictured.text(f"/gleanings/{address}")) == ["/gleanings/-/picture/901"]


def test_tables_load_nothing_from_other_sites(pictured: Library) -> None:
    assert find_sources(pictured.text("/gleanings/media?id=902")) == []


@pytest.mark.parametrize(
    "path",
    [
        "../secret.png",
        "gleanings.media/../gleanings.db",
        "gleanings.db",
        "gleanings.media",
        "gleanings.media/",
        "/etc/passwd",
        "gleanings.media/../../0123456789abcdef.png",
        "../0123456789abcdef.png",
        "./0123456789abcdef.png",
        "gleanings.media/0123456789abcdef.svg",
        "gleanings.media/0123456789abcdef.png\0.txt",
        "gleanings.media/notes.md",
        "a/b/0123456789abcdef.png",
        "",
    ],
)
def test_no_other_file_is_served(pictured: Library, store: Path, path: str) -> None:
    for name in ("0123456789abcdef.png", "secret.png"):
        (store.parent.parent / name).write_bytes(GIF)
        (store.parent / name).write_bytes(GIF)
    change(store, path)
    assert pictured.get("/gleanings/-/picture/902").status_code == 404
    assert find_sources(pictured.text("/gleanings/media?id=902")) == []


def test_a_symbolic_link_out_of_the_picture_folder_is_not_served(
    pictured: Library, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    media = store.parent / "gleanings.media"
    for name, target in (("aaaaaaaaaaaaaaaa.png", tmp_path / "secret"), ("bbbbbbbbbbbbbbbb.png", store)):
        (media / name).symlink_to(target)
        change(store, f"gleanings.media/{name}")
        assert pictured.get("/gleanings/-/picture/902").status_code == 404
        assert find_sources(pictured.text("/gleanings/media?id=902")) == []


def test_the_picture_folder_itself_may_be_a_symbolic_link(
    store: Path, library: Library, tmp_path: Path
) -> None:
    assert library
    moved = tmp_path / "other disk"
    shutil.copytree(store.parent / "gleanings.media", moved, symlinks=True)
    copied = Path(shutil.copy(store, tmp_path))
    (tmp_path / "gleanings.media").symlink_to(moved)
    assert Library(copied).get("/gleanings/-/picture/901").content == PNG


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "", "application/octet-stream"])
def test_no_other_content_type_is_served(pictured: Library, store: Path, kind: str) -> None:
    db = sqlite3.connect(store)
    [(path,)] = db.execute("select path from media where id = 901")
    db.close()
    change(store, path, kind)
    assert pictured.get("/gleanings/-/picture/902").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["901x", "-1", "0", "9" * 30, "..%2f..%2fgleanings.db", "../../gleanings.db", "%2e%2e%2fgleanings.db"],
)
def test_an_address_that_is_not_a_stored_picture_is_not_found(pictured: Library, address: str) -> None:
    response = pictured.get(f"/gleanings/-/picture/{address}")
    assert response.status_code in (302, 404)
    assert not response.content.startswith(b"SQLite")
