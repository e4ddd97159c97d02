"""Which act reaches another program as what, once, in order, signed."""

from datetime import timedelta

import pytest
import standardwebhooks
from django.utils import timezone

from openslot.accounts.models import LocationKind
from openslot.appointments import moves
from openslot.appointments.changing import answers, editing, outcomes, rescheduling
from openslot.appointments.changing.cancelling import cancel
from openslot.appointments.changing.clock import expire_proposals, expire_requests
from openslot.appointments.models import Act, Appointment, Move
from openslot.webhooks import delivering, kinds, signing, subscribing, writing
from openslot.webhooks.models import Attempt, Message
from tests import town
from tests.api.calling import Caller, done
from tests.webhooks.receiver import signed_by_hand
from tests.working import work

pytestmark = pytest.mark.django_db


def types(receiver):
    return [heard.type.removeprefix("appointment.") for heard in receiver.taken]


def test_every_action_of_the_table_is_some_type_or_is_told_with_another():
    every = moves.MOVES | moves.PROPOSAL_MOVES | moves.CONSEQUENCES
    assert every.keys() - kinds.BY_ACTION.keys() == {"mark", "relink"}
    assert {f"appointment.{each}" for each in kinds.BY_ACTION.values()} < kinds.TYPES.keys()


def asked(massage, bob, hour=8):
    return town.book(massage.pk, by=bob, start=town.at(hour, day=1))


def confirmed(massage, ada, bob):
    one = asked(massage, bob)
    answers.accept(one.pk, by=ada)
    return one


def proposed(massage, ada, bob):
    one = confirmed(massage, ada, bob)
    rescheduling.reschedule(one.pk, by=ada, start=town.at(10, day=1), propose=True)
    return one


STORIES = {
    "book": (lambda m, a, b, c: asked(m, b), "requested"),
    "accept": (lambda m, a, b, c: confirmed(m, a, b), "requested confirmed"),
    "decline": (lambda m, a, b, c: answers.decline(asked(m, b).pk, by=a), "requested declined"),
    "cancel": (lambda m, a, b, c: cancel(asked(m, b).pk, by=b), "requested cancelled"),
    "reschedule": (
        lambda m, a, b, c: rescheduling.reschedule(
            confirmed(m, a, b).pk, by=a, start=town.at(10, day=1)
        ),
        "requested confirmed moved",
    ),
    "propose": (lambda m, a, b, c: proposed(m, a, b), "requested confirmed proposed"),
    "accept_proposal": (
        lambda m, a, b, c: answers.accept(proposed(m, a, b).pk, by=b),
        "requested confirmed proposed proposal_answered",
    ),
    "decline_proposal": (
        lambda m, a, b, c: answers.decline(proposed(m, a, b).pk, by=b),
        "requested confirmed proposed proposal_answered",
    ),
    "withdraw": (
        lambda m, a, b, c: answers.withdraw(proposed(m, a, b).pk, by=a),
        "requested confirmed proposed proposal_answered",
    ),
    "edit": (
        lambda m, a, b, c: editing.annotate(asked(m, b).pk, by=b, notes="Left knee"),
        "requested updated",
    ),
    "relocate": (
        lambda m, a, b, c: editing.relocate(
            asked(m, b).pk, by=a, kind=LocationKind.PHONE, location="+49 30 1234"
        ),
        "requested updated",
    ),
    "expire": (
        lambda m, a, b, c: (asked(m, b), c.shift(timedelta(days=3)), expire_requests()),
        "requested expired",
    ),
    "expire_proposal": (
        lambda m, a, b, c: (
            proposed(m, a, b),
            c.shift(timedelta(days=3)),
            expire_proposals(),
        ),
        "requested confirmed proposed expired",
    ),
    "complete": (
        lambda m, a, b, c: outcomes.complete(
            (confirmed(m, a, b), c.move_to(town.at(12, day=1)))[0].pk, by=a
        ),
        "requested confirmed completed",
    ),
    "no_show": (
        lambda m, a, b, c: outcomes.no_show(
            (confirmed(m, a, b), c.move_to(town.at(12, day=1)))[0].pk, by=a
        ),
        "requested confirmed no_show",
    ),
}


@pytest.mark.parametrize("action", kinds.BY_ACTION)
def test_every_act_of_the_table_reaches_the_receiver_once_and_in_order(
    action, massage, ada, bob, clock, receiver, subscribed
):
    subscribed(ada)
    story, expected = STORIES[action]
    story(massage, ada, bob, clock)
    work()
    assert types(receiver) == expected.split()
    assert len({heard.id for heard in receiver.taken}) == len(receiver.taken)
    assert Move.objects.order_by("id").last().action == action


def test_a_booking_that_is_confirmed_at_once_is_confirmed_and_nothing_else(
    haircut, dan, bob, receiver, subscribed
):
    subscribed(dan)
    town.book(haircut.pk, by=bob, start=town.at(8, day=1))
    work()
    assert types(receiver) == ["confirmed"]


def test_what_is_sent_is_what_the_api_answers_the_provider(massage, ada, bob, receiver, subscribed):
    subscribed(ada)
    one = asked(massage, bob)
    work()
    [heard] = receiver.taken
    assert heard.said == {
        "type": "appointment.requested",
        "timestamp": "2030-04-01T06:00:00Z",
        "data": {"appointment": done(Caller(ada).get(f"appointments/{one.pk}/"))},
    }
    assert heard.headers["content-type"] == "application/json"
    assert heard.path == "/hook"


def test_both_the_library_and_a_calculation_by_hand_find_the_signature_right(
    massage, ada, bob, receiver, subscribed
):
    _, secret = subscribed(ada)
    town.book(massage.pk, by=bob, start=town.at(8, day=1), notes="Größe 😀")
    work()
    [heard] = receiver.taken
    signer = standardwebhooks.Webhook(secret)
    assert signer.verify(heard.body, heard.headers) == heard.said
    assert heard.headers["webhook-signature"] == signed_by_hand(secret, heard)
    with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
        signer.verify(heard.body.replace("8", "9"), heard.headers)


def test_an_old_secret_signs_beside_the_new_one_for_a_day(
    massage, ada, bob, clock, receiver, subscribed
):
    webhook, old = subscribed(ada)
    _, newer = subscribing.rotate(ada.provider, webhook.pk)
    _, newest = subscribing.rotate(ada.provider, webhook.pk)
    asked(massage, bob)
    work()
    [heard] = receiver.taken
    assert heard.headers["webhook-signature"].split() == [
        signed_by_hand(each, heard) for each in (newest, newer, old)
    ]
    for each in (newest, newer, old):
        assert standardwebhooks.Webhook(each).verify(heard.body, heard.headers)
    clock.shift(timedelta(hours=24))
    subscribing.test(ada.provider, webhook.pk)
    work()
    heard = receiver.taken[-1]
    assert heard.headers["webhook-signature"] == signed_by_hand(newest, heard)


def test_secrets_are_sealed_and_of_their_own_webhook_alone(ada, subscribed):
    one, secret = subscribed(ada)
    other, _ = subscribed(ada)
    row = str(type(one).objects.filter(pk=one.pk).values().get())
    assert secret not in row
    assert secret.removeprefix("whsec_") not in row
    other.secret = one.secret
    with pytest.raises(signing.sealing.NotOpened):
        signing.told(other)


def test_a_series_is_told_date_by_date(massage, ada, bob, receiver, subscribed):
    subscribed(ada)
    weekly = town.book_series(
        massage.pk, by=bob, start=town.at(8, day=1), recurrence="FREQ=WEEKLY;COUNT=3"
    )
    work()
    assert types(receiver) == ["requested"] * 3
    assert {heard.appointment["series"] for heard in receiver.taken} == {str(weekly.pk)}
    assert len({heard.appointment["id"] for heard in receiver.taken}) == 3


def test_only_what_was_chosen_is_told(massage, ada, bob, receiver, subscribed):
    subscribed(ada, events=["appointment.cancelled"])
    cancel(asked(massage, bob).pk, by=bob)
    work()
    assert types(receiver) == ["cancelled"]


def test_another_providers_appointments_are_told_to_nobody_else(
    massage, haircut, ada, dan, bob, receiver, subscribed
):
    subscribed(ada)
    town.book(haircut.pk, by=bob, start=town.at(8, day=1))
    work()
    assert receiver.heard == []


def test_what_happened_before_is_not_told(massage, ada, bob, clock, receiver, subscribed):
    one = asked(massage, bob)
    clock.shift(60)
    webhook, _ = subscribed(ada, events=["appointment.confirmed"])
    answers.accept(one.pk, by=ada)
    clock.shift(60)
    subscribing.change(ada.provider, webhook.pk, events=list(kinds.TYPES))
    clock.shift(60)
    cancel(one.pk, by=bob)
    work()
    assert types(receiver) == ["confirmed", "cancelled"]


def test_what_happens_while_it_is_off_is_never_told(massage, ada, bob, clock, receiver, subscribed):
    webhook, _ = subscribed(ada)
    subscribing.change(ada.provider, webhook.pk, active=False)
    one = asked(massage, bob)
    clock.shift(60)
    subscribing.change(ada.provider, webhook.pk, active=True)
    clock.shift(60)
    answers.accept(one.pk, by=ada)
    work()
    assert types(receiver) == ["confirmed"]


def test_an_act_is_written_once_however_often_its_job_runs(massage, ada, bob, receiver, subscribed):
    subscribed(ada)
    asked(massage, bob)
    act = Act.objects.get()
    for _ in range(3):
        writing.note(act.pk)
        work()
    assert types(receiver) == ["requested"]


def test_a_later_act_whose_job_comes_first_does_not_overtake(
    massage, ada, bob, receiver, subscribed
):
    subscribed(ada)
    one = asked(massage, bob)
    answers.accept(one.pk, by=ada)
    first, second = Act.objects.order_by("moves__id")
    writing.note(second.pk)
    delivering.deliver(Message.objects.first().webhook_id)
    assert types(receiver) == ["requested", "confirmed"]
    writing.note(first.pk)
    work()
    assert types(receiver) == ["requested", "confirmed"]
    # Written a moment after both: each says how it stood then, by its version.
    assert [heard.appointment["version"] for heard in receiver.taken] == [2, 2]


def test_what_was_told_and_forgotten_long_ago_is_not_told_again(
    massage, ada, bob, clock, receiver, subscribed
):
    subscribed(ada)
    one = town.book(massage.pk, by=bob, start=town.at(8, day=50))
    answers.accept(one.pk, by=ada)
    work()
    Message.objects.all().delete()  # as retention does after a month
    clock.shift(timedelta(days=40))
    cancel(one.pk, by=ada)
    work()
    assert types(receiver) == ["requested", "confirmed", "cancelled"]


def test_nothing_is_written_for_providers_without_a_webhook(
    massage, ada, bob, django_assert_num_queries
):
    asked(massage, bob)
    act = Act.objects.get()
    with django_assert_num_queries(4):  # savepoint twice, providers, webhooks
        writing.note(act.pk)


def test_every_provider_sees_their_own_log_alone(massage, ada, dan, bob, receiver, subscribed):
    webhook, _ = subscribed(ada)
    asked(massage, bob)
    work()
    listed = done(Caller(ada).get(f"provider/webhooks/{webhook.pk}/deliveries/"))["results"]
    [attempt] = listed[0].pop("attempts")
    assert attempt.pop("milliseconds") >= 0
    assert attempt == {"at": "2030-04-01T06:00:00Z", "status": 200, "error": ""}
    assert listed == [
        {
            "id": receiver.taken[0].id,
            "type": "appointment.requested",
            "created_at": "2030-04-01T06:00:00Z",
            "state": "delivered",
        }
    ]
    assert Caller(dan).get(f"provider/webhooks/{webhook.pk}/deliveries/").status_code == 404
    assert timezone.now() == town.NOW
    assert (Attempt.objects.count(), Appointment.objects.count()) == (1, 1)
