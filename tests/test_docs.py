"""Relative links and anchors in the README, CONTRIBUTING, CHANGELOG and docs/."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

FENCE = re.compile(r"^(```+|~~~+).*?^\1`*\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(<?([^)>\s]+)>?(?: \"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def read_prose(path: Path) -> str:
    """The text of a page without its code blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def list_anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of the headings."""
    anchors: set[str] = set()
    for heading in HEADING.findall(read_prose(path)):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        repeats = sum(1 for each in anchors if re.fullmatch(re.escape(slug) + r"(-\d+)?", each))
        anchors.add(f"{slug}-{repeats}" if repeats else slug)
    return anchors


def find_broken_links(path: Path) -> list[str]:
    broken = []
    for target in LINK.findall(CODE.sub("", read_prose(path))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = path.parent / name if name else path
        if not file.exists() or (anchor and anchor not in list_anchors(file)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_to_files_and_headings(path: Path) -> None:
    assert find_broken_links(path) == []


def test_broken_links_and_anchors_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `code` heading\n\n## Twice\n## Twice\n[a](#a-code-heading) [b](page.md#twice-1) [c](https://x.test/y)\n"
        "[d](gone.md) [e](#no-heading) `[f](code.md)`\n```\n[g](fenced.md)\n```\n",
        encoding="utf-8",
    )
    assert find_broken_links(page) == ["gone.md", "#no-heading"]


def test_every_path_that_the_architecture_page_names_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = "gleanings|ingest|store|export|record_types|markdown_text|tests"
    named = set(re.findall(rf"`((?:{packages})/[^` ]*)`", text))
    assert len(named) > 40
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_hashed_requirements_are_the_tested_versions_without_addresses() -> None:
    """`make lock` writes both; pip and setuptools are needed by a dependency, and never frozen."""
    hashed = (ROOT / "requirements-hashed.txt").read_text()
    pinned = re.findall(r"^([\w.-]+)==([^\s;]+)", hashed, re.M)
    frozen = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(), re.M)
    versions = {re.sub(r"[._-]+", "-", name).lower(): version for name, version in frozen}
    assert [f"{name}=={version}" for name, version in pinned if versions.get(name, version) != version] == []
    assert {name for name, _ in pinned} - versions.keys() <= {"pip", "setuptools"}
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=[\w.-]+==)", hashed, flags=re.M)[1:])
    assert "://" not in hashed


def test_the_packaging_files_have_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == version
    assert f"gleanings-{version}.tar.gz" in (ROOT / "packaging/homebrew/gleanings.rb").read_text(
        encoding="utf-8"
    )
    assert f"gleanings-{version}-py3-none-any.whl" in (ROOT / "docs/install.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    ["compose.yaml", "packaging/litestream.yml", ".github/workflows/release.yml", ".pre-commit-config.yaml"],
)
def test_the_packaging_files_are_yaml_and_name_files_that_exist(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert isinstance(yaml.safe_load(text), dict)
    assert [name for name in re.findall(r"\.ci/\w+", text) if not (ROOT / name).exists()] == []
