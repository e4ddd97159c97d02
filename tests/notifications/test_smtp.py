"""Against a real SMTP server on loopback: taken, refused, hanging, dropped, and a worker that dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from email import message_from_bytes, message_from_string, policy
from pathlib import Path

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts.models import User
from openslot.appointments.changing import answers, cancelling, rescheduling
from openslot.kernel import jobs
from openslot.notifications import deliver, tasks
from openslot.notifications.models import Channel, Delivery, State
from openslot.notifications.outgoing import sending
from tests import town
from tests.notifications.letters import ADA, BOB, calendars
from tests.working import work

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
MAIL_THREADS = 8


@pytest.fixture
def letter(bob):
    """A mail to Bob that waits, with a notice beside it."""

    def written():
        cause = uuid.uuid4()
        deliver.tell_person(bob, "welcome", cause=cause)
        return Delivery.objects.get(cause=cause, channel=Channel.EMAIL)

    return written


def attempt(letter, *, last=False):
    """Whether the mail has to be tried again."""
    try:
        sending.send([letter.pk], last=last)
    except sending.Later:
        return True
    finally:
        letter.refresh_from_db()
    return False


def test_a_whole_story_arrives_as_mails(server, massage, bob, ada):
    made = town.booked(massage, bob, town.at(8))
    work()
    answers.accept(made.pk, by=ada)
    work()
    rescheduling.reschedule(made.pk, by=ada, start=town.at(9))
    work()
    rescheduling.reschedule(made.pk, by=bob, start=town.at(12))
    work()
    answers.decline(made.pk, by=ada)
    work()
    cancelling.cancel(made.pk, by=bob)
    work()
    subjects = [
        (address, message_from_bytes(raw, policy=policy.default)["Subject"].partition(":")[0])
        for address, raw in server.taken
    ]
    assert sorted(subjects) == sorted(
        [
            (ADA, "New request"),
            (BOB, "Request sent"),
            (BOB, "Confirmed"),
            (ADA, "Moved"),
            (BOB, "Moved"),
            (ADA, "New time proposed"),
            (BOB, "New time declined"),
            (ADA, "Cancelled"),
            (BOB, "Cancelled"),
        ]
    )
    last = [raw for address, raw in server.taken if address == BOB][-1]
    [(method, calendar)] = calendars(last)
    assert method == "CANCEL"
    assert calendar.walk("VEVENT")[0]["SEQUENCE"] == 2


def test_an_address_that_is_refused_for_good_is_noted_beside_the_notice(server, letter, bob):
    server.moods[BOB] = "550 unknown"
    mine = letter()
    assert not attempt(mine)
    assert (mine.state, mine.error) == (State.FAILED, "550 unknown <…>")
    notice = Delivery.objects.visible_to(bob).get(cause=mine.cause)
    assert notice.error == mine.error
    assert not attempt(mine)  # and stays as it is


@pytest.fixture
def jorg(settings, people):
    settings.EMAIL_SMTPUTF8 = True
    return town.person("Jörg", email="jörg@bücher.example")


def told(person):
    cause = uuid.uuid4()
    deliver.tell_person(person, "welcome", cause=cause)
    return Delivery.objects.get(cause=cause, channel=Channel.EMAIL)


def test_letters_before_the_at_reach_a_server_that_takes_them(server, jorg):
    mine = told(jorg)
    assert not attempt(mine)
    assert mine.state == State.SENT
    [(address, raw)] = server.taken
    assert address == "jörg@xn--bcher-kva.example"
    [to] = message_from_string(raw.decode(), policy=policy.default)["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Jörg Test", address)


def test_a_server_that_does_not_take_them_is_noted_as_having_refused(server, jorg):
    server.announces_utf8 = False
    mine = told(jorg)
    assert not attempt(mine)
    assert mine.state == State.FAILED
    assert server.taken == []


def test_a_mail_that_is_refused_for_good_is_noted(server, letter):
    server.moods[BOB] = "554 spam"
    mine = letter()
    assert not attempt(mine)
    assert (mine.state, mine.error) == (State.FAILED, "554 spam")


@pytest.mark.parametrize("mood", ["450 later", "hang"])
def test_what_time_may_mend_is_tried_again(server, letter, mood):
    server.moods[BOB] = mood
    mine = letter()
    assert attempt(mine)
    assert mine.state == State.WAITING
    server.moods.clear()
    assert not attempt(mine)
    assert (mine.state, mine.error) == (State.SENT, "")
    assert server.addresses() == {BOB: 1}


def test_a_server_that_is_not_there_is_tried_again_and_given_up_in_the_end(
    settings, letter, server
):
    settings.EMAIL_PORT = 1
    mine = letter()
    assert attempt(mine)
    assert not attempt(mine, last=True)
    assert mine.state == State.FAILED
    assert "refused" in mine.error


def test_a_connection_lost_after_the_message_costs_one_more_mail_and_no_third(server, letter):
    server.moods[BOB] = "drop"
    mine = letter()
    assert attempt(mine)
    assert (mine.state, mine.doubts) == (State.WAITING, 1)
    assert not attempt(mine)
    assert mine.state == State.FAILED
    assert not attempt(mine)
    assert server.addresses() == {BOB: 2}
    ids = {message_from_bytes(raw)["Message-ID"] for _, raw in server.taken}
    assert len(ids) == 1  # so that readers can tell the copy


def test_a_connection_lost_once_loses_no_mail(server, letter):
    server.moods[BOB] = "drop once"
    mine = letter()
    assert attempt(mine)
    assert not attempt(mine)
    assert mine.state == State.SENT
    assert server.addresses() == {BOB: 2}


def test_one_bad_address_delays_no_other(server, massage, bob):
    server.moods[BOB] = "550 unknown"
    town.booked(massage, bob, town.at(8))
    work()
    assert server.addresses() == {ADA: 1}


def worker(server):
    """A worker process of its own on the tests' database."""
    found = connection.settings_dict
    address = "postgres://{USER}@:{PORT}/{HOST}/{NAME}".format(
        **{key: str(found[key]).replace("/", "%2F") for key in ("USER", "PORT", "HOST", "NAME")}
    )
    env = os.environ | {
        "DATABASE_URL": address,
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "LOG_LEVEL": "ERROR",
        "MAIL_THREADS": str(MAIL_THREADS),
    }
    return subprocess.Popen([sys.executable, "-m", "openslot", "worker"], cwd=ROOT, env=env)


def waiting():
    return ProcrastinateJob.objects.filter(status__in=["todo", "doing"]).exclude(
        queueing_lock__isnull=False
    )


@pytest.mark.race
@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_no_mail_and_doubles_at_most_what_its_threads_had_in_hand(
    server, figures
):
    crowd = User.objects.bulk_create(
        User(email=f"reader{number}@example.org", first_name="R") for number in range(200)
    )
    with transaction.atomic():
        deliver.post(
            Delivery(user=user, cause=user.pk, channel=Channel.EMAIL, kind="welcome")
            for user in crowd
        )
    first = worker(server)
    server.wait_for(70)
    first.send_signal(signal.SIGKILL)
    first.wait(PATIENCE)
    assert waiting().exists()
    with connection.cursor() as cursor:  # as if its last sign of life were long ago
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - '1 day'::interval"
        )
    ProcrastinateJob.objects.exclude(queueing_lock=None)._raw_delete(using="default")
    app.configure_task(jobs.rescue.name).defer(timestamp=0)
    second = worker(server)
    deadline = time.monotonic() + PATIENCE
    while waiting().exists() and time.monotonic() < deadline:
        with server.arrived:
            server.arrived.wait(0.05)
    second.terminate()
    second.wait(PATIENCE)
    got = server.addresses()
    assert set(got) == {user.email for user in crowd}
    assert sum(got.values()) <= len(crowd) + MAIL_THREADS
    assert max(got.values()) <= 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
    figures("killed worker", mails=len(crowd), doubled=sum(got.values()) - len(crowd))


@pytest.mark.race
@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_hangs_holds_up_nothing_but_mail(server, bob, carol):
    server.moods = {BOB: "hang"}
    deliver.tell_person(bob, "welcome", cause=bob.pk, by=[Channel.EMAIL])
    [mail_job] = waiting()
    process = worker(server)
    try:
        server.wait_until_it_hangs()
        app.configure_task(tasks.greet.name).defer(user_id=str(carol.pk))
        told = Delivery.objects.visible_to(carol)
        deadline = time.monotonic() + PATIENCE
        while not told.exists() and time.monotonic() < deadline:
            with server.arrived:
                server.arrived.wait(0.05)
        assert told.exists()
        mail_job.refresh_from_db()
        assert mail_job.status == "doing"
    finally:
        server.over.set()
        process.terminate()
        process.wait(PATIENCE)
    assert server.addresses() == {BOB: 1}  # what was at work when it was asked to stop
