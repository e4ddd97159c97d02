"""What was long ago says nothing of people any more; the figures stay as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core import management
from django.utils import timezone

from openslot.accounts.models import Customer, LocationKind
from openslot.analytics import report
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import answers, cancelling
from openslot.appointments.models import Act, Appointment, Series, Status
from openslot.notifications.models import Delivery
from openslot.privacy import old, tasks
from openslot.webhooks import subscribing
from openslot.webhooks.models import Message
from tests import town
from tests.working import work

pytestmark = pytest.mark.django_db
DAYS = 365
GUEST = Guest(email="greta@example.org", first_name="Greta", last_name="Long", phone="+49 30 1234")


def aged(*appointments, by=timedelta(days=700), status=None):
    """As they stand in the book so much later."""
    for each in appointments:
        each.refresh_from_db()
        each.start, each.end = each.start - by, each.end - by
        each.status = status or each.status
        each.expires_at = None
        each.hold()
        each.save()
    whose = Customer.objects.filter(appointments__in=[each.pk for each in appointments])
    whose.update(created_at=town.NOW - by)


def kept(massage, whom, hour=8, **more):
    """One that was asked for with notes, accepted and kept, long ago."""
    made = town.book(massage.pk, by=whom, start=town.at(hour, day=1), notes="My left knee", **more)
    answers.accept(made.pk, by=massage.provider.user)
    aged(made, status=Status.COMPLETED)
    return made


def forget(days=DAYS):
    return old.forget(days=days, now=timezone.now())


def test_words_names_and_reasons_go_and_the_appointment_stays(massage, ada, bob):
    made = kept(massage, bob)
    called_off = town.book(massage.pk, by=bob, start=town.at(10, day=1))
    cancelling.cancel(called_off.pk, by=bob, reason="I am in hospital")
    aged(called_off)
    work()
    Customer.objects.update(notes="Pays late")
    before = (made.start, made.end, made.price, made.status)
    assert forget() == (2, 1)
    made.refresh_from_db()
    assert (made.start, made.end, made.price, made.status) == before
    assert (made.notes, made.answers, made.booked_as, made.attendee) == ("", [], "", None)
    assert str(made.customer) == "Former customer"
    assert made.customer.notes == ""
    assert not Act.objects.exclude(reason="").exists()
    assert not Act.objects.filter(actor=bob).exists()
    assert not Delivery.objects.filter(user=bob, appointment__isnull=False).exists()
    assert not Appointment.objects.visible_to(bob).exists()


def test_a_guest_leaves_nothing_behind(massage, ada):
    made = kept(massage, GUEST)
    assert forget() == (1, 1)
    made.refresh_from_db()
    assert made.customer.is_nobody
    assert made.customer_name == "Former customer"


def test_the_address_of_a_customer_goes_and_that_of_a_practice_stays(massage, bob):
    here, there = kept(massage, bob), kept(massage, bob, hour=10)
    Appointment.objects.filter(pk=here.pk).update(location_text="Main Street 1")
    Appointment.objects.filter(pk=there.pk).update(
        location_text="Bob's home", location_kind=LocationKind.CUSTOMER
    )
    forget()
    texts = dict(Appointment.objects.values_list("pk", "location_text"))
    assert texts == {here.pk: "Main Street 1", there.pk: ""}


def figures(provider):
    """Everything that a report says, but what customers are called."""
    days = {"first": date(2028, 4, 1), "last": date(2028, 6, 1)}
    said = report.report(provider, **days)
    people = sorted((each.customer.pk, *each[1:]) for each in said.customers)
    return replace(said, customers=people)


def test_the_figures_are_the_same_to_the_cent_and_the_minute(massage, ada, bob, carol):
    for hour, whom in enumerate((bob, carol, GUEST, bob), start=8):
        kept(massage, whom, hour=hour)
    missed = kept(massage, carol, hour=13)
    Appointment.objects.filter(pk=missed.pk).update(status=Status.NO_SHOW)
    before = figures(ada.provider)
    assert before.totals.appointments == 5
    assert before.totals.customers == 3
    assert forget().customers == 3
    assert figures(ada.provider) == before


def test_who_has_come_since_is_known_still_and_the_old_words_go(massage, ada, bob):
    made = kept(massage, bob)
    town.book(massage.pk, by=bob, start=town.at(8, day=1), notes="The right one")
    assert forget() == (1, 0)
    made.refresh_from_db()
    assert made.notes == ""
    assert made.customer.user == bob
    assert list(Appointment.objects.exclude(notes="").values_list("notes", flat=True)) == [
        "The right one"
    ]


def test_what_is_not_over_is_left_alone(massage, ada, bob):
    waits = town.book(massage.pk, by=bob, start=town.at(8, day=1), notes="Never answered")
    aged(waits)
    assert forget() == (0, 0)
    answers.decline(waits.pk, by=ada)
    assert forget() == (1, 1)


def test_every_date_of_a_series_that_goes_on_keeps_its_words(massage, ada, bob):
    series = town.book_series(
        massage.pk, by=bob, start=town.at(8, day=1), recurrence="FREQ=WEEKLY;COUNT=3", notes="Knee"
    )
    first, *rest = series.occurrences.order_by("start")
    aged(first, status=Status.COMPLETED)
    assert forget() == (0, 0)
    aged(*rest, status=Status.COMPLETED)
    assert forget() == (3, 1)
    assert not Series.objects.exclude(booked_as="").exists()


def test_whom_a_provider_blocked_stays_known_and_kept_out(massage, ada, bob):
    kept(massage, bob)
    Customer.objects.update(blocked=True)
    assert forget() == (1, 0)
    assert Customer.objects.get().user == bob


def test_messages_to_webhooks_say_what_is_left(massage, ada, bob, settings):
    settings.WEBHOOKS_TO_PRIVATE = "on"
    subscribing.add(ada.provider, url="http://127.0.0.1:9/", events=["appointment.requested"])
    made = town.book(massage.pk, by=bob, start=town.at(8, day=1), notes="My left knee")
    work()
    aged(made, status=Status.COMPLETED)
    Message.objects.update(body="My left knee")
    forget()
    assert Message.objects.get().body == ""


def test_in_batches_and_nothing_is_left_for_a_second_time(massage, bob, carol, monkeypatch):
    monkeypatch.setattr(old, "BATCH", 2)
    for hour, whom in enumerate((bob, carol, GUEST, bob, carol), start=8):
        kept(massage, whom, hour=hour)
    assert forget() == (5, 3)
    versions = set(Appointment.objects.values_list("pk", "version"))
    assert forget() == (0, 0)
    assert set(Appointment.objects.values_list("pk", "version")) == versions


def asked(*args):
    said = StringIO()
    management.call_command("forget_old", *args, stdout=said)
    return said.getvalue()


def test_the_command_says_how_many_and_changes_nothing(massage, bob):
    made = kept(massage, bob)
    assert asked("--days", "365").startswith("1 appointments and 1 customers would be")
    made.refresh_from_db()
    assert made.notes == "My left knee"
    assert asked("--days", "365", "--now").startswith("1 appointments and 1 customers made")
    made.refresh_from_db()
    assert made.notes == ""
    for wrong in ((), ("--days", "7")):
        with pytest.raises(management.CommandError):
            asked(*wrong)


@pytest.mark.parametrize(("days", "left"), [(0, "My left knee"), (DAYS, "")])
def test_the_worker_does_it_where_the_operator_says_so(massage, bob, settings, days, left):
    settings.RETENTION_DAYS = days
    made = kept(massage, bob)
    tasks.forget_old.func(timestamp=0)
    made.refresh_from_db()
    assert made.notes == left
