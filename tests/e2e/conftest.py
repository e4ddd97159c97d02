"""A real browser on a real server: Chromium from the PATH, the pages from a thread of the tests."""

import os
import shutil
import threading

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import sync_playwright

from tests import town

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTHS = {"narrow": (320, 640), "phone": (390, 844), "desk": (1280, 800)}


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("There is no chromium on the PATH")
        pytest.skip("There is no chromium on the PATH")
    # Playwright keeps a loop in this thread as long as it lives: Django would take the tests' own
    # queries for mistakes, and a worker cannot be run, so it ends with the module.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def answered(live_server):
    """In the end, that every request has its answer: the tables are emptied behind it."""
    under_way, done = [], threading.Condition()

    def begins(**_):
        with done:
            under_way.append(None)

    def ends(**_):
        with done:
            under_way.pop()
            done.notify_all()

    request_started.connect(begins)
    request_finished.connect(ends)
    yield
    with done:
        assert done.wait_for(lambda: not under_way, timeout=30), "a request without an answer"
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


@pytest.fixture
def browse(chromium, live_server, answered):
    """A page of a new visitor in Berlin: browse("phone"), browse("desk", scripts=False).
    With `zone` somewhere else, with `language` asking for another one.
    """
    opened = []

    def page(size="desk", *, scripts=True, theme="light", zone="Europe/Berlin", language="en-GB"):
        width, height = WIDTHS[size]
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            has_touch=size != "desk",
            java_script_enabled=scripts,
            color_scheme=theme,
            timezone_id=zone,
            locale=language,
            reduced_motion="reduce",
        )
        opened.append(context)
        context.set_default_timeout(15_000)
        return context.new_page()

    yield page
    for context in opened:
        context.close()


@pytest.fixture
def sign_in():
    def enter(page, user):
        page.goto("/accounts/login/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", town.PASSWORD)
        page.click("main form:has(input[name=password]) button")
        page.wait_for_selector("body.signed-in")

    return enter
