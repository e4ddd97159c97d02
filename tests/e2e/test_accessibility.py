import pytest

from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import cancelling
from openslot.appointments.guests import links
from openslot.appointments.models import Appointment
from tests import town
from tests.e2e.sweeping import earliest, violations
from tests.webhooks.logged import hooked

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]


# Both widths with both themes: `make pages`.
@pytest.mark.parametrize(("size", "theme"), [("phone", "light"), ("desk", "dark")])
def test_no_page_has_a_serious_fault(browse, sign_in, massage, bob, size, theme):
    page = browse(size, theme=theme)
    chosen = f"/p/ada/?at={earliest(massage):%Y-%m-%dT%H:%M:%SZ}"
    for address in (
        "/",
        "/find/",
        "/p/ada/",
        "/p/ada/report/",
        chosen,
        f"{chosen}&view=week",
        "/accounts/signup/",
        "/accounts/login/",
    ):
        page.goto(address)
        assert not violations(page), address
    ask = f"/p/ada/{massage.pk}/book/?at={earliest(massage):%Y-%m-%dT%H:%M:%SZ}"
    called = town.book(massage.pk, by=Guest("gil@example.org", "Gil"), start=earliest(massage))
    link = f"/guest/{links.token(called)}/"
    for address in (ask, "/guest/", link, f"{link}cancel/", f"{link}reschedule/", "/guest/no/"):
        page.goto(address)
        assert not violations(page), address
    page.goto(f"{link}account/")
    assert not violations(page)
    cancelling.cancel(called.pk, by=called.customer)
    town.service(massage.provider, name="Advice")
    made = town.book(massage.pk, by=bob, start=earliest(massage))
    sign_in(page, bob)
    mine = f"/appointments/{made.pk}/"
    for address in (
        *("/", "/p/ada/", "/appointments/", mine, f"{mine}cancel/", f"{mine}reschedule/"),
        *(f"/p/ada/{massage.pk}/book/?at={earliest(massage):%Y-%m-%dT%H:%M:%SZ}", "/me/"),
        *("/appointments/?show=series", "/appointments/?show=pending", "/appointments/?show=off"),
        *("/me/erase/", "/provider/new/", "/nothing/", "/me/notifications/"),
    ):
        page.goto(address)
        assert not violations(page), address


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_to_share_or_to_take_days_off_has_a_fault(browse, sign_in, massage, ada, theme):
    page = browse("phone", theme=theme)
    at = f"{earliest(massage):%Y-%m-%dT%H:%M:%SZ}"
    called = town.book(massage.pk, by=Guest("gil@example.org", "Gil"), start=earliest(massage))
    frames = ["/embed/ada/", f"/embed/ada/?at={at}", f"/embed/ada/{massage.pk}/book/?at={at}"]
    for address in (*frames, f"/embed/booked/{links.token(called)}/"):
        page.goto(address)
        assert not violations(page, whole=True), address
    sign_in(page, ada)
    made = hooked(ada)
    for address in ("/provider/words/", "/provider/words/moved/"):
        page.goto(address)
        assert not violations(page, whole=True), address
    for address in ("/provider/webhooks/", "/provider/webhooks/new/", made):
        page.goto(address)
        assert not violations(page, whole=True), address
    Appointment.objects.filter(pk=called.pk).update(clock_start=called.end)
    days_off = "/provider/days-off/?country=DE&region=BE"
    for address in ("/provider/site/", "/provider/clocks/", days_off):
        page.goto(address)
        assert not violations(page, whole=True), address
