"""What a booking writes down: the terms as they were agreed, whatever becomes of them later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from openslot.appointments import errors
from openslot.appointments.changing import cancelling, rescheduling
from openslot.appointments.models import Appointment, Series
from openslot.kernel.errors import NotFound, VersionMismatch
from tests import town
from tests.appointments.traces import refused
from tests.town import GUEST

pytestmark = pytest.mark.django_db

TEN, NOON = town.at(8, day=1), town.at(10, day=1)
TWO = {"start": TEN, "recurrence": "FREQ=WEEKLY;COUNT=2"}


def test_the_terms_of_the_day_are_kept_with_an_appointment(massage, bob):
    massage.buffer_before_minutes, massage.buffer_after_minutes = 10, 15
    massage.location_kind, massage.location_text = "phone", "+49 30 1234"
    massage.save()
    made = Appointment.objects.get(pk=town.book(massage.pk, by=bob, start=TEN).pk)
    assert (made.buffer_before_minutes, made.buffer_after_minutes) == (10, 15)
    assert (made.location_kind, made.location_text) == ("phone", "+49 30 1234")
    assert (made.provider, made.attendee, made.customer.user) == (massage.provider, bob, bob)
    assert (made.depends_on, made.needs_attention, made.series) == (None, False, None)
    assert made.created_at == town.NOW


def test_a_start_told_by_the_clock_on_the_wall_lasts_as_long_as_any_other(massage, ada):
    """Two hours that begin half an hour before the clocks go forward end at half past four."""
    massage.duration_minutes = 120
    massage.save()
    start = datetime(2031, 3, 30, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    made = town.book(massage.pk, by=ada, start=start, customer=GUEST)
    assert (made.start.tzinfo, made.start) == (UTC, start)
    assert made.end == datetime(2031, 3, 30, 2, 30, tzinfo=UTC)


def test_a_series_keeps_its_rule_and_where_it_began(far, massage, bob, clock):
    clock.move_to(town.NOW + timedelta(hours=1))
    made = Series.objects.get(pk=town.book_series(massage.pk, by=bob, **TWO).pk)
    assert (made.recurrence, made.start, made.zone_name) == (
        TWO["recurrence"],
        TEN,
        "Europe/Berlin",
    )
    assert (made.provider, made.service, made.customer.user) == (massage.provider, massage, bob)
    assert (made.created_at, made.skipped) == (town.NOW + timedelta(hours=1), [])


def test_a_series_begins_by_its_rule_even_where_the_first_date_is_shifted(far, massage, bob, carol):
    town.booked(massage, carol, TEN)
    made = town.book_series(massage.pk, by=bob, on_conflict="shift", **TWO)
    first, _ = made.occurrences.by_start()
    assert (made.start, first.series_start, made.skipped) == (TEN, TEN, [])
    assert first.start != TEN


def test_what_is_skipped_is_kept_with_its_reason_also_by_an_extension(far, massage, bob, carol):
    for day in (8, 22):
        town.booked(massage, carol, town.at(8, day=day))
    made = town.book_series(massage.pk, by=bob, on_conflict="skip", **TWO)
    town.extend(made.pk, by=bob, count=2, on_conflict="skip", notes="Same again")
    kept = Series.objects.get(pk=made.pk)
    assert (kept.recurrence, kept.start) == ("FREQ=WEEKLY;COUNT=4", TEN)
    assert kept.skipped == [
        {"start": town.at(8, day=day).isoformat(), "reason": "slot_taken"} for day in (8, 22)
    ]
    assert [each.notes for each in kept.occurrences.by_start()] == ["", "Same again"]


def test_a_series_is_extended_only_as_it_was_seen(far, massage, bob, carol):
    made = town.book_series(massage.pk, by=bob, **TWO)
    asked = {"by": bob, "count": 1}
    refused(VersionMismatch, town.extend, made.pk, expected="FREQ=WEEKLY;COUNT=3", **asked)
    town.extend(made.pk, expected=made.recurrence, **asked)
    assert made.occurrences.count() == 3
    refused(NotFound, town.extend, made.pk, by=carol, count=1)
    with pytest.raises(NotFound):
        town.preview_extension(made.pk, by=carol, count=1)


def test_an_extension_until_a_date_may_end_on_it(far, massage, bob):
    made = town.book_series(massage.pk, by=bob, **TWO)
    town.extend(made.pk, by=bob, until=date(2030, 4, 16))
    assert [each.start for each in made.occurrences.by_start()][2:] == [town.at(8, day=15)]


def test_a_provider_extends_the_series_of_a_guest(far, massage, ada):
    made = town.book_series(massage.pk, by=ada, customer=GUEST, **TWO)
    town.extend(made.pk, by=ada, count=1)
    assert {each.customer for each in made.occurrences.all()} == {made.customer}
    assert {each.status for each in made.occurrences.all()} == {"confirmed"}


def test_an_extension_needs_what_has_to_come_first_too(consultation, treatment, bob):
    first = town.booked(consultation, bob, TEN)
    asked = {"by": bob, "start": town.at(8, day=8), "recurrence": "FREQ=DAILY;COUNT=2"}
    made = town.book_series(treatment.pk, **asked)
    more = town.extend(made.pk, by=bob, count=1)
    assert {each.depends_on for each in more.occurrences.all()} == {first}
    refused(errors.SeriesConflict, town.extend, made.pk, by=bob, count=9)


def test_a_series_whose_first_prerequisite_is_named_hangs_on_that(consultation, treatment, bob):
    named, _ = (town.booked(consultation, bob, town.at(8, day=day)) for day in (1, 2))
    asked = {"by": bob, "start": town.at(8, day=9), "recurrence": "FREQ=DAILY;COUNT=2"}
    made = town.book_series(treatment.pk, depends_on=named.pk, **asked)
    assert {each.depends_on for each in made.occurrences.all()} == {named}


def test_a_provider_s_series_marks_only_the_dates_that_do_not_fit(consultation, treatment, dan):
    first = town.booked(consultation, dan, TEN, customer=GUEST)
    asked = {"start": town.at(8, day=14), "recurrence": "FREQ=WEEKLY;COUNT=2"}
    made = town.book_series(
        treatment.pk, by=dan, customer=first.customer_id, depends_on=first.pk, **asked
    )
    fits, late = made.occurrences.by_start()
    assert [each.depends_on for each in (fits, late)] == [first, first]
    assert [each.needs_attention for each in (fits, late)] == [False, True]


def test_of_a_course_the_first_has_the_notes_and_the_others_come_by_start(consultation, dan, bob):
    town.following(consultation, "Late", 5, 9)
    town.following(consultation, "Early", 1, 3)
    first, others = town.book_course(consultation.pk, by=bob, start=TEN, notes="Hello")
    assert [str(each.service) for each in others] == ["Early", "Late"]
    assert [each.notes for each in (first, *others)] == ["Hello", "", ""]
    assert {each.customer for each in (first, *others)} == {first.customer}


def test_a_course_whose_first_one_has_to_come_after_another(consultation, treatment, check_up, bob):
    before = town.booked(consultation, bob, TEN)
    first, [other] = town.book_course(treatment.pk, by=bob, start=town.at(8, day=8))
    assert (first.depends_on, other.depends_on) == (before, first)
    asked = {"by": bob, "start": town.at(8, day=2)}
    refused(errors.PrerequisiteMissing, town.book_course, treatment.pk, **asked)


def test_as_many_requests_as_a_course_has_count_as_open(massage, far, bob):
    town.following(massage, "After", 1, 5)
    massage.provider.pending_limit = 1
    massage.provider.save()
    refused(errors.LimitReached, town.book_course, massage.pk, by=bob, start=TEN)
    massage.provider.pending_limit = 2
    massage.provider.save()
    _, [after] = town.book_course(massage.pk, by=bob, start=TEN)
    assert after.status == "pending"


class TestPreview:
    def test_of_one_it_says_when_it_ends_and_what_it_costs(self, massage, bob):
        found = town.preview(massage.pk, by=bob, start=TEN)
        [one] = found.occurrences
        assert (one.service, one.start, one.end) == (massage, TEN, TEN + timedelta(hours=1))
        assert (one.free, one.reason, one.shifted_from, one.refusal) == (True, None, None, None)
        assert (found.total_price.amount, str(found.total_price.currency)) == (50, "EUR")
        assert not Appointment.objects.exists()

    def test_of_one_that_is_taken_it_says_why_and_that_it_costs_nothing(self, massage, bob, carol):
        town.booked(massage, carol, TEN)
        found = town.preview(massage.pk, by=bob, start=TEN)
        [one] = found.occurrences
        assert (one.start, one.free, one.reason) == (TEN, False, "slot_taken")
        assert isinstance(one.refusal, errors.SlotTaken)
        assert found.total_price.amount == 0

    def test_what_only_the_database_sees_it_says_too(self, massage, haircut, bob):
        town.booked(haircut, bob, TEN)
        [one] = town.preview(massage.pk, by=bob, start=TEN).occurrences
        assert one.reason == "customer_busy"
        assert Appointment.objects.count() == 1

    def test_of_a_course_all_stand_in_the_order_of_their_starts(self, consultation, bob):
        town.following(consultation, "Late", 5, 9)
        town.following(consultation, "Early", 1, 3)
        found = town.preview(consultation.pk, by=bob, start=TEN, follow_ups=True)
        assert [str(each.service) for each in found.occurrences] == [
            "Consultation",
            "Early",
            "Late",
        ]
        assert found.total_price.amount == 150

    def test_of_an_extension_what_is_in_the_way_is_said(self, far, massage, bob, carol):
        made = town.book_series(massage.pk, by=bob, **TWO)
        town.booked(massage, carol, town.at(8, day=15))
        found = town.preview_extension(made.pk, by=bob, count=2, on_conflict="shift")
        shifted, free = found.occurrences
        assert (shifted.shifted_from, shifted.free) == (town.at(8, day=15), True)
        assert isinstance(shifted.refusal, errors.SlotTaken)
        assert (free.start, free.shifted_from) == (town.at(8, day=22), None)
        assert made.occurrences.count() == 2


class TestMended:
    def test_what_was_marked_is_linked_to_the_latest_of_a_series_that_fits(
        self, consultation, treatment, dan, bob
    ):
        first = town.booked(consultation, bob, TEN)
        then = town.booked(treatment, bob, town.at(8, day=12))
        cancelling.cancel(first.pk, by=dan, dependents="keep")
        asked = {"start": town.at(8), "recurrence": "FREQ=DAILY;COUNT=4"}
        made = town.book_series(consultation.pk, by=bob, **asked)
        then.refresh_from_db()
        assert then.depends_on == made.occurrences.by_start().last()
        assert not then.needs_attention

    def test_neither_anybody_elses_nor_one_that_does_not_fit(
        self, consultation, treatment, dan, bob, carol
    ):
        first = town.booked(consultation, bob, TEN)
        then = town.booked(treatment, bob, town.at(8, day=8))
        rescheduling.reschedule(first.pk, by=dan, start=town.at(8, day=30), dependents="keep")
        town.booked(consultation, carol, TEN)
        town.booked(consultation, bob, town.at(8, day=3))
        then.refresh_from_db()
        assert (then.depends_on, then.needs_attention) == (first, True)
        town.booked(consultation, bob, town.at(8))
        then.refresh_from_db()
        assert not then.needs_attention
