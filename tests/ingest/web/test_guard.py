"""No packet goes where the internet cannot go (docs/links.md, Safety)."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.web.guard import PrivateAddressError, is_local, is_public, read_connect_to, split_connect_to, vet
from record_types.errors import InputError
from record_types.links import Resolution
from tests.ingest.links.loopback import Web

PRIVATE_TEXT = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1
127.8.8.8 168.63.129.16 169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192
192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1
2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:a00:1::1
2002:808:808::1 3fff::1 3fff:fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1
ff02::1 2606:4700::1111%eth0 4000::1
"""
PRIVATE = PRIVATE_TEXT.split()
PUBLIC_TEXT = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 104.244.42.1 126.0.0.1 128.0.0.1
168.63.129.15 168.63.129.17 169.253.0.1 172.15.255.255 172.32.0.1 192.0.1.1 192.88.98.1
192.167.255.255 198.17.255.255 198.20.0.1 223.255.255.255 2606:4700::1111 2001:4860:4860::8888
2a00:1450:4001::200e 2003::1 2001:200::1
"""
PUBLIC = PUBLIC_TEXT.split()


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that anything tries to connect to."""
    addresses: list[Any] = []

    class RecordingSocket(socket.socket):
        def connect(self, address: Any) -> None:
            addresses.append(address)
            super().connect(address)

        def connect_ex(self, address: Any) -> int:
            addresses.append(address)
            return super().connect_ex(address)

    monkeypatch.setattr(socket, "socket", RecordingSocket)
    return addresses


def name_addresses(monkeypatch: pytest.MonkeyPatch, **names: list[list[str]]) -> None:
    """Let names resolve: each look-up of a name takes its next list of addresses, the last for ever."""
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        answers = names.get(str(host).replace(".", "_"))
        if answers is None:
            return real(host, port, *args, **kwargs)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [info for address in found for info in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def write_host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def assert_refused(found: Resolution) -> None:
    assert found.fetch == "skipped"
    assert found.error in ("refused: private address", "bad url")
    assert found.final_url is None
    assert found.status in ("pending", "invalid")


@pytest.mark.parametrize("address", PRIVATE)
def test_no_packet_is_sent_to_a_private_address(web: Web, connected: list[Any], address: str) -> None:
    assert not is_public(address)
    for scheme in ("http", "https"):
        assert_refused(web.lead(f"{scheme}://{write_host(address)}/"))
    assert connected == []


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "0x7f000001", "8.8.8.8/32", "::1::", "８.8.8.8"])
def test_text_that_is_not_an_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@given(st.ip_addresses())
@settings(max_examples=200, deadline=None)
def test_every_address_that_python_calls_not_global_is_refused(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(str(address))


LOCAL_ENDS = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")


@pytest.mark.parametrize(
    ("host", "local"),
    [
        *[(f"a.{end}", True) for end in LOCAL_ENDS], *[(f"A.{end.upper()}.", True) for end in LOCAL_ENDS],
        *[(f"{end}.example", False) for end in LOCAL_ENDS], *[(f"b.a{end}", False) for end in LOCAL_ENDS],
        ("machine", True), ("8.8.8.8", False), ("10.0.0.1", True), ("[::1]", True), ("a.arpa", False),
    ],
)  # fmt: skip
def test_a_name_without_a_dot_or_under_a_local_domain_is_local(host: str, local: bool) -> None:
    assert is_local(host) is local


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "localhost",
        "LOCALHOST",
    ],
)
def test_no_spelling_of_loopback_is_requested(web: Web, connected: list[Any], host: str) -> None:
    assert_refused(web.lead(f"http://{host}:{web.port}/"))
    assert connected == []


@pytest.mark.parametrize("target", ["http://user@169.254.169.254/latest/meta-data/", "http://10.0.0.1/"])
def test_no_redirect_leads_to_a_private_address(web: Web, connected: list[Any], target: str) -> None:
    found = web.lead(web.tco("abcDEF1234", target))
    assert_refused(found)
    assert connected == [("127.0.0.1", web.tls_port)]


def test_a_private_address_in_a_link_is_invalid_at_once(web: Web) -> None:
    found = web.lead("http://192.168.1.1/reboot")
    assert (found.status, found.due_at) == ("invalid", None)


def test_a_name_with_a_private_address_is_retried_because_of_hotel_wifi(
    web: Web, connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    name_addresses(monkeypatch, intra_test=[["10.1.2.3"]])
    found = web.lead("http://intra.test/")
    assert_refused(found)
    assert (found.status, found.attempts) == ("pending", 1)
    last = web.lead("http://intra.test/", due={"attempts": 4, "error": found.error})
    assert (last.status, last.due_at, connected) == ("invalid", None, [])


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("addresses", [["93.184.216.34", "10.0.0.1"], ["::1", "93.184.216.34"]])
def test_one_private_address_among_public_ones_refuses_all(
    web: Web, connected: list[Any], monkeypatch: pytest.MonkeyPatch, addresses: list[str], scheme: str
) -> None:
    name_addresses(monkeypatch, mixed_test=[addresses])
    assert_refused(web.lead(f"{scheme}://mixed.test/"))
    assert connected == []


def test_a_second_dns_answer_cannot_bypass_the_guard(
    connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    name_addresses(monkeypatch, rebind_test=[["93.184.216.34"], ["127.0.0.1"]])
    assert [address for _, address in vet("rebind.test", 80, {})] == [("93.184.216.34", 80)]
    with pytest.raises(PrivateAddressError):
        vet("rebind.test", 80, {})


def test_the_address_that_was_vetted_is_the_one_connected_to(
    web: Web, connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    name_addresses(monkeypatch, rebind_test=[["93.184.216.34"], ["127.0.0.1"]])
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: _refuse(connected, address))
    web.lead("http://rebind.test/")
    assert connected == [("93.184.216.34", 80)]


def _refuse(connected: list[Any], address: Any) -> None:
    connected.append(address)
    raise ConnectionRefusedError


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.test/x",
        "data:text/html,<script>alert(1)</script>",
        "javascript:alert(1)",
        "gopher://127.0.0.1:70/_x",
        "mailto:who@news.test",
    ],
)
def test_only_http_and_https_are_requested(web: Web, url: str) -> None:
    found = web.lead(url)
    assert (found.status, found.fetch, found.error) == ("invalid", "skipped", "refused: scheme")
    redirected = web.lead(web.tco("abcDEF1234", url))
    assert (redirected.status, redirected.final_url) == ("invalid", None)
    assert len(web.asked) == 1


def test_a_refresh_to_a_script_url_is_ignored(web: Web) -> None:
    web.page("http://site.test/", '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">')
    assert web.lead("http://site.test/").final_url == "http://site.test/"


def test_connect_to_redirects_exactly_that_host_and_port(web: Web, connected: list[Any]) -> None:
    web.page("http://site.test/")
    settings = {"site.test:80": f"127.0.0.1:{web.port}"}
    assert web.lead("http://SITE.test./", connect_to=settings).http_status is not None
    assert web.lead(f"http://127.0.0.1:{web.port}/", connect_to=settings).status == "invalid"
    assert connected == [("127.0.0.1", web.port)]


def test_connect_to_does_not_change_host_and_certificate_checks(web: Web) -> None:
    web.page("https://site.test/")
    assert web.lead("https://site.test/").fetch == "ok"
    assert web.asked[0].headers["host"] == "site.test"


def test_connect_to_is_parsed_from_text() -> None:
    pairs = split_connect_to("T.co:443=127.0.0.1:8443, bit.ly:80=[::1]:8080,")
    assert read_connect_to(pairs) == {("t.co", 443): ("127.0.0.1", 8443), ("bit.ly", 80): ("::1", 8080)}


@pytest.mark.parametrize(
    "text", ["t.co", "t.co:443", "t.co:443=nowhere", "t.co:x=y:1", ":1=a:1", "a:1=b:99999"]
)
def test_a_malformed_connect_to_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError, match="host:port"):
        read_connect_to(split_connect_to(text))
