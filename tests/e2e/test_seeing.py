"""Larger text, more room between letters, small targets, what covers the focus: WCAG 2.2, measured."""

import pytest

from tests import town
from tests.e2e.sweeping import SIDEWAYS
from tests.town import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VISITOR = (
    "/",
    "/find/",
    "/p/ada/?day=2030-04-02",
    "/accounts/login/",
    "/accounts/signup/",
    "/guest/",
)
CUSTOMER = ("/", "/appointments/", "/notifications/", "/me/", "/me/notifications/")
DESK = (
    "/",
    "/provider/agenda/?on=2030-04-02",
    "/provider/hours/",
    "/provider/services/",
    "/provider/profile/",
)

# The times beside a month: larger text alone makes them wider, the zoom of the browser does not.
LARGER = "() => { document.documentElement.style.fontSize = '200%' }"
WIDE = (LARGER, "/p/ada/?day=2030-04-02")
SPACED = """() => { for (const each of document.querySelectorAll("body *")) {
    const size = parseFloat(getComputedStyle(each).fontSize);
    Object.assign(each.style, { lineHeight: "1.5", letterSpacing: `${size * 0.12}px`,
        wordSpacing: `${size * 0.16}px` }); } }"""
# Smaller than 24 by 24 and no part of a sentence, with another target's circle of 24 on its own (2.5.8).
SMALL = """() => { const found = [...document.querySelectorAll(
        "a[href], button, summary, select, input:not([type=hidden])")].filter((e) => e.checkVisibility()
        && !e.closest(".visually-hidden, .skip-link") && e.getBoundingClientRect().width);
    const centre = (e) => { const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] };
    const whole = (e) => e.matches("input[type=checkbox], input[type=radio]") && e.labels[0] ? e.labels[0] : e;
    return found.filter((e) => { const b = whole(e).getBoundingClientRect(); return b.width < 24 || b.height < 24 })
        .filter((e) => getComputedStyle(e).display !== "inline")
        .filter((e) => found.some((o) => { if (o === e) return false; const [x, y] = centre(e), [u, v] = centre(o);
            return Math.hypot(x - u, y - v) < 24 }))
        .map((e) => e.outerHTML.slice(0, 120)) }"""
COVERED = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
    const b = e.getBoundingClientRect(); const spots = [[.5, .5], [.05, .5], [.95, .5], [.5, .1], [.5, .9]];
    const seen = spots.some(([u, v]) => { const met = document.elementFromPoint(b.x + b.width * u, b.y + b.height * v);
        return met && (met === e || e.contains(met) || met.contains(e) || [...(e.labels ?? [])].some((l) => l.contains(met))) });
    return seen ? "" : e.outerHTML.slice(0, 120) }"""


@pytest.fixture
def everybody(browse, sign_in, massage, ada, bob):
    """`everybody(size)`: each page that is looked at, open, by its address."""
    town.booked(massage, bob, at(8, day=1))

    def pages(size):
        for user, addresses in ((None, VISITOR), (bob, CUSTOMER), (ada, DESK)):
            page = browse(size)
            if user is not None:
                sign_in(page, user)
            for address in addresses:
                assert page.goto(address).status == 200
                yield address, page

    return pages


@pytest.mark.parametrize("change", [LARGER, SPACED], ids=["twice the size", "more room"])
def test_text_of_another_size_and_spacing_scrolls_no_page_sideways(everybody, change):
    wrong = []
    for address, page in everybody("desk"):
        page.evaluate(change)
        if page.evaluate(SIDEWAYS) and (change, address) != WIDE:
            wrong.append(address)
    assert wrong == []


def test_targets_are_large_enough_or_stand_apart(everybody):
    wrong = {address: page.evaluate(SMALL) for address, page in everybody("phone")}
    assert {address: small for address, small in wrong.items() if small} == {}


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_nothing_covers_what_has_the_focus(everybody, size):
    wrong = {}
    for address, page in everybody(size):
        for _ in range(25):
            page.keyboard.press("Tab")
            covered = page.evaluate(COVERED)
            if covered is None:
                break
            if covered:
                wrong.setdefault(address, []).append(covered)
    assert wrong == {}
