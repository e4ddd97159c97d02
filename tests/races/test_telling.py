"""Several workers at the same thing: everybody is told once."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.appointments.models import Act, Appointment
from openslot.notifications import deliver, reminders
from openslot.notifications.models import Channel, Delivery, Reminder, State
from openslot.notifications.outgoing import sending
from tests import town
from tests.notifications import smtp_server

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS = 4


@pytest.fixture
def mails(settings):
    with smtp_server.serving() as found:
        settings.EMAIL_BACKEND = "openslot.notifications.outgoing.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


@pytest.fixture
def workers(crowd):
    return crowd(WORKERS)


def posted():
    """Every mail that waits has a job, and just one."""
    jobs = ProcrastinateJob.objects.filter(task_name=deliver.SEND)
    ids = [one for job in jobs for one in job.args["delivery_ids"]]
    waiting = Delivery.objects.filter(channel=Channel.EMAIL, state=State.WAITING)
    assert sorted(ids) == sorted(str(pk) for pk in waiting.values_list("pk", flat=True))
    return len(ids)


def clear():
    Appointment.objects.all().delete()
    Act.objects.all().delete()
    Delivery.objects.all().delete()
    ProcrastinateJob.objects.all()._raw_delete(using="default")


def test_of_one_act_everybody_hears_once_however_many_tell(haircut, bob, workers, rounds):
    for _ in range(rounds(20)):
        town.booked(haircut, bob, town.at(9))
        act = Act.objects.get()
        workers.rush([lambda: deliver.tell(act.pk)] * WORKERS)
        told = Counter(Delivery.objects.values_list("user__email", "channel"))
        assert told == {
            ("dan@example.org", "email"): 1,
            ("dan@example.org", "in_app"): 1,
            ("bob@example.org", "email"): 1,  # a receipt
        }
        assert posted() == 2
        clear()
    assert workers.deadlocks == 0


def test_reminders_are_planned_once_however_many_plan(haircut, bob, workers, rounds):
    for _ in range(rounds(20)):
        made = town.booked(haircut, bob, town.at(9, day=3))
        now = timezone.now()
        workers.rush([lambda: reminders.plan(made.pk, since=now)] * WORKERS)
        found = Counter(Reminder.objects.values_list("role", "minutes"))
        assert found == dict.fromkeys(
            [(side, minutes) for side in ("customer", "provider") for minutes in (60, 1440)], 1
        )
        clear()
    assert workers.deadlocks == 0


def test_due_reminders_are_handed_over_once_however_many_look(
    haircut, bob, carol, workers, rounds, monkeypatch
):
    monkeypatch.setattr(reminders, "BATCH", 3)  # so that the workers take turns
    for _ in range(rounds(10)):
        now = timezone.now()
        for number in range(8):
            made = town.booked(haircut, (bob, carol)[number % 2], town.at(7 + number, day=2))
            reminders.plan(made.pk, since=now)
        Reminder.objects.update(due_at=now - timedelta(minutes=1))
        workers.rush([reminders.send_due] * WORKERS)
        assert not Reminder.objects.filter(sent_at=None).exists()
        told = Counter(Delivery.objects.values_list("appointment", "user", "channel"))
        assert len(told) == 8 * 2 * 2
        assert set(told.values()) == {1}
        assert posted() == 16
        clear()
    assert workers.deadlocks == 0


def test_a_mail_goes_out_once_however_many_send_it(haircut, bob, mails, workers, rounds):
    def send():
        try:
            sending.send(ids, last=False)
        except sending.Later:
            return "later"
        return "done"

    for turn in range(1, rounds(10) + 1):
        with transaction.atomic():
            deliver.post(
                Delivery(user=bob, cause=uuid.uuid4(), channel=Channel.EMAIL, kind="welcome")
                for _ in range(6)
            )
        ids = list(Delivery.objects.values_list("pk", flat=True))
        workers.rush([send] * WORKERS)
        assert len(mails.taken) == turn * 6
        assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
        clear()
    assert workers.deadlocks == 0


def test_a_mail_in_anothers_hand_is_left_to_them_and_not_taken_as_sent(bob, mails, crowd):
    """Whoever has it may be dead already."""
    with transaction.atomic():
        deliver.post(
            Delivery(user=bob, cause=uuid.uuid4(), channel=Channel.EMAIL, kind="welcome")
            for _ in range(2)
        )
    ids = list(Delivery.objects.values_list("pk", flat=True))
    alone = crowd(1)

    def send():
        with pytest.raises(sending.Later):
            sending.send(ids, last=False)

    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=ids[0])
        alone.rush([send])
    assert Delivery.objects.get(pk=ids[0]).state == State.WAITING
    assert len(mails.taken) == 1
    sending.send(ids, last=False)
    assert len(mails.taken) == 2
