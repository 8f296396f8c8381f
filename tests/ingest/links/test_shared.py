"""The link rules over real pages, if `$GLEANINGS_SHARED` or a sibling folder has them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ingest.links.found_links import find_links, find_pictures
from ingest.links.key import clean_url, resource_key

SHARED = Path(os.environ.get("GLEANINGS_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
_TCO = re.compile(r"https?://t\.co/([A-Za-z0-9]{10})")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    paths = sorted((SHARED / "corpus").rglob("*.md"))
    if not paths:
        pytest.skip("no shared corpus")
    return [path.read_text("utf-8", "replace") for path in paths]


def test_every_tco_id_of_the_corpus_is_found(texts: list[str]) -> None:
    for text in texts:
        found = {link.link.uid for link in find_links(text) if link.link.host == "t.co"}
        assert {f"t.co/{match[1]}" for match in _TCO.finditer(text)} - found == set()


def test_every_link_of_the_corpus_keeps_its_key_when_cleaned(texts: list[str]) -> None:
    urls = {found.link.url for text in texts for found in find_links(text)}
    assert [url for url in urls if resource_key(clean_url(url)) != resource_key(url)] == []


def test_pictures_are_not_found_as_links(texts: list[str]) -> None:
    for text in texts:
        pictures = {picture.url for picture in find_pictures(text)}
        links = [
            found
            for found in find_links(text)
            if found.link.url in pictures and "pbs.twimg.com" in found.link.url
        ]
        assert links == []
