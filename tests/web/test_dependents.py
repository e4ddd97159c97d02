"""Dependents and courses as pages: chains, the choice for what hangs on something, whole courses."""

from __future__ import annotations

import pytest

from openslot.accounts.models import Confirmation
from openslot.appointments.booking import asking
from openslot.appointments.changing import answers, cancelling, rescheduling, time_off
from openslot.appointments.models import Appointment
from tests import town
from tests.web.pages import TEN, act, address, said, several

pytestmark = pytest.mark.usefixtures("far")


@pytest.fixture
def chain(consultation, treatment, bob):
    """Bob's consultation, and his treatment a week later."""
    first = town.booked(consultation, bob, town.at(8, day=1))
    return first, town.booked(treatment, bob, town.at(8, day=8))


# Courses


def test_a_whole_course_is_shown_and_booked(signed_in, bob, consultation, treatment):
    client = signed_in(bob)
    assert "7 to 14 days after Consultation" in said(client.get(address(consultation)))
    page = said(several(client, consultation, repeat="", course="on"))
    for words in ("Consultation", "Treatment", "Book 2 appointments"):
        assert words in page
    several(client, consultation, "post", repeat="", course="on")
    several(client, consultation, "post", repeat="", course="on")
    assert [each.service for each in Appointment.objects.all()] == [consultation, treatment]


def test_a_course_that_cannot_fit_names_the_service_and_the_days(
    signed_in, bob, dan, consultation, treatment
):
    time_off.take(dan.provider, by=dan, start=town.at(0, day=6), end=town.at(0, day=30))
    client = signed_in(bob)
    page = said(several(client, consultation, repeat="", course="on"))
    for words in ("Treatment", "no free time from Mon 8 Apr 2030 to Mon 15 Apr 2030", "may fit"):
        assert words in page
    assert "Book 1" not in page
    assert "Book Consultation alone" in page
    answer = several(client, consultation, "post", repeat="", course="on")
    assert answer.status_code == 409
    assert "No time that fits is free for Treatment between 8 April" in said(answer)


def test_a_course_beyond_the_booking_window_says_so(signed_in, bob, dan, consultation, treatment):
    dan.provider.booking_window_days = 5
    dan.provider.save()
    page = said(several(signed_in(bob), consultation, repeat="", course="on"))
    assert "bookings are not taken that far ahead" in page


def test_what_has_to_come_first_is_named_with_the_way_to_it(
    signed_in, bob, consultation, treatment
):
    client = signed_in(bob)
    answer = client.post(address(treatment).split("?")[0], {"at": TEN})
    assert answer.status_code == 409
    for page in (said(answer), said(several(client, treatment))):
        assert f'/p/dan/?service={consultation.pk}">Book Consultation first' in page


# What depends on what


def test_the_chain_is_shown_on_both_its_ends(signed_in, bob, chain):
    first, second = chain
    assert f"/appointments/{second.pk}/" in said(signed_in(bob).get(f"/appointments/{first.pk}/"))
    assert f"/appointments/{first.pk}/" in said(signed_in(bob).get(f"/appointments/{second.pk}/"))


def test_what_depends_on_it_is_asked_about_before_it_is_cancelled(signed_in, bob, dan, chain):
    first, second = chain
    answer = act(signed_in(bob), first, "cancel", reason="Away")
    assert answer.status_code == 409
    page = said(answer)
    for words in ("depend on this one and are cancelled with it", "Treatment", "Away"):
        assert words in page
    assert '<input type="hidden" name="dependents" value="cancel"' in page
    assert 'value="keep"' not in page
    assert 'value="shift"' not in page
    assert 'value="keep"' in said(act(signed_in(dan), first, "cancel"))
    act(signed_in(bob), first, "cancel", dependents="cancel")
    second.refresh_from_db()
    assert second.status == "cancelled"


def test_the_first_question_already_says_what_depends_on_it(signed_in, bob, dan, chain):
    first, second = chain
    for page in (f"/appointments/{first.pk}/", f"/appointments/{first.pk}/cancel/"):
        shown = said(signed_in(bob).get(page))
        assert "depend on this one and are cancelled with it" in shown
        for words in ("Other appointments depend on this one:", "Keep them, marked"):
            assert words in said(signed_in(dan).get(page))
    assert "depend on this one" not in said(signed_in(bob).get(f"/appointments/{second.pk}/"))
    act(signed_in(bob), first, "cancel", dependents="cancel")
    second.refresh_from_db()
    assert second.status == "cancelled"


@pytest.fixture
def asked(dan, bob, consultation, treatment):
    """Bob asks Dan for a consultation and the treatment after it."""
    dan.provider.confirmation = Confirmation.MANUAL
    dan.provider.save()
    first, [second] = town.book_course(consultation.pk, by=bob, start=town.at(8, day=1))
    return first, second


def test_declining_from_the_list_asks_what_becomes_of_what_depends_on_it(signed_in, dan, asked):
    """On a page of its own without scripts."""
    first, _ = asked
    client, url = signed_in(dan), f"/provider/requests/{first.pk}/decline/"
    answer = client.post(url, {"version": first.version, "reason": "Away"})
    assert answer.status_code == 409
    page = said(answer)
    for words in ("Other appointments depend on this one", "Treatment", "Away", 'value="keep"'):
        assert words in page
    assert 'value="shift"' not in page
    first.refresh_from_db()
    assert first.status == "pending"
    done = client.post(url, {"reason": "Away", "dependents": "cancel"}, follow=True)
    assert "Declined. Bob Test gets a mail." in said(done)
    for each in asked:
        each.refresh_from_db()
    assert [each.status for each in asked] == ["declined", "cancelled"]
    assert first.moves.last().act.reason == "Away"


def test_declining_in_place_asks_in_place(signed_in, dan, asked):
    first, second = asked
    client, url = signed_in(dan), f"/provider/requests/{first.pk}/decline/"
    in_place = {"HX-Request": "true"}
    answer = client.post(url, {"reason": "Away"}, headers=in_place)
    body = said(answer)
    assert (answer.status_code, body.lstrip()[:8]) == (200, "<article")
    assert f'hx-post="{url}"' in body
    assert 'value="keep"' in body
    body = said(client.post(url, {"dependents": "keep"}, headers=in_place))
    assert "Declined" in body
    second.refresh_from_db()
    assert (second.status, second.needs_attention) == ("pending", True)


def test_a_new_time_that_breaks_what_follows_is_answered_with_a_choice(
    signed_in, ada, bob, massage
):
    ada.provider.confirmation = Confirmation.MANUAL
    ada.provider.save()
    after = town.service(
        ada.provider, name="After", requires=massage, requires_min_days=7, requires_max_days=8
    )
    first = town.booked(massage, bob, town.at(8, day=1))
    answers.accept(first.pk, by=ada)
    rescheduling.reschedule(first.pk, by=bob, start=town.at(8, day=3))
    town.booked(after, bob, town.at(8, day=8))
    page = said(signed_in(ada).post(f"/provider/requests/{first.pk}/accept/"))
    assert "Move them along by as much" in page


def test_what_depends_on_it_moves_along(signed_in, bob, chain):
    first, second = chain
    answer = act(signed_in(bob), first, "reschedule", start="2030-04-10T08:00:00Z")
    assert answer.status_code == 409
    assert "Move them along" in said(answer)
    act(signed_in(bob), first, "reschedule", start="2030-04-10T08:00:00Z", dependents="shift")
    second.refresh_from_db()
    assert second.start == town.at(8, day=16)


def test_where_it_would_go_is_said_before_and_is_where_it_goes(
    signed_in, bob, dan, carol, chain, treatment
):
    """And of a chain, all of it; what stands in the way is told beside the time."""
    first, second = chain
    third = town.booked(town.following(treatment, "Check-up", 7, 7), bob, town.at(8, day=15))
    asked = {"start": "2030-04-10T09:00:00Z"}
    page = said(act(signed_in(bob), first, "reschedule", **asked))
    goes = ("Wed 17 Apr 2030, 11:00", "Wed 24 Apr 2030, 11:00")
    for words in goes:
        assert f"If it moves along: {words}" in page
    other = town.booked(treatment, dan, town.at(9, day=23), customer=asking.Guest(carol.email))
    page = said(act(signed_in(bob), first, "reschedule", **asked, dependents="shift"))
    assert f'<span>{goes[1]}</span></span><span class="date-why">Already taken' in page
    cancelling.cancel(other.pk, by=dan)
    act(signed_in(bob), first, "reschedule", **asked, dependents="shift")
    for each, day in ((second, 16), (third, 23)):
        each.refresh_from_db()
        assert each.start == town.at(9, day=day)


def test_a_proposal_says_where_what_depends_on_it_would_go(signed_in, dan, bob, chain):
    dan.provider.confirmation = Confirmation.MANUAL
    dan.provider.save()
    page = said(act(signed_in(bob), chain[0], "reschedule", start="2030-04-10T08:00:00Z"))
    assert "If it moves along: Wed 17 Apr 2030, 10:00" in page
    assert "If it moves along" not in said(act(signed_in(bob), chain[0], "cancel"))


def test_what_is_kept_needs_attention_and_says_so(signed_in, bob, dan, chain):
    first, second = chain
    act(signed_in(dan), first, "cancel", dependents="keep")
    for who in (bob, dan):
        assert "Needs attention" in said(signed_in(who).get(f"/appointments/{second.pk}/"))
        assert "Needs attention" in said(signed_in(who).get("/appointments/"))
    day = signed_in(dan).get("/provider/agenda/?on=2030-04-09")
    assert "Needs attention" in said(day)


@pytest.mark.parametrize("choice", ["keep", "shift", "burn"])
def test_a_choice_that_is_none_of_theirs_is_refused(signed_in, bob, chain, choice):
    first, _ = chain
    assert act(signed_in(bob), first, "cancel", dependents=choice).status_code == 422
    first.refresh_from_db()
    assert first.status == "confirmed"
