"""Two providers, two customers and a clock that runs: whatever they do, the promise holds."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import timedelta
from itertools import combinations, pairwise

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from moneyed import Money
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.appointments import moves
from openslot.appointments.changing import answers, cancelling, outcomes, rescheduling, time_off
from openslot.appointments.changing import clock as by_itself
from openslot.appointments.free.weeks import memory
from openslot.appointments.models import ACTIVE, Appointment, Move, Role
from openslot.kernel import events
from openslot.kernel.errors import DomainError
from openslot.kernel.timerange import Span
from tests import town
from tests.appointments import traces
from tests.appointments.offered import MONDAY, starts
from tests.town import GUEST

pytestmark = [pytest.mark.property, pytest.mark.django_db]

LAST_DAY = MONDAY + timedelta(days=2)
EXAMPLES = settings.default.max_examples * 15 // 100
STEPS = 25

# Few places and half-hour steps, so that people get into one another's way.
times = st.builds(
    lambda day, half: town.at(7, day=day) + half * timedelta(minutes=30),
    st.integers(0, 2),
    st.integers(0, 9),
)
who = st.sampled_from(["ada", "dan", "bob", "carol", "eve"])
customers = st.sampled_from(["bob", "carol"])
offers = st.sampled_from(["massage", "haircut"])
flags = st.booleans()
TABLE = moves.MOVES | moves.PROPOSAL_MOVES


CLOCK = (by_itself.expire_requests, by_itself.expire_proposals, by_itself.complete_ended)

JOINING = {"version", "updated_at", "customer_id", "attendee_id", "booked_as", "needs_attention"}


class Diary(RuleBasedStateMachine):
    """Everything that can be done with appointments, in any order, against the real database."""

    appointments = Bundle("appointments")
    absences = Bundle("absences")
    wind = None  # the clock of the test

    @initialize()
    def open_the_practices(self):
        self.room = contextlib.ExitStack()
        self.room.enter_context(transaction.atomic())
        self.now = town.NOW
        self.wind.move_to(self.now)
        self.people = {
            name: town.person(name.title()) for name in ("ada", "dan", "bob", "carol", "eve")
        }
        self.offers = {
            "massage": town.service(
                self._practice("ada", cancellation_notice_hours=3), duration_minutes=60
            ),
            "haircut": town.service(
                self._practice("dan", confirmation="automatic"),
                duration_minutes=30,
                buffer_before_minutes=10,
                buffer_after_minutes=20,
            ),
        }
        self.prices = {}
        self.joined = set()  # an appointment, and its version since its guest has an account
        self.before = traces.seen()

    def _practice(self, name, **rules):
        made = town.provider(
            self.people[name],
            pending_expiry_hours=5,
            complete_after_hours=1,
            pending_limit=4,
            **rules,
        )
        town.hours(made)
        return made

    def teardown(self):
        if hasattr(self, "room"):
            transaction.set_rollback(True)
            self.room.close()

    def _tried(self, call, *args, **kwargs):
        """The result; None where it was refused, which must have left no trace."""
        self.before = traces.seen()
        try:
            return call(*args, **kwargs)
        except DomainError:
            assert traces.seen() == self.before, "a refusal left traces"
            return None

    # What people do.

    @rule(target=appointments, offer=offers, by=customers, start=times)
    def book(self, offer, by, start):
        made = self._tried(town.book, self.offers[offer].pk, by=self.people[by], start=start)
        return self._kept(made)

    @rule(
        target=appointments,
        offer=offers,
        who=st.one_of(st.none(), customers),
        start=times,
        aside=st.integers(0, 29),
    )
    def book_for_somebody(self, offer, who, start, aside):
        provider = self.offers[offer].provider
        guest = GUEST if who is None else GUEST._replace(email=self.people[who].email)
        made = self._tried(
            town.book,
            self.offers[offer].pk,
            by=provider.user,
            start=start + timedelta(minutes=aside),
            customer=guest,
        )
        return self._kept(made)

    def _kept(self, made):
        if made is None:
            return multiple()
        self.prices[made.pk] = (made.price, made.price_rule)
        return made.pk

    @rule(
        pk=appointments,
        by=who,
        what=st.sampled_from(
            [
                answers.accept,
                answers.decline,
                answers.withdraw,
                cancelling.cancel,
                outcomes.complete,
                outcomes.no_show,
            ]
        ),
    )
    def act(self, pk, by, what):
        self._tried(what, pk, by=self.people[by])

    @rule(pk=appointments, what=st.sampled_from([answers.accept, answers.decline]), provider=flags)
    def answer(self, pk, what, provider):
        """The same by one of the two whom it concerns, so that answers are frequent."""
        appointment = Appointment.objects.with_people().get(pk=pk)
        by = appointment.provider.user if provider else appointment.customer.user
        if by is not None:
            self._tried(what, pk, by=by)

    @rule(pk=appointments, provider=flags, start=times, propose=flags)
    def reschedule(self, pk, provider, start, propose):
        appointment = Appointment.objects.with_people().get(pk=pk)
        by = appointment.provider.user if provider else appointment.customer.user
        if by is not None:
            self._tried(rescheduling.reschedule, pk, by=by, start=start, propose=propose)

    @rule(offer=offers, amount=st.integers(1, 99))
    def ask_another_price(self, offer, amount):
        self.before = traces.seen()
        self.offers[offer].tariff = Money(amount, "EUR")
        self.offers[offer].save()

    # What the providers and the clock do.

    @rule(
        target=absences,
        offer=offers,
        start=times,
        halves=st.integers(1, 6),
        conflicts=st.sampled_from(["keep", "cancel"]),
    )
    def take_time_off(self, offer, start, halves, conflicts):
        provider = self.offers[offer].provider
        end = start + halves * timedelta(minutes=30)
        met = set(
            provider.appointments.active()
            .overlapping(Span(start, end))
            .values_list("pk", flat=True)
        )
        taken = self._tried(
            time_off.take, provider, by=provider.user, start=start, end=end, conflicts=conflicts
        )
        if taken is None:
            return multiple()
        away, listed = taken
        assert {found.pk for found in listed} >= met
        left = set(Appointment.objects.active().filter(pk__in=met).values_list("pk", flat=True))
        assert left == (met if conflicts == "keep" else set())
        return offer, away.pk

    @rule(absence=consumes(absences))
    def give_time_back(self, absence):
        offer, pk = absence
        self._tried(time_off.give_back, self.offers[offer].provider, id=pk)

    @precondition(lambda self: self.now < town.at(12, day=2))
    @rule(minutes=st.sampled_from([20, 90, 400]))
    def time_passes(self, minutes):
        self.before = traces.seen()
        self.now += timedelta(minutes=minutes)
        self.wind.move_to(self.now)

    @rule(part=st.sampled_from(CLOCK))
    def a_part_of_a_tick(self, part):
        """One by one: a proposal may expire and its appointment complete in the same minute."""
        self.before = traces.seen()
        done = part()
        assert len(traces.seen().since(self.before).acts) == done

    # What is true after each of them.

    @invariant()
    def nobody_is_booked_twice(self):
        active = list(Appointment.objects.filter(status__in=ACTIVE))
        for one, other in combinations(active, 2):
            if one.provider_id == other.provider_id:
                assert not any(a < d and c < b for a, b in holds(one) for c, d in holds(other))
            if one.attendee_id is not None and one.attendee_id == other.attendee_id:
                assert one.end <= other.start or other.end <= one.start

    @invariant()
    def what_is_remembered_is_what_stands(self):
        for offer in self.offers.values():
            remembered = starts(offer, last=LAST_DAY, now=self.now)
            memory.forget()
            assert starts(offer, last=LAST_DAY, now=self.now) == remembered

    def _joined(self, pk, row):
        """Whether no more became of it than that its guest is somebody with an account."""
        old = self.before.rows.get(pk)
        return old is not None and {name for name in row if row[name] != old[name]} <= JOINING

    @invariant()
    def every_change_has_its_move_and_every_act_its_job(self):
        new = traces.seen().since(self.before)
        moved = Counter(
            Move.objects.filter(pk__in=new.moves).values_list("appointment_id", flat=True)
        )
        joined = {pk for pk, row in new.rows.items() if pk not in moved and self._joined(pk, row)}
        assert moved == dict.fromkeys(new.rows.keys() - joined, 1)
        self.joined |= {(pk, new.rows[pk]["version"]) for pk in joined}
        for pk, row in new.rows.items():
            old = self.before.rows.get(pk)
            assert row["version"] == (old["version"] + 1 if old else 1)
        jobs = ProcrastinateJob.objects.filter(pk__in=new.jobs, task_name=events.REACT)
        assert sorted(job.args["act_id"] for job in jobs) == sorted(map(str, new.acts))
        self.before = traces.seen()

    @invariant()
    def histories_are_whole_and_lawful(self):
        for appointment in Appointment.objects.prefetch_related("moves__act"):
            story = list(appointment.moves.all())
            assert (story[0].action, story[0].from_status) == ("book", "")
            assert story[-1].to_status == appointment.status
            joined = sum(pk == appointment.pk for pk, _ in self.joined)
            assert len(story) + joined == appointment.version
            for old, new in pairwise(story):
                assert old.to_status == new.from_status
                assert new.from_status in TABLE[new.action].origins
                assert new.to_status == (TABLE[new.action].target or new.from_status)
                assert Role(new.act.role) in TABLE[new.action].roles
                assert old.act.at <= new.act.at

    @invariant()
    def prices_stay_as_they_were_agreed(self):
        for appointment in Appointment.objects.all():
            assert (appointment.price, appointment.price_rule) == self.prices[appointment.pk]


def holds(appointment):
    """What it takes from its provider, from its columns and not from `held`."""
    before = timedelta(minutes=appointment.buffer_before_minutes)
    after = timedelta(minutes=appointment.buffer_after_minutes)
    times = [(appointment.start, appointment.end)]
    if appointment.proposed_start is not None:
        times.append((appointment.proposed_start, appointment.proposed_end))
    return [(start - before, end + after) for start, end in times]


def test_whatever_people_do_the_promise_holds(people, clock):
    Diary.wind = clock
    run_state_machine_as_test(
        Diary, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
    )
