"""What a page is looked at for: faults of access, and scrolling sideways."""

from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from openslot.appointments.free import slots
from openslot.catalog.models import Service

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 4
WIDER = """() => [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .filter((each) => !each.closest("[data-scrolls], .visually-hidden, .tabs, dialog:not([open])"))
    .map((each) => each.outerHTML.slice(0, 160)).slice(0, 4)"""
SIDEWAYS = "() => document.documentElement.scrollWidth > innerWidth"
SERIOUS = {"serious", "critical"}


def violations(page, *, whole=False):
    """What is serious or worse; `whole`: whatever there is."""
    found = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["html"][:120] for node in each["nodes"]][:3])
        for each in found
        if whole or each["impact"] in SERIOUS
    ]


def earliest(service):
    offer = Service.objects.select_related("provider").get(pk=service.pk)
    return slots.earliest([offer], limit=1, now=timezone.now())[0].slot.start


def sideways(page, addresses):
    wrong = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == (404 if address == "/nothing/" else 200), address
        if page.evaluate(SIDEWAYS):
            wrong[address] = page.evaluate(WIDER)
    return wrong
