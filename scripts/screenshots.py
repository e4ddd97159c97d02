"""The picture in the README, taken of the demo in a Chromium: python -m scripts.screenshots."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from scripts import demo

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    with demo.served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=demo.chromium(), args=demo.FLAGS)
        context = browser.new_context(
            viewport={"width": 1280, "height": 720}, timezone_id="Europe/Berlin"
        )
        page = context.new_page()
        _choose(page, base)
        page.screenshot(path=DOCS / "booking.png")


def _choose(page: Page, base: str) -> None:
    page.goto(f"{base}/p/linden-physiotherapy/")
    page.get_by_text("First visit").first.click()
    page.locator(".slot").nth(2).click()
    page.get_by_text("Book ").last.wait_for()
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
