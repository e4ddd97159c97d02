"""Being away, once or by a rule, and the appointments in it."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts.models import Provider
from openslot.appointments import errors
from openslot.appointments.changing import answers, cancelling, rescheduling, time_off
from openslot.appointments.free import slots
from openslot.appointments.models import Act, Status
from openslot.availability.models import FormerTimeOff, TimeOff, TimeOffSpan
from openslot.catalog.models import Service
from openslot.kernel.errors import Invalid, NotFound
from openslot.kernel.timerange import Span
from tests import town
from tests.town import NOW, at


def spans(taken):
    return [Span(*bounds) for bounds in taken.spans.values_list("start", "end")]


def test_nobody_books_a_provider_who_is_away(massage, ada, bob):
    taken, conflicts = time_off.take(ada.provider, by=ada, start=at(7), end=at(9), reason="Dentist")
    assert (taken.start, taken.end, taken.reason, conflicts) == (at(7), at(9), "Dentist", [])
    with pytest.raises(errors.SlotUnavailable, match="away"):
        town.booked(massage, bob, at(8))
    town.booked(massage, bob, at(9))


def test_who_gives_it_back_can_be_booked(massage, ada, dan, bob):
    taken, _ = time_off.take(ada.provider, by=ada, start=at(7), end=at(9))
    with pytest.raises(NotFound):
        time_off.give_back(dan.provider, id=taken.pk)
    time_off.give_back(ada.provider, id=taken.pk)
    assert not TimeOffSpan.objects.exists()
    town.booked(massage, bob, at(8))


class TestConflicts:
    def test_appointments_in_it_are_named_and_stay(self, massage, ada, bob, carol):
        late = town.booked(massage, bob, at(11))
        early = town.booked(massage, carol, at(8))
        town.booked(massage, carol, at(14))
        taken, conflicts = time_off.take(ada.provider, by=ada, start=at(8, 30), end=at(11, 30))
        assert conflicts == [early, late]
        found = time_off.conflicts_of([taken])[taken.pk]
        assert [each.appointment for each in found] == [early, late]
        late.refresh_from_db()
        assert late.status == Status.PENDING

    def test_touching_is_no_conflict_and_neither_are_buffers(self, massage, ada, bob, carol):
        Provider.objects.update(buffer_before_minutes=30, buffer_after_minutes=30)
        town.booked(massage, bob, at(8))
        town.booked(massage, carol, at(11))
        _, conflicts = time_off.take(ada.provider, by=ada, start=at(9), end=at(11))
        assert conflicts == []

    @pytest.mark.parametrize("who", ["ada", "bob"])
    def test_a_proposed_time_in_it_is_named_and_can_be_dropped(self, massage, ada, bob, who):
        """Cancelling what is in the way ends the proposal; the appointment stands elsewhere."""
        by = {"ada": ada, "bob": bob}[who]
        booked = town.booked(massage, bob, at(8))
        answers.accept(booked.pk, by=ada)
        rescheduling.reschedule(booked.pk, by=by, start=at(12, day=1), propose=who == "ada")
        span = {"start": at(11, day=1), "end": at(13, day=1)}
        [seen] = time_off.foreseen(ada.provider, **span)
        assert (seen.span, seen.proposed) == (Span(at(12, day=1), at(13, day=1)), True)
        kept, conflicts = time_off.take(ada.provider, by=ada, **span)
        assert conflicts == [booked]
        assert time_off.conflicts_of([kept]) == {kept.pk: [seen]}
        time_off.take(ada.provider, by=ada, **span, conflicts="cancel")
        booked.refresh_from_db()
        assert (booked.status, booked.start, booked.proposed) == ("confirmed", at(8), None)
        assert booked.moves.last().action == {"ada": "withdraw", "bob": "decline_proposal"}[who]

    def test_one_that_lies_in_it_with_both_times_is_cancelled_once(self, massage, ada, bob):
        booked = town.booked(massage, bob, at(8))
        rescheduling.reschedule(booked.pk, by=ada, start=at(12), propose=True)
        _, conflicts = time_off.take(
            ada.provider, by=ada, start=at(7), end=at(15), conflicts="cancel"
        )
        assert conflicts == [booked]
        booked.refresh_from_db()
        assert booked.status == "cancelled"

    def test_what_loses_both_its_prerequisite_and_its_proposed_time_is_marked(
        self, massage, ada, bob
    ):
        then = town.service(
            ada.provider, name="Then", requires=massage, requires_min_days=1, requires_max_days=9
        )
        town.booked(massage, bob, at(8, day=1))
        after = town.booked(then, bob, at(8, day=3))
        answers.accept(after.pk, by=ada)
        rescheduling.reschedule(after.pk, by=ada, start=at(12, day=2), propose=True)
        time_off.take(
            ada.provider, by=ada, start=at(0, day=1), end=at(0, day=3), conflicts="cancel"
        )
        after.refresh_from_db()
        assert (after.proposed, after.needs_attention) == (None, True)

    def test_what_was_called_off_is_no_conflict(self, massage, ada, bob):
        booked = town.booked(massage, bob, at(8))
        cancelling.cancel(booked.pk, by=bob)
        assert time_off.take(ada.provider, by=ada, start=at(7), end=at(15))[1] == []

    def test_they_can_be_cancelled_all_in_one_act(self, massage, ada, bob, carol):
        booked = [town.booked(massage, bob, at(8)), town.booked(massage, carol, at(11))]
        acts = Act.objects.count()
        _, conflicts = time_off.take(
            ada.provider, by=ada, start=at(7), end=at(15), reason="Flu", conflicts="cancel"
        )
        assert conflicts == booked
        assert {each.status for each in conflicts} == {Status.CANCELLED}
        assert Act.objects.count() == acts + 1
        act = Act.objects.get(reason="Flu")
        assert (act.actor, act.role, act.moves.count()) == (ada, "provider", 2)

    def test_cancelling_nothing_is_no_act(self, massage, ada):
        time_off.take(ada.provider, by=ada, start=at(7), end=at(15), conflicts="cancel")
        assert not Act.objects.exists()

    def test_those_of_a_whole_rule_are_found_once_each(self, massage, ada, bob):
        first = town.booked(massage, bob, at(8, day=1))
        second = town.booked(massage, bob, at(8, day=8))
        town.booked(massage, bob, at(8, day=4))
        taken, conflicts = time_off.take(
            ada.provider,
            by=ada,
            start=at(7, day=1),
            end=at(15, day=2),
            recurrence="FREQ=DAILY;INTERVAL=7;COUNT=3",
        )
        assert conflicts == [first, second]
        assert len(spans(taken)) == 3

    def test_those_of_many_take_two_queries(self, massage, ada, bob, django_assert_num_queries):
        town.booked(massage, bob, at(8))
        for day in range(3):
            time_off.take(ada.provider, by=ada, start=at(7, day=day), end=at(9, day=day))
        every = list(TimeOff.objects.all())
        with django_assert_num_queries(2):  # the spans, the appointments
            found = time_off.conflicts_of(every)
        assert [len(found[each.pk]) for each in every] == [1, 0, 0]
        assert time_off.conflicts_of([]) == {}


DAILY = {"start": at(7), "end": at(9), "recurrence": "FREQ=DAILY;COUNT=3"}


@pytest.fixture
def mornings(ada):
    """Away on three mornings."""
    return time_off.take(ada.provider, by=ada, reason="Course", **DAILY)[0]


def announced(task):
    """What those who wait for it are called with, oldest first."""
    return [job.args for job in ProcrastinateJob.objects.filter(task_name=task).order_by("id")]


class TestOneOccurrence:
    def test_one_morning_is_given_back_and_the_others_stay(self, mornings, massage, ada, bob):
        time_off.give_back(ada.provider, id=mornings.pk, date_of=at(7, day=1))
        assert spans(mornings) == [Span(at(7), at(9)), Span(at(7, day=2), at(9, day=2))]
        town.booked(massage, bob, at(8, day=1))

    def test_a_moment_at_which_none_begins_is_not_found(self, mornings, ada):
        for moment in (at(7, day=3), at(7, 1), at(7) - timedelta(seconds=1), at(8)):
            with pytest.raises(NotFound):
                time_off.give_back(ada.provider, id=mornings.pk, date_of=moment)
            with pytest.raises(NotFound):
                time_off.reschedule(
                    ada.provider, id=mornings.pk, start=at(10), end=at(11), date_of=moment
                )
        assert len(spans(mornings)) == 3

    def test_one_is_known_by_its_second(self, ada):
        odd = at(7) + timedelta(milliseconds=250)
        taken, _ = time_off.take(ada.provider, by=ada, start=odd, end=at(9))
        time_off.give_back(ada.provider, id=taken.pk, date_of=at(7))
        assert not TimeOff.objects.exists()

    def test_with_the_last_one_the_time_off_goes(self, mornings, ada):
        for day in range(3):
            assert TimeOff.objects.exists()
            time_off.give_back(ada.provider, id=mornings.pk, date_of=at(7, day=day))
        assert not TimeOff.objects.exists()

    def test_one_that_moves_becomes_a_time_off_of_its_own(self, mornings, ada):
        moved = time_off.reschedule(
            ada.provider,
            id=mornings.pk,
            start=at(12, day=1),
            end=at(14, day=1),
            date_of=at(7, day=1),
        )
        assert moved.pk != mornings.pk
        assert (moved.reason, moved.recurrence, moved.provider) == ("Course", "", ada.provider)
        assert spans(moved) == [Span(at(12, day=1), at(14, day=1))]
        assert (moved.start, moved.end) == (at(12, day=1), at(14, day=1))
        assert spans(mornings) == [Span(at(7), at(9)), Span(at(7, day=2), at(9, day=2))]


class TestMoving:
    def test_the_provider_is_told_of_appointments_in_the_new_time_once(self, massage, ada, bob):
        """As of those that a new time off meets: a calendar elsewhere may have moved it."""
        town.booked(massage, bob, at(12))
        taken, _ = time_off.take(ada.provider, by=ada, start=at(7), end=at(9))
        tell = "openslot.notifications.tasks.tell_of_conflicts"
        assert announced(tell) == []
        time_off.reschedule(ada.provider, id=taken.pk, start=at(12), end=at(14))
        assert announced(tell) == [{"time_off_id": str(taken.pk)}]
        time_off.reschedule(ada.provider, id=taken.pk, start=at(11), end=at(14))
        assert len(announced(tell)) == 1

    def test_it_lies_elsewhere_then_and_the_appointments_there_stay(self, massage, ada, bob):
        booked = town.booked(massage, bob, at(12))
        taken, _ = time_off.take(ada.provider, by=ada, start=at(7), end=at(9), reason="Dentist")
        moved = time_off.reschedule(ada.provider, id=taken.pk, start=at(12), end=at(14))
        assert (moved.pk, moved.start, moved.end) == (taken.pk, at(12), at(14))
        assert spans(TimeOff.objects.get()) == [Span(at(12), at(14))]
        booked.refresh_from_db()
        assert booked.status == Status.PENDING
        town.booked(massage, bob, at(8))
        with pytest.raises(errors.SlotUnavailable, match="away"):
            town.booked(massage, bob, at(13))

    def test_neither_a_recurring_one_as_a_whole_nor_somebody_elses(self, mornings, ada, dan):
        once, _ = time_off.take(ada.provider, by=ada, start=at(12), end=at(13))
        for provider, pk in ((ada.provider, mornings.pk), (dan.provider, once.pk)):
            with pytest.raises(NotFound):
                time_off.reschedule(provider, id=pk, start=at(14), end=at(15))

    @pytest.mark.parametrize("end", [at(6), at(7), at(7, day=5 * 366 + 1)])
    def test_it_ends_after_its_start_and_lasts_five_years_at_most(self, ada, end):
        once, _ = time_off.take(ada.provider, by=ada, start=at(12), end=at(13))
        with pytest.raises(Invalid) as refused:
            time_off.reschedule(ada.provider, id=once.pk, start=at(7), end=end)
        assert list(refused.value.errors) == ["end"]

    def test_what_stood_at_the_end_of_a_past_day_is_kept(self, mornings, ada, clock):
        """The first two mornings are over when one moves and the rest is given back."""
        clock.move_to(at(12, day=1))
        time_off.reschedule(
            ada.provider, id=mornings.pk, start=at(12, day=2), end=at(14, day=2), date_of=at(7)
        )
        assert list(FormerTimeOff.objects.values_list("start", "end")) == [(at(7), at(9))]
        [once] = TimeOff.objects.exclude(pk=mornings.pk)
        clock.move_to(at(12, day=2))
        time_off.reschedule(ada.provider, id=once.pk, start=at(12, day=5), end=at(14, day=5))
        time_off.give_back(ada.provider, id=mornings.pk)
        assert set(FormerTimeOff.objects.values_list("start", flat=True)) == {
            at(7),
            at(7, day=1),
            at(7, day=2),
            at(12, day=2),
        }


class TestTold:
    """Who shows time off elsewhere, and who has appointments in it, hears of it."""

    def test_every_change_is_announced(self, ada, mornings):
        moved = time_off.reschedule(
            ada.provider, id=mornings.pk, start=at(12), end=at(14), date_of=at(7)
        )
        time_off.reschedule(ada.provider, id=moved.pk, start=at(13), end=at(14))
        time_off.give_back(ada.provider, id=mornings.pk)
        told = announced("openslot.sync.tasks.note_time_off")
        assert {args["provider_id"] for args in told} == {str(ada.provider.pk)}
        assert [args["time_off_id"] for args in told] == [
            str(each.pk) for each in (mornings, mornings, moved, moved, mornings)
        ]

    def test_appointments_that_stay_in_it_are_told_of_once(self, massage, ada, bob):
        town.booked(massage, bob, at(8))
        kept, _ = time_off.take(ada.provider, by=ada, start=at(7), end=at(9))
        time_off.take(ada.provider, by=ada, start=at(12), end=at(13))
        time_off.take(ada.provider, by=ada, start=at(7), end=at(9), conflicts="cancel")
        told = announced("openslot.notifications.tasks.tell_of_conflicts")
        assert told == [{"time_off_id": str(kept.pk)}]


class TestRules:
    def test_every_occurrence_has_the_hours_of_the_first_by_the_wall_clock(self, ada):
        taken, _ = time_off.take(
            ada.provider,
            by=ada,
            start=datetime(2030, 10, 20, 22, 0, tzinfo=UTC),  # a whole Monday in Berlin
            end=datetime(2030, 10, 21, 22, 0, tzinfo=UTC),
            recurrence="FREQ=WEEKLY;COUNT=2",
        )
        assert spans(taken)[1] == Span(
            datetime(2030, 10, 27, 23, 0, tzinfo=UTC), datetime(2030, 10, 28, 23, 0, tzinfo=UTC)
        )

    def test_the_day_of_25_hours_is_whole_too(self, ada):
        taken, _ = time_off.take(
            ada.provider,
            by=ada,
            start=datetime(2030, 10, 19, 22, 0, tzinfo=UTC),
            end=datetime(2030, 10, 20, 22, 0, tzinfo=UTC),
            recurrence="FREQ=WEEKLY;COUNT=2",
        )
        assert [span.end - span.start for span in spans(taken)] == [
            timedelta(hours=24),
            timedelta(hours=25),
        ]

    def test_every_occurrence_is_subtracted(self, massage, ada):
        time_off.take(
            ada.provider, by=ada, start=at(0), end=at(22), recurrence="FREQ=WEEKLY;UNTIL=20300415"
        )
        service = Service.objects.select_related("provider").get()
        days = slots.slots(
            service,
            first=NOW.date(),
            last=NOW.date() + timedelta(days=21),
            zone=ada.zone,
            now=NOW,
        )
        assert [day.day for day, found in days if not found] == [1, 8, 15]


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({"end": at(7)}, "end"),
        ({"end": at(6)}, "end"),
        ({"end": at(7, day=5 * 366 + 1)}, "end"),
        ({"start": datetime(1999, 12, 31, tzinfo=UTC)}, "start"),
        ({"end": datetime(9999, 12, 31, tzinfo=UTC)}, "end"),
        ({"recurrence": "FREQ=WEEKLY"}, "recurrence"),
        (
            {
                "start": datetime(2199, 12, 1, tzinfo=UTC),
                "end": datetime(2199, 12, 2, tzinfo=UTC),
                "recurrence": "FREQ=MONTHLY;COUNT=3",
            },
            "recurrence",
        ),
        ({"conflicts": "move"}, "conflicts"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(ada, fields, beside):
    with pytest.raises(Invalid) as refused:
        time_off.take(ada.provider, **({"by": ada, "start": at(7), "end": at(8)} | fields))
    assert list(refused.value.errors) == [beside]
    assert not TimeOff.objects.exists()
