"""Whole courses: a service with all that follows it, at the earliest dates that fit together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openslot.appointments import errors
from openslot.appointments.changing import cancelling, time_off
from openslot.catalog.models import Service
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


@pytest.mark.parametrize(
    ("high", "days"), [(2, "on 4 April 2030"), (4, "between 4 April 2030 and 6 April 2030")]
)
def test_the_days_on_which_nothing_was_free_are_said(consultation, dan, bob, high, days):
    after = town.following(consultation, "After", 2, high)
    time_off.take(dan.provider, by=dan, start=on(3, 0), end=on(9, 0))
    refusal = refused(errors.NoDateFits, town.book_course, consultation.pk, by=bob, start=on(1))
    assert refusal.detail == f"No time that fits is free for After {days}."
    assert refusal.extra == {
        "service": str(after.pk),
        "first_day": on(3).date(),
        "last_day": on(1 + high).date(),
    }


@pytest.mark.parametrize(("window", "too_far"), [(7, True), (8, False)])
def test_whether_all_days_lie_beyond_the_window_is_said(
    consultation, treatment, dan, bob, window, too_far
):
    """Treatments begin eight days from now."""
    dan.provider.booking_window_days = window
    dan.provider.save()
    time_off.take(dan.provider, by=dan, start=on(8, 0), end=on(30, 0))
    found = town.preview(consultation.pk, by=bob, start=on(1), follow_ups=True)
    assert (found.missing.service, found.missing.too_far) == (treatment, too_far)


def test_a_course_may_begin_its_next_step_on_the_day_itself(consultation, bob):
    town.following(consultation, "Straight on", 0, 0)
    _, [after] = town.book_course(consultation.pk, by=bob, start=on(1))
    assert after.start == on(1, hour=8) + timedelta(minutes=30)


def test_the_last_of_the_days_counts(consultation, dan, bob):
    town.following(consultation, "After", 1, 3)
    time_off.take(dan.provider, by=dan, start=on(2, 0), end=on(4, 14))
    _, [after] = town.book_course(consultation.pk, by=bob, start=on(1))
    assert after.start == on(4, hour=14)


def test_branches_of_a_course_do_not_overlap_and_keep_their_buffers(consultation, bob):
    for name in ("Left", "Right"):
        town.following(consultation, name, 1, 1)
    Service.objects.exclude(pk=consultation.pk).update(buffer_after_minutes=10)
    _, others = town.book_course(consultation.pk, by=bob, start=on(1))
    gap = others[1].start - others[0].end
    assert gap >= timedelta(minutes=10)


def test_what_is_not_offered_any_more_is_no_part_of_a_course(
    consultation, treatment, check_up, bob
):
    town.service(consultation.provider, name="Alone")
    treatment.active = False
    treatment.save()
    _, others = town.book_course(consultation.pk, by=bob, start=on(1))
    assert others == []


def test_a_full_day_of_others_is_no_day_of_a_course(consultation, dan, bob, carol):
    town.following(consultation, "After", 1, 3)
    dan.provider.daily_limit = 1
    dan.provider.save()
    town.booked(consultation, carol, on(2))
    declined = town.booked(consultation, carol, on(3))
    cancelling.cancel(declined.pk, by=carol)
    _, [after] = town.book_course(consultation.pk, by=bob, start=on(1))
    assert after.start == on(3, hour=7)


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
