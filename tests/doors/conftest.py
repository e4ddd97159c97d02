from datetime import date

import pytest
from django.db import connection

from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import time_off
from openslot.appointments.guests import links as guests
from openslot.appointments.models import Act
from openslot.availability import hours
from openslot.catalog.models import Category
from openslot.notifications import deliver, feed, links
from openslot.notifications.models import Channel, Delivery
from openslot.webhooks import kinds, subscribing
from openslot.webhooks.models import Message
from tests import town
from tests.doors import houses


@pytest.fixture(autouse=True)
def versions():
    """Whatever comes through the doors: each write to an appointment raises its version."""
    with connection.execute_wrapper(houses.versions_raised):
        yield


def hooked(provider):
    """A webhook, and a test of it that was given up; both go by the same id."""
    made, _ = subscribing.add(provider, url="https://8.8.8.8/hook", events=list(kinds.TYPES))
    at = {"at": town.NOW, "due_at": town.NOW, "state": "failed"}
    Message.objects.create(pk=made.pk, webhook=made, type=kinds.TEST, **at)
    return made.pk


@pytest.fixture
def house(massage, haircut, ada, bob, carol, dan):
    """People, and the ids that stand for a route's parameters, by the route's first words."""
    asked = town.book(massage.pk, by=bob, start=town.at(8, day=1))
    special = hours.set_special(ada.provider, day=date(2030, 4, 5), spans=[])
    away, _ = time_off.take(ada.provider, by=ada, start=town.at(8, day=9), end=town.at(9, day=9))
    weekly = town.book_series(
        massage.pk, by=bob, start=town.at(8, day=3), recurrence="FREQ=WEEKLY;COUNT=2"
    )
    gil = {"customer": Guest("gil@example.org", "Gil")}
    called_in = town.book(massage.pk, by=ada, start=town.at(13, day=1), **gil)
    ids = {
        "appointments/": asked.pk,
        "series/": weekly.pk,
        "provider/requests/": asked.pk,
        "provider/services/": massage.pk,
        "provider/customers/": asked.customer_id,
        "provider/special-hours/": special.pk,
        "provider/time-off/": away.pk,
        "p/": massage.pk,
        "embed/": massage.pk,
        "provider/webhooks/": hooked(ada.provider),
        "me/calendar/": massage.pk,  # no question: nothing is connected
    }
    deliver.tell_person(ada, "welcome", cause=ada.pk, by=[Channel.IN_APP])
    ids["notifications/"] = Delivery.objects.visible_to(ada).get().pk
    words = {
        "id": "what-nobody-has",
        "slug": "ada",
        "path": "photos/none.png",
        "action": "cancel",
        "secret": feed.address(bob).rpartition("/")[2].removesuffix(".ics"),
        "token": links.unsubscribe(bob, "moved").rstrip("/").rpartition("/")[2],
        "guest token": guests.token(called_in),
        "guest action": "cancel",
        "name": "1900000000000000000-1.eml",
        "number": 0,
        "section": "practices",
        "kind": "reminder",
    }
    people = {"bob": bob, "carol": carol, "ada": ada, "dan": dan, "anonymous": None}
    category = Category.objects.create(slug="well-being", name="Well-being")
    massage.category = category
    asked_first = {"id": str(massage.pk), "label": "Shoes?", "kind": "text", "options": []}
    massage.questions = [asked_first | {"required": False, "help": "", "new_customers_only": False}]
    massage.save()
    return {
        "ids": ids,
        "words": words,
        "people": people,
        "service": massage,
        "category": category.slug,
        "acts": set(Act.objects.values_list("pk", flat=True)),
    }
