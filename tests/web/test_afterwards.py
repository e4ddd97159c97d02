"""After booking: what happens now, until when it can be changed, and where to take it."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from openslot.accounts.models import Provider
from openslot.appointments.changing import answers
from openslot.appointments.guests import links
from openslot.appointments.models import Appointment
from tests import town


def said(answer):
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


@pytest.fixture
def notice(ada):
    Provider.objects.filter(pk=ada.provider.pk).update(cancellation_notice_hours=24)


def press(client, service, start):
    page = client.get(f"/p/ada/{service.pk}/book/?at={start:%Y-%m-%dT%H:%M:%SZ}")
    assert "You can move or cancel until" in said(page)
    form = {"at": f"{start:%Y-%m-%dT%H:%M:%SZ}", "notes": ""}
    return client.post(f"/p/ada/{service.pk}/book/", form, follow=True)


def test_a_request_says_until_when_it_is_answered(signed_in, bob, massage):
    page = said(press(signed_in(bob), massage, town.at(8, day=4)))
    assert "Request sent" in page
    assert "the time is kept for you until Wednesday 3 April, 08:00" in page
    assert "You can take a request back at any time" in page
    assert "Booked" not in page


def test_a_request_that_is_kept_until_its_own_start_says_so(signed_in, bob, massage):
    assert "kept for you until it would begin" in said(
        press(signed_in(bob), massage, town.at(8, day=0))
    )


def test_what_is_confirmed_at_once_says_that_nothing_is_left_to_do(signed_in, bob, ada, massage):
    Provider.objects.filter(pk=ada.provider.pk).update(confirmation="automatic")
    client = signed_in(bob)
    page = said(press(client, massage, town.at(8, day=4)))
    assert "It is confirmed, and nothing is left to do" in page
    assert "You can move or cancel it until it begins" in page
    made = Appointment.objects.get()
    assert "nothing is left to do" not in said(client.get(f"/appointments/{made.pk}/"))


@pytest.mark.parametrize("path", ["", "cancel/", "reschedule/"])
def test_the_notice_of_a_provider_is_said_before_anything_is_changed(
    signed_in, ada, bob, massage, notice, path
):
    made = town.booked(massage, bob, town.at(8, day=4))
    answers.accept(made.pk, by=ada)
    page = said(signed_in(bob).get(f"/appointments/{made.pk}/{path}"))
    assert "until Thursday 4 April, 10:00 , 24 hours before it begins" in page
    theirs = said(signed_in(ada).get(f"/appointments/{made.pk}/{path}"))
    assert "24 hours before it begins" not in theirs


def test_inside_the_notice_the_page_says_when_it_was_over(
    signed_in, ada, bob, massage, notice, time_machine
):
    made = town.booked(massage, bob, town.at(8, day=4))
    answers.accept(made.pk, by=ada)
    time_machine.move_to(town.at(7, day=4))
    page = said(signed_in(bob).get(f"/appointments/{made.pk}/"))
    assert "It could be moved or cancelled until" in page
    assert "Call Ada's practice instead" in page


def test_it_can_be_taken_along(signed_in, bob, massage):
    made = town.booked(massage, bob, town.at(8, day=4))
    page = signed_in(bob).get(f"/appointments/{made.pk}/").content.decode()
    links_ = re.findall(r'<a class="link" href="([^"]*)"[^>]*>(.*?)</a>', page)
    ways = {re.sub(r"<[^>]*>", "", name): html.unescape(href) for href, name in links_}
    outlook = parse_qs(urlsplit(ways["Outlook"]).query)
    assert outlook["startdt"] == ["2030-04-05T08:00:00Z"]
    assert outlook["subject"] == ["Massage: Ada's practice"]
    mail = parse_qs(urlsplit(ways["Share by mail"]).query)
    assert "Friday 5 April 2030, 10:00 (Europe/Berlin)" in mail["body"][0]
    assert ways["Book again"] == f"/p/ada/?service={massage.pk}"
    assert ways["Calendar file"] == f"/appointments/{made.pk}/calendar.ics"


def test_what_is_sold_no_more_is_not_booked_again(signed_in, bob, massage):
    made = town.booked(massage, bob, town.at(8, day=4))
    massage.active = False
    massage.save()
    page = signed_in(bob).get(f"/appointments/{made.pk}/").content.decode()
    assert 'href="/p/ada/">' in page
    assert f'href="/p/ada/?service={massage.pk}"' not in page


def test_a_guest_reads_the_same(client, massage):
    made = town.book(massage.pk, by=town.GUEST, start=town.at(8, day=4))
    page = client.get(f"/guest/{links.token(made)}/")
    assert "Request sent" in said(page)
    assert "outlook.live.com" in page.content.decode()


def test_a_place_without_an_address_is_said_to_whoever_reads(signed_in, ada, bob, massage):
    made = town.booked(massage, bob, town.at(8, day=4))
    page = f"/appointments/{made.pk}/"
    assert "In person, at Ada's practice" in said(signed_in(bob).get(page))
    assert "At your place" in said(signed_in(ada).get(page))
    Appointment.objects.filter(pk=made.pk).update(location_kind="customer")
    assert "At your place" in said(signed_in(bob).get(page))
    assert "At the customer's" in said(signed_in(ada).get(page))
