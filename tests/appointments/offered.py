"""What is offered, as the reader's clock shows it, and what takes time away."""

from datetime import date
from zoneinfo import ZoneInfo

from openslot.accounts.models import Provider
from openslot.appointments.free import placing, slots
from openslot.availability.models import TimeOff, TimeOffSpan
from openslot.catalog.models import Service
from tests.town import NOW

MONDAY = date(2030, 4, 1)
BERLIN = ZoneInfo("Europe/Berlin")


def starts(service, day=MONDAY, *, last=None, zone=BERLIN, now=NOW):
    """The starts of the days, as the reader's clock shows them."""
    service = Service.objects.select_related("provider").get(pk=service.pk)
    days = slots.slots(service, first=day, last=last or day, zone=zone, now=now)
    return [f"{slot.start.astimezone(zone):%H:%M}" for _, found in days for slot in found]


def change(provider, **rules):
    Provider.objects.filter(pk=provider.pk).update(**rules)
    provider.refresh_from_db()


def away(provider, start, end):
    time_off = TimeOff.objects.create(provider=provider, start=start, end=end)
    TimeOffSpan.objects.create(time_off=time_off, provider=provider, start=start, end=end)


def check(service, start, *, now=NOW, instead_of=None):
    service = Service.objects.select_related("provider").get(pk=service.pk)
    refusal = refused(service, start, now=now, instead_of=instead_of)
    if refusal is not None:
        raise refusal


def refused(service, start, *, now, instead_of=None):
    """What a customer who wants this start is told, `instead_of` one whose time is free then."""
    place = placing.place_for(service, start)
    if instead_of is not None:
        place = placing.place_of(instead_of, start)
    [prospect] = placing.prospects([place], now=now, ignoring=[instead_of.pk] if instead_of else [])
    return prospect.refusal()
