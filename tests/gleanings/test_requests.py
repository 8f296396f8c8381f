"""What a run of requests comes to: answers saved as they arrive, and what each is called."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gleanings.config import Config
from gleanings.steps import links
from gleanings.steps.links import (
    describe_landed,
    log_requests,
    make_settings,
    name_result,
    read_pace,
    save_in_batches,
)
from gleanings.steps.pictures import make_picture_settings
from gleanings.steps.pictures import name_result as name_try
from gleanings.steps.readwise_client import make_client
from gleanings.terminal import no_progress
from ingest.links.resolve import TCO
from ingest.readwise.api_origin import Secret
from ingest.web.proxy import Proxies, read_proxies
from ingest.web.session import FetchSettings
from record_types.links import PictureTry, RequestLimits, Resolution
from store.connection import open_store
from store.resolutions import HostPace, save_host_pace
from store.runs import Status
from tests.ingest.links.loopback import Web
from tests.ingest.web.proxy_server import running_proxy

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RESOLVED = Resolution(1, "resolved", "ok", checked_at=NOW)
FETCHED = PictureTry(1, "ok", checked_at=NOW)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "resolved"),
        ({"status": "gone"}, "gone"),
        ({"status": "pending", "due_at": NOW}, "failed"),
        ({"checked_at": None}, "not asked"),
        ({"underway": True}, None),
    ],
)
def test_a_links_result_is_its_status_or_why_there_is_none(
    change: dict[str, object], name: str | None
) -> None:
    assert name_result(replace(RESOLVED, **change)) == name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "fetched"),
        ({"checked_at": None}, "not asked"),
        ({"status": "pending", "due_at": NOW}, "failed"),
        ({"status": "gone"}, "gone"),
        ({"status": "skipped"}, "refused"),
        ({"status": "error"}, "given up"),
    ],
)
def test_a_pictures_result_is_what_became_of_it(change: dict[str, object], name: str) -> None:
    assert name_try(replace(FETCHED, **change)) == name  # type: ignore[arg-type]


# --- answers saved as they arrive


def save_all(answers: list[str], batch: int) -> tuple[list[list[str]], Counter[str], int]:
    """The batches that were saved, the counts, and how far the progress got."""
    saved: list[list[str]] = []
    steps: list[int] = []
    counts = save_in_batches(
        (each for each in answers),
        saved.append,
        lambda answer: None if answer == "early" else answer,
        batch=batch,
        advance=steps.append,
    )
    return saved, counts, sum(steps)


def test_answers_are_saved_in_batches_and_early_reports_are_not_counted() -> None:
    saved, counts, advanced = save_all(["a", "early", "b", "a", "a"], 2)
    assert saved == [["a", "early"], ["b", "a"], ["a"]]
    assert counts == {"a": 3, "b": 1}
    assert advanced == 4


def test_answers_that_come_slowly_are_saved_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "BATCH_SECONDS", -1.0)
    assert save_all(["a", "b"], 100)[0] == [["a"], ["b"], []]


def test_an_error_saves_the_answers_so_far_and_closes_their_source() -> None:
    closed: list[bool] = []
    saved: list[list[str]] = []

    def answer() -> Generator[str, None, None]:
        try:
            yield "a"
            yield "b"
        finally:
            closed.append(True)

    def name(each: str) -> str:
        if each == "b":
            raise KeyboardInterrupt
        return each

    with pytest.raises(KeyboardInterrupt):
        save_in_batches(answer(), saved.append, name, batch=100)
    assert (saved, closed) == ([["a", "b"]], [True])


# --- a run of requests


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    store = open_store(tmp_path / "gleanings.db", create=True)
    yield store
    store.close()


def request(results: dict[str, int]) -> Callable[[Callable[[int], None]], Counter[str]]:
    return lambda advance: Counter(results)


@pytest.mark.parametrize(
    ("due", "results", "state", "status", "words"),
    [
        (3, {"resolved": 3}, "ok", "ok", "3 pending links: 3 resolved"),
        (3, {"resolved": 2, "failed": 1}, "ok", "partial", "3 pending links: 1 failed, 2 resolved"),
        (3, {"resolved": 1}, "ok", "ok", "3 pending links: 1 resolved, 2 left for the next run"),
        (3, {"not asked": 3}, "later", "partial", "no link could be requested: is the network down?"),
        (3, {"not asked": 2, "gone": 1}, "ok", "partial", "3 pending links: 1 gone, 2 not asked"),
        (3, {}, "ok", "ok", "3 pending links: 3 left for the next run"),
    ],
)
def test_a_run_is_described_by_its_results(
    db: sqlite3.Connection, due: int, results: dict[str, int], state: str, status: Status, words: str
) -> None:
    outcome = log_requests(db, "link", due, request(results), threading.Event(), no_progress)
    assert (outcome.state, outcome.line.startswith(words)) == (state, True), outcome.line
    assert len(outcome.alerts) == (state == "later")
    run = db.execute("select command, status, changed, skipped from runs").fetchone()
    failed = results.get("failed", 0) + results.get("not asked", 0)
    assert run == ("expand", status, sum(results.values()) - failed, failed)


def test_a_run_that_was_stopped_is_interrupted_and_not_an_outage(db: sqlite3.Connection) -> None:
    stop = threading.Event()
    stop.set()
    outcome = log_requests(db, "picture", 2, request({"not asked": 2}), stop, no_progress)
    assert (outcome.state, outcome.alerts) == ("interrupted", ())
    assert db.execute("select status from runs").fetchone() == ("interrupted",)


def test_without_anything_pending_there_is_no_run(db: sqlite3.Connection) -> None:
    outcome = log_requests(db, "picture", 0, request({}), threading.Event(), no_progress)
    assert (outcome.state, db.execute("select count(*) from runs").fetchone()) == ("ok", (0,))


# --- settings, pace and pages


def test_pictures_have_limits_of_their_own() -> None:
    config = Config()
    settings = make_picture_settings(config, max_seconds=7)
    assert settings.max_body == int(config.media.max_megabytes * 1_000_000)
    assert (settings.total_timeout, settings.max_seconds) == (config.media.total_timeout, 7)


def test_the_environment_adds_to_connect_to() -> None:
    limits = RequestLimits(connect_to={"a.test:443": "127.0.0.1:1"})
    given = {"GLEANINGS_CONNECT_TO": "b.test:443=127.0.0.1:2"}
    settings = make_settings(limits, max_seconds=None, environment=given)
    assert settings.connect_to == {"a.test:443": "127.0.0.1:1", "b.test:443": "127.0.0.1:2"}
    assert settings.user_agent.startswith("gleanings/")


def test_readwises_api_and_pictures_go_through_the_proxy_too(web: Web) -> None:
    web.page("https://readwise.io/api/v2/export/?includeDeleted=true", '{"results": []}')
    config = Config(links=RequestLimits(proxy="environment"))
    with running_proxy(web.connect_to) as proxy:
        environment = {"https_proxy": f"127.0.0.1:{proxy.port}"}
        with make_client(
            config, Secret("a-token"), stop=threading.Event(), environment=environment
        ) as client:
            assert not client.export().books
    assert proxy.asked == ["CONNECT readwise.io:443"]
    assert web.asked[0].headers["authorization"] == "Token a-token"
    assert make_settings(Config().links, max_seconds=None, environment=environment).proxies == Proxies()
    settings = make_settings(config.links, max_seconds=None, environment=environment)
    assert settings.proxies == read_proxies(environment)


def test_the_pace_begins_where_the_last_run_ended_and_the_gap_limits_it(db: sqlite3.Connection) -> None:
    settings = FetchSettings(tco_gap=0.1)
    first = read_pace(db, settings)
    assert first is not None
    assert first.most == pytest.approx(10)
    save_host_pace(db, TCO, HostPace(3.0, 5.0), now="2026-11-22T21:00:00Z")
    again = read_pace(db, settings)
    assert again is not None
    assert (again.per_second, again.limit) == (3.0, 5.0)
    assert read_pace(db, replace(settings, tco_gap=0.0)) is None


@pytest.mark.parametrize(
    ("content_type", "body", "fetch", "title", "status"),
    [
        ("text/html", b"<title>Tides</title>", "ok", "Tides", "ok"),
        (None, b"<title>Tides</title>", "ok", "Tides", "ok"),
        ("TEXT/HTML; charset=utf-8", b"<title>Tides</title>", "ok", "Tides", "ok"),
        ("text/plain", b"<title>Tides</title>", "ok", None, "ok"),
        ("text/html", b"<title>Tides</title>", "error", None, "error"),
        ("text/html", b"<title>Just a moment...</title>", "ok", None, "blocked"),
        ("text/html", b"", "ok", None, "ok"),
    ],
)
def test_a_page_is_described_by_its_head(
    content_type: str | None, body: bytes, fetch: str, title: str | None, status: str
) -> None:
    found = describe_landed("https://site.test/a", content_type, body, fetch)  # type: ignore[arg-type]
    assert (found.title, found.status) == (title, status)
