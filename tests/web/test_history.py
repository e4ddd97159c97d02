"""What happened to an appointment, from what to what, as each side reads it."""

import re

import pytest
from django.utils.html import strip_tags

from openslot.accounts.models import LocationKind
from openslot.appointments.changing import answers, cancelling, editing, rescheduling
from openslot.privacy import erasure
from tests import town
from tests.town import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(signed_in):
    """The entries of an appointment's history as somebody reads them: read(bob, visit)."""

    def entries(user, appointment):
        page = signed_in(user).get(f"/appointments/{appointment.pk}/").content.decode()
        part = page.partition('id="history"')[2].partition("</ol>")[0]
        return [" ".join(strip_tags(each).split()) for each in re.split(r"<li>", part)]

    return entries


def test_a_new_time_is_told_from_when_to_when(read, haircut, bob, dan):
    visit = town.booked(haircut, bob, at(9))
    rescheduling.reschedule(visit.pk, by=dan, start=at(10, day=1))
    for user, who in ((bob, "Dan"), (dan, "You")):
        zone, booked, moved = read(user, visit)
        assert "Times in Europe/" in zone
        assert "Mon 1 April 2030, 11:00–" in booked
        assert moved.startswith(who)
        assert re.search(r"Mon 1 April 2030, 11:00–\S+ Tue 2 April 2030, 12:00–", moved)


def test_each_reads_it_by_their_own_clock(read, massage, bob):
    bob.timezone = "America/New_York"
    bob.save()
    visit = town.booked(massage, bob, at(8))
    zone, booked = read(bob, visit)
    assert "America/New_York" in zone
    assert "Mon 1 April 2030, 04:00–" in booked


def test_a_status_is_told_from_which_to_which(read, massage, bob, ada):
    visit = town.booked(massage, bob, at(8))
    answers.accept(visit.pk, by=ada)
    cancelling.cancel(visit.pk, by=bob, reason="I am ill")
    _, booked, accepted, cancelled = read(bob, visit)
    assert booked.count("Request") == 1
    assert "Request Confirmed" in accepted
    assert "Confirmed Cancelled" in cancelled
    assert "I am ill" in cancelled


def test_a_place_is_told_from_where_to_where(read, massage, bob, ada):
    visit = town.booked(massage, bob, at(8))
    editing.relocate(visit.pk, by=ada, location="Rose Lane 2", kind=LocationKind.IN_PERSON)
    editing.relocate(visit.pk, by=ada, location="https://meet.example/x", kind=LocationKind.VIDEO)
    for user, first in ((bob, "In person, at Ada"), (ada, "At your place")):
        _, _, to_the_lane, online = read(user, visit)
        assert re.search(rf"changed the place {first}.* Rose Lane 2", to_the_lane)
        assert "Rose Lane 2 https://meet.example/x" in online


def test_where_it_was_is_forgotten_with_whose_it_was(read, massage, bob, ada):
    visit = town.booked(massage, bob, at(8))
    editing.relocate(visit.pk, by=ada, location="Rose Lane 2")
    erasure.erase(bob)
    assert "Rose Lane" not in str(list(visit.moves.values_list("changes", flat=True)))
    assert visit.moves.filter(action="relocate").exists()


def test_a_proposal_says_what_it_would_replace_and_its_end_what_it_was(read, haircut, bob, dan):
    visit = town.booked(haircut, bob, at(9))
    rescheduling.reschedule(visit.pk, by=dan, start=at(10, day=1), propose=True)
    answers.decline(visit.pk, by=bob)
    _, _, proposed, declined = read(bob, visit)
    assert re.search(r"Tue 2 April 2030, 12:00–\S+ instead of Mon 1 April 2030, 11:00–", proposed)
    assert "Tue 2 April 2030, 12:00–" in declined
    assert "Mon 1 April" not in declined
