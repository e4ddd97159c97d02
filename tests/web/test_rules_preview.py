"""The times that would be on offer by other rules, shown before they are rules."""

import pytest

from openslot.accounts.models import Provider
from openslot.appointments.desk import rehearsal
from openslot.appointments.free import slots
from openslot.availability import hours
from openslot.catalog.models import Service
from tests import town
from tests.town import NOW, at
from tests.web.pages import said

pytestmark = pytest.mark.django_db
PAGE = "/provider/rules/"
MONDAY = NOW.date()


@pytest.fixture
def desk(signed_in, ada):
    return signed_in(ada)


def sent(desk, **other):
    """What the form says, and what is typed over it."""
    form = desk.get(PAGE).context["form"]
    typed = {name: form.initial.get(name) for name in form.fields} | other
    return {name: value for name, value in typed.items() if value not in (None, False)}


def read(service):
    return Service.objects.select_related("provider").get(pk=service.pk)


@pytest.mark.parametrize(
    "rules",
    [
        {"slot_step_minutes": 60},
        {"slot_step_minutes": 15, "buffer_before_minutes": 30},
        {"minimum_notice_minutes": 300},
        {"booking_window_days": 1},
        {"buffer_after_minutes": 45},
    ],
    ids=str,
)
@pytest.mark.parametrize("warm", [True, False])
def test_what_is_tried_is_what_the_rules_would_offer(massage, bob, ada, rules, warm):
    """The oracle: the rules are written, and the slots listed as for customers."""
    town.booked(massage, bob, at(8))
    asked = {"first": MONDAY, "last": MONDAY, "now": NOW}
    if warm:
        slots.slots(read(massage), zone=ada.provider.zone, **asked)
    tried = rehearsal.offered(read(massage), rules=rules, **asked)
    before = slots.slots(read(massage), zone=ada.provider.zone, **asked)
    Provider.objects.filter(pk=ada.provider.pk).update(**rules)
    assert tried == slots.slots(read(massage), zone=ada.provider.zone, **asked)
    assert tried != before or rules == {"booking_window_days": 1}


def test_trying_rules_writes_nothing_and_shows_their_times(desk, massage, ada):
    page = said(desk.get(PAGE))
    assert "What customers see" in page
    page = said(desk.post(PAGE, sent(desk, slot_step_minutes="120", preview="yes")))
    assert "By the rules above, not saved yet" in page
    assert '<li class="time">09:00</li><li class="time">11:00</li>' in page
    assert Provider.objects.get(pk=ada.provider.pk).slot_step_minutes != 120
    assert 'value="120"' in page  # what was typed is there to be saved


def test_a_rule_that_makes_no_sense_counts_as_it_stands(desk, massage):
    answer = desk.post(PAGE, sent(desk, slot_step_minutes="x", preview="yes"))
    assert answer.status_code == 200
    preview = answer.context["preview"]
    assert preview["count"] == preview["before"] > 0


def test_htmx_gets_the_preview_alone(desk, massage):
    headers = {"HX-Request": "true", "HX-Target": "rules-preview"}
    part = said(desk.post(PAGE, sent(desk, preview="yes"), headers=headers))
    assert part.strip().startswith('<div class="panel panel-raised rules-preview"')


def test_without_a_service_it_says_what_to_do(desk):
    assert "Add a service, and the times" in said(desk.get(PAGE))


def test_without_hours_no_time_can_be_had(desk, massage, ada):
    hours.set_week(ada.provider, spans=[])
    assert "No time can be had." in said(desk.get(PAGE))


def test_the_page_costs_the_same_however_much_is_booked(
    desk, massage, bob, django_assert_num_queries
):
    town.booked(massage, bob, at(8))
    desk.get(PAGE)
    for hour in (10, 12):
        town.booked(massage, bob, at(hour))
        # session, user, provider (twice), requests, service, hours, and the two weeks in one
        with django_assert_num_queries(8):
            desk.get(PAGE)
