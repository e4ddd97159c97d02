"""The journeys of guest, customer and provider in German: no English word is left on their way."""

import re

import pytest
from playwright.sync_api import expect

from openslot.accounts.models import User
from openslot.appointments.models import Appointment, Status
from openslot.catalog.models import Service
from tests import town
from tests.e2e.sweeping import SIDEWAYS, WIDER, earliest, violations

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]

READ = """() => [
    document.title, document.body.innerText,
    ...[...document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")].flatMap(
        (each) => ["aria-label", "title", "placeholder", "alt"].map((name) => each.getAttribute(name) ?? "")),
    ...[...document.querySelectorAll("option, .visually-hidden")].map((each) => each.textContent),
].join(" · ")"""
# Words of the interface, and the small ones that no English sentence does without.
ENGLISH = re.compile(
    r"\b(?:the|and|you|your|with|from|until|this|that|are|not|have|of|by|for|when|what|"
    r"appointments?|bookings?|booked|book|sign|save|cancel\w*|move|moved|accept\w*|decline\w*|"
    r"requests?|requested|confirmed|completed|expired|pending|services?|hours?|minutes?|days?|"
    r"weeks?|months?|customers?|providers?|calendar|search|find|time|times|free|price|back|next|"
    r"previous|notes|reason|place|password|address|notifications?|settings|today|tomorrow|"
    r"yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|"
    r"may|june|july|october|december|required|optional|please|choose|change|remove|show|add)\b",
    re.IGNORECASE,
)
# What people and things are called in the tests' town, and zones as computers name them.
NAMES = re.compile(
    r"[A-Z][^·\n,]*(?:, [A-Z][^·\n,]*)?, UTC\b|Isle of Man|<script async|data-provider|Ada's practice|Massage|Bob Test|Gil Gil|\S+@\S+|[A-Z]\w+/[A-Z]\w+|https?:\S+"
)


def english(page):
    """Each English word with what stands around it."""
    said = NAMES.sub("", page.evaluate(READ))
    found = ENGLISH.finditer(said)
    return sorted({" ".join(said[max(0, m.start() - 20) : m.end() + 20].split()) for m in found})


@pytest.fixture
def german(browse):
    """A page of a browser that asks for German."""
    return lambda size="desk", **how: browse(size, language="de-DE", **how)


@pytest.fixture
def speaking(db):
    """Whoever is named has German in the profile."""

    def say(*people):
        User.objects.filter(pk__in=[each.pk for each in people]).update(language="de")

    return say


def seen(page, *addresses):
    """The English of each page."""
    found = {}
    for address in addresses:
        page.goto(address)
        if left := english(page):
            found[address] = left
    return found


def button(page, name):
    return page.locator("main").get_by_role("button", name=name).first


def test_a_guest_books_moves_and_cancels(german, massage):
    page = german("phone")
    assert seen(page, "/", "/find/", "/p/ada/", "/nothing/") == {}
    page.goto("/p/ada/")
    page.locator(".slot").first.click()
    page.locator(".booking-bar .btn").click()
    assert english(page) == []
    page.get_by_label("Name").fill("Gil Gil")
    page.get_by_label("E-Mail").fill("gil@example.org")
    button(page, "buchen").click()
    expect(page.locator(".status").first).to_contain_text("Anfrage")
    here = page.url
    assert seen(page, here, f"{here}cancel/", f"{here}reschedule/", f"{here}account/") == {}


def test_a_customer_books_moves_and_cancels(german, sign_in, speaking, massage, bob):
    speaking(bob)
    page = german()
    sign_in(page, bob)
    page.goto("/p/ada/")
    page.locator(".slot").first.click()
    page.locator(".booking-bar .btn").click()
    assert english(page) == []
    button(page, "buchen").click()
    expect(page.locator("#history")).to_be_visible()
    made = Appointment.objects.get()
    mine = f"/appointments/{made.pk}/"
    assert seen(page, mine, f"{mine}reschedule/", "/", "/appointments/", "/me/") == {}
    page.goto(f"{mine}reschedule/")
    page.locator(".slot").last.click()
    page.locator(".booking-bar .btn").click()
    expect(page.locator("#history")).to_be_visible()
    assert english(page) == []
    page.goto(f"{mine}cancel/")
    button(page, "absagen").click()
    expect(page.locator(".status").first).to_contain_text("Abgesagt")
    assert english(page) == []
    assert Appointment.objects.get().status == Status.CANCELLED


def test_a_provider_accepts_and_makes_a_service(german, sign_in, speaking, massage, ada, bob):
    town.booked(massage, bob, earliest(massage))
    speaking(ada)
    page = german()
    sign_in(page, ada)
    assert seen(page, "/", "/provider/requests/", "/provider/agenda/", "/provider/hours/") == {}
    page.goto("/provider/requests/")
    button(page, "Annehmen").click()
    expect(page.locator("article .status").first).to_contain_text("Bestätigt")
    assert english(page) == []
    page.goto("/provider/services/new/")
    assert english(page) == []
    page.fill("input[name=name]", "Massage")
    page.fill("input[name=duration_minutes]", "45")
    page.fill("input[name=price]", "60")
    button(page, "Angebot hinzufügen").click()
    page.wait_for_url("**/provider/services/")
    assert english(page) == []
    assert Service.objects.count() == 2


DESK = (
    *(
        "/provider/appointments/",
        "/provider/customers/",
        "/provider/analytics/",
        "/provider/services/",
    ),
    *("/provider/time-off/", "/provider/time-off/take/", "/provider/profile/", "/provider/site/"),
    *("/provider/days-off/", "/provider/book/", "/provider/webhooks/", "/provider/webhooks/new/"),
    *("/provider/planner/", "/provider/agenda/?view=week", "/provider/why/"),
)
ACCOUNT = (
    *("/me/", "/me/notifications/", "/notifications/", "/me/erase/", "/accounts/email/"),
    *("/accounts/sessions/", "/accounts/password/change/", "/appointments/?show=series"),
    *("/appointments/?show=past", "/appointments/?show=pending", "/appointments/?show=off"),
)
PUBLIC = ("/", "/find/", "/p/ada/", "/guest/", "/embed/ada/", "/nothing/")
ENTRANCE = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")


# Where access depends on words: forms, lists, a calendar, dialogues.
TRIED = {"/p/ada/", "/accounts/signup/", "/provider/profile/", "/me/"}


def test_every_page_is_german_and_fits_a_narrow_phone(german, sign_in, speaking, ada, bob, massage):
    """German words are long; what is not seen is said in German, too."""
    visit = town.booked(massage, bob, earliest(massage))
    speaking(ada)
    page = german("narrow")
    at = f"?at={earliest(massage):%Y-%m-%dT%H:%M:%SZ}"
    wrong = faults(page, *PUBLIC, *ENTRANCE, f"/p/ada/{massage.pk}/book/{at}", f"/p/ada/{at}")
    sign_in(page, ada)
    mine = f"/appointments/{visit.pk}/"
    its = [f"{mine}{act}" for act in ("", "decline/", "propose/", "reschedule/", "cancel/")]
    assert wrong | faults(page, *DESK, *ACCOUNT, *its) == {}


def faults(page, *addresses):
    """What is wrong with each page: English words, scrolling sideways, faults of access."""
    wrong = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == (404 if address == "/nothing/" else 200), address
        found = english(page)
        found += page.evaluate(WIDER) if page.evaluate(SIDEWAYS) else []
        found += violations(page) if address in TRIED else []
        if found:
            wrong[address] = found
    return wrong
