"""A picture of every page of the demo, at two widths and in both themes: python -m scripts.pages.

It goes where links lead, as a visitor, a customer and a provider, to one page of each kind, and
says which kinds no link led to. Every page is looked at by axe and at 320 pixels for scrolling
sideways; a fault ends it with a failure. The pictures go to data/pages, those of the docs (--docs)
to docs/screenshots.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import django
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, get_resolver, resolve
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts import demo

ROOT = Path(__file__).resolve().parent.parent
PICTURES, DOCS = ROOT / "data/pages", ROOT / "docs/screenshots"
WIDTHS = {"phone": (390, 844), "desk": (1280, 800)}
THEMES = ("light", "dark")
NARROW = (320, 640)
WHO = ("", "customer", "provider")  # nobody first
SEEDS = {
    "": ["/", "/p/linden-physiotherapy/", "/accounts/signup/", "/accounts/password/reset/"],
    "customer": ["/", "/me/", "/appointments/?show=past", "/appointments/?show=series"],
    "provider": ["/", "/provider/rules/", "/provider/analytics/", "/provider/time-off/"],
}
# No pages: files, what only answers, what leads elsewhere, and other programs' doors.
NONE = ("admin", "api", "static", "media", "feeds", "dev", "hooks", "metrics", "healthz", "readyz")
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map((each) => each.href)"
# Of the docs: whose page it is, its kind, width, theme.
BEST = {
    ("", "home", "desk", "light"),
    ("", "find", "desk", "light"),
    ("", "provider", "desk", "dark"),
    ("", "provider", "phone", "light"),
    ("customer", "home", "phone", "light"),
    ("customer", "appointment", "phone", "dark"),
    ("provider", "home", "desk", "light"),
    ("provider", "planner", "desk", "dark"),
    ("provider", "hours", "desk", "light"),
    ("provider", "requests", "phone", "light"),
    ("provider", "analytics", "desk", "light"),
    ("provider", "booking_rules", "desk", "dark"),
}
HEAVIEST = 60_000  # bytes of a picture in the docs


class Found(NamedTuple):
    """A page that a link led to: whose, its kind, where."""

    who: str
    kind: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.who or 'visitor'}-{self.kind}"


def main() -> None:
    asked = _asked()
    os.environ["DJANGO_SETTINGS_MODULE"] = "openslot.settings"
    django.setup()
    faults: list[str] = []
    with demo.served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=demo.chromium(), args=demo.FLAGS)
        every = [page for who in WHO for page in _met(browser, base, who)]
        _say_what_was_not_met({page.kind for page in every})
        for who in WHO:
            pages = [page for page in every if page.who == who and asked.only in page.name]
            faults += _looked_at(browser, base, pages, docs=asked.docs)
    sys.exit("\n".join(faults) if faults else 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="those whose name has that in it")
    parser.add_argument("--docs", action="store_true", help="the pictures of the docs as well")
    return parser.parse_args()


def _context(
    browser: Browser, base: str, who: str, *, width: tuple[int, int], theme: str
) -> BrowserContext:
    context = browser.new_context(
        base_url=base,
        viewport={"width": width[0], "height": width[1]},
        color_scheme="dark" if theme == "dark" else "light",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    if who:
        demo.sign_in(context, who)
    return context


def _met(browser: Browser, base: str, who: str) -> Iterator[Found]:
    """One page of each kind that links lead to."""
    page = _context(browser, base, who, width=WIDTHS["desk"], theme="light").new_page()
    waiting, seen = deque(SEEDS[who]), set[str]()
    while waiting:
        path = waiting.popleft()
        kind = _kind(path)
        if not kind or kind in seen:
            continue
        seen.add(kind)
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        waiting.extend(_here(page, base))
        landed = _path(page.url)
        if _kind(landed) == kind and not answer.request.redirected_from:
            yield Found(who, kind, path)


def _here(page: Page, base: str) -> Iterator[str]:
    for href in page.evaluate(LINKS):
        if href.startswith(base + "/"):
            yield _path(href)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _kind(path: str) -> str:
    where = urlsplit(path).path
    if where.split("/")[1] in NONE or where.endswith((".ics", ".csv", "/file/", "/export/")):
        return ""
    try:
        return resolve(where).url_name or where.strip("/").replace("/", "-")
    except Resolver404:
        return ""


def _say_what_was_not_met(met: set[str]) -> None:
    every = {
        str(name)
        for name in get_resolver("openslot.web.urls").reverse_dict
        if isinstance(name, str)
    }
    print("No link led to:", ", ".join(sorted(every - met)))


def _looked_at(browser: Browser, base: str, pages: list[Found], *, docs: bool) -> list[str]:
    faults: list[str] = []
    for theme in THEMES:
        for size, width in WIDTHS.items():
            if not pages:
                continue
            context = _context(browser, base, pages[0].who, width=width, theme=theme)
            page = context.new_page()
            for found in pages:
                page.set_viewport_size({"width": width[0], "height": width[1]})
                page.goto(found.path)
                page.wait_for_load_state("networkidle")
                _picture(page, found, size, theme, docs=docs)
                faults += _faults(page, found, theme) if size == "phone" else []
            context.close()
    return faults


def _picture(page: Page, found: Found, size: str, theme: str, *, docs: bool) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{found.name}-{size}-{theme}.png", full_page=True)
    if docs and (found.who, found.kind, size, theme) in BEST:
        DOCS.mkdir(parents=True, exist_ok=True)
        whole = PICTURES / "docs.png"
        page.screenshot(path=whole)
        _small(whole, DOCS / f"{found.name}-{size}-{theme}.webp")
        whole.unlink()


def _small(whole: Path, into: Path) -> None:
    """As good as it can be within what a picture may weigh."""
    with Image.open(whole) as picture:
        for quality in range(90, 20, -10):
            picture.save(into, quality=quality, method=6)
            if into.stat().st_size < HEAVIEST:
                return


def _faults(page: Page, found: Found, theme: str) -> Iterator[str]:
    for each in Axe().run(page).response["violations"]:
        yield f"{found.name} ({theme}): {each['id']}: {each['nodes'][0]['html'][:120]}"
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    if page.evaluate(SIDEWAYS):
        yield f"{found.name} ({theme}): scrolls sideways at {NARROW[0]} pixels"


if __name__ == "__main__":
    main()
