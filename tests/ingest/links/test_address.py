"""A URL in parts: what is kept of it, and which edits make two spellings of it the same."""

from __future__ import annotations

import pytest

from ingest.links.address import (
    cut_www,
    drop,
    find_registrable,
    find_rule,
    format_address,
    move,
    parse_address,
)


@pytest.mark.parametrize(
    ("url", "formatted"),
    [
        ("HTTP://User:pw@WWW.Example.COM.:80/A b", "http://www.example.com/A%20b"),
        ("https://example.com:8443", "https://example.com:8443/"),
        ("https://example.com/%7Eada/%2f%2B+?q=%41%2b", "https://example.com/~ada/%2F%2B+?q=A%2B"),
        ("https://example.com/?a&b=&&c=1=2&", "https://example.com/?a&b=&c=1=2"),
        ("https://example.com/?#top", "https://example.com/#top"),
        ("https://[2001:DB8::1]/", "https://[2001:db8::1]/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_an_address_is_written_in_one_form(url: str, formatted: str) -> None:
    address = parse_address(url)
    assert address
    assert format_address(address) == formatted
    assert parse_address(formatted) == address
    assert format_address(address, fragment=False) == formatted.partition("#")[0]


@pytest.mark.parametrize(
    "url", ["", "example.com", "ftp://example.com/", "https://", "https://./", "https://\ud800"]
)
def test_only_web_addresses_with_a_host_are_parsed(url: str) -> None:
    assert parse_address(url) is None


@pytest.mark.parametrize(
    ("host", "site"),
    [("www.example.com", "example.com"), ("www.com", "www.com"), ("www2.example.com", "www2.example.com")],
)
def test_a_site_is_its_host_without_www(host: str, site: str) -> None:
    assert cut_www(host) == site


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.com", "example.com"),
        ("a.b.example.com.", "example.com"),
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("bbc.co.uk", "bbc.co.uk"),
        ("a.b.ada.substack.com", "ada.substack.com"),
        ("a.co.com", "co.com"),
        ("a.example.uk", "example.uk"),
        ("192.168.0.1", "192.168.0.1"),
        ("[2001:db8::1.2.3]", "[2001:db8::1.2.3]"),
    ],
)
def test_the_registrable_domain_is_what_one_owner_registered(host: str, domain: str) -> None:
    assert find_registrable(host) == domain


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.a.example/", "host"),
        ("https://x.b.example/", "below"),
        ("https://x.m.b.example/", "below"),
        ("https://x.y.m.b.example/", None),
        ("https://b.example/", None),
        ("https://x.a.example/", None),
        ("https://a.example:8443/", None),
    ],
)
def test_a_rule_belongs_to_a_host_or_to_all_hosts_below_a_domain(url: str, found: str | None) -> None:
    rules = {"a.example": drop("host"), ".b.example": drop("below")}
    address = parse_address(url + "?host&below")
    assert address
    rule = find_rule(rules, address)
    left = rule(address) if rule else address
    assert {"host", "below"} - dict(left.params).keys() == {found} - {None}


def test_a_rule_moves_an_address_to_the_main_host() -> None:
    address = parse_address("http://m.example.com:8080/a?ID=1&amp=1&b#c")
    assert address
    assert format_address(move("example.com", "id", "amp")(address)) == "https://example.com/a?b#c"


@pytest.mark.parametrize(
    "domain",
    ["blogspot.com", "github.io", "gitlab.io", "herokuapp.com", "netlify.app", "notion.site", "pages.dev",
     "substack.com", "tumblr.com", "vercel.app", "web.app", "wordpress.com",
     "ac.nz", "co.nz", "com.nz", "edu.nz", "gov.nz", "go.nz", "ne.nz", "net.nz", "nom.nz", "or.nz", "org.nz"],
)  # fmt: skip
def test_each_host_below_a_shared_domain_has_another_owner(domain: str) -> None:
    assert find_registrable(f"a.ada.{domain}") == f"ada.{domain}"
    assert find_registrable(f"a.ada.x{domain}") == f"x{domain}"
