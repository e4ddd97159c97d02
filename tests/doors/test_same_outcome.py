"""Every write through both doors: the same row, the same history, the same refusal."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.db import transaction

from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import answers, rescheduling
from openslot.appointments.guests import links
from openslot.appointments.models import Appointment, Move
from tests import town
from tests.appointments import traces
from tests.doors import houses

pytestmark = pytest.mark.django_db

START = town.at(8, day=1)
NEW = town.at(10, day=1)


class Api:
    """The door for machines."""

    def book(self, user, service, start, notes=""):
        sent = {"service": str(service.pk), "start": start.isoformat(), "notes": notes}
        return self._told(houses.machine(user).post("/api/appointments/", sent, format="json"))

    def call(self, service, start, **guest):
        sent = {"service": str(service.pk), "start": start.isoformat(), "guest": guest}
        return self._told(houses.machine(None).post("/api/appointments/", sent, format="json"))

    def follow(self, token, action, **sent):
        if "start" in sent:
            sent["start"] = sent["start"].isoformat()
        path = f"/api/guest/appointments/{token}/{action}/"
        return self._told(houses.machine(None).post(path, sent, format="json"))

    def act(self, user, appointment, action, **sent):
        if "start" in sent:
            sent["start"] = sent["start"].isoformat()
        path = f"/api/appointments/{appointment.pk}/{action}/"
        return self._told(houses.machine(user).post(path, sent, format="json"))

    def note(self, user, appointment, notes):
        path = f"/api/appointments/{appointment.pk}/"
        answer = houses.machine(user).patch(path, {"notes": notes}, format="json")
        return self._told(answer)

    @staticmethod
    def _told(answer):
        if answer.status_code < 300:
            return "done"
        return "nothing here" if answer.status_code == 404 else answer.json()["detail"]


class Page:
    """The door for people: the same forms as a browser without JavaScript sends."""

    def book(self, user, service, start, notes=""):
        path = f"/p/{service.provider.slug}/{service.pk}/book/"
        return self._told(houses.browser(user).post(path, {"at": stamp(start), "notes": notes}))

    def call(self, service, start, **guest):
        path = f"/p/{service.provider.slug}/{service.pk}/book/"
        sent = {"at": stamp(start), "email": guest["email"], "code": guest.get("code", "")}
        sent |= {"name": guest["first_name"], "zone": guest["timezone"]}
        return self._told(houses.browser(None).post(path, sent))

    def follow(self, token, action, **sent):
        if "start" in sent:
            sent["start"] = stamp(sent["start"])
        return self._told(houses.browser(None).post(f"/guest/{token}/{action}/", sent))

    def act(self, user, appointment, action, **sent):
        if "start" in sent:
            sent["start"] = stamp(sent["start"])
        path = f"/appointments/{appointment.pk}/{action}/"
        return self._told(houses.browser(user).post(path, sent))

    def note(self, user, appointment, notes):
        path = f"/appointments/{appointment.pk}/notes/"
        return self._told(houses.browser(user).post(path, {"notes": notes}))

    @staticmethod
    def _told(answer):
        if answer.status_code == 404:
            return "nothing here"
        assert answer.status_code in (200, 302, 409, 422), answer.content
        assert "/login/" not in answer.headers.get("Location", "")
        form = (answer.context or {}).get("form") if answer.status_code != 302 else None
        refusals = [str(text) for texts in form.errors.values() for text in texts] if form else []
        refusals += [
            str(each) for each in get_messages(answer.wsgi_request) if each.level_tag == "error"
        ]
        return " ".join(refusals) or "done"


def stamp(moment):
    return moment.isoformat().replace("+00:00", "Z")


DOORS = {"api": Api(), "page": Page()}


def book(door, people):
    return door.book(people["bob"], people["service"], START, notes="First visit")


def book_twice(door, people):
    town.book(people["service"].pk, by=people["carol"], start=START)
    return book(door, people)


def book_at_night(door, people):
    return door.book(people["bob"], people["service"], town.at(1, day=2))


def verb(who, action, *, confirmed=False, proposed_by="", **sent):
    """Somebody does it to Bob's appointment with Ada."""

    def act(door, people):
        made = standing(people, confirmed=confirmed, proposed_by=proposed_by)
        return door.act(people[who], made, action, **sent)

    return act


def note(who):
    def act(door, people):
        return door.note(people[who], standing(people), "The back door")

    return act


def standing(people, *, confirmed=False, proposed_by=""):
    made = town.book(people["service"].pk, by=people["bob"], start=START)
    if confirmed:
        answers.accept(made.pk, by=people["ada"])
    if proposed_by:
        rescheduling.reschedule(made.pk, by=people[proposed_by], start=NEW, propose=True)
    return made


GIL = {"email": "gil@example.org", "first_name": "Gil", "timezone": "Europe/Berlin"}


def guest(start=START, **more):
    """Somebody without an account books."""

    def act(door, people):
        return door.call(people["service"], start, **GIL | more)

    return act


def guest_of_a_taken_time(door, people):
    town.book(people["service"].pk, by=people["carol"], start=START)
    return guest()(door, people)


def link(action, *, proposed_by="", **sent):
    """Somebody with the link of what Ada made for Gil does it; or with another one's."""

    def act(door, people):
        gil = {"customer": Guest("gil@example.org", "Gil")}
        made = town.book(people["service"].pk, by=people["ada"], start=START, **gil)
        if proposed_by:
            by = made.customer if proposed_by == "guest" else people["ada"]
            rescheduling.reschedule(made.pk, by=by, start=NEW, propose=True)
        return door.follow(links.token(made), action, **sent)

    return act


def link_of_another(door, people):
    made = town.book(people["service"].pk, by=Guest("gil@example.org", "Gil"), start=START)
    hal = town.book(people["service"].pk, by=Guest("hal@example.org", "Hal"), start=NEW)
    _, _, signature = links.token(hal).partition(".")
    return door.follow(f"{made.pk.hex}.{signature}", "cancel")


STORIES = {
    "a guest's booking": guest(),
    "a guest's booking of what is taken": guest_of_a_taken_time,
    "a guest's booking outside the hours": guest(town.at(1, day=2)),
    "a booking with the address of an account": guest(email="bob@example.org"),
    "a guest's cancellation": link("cancel", reason="Ill"),
    "a guest's new time is proposed": link("reschedule", start=NEW),
    "a guest takes the new time": link("accept", proposed_by="ada"),
    "a guest keeps the old time": link("decline", proposed_by="ada"),
    "a guest's proposal withdrawn": link("withdraw", proposed_by="guest"),
    "a cancellation by another one's link": link_of_another,
    "a booking": book,
    "a booking of what is taken": book_twice,
    "a booking outside the hours": book_at_night,
    "an acceptance": verb("ada", "accept"),
    "an acceptance by the customer": verb("bob", "accept"),
    "an acceptance twice": verb("ada", "accept", confirmed=True),
    "a refusal": verb("ada", "decline", reason="Away"),
    "a cancellation by the customer": verb("bob", "cancel", confirmed=True, reason="Ill"),
    "a cancellation by the provider": verb("ada", "cancel", confirmed=True, reason="Closed"),
    "a stranger's cancellation": verb("eve", "cancel"),
    "a completion": verb("ada", "complete", confirmed=True),
    "a no-show": verb("ada", "no-show", confirmed=True),
    "a move by the provider": verb("ada", "reschedule", confirmed=True, start=NEW),
    "a move proposed by the provider": verb(
        "ada", "reschedule", confirmed=True, start=NEW, propose=True
    ),
    "a move asked for by the customer": verb("bob", "reschedule", confirmed=True, start=NEW),
    "a move of a request": verb("bob", "reschedule", start=NEW),
    "a move off the grid": verb("bob", "reschedule", start=town.at(10, 7, day=1)),
    "a stranger's move": verb("eve", "reschedule", start=NEW),
    "a proposal accepted": verb("ada", "accept", confirmed=True, proposed_by="bob"),
    "a proposal declined": verb("bob", "decline", confirmed=True, proposed_by="ada"),
    "a proposal withdrawn": verb("bob", "withdraw", confirmed=True, proposed_by="bob"),
    "a note": note("bob"),
    "a stranger's note": note("eve"),
}


@pytest.mark.parametrize("story", STORIES)
def test_both_doors_lead_to_the_same(story, massage, ada, bob, carol, eve):
    people = {"ada": ada, "bob": bob, "carol": carol, "eve": eve, "service": massage}
    outcomes = {}
    for name, door in DOORS.items():
        with transaction.atomic():
            said = STORIES[story](door, people)
            outcomes[name] = said, rows(), history(), len(traces.seen().jobs)
            transaction.set_rollback(True)
    assert outcomes["api"] == outcomes["page"]


OWN = {"id", "customer_id", "held"}  # made anew each time (`held` follows from the rest)


def rows():
    return [
        {name: value for name, value in row.items() if name not in OWN}
        for row in Appointment.objects.order_by("created_at", "start").values()
    ]


def history():
    return list(
        Move.objects.values_list(
            "action",
            "from_status",
            "to_status",
            "changes",
            "act__role",
            "act__actor",
            "act__reason",
        )
    )
