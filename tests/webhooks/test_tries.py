"""What becomes of a message whose receiver does not take it, on a clock of the tests' own."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.appointments.changing import answers, rescheduling
from openslot.appointments.changing.cancelling import cancel
from openslot.notifications import notices, words
from openslot.notifications.models import Delivery
from openslot.webhooks import delivering, subscribing
from openslot.webhooks.models import Message, Off, State, Webhook
from tests import town, working
from tests.api.calling import Caller, done
from tests.webhooks.receiver import DRIP, GARBAGE, HANG, RESET
from tests.working import work

pytestmark = pytest.mark.django_db

FAILURES = [500, 404, 301, 302, 308, RESET, HANG, DRIP]
FAILURES += [GARBAGE, 429, 503]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def impatient(settings):
    """What hangs is given up after a moment."""
    settings.WEBHOOK_TIMEOUT = (0.2, 0.2)


@pytest.fixture
def hooked(ada, subscribed):
    return subscribed(ada)[0]


def book(massage, bob, hour=8, day=1):
    one = town.book(massage.pk, by=bob, start=town.at(hour, day=day))
    work()
    return one


def pass_time(clock, span, step=MINUTE):
    """As a worker sees it: its clock ticks every minute, and jobs come in their time."""
    end = timezone.now() + span
    while timezone.now() < end:
        clock.move_to(min(end, timezone.now() + step))
        delivering.tick(timezone.now())
        work()


def logged(user, webhook):
    path = f"provider/webhooks/{webhook.pk}/deliveries/"
    return done(Caller(user).get(path, page_size=100))["results"]


@pytest.mark.parametrize("failure", FAILURES)
def test_what_was_not_taken_is_sent_again_under_the_same_id_and_with_the_same_words(
    failure, massage, ada, bob, clock, receiver, hooked
):
    receiver.answers = [failure, failure]
    book(massage, bob)
    clock.shift(4)
    work()
    assert len(receiver.heard) == 1
    clock.shift(1)
    work()
    assert len(receiver.heard) == 2
    pass_time(clock, 4 * MINUTE)
    assert len(receiver.heard) == 2
    pass_time(clock, MINUTE)
    assert len(receiver.heard) == 3
    assert len(receiver.taken) == 1
    assert len({(heard.id, heard.body) for heard in receiver.heard}) == 1
    stamps = [int(heard.headers["webhook-timestamp"]) for heard in receiver.heard]
    assert [stamp - stamps[0] for stamp in stamps] == [0, 5, 305]
    [sent] = logged(ada, hooked)
    status = failure if isinstance(failure, int) else None
    assert [each["status"] for each in sent["attempts"]] == [status, status, 200]
    assert sent["state"] == "delivered"
    assert Webhook.objects.get().failing_since is None


@pytest.mark.parametrize(
    ("failure", "words_"),
    [
        (HANG, "Nothing answered in time."),
        (RESET, "The connection failed or was broken off."),
        (307, "Redirects are not followed."),
        (500, ""),
    ],
)
def test_the_log_says_why(failure, words_, massage, ada, bob, receiver, hooked):
    receiver.answers = [failure]
    book(massage, bob)
    assert logged(ada, hooked)[0]["attempts"][0]["error"] == words_


def test_whoever_drips_is_hung_up_on_in_time(massage, ada, bob, receiver, hooked):
    receiver.answers = [DRIP]
    book(massage, bob)
    [attempt] = logged(ada, hooked)[0]["attempts"]
    assert attempt["status"] is None
    assert 200 <= attempt["milliseconds"] < 2000


def test_nobody_listens(massage, ada, bob, receiver, hooked):
    receiver.stop()
    book(massage, bob)
    [attempt] = logged(ada, hooked)[0]["attempts"]
    assert (attempt["status"], attempt["error"]) == (
        None,
        "The connection failed or was broken off.",
    )


def test_redirects_lead_nowhere(massage, ada, bob, receivers, receiver, hooked):
    elsewhere = receivers()
    receiver.location, receiver.then = elsewhere.url, 307
    book(massage, bob)
    assert len(receiver.heard) == 1
    assert elsewhere.heard == []


def test_ten_tries_over_three_days_and_it_is_given_up(massage, ada, bob, clock, receiver, hooked):
    receiver.then = 500
    book(massage, bob)
    pass_time(clock, timedelta(days=4), step=timedelta(minutes=5))
    [sent] = logged(ada, hooked)
    assert (sent["state"], len(sent["attempts"])) == ("failed", 10)
    stamps = [int(heard.headers["webhook-timestamp"]) for heard in receiver.heard]
    assert len(stamps) == 10
    assert 3.0 < (stamps[-1] - stamps[0]) / 86_400 < 3.3
    assert Webhook.objects.get().active


def test_an_hour_of_silence_loses_nothing_and_keeps_the_order(
    massage, ada, bob, carol, clock, receiver, hooked
):
    receiver.then = RESET
    one, other = book(massage, bob), book(massage, carol, hour=10)
    answers.accept(one.pk, by=ada)
    rescheduling.reschedule(one.pk, by=ada, start=town.at(12, day=1))
    pass_time(clock, 30 * MINUTE)
    answers.accept(other.pk, by=ada)
    cancel(one.pk, by=bob)
    pass_time(clock, 30 * MINUTE)
    assert receiver.taken == []
    receiver.then = 200
    pass_time(clock, timedelta(hours=3))
    for appointment, expected in (
        (one, "requested confirmed moved cancelled"),
        (other, "requested confirmed"),
    ):
        taken = [each for each in receiver.taken if each.appointment["id"] == str(appointment.pk)]
        assert [each.type.removeprefix("appointment.") for each in taken] == expected.split()
    assert len({each.id for each in receiver.taken}) == len(receiver.taken) == 6
    assert not Message.objects.exclude(state=State.DELIVERED).exists()


def test_what_comes_later_waits_for_what_came_before_and_others_do_not(
    massage, ada, bob, carol, clock, receiver, hooked
):
    receiver.answers = [500]
    one = book(massage, bob)
    answers.accept(one.pk, by=ada)
    other = book(massage, carol, hour=10)
    assert [each.appointment["id"] for each in receiver.taken] == [str(other.pk)]
    clock.shift(5)
    work()
    assert [each.type.partition(".")[2] for each in receiver.taken] == [
        "requested",
        "requested",
        "confirmed",
    ]


def test_what_was_given_up_lets_the_next_one_by(massage, ada, bob, clock, receiver, hooked):
    one = town.book(massage.pk, by=bob, start=town.at(8, day=9))
    receiver.answers = [500] * 10
    work()
    answers.accept(one.pk, by=ada)
    pass_time(clock, timedelta(hours=76), step=timedelta(minutes=5))
    assert [each.type for each in receiver.taken] == ["appointment.confirmed"]


def test_gone_switches_off_and_the_provider_is_told(
    massage, ada, bob, carol, clock, receiver, hooked
):
    receiver.then = 410
    one = book(massage, bob)
    shown = done(Caller(ada).get(f"provider/webhooks/{hooked.pk}/"))
    assert (shown["active"], shown["off"]) == (False, "gone")
    answers.accept(one.pk, by=ada)
    book(massage, carol, hour=10)
    pass_time(clock, timedelta(hours=1))
    assert len(receiver.heard) == 1
    notice = Delivery.objects.visible_to(ada).get(kind="sync_attention")
    assert notices.path(notice) == "/provider/webhooks/"
    assert words.told(notice).headline == "A webhook was switched off"


def test_five_days_without_success_switch_off_once_and_the_provider_is_told(
    massage, ada, bob, clock, receiver, hooked
):
    receiver.then = 500
    book(massage, bob, day=20)
    since = timezone.now()
    assert Webhook.objects.get().failing_since == since
    for day in range(4):
        pass_time(clock, timedelta(days=1), step=timedelta(minutes=10))
        town.book(massage.pk, by=bob, start=town.at(9, day=21 + day))
        work()
    assert Webhook.objects.get().active
    pass_time(clock, timedelta(days=1), step=timedelta(minutes=10))
    webhook = Webhook.objects.get()
    assert (webhook.active, webhook.off, webhook.failing_since) == (False, Off.FAILING, since)
    assert not Message.objects.waiting().exists()
    assert Delivery.objects.visible_to(ada).filter(kind="sync_attention").count() == 1
    heard = len(receiver.heard)
    pass_time(clock, timedelta(days=1), step=timedelta(hours=1))
    assert len(receiver.heard) == heard


def test_one_that_was_never_tried_again_is_switched_off_by_the_clock(
    massage, ada, bob, clock, receiver, hooked
):
    receiver.then = 500
    book(massage, bob)
    clock.shift(timedelta(days=4, hours=23))
    Message.objects.update(state=State.FAILED)
    delivering.tick(timezone.now())
    assert Webhook.objects.get().active
    clock.shift(timedelta(hours=1))
    delivering.tick(timezone.now())
    assert Webhook.objects.get().off == Off.FAILING


def test_success_is_what_counts_and_begins_the_five_days_anew(
    massage, ada, bob, clock, receiver, hooked
):
    receiver.answers = [500, 200, 500]
    book(massage, bob)
    clock.shift(5)
    work()
    clock.shift(timedelta(days=4))
    now = timezone.now()
    town.book(massage.pk, by=bob, start=town.at(9, day=9))
    work()
    assert Webhook.objects.get().failing_since == now


def test_what_failed_is_repeated_when_somebody_asks(massage, ada, bob, clock, receiver, hooked):
    receiver.answers = [410]
    book(massage, bob)
    [sent] = logged(ada, hooked)
    assert sent["state"] == "failed"
    path = f"provider/webhooks/{hooked.pk}/deliveries/{sent['id']}/retry/"
    assert done(Caller(ada).post(path), 202)["state"] == "waiting"
    work()
    assert [each.id for each in receiver.heard] == [sent["id"]] * 2
    [sent] = logged(ada, hooked)
    assert (sent["state"], len(sent["attempts"])) == ("delivered", 2)
    done(Caller(ada).post(path), 202)  # what was taken, too
    work()
    assert len(receiver.taken) == 2


def test_of_one_that_is_off_a_try_is_the_last(massage, ada, bob, clock, receiver, hooked):
    receiver.then = 410
    book(massage, bob)
    subscribing.test(ada.provider, hooked.pk)
    receiver.then = 500
    work()
    assert [each["state"] for each in logged(ada, hooked)] == ["failed", "failed"]
    assert not Message.objects.waiting().exists()


def test_a_test_is_sent_and_logged(ada, receiver, hooked):
    done(Caller(ada).post(f"provider/webhooks/{hooked.pk}/test/"), 202)
    work()
    [heard] = receiver.taken
    assert heard.said == {"type": "webhook.test", "timestamp": "2030-04-01T06:00:00Z", "data": {}}
    assert [(each["type"], each["state"]) for each in logged(ada, hooked)] == [
        ("webhook.test", "delivered")
    ]


def test_a_secret_that_cannot_be_read_is_said_and_nothing_is_sent(
    massage, ada, bob, receiver, hooked, settings
):
    settings.ENCRYPTION_KEYS = "another key altogether, of forty letters and more"
    book(massage, bob)
    assert receiver.heard == []
    [attempt] = logged(ada, hooked)[0]["attempts"]
    assert attempt["error"] == "The secret cannot be read any more. Make a new one."


def test_whoever_fails_comes_behind_whoever_answers(
    massage, ada, bob, carol, clock, receivers, receiver, hooked, subscribed
):
    good = receivers()
    subscribed(ada, url=good.url)
    receiver.then = 500
    book(massage, bob)
    town.book(massage.pk, by=carol, start=town.at(10, day=1))
    for job in ProcrastinateJob.objects.filter(status="todo", queue_name="default"):
        working.do(job)
    for job in ProcrastinateJob.objects.filter(task_name="openslot.webhooks.tasks.note"):
        working.do(job)
    priorities = {
        job.args["webhook_id"]: job.priority
        for job in ProcrastinateJob.objects.filter(task_name=delivering.bell.DELIVER)
    }
    assert priorities[str(hooked.pk)] < max(priorities.values())
    work()
    assert len(good.taken) == 2


def test_nothing_is_told_of_a_webhook_that_is_removed(massage, ada, bob, clock, receiver, hooked):
    receiver.then = 500
    book(massage, bob)
    subscribing.remove(ada.provider, hooked.pk)
    pass_time(clock, timedelta(hours=1))
    assert len(receiver.heard) == 1
    assert not Message.objects.exists()
