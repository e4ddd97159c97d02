"""The words on an appointment: notes for both sides, and where it takes place."""

from __future__ import annotations

import pytest

from openslot.appointments import errors
from openslot.appointments.changing import cancelling, editing
from openslot.appointments.models import Move
from openslot.appointments.snapshots import Changes
from openslot.kernel.errors import NotAllowed, VersionMismatch
from tests import town
from tests.appointments import traces
from tests.appointments.traces import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(haircut, bob):
    return town.book(haircut.pk, by=bob, start=town.at(8, day=1), notes="Short")


def test_notes_that_stay_the_same_are_no_move(visit, bob):
    before = traces.seen()
    assert editing.annotate(visit.pk, by=bob, notes="Short").notes == "Short"
    assert traces.seen() == before
    assert editing.annotate(visit.pk, by=bob, notes="Shorter").notes == "Shorter"
    [move] = Move.objects.filter(pk__in=traces.seen().since(before).moves)
    assert (move.action, Changes.of(move.changes).notes) == ("edit", True)


def test_the_provider_says_where_it_takes_place(visit, dan):
    before = traces.seen()
    moved = editing.relocate(visit.pk, by=dan, location="Side door")
    assert (moved.location_text, moved.sequence, moved.version) == ("Side door", 1, 2)
    new = traces.seen().since(before)
    assert new.rows[visit.pk]["location_text"] == "Side door"
    assert traces.only_act(new).actor == dan
    assert [move.action for move in visit.moves.all()] == ["book", "relocate"]


def test_a_place_that_stays_the_same_is_no_move(visit, dan):
    editing.relocate(visit.pk, by=dan, location="Side door")
    before = traces.seen()
    assert editing.relocate(visit.pk, by=dan, location="Side door").sequence == 1
    assert traces.seen() == before


def test_the_customer_says_nothing_of_where(visit, bob):
    refused(NotAllowed, editing.relocate, visit.pk, by=bob, location="At my place")


def test_what_has_ended_takes_place_nowhere_else(visit, dan):
    cancelling.cancel(visit.pk, by=dan)
    refused(errors.InvalidTransition, editing.relocate, visit.pk, by=dan, location="Side door")


def test_who_says_where_wants_the_version_that_was_shown(visit, dan):
    refused(VersionMismatch, editing.relocate, visit.pk, by=dan, location="x", expected=7)
