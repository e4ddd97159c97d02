"""No page scrolls sideways on the narrowest phone, whatever people are called."""

from datetime import timedelta

import pytest
from django.utils import timezone

from openslot.accounts.models import Provider, User
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import cancelling, time_off
from openslot.appointments.free import slots
from openslot.appointments.guests import links
from openslot.appointments.models import Appointment
from openslot.catalog.models import Category, Service
from tests import town
from tests.e2e.sweeping import LONG, sideways
from tests.webhooks.logged import hooked
from tests.working import work

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def long(ada, bob, massage):
    """Everybody and everything is called by 192 letters without a space."""
    User.objects.update(first_name=LONG, last_name=LONG)
    Provider.objects.filter(pk=ada.provider.pk).update(
        name=LONG, name_folded=LONG.lower(), headline=LONG, bio=LONG, location_text=LONG
    )
    category = Category.objects.create(slug="long", name=LONG[:80])
    Service.objects.update(name=LONG, description=LONG, location_text=LONG, category=category)
    massage.refresh_from_db()
    return massage


def free(service, number=0):
    offer = Service.objects.select_related("provider").get(pk=service.pk)
    day = timezone.localdate() + timedelta(days=1)
    found = slots.slots(offer, first=day, last=day, zone=offer.provider.zone, now=timezone.now())
    return found[0][1][number].start


def test_no_page_of_a_guest(browse, long, ada):
    """Before the booking, and behind the link; the name has no space either."""
    ask = f"/p/ada/{long.pk}/book/?at={free(long):%Y-%m-%dT%H:%M:%SZ}"
    gil = Guest("gil@example.org", LONG)
    rule = "FREQ=WEEKLY;COUNT=3"
    weekly = town.book_series(long.pk, by=gil, start=free(long, 2), recurrence=rule)
    visit = weekly.occurrences.with_people().by_start()[0]
    link = f"/guest/{links.token(visit)}/"
    page = browse("narrow")
    assert sideways(page, [ask, "/guest/", link, f"{link}cancel/", f"{link}reschedule/"]) == {}


def test_no_page_of_a_visitor_or_customer(browse, sign_in, long, ada, bob):
    visit = town.booked(long, bob, free(long), notes=LONG)
    over = town.booked(long, bob, free(long, 4))
    cancelling.cancel(over.pk, by=ada, reason=LONG)
    weekly = town.book_series(
        long.pk, by=bob, start=free(long, 8), recurrence="FREQ=WEEKLY;COUNT=3"
    )
    work()
    chosen = f"{free(long):%Y-%m-%dT%H:%M:%SZ}"
    page = browse("narrow")
    public = [
        *(
            "/",
            "/find/",
            "/find/?category=long",
            "/p/ada/",
            "/p/ada/report/",
            f"/p/ada/?service={long.pk}",
        ),
        *(f"/p/ada/?service={long.pk}&at={chosen}", f"/p/ada/{long.pk}/book/?at={chosen}"),
        *("/embed/ada/", f"/embed/ada/?service={long.pk}&at={chosen}"),
        f"/p/ada/?service={long.pk}&at={chosen}&view=week",
        f"/embed/ada/{long.pk}/book/?at={chosen}",
        *("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing/"),
    ]
    assert sideways(page, public) == {}
    sign_in(page, bob)
    mine, whole = f"/appointments/{visit.pk}/", f"/series/{weekly.pk}/"
    own = [
        *("/", "/appointments/", "/appointments/?show=past", "/appointments/?show=pending"),
        *("/appointments/?show=series", "/appointments/?show=off"),
        *(mine, f"{mine}cancel/", f"{mine}reschedule/", f"/appointments/{over.pk}/", whole),
        *(f"{whole}extend/", "/notifications/", "/me/", "/me/notifications/", "/me/feed/show/"),
        *("/me/erase/", "/accounts/email/", "/accounts/sessions/"),
        *("/accounts/password/change/", "/accounts/2fa/", "/provider/new/"),
        *(public[3:7]),
    ]
    assert sideways(page, own) == {}


def test_no_page_of_a_provider(browse, sign_in, long, ada, bob):
    visit = town.booked(long, bob, free(long), notes=LONG)
    done = town.booked(long, bob, free(long, 4))
    cancelling.cancel(done.pk, by=ada, reason=LONG)
    Appointment.objects.filter(pk=visit.pk).update(clock_start=visit.end)  # new rules of the zone
    start = timezone.now() + timedelta(days=2)
    time_off.take(ada.provider, by=ada, start=start, end=start + timedelta(hours=9), reason=LONG)
    work()
    page = browse("narrow")
    sign_in(page, ada)
    mine, sold = f"/appointments/{visit.pk}/", f"/provider/services/{long.pk}/"
    desk = [
        *("/provider/words/", "/provider/words/confirmed/"),
        *("/provider/webhooks/", "/provider/webhooks/new/", hooked(ada, LONG)),
        *("/", "/provider/agenda/", "/provider/agenda/?on=2030-01-01", "/provider/requests/"),
        "/provider/clocks/",
        *("/provider/customers/", f"/provider/customers/{visit.customer_id}/", "/notifications/"),
        *("/provider/services/", "/provider/services/new/", sold, "/provider/hours/"),
        *("/provider/time-off/", "/provider/time-off/take/", "/provider/profile/"),
        "/provider/rules/",
        *("/provider/days-off/?country=DE&region=BE", "/provider/site/"),
        *("/provider/book/", "/provider/analytics/", "/me/", mine, f"{mine}decline/"),
        *(f"{mine}propose/", f"{mine}reschedule/", f"/appointments/{done.pk}/"),
        *(f"{mine}cancel/", "/appointments/", "/appointments/?show=past"),
        *("/appointments/?show=pending", "/p/ada/"),
    ]
    assert sideways(page, desk) == {}
