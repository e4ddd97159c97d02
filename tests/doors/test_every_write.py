"""Every write through both doors: the same rows afterwards; and pressed twice, done once."""

from __future__ import annotations

import re
import uuid
from datetime import date

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.db import models, transaction
from django.urls import resolve
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts.models import Provider, User
from openslot.api import urls as of_the_api
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import answers, rescheduling, time_off
from openslot.appointments.guests import links
from openslot.availability import hours
from openslot.notifications import deliver, feed
from openslot.notifications.models import Channel, Delivery
from openslot.web import urls as of_the_pages
from openslot.webhooks import subscribing
from tests import town
from tests.doors import houses
from tests.doors.writes import (
    EXCEPTIONS_OF_THE_API,
    EXCEPTIONS_OF_THE_PAGES,
    PHOTO,
    WRITES,
    Page,
)

pytestmark = pytest.mark.django_db

KEPT = ("accounts", "catalog", "availability", "appointments", "notifications", "webhooks")
# Of a sign-in, and of the door itself.
NOT_COMPARED = {"last_login", "via"}
SECRETS = {"key", "password", "slug", "secret", "old_secrets"}
KEY = "a key"


@pytest.fixture
def town_of_writes(massage, ada, bob):
    """Ada, Bob, and something of every kind to write to: the ids by their names in the table."""
    treatment = town.following(massage, "Treatment", 1, 7)
    asked = town.book(massage.pk, by=bob, start=town.at(7, day=1))
    visit = confirmed(massage, ada, bob, town.at(8, day=1))
    proposed = confirmed(massage, ada, bob, town.at(9, day=1))
    rescheduling.reschedule(proposed.pk, by=bob, start=town.at(10, day=1))
    first = confirmed(massage, ada, bob, town.at(8, day=9))
    dependent = town.book(treatment.pk, by=bob, start=town.at(8, day=11), depends_on=first.pk)
    rule = "FREQ=WEEKLY;COUNT=3"
    weekly = town.book_series(massage.pk, by=bob, start=town.at(8, day=3), recurrence=rule)
    dates = list(weekly.occurrences.by_start())
    away, _ = time_off.take(ada.provider, by=ada, start=town.at(8, day=30), end=town.at(9, day=30))
    special = hours.set_special(ada.provider, day=date(2030, 5, 5), spans=[])
    User.objects.filter(pk=bob.pk).update(photo="photos/people/bob.png")
    Provider.objects.filter(user=ada).update(photo="photos/providers/ada.png")
    feed.address(bob)  # the page of the preferences shows it
    deliver.tell_person(ada, "welcome", cause=ada.pk, by=[Channel.IN_APP])
    webhook, _ = subscribing.add(
        ada.provider, url="https://8.8.8.8/hook", events=["appointment.moved"]
    )
    message = subscribing.test(ada.provider, webhook.pk)
    made = {
        "webhook": webhook,
        "message": message,
        "massage": massage,
        "treatment": treatment,
        "asked": asked,
        "visit": visit,
        "proposed": proposed,
        "first": first,
        "dependent": dependent,
        "weekly": weekly,
        "weekly_first": dates[0],
        "weekly_second": dates[1],
        "away": away,
        "special": special,
        "customer": asked.customer,
        "guest": called_in("Gil", massage, ada, town.at(11, day=1)),
        "same": called_in("Gilbert", massage, ada, town.at(12, day=2)),
        "notice": Delivery.objects.visible_to(ada).get(),
    }
    ids = {name: str(each.pk) for name, each in made.items()}
    return {"ada": ada, "bob": bob, "ids": ids | links_of_guests(massage, ada)}


def links_of_guests(service, ada):
    """A guest's appointment as it was made, with a new time proposed to them, and by them."""
    gil = {"customer": Guest("gil@example.org", "Gil")}
    made = [town.book(service.pk, by=ada, start=town.at(9, day=n), **gil) for n in (5, 6, 7)]
    called, offered, offering = made
    new = {"start": town.at(11, day=6), "propose": True}
    rescheduling.reschedule(offered.pk, by=ada, **new)
    rescheduling.reschedule(offering.pk, by=offering.customer, start=town.at(11, day=7))
    names = {"called": called, "offered": offered, "offering": offering}
    return {f"link_{name}": links.token(each) for name, each in names.items()}


def called_in(name, service, ada, start):
    """A guest of Ada's without an address."""
    return town.book(service.pk, by=ada, start=start, customer=Guest("", name)).customer


def confirmed(service, ada, bob, start):
    made = town.book(service.pk, by=bob, start=start)
    answers.accept(made.pk, by=ada)
    return made


# What is left behind ---------------------------------------------------------------------------


def left_behind(known=frozenset()):
    """Every row of the house; ids and secrets that are not among the `known` are alike."""
    rows = {
        model._meta.label: sorted(
            repr(
                [(field.name, told(field, row[field.attname], known)) for field in compared(model)]
            )
            for row in model._default_manager.order_by().values()
        )
        for model in apps.get_models()
        if model._meta.app_label in KEPT and model._meta.managed
    }
    return rows | {"jobs": ProcrastinateJob.objects.count()}


def compared(model):
    fields = model._meta.concrete_fields
    return [each for each in fields if not each.primary_key and each.name not in NOT_COMPARED]


def told(field, value, known):
    if isinstance(field, models.FileField):
        return str(value) in known if value else None
    if isinstance(value, int) and field.is_relation:
        return "a row"
    text = str(value)
    if isinstance(value, uuid.UUID) or field.name in SECRETS:
        return text if text in known else "new"
    return UUIDS.sub(lambda found: found[0] if found[0] in known else "new", repr(value))


UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def known_now():
    """The ids and secrets that there are before anything is written."""
    values = set()
    for model in apps.get_models():
        if model._meta.app_label in KEPT and model._meta.managed:
            for row in model._default_manager.order_by().values():
                values |= {str(value) for value in row.values()}
    return frozenset(values)


# The doors -------------------------------------------------------------------------------------


def with_ids(value, ids):
    if isinstance(value, dict):
        return {name: with_ids(each, ids) for name, each in value.items()}
    if isinstance(value, str) and "{" in value:
        return value.format(**ids)
    return value


def through_the_api(write, there, *, key=None):
    """The answer: its status and its body."""
    machine, client = write.machine, houses.machine(there[write.who])
    path = "/api/" + with_ids(machine.path, there["ids"])
    sent = with_ids(machine.sent, there["ids"])
    if machine.whole:
        stands = client.get(path).json()
        sent = [*stands, *sent] if isinstance(stands, list) else stands | sent
    headers = {"idempotency-key": key} if key else {}
    if sent == PHOTO:
        answer = client.put(path, {"photo": houses.photo()}, format="multipart", headers=headers)
    else:
        answer = getattr(client, machine.method)(path, sent, format="json", headers=headers)
    return answer.status_code, answer.content


def form_of(write, there, client):
    """What the form sends, each time with the same key."""
    page: Page = write.page
    path, form = "/" + with_ids(page.path, there["ids"]), with_ids(page.form, there["ids"])
    if page.whole:
        form = filled(client.get(path).context["form"]) | form
    return path, form | {"once": KEY}


def filled(form):
    """The fields as a browser sends them back."""
    values = {each.html_name: each.field.prepare_value(each.value()) for each in form}
    return {
        name: "on" if value is True else value
        for name, value in values.items()
        if value is not None and value is not False
    }


def pressed(client, path, form):
    """Where the press led, and what was told."""
    form = {name: houses.photo() if value == PHOTO else value for name, value in form.items()}
    answer = client.post(path, form)
    assert answer.status_code == 302, answer.content.decode()
    words = [str(each) for each in get_messages(answer.wsgi_request)]
    client.get("/accounts/logout/")  # what was told is told
    return answer.url, words


# The tests -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITES)
def test_both_doors_leave_the_same_behind(name, town_of_writes, clock):
    write, there, known = WRITES[name], town_of_writes, known_now()
    if write.later:
        clock.move_to(town.at(9, day=1))
    before, after = left_behind(known), {}
    with transaction.atomic():
        status, body = through_the_api(write, there)
        assert status in (200, 201, 202, 204), body
        after["api"] = left_behind(known)
        transaction.set_rollback(True)
    with transaction.atomic():
        client = houses.browser(there[write.who])
        pressed(client, *form_of(write, there, client))
        after["page"] = left_behind(known)
        transaction.set_rollback(True)
    assert after["api"] != before, "it writes nothing"
    assert after["api"] == after["page"]


@pytest.mark.parametrize("name", WRITES)
def test_a_form_pressed_twice_is_carried_out_once_and_answered_alike(name, town_of_writes, clock):
    write, there, known = WRITES[name], town_of_writes, known_now()
    if write.later:
        clock.move_to(town.at(9, day=1))
    client = houses.browser(there[write.who])
    path, form = form_of(write, there, client)
    first = pressed(client, path, form)
    once = left_behind(known)
    again = pressed(client, path, form)
    assert left_behind(known) == once
    if write.leaves:
        assert again[0].startswith("/accounts/login/")
    else:
        assert again == first


@pytest.mark.parametrize("name", WRITES)
def test_what_a_program_sends_twice_is_done_once(name, town_of_writes, clock):
    """By its key where it takes one; else because doing it again changes nothing, or is refused."""
    write, there, known = WRITES[name], town_of_writes, known_now()
    if write.later:
        clock.move_to(town.at(9, day=1))
    keyed = write.machine.path in {"appointments/", "series/{weekly}/extend/"}
    first = through_the_api(write, there, key=KEY if keyed else None)
    once = left_behind(known)
    again = through_the_api(write, there, key=KEY if keyed else None)
    assert (anew(left_behind(known)) == anew(once)) == (not write.anew), write.anew
    if keyed:
        assert again == first


def anew(rows):
    """Without what saving the same again says: that it was saved (a version, a move, a moment)."""
    return {
        label: [re.sub(r"\('(?:version|updated_at)', '[^']*'\)", "", row) for row in found]
        for label, found in rows.items()
        if label not in {"jobs", "appointments.Act", "appointments.Move"}
    }


def test_every_write_of_the_api_stands_in_the_table():
    taken = {
        f"{method} {route}"
        for route, pattern in houses.routes(of_the_api.urlpatterns).items()
        for method in ("post", "put", "patch", "delete")
        if hasattr(getattr(pattern.callback, "cls", None), method)
    }
    standing = {
        f"{each.machine.method} {route_of('/api/' + each.machine.path).removeprefix('api/')}"
        for each in WRITES.values()
    }
    assert taken == standing | EXCEPTIONS_OF_THE_API.keys(), "say in writes.py how it is sent"
    assert not standing & EXCEPTIONS_OF_THE_API.keys()


def test_every_page_that_writes_stands_in_the_table():
    names = {pattern.name for pattern in houses.routes(of_the_pages.urlpatterns).values()} | {
        "home"
    }
    standing = {resolve(real("/" + each.page.path)).view_name for each in WRITES.values()}
    assert names == standing | EXCEPTIONS_OF_THE_PAGES.keys(), "say in writes.py how it is sent"
    assert not standing & EXCEPTIONS_OF_THE_PAGES.keys()


def real(path):
    return re.sub(r"\{\w+\}", town.NOBODY, path)


def route_of(path):
    return resolve(real(path)).route
