"""What the ledger keeps: a version for every write, and history that says what was done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from openslot.accounts.models import Customer
from openslot.appointments.booking import asking
from openslot.appointments.changing import cancelling, editing, rescheduling
from openslot.appointments.models import Status
from openslot.appointments.snapshots import Change, Changes, Snapshot
from openslot.kernel.timerange import Span
from openslot.privacy import erasure, joining
from tests import town
from tests.appointments import traces

GAST = asking.Guest("gast@example.org", "Gast", "Haus")


@pytest.mark.django_db
def test_joining_raises_the_version_once_and_leaves_no_trace_in_history(dan, haircut, people):
    made = town.booked(haircut, dan, town.at(9), customer=GAST)
    before = traces.seen()
    assert joining.join(town.person("Gast", email=GAST.email), email=GAST.email) == 1
    made.refresh_from_db()
    assert (made.version, made.moves.count(), made.attendee.email) == (2, 1, GAST.email)
    new = traces.seen().since(before)
    assert (new.acts, new.moves, new.jobs) == (set(), set(), set())


@pytest.mark.django_db
def test_joining_what_is_known_already_is_one_write_too(dan, haircut, people):
    user = town.person("Gast", email="other@example.org")
    mine = town.booked(haircut, user, town.at(7))
    made = town.booked(haircut, dan, town.at(9), customer=GAST)
    clashing = town.booked(haircut, dan, town.at(12), customer=GAST)
    elsewhere = town.service(town.provider(town.person("Ann"), confirmation="automatic"))
    town.hours(elsewhere.provider)
    town.booked(elsewhere, user, town.at(12))
    joining.join(user, email=GAST.email)
    for each in (made, clashing):
        each.refresh_from_db()
        assert (each.version, each.moves.count(), each.customer_id) == (2, 1, mine.customer_id)
    assert (made.attendee, made.needs_attention) == (user, False)
    assert (clashing.attendee, clashing.needs_attention) == (None, False)
    assert Customer.objects.filter(provider=dan.provider).count() == 1


@pytest.mark.django_db
def test_an_erasure_raises_the_version_of_all_that_it_changes(dan, haircut, bob, clock):
    past = town.booked(haircut, bob, town.at(7), notes="my secret")
    clock.move_to(town.at(8))
    coming = town.booked(haircut, bob, town.at(12))
    erasure.erase(bob)
    past.refresh_from_db()
    coming.refresh_from_db()
    assert (past.version, past.moves.count(), past.notes) == (2, 1, "")
    assert (coming.version, coming.moves.count(), coming.status) == (3, 2, Status.CANCELLED)
    erasure.erase(dan)
    past.refresh_from_db()
    assert (past.version, past.moves.count()) == (3, 1)


@pytest.mark.django_db
def test_neither_saves_anything_past_the_ledger(dan, haircut, bob, carol, people):
    """Each statement that changes appointments raises their versions."""
    town.booked(haircut, bob, town.at(9), notes="x")
    town.booked(haircut, carol, town.at(10), notes="x")
    town.booked(haircut, dan, town.at(11), customer=GAST)
    seen = []

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith('UPDATE "appointments_appointment"') and context["cursor"].rowcount > 0:
            seen.append(sql)
        return answer

    with connection.execute_wrapper(watch):
        joining.join(town.person("Gast", email=GAST.email), email=GAST.email)
        erasure.erase(bob)
        erasure.erase(dan)
    assert len(seen) >= 4
    assert [sql for sql in seen if '"version" =' not in sql] == []


@pytest.mark.django_db
def test_what_a_move_says_is_read_as_it_was_written(dan, haircut, bob):
    made = town.booked(haircut, bob, town.at(9))
    rescheduling.reschedule(made.pk, by=dan, start=town.at(10))
    rescheduling.reschedule(made.pk, by=dan, start=town.at(12), propose=True)
    editing.annotate(made.pk, by=bob, notes="Short")
    cancelling.cancel(made.pk, by=bob)
    booked, moved, proposed, noted, cancelled = (
        Changes.of(each.changes) for each in made.moves.all()
    )
    half = timedelta(minutes=30)
    assert booked.start == Change(None, town.at(9))
    assert booked.depends_on is None
    assert moved.start == Change(town.at(9), town.at(10))
    assert moved.status is None
    assert proposed.proposed == Change(None, Span(town.at(12), town.at(12) + half))
    assert noted == Changes(notes=True)
    assert cancelled.status == Change("confirmed", "cancelled")
    assert cancelled.proposed == Change(Span(town.at(12), town.at(12) + half), None)
    assert "Short" not in str([each.changes for each in made.moves.all()])


moments = st.datetimes(datetime(2000, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
snapshots = st.builds(
    Snapshot,
    status=st.sampled_from([str(each) for each in Status]),
    start=moments,
    end=moments,
    proposed=st.none() | st.builds(Span, moments, moments),
    needs_attention=st.booleans(),
    depends_on=st.none() | st.just(uuid4()),
)


@pytest.mark.property
@given(before=st.none() | snapshots, after=snapshots, notes=st.booleans())
def test_changes_survive_their_json(before, after, notes):
    changes = Changes.between(before, after, notes=notes)
    assert Changes.of(changes.to_json()) == changes
