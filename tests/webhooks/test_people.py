"""What webhooks keep about people: taken along, forgotten, and ended when an account changes hands."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from openslot.accounts.operating import suspending
from openslot.appointments.changing import cancelling
from openslot.appointments.models import Appointment
from openslot.kernel import events
from openslot.privacy import erasure, taking_along
from openslot.webhooks import delivering, subscribing
from openslot.webhooks.models import Message, Webhook
from tests import town
from tests.working import work

pytestmark = pytest.mark.django_db


def test_what_was_sent_about_an_erased_customer_is_not_kept_and_says_nothing_when_sent_again(
    massage, ada, receiver, subscribed
):
    webhook, _ = subscribed(ada)
    xan = town.person("Xanthippe")
    town.book(massage.pk, by=xan, start=town.at(8, day=1), notes="Xanthippe's knee")
    work()
    assert "Xanthippe" in Message.objects.get().body
    erasure.erase(xan)
    assert not Message.objects.filter(body__contains="Xanthippe").exists()
    work()
    assert [each.type for each in receiver.taken][1:] == ["appointment.cancelled"]
    first = Message.objects.get(type="appointment.requested")
    subscribing.retry(ada.provider, webhook.pk, first.pk)
    work()
    again = receiver.taken[-1]
    assert again.id == str(first.pk)
    assert again.type == "appointment.requested"
    assert again.appointment["id"] == str(Appointment.objects.get().pk)
    assert "Xanthippe" not in "".join(each.body for each in receiver.taken[1:])


def test_an_erased_providers_webhooks_are_gone(massage, ada, bob, receiver, subscribed):
    subscribed(ada)
    town.book(massage.pk, by=bob, start=town.at(8, day=1))
    work()
    erasure.erase(ada)
    work()
    assert not Webhook.objects.exists()
    assert len(receiver.heard) == 1


def test_a_provider_takes_webhooks_along_without_their_secrets(
    massage, ada, bob, receiver, subscribed
):
    _, secret = subscribed(ada)
    sealed = Webhook.objects.get().secret
    town.book(massage.pk, by=bob, start=town.at(8, day=1))
    work()
    shown = taking_along.everything(ada)["provider"]
    assert [each["url"] for each in shown["webhooks"]] == [receiver.url]
    assert [each["type"] for each in shown["webhook_deliveries"]] == ["appointment.requested"]
    assert [each["status"] for each in shown["webhook_attempts"]] == [200]
    said = json.dumps(shown, default=str)
    assert secret not in said
    assert sealed not in said


def test_an_account_that_changes_hands_loses_its_webhooks(ada, dan, subscribed):
    subscribed(ada)
    subscribed(dan)
    events.announce("account.claimed", user_id=str(ada.pk))
    work()
    assert [each.provider for each in Webhook.objects.all()] == [dan.provider]


def test_of_a_suspended_provider_nothing_is_sent_until_that_is_lifted(
    receiver, subscribed, massage, ada, bob
):
    webhook, _ = subscribed(ada)
    made = town.book(massage.pk, by=bob, start=town.at(8, day=1))
    suspending.suspend(ada, by=town.person("Olga", is_staff=True, is_superuser=True))
    cancelling.cancel(made.pk, by=bob)
    work()
    delivering.tick(timezone.now())
    delivering.deliver(webhook.pk)
    work()
    assert receiver.heard == []
    assert Message.objects.waiting().count() == 2
    suspending.lift(ada)
    delivering.tick(timezone.now())
    work()
    assert [each.appointment["status"] for each in receiver.taken] == ["cancelled", "cancelled"]


def test_a_webhook_is_not_switched_off_while_nothing_may_be_sent(subscribed, ada):
    webhook, _ = subscribed(ada)
    long_ago = timezone.now() - timedelta(days=30)
    Webhook.objects.filter(pk=webhook.pk).update(failing_since=long_ago)
    suspending.suspend(ada, by=town.person("Olga", is_staff=True, is_superuser=True))
    delivering.tick(timezone.now())
    assert Webhook.objects.get(pk=webhook.pk).active
