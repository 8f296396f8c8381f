"""Every page in a real browser from a real server: themes, widths, no error, nothing from elsewhere."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store.browse.libraries import ENVIRONMENT

pytest.importorskip("datasette")
playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = Path(os.environ.get("GLEANINGS_CHROMIUM", "/usr/bin/chromium"))
AXE = next(
    (
        path
        for path in (
            Path(os.environ.get("GLEANINGS_AXE", "axe.min.js")),
            Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js",
        )
        if path.is_file()
    ),
    None,
)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium")

THEMES_AND_WIDTHS = [(theme, width) for theme in ("light", "dark") for width in (390, 1280)]


@pytest.fixture(scope="module")
def server(example: Path) -> Iterator[str]:
    """The address of `gleanings serve` on the example's store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from gleanings.cli import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=example.parent, env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}/gleanings/-"
        wait_for(f"{url}/home")
        yield url
        process.terminate()


def wait_for(url: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(url)
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as each:
        chromium = each.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


def find_pages(store: Path) -> dict[str, str]:
    """Name of each kind of page → one of its addresses, the one with most on it."""
    db = sqlite3.connect(store)
    thread = db.execute("select thread_id from tweets group by 1 order by thread_id is null, count(*) desc")
    topic = db.execute("select value from facet_counts where facet = 'topic' order by count desc")
    resource = db.execute("select resource_id from shared_resources order by shared desc")
    author = db.execute("select value from facet_counts where facet = 'author_id' order by count desc")
    book = db.execute("select id from documents where category = 'books'")
    pages = {
        **{name: name for name in ("home", "reading", "plots", "health")},
        "search": "search?q=how",
        "nothing": "search?q=zzzz",
        "thread": f"thread/{thread.fetchone()[0]}",
        "topic": f"topic/{topic.fetchone()[0]}",
        "resource": f"resource/{resource.fetchone()[0]}",
        "author": f"author/{author.fetchone()[0]}",
        "document": f"document/{book.fetchone()[0]}",
    }
    db.close()
    return pages


def watch(page: Any, server: str) -> list[str]:
    """What goes wrong on the page from now on: errors on the console, requests to other hosts."""
    trouble: list[str] = []
    origin = server[: server.index("/", 8)]
    page.on("console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(origin) else trouble.append(asked.url))
    return trouble


@pytest.mark.parametrize(("theme", "width"), THEMES_AND_WIDTHS)
def test_every_page_shows_without_error_request_elsewhere_or_barrier(
    server: str, browser: Any, example: Path, tmp_path: Path, theme: str, width: int
) -> None:
    context = browser.new_context(
        color_scheme=theme, viewport={"width": width, "height": 900}, bypass_csp=AXE is not None
    )
    page = context.new_page()
    trouble = watch(page, server)
    for name, address in find_pages(example).items():
        page.goto(f"{server}/{address}")
        page.screenshot(path=tmp_path / f"{name}-{theme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        assert find_barriers(page) == [], name
    assert trouble == []
    context.close()


def find_barriers(page: Any) -> list[str]:
    """What axe-core finds; nothing where it is not installed."""
    if AXE is None:
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def test_a_reader_goes_from_search_to_thread_to_resource_to_author(server: str, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    trouble = watch(page, server)
    page.goto(f"{server}/home")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.get_by_role("searchbox").fill("linear algebra")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=linear"))
    page.locator("article a[href*='/thread/']").first.click()
    page.wait_for_url(re.compile("/thread/"))
    page.locator("article a[href*='/resource/']").first.click()
    page.wait_for_url(re.compile("/resource/"))
    page.locator("article a[href*='/author/']").first.click()
    page.wait_for_url(re.compile("/author/"))
    assert page.locator("h1").inner_text()
    assert trouble == []
    context.close()
