"""The password that `serve --public` requires."""

from __future__ import annotations

import base64
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from store.browse.access import read_password
from tests.gleanings.running import run
from tests.store.browse.library import Library
from tests.store.browse.requirements import need_module

need_module("datasette")

PASSWORD = "correct horse: battery staple"


def make_basic(password: str, user: str = "anyone") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture(scope="module")
def protected(example: Path, library: Library) -> Library:
    from gleanings.commands.serve import make_datasette

    assert library
    made = Library(example)
    made.datasette = make_datasette(example, password=PASSWORD)
    made._await(made.datasette.invoke_startup())
    return made


def get(library: Library, path: str, authorization: str | None = None) -> Any:
    headers = {"Authorization": authorization} if authorization else {}
    return library._await(library.datasette.client.get(path, headers=headers, follow_redirects=True))


PATHS = (
    "/gleanings/-/home",
    "/gleanings/-/search?q=memory",
    "/gleanings/-/document/1",
    "/gleanings/-/picture/1",
    "/gleanings",
    "/gleanings.json?sql=select+1",
    "/gleanings/highlights.json",
    "/gleanings/highlights/1",
    "/gleanings/highlights.csv",
    "/gleanings/reading_list_by_shares",
    "/-/metadata.json",
    "/-/databases.json",
)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_the_password(protected: Library, path: str) -> None:
    response = get(protected, path)
    assert response.status_code in (401, 404), response.text[:300]
    if response.status_code == 401:
        assert response.headers["www-authenticate"].startswith("Basic")
        assert response.text == "This library needs a password.\n"


@pytest.mark.parametrize(
    "authorization", [make_basic(PASSWORD), make_basic(PASSWORD, ""), f"Bearer {PASSWORD}"]
)
@pytest.mark.parametrize("path", ["/gleanings/-/home", "/gleanings/highlights.json"])
def test_the_password_opens_pages_and_data(protected: Library, path: str, authorization: str) -> None:
    assert get(protected, path, authorization).status_code == 200


@pytest.mark.parametrize(
    "authorization", [make_basic("wrong"), make_basic(""), "Basic !!!", "Basic", "Bearer ", "Digest x"]
)
def test_another_password_opens_nothing(protected: Library, authorization: str) -> None:
    assert get(protected, "/gleanings/-/home", authorization).status_code == 401


def test_a_password_may_contain_a_colon() -> None:
    assert read_password(make_basic("a:b:c")) == "a:b:c"


def test_public_without_a_password_does_not_start(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "127.0.0.1"):
        ran = run("serve", "--public", "--host", host, cwd=tmp_path, environment={"GLEANINGS_PASSWORD": ""})
        assert ran.code == 2
        assert "GLEANINGS_PASSWORD" in ran.err


@pytest.mark.parametrize("content", ["short", "", "\nthe second line counts for nothing"])
def test_a_short_password_does_not_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "password").write_text(content)
    ran = run("serve", "--public", "--password-file", "password", cwd=tmp_path)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_what_is_exposed_is_counted(example: Path, tmp_path: Path) -> None:
    from gleanings.commands.serve import describe_contents

    db = sqlite3.connect(shutil.copy(example, tmp_path))
    [(count,)] = db.execute("select count(*) from highlights")
    assert f"{count:,} highlights" in describe_contents(db)
    db.close()
