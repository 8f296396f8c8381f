"""The reading list in the browser: what is read leaves it, and only its own form can say so."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from store.browse.reading_list import read_reading_list
from tests.gleanings.running import query, run
from tests.store.browse.library import Library
from tests.store.browse.requirements import need_module

need_module("datasette")

HOST = "localhost:8001"
OWN = {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
ALL = "/gleanings/-/reading"


class Reader:
    """A browser on the reading list of a store of its own."""

    def __init__(
        self, path: Path, *, immutable: bool = False, settings: dict[str, Any] | None = None
    ) -> None:
        from datasette.app import Datasette

        self.path = path
        self.library = Library(path)
        if immutable or settings:
            files, immutables = ([], [str(path)]) if immutable else ([str(path)], [])
            metadata = {"plugins": {"gleanings": settings or {}}}
            self.library.datasette = Datasette(files, immutables=immutables, metadata=metadata)
            self.library._await(self.library.datasette.invoke_startup())
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, address: str, **given: Any) -> Any:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"host": HOST, **({"cookie": cookies} if cookies else {}), **given.pop("headers", {})}
        client = self.library.datasette.client
        return self.library._await(client.request(method, address, headers=headers, **given))

    def open(self, address: str = ALL) -> str:
        answer = self.ask("GET", address)
        assert answer.status_code == 200
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return str(answer.text)

    def send(self, page: str, value: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        return self.ask(
            "POST", "/gleanings/-/tick", data={**find_fields(page), **value}, headers=headers or OWN
        )

    def count(self) -> int:
        [(count,)] = query(self.path, "select count(*) from resources where read_at is not null")
        return int(str(count))


def find_fields(page: str) -> dict[str, str]:
    form = page[page.index('method="post"') :]
    return dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[: form.index("</form>")])
    )


def find_items(page: str) -> list[str]:
    return re.findall(r'<button class="box" name="(?:un)?read" value="(\d+)"', page)


@pytest.fixture
def reader(example: Path, library: Library, tmp_path: Path) -> Reader:
    assert library
    return Reader(Path(shutil.copy(example, tmp_path)))


def test_a_ticked_item_leaves_the_list_and_can_be_put_back(reader: Reader) -> None:
    page = reader.open(f"{ALL}?sort=newest")
    first, *others = find_items(page)
    answer = reader.send(page, {"read": first})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ALL}?sort=newest")
    assert find_items(reader.open(f"{ALL}?sort=newest")) == others
    read = reader.open(f"{ALL}?show=read")
    assert find_items(read) == [first]
    assert f'name="unread" value="{first}"' in read
    answer = reader.send(read, {"unread": first})
    assert answer.headers["location"] == f"{ALL}?show=read"
    assert find_items(reader.open(f"{ALL}?sort=newest")) == [first, *others]
    assert reader.count() == 0


def test_the_page_of_a_resource_has_the_same_box(reader: Reader) -> None:
    item = find_items(reader.open())[0]
    page = reader.open(f"/gleanings/-/resource/{item}")
    answer = reader.send(page, {"read": item})
    assert answer.headers["location"] == f"/gleanings/-/resource/{item}"
    assert "You read it on" in reader.open(f"/gleanings/-/resource/{item}")


def test_an_export_afterwards_keeps_the_tick_and_writes_it(reader: Reader) -> None:
    folder = reader.path.parent
    assert run("export", "notes", cwd=folder).code == 0
    page = reader.open()
    item = find_items(page)[0]
    [(url,)] = query(reader.path, f"select url from resources where id = {item}")
    assert reader.send(page, {"read": item}).status_code == 303
    assert run("export", "notes", cwd=folder).code == 0
    assert reader.count() == 1
    assert str(url) in (folder / "notes" / "Reading list (read).md").read_text()
    assert str(url) not in (folder / "notes" / "Reading list.md").read_text()


REFUSED: dict[str, dict[str, str]] = {
    "another site": {"host": HOST, "origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "another port": {"host": HOST, "origin": "http://localhost:9", "sec-fetch-site": "same-site"},
    "an old browser on another site": {"host": HOST, "origin": "https://evil.example"},
    "a page without an origin": {"host": HOST, "origin": "null"},
    "a browser that says nothing": {"host": HOST},
    "an address typed by hand": {"host": HOST, "sec-fetch-site": "none"},
    "another name of this machine": {**OWN, "host": "library.example", "origin": "http://library.example"},
}


@pytest.mark.parametrize("sender", REFUSED)
def test_a_form_from_elsewhere_changes_nothing(reader: Reader, sender: str) -> None:
    page = reader.open()
    answer = reader.send(page, {"read": find_items(page)[0]}, headers=REFUSED[sender])
    assert answer.status_code == 403
    assert reader.count() == 0


@pytest.mark.parametrize("fields", [{"token": ""}, {"token": "x.y"}, {"csrftoken": "", "token": ""}])
def test_a_form_without_its_token_changes_nothing(reader: Reader, fields: dict[str, str]) -> None:
    page = reader.open()
    assert reader.send(page, {"read": find_items(page)[0], **fields}).status_code == 403
    assert reader.count() == 0


def test_the_token_of_another_browser_or_without_its_cookie_changes_nothing(reader: Reader) -> None:
    page = reader.open()
    item = find_items(page)[0]
    reader.cookies.clear()
    assert reader.send(page, {"read": item}).status_code == 403
    reader.open()
    other = reader.open()
    fields = {"read": item, "token": find_fields(page)["token"], "csrftoken": find_fields(other)["csrftoken"]}
    assert reader.send(other, fields).status_code == 403
    assert reader.count() == 0


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_address_that_is_only_opened_changes_anything(reader: Reader, method: str) -> None:
    page = reader.open()
    fields = {**find_fields(page), "read": find_items(page)[0]}
    before = reader.path.read_bytes()
    for address in ("/gleanings/-/tick", ALL):
        answer = reader.ask(method, address, params=fields, headers=OWN)
        assert answer.status_code in (200, 405)
    assert reader.path.read_bytes() == before
    assert reader.count() == 0


@pytest.mark.parametrize("value", ["999999", "x", "", "-1", "9" * 30])
def test_an_item_that_does_not_exist_is_not_ticked(reader: Reader, value: str) -> None:
    assert reader.send(reader.open(), {"read": value}).status_code in (400, 404)


def test_the_answer_leads_back_to_the_list_only(reader: Reader) -> None:
    page = reader.open()
    fields = {
        "read": find_items(page)[0],
        "from": "//evil.example",
        "q": "a&b\r\nx: y",
        "next": "//evil.example",
    }
    assert reader.send(page, fields).headers["location"] == f"{ALL}?q=a%26b%0D%0Ax%3A+y"


@pytest.mark.parametrize("how", ["immutable", "turned off", "read-only"])
def test_a_store_that_is_only_read_has_no_boxes(
    example: Path, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    assert library
    path = Path(shutil.copy(example, tmp_path))
    writable = Reader(path)
    fields = find_fields(writable.open())
    reader = Reader(path, immutable=how == "immutable", settings={"ticks": how != "turned off"})
    if how == "read-only":  # permissions do not stop root
        monkeypatch.setattr("os.access", lambda place, _: Path(place) != path)
    page = reader.open()
    assert "method=" not in page
    assert 'class="shelf"' in page
    answer = reader.ask("POST", "/gleanings/-/tick", data={**fields, "read": "1"}, headers=OWN)
    assert answer.status_code == 403
    assert reader.count() == 0


def test_a_library_for_other_machines_has_no_boxes(example: Path, library: Library) -> None:
    from gleanings.commands.serve import make_datasette

    reader = Reader(example)
    reader.library.datasette = make_datasette(example, password="a long password", ticks=False)
    reader.library._await(reader.library.datasette.invoke_startup())
    answer = reader.ask("GET", ALL, headers={"authorization": "Bearer a long password"})
    assert (answer.status_code, "method=" in answer.text) == (200, False)


def test_a_list_is_searched_sorted_and_filtered(reader: Reader) -> None:
    reader.open()
    titles = dict(query(reader.path, "select cast(id as text), coalesce(title, '') from resources"))
    word = max(" ".join(map(str, titles.values())).split(), key=len)
    found = find_items(reader.open(f"{ALL}?q={word}"))
    assert all(word.lower() in str(titles[item]).lower() for item in found)
    newest, oldest = (find_items(reader.open(f"{ALL}?sort={sort}")) for sort in ("newest", "oldest"))
    assert set(newest) == set(oldest) == set(find_items(reader.open()))
    assert newest != oldest
    assert "Nothing matches" in reader.open(f"{ALL}?q=zzzz&show=read")


def test_a_tick_that_was_made_before_the_link_was_resolved_counts(reader: Reader) -> None:
    item = find_items(reader.open())[0]
    db = sqlite3.connect(reader.path)
    with db:
        db.execute("update links set read_at = '2022-03-04T00:00:00Z' where resource_id = ?", (item,))
    listed = [read_reading_list(db, {"show": show})["rows"] for show in ("", "read")]
    assert [int(item) in [row["id"] for row in rows] for rows in listed] == [False, True]
    db.close()
    page = reader.open(f"/gleanings/-/resource/{item}")
    assert "You read it on" in page
    assert reader.send(page, {"unread": item}).status_code == 303
    assert item in find_items(reader.open())
