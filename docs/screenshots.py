"""The README's pictures: pages of the example graph, taken from `gleanings serve` in headless Chromium.

make screenshots
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.store.browse.library import make_example, serve  # noqa: E402
from tests.store.browse.requirements import find_chromium  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
MOST_BYTES = 150_000


def take_screenshot(browser: Browser, address: str, name: str, theme: str) -> None:
    """Write one page's upper part as a picture."""
    size = {"width": 1000, "height": 760}
    context = browser.new_context(color_scheme=theme, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path} is too large")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        store = make_example(Path(scratch))
        db = sqlite3.connect(store)
        thread = db.execute("select thread_id from tweets group by 1 order by count(*) desc").fetchone()[0]
        db.close()
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=["--no-sandbox"])
        with serve(store) as server:
            take_screenshot(browser, f"{server}/home", "home", "light")
            take_screenshot(browser, f"{server}/thread/{thread}", "thread", "dark")
        browser.close()


if __name__ == "__main__":
    main()
