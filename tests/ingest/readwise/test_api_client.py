"""Requests to Readwise's API: polite, repeated until answered, and with a token that goes nowhere else."""

from __future__ import annotations

import logging
import pickle
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.readwise.api_client import ApiClient, ApiConnection, ApiLimits, StalePageError
from ingest.readwise.api_origin import READWISE, ApiOrigin, Secret, parse_origin
from record_types.errors import BusyError, InputError
from tests.readwise_api import TOKEN, Api, Fault, make_library, serve

QUICK = ApiLimits(connect_timeout=2, read_timeout=2, total_timeout=3, grace=0.1)


@pytest.fixture
def api() -> Iterator[Api]:
    with serve(Api(make_library(3, 9))) as server:
        yield server


@contextmanager
def asking(
    api: Api,
    *,
    token: str = TOKEN,
    limits: ApiLimits = QUICK,
    random: Callable[[], float] = lambda: 0.0,
    stop: threading.Event | None = None,
    clock: Callable[[], datetime] = lambda: datetime(1999, 1, 1, tzinfo=UTC),
) -> Iterator[tuple[ApiClient, list[float]]]:
    """A client with a wrong clock, and how long it would have slept."""
    slept: list[float] = []
    place = parse_origin(api.url)
    connection = ApiConnection(
        Secret(token), place, "tests", stop or threading.Event(), limits=limits, clock=clock
    )
    with ApiClient(connection, random, slept.append) as client:
        yield client, slept


def test_a_page_is_requested_with_token_and_deletions(api: Api) -> None:
    with asking(api) as (client, slept):
        assert len(client.export().books) == 3
        client.export(updated_after="2024-03-01T00:00:00Z")
        client.export(ids=(1000, 1002))
    assert api.asked == [
        {"includeDeleted": "true"},
        {"includeDeleted": "true", "updatedAfter": "2024-03-01T00:00:00Z"},
        {"includeDeleted": "true", "ids": "1000,1002"},
    ]
    assert (set(api.tokens), api.errors, slept) == ({f"Token {TOKEN}"}, [], [])


def test_a_refused_token_is_one_line_without_the_token(api: Api) -> None:
    with asking(api, token="another-token-of-mine") as (client, slept), pytest.raises(InputError) as caught:
        client.export()
    assert str(caught.value) == "127.0.0.1: the token is refused: get a new one"
    assert slept == []


def test_a_429_waits_as_long_as_the_server_asks(api: Api) -> None:
    api.faults += [Fault("status", 429, {"Retry-After": "7"}), Fault("status", 429, {"Retry-After": "3"})]
    with asking(api) as (client, slept):
        assert len(client.export().books) == 3
    assert slept == [7.0, 3.0]


def test_a_date_to_wait_until_is_read_by_the_servers_own_clock(api: Api) -> None:
    moment = datetime.now(UTC).timestamp() + 20
    date = datetime.fromtimestamp(moment, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    api.faults.append(Fault("status", 503, {"Retry-After": date}))
    with asking(api) as (client, slept):
        client.export()
    assert 15 <= slept[0] <= 21


def test_without_retry_after_the_waits_double_with_jitter(api: Api) -> None:
    api.faults += [Fault("status", status) for status in (429, 500, 425, 503)]
    with asking(api, random=lambda: 0.4) as (client, slept):
        client.export()
    assert slept == pytest.approx([1.1, 2.2, 4.4, 8.8])


def test_a_server_that_keeps_failing_is_left_to_a_later_run(api: Api) -> None:
    api.faults += [Fault("status", 500)] * 50
    with asking(api) as (client, slept), pytest.raises(BusyError, match="http 500; try again later"):
        client.export()
    assert (len(api.asked), len(slept)) == (7, 6)


def test_a_wait_of_an_hour_is_left_to_a_later_run(api: Api) -> None:
    api.faults.append(Fault("status", 429, {"Retry-After": "3600"}))
    with asking(api) as (client, slept), pytest.raises(BusyError, match="wait 3600 s"):
        client.export()
    assert slept == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("reset"),
        Fault("cut"),
        Fault("hang"),
        Fault("body", body=b"<html>Sign in to the hotel's network</html>"),
        Fault("status", 408),
    ],
    ids=lambda fault: fault.kind,
)
def test_an_incomplete_answer_is_requested_again(api: Api, fault: Fault) -> None:
    limits = replace(QUICK, read_timeout=0.3)
    with asking(api, limits=limits) as (client, slept):
        client.export()
        api.faults.append(fault)
        assert len(client.export().books) == 3
    assert slept == [1.0]


def test_a_refused_page_cursor_has_an_error_of_its_own(api: Api) -> None:
    with asking(api) as (client, slept), pytest.raises(StalePageError):
        client.export(page_cursor="of another listing|100")
    assert slept == []


def test_a_redirect_to_another_origin_is_not_followed(api: Api) -> None:
    with serve(Api()) as other:
        for location in (other.url + "/api/v2/export/", "https://readwise.io.example/", "//other.example/"):
            api.faults.append(Fault("redirect", 302, {"Location": location}))
            with asking(api) as (client, _), pytest.raises(BusyError, match="where the token does not go"):
                client.export()
        assert other.tokens == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_origin_is_followed(api: Api, status: int) -> None:
    api.faults.append(Fault("redirect", status, {"Location": "/api/v2/export/?includeDeleted=true"}))
    with asking(api) as (client, _):
        assert len(client.export().books) == 3


def test_redirects_in_a_circle_end(api: Api) -> None:
    api.faults += [Fault("redirect", 301, {"Location": "/api/v2/export/?includeDeleted=true"})] * 9
    with asking(api) as (client, _), pytest.raises(BusyError, match="circles"):
        client.export()
    assert len(api.asked) == 4


def test_an_endless_answer_is_bounded(api: Api) -> None:
    with (
        asking(api, limits=replace(QUICK, max_bytes=1000)) as (client, _),
        pytest.raises(BusyError, match="1,000"),
    ):
        client.export()


def test_without_a_network_it_gives_up_soon() -> None:
    with serve(Api()) as api:
        pass
    with asking(api) as (client, slept), pytest.raises(BusyError, match="is the network down"):
        client.export()
    assert slept == [1.0, 2.0]


def test_a_stop_ends_a_wait_and_the_request_in_flight(api: Api) -> None:
    stop = threading.Event()
    api.faults.append(Fault("hang"))
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    with asking(api, stop=stop, limits=ApiLimits(grace=0.1)) as (client, _), pytest.raises(BusyError):
        client.export()
    assert time.monotonic() - began < 3
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://readwise.io",
        "ftp://readwise.io",
        "readwise.io",
        "https://me:word@readwise.io",
        "https://",
        "http://127.0.0.2.example",
        "https://@readwise.io",
        "https://readwise.io?x",
        "https://readwise.io#x",
        "https://readwise.io\\@evil.test",
        "https://readwise.io\t.evil.test",
        " https://readwise.io",
        "https://readwise.i\u043e",
        "http://localhost.evil.test",
        "https://readwise.io:99999",
    ],
)
def test_an_origin_that_would_expose_the_token_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        parse_origin(url)


@pytest.mark.parametrize("url", ["http://localhost:80", "http://[::1]:8000/", "https://readwise.lan/base/"])
def test_this_machine_and_any_origin_over_tls_are_accepted(url: str) -> None:
    origin = parse_origin(url)
    assert origin == ApiOrigin(url.rstrip("/"))
    assert origin.is_secure is url.startswith("https")


ELSEWHERE = [
    "https://readwise.io.evil.test/x",
    "https://evil.readwise.io/x",
    "https://xreadwise.io/x",
    "https://readwise.io:8443/x",
    "https://readwise.io:80/x",
    "http://readwise.io/x",
    "http://readwise.io:443/x",
    "https://readwise.io@evil.test/x",
    "https://readwise.io:443@evil.test/x",
    "https://me:word@readwise.io/x",
    "https://evil.test\\@readwise.io/x",
    "https://evil.test#@readwise.io/x",
    "https://evil.test?@readwise.io/x",
    "https://readwise.io./x",
    "https://readwise.i\u043e/x",
    "https://readwise\u3002io.evil.test/x",
    "https://readwise.io\t.evil.test/x",
    "https:\\\\evil.test/x",
    "///evil.test/x",
    "//evil.test/x",
    "\\\\evil.test/x",
    "file:///etc/passwd",
    "javascript:1",
    "https://[",
]


@pytest.mark.parametrize("location", ELSEWHERE)
def test_no_trick_of_spelling_makes_another_origin_this_one(location: str) -> None:
    assert ApiOrigin(READWISE).follow(location, "https://readwise.io/api/v2/export/") is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/api/v3/", "https://readwise.io/api/v3/"),
        ("?pageCursor=2", "https://readwise.io/api/v2/export/?pageCursor=2"),
        ("HTTPS://READWISE.IO:443/x", "https://readwise.io/x"),
        ("https://readwise.io\\@evil.test/x", "https://readwise.io/@evil.test/x"),
        ("https://\uff52eadwise\u3002io/x", "https://readwise.io/x"),
    ],
)
def test_what_is_requested_is_what_was_checked(location: str, url: str) -> None:
    assert ApiOrigin(READWISE).follow(location, "https://readwise.io/api/v2/export/") == url


def test_readwise_itself_may_not_have_a_private_address() -> None:
    assert parse_origin(READWISE).exempt == {}
    assert parse_origin("https://readwise.lan").exempt == {("readwise.lan", 443): ("readwise.lan", 443)}


def test_the_token_is_in_no_traceback_log_or_repr(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.faults += [Fault("cut"), *[Fault("status", 500)] * 9]
    with asking(api) as (client, _), pytest.raises(BusyError) as caught:
        client.export()
    api.tokens.clear()  # what the server heard is not a leak
    trace = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format(chain=True)
    )
    assert TOKEN not in trace + caplog.text + repr(client) + str(Secret(TOKEN))
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TOKEN))
