"""Who hears of what, in which words, zone and language, and what lands in their calendars."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation

from openslot.accounts.models import User
from openslot.appointments import moves
from openslot.appointments.booking import asking
from openslot.appointments.changing import (
    answers,
    cancelling,
    editing,
    outcomes,
    rescheduling,
    time_off,
)
from openslot.appointments.changing import clock as ticking
from openslot.appointments.models import Appointment, Move, Role
from openslot.notifications import deliver, kinds, preferences, words
from openslot.notifications.models import Channel, Delivery, State
from openslot.notifications.outgoing import sending
from openslot.privacy import erasure
from tests import town
from tests.notifications.letters import ADA, BOB, DAN, calendars, event, parsed, plain
from tests.working import work


def notices(user):
    return [
        (notice.kind, words.told(notice).headline)
        for notice in Delivery.objects.visible_to(user).newest_first().with_subject()
    ]


def test_a_request_reaches_the_provider_and_its_receipt_the_customer(massage, bob, ada, outbox):
    made = town.booked(massage, bob, town.at(8), notes="My shoulder")
    told = outbox()
    assert set(told) == {ADA, BOB}
    assert parsed(told[ADA])["Subject"] == "New request: Massage, Mon 1 Apr, 10:00"
    assert "Bob Test asks for Massage" in plain(told[ADA])
    assert f"/appointments/{made.pk}/accept/" in plain(told[ADA])
    assert calendars(told[ADA]) == []  # no entry before it is accepted
    [(method, calendar)] = calendars(told[BOB])
    entry = event(calendar)
    assert (method, str(calendar["METHOD"])) == ("REQUEST", "REQUEST")
    assert (str(entry["STATUS"]), entry["SEQUENCE"]) == ("TENTATIVE", 0)
    assert entry["DTSTART"].dt == town.at(8)
    assert entry["DTSTART"].to_ical() == b"20300401T080000Z"
    assert str(entry["ATTENDEE"]) == f"mailto:{BOB}"
    assert entry["ORGANIZER"].params["CN"] == "Ada's practice"
    assert notices(ada) == [("requested", "New request")]
    assert notices(bob) == []


@pytest.mark.parametrize(
    ("domain", "sent"),
    [("bücher.example", "xn--bcher-kva.example"), ("straße.de", "xn--strae-oqa.de")],
)
def test_mail_reaches_an_internationalised_domain(domain, sent, ada, massage, outbox):
    town.booked(massage, town.person("Beate", email=f"b@{domain}"), town.at(8))
    told = outbox()
    [(_, calendar)] = calendars(told[f"b@{sent}"])
    assert str(event(calendar)["ATTENDEE"]) == f"mailto:b@{sent}"


def test_both_zones_are_said_where_they_differ(ada, massage, outbox):
    priya = town.person("Priya", timezone="Asia/Kolkata")
    town.booked(massage, priya, town.at(8))
    told = outbox()
    hers, adas = plain(told["priya@example.org"]), plain(told[ADA])
    assert "Mon 1 Apr, 13:30–14:30 (Asia/Kolkata)" in hers
    assert "Mon 1 Apr, 10:00 (Europe/Berlin, Ada's practice)" in hers
    assert "Mon 1 Apr, 10:00–11:00 (Europe/Berlin)" in adas
    assert "Mon 1 Apr, 13:30 (Asia/Kolkata, Priya Test)" in adas
    assert parsed(told["priya@example.org"])["Subject"].endswith("13:30")


def test_one_zone_is_said_once(massage, bob, outbox):
    town.booked(massage, bob, town.at(8))
    assert plain(outbox()[BOB]).count("Europe/Berlin") == 1


@pytest.mark.parametrize(
    ("language", "chosen", "said"),
    [
        ("en-US", "", "10:00 AM–11:00 AM"),
        ("en", "12", "10:00 AM–11:00 AM"),
        ("en-US", "24", "10:00–11:00"),
    ],
)
def test_mails_count_hours_as_their_reader_does(massage, outbox, language, chosen, said):
    priya = town.person("Priya", language=language)
    User.objects.filter(pk=priya.pk).update(clock=chosen)
    town.booked(massage, priya, town.at(8))
    assert said in plain(outbox()["priya@example.org"])


def test_german_for_who_speaks_it(massage, outbox):
    heidi = town.person("Heidi", language="de-AT")
    town.booked(massage, heidi, town.at(8))
    told = outbox()
    his = parsed(told["heidi@example.org"])
    assert his["Subject"] == "Anfrage gesendet: Massage, Mo, 1. April, 10:00"
    assert "Sie haben bei Ada's practice angefragt" in plain(told["heidi@example.org"])
    assert "Vor Ort bei Ada's practice" in plain(told["heidi@example.org"])
    assert '<html lang="de" dir="ltr">' in his.get_body(("html",)).get_content()
    assert parsed(told[ADA])["Subject"].startswith("New request")


def test_every_word_has_its_german(massage):
    with translation.override("de"):
        for headline, lead in words.WORDS.values():
            assert translation.gettext(headline) != headline
            if "{service} with" not in lead[:20]:
                assert translation.gettext(lead) != lead


def test_accepting_tells_the_customer_alone(asked, ada, bob, outbox):
    answers.accept(asked.pk, by=ada)
    told = outbox()
    assert set(told) == {BOB}
    assert parsed(told[BOB])["Subject"] == "Confirmed: Massage, Mon 1 Apr, 10:00"
    [(_, calendar)] = calendars(told[BOB])
    assert str(event(calendar)["STATUS"]) == "CONFIRMED"
    assert notices(bob) == [("confirmed", "Confirmed")]


def test_declining_ends_the_customers_entry_and_says_why(asked, ada, outbox):
    answers.decline(asked.pk, by=ada, reason="On holiday")
    told = outbox()
    assert set(told) == {BOB}
    assert "Reason: On holiday" in plain(told[BOB])
    [(method, calendar)] = calendars(told[BOB])
    assert (method, str(event(calendar)["STATUS"])) == ("CANCEL", "CANCELLED")
    assert event(calendar)["SEQUENCE"] == 1


def test_a_booking_confirmed_at_once_reaches_both(haircut, bob, dan, outbox):
    town.booked(haircut, bob, town.at(9))
    told = outbox()
    assert set(told) == {BOB, DAN}
    assert parsed(told[DAN])["Subject"] == "New booking: Haircut, Mon 1 Apr, 11:00"
    assert parsed(told[BOB])["Subject"] == "Booked: Haircut, Mon 1 Apr, 11:00"
    assert [method for address in told for method, _ in calendars(told[address])] == [
        "REQUEST",
        "REQUEST",
    ]


def test_a_move_tells_the_other_side_and_gives_the_mover_a_receipt(agreed, dan, outbox):
    rescheduling.reschedule(agreed.pk, by=dan, start=town.at(12))
    told = outbox()
    assert set(told) == {BOB, DAN}
    assert parsed(told[BOB])["Subject"] == "Moved: Haircut, Mon 1 Apr, 14:00"
    assert "Before: Mon 1 Apr, 11:00" in plain(told[BOB])
    for address in told:
        [(method, calendar)] = calendars(told[address])
        assert (method, event(calendar)["SEQUENCE"]) == ("REQUEST", 1)
        assert event(calendar)["DTSTART"].dt == town.at(12)


def test_a_proposal_tells_the_other_side_and_changes_no_calendar(asked, ada, bob, outbox):
    answers.accept(asked.pk, by=ada)
    outbox()
    rescheduling.reschedule(asked.pk, by=bob, start=town.at(12))
    told = outbox()
    assert set(told) == {ADA}
    assert parsed(told[ADA])["Subject"] == "New time proposed: Massage, Mon 1 Apr, 14:00"
    assert "Until now: Mon 1 Apr, 10:00" in plain(told[ADA])
    assert calendars(told[ADA]) == []


def test_an_accepted_proposal_moves_both_calendars(asked, ada, bob, outbox):
    answers.accept(asked.pk, by=ada)
    rescheduling.reschedule(asked.pk, by=bob, start=town.at(12))
    work()
    mail.outbox.clear()
    answers.accept(asked.pk, by=ada)
    told = outbox()
    assert set(told) == {ADA, BOB}
    assert parsed(told[BOB])["Subject"] == "New time accepted: Massage, Mon 1 Apr, 14:00"
    for address in told:
        [(_, calendar)] = calendars(told[address])
        assert event(calendar)["DTSTART"].dt == town.at(12)


@pytest.mark.parametrize(
    ("by", "verb", "kind"),
    [("ada", answers.decline, "proposal_answered"), ("bob", answers.withdraw, "proposed")],
)
def test_a_proposal_that_comes_to_nothing_tells_the_other(
    asked, ada, bob, outbox, clock, by, verb, kind
):
    answers.accept(asked.pk, by=ada)
    rescheduling.reschedule(asked.pk, by=bob, start=town.at(12))
    work()
    mail.outbox.clear()
    clock.shift(60)
    actor, other = (ada, bob) if by == "ada" else (bob, ada)
    verb(asked.pk, by=actor)
    told = outbox()
    assert set(told) == {other.email}
    assert "10:00" in parsed(told[other.email])["Subject"]
    assert notices(other)[0][0] == kind


def test_a_cancellation_reaches_both_and_ends_both_entries(agreed, bob, outbox):
    cancelling.cancel(agreed.pk, by=bob, reason="Ill")
    told = outbox()
    assert set(told) == {BOB, DAN}
    assert parsed(told[DAN])["Subject"] == "Cancelled: Haircut, Mon 1 Apr, 11:00"
    for address in told:
        [(method, calendar)] = calendars(told[address])
        assert (method, event(calendar)["SEQUENCE"]) == ("CANCEL", 1)


def test_what_expires_is_told_to_both(asked, outbox, clock):
    clock.move_to(asked.expires_at)
    ticking.expire_requests()
    told = outbox()
    assert set(told) == {ADA, BOB}
    assert {parsed(each)["Subject"].partition(":")[0] for each in told.values()} == {
        "Request expired"
    }
    [(method, _)] = calendars(told[BOB])
    assert method == "CANCEL"


def test_a_mail_names_what_stays_though_its_prerequisite_is_gone(haircut, bob, dan, outbox):
    colour = town.service(
        dan.provider,
        name="Colour",
        requires=haircut,
        requires_min_days=1,
        requires_max_days=4,
    )
    first = town.booked(haircut, bob, town.at(9))
    outbox()
    town.booked(colour, bob, town.at(9, day=2))
    outbox()
    cancelling.cancel(first.pk, by=dan, dependents="keep")
    told = outbox()
    assert "Needs attention" in plain(told[BOB])
    assert "Colour" in plain(told[BOB])
    assert "Wed 3 Apr, 11:00–" in plain(told[BOB])
    assert len(calendars(told[BOB])) == 1  # what stays, stays in calendars
    assert notices(bob)[0] == ("cancelled", "Cancelled")


def test_what_is_declined_together_with_its_dependents_is_one_mail_to_each(
    massage, bob, ada, outbox
):
    after = {"requires": massage, "requires_min_days": 1, "requires_max_days": 4}
    second = town.service(ada.provider, name="Second massage", **after)
    first = town.booked(massage, bob, town.at(8))
    outbox()
    town.booked(second, bob, town.at(8, day=2))
    outbox()
    answers.decline(first.pk, by=ada, dependents="cancel")
    told = outbox()
    assert set(told) == {ADA, BOB}
    for mine in told.values():
        assert "Declined: Massage" in plain(mine)
        assert "Cancelled: Second massage" in plain(mine)


def test_completion_notes_and_no_show_tell_nobody(agreed, bob, dan, outbox, clock):
    editing.annotate(agreed.pk, by=bob, notes="Short at the sides")
    clock.move_to(agreed.end)
    outcomes.complete(agreed.pk, by=dan)
    assert outbox() == {}


def test_a_guest_gets_mail_and_no_links_that_need_an_account(massage, ada, outbox):
    guest = asking.Guest("guest@example.org", "Gus", "Guest")
    town.booked(massage, ada, town.at(9), customer=guest)
    told = outbox()
    assert set(told) == {ADA, "guest@example.org"}
    assert "Ada's practice booked Massage for you" in plain(told["guest@example.org"])
    assert "/appointments/" not in plain(told["guest@example.org"])
    [(method, _)] = calendars(told["guest@example.org"])
    assert method == "REQUEST"


def test_the_invitations_of_one_appointment_end_where_it_stands(asked, ada, bob, outbox, clock):
    """Accepted, moved, proposed, accepted, cancelled: Bob's calendar takes every object in turn."""
    seen = []
    steps = [
        lambda: answers.accept(asked.pk, by=ada),
        lambda: rescheduling.reschedule(asked.pk, by=ada, start=town.at(9)),
        lambda: rescheduling.reschedule(asked.pk, by=bob, start=town.at(11)),
        lambda: answers.accept(asked.pk, by=ada),
        lambda: rescheduling.reschedule(asked.pk, by=ada, start=town.at(7)),
        lambda: cancelling.cancel(asked.pk, by=ada),
    ]
    for minutes, step in enumerate(steps, start=1):
        clock.move_to(town.NOW + timedelta(minutes=minutes))
        step()
        told = outbox()
        seen += [event(calendar) for _, calendar in calendars(told[BOB])] if BOB in told else []
    stands = Appointment.objects.get(pk=asked.pk)
    assert {str(entry["UID"]) for entry in seen} == {f"{asked.pk}@openslot"}
    order = [(entry["SEQUENCE"], entry["DTSTAMP"].dt) for entry in seen]
    assert order == sorted(set(order))
    assert seen[-1]["SEQUENCE"] == stands.sequence
    assert (seen[-1]["DTSTART"].dt, str(seen[-1]["STATUS"])) == (stands.start, "CANCELLED")


def test_a_mail_that_comes_late_brings_the_appointment_as_it_stands(massage, bob, outbox):
    made = town.booked(massage, bob, town.at(8))
    cancelling.cancel(made.pk, by=bob)
    work()
    methods = [method for sent in mail.outbox for method, _ in calendars(sent)]
    assert set(methods) == {"CANCEL"}


def test_several_in_one_act_make_one_mail_with_an_object_each(haircut, bob, dan, outbox):
    made = [town.booked(haircut, bob, town.at(9, day=day)) for day in range(3)]
    work()
    mail.outbox.clear()
    time_off.take(
        dan.provider,
        by=dan,
        start=town.at(0),
        end=town.at(0, day=3),
        conflicts="cancel",
        reason="Ill",
    )
    told = outbox()
    assert set(told) == {BOB, DAN}
    assert parsed(told[BOB])["Subject"] == "Cancelled: Haircut, Mon 1 Apr, 11:00 and 2 more"
    found = calendars(told[BOB])
    assert [method for method, _ in found] == ["CANCEL"] * 3
    assert {str(event(each)["UID"]) for _, each in found} == {f"{one.pk}@openslot" for one in made}
    for day in ("Mon 1 Apr", "Tue 2 Apr", "Wed 3 Apr"):
        assert f"{day}, 11:00–11:30" in plain(told[BOB])
    [notice] = Delivery.objects.visible_to(bob).filter(kind="cancelled")
    assert notice.count == 3


def test_time_off_over_appointments_that_stay_is_told_to_the_provider(agreed, dan, outbox, clock):
    clock.shift(60)
    time_off.take(dan.provider, by=dan, start=town.at(0), end=town.at(23))
    told = outbox()
    assert set(told) == {DAN}
    assert "11:00–11:30" in plain(told[DAN])
    assert notices(dan)[0] == ("time_off_conflict", "Appointments in your time off")


def test_a_proposed_time_in_a_time_off_is_told_with_that_time(agreed, dan, outbox):
    rescheduling.reschedule(agreed.pk, by=dan, start=town.at(12, day=3), propose=True)
    outbox()
    time_off.take(dan.provider, by=dan, start=town.at(6, day=3), end=town.at(18, day=3))
    assert "Thu 4 Apr, 14:00–" in plain(outbox()[DAN])


def test_telling_twice_tells_once(massage, bob, outbox):
    made = town.booked(massage, bob, town.at(8))
    assert len(outbox()) == 2
    act = Move.objects.get(appointment=made).act_id
    before = Delivery.objects.count()
    deliver.tell(act)
    assert outbox() == {}
    assert Delivery.objects.count() == before


def test_a_sent_mail_is_not_sent_again(massage, bob, outbox):
    town.booked(massage, bob, town.at(8))
    outbox()
    for delivery in Delivery.objects.filter(channel=Channel.EMAIL):
        assert delivery.state == State.SENT
        sending.send([delivery.pk], last=False)
    assert outbox() == {}


def test_what_is_switched_off_is_not_told(massage, bob, ada, outbox):
    preferences.change(ada, email={"requested": False})
    preferences.change(bob, email={"requested": False})
    town.booked(massage, bob, town.at(8))
    assert outbox() == {}
    assert notices(ada) == [("requested", "New request")]
    preferences.change(ada, in_app={"requested": False})
    town.booked(massage, bob, town.at(10))
    assert outbox() == {}
    assert len(notices(ada)) == 1


def test_every_action_is_told_or_meant_not_to_be():
    silent = {"edit", "complete", "no_show", "relink"}
    told = kinds.RULES.keys() | kinds.ALONG
    assert told | silent == {*moves.MOVES, *moves.PROPOSAL_MOVES, *moves.CONSEQUENCES}
    assert {rule.kind for rule in kinds.RULES.values()} <= set(kinds.KINDS)


def test_erased_people_are_gone_from_what_others_were_told(massage, bob, ada, outbox):
    town.booked(massage, bob, town.at(8))
    outbox()
    erasure.erase(bob)
    told = outbox()
    assert set(told) == {ADA}
    assert "Bob" not in plain(told[ADA])
    shown = [words.told(each) for each in Delivery.objects.visible_to(ada).with_subject()]
    assert not any("Bob" in text for each in shown for text in each)
    assert not Delivery.objects.filter(user=bob.pk).exists()


def test_a_fan_out_costs_the_same_however_many_appointments(
    haircut, bob, dan, outbox, django_assert_max_num_queries
):
    for day in range(6):
        town.booked(haircut, bob, town.at(9, day=day))
    work()
    time_off.take(dan.provider, by=dan, start=town.at(0), end=town.at(0, day=6), conflicts="cancel")
    act = Move.objects.filter(action="cancel").first().act_id
    # the act, its moves with their people, preferences, what is known, insert, jobs, savepoints
    with django_assert_max_num_queries(9):
        deliver.tell(act)


@pytest.mark.parametrize("by", [Role.CUSTOMER, Role.PROVIDER, Role.SYSTEM])
@pytest.mark.parametrize("action", sorted(kinds.RULES))
def test_the_actor_hears_of_bookings_moves_and_cancellations_alone(action, by):
    told = kinds.told(action, by=by)
    if by == Role.SYSTEM:
        assert told == {Role.CUSTOMER: False, Role.PROVIDER: False}
    else:
        mine = action in {"book", "reschedule", "cancel", "accept_proposal"}
        assert (by in told) == mine
        assert told[next(iter({Role.CUSTOMER, Role.PROVIDER} - {by}))] is False


def test_strange_names_stay_in_their_place(ada, bob, outbox):
    odd = town.service(ada.provider, name="Cut {other} % <b>\r\nBcc: x@example.org")
    bob.first_name, bob.last_name = 'B"o,b\r\nTo: y@example.org', "<script>"
    bob.save()
    town.booked(odd, bob, town.at(8))
    told = outbox()
    assert set(told) == {ADA, BOB}
    assert parsed(told[ADA])["Bcc"] is None
    html = parsed(told[ADA]).get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "<b>" not in html


def test_nothing_in_a_mail_comes_from_elsewhere(massage, bob, outbox):
    town.booked(massage, bob, town.at(8))
    html = parsed(outbox()[BOB]).get_body(("html",)).get_content()
    assert "src=" not in html
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html


def test_the_ledger_raises_the_sequence_with_every_new_time_and_end(agreed, dan, bob):
    assert agreed.sequence == 0
    assert rescheduling.reschedule(agreed.pk, by=dan, start=town.at(12)).sequence == 1
    assert editing.annotate(agreed.pk, by=bob, notes="x").sequence == 1
    assert cancelling.cancel(agreed.pk, by=bob).sequence == 2
