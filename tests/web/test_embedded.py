"""A provider's booking in a frame of their own site: without cookies, for the sites they named."""

from __future__ import annotations

import io
import re

import pytest
import segno
from django.core import mail
from django.test import Client

from openslot.accounts import people
from openslot.accounts.models import Guests
from openslot.appointments.models import Appointment
from openslot.kernel.errors import Invalid
from tests import town, working
from tests.web.pages import TEN

pytestmark = pytest.mark.django_db

SITE = "https://ada.example"
GIL = {"name": "Gil Guest", "email": "gil@example.org"}


@pytest.fixture
def ada_on_her_site(ada):
    return people.change_provider(ada.provider, embed_sites=[SITE])


@pytest.fixture
def frame():
    """A browser that checks for forgery, and whose frames have no cookies."""
    return Client(enforce_csrf_checks=True)


def times(service):
    return f"/embed/{service.provider.slug}/?service={service.pk}"


def form(service):
    return f"/embed/{service.provider.slug}/{service.pk}/book/"


def ancestors(answer):
    return re.search(r"frame-ancestors ([^;]*)", answer.headers["Content-Security-Policy"])[1]


def said(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_from_the_services_to_booked_without_a_cookie(frame, massage, ada_on_her_site):
    chosen = frame.get(f"{times(massage)}&at={TEN}")
    here = re.search(rf'href="({form(massage)}[^"]*)"', said(chosen))[1].replace("&amp;", "&")
    drawn = frame.get(here)
    answer = frame.post(form(massage), {"at": TEN} | GIL)
    made = Appointment.objects.get()
    told = frame.get(answer.url)
    assert (made.customer_name, made.start) == ("Gil Guest", town.at(8))
    assert "Your request is on its way" in said(told)
    assert not frame.cookies
    for each in (chosen, drawn, answer, told):
        assert ancestors(each) == f"'self' {SITE}"
        assert "X-Frame-Options" not in each.headers
    working.work()
    assert ["Gil Guest <gil@example.org>"] in [each.to for each in mail.outbox]


def test_nobody_else_frames_it_and_nothing_else_is_framed(frame, massage, ada_on_her_site, haircut):
    assert ancestors(frame.get(times(haircut))) == "'self'"
    ours = frame.get(f"/p/{massage.provider.slug}/")
    assert ancestors(ours) == "'none'"
    assert ours.headers["X-Frame-Options"] == "DENY"


def test_who_is_signed_in_is_nobody_there(massage, ada_on_her_site, signed_in, bob):
    browser = signed_in(bob)
    drawn = browser.get(f"{form(massage)}?at={TEN}")
    assert "Bob" not in said(drawn)
    assert 'target="_blank"' in said(drawn)
    browser.post(form(massage), {"at": TEN} | GIL)
    assert Appointment.objects.get().customer.user is None


def test_a_form_sent_twice_books_once(frame, massage, ada_on_her_site):
    sent = {"at": TEN, "once": "a key"} | GIL
    first, second = (frame.post(form(massage), sent) for _ in range(2))
    assert first.url == second.url
    assert Appointment.objects.count() == 1


def test_what_is_wrong_is_said_in_the_frame(frame, massage, ada_on_her_site):
    answer = frame.post(form(massage), {"at": TEN, "name": "Gil", "email": "gil"})
    assert answer.status_code == 422
    assert "Gil" in said(answer)
    assert "<nav" not in said(answer)
    assert not Appointment.objects.exists()


def test_digits_are_typed_in_the_frame(frame, massage, ada_on_her_site, settings):
    settings.GUEST_VERIFICATION = "code"
    asked = frame.post(form(massage), {"at": TEN} | GIL)
    assert 'name="code"' in said(asked)
    working.work()
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]
    frame.post(form(massage), {"at": TEN, "code": code} | GIL)
    assert Appointment.objects.count() == 1
    assert not frame.cookies


def test_where_only_who_signs_in_books_that_is_a_tab_of_its_own(frame, massage, ada_on_her_site):
    people.change_provider(massage.provider, guests=Guests.NONE)
    chosen = said(frame.get(f"{times(massage)}&at={TEN}"))
    assert re.search(rf'href="/p/{massage.provider.slug}/[^"]*" target="_blank"', chosen)
    assert frame.post(form(massage), {"at": TEN} | GIL).status_code == 302
    assert not Appointment.objects.exists()


def test_no_one_reads_a_booking_by_a_link_that_is_none(frame, massage, ada_on_her_site):
    assert frame.get("/embed/booked/0123.abc/").status_code == 404


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://ada.example", SITE),
        (" https://ADA.example/about?x=1 ", SITE),
        ("ada.example", SITE),
        ("https://ada.example:443", SITE),
        ("https://ada.example:8443/", "https://ada.example:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_as_its_origin(ada, told, kept):
    people.change_provider(ada.provider, embed_sites=[told, told])
    ada.provider.refresh_from_db()
    assert ada.provider.embed_sites == [kept]


@pytest.mark.parametrize(
    "told",
    [
        "*",
        "https://*.example",
        "javascript:alert(1)",
        "ftp://ada.example",
        "https://ada.example; script-src *",
        "https://a@b.example",
        "https://",
        "https://ada.example:99999",
        "https://-ada.example",
        "https://[::1",
        "data://x",
    ],
)
def test_what_is_no_site_is_refused_and_widens_no_policy(ada, told):
    with pytest.raises(Invalid) as refused:
        people.change_provider(ada.provider, embed_sites=[told])
    assert refused.value.errors.keys() == {"embed_sites"}


def test_more_than_twenty_sites_are_refused(ada):
    with pytest.raises(Invalid):
        people.change_provider(
            ada.provider, embed_sites=[f"https://a{n}.example" for n in range(21)]
        )


def test_the_code_to_print_is_the_link_to_share(ada, signed_in, settings):
    desk = signed_in(ada)
    drawn = desk.get("/provider/site/code.svg")
    link = f"{settings.BASE_URL}/p/{ada.provider.slug}/"
    wanted = io.BytesIO()
    segno.make_qr(link, error="m").save(
        wanted, kind="svg", scale=8, border=4, light="#ffffff", dark="#000000", xmldecl=False
    )
    assert drawn.content == wanted.getvalue()
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert f'value="{link}"' in said(desk.get("/provider/site/"))
    kept = desk.get("/provider/site/code.svg?download")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="ada.svg"'


def test_a_provider_names_their_sites_and_copies_what_to_put_there(ada, signed_in):
    desk = signed_in(ada)
    page = said(desk.get("/provider/site/"))
    assert f"data-provider=&quot;{ada.provider.slug}&quot;" in page
    assert f"/embed/{ada.provider.slug}/" in page
    wrong = desk.post("/provider/site/", {"embed_sites": "https://ada.example\n*"})
    assert wrong.status_code in {400, 422}
    assert "https://ada.example\n*" in wrong.content.decode().replace("\r", "")
    assert desk.post("/provider/site/", {"embed_sites": "ada.example"}).status_code == 302
    ada.provider.refresh_from_db()
    assert ada.provider.embed_sites == [SITE]
