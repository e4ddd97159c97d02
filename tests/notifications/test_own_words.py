"""What a provider says of their own in mails: to whom, put in, and as nothing but words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openslot.accounts import people
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import answers, cancelling, rescheduling
from openslot.appointments.models import Appointment
from openslot.catalog import offering
from openslot.kernel.errors import Invalid
from openslot.notifications import kinds, reminders
from openslot.notifications.models import OwnWords
from openslot.notifications.outgoing import preview
from openslot.notifications.own_words import placeholders, saying
from openslot.privacy import erasure, taking_along
from tests import town
from tests.notifications.letters import BOB, html, own_words, parsed, plain

pytestmark = pytest.mark.django_db

WELL = "Dear {first_name},\n\nyour {service} is on {date} at {time}.\nSee https://example.org/way"
ARABIC = "مرحبا بكم في عيادتنا 🌿 نرجو الحضور قبل الموعد بعشر دقائق https://example.org/طريق "


def test_they_stand_in_the_mail_of_their_kind_alone(massage, ada, bob, outbox):
    saying.put(ada.provider, {"confirmed": WELL})
    made = town.booked(massage, bob, town.at(8))
    assert "Dear Bob" not in plain(outbox()[BOB])
    answers.accept(made.pk, by=ada)
    mails = outbox()
    assert "Dear Bob,\n\nyour Massage is on Monday 1 April 2030 at 10:00.\nSee https" in plain(
        mails[BOB]
    )
    assert ada.email not in mails


@pytest.mark.parametrize("kind", kinds.OWN)
def test_every_kind_says_its_own(kind, massage, ada, bob, outbox, clock):
    saying.put(ada.provider, {kind: f"Of kind {kind}."})
    made = town.booked(massage, bob, town.at(8))
    acts = {
        "confirmed": lambda: answers.accept(made.pk, by=ada),
        "declined": lambda: answers.decline(made.pk, by=ada),
        "cancelled": lambda: cancelling.cancel(made.pk, by=bob),
        "moved": lambda: rescheduling.reschedule(made.pk, by=ada, start=town.at(9)),
    }
    if kind != "requested":
        outbox()
    if kind == "reminder":
        answers.accept(made.pk, by=ada)
        outbox()
        clock.move_to(made.start - timedelta(minutes=59))
        reminders.send_due()
    elif kind in acts:
        acts[kind]()
    mails = outbox()
    assert f"Of kind {kind}." in plain(mails[BOB])
    assert f"Of kind {kind}." in html(mails[BOB])
    assert all("Of kind" not in plain(sent) for to, sent in mails.items() if to != BOB)


def test_a_guest_reads_them_by_the_name_they_gave(massage, ada, outbox):
    saying.put(ada.provider, {"requested": WELL})
    town.book(massage.pk, by=Guest("gil@example.org", "Gil"), start=town.at(8))
    assert "Dear Gil," in plain(outbox()["gil@example.org"])


def test_links_and_paragraphs_are_shown_as_such(massage, ada, bob, outbox):
    saying.put(ada.provider, {"requested": WELL})
    town.booked(massage, bob, town.at(8))
    said = own_words(html(outbox()[BOB]))
    assert [each["text"] for each in said] == [
        "Dear Bob,",
        "your Massage is on Monday 1 April 2030 at 10:00.See https://example.org/way",
    ]
    assert said[1]["links"] == ["https://example.org/way"]
    assert {each["dir"] for each in said} == {"auto"}


NASTY = [
    "{service}",
    "{{ told.subject }}",
    "{% debug %}",
    "<img src=x onerror=alert(1)>",
    "https://evil.example/",
    "\\1\\g<0>",
]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_a_name_whatever_stands_in_it(name, massage, ada, outbox):
    saying.put(ada.provider, {"requested": "Dear {first_name}: {service}."})
    town.book(massage.pk, by=Guest("gil@example.org", name), start=town.at(8))
    sent = outbox()["gil@example.org"]
    assert f"Dear {name}: Massage." in plain(sent)
    [said] = own_words(html(sent))
    assert said["text"] == f"Dear {name}: Massage."
    assert said["tags"] == {"bdi"}


def test_what_looks_like_markup_is_shown_as_it_is_typed(massage, ada, bob, outbox):
    typed = (
        "<script>alert(1)</script> & <a href='https://evil.example'>here</a>\nBcc: all@x.example"
    )
    saying.put(ada.provider, {"requested": typed})
    town.booked(massage, bob, town.at(8))
    sent = outbox()[BOB]
    assert typed in plain(sent)
    [said] = own_words(html(sent))
    assert "<script>alert(1)</script>" in said["text"]
    assert said["tags"] <= {"a", "br"}
    assert parsed(sent)["Bcc"] is None
    assert said["links"] == ["https://evil.example", "mailto:all@x.example"]


def test_an_address_is_a_link_only_where_the_provider_wrote_it(ada):
    values = {"first_name": "evil.example/x", "service": "S", "date": "D", "time": "T"}
    [said] = placeholders.paragraphs("https://example.org/{first_name} javascript:alert(1)", values)
    assert 'href="https://example.org/"' in said
    assert said.count("<a ") == 1


def test_a_thousand_letters_of_arabic_with_a_link_come_out_right(massage, ada, bob, outbox):
    typed = (ARABIC * 20)[:1000].strip()
    saying.put(ada.provider, {"requested": typed})
    town.booked(massage, bob, town.at(8))
    sent = outbox()[BOB]
    assert typed in plain(sent)
    [said] = own_words(html(sent))
    assert said["text"] == typed
    assert said["dir"] == "auto"
    assert said["links"][0].startswith("https://example.org/%D8%B7")


@pytest.mark.parametrize("wrong", ["{name}", "{first_name", "time}", "{}", "{{time}}", "{ date }"])
def test_a_placeholder_that_is_none_is_refused(wrong, ada):
    with pytest.raises(Invalid) as refused:
        saying.put(ada.provider, {"moved": f"Dear {wrong} …", "reminder": "Fine"})
    [(field, [told])] = refused.value.errors.items()
    assert field == "moved"
    assert "{first_name}, {service}, {date}, {time}" in told
    assert saying.of(ada.provider) == {}


def test_too_much_of_it_or_of_no_kind_is_refused(ada):
    saying.put(ada.provider, {"moved": "ا" * 1000})
    for words in ({"moved": "x" * 1001}, {"welcome": "Hello"}):
        with pytest.raises(Invalid):
            saying.put(ada.provider, words)
    assert saying.of(ada.provider) == {"moved": "ا" * 1000}


def test_what_is_not_put_is_said_no_more(ada, dan):
    saying.put(dan.provider, {"moved": "Dan's"})
    saying.put(ada.provider, {"moved": "A", "reminder": "B"})
    assert saying.put(ada.provider, {"moved": "C", "declined": " \n "}) == {"moved": "C"}
    saying.say(ada.provider, "confirmed", "D")
    assert saying.of(ada.provider) == {"confirmed": "D", "moved": "C"}
    saying.say(ada.provider, "confirmed", "")
    assert saying.of(ada.provider) == {"moved": "C"}
    assert saying.of(dan.provider) == {"moved": "Dan's"}


def test_they_go_along_and_go_with_the_account(ada):
    saying.put(ada.provider, {"moved": "Sorry"})
    assert taking_along.everything(ada)["provider"]["words"] == [{"kind": "moved", "text": "Sorry"}]
    erasure.erase(ada)
    assert not OwnWords.objects.exists()


@pytest.mark.parametrize("kind", kinds.OWN)
def test_the_preview_is_the_mail_and_leaves_nothing_behind(kind, massage, ada):
    offering.change(massage, instructions="Ring twice.")
    said = preview.shown(ada.provider, kind, own=WELL, now=town.NOW)
    assert "Dear Sam" in said.text
    assert "Dear <bdi>Sam</bdi>" in said.html
    assert "Massage" in said.subject
    assert ("Ring twice." in said.text) == (kind not in {"declined", "cancelled"})
    assert not Appointment.objects.exists()


def test_a_preview_needs_no_service(ada):
    assert "Your service" in preview.shown(ada.provider, "moved", own="", now=town.NOW).text


def test_a_number_for_customers_stands_in_their_mails_alone(massage, ada, bob, outbox):
    people.change_profile(ada, phone="030 111111")
    people.change_provider(ada.provider, contact_phone="+49 30 901820")
    town.booked(massage, bob, town.at(8))
    mails = outbox()
    assert "Phone: +49 30 901820" in plain(mails[BOB])
    assert "+49 30 901820" in html(mails[BOB])
    assert "111111" not in plain(mails[BOB]) + html(mails[BOB])
    assert "Phone" not in plain(mails[ada.email])
