"""Without an account, by the API: booking, the digits, and what is behind a link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail

from openslot.accounts.models import AddressCode, Customer, User
from openslot.accounts.signing import codes
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import rescheduling
from openslot.appointments.desk import customers
from openslot.appointments.guests import correcting, links
from openslot.appointments.models import Act, Appointment
from openslot.privacy import erasure, joining
from tests import town, working
from tests.api.calling import done, problem

pytestmark = pytest.mark.django_db

GIL = {"email": "gil@example.org", "first_name": "Gil"}
WRONG = "verification_required"


@pytest.fixture
def mailed(settings):
    """Digits are asked for, and come by mail."""
    settings.GUEST_VERIFICATION = "code"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def booking(service, hour=8, *, day=1, **more):
    return {"service": str(service.pk), "start": town.at(hour, day=day).isoformat()} | more


def booked(asking, service, hour=8, *, day=1, guest=GIL, **more):
    return done(
        asking().post("appointments/", booking(service, hour, day=day, guest=guest, **more)), 201
    )


def behind(token, action=""):
    return f"guest/appointments/{token}/{action}"


def sent_digits(asking, email="gil@example.org"):
    """The digits that come by mail to whoever asks."""
    working.work()  # what waited before
    mail.outbox = []
    assert asking().post("guest/code/", {"email": email}).status_code == 202
    working.work()
    [letter] = mail.outbox
    assert letter.to == [email]
    return re.search(r"^\d{6}$", letter.body, re.MULTILINE)[0]


# Booking ---------------------------------------------------------------------------------------


def test_a_guest_books_with_a_name_and_an_address(asking, haircut, dan):
    said = booked(asking, haircut, guest=GIL | {"phone": "030 901820", "timezone": "Asia/Tokyo"})
    customer = Customer.objects.get()
    assert (said["status"], said["customer"]["name"]) == ("confirmed", "Gil")
    assert (customer.email, customer.phone, customer.timezone) == (
        "gil@example.org",
        "030 901820",
        "Asia/Tokyo",
    )
    assert said["manage_url"].endswith(f"/guest/{said['manage_token']}/")
    assert Act.objects.get().actor is None


@pytest.mark.parametrize(
    ("guest", "field"),
    [
        ({"email": "gil@example.org"}, "guest.first_name"),
        ({"first_name": "Gil"}, "guest.email"),
        (GIL | {"phone": "call me"}, "guest.phone"),
        (GIL | {"timezone": "Mars"}, "guest.timezone"),
        (GIL | {"age": 5}, "guest.age"),
        ("Gil", "guest"),
    ],
)
@pytest.mark.parametrize("address", ["appointments/", "appointments/preview/"])
def test_a_guest_who_makes_no_sense_is_told_which_field(asking, haircut, address, guest, field):
    answer = asking().post(address, booking(haircut, guest=guest))
    assert field in problem(answer, 400, "invalid")["errors"]


def test_without_a_guest_a_token_is_wanted_and_beside_a_token_no_guest(asking, haircut, bob):
    answer = asking().post("appointments/", booking(haircut))
    problem(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    answer = asking(bob).post("appointments/", booking(haircut, guest=GIL))
    assert problem(answer, 400, "invalid")["errors"].keys() == {"guest"}
    answer = asking().post("appointments/", booking(haircut, guest=GIL, customer=GIL))
    assert problem(answer, 400, "invalid")["errors"].keys() == {"customer"}


def test_a_preview_needs_no_code_and_books_nothing(asking, haircut, mailed):
    said = done(asking().post("appointments/preview/", booking(haircut, guest=GIL)))
    assert [each["free"] for each in said["occurrences"]] == [True]
    assert not Customer.objects.exists()


def test_a_preview_without_the_code_tells_nothing_of_an_address(asking, haircut, dan, mailed):
    gil = town.booked(haircut, dan, town.at(8, day=1), customer=Guest(**GIL)).customer
    customers.change(dan.provider, gil.pk, blocked=True)
    asked = booking(haircut, 9, guest=GIL)
    done(asking().post("appointments/preview/", asked))
    wrong = booking(haircut, 9, guest=GIL | {"code": "000000"})
    problem(asking().post("appointments/preview/", wrong), 400, WRONG)
    shown = booking(haircut, 9, guest=GIL | {"code": sent_digits(asking)})
    problem(asking().post("appointments/preview/", shown), 403, "not_allowed")


def test_the_rules_of_customers_bind_guests(asking, haircut, massage, ada):
    night = asking().post("appointments/", booking(haircut, 1, guest=GIL))
    problem(night, 409, "slot_unavailable")
    ada.provider.pending_limit = 1
    ada.provider.save()
    booked(asking, massage, 8)
    problem(asking().post("appointments/", booking(massage, 9, guest=GIL)), 409, "limit_reached")


def test_who_is_blocked_does_not_come_in_as_a_guest(asking, haircut, dan, bob):
    known = town.booked(haircut, bob, town.at(8, day=1)).customer
    customers.change(dan.provider, known.pk, blocked=True)
    answer = asking().post("appointments/", booking(haircut, 9, guest=GIL | {"email": bob.email}))
    problem(answer, 403, "not_allowed")
    gil = booked(asking, haircut, 10)["customer"]["id"]
    customers.change(dan.provider, gil, blocked=True)
    problem(asking().post("appointments/", booking(haircut, 11, guest=GIL)), 403, "not_allowed")


def test_a_provider_without_guests_asks_for_a_token_before_any_look_at_a_code(
    asking, haircut, dan, mailed
):
    dan.provider.guests = "none"
    dan.provider.save()
    for guest in (GIL, GIL | {"code": "000000"}):
        for address in ("appointments/", "appointments/preview/"):
            answer = asking().post(address, booking(haircut, guest=guest))
            problem(answer, 401, "not_authenticated")


def test_a_series_has_a_link_for_each_date_and_a_course_for_each_service(asking, haircut, dan):
    after = town.following(haircut, "Colour", 1, 7)
    weekly = booked(asking, haircut, recurrence="FREQ=WEEKLY;COUNT=3")
    tokens = {each["manage_token"] for each in weekly["occurrences"]}
    assert len(tokens) == 3
    assert weekly["manage_token"] in tokens
    course = booked(asking, haircut, 9, follow_ups=True)
    [follow_up] = course["follow_ups"]
    assert follow_up["service"]["id"] == str(after.pk)
    assert done(asking().get(behind(follow_up["manage_token"])))["id"] == follow_up["id"]


def test_the_same_key_and_body_of_an_address_is_answered_once(asking, haircut):
    sent, headers = booking(haircut, guest=GIL), {"idempotency-key": "a key"}
    first = done(asking().post("appointments/", sent, headers=headers), 201)
    assert done(asking().post("appointments/", sent, headers=headers), 201) == first
    other = sent | {"notes": "Another"}
    problem(asking().post("appointments/", other, headers=headers), 422, "idempotency_key_reused")
    hal = booking(haircut, 9, guest=GIL | {"email": "hal@example.org"})
    assert done(asking().post("appointments/", hal, headers=headers), 201)["id"] != first["id"]


# Digits ----------------------------------------------------------------------------------------


def test_a_booking_wants_the_digits_that_were_mailed(asking, haircut, mailed):
    for code in ({}, {"code": ""}, {"code": "000000"}):
        answer = asking().post("appointments/", booking(haircut, guest=GIL | code))
        assert problem(answer, 400, WRONG)["errors"].keys() == {"guest.code"}
    digits = {"code": sent_digits(asking)}
    booked(asking, haircut, 8, guest=GIL | digits)
    booked(asking, haircut, 9, guest=GIL | digits)


def test_a_repeat_is_answered_though_the_digits_are_old(asking, haircut, mailed, clock):
    sent = booking(haircut, guest=GIL | {"code": sent_digits(asking)})
    headers = {"idempotency-key": "a key"}
    first = done(asking().post("appointments/", sent, headers=headers), 201)
    clock.shift(timedelta(hours=1))
    assert done(asking().post("appointments/", sent, headers=headers), 201) == first


def test_digits_are_good_for_ten_minutes_and_for_their_own_address(asking, haircut, mailed, clock):
    digits = {"code": sent_digits(asking)}
    other = GIL | {"email": "hal@example.org"} | digits
    problem(asking().post("appointments/", booking(haircut, guest=other)), 400, WRONG)
    clock.shift(timedelta(minutes=10))
    problem(asking().post("appointments/", booking(haircut, guest=GIL | digits)), 400, WRONG)


def test_after_five_wrong_tries_the_right_digits_are_wrong_too(asking, haircut, mailed, settings):
    settings.RATE_LIMITS = "off"
    digits = sent_digits(asking)
    wrong = "000000" if digits != "000000" else "000001"
    for _ in range(5):
        answer = asking().post("appointments/", booking(haircut, guest=GIL | {"code": wrong}))
        problem(answer, 400, WRONG)
    answer = asking().post("appointments/", booking(haircut, guest=GIL | {"code": digits}))
    problem(answer, 400, WRONG)
    booked(asking, haircut, guest=GIL | {"code": sent_digits(asking)})


def test_a_wrong_try_counts_though_its_request_has_a_key(asking, haircut, mailed):
    digits = sent_digits(asking)
    sent = booking(haircut, guest=GIL | {"code": "x" + digits[1:]})
    asking().post("appointments/", sent, headers={"idempotency-key": "a key"})
    assert AddressCode.objects.get().tries == 1


def test_five_codes_an_hour_for_each_address(asking, mailed):
    for _ in range(5):
        sent_digits(asking)
    problem(asking().post("guest/code/", {"email": "GIL@example.org"}), 429, "throttled")
    sent_digits(asking, "hal@example.org")


def test_neither_table_nor_jobs_hold_the_digits(asking, mailed):
    digits = codes.digits(_asked(asking))
    assert digits not in str(AddressCode.objects.values().get())
    assert not AddressCode.objects.filter(nonce=digits.zfill(32)).exists()


def _asked(asking):
    asking().post("guest/code/", {"email": "gil@example.org"})
    return AddressCode.objects.get()


def test_the_mail_with_digits_has_the_links_of_what_is_to_come(asking, haircut, mailed, settings):
    settings.GUEST_VERIFICATION = "none"
    made = booked(asking, haircut)
    booked(asking, haircut, 9, guest=GIL | {"email": "hal@example.org"})
    working.work()
    sent_digits(asking)
    [letter] = mail.outbox
    assert re.findall(r"http\S+/guest/\S+", letter.body) == [made["manage_url"]]


# Accounts --------------------------------------------------------------------------------------


def test_who_shows_the_address_of_an_account_books_into_it(asking, haircut, bob, mailed):
    guest = GIL | {"email": bob.email, "code": sent_digits(asking, bob.email)}
    said = booked(asking, haircut, guest=guest)
    made = Appointment.objects.get()
    assert (made.attendee, made.customer.user, said["customer"]["name"]) == (bob, bob, "Bob Test")
    assert done(asking(bob).get(f"appointments/{made.pk}/"))["id"] == said["id"]
    assert done(asking().get(behind(said["manage_token"])))["id"] == said["id"]


def test_who_does_not_show_it_never_does(asking, haircut, dan, bob):
    own = town.booked(haircut, bob, town.at(8, day=1))
    said = booked(asking, haircut, 9, guest=GIL | {"email": bob.email})
    made = Appointment.objects.get(pk=said["id"])
    assert (made.attendee, made.customer.user) == (None, None)
    assert made.customer_id != own.customer_id
    assert said["customer"]["name"] == "Gil"
    assert Appointment.objects.visible_to(made.customer).get() == made


def test_a_guests_appointments_join_the_account_that_verifies_the_address(asking, haircut):
    said = booked(asking, haircut)
    gil = town.person("Gil", email="gil@example.org")
    joining.join(gil, email=gil.email)
    assert done(asking(gil).get(f"appointments/{said['id']}/"))["id"] == said["id"]
    problem(asking().get(behind(said["manage_token"])), 404, "not_found")


# Behind a link ---------------------------------------------------------------------------------


def test_a_link_shows_its_appointment_and_no_other(asking, haircut):
    mine, other = booked(asking, haircut), booked(asking, haircut, 9)
    answer = asking().get(behind(mine["manage_token"]))
    assert done(answer)["id"] == mine["id"]
    assert done(answer)["allowed_actions"] == ["reschedule", "cancel"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    token, signature = mine["manage_token"].split(".")
    another = other["manage_token"].split(".")
    for wrong in (f"{another[0]}.{signature}", f"{token}.{another[1]}", token, "x", f"{token}."):
        for action in ("", "calendar.ics"):
            problem(asking().get(behind(wrong, action)), 404, "not_found")
        problem(asking().post(behind(wrong, "cancel/"), {}), 404, "not_found")


def test_a_guest_moves_and_cancels_by_the_link(asking, haircut):
    token = booked(asking, haircut)["manage_token"]
    new = {"start": town.at(10, day=2).isoformat()}
    moved = done(asking().post(behind(token, "reschedule/"), new))
    assert (moved["start"], moved["version"]) == ("2030-04-03T10:00:00Z", 2)
    stale = asking().post(behind(token, "cancel/"), {}, headers={"if-match": '"1"'})
    problem(stale, 412, "version_mismatch")
    done(asking().post(behind(token, "cancel/"), {"reason": "Ill"}))
    assert set(Act.objects.values_list("via", "role")) == {
        ("api", "customer"),
        ("link", "customer"),
    }


def test_a_guest_answers_what_the_provider_proposes(asking, haircut, dan):
    first, second = booked(asking, haircut, 8), booked(asking, haircut, 9)
    for made in (first, second):
        rescheduling.reschedule(
            made["id"], by=dan, start=town.at(7, day=9 + (made is second)), propose=True
        )
    shown = done(asking().get(behind(first["manage_token"])))
    assert shown["allowed_actions"][:2] == ["accept", "decline"]
    accepted = done(asking().post(behind(first["manage_token"], "accept/"), {}))
    declined = done(asking().post(behind(second["manage_token"], "decline/"), {"reason": "No"}))
    assert (accepted["start"], declined["start"]) == ("2030-04-10T07:00:00Z", second["start"])


def test_a_guest_of_a_manual_provider_proposes_and_takes_it_back(asking, massage, ada):
    made = town.booked(massage, ada, town.at(8, day=1), customer=Guest(**GIL))
    token = links.token(made)
    done(asking().post(behind(token, "reschedule/"), {"start": town.at(9, day=2).isoformat()}))
    assert done(asking().get(behind(token)))["proposed"]["by"] == "customer"
    assert done(asking().post(behind(token, "withdraw/"), {}))["proposed"] is None
    problem(asking().post(behind(token, "accept/"), {}), 403, "not_allowed")


def test_notice_binds_a_guest(asking, haircut, dan):
    dan.provider.cancellation_notice_hours = 48
    dan.provider.save()
    token = booked(asking, haircut)["manage_token"]
    problem(asking().post(behind(token, "cancel/"), {}), 409, "too_late")


def test_the_calendar_file_leads_back_to_the_link(asking, haircut):
    made = booked(asking, haircut)
    answer = asking().get(behind(made["manage_token"], "calendar.ics"))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert made["manage_url"] in answer.content.decode().replace("\r\n ", "")


def test_a_link_ends_with_the_address_that_it_was_mailed_to(asking, haircut, dan):
    made = booked(asking, haircut)
    guest = Customer.objects.get()
    customers.change(dan.provider, guest.pk, email="right@example.org")
    problem(asking().get(behind(made["manage_token"])), 404, "not_found")


def test_a_link_ends_when_its_provider_is_erased(asking, haircut, dan):
    token = booked(asking, haircut)["manage_token"]
    erasure.erase(User.objects.get(pk=dan.pk))
    problem(asking().get(behind(token)), 404, "not_found")


def test_a_link_outlives_that_two_guests_are_joined(asking, haircut, dan):
    token = booked(asking, haircut)["manage_token"]
    alone = town.booked(haircut, dan, town.at(9, day=1), customer=Guest(first_name="Gil"))
    correcting.merge(
        dan.provider, Customer.objects.get(email=GIL["email"]).pk, into=alone.customer_id
    )
    done(asking().get(behind(token)))
