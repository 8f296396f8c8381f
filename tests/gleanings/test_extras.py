"""A missing extra is always named in the same words, and it exists."""

from __future__ import annotations

import re
import tomllib

from record_types.errors import describe_missing
from tests.gleanings.running import ROOT

SOURCES = {
    path.relative_to(ROOT): path.read_text(encoding="utf-8")
    for package in ("gleanings", "ingest", "store", "export", "record_types", "markdown_text")
    for path in (ROOT / package).rglob("*.py")
}


def test_the_message_names_the_extra_and_both_ways_to_install_it() -> None:
    how = "pipx install --force 'gleanings[browse]', or '.[browse]' in a checkout"
    assert describe_missing("`serve`", "browse") == f"`serve` needs the extra `browse`: {how}"


def test_every_extra_that_is_asked_for_exists_and_no_other_place_says_how_to_install_it() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    asked = set(re.findall(r'describe_missing\(\s*"[^"]+",\s*"(\w+)"', "".join(SOURCES.values())))
    assert asked == {"agents", "browse", "keyring", "llm", "parquet", "topics", "watch"}
    assert asked <= set(extras)
    install = re.compile(r"(?:pipx?|uv tool) install|'gleanings\[")
    places = [str(path) for path, text in SOURCES.items() if install.search(text)]
    assert places == ["record_types/errors.py"]
