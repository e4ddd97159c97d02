"""A provider's booking in the page of another site, in a real browser: no cookie, the right height."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from openslot.accounts import people
from openslot.accounts.models import AddressCode
from openslot.accounts.signing import codes
from openslot.appointments.models import Appointment

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]

PAGE = (
    "<!doctype html><html lang=en><title>Ada</title><body><h1>Ada's own site</h1>{}<p>Behind it</p>"
)
SCRIPT = '<script async src="{url}/static/build/embed.js" data-provider="{slug}"></script>'
FRAME = '<iframe src="{url}/embed/{slug}/" title="Book" style="width:100%;height:900px"></iframe>'


@pytest.fixture
def site():
    """Another site: its address, and what its one page says."""
    said = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.format(said["body"]).encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def page(body):
        said["body"] = body
        return f"http://127.0.0.1:{server.server_port}"

    yield page
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_visitor_of_adas_site_books_there(browse, live_server, massage, site, size, scripts):
    body = (SCRIPT if scripts else FRAME).format(url=live_server.url, slug=massage.provider.slug)
    elsewhere = site(body)
    people.change_provider(massage.provider, embed_sites=[elsewhere])
    page = browse(size, scripts=scripts)
    page.goto(elsewhere)
    frame = page.frame_locator("iframe")
    frame.locator(".slot").first.click()
    frame.get_by_role("link", name="Book").click()
    frame.get_by_label("Name").fill("Gil")
    frame.get_by_label("E-mail").fill("gil@example.org")
    if scripts:
        inside = frame.locator("html").evaluate("e => e.scrollHeight")
        outside = page.locator("iframe").evaluate("e => e.clientHeight")
        assert abs(inside - outside) < 5
    frame.get_by_role("button", name="Book").click()
    expect(frame.get_by_role("heading", name="Your request is on its way")).to_be_visible()
    if scripts:
        grown = page.locator("iframe").evaluate("e => e.clientHeight")
        assert grown < outside, "the frame shrinks with what is in it"
    assert Appointment.objects.get().customer_name == "Gil"
    assert page.context.cookies() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if scripts else True


@pytest.mark.parametrize("size", ["narrow", "desk"])
def test_the_small_task_is_solved_within_the_frame(
    browse, live_server, settings, massage, site, size
):
    settings.CHALLENGE = "on"
    elsewhere = site(SCRIPT.format(url=live_server.url, slug=massage.provider.slug))
    people.change_provider(massage.provider, embed_sites=[elsewhere])
    page = browse(size)
    told = []
    page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    page.goto(elsewhere)
    frame = page.frame_locator("iframe")
    frame.locator(".slot").first.click()
    frame.get_by_role("link", name="Book").click()
    frame.get_by_label("Name").fill("Gil")
    frame.get_by_label("E-mail").fill("gil@example.org")
    assert frame.locator("html").evaluate("e => e.scrollWidth <= innerWidth")
    frame.get_by_role("button", name="Book").click()
    expect(frame.get_by_role("heading", name="Your request is on its way")).to_be_visible()
    assert Appointment.objects.get().customer_name == "Gil"
    assert page.context.cookies() == []
    # In a frame of somebody else's page the browser lets nothing take the focus by itself.
    assert [each for each in told if not each.startswith("Blocked autofocusing")] == []


def test_without_scripts_digits_come_within_the_frame(browse, live_server, settings, massage, site):
    settings.CHALLENGE = "on"
    elsewhere = site(FRAME.format(url=live_server.url, slug=massage.provider.slug))
    people.change_provider(massage.provider, embed_sites=[elsewhere])
    page = browse("phone", scripts=False)
    page.goto(elsewhere)
    frame = page.frame_locator("iframe")
    frame.locator(".slot").first.click()
    frame.get_by_role("link", name="Book").click()
    frame.get_by_label("Name").fill("Gil")
    frame.get_by_label("E-mail").fill("gil@example.org")
    frame.get_by_role("button", name="Book").click()
    code = frame.get_by_label("The six digits")
    expect(code).to_be_visible()
    code.fill(codes.digits(AddressCode.objects.get()))
    frame.get_by_role("button", name="Book").click()
    expect(frame.get_by_role("heading", name="Your request is on its way")).to_be_visible()
    assert Appointment.objects.get().customer_name == "Gil"


def test_a_site_that_was_not_named_shows_an_empty_frame(browse, live_server, massage, site):
    page = browse("desk")
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(site(FRAME.format(url=live_server.url, slug=massage.provider.slug)))
    page.wait_for_load_state("networkidle")
    assert page.frame_locator("iframe").locator(".slot").count() == 0
    assert any("frame-ancestors" in each for each in refused)
