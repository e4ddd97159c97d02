"""Whole courses: a service with all that follows it, at the earliest dates that fit together."""

from __future__ import annotations

import pytest

from openslot.appointments import errors
from openslot.appointments.changing import time_off
from openslot.kernel.errors import Invalid
from tests import town
from tests.appointments import traces
from tests.appointments.traces import refused
from tests.town import GUEST

pytestmark = pytest.mark.django_db


def on(day, hour=8):
    return town.at(hour, day=day)


def test_the_whole_course_is_booked_at_the_earliest_dates(consultation, check_up, bob):
    before = traces.seen()
    first, others = town.book_course(consultation.pk, by=bob, start=on(1))
    assert [each.start for each in others] == [on(8, hour=7), on(38, hour=7)]
    assert [each.depends_on for each in others] == [first, others[0]]
    new = traces.seen().since(before)
    traces.only_act(new)
    assert len(new.moves) == 3


def test_a_course_goes_back_where_what_follows_finds_no_room(
    consultation, treatment, check_up, dan, bob
):
    """The earliest treatment would leave no day for the check-up: a later one is taken."""
    check_up.requires_max_days = 30
    check_up.save()
    for day in (38, 39, 40):
        time_off.take(dan.provider, by=dan, start=on(day, 0), end=on(day + 1, 0))
    _, others = town.book_course(consultation.pk, by=bob, start=on(1))
    assert [each.start for each in others] == [on(11, hour=7), on(41, hour=7)]


def test_a_course_fits_the_customer_too(consultation, check_up, massage, bob):
    town.booked(massage, bob, on(8, hour=7))
    _, others = town.book_course(consultation.pk, by=bob, start=on(1))
    assert others[0].start == on(8)


def test_a_course_without_room_books_nothing(consultation, check_up, dan, bob):
    time_off.take(dan.provider, by=dan, start=on(20), end=on(100))
    refusal = refused(errors.NoDateFits, town.book_course, consultation.pk, by=bob, start=on(1))
    assert refusal.detail.startswith("No time that fits is free for Check-up between ")
    assert refusal.extra["service"] == str(check_up.pk)
    found = town.preview(consultation.pk, by=bob, start=on(1), follow_ups=True)
    assert [each.reason for each in found.occurrences] == ["slot_unavailable"]


def test_a_course_that_cannot_fit_names_the_service_and_the_days_it_was_looked_for(
    consultation, treatment, check_up, dan, bob
):
    """Treatments are free seven to eleven days on; the check-up finds nothing after any of them."""
    for low, high in ((12, 16), (30, 90)):
        time_off.take(dan.provider, by=dan, start=on(low, 0), end=on(high, 0))
    found = town.preview(consultation.pk, by=bob, start=on(1), follow_ups=True)
    assert found.missing.service == check_up
    first, last = on(8 + 30).date(), on(11 + 60).date()
    assert (found.missing.first_day, found.missing.last_day) == (first, last)


def test_where_the_first_of_a_course_is_taken_no_other_service_is_named(
    consultation, check_up, carol, bob
):
    town.booked(consultation, carol, on(1))
    found = town.preview(consultation.pk, by=bob, start=on(1), follow_ups=True)
    assert ([each.reason for each in found.occurrences], found.missing) == (["slot_taken"], None)


def test_a_provider_books_a_course_beyond_their_own_window(consultation, check_up, dan):
    dan.provider.booking_window_days = 10
    dan.provider.save()
    asked = {"by": dan, "start": on(1), "customer": GUEST}
    _, others = town.book_course(consultation.pk, **asked)
    assert [each.start for each in others] == [on(8, hour=7), on(38, hour=7)]


def test_a_course_is_previewed_as_it_is_booked(consultation, check_up, bob):
    asked = {"by": bob, "start": on(1)}
    found = town.preview(consultation.pk, follow_ups=True, **asked)
    first, others = town.book_course(consultation.pk, **asked)
    assert [each.start for each in found.occurrences] == [each.start for each in (first, *others)]
    assert found.total_price.amount == 150
    wrong = refused(
        Invalid,
        town.preview,
        consultation.pk,
        follow_ups=True,
        recurrence="FREQ=WEEKLY;COUNT=2",
        **asked,
    )
    assert "follow_ups" in wrong.errors


def test_branches_of_a_course_share_the_days_limit(consultation, dan, bob):
    for name in ("Left", "Right", "Middle"):
        town.following(consultation, name, 1, 3)
    dan.provider.daily_limit = 1
    dan.provider.save()
    _, others = town.book_course(consultation.pk, by=bob, start=on(1))
    assert [each.start for each in others] == [on(day, hour=7) for day in (2, 3, 4)]
