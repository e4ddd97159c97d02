"""Booking on the page without an account, and becoming one afterwards with a password."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from openslot.accounts.models import AddressCode, Customer, User
from openslot.accounts.signing import codes
from openslot.appointments.models import Appointment
from tests import town, working
from tests.web.pages import TEN, address

pytestmark = pytest.mark.django_db

GIL = {"name": "Gil Guest", "email": "gil@example.org"}


def book(client, service, at=TEN, **fields):
    return client.post(f"/p/{service.provider.slug}/{service.pk}/book/", {"at": at} | GIL | fields)


def said(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def with_digits(settings):
    settings.GUEST_VERIFICATION = "code"


def test_a_name_and_an_address_book(client, massage):
    page = said(client.get(address(massage)))
    assert 'name="name"' in page
    assert 'name="phone"' not in page
    answer = book(client, massage, notes="Left shoulder")
    made = Appointment.objects.get()
    assert (made.customer_name, made.notes, made.status) == (
        "Gil Guest",
        "Left shoulder",
        "pending",
    )
    shown = client.get(answer.url)
    assert answer.url.startswith(f"/guest/{made.pk.hex}.")
    assert "Request sent. A mail with the link to this page is on its way" in said(shown)


def test_one_name_is_enough(client, massage):
    book(client, massage, name="Gil")
    assert (Customer.objects.get().first_name, Customer.objects.get().last_name) == ("Gil", "")


def test_an_appointment_by_phone_asks_for_the_number(client, massage):
    massage.provider.location_kind = "phone"
    massage.provider.save()
    assert 'name="phone"' in said(client.get(address(massage)))
    assert book(client, massage).status_code == 422
    book(client, massage, phone="030 901820")
    assert Customer.objects.get().phone == "030 901820"


@pytest.mark.parametrize("wrong", [{"name": ""}, {"email": "gil"}, {"email": ""}])
def test_what_is_missing_is_said_beside_its_field(client, massage, wrong):
    answer = book(client, massage, **wrong)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == wrong.keys()
    assert not Appointment.objects.exists()


def test_a_double_click_books_once(client, massage):
    first, second = (book(client, massage, once="a key") for _ in range(2))
    assert first.url == second.url
    assert Appointment.objects.count() == 1


def test_a_time_just_taken_offers_the_next_ones(client, massage, carol):
    town.booked(massage, carol, town.at(8))
    answer = book(client, massage)
    assert answer.status_code == 409
    assert "The next free ones" in said(answer)


def test_a_provider_without_guests_has_people_sign_in(client, massage, ada):
    ada.provider.guests = "none"
    ada.provider.save()
    assert 'name="email"' not in said(client.get(address(massage)))
    assert book(client, massage).url.startswith("/accounts/login/?next=/p/ada/")


def test_the_digits_are_typed_on_the_same_page(client, massage, with_digits):
    asked = book(client, massage)
    assert (asked.status_code, 'name="code"' in said(asked)) == (200, True)
    assert 'value="Gil Guest"' in said(asked)
    assert not Appointment.objects.exists()
    right = codes.digits(AddressCode.objects.get())
    wrong = book(client, massage, code=f"{(int(right) + 1) % 10**6:06}")
    assert (wrong.status_code, wrong.context["form"].errors.keys()) == (422, {"code"})
    assert AddressCode.objects.get().tries == 1
    assert book(client, massage, code=right).status_code == 302
    assert Appointment.objects.count() == 1


def test_an_empty_field_for_digits_mails_no_others(client, massage, with_digits):
    book(client, massage)
    before = AddressCode.objects.get().nonce
    assert book(client, massage, code="").status_code == 422
    assert AddressCode.objects.get().nonce == before
    assert book(client, massage, code="", again="1").status_code == 200
    assert AddressCode.objects.get().nonce != before


def test_digits_of_an_account_book_into_it(client, massage, bob, with_digits):
    book(client, massage, email=bob.email)
    answer = book(client, massage, email=bob.email, code=codes.digits(AddressCode.objects.get()))
    assert Appointment.objects.get().customer.user == bob
    page = said(client.get(answer.url))
    assert "Bob Test" in page
    assert "Keep all your appointments" not in page


def several(client, service, method="get", **fields):
    path = f"/p/{service.provider.slug}/{service.pk}/book/several/"
    asked = {"at": "2030-04-02T08:00:00Z", "repeat": "weekly", "times": "3"} | fields
    return getattr(client, method)(path, asked)


def test_a_series_is_shown_and_booked_without_an_account(client, massage):
    assert "See the dates" in said(client.get(address(massage)))
    shown = several(client, massage)
    assert "Book 3 appointments" in said(shown)
    assert not Customer.objects.exists()
    answer = several(client, massage, "post", **GIL, notes="Left shoulder")
    made = list(Appointment.objects.by_start())
    assert [(each.customer_name, each.notes) for each in made] == [
        ("Gil Guest", "Left shoulder")
    ] * 3
    page = said(client.get(answer.url))
    assert "1 of 3 in a series" in page
    assert page.count("/guest/" + made[2].pk.hex) == 1


def test_a_course_is_booked_without_an_account(client, massage):
    town.following(massage, "Treatment", 1, 7)
    assert "The whole course" in said(client.get(address(massage)))
    course = {"repeat": "", "course": "on"}
    assert "Treatment" in said(several(client, massage, **course))
    assert several(client, massage, "post", **course, **GIL).status_code == 302
    assert Appointment.objects.count() == 2


def test_a_series_wants_the_digits_too(client, massage, with_digits):
    asked = several(client, massage, "post", **GIL)
    assert (asked.status_code, 'name="code"' in said(asked)) == (200, True)
    assert not Appointment.objects.exists()
    several(client, massage, "post", **GIL, code=codes.digits(AddressCode.objects.get()))
    assert Appointment.objects.count() == 3


def test_a_series_with_a_clash_is_told_above_and_asked_again(client, massage, carol):
    town.booked(massage, carol, town.at(8, day=8))
    answer = several(client, massage, "post", clashes="fail", **GIL)
    assert answer.status_code == 409
    assert not Appointment.objects.filter(customer__email=GIL["email"]).exists()
    assert several(client, massage, "post", clashes="skip", **GIL | {"name": ""}).status_code == 422


# Afterwards ------------------------------------------------------------------------------------


def keep(client, page):
    """From the page behind a link to the page that asks for a password."""
    assert "Keep all your appointments in one place" in said(client.get(page))
    away = client.get(f"{page}account/")
    assert away.url == "/guest/account/"
    assert away.headers["Referrer-Policy"] == "no-referrer"
    return away.url


def test_a_password_makes_an_account_of_a_guest(client, massage):
    page = keep(client, book(client, massage).url)
    assert "gil@example.org" in said(client.get(page))
    answer = client.post(page, {"password": town.PASSWORD})
    gil = User.objects.get(email="gil@example.org")
    assert (answer.url, gil.get_full_name()) == ("/appointments/", "Gil Guest")
    assert not EmailAddress.objects.get(user=gil).verified
    assert not Appointment.objects.visible_to(gil).exists()  # until the address is verified
    assert client.get("/appointments/").status_code == 200


def test_who_has_typed_the_digits_has_all_of_it_at_once(client, massage, with_digits):
    book(client, massage)
    page = keep(client, book(client, massage, code=codes.digits(AddressCode.objects.get())).url)
    client.post(page, {"password": town.PASSWORD})
    gil = User.objects.get(email="gil@example.org")
    assert EmailAddress.objects.get(user=gil).verified
    assert Appointment.objects.visible_to(gil).count() == 1
    assert "Massage" in said(client.get("/appointments/"))


def test_digits_of_one_address_verify_no_other(client, massage, with_digits, settings):
    book(client, massage)
    book(client, massage, code=codes.digits(AddressCode.objects.get()))
    settings.GUEST_VERIFICATION = "none"
    other = book(client, massage, "2030-04-01T09:00:00Z", email="hal@example.org")
    client.post(keep(client, other.url), {"password": town.PASSWORD})
    assert not EmailAddress.objects.get(email="hal@example.org").verified


def test_a_weak_password_is_said_beside_it_and_a_taken_address_above(client, massage):
    page = keep(client, book(client, massage).url)
    answer = client.post(page, {"password": "short"})
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {"password"})
    town.person("Gil", email="gil@example.org")
    assert "Sign in" in said(client.post(page, {"password": town.PASSWORD}))
    assert User.objects.filter(email="gil@example.org").count() == 1


def test_the_page_for_the_password_is_guarded_as_all_that_sign_in_are(client, massage):
    page = keep(client, book(client, massage).url)
    client.handler.enforce_csrf_checks = True
    assert client.post(page, {"password": town.PASSWORD}).status_code == 403
    assert not User.objects.filter(email="gil@example.org").exists()


def test_without_a_link_there_is_no_such_page(client):
    assert client.get("/guest/account/").status_code == 404


def test_the_mails_of_a_booking_reach_the_guest(client, massage, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    page = book(client, massage).url
    working.work()
    [letter] = [each for each in mail.outbox if "gil@example.org" in each.to[0]]
    assert page in letter.body
