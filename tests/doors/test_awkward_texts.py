"""Whatever people type comes out as it went in: every field, every output."""

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import icalendar
import pytest
import vobject
from django.core import mail
from django.test import Client
from django.utils.html import escape

from openslot.appointments.changing import answers
from openslot.kernel.wording import texts
from openslot.notifications import ics
from tests import town
from tests.api.calling import Caller
from tests.doors.awkward import TEXTS, in_turn
from tests.notifications.letters import parsed
from tests.working import work

pytestmark = pytest.mark.django_db
CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")
FOUND = ("summary", "description", "location")


def in_calendars(text):
    """As RFC 5545 can say it: one kind of line end, no controls."""
    return "\n".join(CONTROLS.sub("", each) for each in texts.newlines(text).split("\n"))


@pytest.fixture
def appointments(ada, bob):
    """One for each text: as notes, and as far as it is a line, the service's name and place."""
    ada.provider.confirmation = "automatic"
    ada.provider.booking_window_days = 1000
    ada.provider.save()
    made = []
    for number, text in enumerate(TEXTS):
        service = town.service(
            ada.provider,
            name=texts.line(text),
            location_kind="in_person",
            location_text=texts.line(text),
        )
        made.append(town.booked(service, bob, town.at(8, day=number), notes=text))
    return made


def by_icalendar(raw):
    return [
        {name: str(event[name]) for name in ("uid", *FOUND)}
        for event in icalendar.Calendar.from_ical(raw).walk("VEVENT")
    ]


def by_vobject(raw):
    return [
        {name: getattr(event, name).value for name in ("uid", *FOUND)}
        for event in vobject.readOne(raw.decode()).vevent_list
    ]


def by_ical_js(raw):
    script = Path(__file__).with_name("ical.mjs")
    path = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    told = subprocess.run(
        ["node", str(script)],
        input=json.dumps([raw.decode()]).encode(),
        capture_output=True,
        check=True,
        env=os.environ | path,
    )
    return json.loads(told.stdout)


@pytest.mark.parametrize("reader", [by_icalendar, by_vobject, by_ical_js])
def test_every_calendar_program_reads_what_was_typed(reader, appointments, bob):
    raw = ics.feed([(each, "customer") for each in appointments], name="Feed")
    found = {each["uid"]: each for each in reader(raw)}
    for text, made in zip(TEXTS, appointments, strict=True):
        event = found[f"{made.pk}@openslot"]
        assert event["description"] == in_calendars(text)
        assert event["location"] == texts.line(text)
        assert event["summary"] == f"{texts.line(text)}: Ada's practice"


LINES = {
    "me/": ("first_name", "last_name"),
    "provider/": ("name", "headline"),
    "provider/services/{service}/": ("name",),
}
PROSE = {
    "provider/": ("bio",),
    "provider/services/{service}/": ("description",),
    "appointments/{appointment}/": ("notes",),
    "provider/customers/{customer}/": ("notes",),
}


@pytest.fixture
def filled(massage, bob):
    visit = town.booked(massage, bob, town.at(8))
    return {"service": massage.pk, "appointment": visit.pk, "customer": visit.customer_id}


def test_json_answers_what_was_sent(ada, filled):
    caller, wrong = Caller(ada), []
    for text in TEXTS:
        for fields, kept in ((LINES, texts.line(text)), (PROSE, text)):
            for path, names in fields.items():
                answer = caller.patch(path.format(**filled), dict.fromkeys(names, text))
                assert answer.status_code == 200, (text, answer.content)
                wrong += [(path, name, text) for name in names if answer.json()[name] != kept]
    assert wrong == []


def test_pages_show_what_was_typed(ada, bob, filled, massage):
    offers, books, wrong = town.sign_in(Client(), ada), town.sign_in(Client(), bob), []
    mine = f"/appointments/{filled['appointment']}/"
    for text in TEXTS:
        line = texts.line(text)
        ada.provider.name, ada.provider.bio, massage.name = line, text, line
        bob.first_name = bob.last_name = line
        for each in (ada.provider, massage, bob):
            each.save()
        sold = f"/provider/services/{massage.pk}/"
        known = f"/provider/customers/{filled['customer']}/"
        for path in (mine, known):
            Caller(ada).patch(path.removeprefix("/"), {"notes": text})
        Caller(ada).patch(sold.removeprefix("/"), {"description": text})
        pages = (
            (books, mine, (line, text)),
            (offers, mine, (f"{line} {line}", text)),
            (books, "/p/ada/", (line,)),
            (books, "/appointments/", (line,)),
            (offers, "/provider/requests/", (line,)),
            (offers, "/provider/customers/", (f"{line} {line}",)),
            (offers, "/provider/profile/", (line, text)),
            (offers, sold, (line, text)),
            (offers, known, (text,)),
            (books, "/me/", (line,)),
        )
        for number, (client, path, shown) in enumerate(pages):
            if text not in in_turn(number):
                continue
            page = client.get(path).content.decode()
            wrong += [(path, each) for each in shown if escape(each) not in page]
    assert wrong == []


def test_mails_say_what_was_typed(db, settings):
    """Who sells, what, who comes and why not: to the provider first, then to the customer."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox, wrong, told = [], [], {}
    for number, text in enumerate(TEXTS):
        line = texts.line(text)
        sells, comes = town.person(f"S{number}"), town.person(f"C{number}", first_name=line)
        sold = town.service(town.provider(sells, name=line), name=line)
        town.hours(sold.provider)
        visit = town.booked(sold, comes, town.at(8, day=1))
        answers.decline(visit.pk, by=sells, reason=text)
        told[sells.email] = (line, f"{line} Test")
        told[comes.email] = (line, *texts.newlines(text).split("\n"))
    work()
    letters = {each["To"].addresses[0].addr_spec: each for each in map(parsed, mail.outbox)}
    assert letters.keys() == told.keys()
    for address, letter in letters.items():
        assert letter["Bcc"] is None
        plain = texts.newlines(letter.get_body(("plain",)).get_content())
        shown = html.unescape(letter.get_body(("html",)).get_content())
        for part in told[address]:
            wrong += [(address, part) for body in (plain, shown) if part not in body]
    assert wrong == []
