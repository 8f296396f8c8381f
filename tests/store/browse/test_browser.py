"""Every page in a real browser: both themes, two widths, no errors, no requests to other sites."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store.browse.library import enrich, make_example, serve
from tests.store.browse.requirements import find_axe, need_module

need_module("datasette")

THEMES_AND_WIDTHS = [(theme, width) for theme in ("light", "dark") for width in (390, 1280)]

PLAIN = {
    "home": "home",
    "reading": "reading",
    "reading-narrowed": "reading?kind=pdf&site=openvectors.example",
    "reading-read": "reading?show=read",
    "reading-nothing": "reading?kind=nothing",
    "documents": "documents",
    "documents-narrowed": "documents?category=books&sort=title",
    "authors": "authors",
    "topics": "topics",
    "tags": "tags",
    "resources": "resources?sort=newest",
    "highlights": "highlights?on=2022-01",
    "plots": "plots",
    "health": "health",
    "search": "search?q=how",
    "search-empty": "search",
    "search-nothing": "search?q=zzzz",
    "missing": "document/999999",
}

DATASETTE_PAGES = (
    "",
    "/highlights",
    "/highlights?category=tweets",
    "/highlights/1",
    "/tweets",
    "/media",
    "/reading_list_by_shares",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_example(tmp_path_factory.mktemp("rich"))
    enrich(path)
    return path


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[str]:
    with serve(store) as url:
        yield url


def find_pages(store: Path) -> dict[str, str]:
    """Name → address of every page; the first page of each kind is the fullest."""
    db = sqlite3.connect(store)
    pages = dict(PLAIN)
    for kind, query in KINDS.items():
        for place, (id_,) in enumerate(db.execute(query).fetchall()):
            pages[f"{kind}-{id_}" if place else kind] = f"{kind}/{id_}"
    db.close()
    return pages


KINDS = {
    "thread": "select thread_id from tweets where thread_id is not null group by 1 order by count(*) desc",
    "document": "select id from documents order by category <> 'books', id",
    "topic": "select value from facet_counts where facet = 'topic' order by count desc",
    "resource": "select id from resources order by status <> 'gone', id",
    "author": "select id from authors order by handle is null, id",
    "tag": "select id from tags order by id",
}


def watch(page: Any, server: str) -> list[str]:
    """Collect console errors, requests to other sites and dialogs from now on."""
    trouble: list[str] = []
    origin = server[: server.index("/", 8)]

    def dismiss(dialog: Any) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def record(message: Any) -> None:
        expected = "404 (Not Found)" in message.text and "/999999" in message.location["url"]
        if message.type in ("error", "warning") and not expected:
            trouble.append(message.text)

    page.on("dialog", dismiss)
    page.on("console", record)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "request", lambda request: None if request.url.startswith(origin) else trouble.append(request.url)
    )
    return trouble


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), THEMES_AND_WIDTHS)
def test_every_page_has_no_error_foreign_request_or_accessibility_barrier(
    server: str, browser: Any, store: Path, tmp_path: Path, theme: str, width: int
) -> None:
    axe = find_axe().read_text(encoding="utf-8")
    viewport = {"width": width, "height": 900}
    context = browser.new_context(color_scheme=theme, viewport=viewport, bypass_csp=True)
    page = context.new_page()
    trouble = watch(page, server)
    for name, address in find_pages(store).items():
        if name[-1].isdigit() and (theme, width) != ("light", 390):
            continue  # one theme and width suffices for further pages of a kind
        page.goto(f"{server}/{address}")
        page.screenshot(path=tmp_path / f"{name}-{theme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        assert find_barriers(page, axe) == [], name
        assert trouble == [], name
    context.close()


@pytest.mark.slow
def test_datasettes_own_pages_are_readable_in_the_dark_theme(server: str, browser: Any) -> None:
    context = browser.new_context(color_scheme="dark", bypass_csp=True)
    page = context.new_page()
    axe = find_axe().read_text(encoding="utf-8")
    for address in DATASETTE_PAGES:
        page.goto(server.removesuffix("/-") + address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 26)"
        assert find_barriers(page, axe, "color-contrast") == [], address
    context.close()


@pytest.mark.slow
def test_a_click_path_leads_from_home_to_every_kind_of_page(server: str, browser: Any) -> None:
    page = browser.new_page()
    trouble = watch(page, server)
    page.goto(f"{server}/home")
    for index, item in (("Documents", "document"), ("Authors", "author"), ("Topics", "topic"),
                        ("Tags", "tag"), ("Resources", "resource")):  # fmt: skip
        page.get_by_role("navigation", name="Library").get_by_role("link", name=index, exact=True).click()
        page.wait_for_url(f"**/{item}s")
        page.locator(f"main a[href*='/-/{item}/']").first.click()
        page.wait_for_url(f"**/{item}/**")
        assert page.locator("h1").inner_text()
    page.get_by_role("link", name="Tables", exact=True).click()
    page.get_by_role("link", name="highlights", exact=True).first.click()
    page.get_by_role("link", name="Read", exact=True).first.click()
    page.wait_for_url(re.compile("/-/(thread|document)/"))
    assert page.locator("article:target").count() == 1
    assert trouble == []
    page.close()


def find_barriers(page: Any, axe: str, rule: str | None = None) -> list[str]:
    """Find accessibility violations with axe-core, of one rule or of all."""
    page.evaluate(axe)
    # Datasette 1.0 gives an element a field `matches`, which hides the method that axe calls.
    page.evaluate("for (const each of document.querySelectorAll('navigation-search')) delete each.matches")
    if rule:
        found = page.evaluate("rule => axe.run({runOnly: [rule]})", rule)
    else:
        found = page.evaluate("axe.run()")
        assert len(found["passes"]) > 10
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


@pytest.mark.slow
def test_a_page_with_accessibility_barriers_is_detected(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<html><body><p>Words</p><img src='data:,'><input></body></html>")
    page.evaluate(find_axe().read_text(encoding="utf-8"))
    assert {each["id"] for each in page.evaluate("axe.run()")["violations"]} >= {"image-alt", "label"}
    page.close()


@pytest.mark.slow
def test_datasettes_own_pages_make_no_requests_to_other_sites(server: str, browser: Any) -> None:
    page = browser.new_page()
    trouble = watch(page, server)
    for address in DATASETTE_PAGES:
        page.goto(server.removesuffix("/-") + address)
        assert page.locator("h1").count(), address
    assert trouble == []
    page.close()


@pytest.mark.slow
def test_search_leads_to_thread_resource_and_author(server: str, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    trouble = watch(page, server)
    page.goto(f"{server}/home")
    page.get_by_role("searchbox").fill("linear algebra")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=linear"))
    assert page.locator("mark").first.inner_text().lower() in ("linear", "algebra")
    page.locator("article a[href*='/highlight/']").first.click()
    page.wait_for_url(re.compile("/(thread|document)/"))
    page.locator("article a[href*='/resource/']").first.click()
    page.wait_for_url(re.compile("/resource/"))
    page.locator("article a[href*='/author/']").first.click()
    page.wait_for_url(re.compile("/author/"))
    assert page.locator("h1").inner_text()
    assert trouble == []
    context.close()


@pytest.mark.slow
def test_a_box_of_the_reading_list_is_ticked_and_unticked_with_a_click(server: str, browser: Any) -> None:
    page = browser.new_page()
    trouble = watch(page, server)
    page.goto(f"{server}/reading?sort=newest")
    title = page.locator(".shelf li a").first.inner_text()
    page.locator(".box").first.click()
    page.wait_for_load_state()
    assert page.url == f"{server}/reading?sort=newest"
    assert title not in page.locator(".shelf").inner_text()
    page.get_by_role("link", name="Read 1").click()
    page.get_by_role("button", name=f"Mark as not read: {title}").click()
    page.get_by_role("link", name="To read").click()
    assert title in page.locator(".shelf").inner_text()
    assert trouble == []
    page.close()


@pytest.mark.slow
def test_every_page_can_be_used_with_the_keyboard(server: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{server}/home")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0"), "the link is visible"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.goto(f"{server}/reading")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "kind":
            break
    page.keyboard.type("pdf")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("kind=pdf"))
    page.close()
