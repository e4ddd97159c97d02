"""Text messages by the operator's gateway: off by default, to whoever wants them and has a number."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts import people, phones
from openslot.appointments.changing import answers, cancelling
from openslot.kernel.errors import Invalid
from openslot.notifications import preferences, reminders
from openslot.notifications.models import Channel, Delivery, State
from openslot.notifications.outgoing import texting
from openslot.notifications.outgoing.sending import Later
from openslot.variables import addresses
from tests import town
from tests.working import work

pytestmark = pytest.mark.django_db
NUMBER = "+49 30 901820"
BOTH = {"confirmed": True, "reminder": True}


@pytest.fixture
def receiver(settings):
    """A gateway on this machine: `taken` is [(number, text)], `status` what it answers."""

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self):
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            number = unquote(self.path.rpartition("/")[2])
            self.server.taken.append((number, said["message"], said["title"]))
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.taken, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.NOTIFY_URL_SMS = f"json://127.0.0.1:{server.server_port}/texts/{{phone}}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def wanting(bob, receiver):
    """Bob has a number and wants text messages."""
    people.change_profile(bob, phone=NUMBER)
    preferences.change(bob, sms=BOTH)
    return bob


def texts():
    return Delivery.objects.filter(channel=Channel.SMS)


def test_a_confirmation_and_a_reminder_come_by_text(massage, wanting, ada, receiver, clock, outbox):
    made = town.booked(massage, wanting, town.at(8, day=4))
    outbox()
    assert receiver.taken == []
    answers.accept(made.pk, by=ada)
    outbox()
    [(number, said, title)] = receiver.taken
    assert (number, title) == ("+4930901820", "")
    assert said.startswith("Confirmed: Ada's practice accepted: Massage, ")
    clock.move_to(made.start - timedelta(minutes=60))
    reminders.send_due()
    outbox()
    assert receiver.taken[1][1].startswith("Reminder: Massage with Ada's practice, ")
    assert len(receiver.taken) == 2
    assert set(texts().values_list("state", flat=True)) == {State.SENT}


def test_a_booking_that_is_confirmed_at_once_is_texted_to_who_booked(
    haircut, wanting, receiver, outbox
):
    town.booked(haircut, wanting, town.at(9))
    outbox()
    [(_, said, _)] = receiver.taken
    assert said.startswith("Booked: You booked Haircut with ")


def test_nothing_else_comes_by_text(haircut, wanting, dan, receiver, outbox):
    made = town.booked(haircut, wanting, town.at(9))
    outbox()
    receiver.taken.clear()
    cancelling.cancel(made.pk, by=dan)
    outbox()
    assert receiver.taken == []


def test_nobody_is_texted_who_did_not_ask_for_it(haircut, bob, receiver, outbox):
    people.change_profile(bob, phone=NUMBER)
    town.booked(haircut, bob, town.at(9))
    outbox()
    assert (receiver.taken, texts().count()) == ([], 0)


@pytest.mark.parametrize("phone", ["", "030 901820"])
def test_without_a_number_that_can_be_dialled_from_anywhere_nothing_is_sent(
    haircut, wanting, receiver, outbox, phone
):
    people.change_profile(wanting, phone=phone)
    town.booked(haircut, wanting, town.at(9))
    outbox()
    assert receiver.taken == []


def test_without_a_gateway_there_are_no_texts_and_nothing_to_choose(haircut, bob, outbox):
    people.change_profile(bob, phone=NUMBER)
    assert "sms" not in preferences.shown(bob)
    with pytest.raises(Invalid):
        preferences.change(bob, sms=BOTH)
    town.booked(haircut, bob, town.at(9))
    outbox()
    assert texts().count() == 0


def test_only_kinds_that_come_by_text_can_be_asked_for(wanting):
    with pytest.raises(Invalid):
        preferences.change(wanting, sms={"moved": True})
    assert preferences.change(wanting, sms={"reminder": False})["sms"] == {
        "confirmed": True,
        "reminder": False,
    }


def test_what_is_not_taken_is_tried_again_and_then_given_up(haircut, wanting, receiver, outbox):
    receiver.status = 500
    town.booked(haircut, wanting, town.at(9))
    with pytest.raises(Later):
        work()
    told = texts().get()
    assert told.state == State.WAITING
    texting.send(told.pk, last=True)
    told.refresh_from_db()
    assert (told.state, told.error) == (State.FAILED, texting.REFUSED)
    receiver.status, receiver.taken[:] = 200, []
    texting.send(told.pk, last=False)
    assert receiver.taken == []


def test_a_text_is_sent_once_whatever_is_retried(haircut, wanting, receiver, outbox):
    town.booked(haircut, wanting, town.at(9))
    outbox()
    for each in texts():
        texting.send(each.pk, last=False)
    assert len(receiver.taken) == 1


def test_a_text_that_comes_too_late_is_not_sent(haircut, wanting, dan, receiver, outbox):
    receiver.status = 500
    made = town.booked(haircut, wanting, town.at(9))
    with pytest.raises(Later):
        work()
    receiver.status, receiver.taken[:] = 200, []
    cancelling.cancel(made.pk, by=dan)
    texting.send(texts().get(cause=made.moves.earliest("id").act_id).pk, last=False)
    assert receiver.taken == []
    assert texts().get().state == State.FAILED


def test_the_words_are_in_the_language_and_the_zone_of_the_reader(
    haircut, wanting, receiver, outbox
):
    people.change_profile(wanting, language="de", timezone="Asia/Tokyo")
    town.booked(haircut, wanting, town.at(9))
    outbox()
    [(_, said, _)] = receiver.taken
    assert said.startswith("Gebucht: ")
    assert "18:00" in said


def test_neither_number_nor_key_is_logged(haircut, wanting, receiver, settings, caplog):
    receiver.status = 500
    settings.NOTIFY_URL_SMS += "?:secret=abracadabra"
    town.booked(haircut, wanting, town.at(9))
    with pytest.raises(Later):
        work()
    assert "901820" not in caplog.text
    assert "abracadabra" not in caplog.text
    assert not ProcrastinateJob.objects.filter(args__icontains="901820").exists()


@pytest.mark.parametrize(
    ("typed", "number"),
    [("+49 30 901820", "+4930901820"), ("030 901820", ""), ("", ""), ("+", ""), ("110", "")],
)
def test_a_number_is_dialled_with_its_country(typed, number):
    assert phones.dialled(typed) == number


@pytest.mark.parametrize("url", ["json://127.0.0.1/texts", "nonsense://{phone}", "{phone}"])
def test_an_address_that_sends_no_texts_is_refused(url):
    with pytest.raises(ValueError, match="apprise"):
        addresses.of_texting(url)
