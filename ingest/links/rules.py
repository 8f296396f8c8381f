"""What a site's rule is, and the rules that many sites share (`sites` and `papers` have the tables)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ingest.links.address import Address

Rule = Callable[[Address], Address]


def find_rule(rules: Mapping[str, Rule], address: Address) -> Rule | None:
    """The rule for `address`'s site: its host's own, or that of `.domain` for hosts below a domain."""
    if address.port:
        return None
    below = address.site.partition(".")[2]
    lower = below.partition(".")[2]  # en.m.wikipedia.org
    return rules.get(address.site) or rules.get("." + below) or rules.get("." + lower)


def without(address: Address, *names: str) -> Address:
    """`address` without the parameters of these names, given in small letters."""
    return replace(address, params=tuple(pair for pair in address.params if pair[0].lower() not in names))


def drop(*names: str) -> Rule:
    """A rule for a site that only has parameters of no meaning."""
    return lambda address: without(address, *names)


def move(host: str, *names: str) -> Rule:
    """A rule for a site's other hosts (mobile, AMP, old): everything to `host`, without `names`."""
    return lambda address: replace(without(address, *names), host=host, scheme="https", port="")
