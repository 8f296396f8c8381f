"""Connections kept for the next request to a host, and closed when other hosts need the room."""

from __future__ import annotations

import http.client
import io
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from urllib3.connectionpool import HTTPConnectionPool

from ingest.web.connection import ConnectionPolicy, ConnectionPools, HeadReader
from ingest.web.deadline import DeadlineTimer
from ingest.web.guard import read_connect_to
from tests.ingest.links.loopback import Web


@pytest.fixture
def pools(web: Web) -> Iterator[ConnectionPools]:
    for host in ("a.test", "b.test", "c.test"):
        web.page(f"http://{host}/")
    pools = ConnectionPools(
        ConnectionPolicy(read_connect_to(web.connect_to), DeadlineTimer()), None, hosts=2, per_host=1
    )
    yield pools
    pools.close()


def ask(pools: ConnectionPools, url: str) -> int:
    return int(pools.find(url).urlopen("GET", "/").status)


def wait_until_gone(found: weakref.ref[HTTPConnectionPool]) -> bool:
    until = time.monotonic() + 3
    while found() is not None and time.monotonic() < until:
        time.sleep(0.01)
    return found() is None


def test_a_second_request_to_a_host_goes_over_the_same_connection(web: Web, pools: ConnectionPools) -> None:
    assert [ask(pools, "http://a.test/") for _ in range(3)] == [200] * 3
    assert web.connections == 1


def test_pools_are_distinguished_by_scheme_name_and_port(pools: ConnectionPools) -> None:
    one = pools.find("http://a.test/x")
    assert pools.find("http://a.test:80/y?z") is one
    assert pools.find("http://a.test:81/x") is not one


def test_the_host_used_least_recently_is_evicted(web: Web, pools: ConnectionPools) -> None:
    for name in "aba":
        ask(pools, f"http://{name}.test/")
    ask(pools, "http://c.test/")
    ask(pools, "http://a.test/")
    assert web.connections == 3
    ask(pools, "http://b.test/")
    assert web.connections == 4


def test_an_evicted_pool_is_closed(pools: ConnectionPools) -> None:
    ask(pools, "http://a.test/")
    first = weakref.ref(pools.find("http://a.test/"))
    for name in "bc":
        pools.find(f"http://{name}.test/")
    assert wait_until_gone(first)


def test_a_response_being_read_survives_eviction(pools: ConnectionPools) -> None:
    response = pools.find("http://a.test/").urlopen("GET", "/", preload_content=False)
    for name in "bc":
        pools.find(f"http://{name}.test/")
    assert response.read() == b"<title>A page</title>"


def test_threads_that_request_one_host_at_once_share_a_pool(pools: ConnectionPools) -> None:
    found: list[object] = []
    start = threading.Barrier(8)

    def find() -> None:
        start.wait(5)
        found.append(pools.find("http://a.test/"))

    threads = [threading.Thread(target=find) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


def test_closing_ends_the_closer_thread_and_idle_connections(web: Web, pools: ConnectionPools) -> None:
    for name in "abc":
        ask(pools, f"http://{name}.test/")
    last = weakref.ref(pools.find("http://c.test/"))
    pools.close()
    assert last() is None
    assert "gleanings-closer" not in {thread.name for thread in threading.enumerate()}


def test_an_invalid_port_is_a_bad_url(pools: ConnectionPools) -> None:
    with pytest.raises(ValueError, match="Port"):
        pools.find("http://a.test:99999/")


def test_an_ipv6_address_loses_its_brackets(web: Web) -> None:
    pools = ConnectionPools(ConnectionPolicy({}, DeadlineTimer()), None, hosts=2, per_host=1)
    assert pools.find("http://[2001:db8::1]/").host == "2001:db8::1"
    pools.close()


@pytest.mark.parametrize(
    ("lines", "last", "ends"),
    [
        (300, b"\n", True),
        (301, b"\n", False),
        (2, b"x" * (128 * 1024 - 1), True),
        (2, b"x" * 128 * 1024, False),
    ],
)
def test_a_head_has_a_limited_number_of_lines_and_bytes(lines: int, last: bytes, ends: bool) -> None:
    head = HeadReader(io.BytesIO(b"\n" * (lines - 1) + last))
    for _ in range(lines - 1):
        head.readline(1 << 20)
    if ends:
        assert head.readline(1 << 20) == last
    else:
        with pytest.raises(http.client.HTTPException, match="does not end"):
            head.readline(1 << 20)
