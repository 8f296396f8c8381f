"""A sync asks Readwise's API first, where there is a token, and goes on without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gleanings.running import query
from tests.gleanings.syncing import sync, write_place
from tests.readwise_api import TOKEN, Api, make_library, serve

pytestmark = pytest.mark.slow  # whole runs, again and again


@pytest.fixture
def api() -> Iterator[Api]:
    with serve(Api(make_library(24, 96), page_books=5)) as server:
        yield server
        assert server.errors == []


@pytest.fixture
def here(tmp_path: Path) -> Path:
    place = write_place(tmp_path, 20)
    config = place / "config.toml"
    config.write_text(config.read_text().replace("enabled = false", "enabled = true"))
    return place


def surroundings(api: Api, token: str = TOKEN) -> dict[str, str]:
    # its books have short links, which must not be requested
    return {"READWISE_TOKEN": token, "GLEANINGS_READWISE_URL": api.url}


def test_books_and_pages_are_merged_and_a_second_sync_is_one_request(here: Path, api: Api) -> None:
    first = sync(here, "--json", environment=surroundings(api)).json
    assert first["steps"][0]["books"] == {"read": 24, "gone": 0}
    assert query(here / "gleanings.db", "select count(*) from highlights") == [(116,)]
    api.asked.clear()
    second = sync(here, "--json", environment=surroundings(api)).json
    assert (second["steps"][0]["state"], len(api.asked)) == ("ok", 1)
    runs = "select count(*) from runs where command = 'import'"
    assert query(here / "gleanings.db", runs) == [(2,)], "a fetch with no news leaves no line"


def test_a_refused_token_is_reported_once_and_the_rest_is_done(here: Path, api: Api) -> None:
    wrong = surroundings(api, "not-the-right-token")
    first, second = (sync(here, "--quiet", environment=wrong) for _ in range(2))
    assert (first.code, first.err.startswith("gleanings readwise:"), second[:]) == (2, True, (2, "", ""))
    assert "not-the-right-token" not in first.err + (here / "sync.log").read_text()
    assert query(here / "gleanings.db", "select count(*) from highlights") == [(20,)]


def test_an_unreachable_api_is_left_for_later(here: Path, api: Api) -> None:
    nowhere = {**surroundings(api), "GLEANINGS_READWISE_URL": "http://127.0.0.1:9"}
    ran = sync(here, "--json", environment=nowhere).json
    assert (ran["steps"][0]["state"], ran["steps"][1]["state"]) == ("later", "ok")


def test_without_a_token_no_request_is_made(here: Path, api: Api) -> None:
    ran = sync(here, environment={"READWISE_TOKEN": "", "GLEANINGS_READWISE_URL": api.url})
    assert (ran.code, "no token" in ran.out, api.asked) == (0, True, [])
