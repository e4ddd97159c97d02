"""Whatever two sides do and whatever fails in between: once it is quiet, they agree."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings as configuration
from django.db import transaction
from django.test import override_settings
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from openslot.appointments.changing import answers, cancelling, rescheduling, time_off
from openslot.appointments.models import ACTIVE, Act, Appointment, Status, Way
from openslot.availability.models import Busy, TimeOff, TimeOffSpan
from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET, Google
from openslot.kernel.errors import DomainError
from openslot.notifications.models import Delivery
from openslot.sync import translate
from openslot.sync.inward import answering
from openslot.sync.models import Issue, LinkState
from tests import town
from tests.sync import town_square
from tests.working import work

pytestmark = [pytest.mark.property, pytest.mark.django_db]

EXAMPLES = max(4, settings.default.max_examples * 6 // 100)
STEPS = 30
ADA = "ada@gmail.test"

places = st.builds(
    lambda day, half: town.at(8, day=3 + day) + half * timedelta(minutes=30),
    st.integers(0, 2),
    st.integers(0, 7),
)
CALLS = ["insert", "patch", "delete", "get", "list"]
FAULTS = [
    {"status": 429, "headers": {"Retry-After": "7"}},
    {"status": 403, "reason": "userRateLimitExceeded"},
    {"status": 403, "reason": "quotaExceeded"},
    {"status": 500},
    {"status": 503},
    {"drop": "before"},
    {"drop": "after"},
    {"cut": True},
]
which = st.integers(0, 30)


class TwoCalendars(RuleBasedStateMachine):
    """Ada's appointments here and her calendar at Google, with bad weather in between."""

    wind = None  # the clock of the test

    @initialize()
    def open_both(self):
        self.room = contextlib.ExitStack()
        self.google = Google()
        self.google.start()
        self.room.callback(self.google.stop)
        self.room.enter_context(
            override_settings(
                GOOGLE_EMULATOR_URL=self.google.url,
                GOOGLE_CLIENT_ID=CLIENT_ID,
                GOOGLE_CLIENT_SECRET=CLIENT_SECRET,
                GOOGLE_PUSH_ENABLED="off",
                EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
            )
        )
        self.room.enter_context(transaction.atomic())
        self.wind.move_to(town.NOW)
        self.ada = town.person("Ada")
        town.hours(town.provider(self.ada, confirmation="automatic"))
        self.massage = town.service(self.ada.provider)
        self.customers = [town.person("Bob"), town.person("Carol")]
        self.pair = town_square.connected(self.google, self.ada, ADA)
        self.touched = Counter()  # what a human did to the events of an appointment
        self.removed = set()  # appointments whose event a human deleted, or that ended here

    def teardown(self):
        if not hasattr(self, "room"):
            return
        try:
            self.quiet_down()
            self.agree()
            self.lose_nothing()
        finally:
            transaction.set_rollback(True)
            self.room.close()

    # Here ------------------------------------------------------------------------------------

    def appointment(self, number):
        found = list(Appointment.objects.active().order_by("created_at", "id"))
        return found[number % len(found)] if found else None

    def here(self, act, *args, **how):
        with contextlib.suppress(DomainError):
            act(*args, by=self.ada, **how)

    @rule(start=places, who=st.integers(0, 1))
    def book(self, start, who):
        with contextlib.suppress(DomainError):
            town.booked(self.massage, self.customers[who], start)

    @rule(number=which, start=places)
    def move_here(self, number, start):
        if one := self.appointment(number):
            self.here(rescheduling.reschedule, one.pk, start=start)

    @rule(number=which)
    def cancel_here(self, number):
        if one := self.appointment(number):
            self.here(cancelling.cancel, one.pk)
            self.removed.add(one.pk)

    @rule(number=which)
    def accept(self, number):
        if one := self.appointment(number):
            self.here(answers.accept, one.pk)

    @rule(start=places, again=st.booleans())
    def be_away(self, start, again):
        rule_ = "FREQ=WEEKLY;COUNT=2" if again else ""
        end = start + timedelta(hours=2)
        time_off.take(self.ada.provider, by=self.ada, start=start, end=end, recurrence=rule_)

    @rule(number=which)
    def be_there_after_all(self, number):
        found = list(TimeOff.objects.order_by("created_at", "id"))
        if found:
            time_off.give_back(self.ada.provider, id=found[number % len(found)].pk)

    # There -----------------------------------------------------------------------------------

    def event(self, number):
        found = sorted(self.pair.events(), key=lambda one: one["id"])
        return found[number % len(found)] if found else None

    def touch(self, event):
        """A human changes it: what it stands for may be moved once for that, or removed."""
        name = translate.marks(event).get("appt")
        self.touched[name] += 1
        return name

    @rule(number=which, start=places)
    def move_there(self, number, start):
        if event := self.event(number):
            self.touch(event)
            self.pair.hand.move(event["id"], start)

    @rule(number=which, start=places)
    def move_there_while_all_is_quiet(self, number, start):
        """With nothing under way it is carried out, or asked about: not missed, not undone."""
        self.quiet_down()
        event = self.event(number)
        links = self.pair.connection.links.live().filter(event_id=event["id"]) if event else None
        if not links:
            return
        self.touch(event)
        self.pair.hand.move(event["id"], start)
        self.pair.look()
        asked = Issue.objects.open().filter(link__in=links).exists()
        assert asked or links.get().start == start

    @rule(number=which)
    def delete_there(self, number):
        if event := self.event(number):
            name = self.touch(event)
            self.removed |= {one.pk for one in Appointment.objects.all() if str(one.pk) == name}
            self.pair.hand.delete(event["id"])

    @rule(number=which)
    def restore_there(self, number):
        gone = [
            one for one in self.pair.hand.calendar().events.values() if one["status"] == "cancelled"
        ]
        if gone:
            self.pair.hand.restore(gone[number % len(gone)]["id"])

    @rule(number=which)
    def write_there(self, number):
        if event := self.event(number):
            self.pair.hand.patch(event["id"], colorId=str(1 + number % 11), description="Mine")

    @rule(start=places)
    def insert_there(self, start):
        self.pair.hand.insert("Somebody else's", start, start + timedelta(minutes=45))

    # In between ------------------------------------------------------------------------------

    @rule(call=st.sampled_from(CALLS), fault=st.sampled_from(FAULTS))
    def fail(self, call, fault):
        self.google.fault(f"calendar.events.{call}", **fault)

    @rule()
    def forget_sync_tokens(self):
        self.google.expire_sync_tokens()

    @rule()
    def forget_access_tokens(self):
        self.google.expire_access_tokens()

    @rule(seconds=st.sampled_from([1, 10, 60, 130, 600]))
    def let_time_pass(self, seconds):
        self.wind.shift(seconds)
        town_square.tick()

    @rule()
    def do_what_waits(self):
        work()

    @precondition(lambda self: Issue.objects.open().exists())
    @rule(restore=st.booleans())
    def answer(self, restore):
        issue = Issue.objects.open().first()
        possible = answering.ANSWERS[issue.kind]
        chosen = "restore" if restore or "cancel" not in possible else "cancel"
        if chosen in possible:
            answering.answer(issue.pk, by=self.ada, answer=chosen)

    # In the end ------------------------------------------------------------------------------

    def quiet_down(self):
        """The weather is fine, the worker idle, and every question is answered."""
        self.google.heal()
        for _ in range(8):
            self.wind.shift(3700)
            town_square.tick()
            self.pair.look()
            for issue in Issue.objects.open():
                if "restore" in answering.ANSWERS[issue.kind]:
                    answering.answer(issue.pk, by=self.ada, answer="restore")
            work()
        assert not Issue.objects.open().exists()
        assert self.pair.connection.is_well
        assert not self.pair.connection.changes.filter(done_at=None).exists()

    def agree(self):
        ours, theirs = Counter(), Counter()
        known = set(
            self.pair.connection.links.exclude(state=LinkState.GONE).values_list(
                "event_id", flat=True
            )
        )
        for event in self.pair.events():
            span = translate.span(event, town_square.BERLIN)
            mine = event["id"] in known
            (ours if mine else theirs)[translate.marks(event).get("appt"), *span] += 1
            if not mine:
                assert not translate.marks(event), "an event of ours that stands for nothing"
        wanted = Counter((str(one.pk), one.start, one.end) for one in Appointment.objects.active())
        wanted.update(
            (str(one.time_off_id), one.start, one.end) for one in TimeOffSpan.objects.all()
        )
        assert ours == wanted
        taken = Counter((None, one.start, one.end) for one in Busy.objects.all())
        assert taken == theirs

    def lose_nothing(self):
        lost = Appointment.objects.exclude(status__in=ACTIVE)
        assert {one.pk for one in lost} <= self.removed
        assert not lost.exclude(status=Status.CANCELLED).exists()
        followed = Counter(
            str(pk)
            for pk in Act.objects.filter(via=Way.GOOGLE).values_list(
                "moves__appointment", flat=True
            )
        )
        for name, times in followed.items():
            assert times <= self.touched[name], "more was done here than a human did there"
        told = Delivery.objects.values_list("cause", "user", "channel")
        assert max(Counter(told).values(), default=1) == 1


def test_calendar_and_appointments_agree_once_the_faults_are_over(clock):
    assert configuration.GOOGLE_DELETE_GRACE_SECONDS == 120
    town.hash_once()
    TwoCalendars.wind = clock
    run_state_machine_as_test(
        TwoCalendars,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None),
    )
