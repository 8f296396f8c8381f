"""Requests through a proxy that the user named, and what is still checked (docs/links.md, Safety)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme
from requests.cookies import RequestsCookieJar

from ingest.web.guard import PrivateAddressError
from ingest.web.proxy import LocalNames, read_proxies
from ingest.web.session import FetchError, FetchSettings, GuardedSession
from record_types.errors import InputError
from record_types.links import DueLink, Resolution
from tests.ingest.links.loopback import Request, Web
from tests.ingest.web.proxy_server import ProxyServer, running_proxy

NOBODY = "127.0.0.1:9"


@pytest.fixture
def web(web: Web) -> Web:
    web.page("https://maths.test/", "<title>Maths</title>")
    web.page("http://plain.test/page", "<title>Plain</title>")
    return web


@pytest.fixture
def proxy(web: Web) -> Iterator[ProxyServer]:
    with running_proxy(web.connect_to) as proxy:
        yield proxy


def settings(web: Web, proxy: ProxyServer, user: str = "", **more: Any) -> FetchSettings:
    """Settings that know the hosts of the web by the proxy only."""
    variables = {name: more.pop(name) for name in ("no_proxy",) if name in more}
    proxies = read_proxies({"all_proxy": f"http://{user}127.0.0.1:{proxy.port}", **variables})
    return web.settings(**{"connect_to": {}, "proxies": proxies, "proxy": "environment", **more})


def lead(web: Web, proxy: ProxyServer, url: str, user: str = "", **more: Any) -> Resolution:
    return web.lead(url, settings=settings(web, proxy, user, **more))


def name_addresses(monkeypatch: pytest.MonkeyPatch, look_up: Callable[[str], str | None]) -> None:
    """Let this machine know a name by the address that `look_up` gives; None for an unknown name."""
    real = socket.getaddrinfo

    def find(host: Any, *args: Any, **kwargs: Any) -> Any:
        return real(look_up(host) or host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", find)


def test_https_goes_through_a_tunnel_and_the_certificate_is_the_servers(web: Web, proxy: ProxyServer) -> None:
    found = lead(web, proxy, "https://maths.test/")
    assert found.resource
    assert (found.fetch, found.resource.title) == ("ok", "Maths")
    assert proxy.asked == ["CONNECT maths.test:443"]


def test_http_is_asked_of_the_proxy_by_its_whole_url(web: Web, proxy: ProxyServer) -> None:
    found = lead(web, proxy, "http://plain.test/page#part")
    assert found.resource
    assert (found.fetch, found.resource.title) == ("ok", "Plain")
    assert proxy.asked == ["GET http://plain.test/page"]


def test_a_wrong_certificate_behind_the_proxy_is_refused(web: Web, proxy: ProxyServer) -> None:
    web.certify("maths.test", trustme.CA().issue_cert("maths.test"))
    assert lead(web, proxy, "https://maths.test/").error == "tls"
    assert web.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://0x7f.1/",
        "https://10.0.0.1:8443/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/latest",
        "http://localhost:3128/",
        "https://intranet/",
        "http://printer.local/",
        "http://db.internal./",
    ],
)
def test_the_proxy_is_not_asked_for_a_private_host(web: Web, proxy: ProxyServer, url: str) -> None:
    found = lead(web, proxy, url)
    assert (found.fetch, found.error) == ("skipped", "refused: private address")
    assert proxy.asked == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_each_redirect_is_checked(web: Web, proxy: ProxyServer, scheme: str) -> None:
    found = lead(web, proxy, web.tco("abcDEF1234", f"{scheme}://192.168.1.1/reboot"))
    assert found.error == "refused: private address"
    assert proxy.asked == ["CONNECT t.co:443"]
    assert lead(web, proxy, web.tco("abcDEF1234", "file:///etc/passwd")).error == "refused: scheme"


def test_a_name_that_is_private_here_is_not_passed_on(
    web: Web, proxy: ProxyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_addresses(monkeypatch, lambda host: "10.1.2.3" if host == "maths.test" else None)
    assert lead(web, proxy, "https://maths.test/").error == "refused: private address"
    assert proxy.asked == []


def test_names_are_left_to_the_proxy_once_a_lookup_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    release, asked = threading.Event(), []

    def look_up(host: str) -> str:
        asked.append(host)
        release.wait(10)
        return "10.0.0.1"

    name_addresses(monkeypatch, look_up)
    names, began = LocalNames(seconds=0.05), time.monotonic()
    names.vet("slow.test", 443)
    names.vet("other.test", 443)
    release.set()
    assert time.monotonic() - began < 5
    assert asked == ["slow.test"]
    with pytest.raises(PrivateAddressError):
        names.vet("10.0.0.1", 443)


def test_hosts_of_no_proxy_are_asked_directly_and_vetted(web: Web, proxy: ProxyServer) -> None:
    found = lead(web, proxy, "https://maths.test/", no_proxy="other.test, .TEST")
    assert (found.error, proxy.asked) == ("dns", [])
    assert lead(web, proxy, "http://127.0.0.1/", no_proxy="*").error == "refused: private address"


@pytest.mark.parametrize(
    ("bypassed", "direct"),
    [
        ("maths.test", True),
        ("test", True),
        (".test", True),
        ("*.test", True),
        ("maths.test:443", True),
        ("*", True),
        ("a.test , maths.test", True),
        ("", False),
        (",", False),
        ("s.test", False),
        ("maths.test:80", False),
        ("sub.maths.test", False),
    ],
)
def test_no_proxy_names_hosts_and_domains(bypassed: str, direct: bool) -> None:
    proxies = read_proxies({"HTTPS_PROXY": "http://proxy.test:3128", "NO_PROXY": bypassed})
    assert (proxies.find("https", "Maths.test.", 443) is None) is direct
    assert proxies.find("http", "maths.test", 80) is None


def test_a_host_of_connect_to_is_asked_directly(web: Web, proxy: ProxyServer) -> None:
    assert lead(web, proxy, "https://maths.test/", connect_to=web.connect_to).fetch == "ok"
    assert proxy.asked == []


@pytest.mark.parametrize("url", ["https://maths.test/", "http://plain.test/page"])
def test_the_password_goes_to_the_proxy_only(web: Web, url: str) -> None:
    with running_proxy(web.connect_to, password="Basic dXNlcjpww6Q6QHM=") as proxy:
        found = lead(web, proxy, url, user="user:p%C3%A4%3A%40s@")
    assert found.fetch == "ok"
    assert [request.headers.get("proxy-authorization") for request in web.asked] == [None]


@pytest.mark.parametrize("url", ["https://maths.test/", "http://plain.test/page"])
def test_a_proxy_that_wants_a_password_is_a_failure_of_the_proxy(web: Web, url: str) -> None:
    with running_proxy(web.connect_to, password="Basic secret") as proxy:
        found = lead(web, proxy, url)
    assert (found.fetch, found.error, found.hops[-1].status, web.asked) == ("error", "proxy", None, [])


def test_a_host_that_the_proxy_cannot_reach_is_tried_again(web: Web, proxy: ProxyServer) -> None:
    due = DueLink(1, "https://nowhere.test/", "nowhere.test")
    (found,) = web.run(due, settings=settings(web, proxy), is_online=None)
    assert (found.status, found.error, found.attempts) == ("pending", "proxy", 1)


def test_a_dead_proxy_counts_against_no_link(web: Web) -> None:
    with running_proxy({}) as proxy:
        dead = settings(web, proxy)
    found = list(web.run(DueLink(1, "https://maths.test/", "maths.test"), settings=dead, is_online=None))
    assert [(each.error, each.checked_at) for each in found] == [("network down", None)]


@pytest.mark.parametrize("silent", ["proxy", "server"])
def test_the_deadline_holds_through_a_proxy(web: Web, silent: str) -> None:
    def sleep(request: Request, conn: socket.socket) -> None:
        web.stopped.wait(8)

    web.serve("https://slow.test/", sleep)
    with socket.create_server(("127.0.0.1", 0)) as mute, running_proxy(web.connect_to) as proxy:
        if silent == "proxy":
            proxy.port = mute.getsockname()[1]
        began = time.monotonic()
        found = lead(web, proxy, "https://slow.test/", total_timeout=0.5)
    assert found.error in ("timeout", "proxy")
    assert time.monotonic() - began < 3


def test_a_connection_through_the_tunnel_is_kept(web: Web, proxy: ProxyServer) -> None:
    web.redirect("https://maths.test/a", "/b")
    web.redirect("https://maths.test/b", "/")
    assert lead(web, proxy, "https://maths.test/a").fetch == "ok"
    assert proxy.asked == ["CONNECT maths.test:443"]


def test_the_variables_are_read_as_other_programs_read_them() -> None:
    given = {
        "https_proxy": "proxy.test",
        "HTTPS_PROXY": "http://other.test",
        "HTTP_PROXY": " ",
        "ALL_PROXY": "",
    }
    proxies = read_proxies(given)
    assert {scheme: proxy.url.url for scheme, proxy in proxies.by_scheme.items()} == {
        "https": "http://proxy.test:80"
    }
    for_all = read_proxies({"ALL_PROXY": "https://u:p@[2001:db8::1]:8080/"})
    assert {proxy.url.url for proxy in for_all.by_scheme.values()} == {"https://[2001:db8::1]:8080"}
    assert read_proxies({"https_proxy": "", "HTTPS_PROXY": "http://other.test"}).by_scheme == {}


@pytest.mark.parametrize(
    "value", ["socks5://u:hidden@proxy.test", "http://", "http://u:hidden@x:y", "ftp://x"]
)
def test_anything_but_an_http_proxy_is_an_error_without_the_value(value: str) -> None:
    with pytest.raises(InputError) as caught:
        read_proxies({"HTTPS_PROXY": value})
    assert str(caught.value) == "$HTTPS_PROXY: not the URL of an HTTP proxy (http://host:port)"


def test_the_password_is_in_no_error_and_no_representation(web: Web) -> None:
    with running_proxy({}) as proxy:
        given = settings(web, proxy, user="user:hidden@")
    assert "hidden" not in repr(given)
    assert "aGlkZGVu" not in repr(given)
    assert "dXNlcj" not in repr(given)
    session = GuardedSession(given)
    with pytest.raises(FetchError) as caught:
        session.get("https://maths.test/", RequestsCookieJar(), 2)
    session.close()
    chain: list[str] = []
    error: BaseException | None = caught.value
    while error is not None:
        chain.append(repr(error))
        error = error.__cause__ or error.__context__
    assert len(chain) > 1
    assert not any("hidden" in each or "dXNlcj" in each for each in chain)
